"""What is written as FollowTheMoney is read back as it was."""

import json
from datetime import date
from pathlib import Path

import pytest

from schemas import Actor, ActorType, IdNumber
from services.watchlist.formats.ftm_export import to_entities
from services.watchlist.formats.recognition import read_lists

PERSON = Actor(
    id="x-1",
    name="Ann Example",
    type=ActorType.PERSON,
    aliases=("Анна Пример",),
    weak_aliases=("Annie",),
    countries=("ru",),
    lists=("x",),
    programmes=("RUSSIA",),
    birth_dates=("1950-01-02",),
    id_numbers=(IdNumber(kind="passport", number="12 345"), IdNumber(kind="tax", number="77")),
    listed_on=date(2020, 1, 2),
    amended_on=date(2021, 1, 2),
    url="https://example.org/1",
    remarks="Said beside.",
)
VESSEL = Actor(
    id="x-2",
    name="LADY R",
    type=ActorType.VESSEL,
    countries=("ru",),
    lists=("x",),
    id_numbers=(IdNumber(kind="imo", number="9187629"),),
)
COMPANY = Actor(id="x-3", name="Example LLC", type=ActorType.COMPANY, lists=("x",))


@pytest.mark.parametrize("actor", [PERSON, VESSEL, COMPANY], ids=lambda actor: actor.type)
def test_it_is_read_back(actor: Actor, tmp_path: Path) -> None:
    file = tmp_path / "entities.ftm.json"
    file.write_bytes(b"".join(line + b"\n" for line in to_entities(actor)))
    assert list(read_lists([file])) == [actor]


def test_a_sanction_is_an_entity_of_its_own() -> None:
    person, sanction = map(json.loads, to_entities(PERSON))
    assert (person["schema"], sanction["schema"]) == ("Person", "Sanction")
    assert sanction["properties"]["entity"] == ["x-1"]
    assert sanction["properties"]["program"] == ["RUSSIA"]
