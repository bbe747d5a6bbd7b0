import threading
from collections.abc import Callable, Iterator
from itertools import count

import pytest

from services.alerts.notifier.attempts import Attempts
from services.alerts.notifier.channel import Event, Refused, TryAgain
from tests.unit.alerts.notifier.examples import alert

EVENT = Event(alert(), b"{}", 0)


class Doing:
    """A way to a receiver that does what it is told."""

    def __init__(self, do: Callable[[], str]) -> None:
        self._do = do

    def deliver(self, event: Event) -> str:
        assert event is EVENT
        return self._do()

    def close(self) -> None:
        pass


@pytest.fixture
def released() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


def test_the_answer_is_returned() -> None:
    assert Attempts("desk", Doing(lambda: "taken"), 5).make(EVENT, lambda: None) == "taken"


@pytest.mark.parametrize(
    "error", [Refused("no"), TryAgain("later", retry_after_s=7), TimeoutError("its own"), KeyError(1)]
)
def test_what_goes_wrong_is_raised_as_it_is(error: Exception) -> None:
    def fail() -> str:
        raise error

    with pytest.raises(type(error)) as raised:
        Attempts("desk", Doing(fail), 5).make(EVENT, lambda: None)
    assert raised.value is error


def test_who_hangs_is_left_alone_and_not_asked_again_until_it_has_ended(released: threading.Event) -> None:
    calls = count(1)

    def hang() -> str:
        number = next(calls)
        released.wait(30)
        return f"answer {number}"

    attempts = Attempts("desk", Doing(hang), 0.1)
    with pytest.raises(TryAgain, match=r"no answer within 0\.1 s"):
        attempts.make(EVENT, lambda: None)
    with pytest.raises(TryAgain, match="an earlier attempt has not ended yet"):
        attempts.make(EVENT, lambda: None)
    released.set()
    for thread in threading.enumerate():
        if thread.name == "deliver-desk":
            thread.join(5)
    assert attempts.make(EVENT, lambda: None) == "answer 2"


def test_life_goes_on_while_it_takes(released: threading.Event) -> None:
    def slow() -> str:
        released.wait(30)
        return "at last"

    assert Attempts("desk", Doing(slow), 20).make(EVENT, released.set) == "at last"
