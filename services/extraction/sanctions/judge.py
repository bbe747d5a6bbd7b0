"""Decide what a trigger amounts to: whether it is a mention, where the measure stands, who fills its slots.

The rules read the sentence; four linear models, trained on hand-labelled paragraphs, weigh what they read against what
else the sentence holds. A fifth says how likely all of it is right.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from schemas import Status
from services.extraction.sanctions.candidates import Candidate, is_nested
from services.extraction.sanctions.features import mention_features, status_features
from services.extraction.sanctions.linear import LinearModel
from services.extraction.sanctions.reading import Reading
from services.extraction.sanctions.role_features import candidate_features, slot_features
from services.extraction.sanctions.vocabulary import Needs

# A trigger is a mention from the first probability on where what it needs is named with it, else from the second.
NAMED, UNNAMED = 0.5, 0.7
# A phrase that a rule read fills its slot from the first probability on, any other from the second: an empty slot beats
# a guess. A phrase that no rule read must be likelier by the margin to win over one that was read.
READ, MARGIN = 0.3, 0.2
UNREAD = {"sender": 0.6, "target": 0.7}
_STEPS = (0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98)


@dataclass(frozen=True, slots=True)
class Choice:
    """Who fills a slot, `None` for nobody, and how likely that is."""

    candidate: Candidate | None
    probability: float


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a trigger amounts to.

    Attributes:
        mention: Probability that it is a sanctions mention at all.
        status: Where the measure stands.
        status_probability: How likely that is.
        sender: Who imposes.
        target: Who is hit.
    """

    mention: float
    status: Status
    status_probability: float
    sender: Choice
    target: Choice


class Judge:
    """Weighs readings with trained models."""

    def __init__(self, models: Mapping[str, LinearModel]) -> None:
        """Take the models `mention`, `status`, `sender`, `target` and `right`."""
        self._models = models

    def judge(self, reading: Reading) -> Judgement | None:
        """Return what the trigger amounts to, or None if it is no sanctions mention."""
        if reading.other_authority:
            return None
        if not reading.names_enough and reading.setting.trigger.needs in {Needs.TARGET, Needs.ACTOR}:
            return None
        mention = self._models["mention"].probability(mention_features(reading))
        needed = NAMED if reading.names_enough else UNNAMED
        return None if mention < needed else self.fill(reading, mention)

    def fill(self, reading: Reading, mention: float) -> Judgement:
        """Return status and slots of what is a mention with the probability `mention`."""
        statuses = self._models["status"].probabilities(status_features(reading))
        status = max(statuses, key=lambda name: statuses[name])
        seen = [(candidate, list(candidate_features(candidate, reading))) for candidate in reading.candidates]
        target = self._choose(reading, "target", seen)
        taken = {(party.start, party.end) for party in target.candidate.parties} if target.candidate else set()
        free = [
            (candidate, features)
            for candidate, features in seen
            if not candidate.overlaps(taken) and not _only_acts_on(candidate, reading)
        ]
        sender = self._choose(reading, "sender", free)
        return Judgement(mention, Status(status), statuses[status], sender, target)

    def confidence(self, reading: Reading, judgement: Judgement) -> float:
        """Return how likely senders, targets and status of a judgement are all right."""
        return self._models["right"].probability(right_features(reading, judgement))

    def _choose(self, reading: Reading, slot: str, seen: Iterable[tuple[Candidate, list[str]]]) -> Choice:
        model = self._models[slot]
        scored = [
            (
                model.probability([*features, *slot_features(candidate, reading, slot)]),
                candidate.is_read_as(slot),
                candidate,
            )
            for candidate, features in seen
        ]
        read = max((each for each in scored if each[1]), key=lambda each: each[0], default=(0.0, True, None))
        unread = max((each for each in scored if not each[1]), key=lambda each: each[0], default=(0.0, False, None))
        margin = MARGIN if read[2] is None or unread[2] is None or not is_nested(unread[2], read[2]) else 1.0
        if read[0] >= READ and unread[0] <= read[0] + margin:
            return Choice(read[2], read[0])
        if unread[0] >= UNREAD[slot]:
            return Choice(unread[2], unread[0])
        return Choice(None, 1.0 - max(read[0], unread[0]))


def implied_by(before: Status, reading: Reading) -> Judgement | None:
    """Return what "was also targeted" amounts to behind a mention of status `before`; None if it names nobody."""
    alone = by_rules(reading)
    return replace(alone, status=before) if reading.names_enough and alone.target.candidate is not None else None


def _only_acts_on(candidate: Candidate, reading: Reading) -> bool:
    """Whether the candidate condemns or evades the measure, which no rule says it imposes."""
    acting = {party.i for party in reading.roles.parties}
    return (
        reading.standing.status in {Status.OPPOSED, Status.EVADED}
        and candidate.head.i in acting
        and not candidate.is_read_as("sender")
    )


def by_rules(reading: Reading) -> Judgement:
    """Return what the rules alone make of a trigger: the first place that names somebody settles a slot."""

    def first(slot: str) -> Choice:
        found = (candidate for candidate in reading.candidates if f"{slot}:!" in candidate.readings)
        return Choice(next(found, None), 1.0)

    target, sender = first("target"), first("sender")
    if sender.candidate is not None and sender.candidate is target.candidate:
        sender = Choice(None, 1.0)
    return Judgement(1.0, reading.standing.status, 1.0, sender, target)


def right_features(reading: Reading, judgement: Judgement) -> Iterator[str]:
    """Yield what tells a judgement that is right from one that is not."""
    yield f"mention>{_step(judgement.mention)}"
    agreed = judgement.status == reading.standing.status
    yield f"status>{_step(judgement.status_probability)}"
    yield f"status={judgement.status}|{agreed}|{reading.standing.explicit}"
    for slot, choice in (("sender", judgement.sender), ("target", judgement.target)):
        chosen = choice.candidate
        kind = "none" if chosen is None else "first" if f"{slot}:!" in chosen.readings else "other"
        yield f"{slot}={kind}>{_step(choice.probability)}"
        yield f"{slot}={kind}"
        if chosen is not None:
            yield f"{slot}={'name' if chosen.label else 'phrase'}|{min(len(chosen.heads), 3)}"
    yield f"candidates={min(len(reading.candidates), 8) // 2}"
    yield f"steps={min(len(reading.setting.steps), 4)}"
    yield f"words={min(len(reading.sentence.doc) // 15, 4)}"


def _step(probability: float) -> float:
    return max((step for step in _STEPS if step <= probability), default=0.0)
