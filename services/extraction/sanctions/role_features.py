"""What the models see of a candidate for a slot of a mention: named features, each there or not."""

from collections.abc import Iterator

from spacy.tokens import Token

from schemas import EntityLabel
from services.extraction.sanctions.candidates import Candidate, is_nested
from services.extraction.sanctions.reading import Reading
from services.extraction.sanctions.setting import TRADE, Setting, is_against, is_name, is_usual_sender
from services.extraction.sanctions.vocabulary import Vocabulary

_MAX_PATH = 7  # dependencies followed up and down; longer ways are all alike


def role_features(candidate: Candidate, reading: Reading, slot: str) -> list[str]:
    """Return what tells whether a candidate of a reading fills a slot, `sender` or `target`."""
    return [*candidate_features(candidate, reading), *slot_features(candidate, reading, slot)]


def candidate_features(candidate: Candidate, reading: Reading) -> Iterator[str]:
    """Yield what is true of a candidate whichever slot is asked for."""
    setting, label = reading.setting, candidate.label
    trigger, head = setting.trigger, candidate.head
    kind = "verb" if trigger.verb else "noun"
    goods = "goods" if trigger.measure in TRADE else "actors"
    what = _kind_of(head, setting, label)
    side = "before" if head.i < trigger.head.i else "after"
    order = _order(candidate, reading)
    for read in sorted(candidate.readings):
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


def slot_features(candidate: Candidate, reading: Reading, slot: str) -> Iterator[str]:
    """Yield what depends on the slot: whether the rules read the candidate there, and whom else."""
    head, what = candidate.head, _kind_of(candidate.head, reading.setting, candidate.label)
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


def _kind_of(head: Token, setting: Setting, label: EntityLabel | None) -> str:
    """What the candidate is: the kind of its name, else of its noun."""
    if label is not None:
        return str(label)
    if head.pos_ == "PRON" or head.tag_ in {"PRP", "PRP$"}:
        return f"pronoun:{head.lower_}"
    lemma, words = head.lemma_.lower(), setting.vocabulary.words
    for kind, known in (("state", "state_nouns"), ("actor", "actor_nouns")):
        if lemma in words[known]:
            return kind
    noun = "goods" if lemma in words["goods"] else "proper" if head.pos_ == "PROPN" else "noun"
    named = noun != "proper" and any(is_name(child, setting) for child in head.lefts)
    return f"{noun}+name" if named else noun


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
