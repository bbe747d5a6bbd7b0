"""What the learned models see of a trigger, its status and its candidates: named features, each with weight one."""

from collections.abc import Iterator, Sequence

from spacy.tokens import Token

from schemas import EntityLabel
from services.extraction.sanctions.candidates import Candidate, is_nested
from services.extraction.sanctions.course import Step
from services.extraction.sanctions.setting import Setting, is_against, is_name, is_usual_sender
from services.extraction.sanctions.reading import Reading
from services.extraction.sanctions.vocabulary import Vocabulary

_GOODS = frozenset({"tariff", "import_ban", "export_control", "price_cap"})
_MAX_PATH = 7
_NEAR = 6


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
    readings = {reading for candidate in candidates for reading in candidate.readings}
    slots = {reading.split(":")[0] for reading in readings}
    yield f"named={'+'.join(sorted(slots))}|{trigger.needs}"
    yield from (f"read={reading}" for reading in readings if not reading.endswith("!"))
    named = {slot for c in candidates for r in c.readings if r.endswith("!") and is_name(c.head, setting) for slot in [r[:6]]}
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


def role_features(candidate: Candidate, reading: Reading, slot: str) -> Iterator[str]:
    """Yield what tells whether a candidate of a reading fills a slot, `sender` or `target`."""
    setting, label = reading.setting, candidate.label
    trigger, head = setting.trigger, candidate.head
    kind = "verb" if trigger.verb else "noun"
    goods = "goods" if trigger.measure in _GOODS else "actors"
    what = _kind_of(head, setting, label)
    side = "before" if head.i < trigger.head.i else "after"
    order = _order(candidate, reading)
    for read in candidate.readings:
        yield f"read={read}"
        yield f"read={read}|{what}"
        yield f"read={read}|{goods}"
    if not candidate.readings:
        yield f"unread|{what}"
    yield f"readings={'+'.join(sorted(r for r in candidate.readings if not r.endswith('!')))}"
    yield f"what={what}|{side}|{kind}"
    yield f"what={what}|{goods}"
    yield f"usual={is_usual_sender(head, setting)}|{side}"
    yield f"against={is_against(head)}"
    yield f"order={min(order, 4)}|{side}"
    yield f"distance={_bucket(abs(head.i - trigger.head.i))}|{side}"
    path, acts = _path(trigger.head, head, setting.vocabulary)
    yield f"path={kind}:{path}"
    yield f"path={path}|{is_usual_sender(head, setting)}"
    yield f"acts={acts}"
    yield f"acts={acts}|{what}"
    yield f"dep={head.dep_}|{side}|{kind}"
    yield f"preposition={_preposition(head)}|{side}"
    yield f"preposition={_preposition(head)}|{goods}"
    yield f"governor={head.head.lemma_.lower()}:{head.dep_}"
    yield f"lemma={head.lemma_.lower() if head.pos_ != 'PROPN' else '-'}"
    yield f"joined={len(candidate.heads) > 1}|{side}"
    yield f"status={reading.standing.status}|{what}|{side}"
    yield f"inside={candidate.head.is_ancestor(trigger.head)}|{side}"
    yield f"titles={head.dep_ in {'compound', 'nmod'} and _is_person(head.head, reading)}|{side}"
    is_party = any(party.i == head.i for party in reading.roles.parties)
    yield f"party={is_party}"
    yield f"party={is_party}|{reading.standing.status}|{candidate.is_read_as(slot)}"
    rivals = [rival for rival in reading.candidates if rival is not candidate and rival.is_read_as(slot)]
    yield f"rivals={candidate.is_read_as(slot)}{bool(rivals)}"
    yield f"rivals={candidate.is_read_as(slot)}{bool(rivals)}|{what}"
    yield f"nested={any(is_nested(candidate, rival) for rival in rivals)}"


def _is_person(token: Token, reading: Reading) -> bool:
    return reading.sentence.names.label_of(token) is EntityLabel.PERSON


def _order(candidate: Candidate, reading: Reading) -> int:
    """How many candidates stand between this one and the trigger."""
    trigger, place = reading.setting.trigger.head.i, candidate.head.i
    if place < trigger:
        return sum(place < other.head.i < trigger for other in reading.candidates)
    return sum(trigger <= other.head.i < place for other in reading.candidates)


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


def _near(head: Token, reach: int) -> Sequence[Token]:
    return head.doc[max(0, head.i - reach) : head.i + reach + 1]


def _kind_of(head: Token, setting: Setting, label: EntityLabel | None) -> str:
    if label is not None:
        return str(label)
    lemma = head.lemma_.lower()
    if head.pos_ == "PRON" or head.tag_ in {"PRP", "PRP$"}:
        return f"pronoun:{head.lower_}"
    words = setting.vocabulary.words
    if lemma in words["state_nouns"]:
        return "state"
    if lemma in words["actor_nouns"]:
        return "actor"
    if lemma in words["goods"]:
        return "goods+name" if any(is_name(child, setting) for child in head.lefts) else "goods"
    if head.pos_ == "PROPN":
        return "proper"
    return "noun+name" if any(is_name(child, setting) for child in head.lefts) else "noun"


def _bucket(distance: int) -> str:
    for limit in (1, 2, 3, 5, 8, 13, 21):
        if distance <= limit:
            return str(limit)
    return "far"


def _preposition(head: Token) -> str:
    return head.head.lower_ if head.dep_ in {"pobj", "pcomp"} else head.dep_


def _path(trigger: Token, head: Token, vocabulary: Vocabulary) -> tuple[str, str]:
    """The dependencies between trigger and candidate, and the same with what the governing words say instead."""
    up = [trigger]
    while up[-1].head.i != up[-1].i and len(up) <= _MAX_PATH:
        up.append(up[-1].head)
    above = {token.i: number for number, token in enumerate(up)}
    down: list[Token] = []
    node = head
    while node.i not in above and node.head.i != node.i and len(down) <= _MAX_PATH:
        down.append(node)
        node = node.head
    if node.i not in above:
        return "none", "none"
    climbed = up[: above[node.i]]
    rise = [_edge(token) for token in climbed if token.dep_ != "conj"]
    fall = [_edge(token) for token in reversed(down) if token.dep_ != "conj"]
    path = "^".join(rise) + "~" + "_".join(fall)
    said = [_said(token.head, vocabulary) for token in climbed if token.dep_ != "conj"]
    last = "_".join(fall[-2:])
    return path, ">".join(said[-2:]) + "~" + last + f"/{len(rise)}"


def _edge(token: Token) -> str:
    return token.lower_ if token.dep_ == "prep" else token.dep_


def _said(token: Token, vocabulary: Vocabulary) -> str:
    lemma = token.lemma_.lower()
    act = vocabulary.verb_acts.get(lemma) or vocabulary.noun_acts.get(lemma) or vocabulary.adjective_acts.get(lemma)
    if act is not None:
        return f"{act.status}/{act.role}"
    return token.lower_ if token.pos_ == "ADP" else token.pos_
