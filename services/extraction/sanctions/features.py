"""What the models see of a trigger and of where its measure stands: named features, each there or not."""

from collections.abc import Iterator

from spacy.tokens import Span, Token

from services.extraction.sanctions.course import Step
from services.extraction.sanctions.reading import Reading
from services.extraction.sanctions.setting import is_name


def mention_features(reading: Reading) -> Iterator[str]:
    """Yield what tells a sanctions mention from a word that only looks like one."""
    setting, standing, candidates = reading.setting, reading.standing, reading.candidates
    trigger = setting.trigger
    head, doc = trigger.head, trigger.head.doc
    kind = "verb" if trigger.verb else "noun"
    yield f"enough={reading.names_enough}"
    yield f"enough={reading.names_enough}|{trigger.needs}"
    yield f"authority={reading.other_authority}"
    yield f"measure={trigger.measure}"
    yield f"kind={kind}"
    yield f"needs={trigger.needs}"
    yield f"words={doc[trigger.first.i : head.i + 1].text.lower()}"
    yield f"head={head.lower_}"
    readings = sorted({reading for candidate in candidates for reading in candidate.readings})
    slots = {reading.partition(":")[0] for reading in readings}
    yield f"named={'+'.join(sorted(slots))}|{trigger.needs}"
    yield from (f"read={reading}" for reading in readings if not reading.endswith("!"))
    named = {slot for slot in slots for c in candidates if f"{slot}:!" in c.readings and is_name(c.head, setting)}
    yield f"names={'+'.join(sorted(named))}|{trigger.needs}"
    yield f"candidates={any(setting.name_of(c.head) for c in candidates)}|{trigger.measure}"
    yield f"explicit={standing.explicit}|{trigger.needs}"
    yield f"title={head.is_title}{head.is_upper}|{kind}"
    for offset in (-2, -1, 1, 2):
        place = (trigger.first.i if offset < 0 else head.i) + offset
        yield f"at{offset}={doc[place].lemma_.lower() if 0 <= place < len(doc) else '#'}"
    yield from (f"governor{n}={s.token.lemma_.lower()}:{s.via}" for n, s in enumerate(setting.steps[:2]))
    yield from (f"acted={s.act.status}:{s.via}" for s in setting.steps[:2] if s.act)
    foreign = setting.vocabulary.foreign_to.get(trigger.measure, frozenset())
    yield f"foreign={any(token.lower_ in foreign for token in doc)}"
    authorities = setting.vocabulary.words["other_authorities"]
    yield f"elsewhere={any(token.lower_ in authorities for token in _near(head, 12))}|{kind}"
    yield f"by={any(child.dep_ == 'agent' for child in head.children)}|{head.lower_}"
    yield f"siblings={bool(setting.siblings)}|{trigger.needs}"
    yield from (f"modifier={child.lemma_.lower()}" for child in head.lefts)
    yield from (f"near={token.lemma_.lower()}" for token in _near(head, 8) if token.pos_ in {"NOUN", "PROPN", "VERB"})


def status_features(reading: Reading) -> Iterator[str]:
    """Yield what tells where a measure stands."""
    setting, standing = reading.setting, reading.standing
    trigger = setting.trigger
    head = trigger.head
    kind = "verb" if trigger.verb else "noun"
    yield f"rule={standing.status}"
    yield f"rule={standing.status}|{standing.explicit}|{standing.negated}"
    yield f"rule={standing.status}|{kind}"
    chain = [_act(step) for step in setting.steps[:3]]
    for length in range(1, len(chain) + 1):
        yield "chain=" + ">".join(chain[:length])
    for number, step in enumerate(setting.steps[:3]):
        lemma = step.token.lemma_.lower()
        yield f"governor={lemma}:{step.via}"
        yield f"governor{number}={lemma}|{step.negated}"
        yield f"act{number}={_act(step)}"
        if step.open:
            yield f"open{number}"
            yield f"open|{step.act.status if step.act else '-'}"
        if step.negated:
            yield f"negated|{step.act.status if step.act else '-'}"
    yield f"top={_act(setting.steps[-1]) if setting.steps else '-'}"
    for step in setting.described[:2]:
        yield f"described={_act(step)}"
        yield f"described={step.token.lemma_.lower()}"
    yield from (f"modifier={child.lower_}" for child in head.lefts)
    verb = _clause(head)
    definite = _definite(head)
    yield f"definite={definite}"
    yield f"definite={definite}|{setting.steps[0].open if setting.steps else '-'}"
    yield f"definite={definite}|{_act(setting.steps[0]) if setting.steps else '-'}"
    yield f"open={sum(step.open for step in setting.steps)}|{verb.tag_}"
    yield from (f"form={step.token.tag_}|{_act(step)}" for step in setting.steps[:1])
    yield f"tense={verb.tag_}"
    yield from (f"aux={child.lower_}" for child in verb.children if child.dep_ in {"aux", "neg", "mark"})
    yield from (f"tense={verb.tag_}|{child.lower_}" for child in verb.children if child.dep_ == "aux")
    yield f"question={head.doc[-1].text == '?'}"
    yield from (f"word={token.lemma_.lower()}" for token in _near(head, 10) if not token.is_punct)
    yield f"trigger={head.lemma_.lower()}|{kind}"
    yield f"next={head.nbor(1).lemma_.lower() if head.i + 1 < len(head.doc) else '#'}"
    yield f"before={trigger.first.nbor(-1).lemma_.lower() if trigger.first.i else '#'}"


def _act(step: Step) -> str:
    act = f"{step.act.status}/{step.act.role}" if step.act else "-"
    return f"{act}:{step.via}{'!' if step.negated else ''}{'?' if step.open else ''}"


def _definite(head: Token) -> str:
    """How the phrase is introduced: "these", "our", a name ("U.S. sanctions"), a bare plural."""
    for child in head.lefts:
        if child.dep_ in {"det", "poss", "predet"}:
            return child.lower_ if child.dep_ == "det" else "poss"
    return "named" if any(child.pos_ == "PROPN" or child.ent_iob_ == "B" for child in head.lefts) else "bare"


def _clause(head: Token) -> Token:
    node = head
    while node.pos_ not in {"VERB", "AUX"} and node.head.i != node.i:
        node = node.head
    return node


def _near(head: Token, reach: int) -> Span:
    return head.doc[max(0, head.i - reach) : head.i + reach + 1]
