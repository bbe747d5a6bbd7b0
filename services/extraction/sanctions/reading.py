"""Read everything that the rules can say of one trigger of a sentence."""

from collections.abc import Sequence
from dataclasses import dataclass

from spacy.tokens import Doc, Token

from schemas import Span
from services.extraction.passages import Passage, Piece
from services.extraction.sanctions.candidates import Candidate, candidates_of
from services.extraction.sanctions.course import course_of, participles
from services.extraction.sanctions.parties import SentenceNames
from services.extraction.sanctions.roles import Roles, roles_of, sources_of
from services.extraction.sanctions.setting import Setting
from services.extraction.sanctions.status import Standing, standing_of
from services.extraction.sanctions.triggers import Trigger
from services.extraction.sanctions.vocabulary import Needs, Vocabulary


@dataclass(frozen=True, slots=True)
class Sentence:
    """A parsed sentence, where it stands and whom it names."""

    passage: Passage
    piece: Piece
    doc: Doc
    names: SentenceNames

    def span(self, first: Token, last: Token) -> Span:
        """The text from one token to another."""
        offset = self.piece.start
        return self.passage.span(offset + first.idx, offset + last.idx + len(last))


@dataclass(frozen=True, slots=True)
class Reading:
    """What the rules read of a trigger.

    Attributes:
        sentence: Where it stands.
        setting: The trigger and what governs and describes it.
        standing: Where the measure stands.
        roles: Who fills the slots.
        candidates: Everybody who could.
        names_enough: Whether what the trigger needs is named with it.
        other_authority: Whether a court, a sports body or a supervisor of markets does the punishing.
        cut: Whether the sentence holds further triggers that are not read.
    """

    sentence: Sentence
    setting: Setting
    standing: Standing
    roles: Roles
    candidates: tuple[Candidate, ...]
    names_enough: bool
    other_authority: bool
    cut: bool = False


def read_trigger(sentence: Sentence, trigger: Trigger, triggers: Sequence[Trigger], vocabulary: Vocabulary) -> Reading:
    """Return what the rules read of one of the triggers of a sentence."""
    head = trigger.head
    steps = course_of(trigger, vocabulary)
    described = [] if trigger.verb else participles(head, vocabulary)
    standing = standing_of(head, steps, described, vocabulary)
    siblings = [other.head for other in triggers if _are_joined(head, other.head)]
    setting = Setting(trigger, steps, described, siblings, vocabulary, sentence.names.name_of)
    sources = sources_of(setting)
    roles = roles_of(setting, sources, standing.status)
    return Reading(
        sentence=sentence,
        setting=setting,
        standing=standing,
        roles=roles,
        candidates=candidates_of(setting, sources, sentence.names),
        names_enough=_names_enough(trigger, roles, sentence, vocabulary),
        other_authority=_is_other_authority(roles.senders, vocabulary),
    )


def _are_joined(head: Token, other: Token) -> bool:
    """Whether two triggers are joined by "and": "sanctions on China and tariffs on imports"."""
    if head.i == other.i:
        return False
    return (other.dep_ == "conj" and other.head.i == head.i) or (head.dep_ == "conj" and head.head.i == other.i)


def _is_other_authority(senders: Sequence[Token], vocabulary: Vocabulary) -> bool:
    """Whether a court, a sports body or a supervisor of markets does the punishing."""
    known = vocabulary.words["other_authorities"]
    for sender in senders:
        phrase = sender.doc[sender.left_edge.i : sender.i + 1].text.lower()
        if phrase in known or not known.isdisjoint(phrase.split()):
            return True
    return False


def _names_enough(trigger: Trigger, roles: Roles, sentence: Sentence, vocabulary: Vocabulary) -> bool:
    """Whether what the trigger needs is named with it."""
    match trigger.needs:
        case Needs.NOTHING:
            return True
        case Needs.PARTY:
            return bool(roles.senders or roles.targets or roles.parties)
        case Needs.TARGET:
            return bool(roles.targets)
        case Needs.ACTOR:
            known = vocabulary.words["actor_nouns"]
            return any(t.i in sentence.names.tokens or t.lemma_.lower() in known for t in roles.targets)
