"""A watchlist file is read into actors, or refused with the place that is wrong."""

from pathlib import Path

import pytest

from schemas import ActorType
from services.core.listing import ListingError
from services.watchlist.file import parse_watchlist, read_watchlist
from tests.conftest import CHECKOUT


def test_the_watchlist_that_ships_can_be_read_and_is_about_as_long_as_promised() -> None:
    actors = read_watchlist(CHECKOUT / "seeds" / "watchlist.yaml")
    watched = [actor for actor in actors if actor.watched]
    assert 50 <= len(watched) <= 80
    assert {ActorType.PERSON, ActorType.COMPANY, ActorType.GROUP} == {actor.type for actor in watched}
    assert watched == list(actors)  # who is only known ships with the package


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("actors:\n- {id: a, name: A}\n", "line 2: type"),
        ("actors:\n- {id: a, name: A, type: person}\n- {id: a, name: B, type: person}\n", "line 3: id: `a` stands"),
        ("actors:\n- {id: a, name: A, type: person, alias: [B]}\n", "line 2: alias: no such field"),
        ("actors:\n- {id: a, name: A, type: robot}\n", "line 2: type"),
        ("actors:\n- {id: no, name: A, type: state, countries: [no]}\n", "line 2: "),
        ("actors:\n- id: a\n  id: b\n", "given twice"),
        ("actors:\n- [\n", "not readable as YAML"),
        ("actors: 5\n", "needs a key `actors`"),
        ("actors:\n- just a name\n", "just a name"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text: str, problem: str) -> None:
    with pytest.raises(ListingError) as raised:
        parse_watchlist(text, source="list.yaml")
    assert str(raised.value).startswith("list.yaml")
    assert problem in str(raised.value)


def test_a_file_that_is_not_there_or_not_utf8_is_named(tmp_path: Path) -> None:
    with pytest.raises(ListingError, match=r"missing\.yaml: cannot be read"):
        read_watchlist(tmp_path / "missing.yaml")
    (tmp_path / "latin.yaml").write_bytes(b"actors: [\xe9]")
    with pytest.raises(ListingError, match="not UTF-8"):
        read_watchlist(tmp_path / "latin.yaml")
