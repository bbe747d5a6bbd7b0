"""People are found under the other spellings of their names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import Actor, ActorType
from services.watchlist.forms import name_forms
from services.watchlist.matcher import MAX_FORMS, NameMatcher, further_names


def person(name: str, *countries: str) -> Actor:
    return Actor(id="x", name=name, type=ActorType.PERSON, countries=countries)


@pytest.mark.parametrize(
    ("name", "countries", "form"),
    [
        ("Alexander Lukashenko", ("by",), "Alyaksandr Lukashenka"),
        ("Alexander Lukashenko", ("by",), "Lukashenko, Alexander"),
        ("LUKASHENKA, Alyaksandr Grigoryevich", ("by",), "Alexander LUKASHENKA"),
        ("Vladimir Vladimirovich Putin", ("ru",), "Vladimir Putin"),
        ("Volodymyr Zelenskyy", ("ua",), "Volodymyr Zelensky"),
        ("Kim Jong Un", ("kp",), "Kim Jong-un"),
        ("Kim Jong-un", ("kp",), "Kim Jong Un"),
        ("Muhammad Hasan", (), "Mohammed Hasan"),
        ("XI, Jinping", ("cn",), "XI Jinping"),
    ],
)
def test_a_name_has_this_form(name: str, countries: tuple[str, ...], form: str) -> None:
    assert form in set(name_forms(person(name, *countries)))


@pytest.mark.parametrize("actor", [Actor(id="x", name="Alexander Petrov", type=ActorType.COMPANY), person("Putin")])
def test_companies_and_single_words_have_none(actor: Actor) -> None:
    assert list(name_forms(actor)) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Uladzimir Putin spoke", ["Uladzimir Putin"]),
        ("PUTIN, Vladimir was listed", ["PUTIN, Vladimir"]),
        ("Viktor Putin spoke", []),
        ("Vladimir Putinov spoke", []),
    ],
)
def test_the_forms_are_matched(text: str, expected: list[str]) -> None:
    assert [text[m.start : m.end] for m in NameMatcher([person("Vladimir Putin", "ru")]).match(text)] == expected


def test_a_listed_name_stays_what_it_is_although_another_persons_form_is_the_same() -> None:
    listed = Actor(id="listed", name="Aleksandr Petrov", type=ActorType.PERSON)
    similar = Actor(id="a-similar", name="Alexander Petrov", type=ActorType.PERSON)
    (match,) = NameMatcher([similar, listed]).match("Aleksandr Petrov spoke")
    assert match.best.actor.id == "listed"


def test_watched_people_have_the_first_claim_on_the_bound() -> None:
    many = [Actor(id=f"u{i}", name=f"Alexander A{i}", type=ActorType.PERSON, watched=False) for i in range(10_000)]
    forms = list(further_names([*many, person("Vladimir Putin")]))
    assert len(forms) > MAX_FORMS
    assert forms[0].actor.id == "x"


@given(st.text(alphabet="Alexander Putin,-'\u0301Ж ", min_size=1, max_size=40).filter(str.strip))
def test_any_name_has_forms_that_are_not_its_own(name: str) -> None:
    actor = person(name)
    assert actor.name not in set(name_forms(actor))
