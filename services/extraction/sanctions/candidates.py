"""The phrases of a sentence that could be who imposes or who is hit, with what the rules say of each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from spacy.tokens import Token

from schemas import EntityLabel, Party
from services.extraction.sanctions.parties import SentenceNames
from services.extraction.sanctions.roles import Sources
from services.extraction.sanctions.setting import Setting, expanded, is_name
from services.extraction.sanctions.syntax import objects_of_preposition

MAX_CANDIDATES = 16  # the nearest to the trigger; a sentence that people write has fewer
_REACH = 60  # tokens on either side of the trigger
_PRONOUNS = frozenset({"we", "they", "it", "he", "she", "i", "you", "our", "their", "its", "his", "her", "them", "us"})
_ON = frozenset({"on", "against", "to", "of", "for", "from", "targeting"})


@dataclass(slots=True)
class Candidate:
    """A phrase that could fill a slot.

    Attributes:
        heads: Heads of the phrase and of what is joined to it; features are read from the first.
        parties: What each head stands for, without repeats.
        label: Of the entity that the first head is part of, if it is part of one.
        readings: Which rules read it, as `sender:agents` or `target:behind`, and `sender:!` or `target:!` where they
            were the first rules of that slot to read anybody.
    """

    heads: tuple[Token, ...]
    parties: tuple[Party, ...]
    label: EntityLabel | None
    readings: set[str] = field(default_factory=set)

    @property
    def head(self) -> Token:
        """The token that stands for the phrase."""
        return self.heads[0]

    def is_read_as(self, slot: str) -> bool:
        """Whether a rule reads it as filling the slot."""
        return any(reading.startswith(slot) for reading in self.readings)

    def overlaps(self, places: Iterable[tuple[int, int]]) -> bool:
        """Whether one of its parties stands exactly at one of the places."""
        return not {(party.start, party.end) for party in self.parties}.isdisjoint(places)


def candidates_of(setting: Setting, sources: Sources, names: SentenceNames) -> tuple[Candidate, ...]:
    """Return the candidates of a trigger, in order of their heads."""
    found: dict[tuple[int, ...], Candidate] = {}
    for slot, rules in (("target", sources.targets), ("sender", sources.senders)):
        named = {name: tokens for name, tokens in rules.items() if tokens}
        for number, (name, tokens) in enumerate(named.items()):
            candidate = _entered(found, tokens, names)
            candidate.readings.add(f"{slot}:{name}")
            if number == 0:
                candidate.readings.add(f"{slot}:!")
    for token in _possible(setting):
        if heads := expanded([token], setting):
            _entered(found, heads, names)
    trigger = setting.trigger.head.i
    nearest = sorted(found.values(), key=lambda c: (not c.readings, abs(c.head.i - trigger)))[:MAX_CANDIDATES]
    return tuple(sorted(nearest, key=lambda c: (c.head.i, len(c.heads))))


def is_nested(candidate: Candidate, rival: Candidate) -> bool:
    """Return whether the candidate is part of the rival's phrase: "Russian" of "Russian officials"."""
    return any(
        outer.start <= inner.start and inner.end <= outer.end and (outer.start, outer.end) != (inner.start, inner.end)
        for inner in candidate.parties
        for outer in rival.parties
    )


def _entered(found: dict[tuple[int, ...], Candidate], tokens: Sequence[Token], names: SentenceNames) -> Candidate:
    key = tuple(head.i for head in tokens)
    if key not in found:
        parties = {(party.start, party.end): party for party in map(names.party, tokens)}
        found[key] = Candidate(tuple(tokens), tuple(parties.values()), names.label_of(tokens[0]))
    return found[key]


def _possible(setting: Setting) -> Iterable[Token]:
    """Names, pronouns and nouns for actors, by their heads, and what stands behind the trigger's prepositions."""
    trigger, words = setting.trigger, setting.vocabulary.words
    own = range(trigger.first.i, trigger.head.i + 1)
    doc = trigger.head.doc
    near = doc[max(0, trigger.head.i - _REACH) : trigger.head.i + _REACH]
    behind = {t.i for t in objects_of_preposition(trigger.head, _ON)}
    for token in near:
        if token.i in own:
            continue
        name = setting.name_of(token)
        if name is not None:
            if token.head.i == token.i or setting.name_of(token.head) != name or abs(token.head.i - token.i) > 6:
                yield token
        elif (
            token.lower_ in _PRONOUNS
            or token.lower_ in words["usual_senders"]
            or token.i in behind
            or (token.pos_ == "NOUN" and token.lemma_.lower() in words["actor_nouns"])
            or (token.pos_ == "PROPN" and token.dep_ != "compound" and is_name(token, setting))
        ):
            yield token
