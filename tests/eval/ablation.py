"""What each part of extraction buys: the figures with that part switched off. `PARTS` is the one place to add one."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from unittest.mock import patch

from services.extraction.pipeline import Extractor

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


def _nothing(*_: object, **__: object) -> list[object]:
    return []


_SANCTIONS = "services.extraction.sanctions"

PARTS: Mapping[str, Without] = {
    "names that the model sees": finding_nothing("services.extraction.pipeline.spot"),
    "surnames alone": finding_nothing("services.extraction.entities.bare_surnames"),
    "premodifying targets": finding_nothing(f"{_SANCTIONS}.targets._premodifying_targets"),
    "premodifying senders": finding_nothing(f"{_SANCTIONS}.senders._premodifying_senders"),
    "participles and relative clauses": finding_nothing(f"{_SANCTIONS}.mentions.participles"),
    "governing verbs": finding_nothing(f"{_SANCTIONS}.mentions.course_of"),
    "targets of joined triggers": finding_nothing(f"{_SANCTIONS}.targets._of_siblings"),
    "targets from reasons, conditions": finding_nothing(
        f"{_SANCTIONS}.targets._from_reason", f"{_SANCTIONS}.targets._from_condition"
    ),
}
