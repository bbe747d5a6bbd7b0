"""A short run of `make fuzz`: no fault, and something of every target is accepted and something refused."""

import warnings

import pytest

from tests.fuzz.mutation import mutate
from tests.fuzz.running import fuzz
from tests.fuzz.targets import TARGETS, Fate, Target

COUNTS = {"messages": 3_000, "bodies": 2_000, "lists": 2_000, "feeds": 600, "texts": 400, "pages": 100, "models": 40}


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_no_input_is_a_fault(target: Target) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of parsers, which warn of what is malformed
        tally = fuzz(target, COUNTS[target.name], first=10_000_000)
    assert tally.faults == []
    assert tally.inputs == COUNTS[target.name]
    assert tally.taken > 0
    assert tally.fate.rejected


def test_a_fault_is_found() -> None:
    def fails(raw: bytes) -> Fate:
        if b"text" not in raw:
            msg = "lost it"
            raise KeyError(msg)
        return Fate(accepted=1)

    known = next(target for target in TARGETS if target.name == "pages")
    broken = Target("broken", lambda raw: fails(raw) if raw not in known.seeds else Fate(1), 1.0, "pages")
    tally = fuzz(broken, 200)
    assert 0 < len(tally.faults) < 200
    number, told = tally.faults[0]
    assert told == "KeyError: 'lost it'"
    assert b"text" not in mutate(known.seeds, number, "broken")


def test_inputs_are_repeatable_and_differ() -> None:
    seeds = TARGETS[0].seeds
    inputs = [mutate(seeds, number, "messages") for number in range(500)]
    assert inputs == [mutate(seeds, number, "messages") for number in range(500)]
    assert len(set(inputs)) > 450
