"""Messages are acknowledged in their order, whatever order their results are written in."""

from dataclasses import dataclass, field
from typing import Any, cast

from faust.types import TP
from hypothesis import given
from hypothesis import strategies as st

from services.processor.delivery import Acknowledgements


@dataclass
class Message:
    tp: TP
    offset: int
    generation_id: int


@dataclass
class Event:
    message: Message
    acknowledged: list[tuple[int, int]] = field(repr=False)

    def ack(self) -> None:
        self.acknowledged.append((self.message.tp.partition, self.message.offset))


def take(acknowledgements: Acknowledgements, log: list[tuple[int, int]], partition: int, offset: int) -> Any:
    event = Event(Message(TP("articles", partition), offset, 1), log)
    return acknowledgements.add(cast("Any", event))  # all that is asked of Faust's events


@given(st.permutations([(partition, offset) for partition in range(3) for offset in range(5)]))
def test_no_message_is_acknowledged_before_those_in_front_of_it(order: list[tuple[int, int]]) -> None:
    log: list[tuple[int, int]] = []
    acknowledgements = Acknowledgements(generation=lambda: 1)
    tickets = {(p, o): take(acknowledgements, log, p, o) for p in range(3) for o in range(5)}
    done: set[tuple[int, int]] = set()
    for place in order:
        acknowledgements.finish(tickets[place])
        done.add(place)
        for partition, offset in log:
            assert {(partition, before) for before in range(offset + 1)} <= done
    for partition in range(3):
        assert [offset for number, offset in log if number == partition] == list(range(5))
        assert acknowledgements.position[TP("articles", partition)] == 5


def test_a_message_of_an_earlier_generation_is_never_acknowledged() -> None:
    log: list[tuple[int, int]] = []
    generation = 1
    acknowledgements = Acknowledgements(generation=lambda: generation)
    ticket = take(acknowledgements, log, 0, 0)
    generation = 2
    acknowledgements.finish(ticket)
    assert log == []
