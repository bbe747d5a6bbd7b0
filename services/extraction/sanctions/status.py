"""Decide where a measure stands from everything that is said over it."""

from collections.abc import Sequence
from dataclasses import dataclass

from spacy.tokens import Token

from schemas import Status
from services.extraction.sanctions.course import Step
from services.extraction.sanctions.syntax import children, negated
from services.extraction.sanctions.vocabulary import Act, Role, Vocabulary

# From these the possibility of the governing word passes to the measure: "sanctions could follow".
_CARRIES = frozenset({"nsubj", "nsubjpass", "dobj", "attr", "xcomp", "acomp", "ccomp", "with", "to"})
# Through these "not" passes to what is reported: "we are not talking about easing".
_REPORTS = frozenset({"ccomp", "xcomp", "acomp", "about", "of", "dobj"})


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the measure stands; `explicit` is False where no word says so and the default was taken."""

    status: Status
    negated: bool
    explicit: bool


def standing_of(head: Token, steps: Sequence[Step], described: Sequence[Step], vocabulary: Vocabulary) -> Standing:
    """Return where the measure stands.

    Args:
        head: The trigger's head.
        steps: What governs it, nearest first.
        described: The participles and relative clauses behind it.
        vocabulary: The words known.
    """
    status, denied = _from_adjectives(head, vocabulary), negated(head)
    for step in described:
        if status is None and step.act:
            status = _opened(step.act.status, step)
    explicit = status is not None
    below: Step | None = None
    for step in steps:
        if step.act is None:
            if step.open and (status is None or _is_unreal(status, below)) and step.via in _CARRIES:
                status, explicit = Status.PROPOSED, True
            elif step.negated and status is Status.LIFTED and step.via in _REPORTS:
                status = Status.MAINTAINED
            below = step
            continue
        explicit = True
        before = status
        if denied and step.act.role is Role.PARTY and below is not None and below.token.tag_ == "VB":
            status, denied, below = Status.OPPOSED, False, step  # "persuade the U.S. not to impose"
            continue
        status = _outer(status, step.act, step)
        if step.negated:
            status, denied = _denied(status, before, denied=denied)
        below = step
    return Standing(status or Status.IMPOSED, denied, explicit)


def _is_unreal(status: Status, below: Step | None) -> bool:
    """Whether an imposing has not happened but hangs on what governs it: "could lead it to impose"."""
    return status is Status.IMPOSED and below is not None and below.token.tag_ in {"VB", "VBG"}


def _from_adjectives(head: Token, vocabulary: Vocabulary) -> Status | None:
    described = {child.lower_ for child in children(head, "amod", "compound", "nmod")}
    if described & vocabulary.words["proposed_adjectives"]:
        return Status.PROPOSED
    if described & vocabulary.words["lifted_adjectives"]:
        return Status.LIFTED
    return None


def _opened(status: Status, step: Step) -> Status:
    return Status.PROPOSED if step.open and status is Status.IMPOSED else status


def _outer(inner: Status | None, act: Act, step: Step) -> Status:
    """What an inner status becomes under the act that governs it."""
    if inner is None or inner is Status.IMPOSED:
        return _opened(act.status, step)
    if act.status is Status.OPPOSED and inner is not Status.EVADED:
        # Of a lifting, of keeping, of calls against it: the measure stays.
        return Status.OPPOSED if inner is Status.PROPOSED else Status.MAINTAINED
    if act.status is Status.PROPOSED and inner is Status.LIFTED:
        return _wanted_lifting(act, step)
    if act.status in {Status.LIFTED, Status.MAINTAINED, Status.EVADED} and inner is Status.PROPOSED:
        return act.status
    return inner


def _wanted_lifting(act: Act, step: Step) -> Status:
    """What a wanted lifting is: "wants the EU to lift" is a call, "wants to lift" an intention."""
    if step.negated:
        return Status.MAINTAINED
    return Status.OPPOSED if act.role is Role.PARTY and not _wants_itself(step) else Status.LIFTED


def _wants_itself(step: Step) -> bool:
    return step.via == "xcomp" and not children(step.token, "dobj", "dative")


def _denied(status: Status, before: Status | None, *, denied: bool) -> tuple[Status, bool]:
    """A denied lifting keeps the measure; a denied measure is no measure."""
    if status is Status.LIFTED:
        return Status.MAINTAINED, denied
    if status in {Status.OPPOSED, Status.EVADED}:
        return before or Status.IMPOSED, denied
    return status, True
