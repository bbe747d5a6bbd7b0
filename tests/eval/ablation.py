"""What each part of extraction buys: the figures with that part switched off. `PARTS` is the one place to add one."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import replace
from unittest.mock import patch

from services.extraction.pipeline import Extractor
from services.extraction.sanctions.judge import Judge, Judgement, by_rules
from services.extraction.sanctions.reading import Reading

Without = Callable[[Extractor], AbstractContextManager[Extractor]]  # as long as it is open, the part is off


def finding_nothing(*functions: str) -> Without:
    """Switch off a part by letting these functions, named by the module that calls them, find nothing."""

    @contextmanager
    def without(extractor: Extractor) -> Iterator[Extractor]:
        with ExitStack() as patched:
            for function in functions:
                patched.enter_context(patch(function, _nothing))
            yield extractor

    return without


def by_rules_alone(*decisions: str) -> Without:
    """Leave decisions, any of `mention`, `status`, `slots`, to the rules instead of the trained models."""

    def judge(self: Judge, reading: Reading) -> Judgement | None:
        alone, weighed = by_rules(reading), _JUDGE(self, reading)
        if "mention" in decisions:
            is_mention = reading.names_enough and not reading.other_authority
            weighed = (weighed or self.fill(reading, 1.0)) if is_mention else None
        if weighed is not None and "status" in decisions:
            weighed = replace(weighed, status=alone.status)
        if weighed is not None and "slots" in decisions:
            weighed = replace(weighed, sender=alone.sender, target=alone.target)
        return weighed

    @contextmanager
    def without(extractor: Extractor) -> Iterator[Extractor]:
        with patch.object(Judge, "judge", judge):
            yield extractor

    return without


def _nothing(*_: object, **__: object) -> list[object]:
    return []


_JUDGE = Judge.judge
_SANCTIONS = "services.extraction.sanctions"

PARTS: Mapping[str, Without] = {
    "any trained model": by_rules_alone("mention", "status", "slots"),
    "the model of what is a mention": by_rules_alone("mention"),
    "the model of status": by_rules_alone("status"),
    "the models of senders and targets": by_rules_alone("slots"),
    "names that the model sees": finding_nothing("services.extraction.pipeline.spot"),
    "surnames alone": finding_nothing("services.extraction.entities.bare_surnames"),
    "premodifying targets": finding_nothing(f"{_SANCTIONS}.targets._premodifying_targets"),
    "premodifying senders": finding_nothing(f"{_SANCTIONS}.senders._premodifying_senders"),
    "participles and relative clauses": finding_nothing(f"{_SANCTIONS}.reading.participles"),
    "governing verbs": finding_nothing(f"{_SANCTIONS}.reading.course_of"),
    "targets of joined triggers": finding_nothing(f"{_SANCTIONS}.targets._of_siblings"),
    "targets from reasons, conditions": finding_nothing(
        f"{_SANCTIONS}.targets._from_reason", f"{_SANCTIONS}.targets._from_condition"
    ),
}
