"""Hold what users rely on to what the last release promised: a sentence for each promise that is broken."""

from collections.abc import Iterator
from pathlib import Path

import yaml

from tests.contract.compatibility import Comparison, Direction
from tests.contract.surface import Surface, parse_version

DECIDED = Path(__file__).parent / "breaks.yaml"


def find_breaks(old: Surface, new: Surface) -> tuple[str, ...]:
    """Return a sentence for each break, each once, beginning with what is broken."""
    return tuple(dict.fromkeys((*_models(old, new), *_topics(old, new), *_names(old, new), *_metrics(old, new))))


def decided_breaks() -> dict[str, str]:
    """Return the breaks that were decided on, and why."""
    return {str(entry["break"]): str(entry["why"]) for entry in yaml.safe_load(DECIDED.read_text("utf-8")) or ()}


def may_break(old: str, new: str) -> bool:
    """Whether a version may break what an older one promised: a new major one, or before 1.0 a new minor one."""
    before, after = parse_version(old), parse_version(new)
    return after[0] > before[0] or (after[0] == 0 and after[1] > before[1])


def _models(old: Surface, new: Surface) -> Iterator[str]:
    for direction in Direction:
        comparison = Comparison(old["models"][direction.value], new["models"][direction.value], direction)
        yield from comparison.breaks(old["messages"])


def _topics(old: Surface, new: Surface) -> Iterator[str]:
    for name, was in old["topics"].items():
        now = new["topics"].get(name)
        if now is None:
            yield f"topic {name}: is removed or renamed"
            continue
        for what in ("key", "cleanup"):
            if was[what] != now[what]:
                yield f"topic {name}: its {what} was `{was[what]}`, is `{now[what]}`"
        yield from (
            f"topic {name}: holds no {gone} any more" for gone in was["messages"] if gone not in now["messages"]
        )
        yield from (f"topic {name}: holds {more}, too" for more in now["messages"] if more not in was["messages"])
    if old["partitions"] != new["partitions"]:
        yield f"topics: are created with {new['partitions']} partitions; it was {old['partitions']}"


def _names(old: Surface, new: Surface) -> Iterator[str]:
    for kind, what in (
        ("headers", "header"),
        ("dead_letter_headers", "header of dead letters"),
        ("settings", "setting"),
    ):
        yield from (f"{what} {name}: is removed or renamed" for name in old[kind] if name not in new[kind])
    for name, digest in old["golden"].items():
        if new["golden"].get(name) != digest:
            yield f"golden message {name}: is removed or changed; add another one instead"


def _metrics(old: Surface, new: Surface) -> Iterator[str]:
    for service, had in old["metrics"].items():
        has = new["metrics"].get(service, {})
        for name, labels in had.items():
            if name not in has:
                yield f"metric {name} of {service}: is removed or renamed"
                continue
            yield from (
                f"metric {name} of {service}: lacks the label {gone}" for gone in labels if gone not in has[name]
            )
