"""People are found under the other spellings of their names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import Actor, ActorType, LinkMethod
from services.watchlist.forms import name_forms
from services.watchlist.matcher import NameMatcher


def person(name: str, *countries: str) -> Actor:
    return Actor(id="x", name=name, type=ActorType.PERSON, countries=countries)


@pytest.mark.parametrize(
    ("name", "countries", "form"),
    [
        ("Alexander Lukashenko", ("by",), "Lukashenko, Alexander"),
        ("LUKASHENKA, Alyaksandr Grigoryevich", ("by",), "Alyaksandr LUKASHENKA"),
        ("Vladimir Vladimirovich Putin", ("ru",), "Vladimir Putin"),
        ("Kim Jong Un", ("kp",), "Kim Jongun"),
        ("Kim Jong-un", ("kp",), "Kim Jongun"),
        ("XI, Jinping", ("cn",), "XI Jinping"),
    ],
)
def test_a_name_has_this_form(name: str, countries: tuple[str, ...], form: str) -> None:
    assert form in set(name_forms(person(name, *countries)))


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("OOO Gazprom Neft", "Gazprom Neft"),
        (
            "\u041e\u041e\u041e \u0413\u0430\u0437\u043f\u0440\u043e\u043c \u041d\u0435\u0444\u0442\u044c",
            "\u0413\u0430\u0437\u043f\u0440\u043e\u043c \u041d\u0435\u0444\u0442\u044c",
        ),
        ("Huawei Technologies Co., Ltd.", "Huawei Technologies"),
        ("OPEN JOINT STOCK COMPANY ROSNEFT OIL", "ROSNEFT OIL"),
        ('LIMITED LIABILITY COMPANY "KOKS BREND"', "KOKS BREND"),
        ("Kalashnikov Concern L.L.C.", "Kalashnikov Concern"),
        ("Limited", None),
        ("Avangard LLC", None),
        ("Bank of Moscow", None),
    ],
)
def test_a_company_is_also_called_without_its_legal_form(name: str, form: str | None) -> None:
    assert list(name_forms(Actor(id="x", name=name, type=ActorType.COMPANY))) == ([form] if form else [])


@pytest.mark.parametrize("actor", [Actor(id="x", name="Alexander Petrov", type=ActorType.COMPANY), person("Putin")])
def test_companies_and_single_words_have_none(actor: Actor) -> None:
    assert list(name_forms(actor)) == []


@pytest.mark.parametrize(
    ("listed", "countries", "text", "expected"),
    [
        ("Vladimir Putin", ("ru",), "Uladzimir Putin spoke", "Uladzimir Putin"),
        ("Vladimir Putin", ("ru",), "PUTIN, Vladimir was listed", "PUTIN, Vladimir"),
        ("Vladimir Vladimirovich PUTIN", ("ru",), "Vladimir Putin spoke", "Vladimir Putin"),
        ("Alexander Lukashenko", ("by",), "Alyaksandr Lukashenka spoke", "Alyaksandr Lukashenka"),
        ("LUKASHENKA, Alyaksandr Grigoryevich", ("by",), "Alexander Lukashenko spoke", "Alexander Lukashenko"),
        ("Volodymyr Zelenskyy", ("ua",), "Volodymyr Zelensky spoke", "Volodymyr Zelensky"),
        ("Volodymyr Zelenskyy", ("ua",), "Сказал Владимир Зеленский.", "Владимир Зеленский"),
        ("Muhammad Hasan", (), "Mohammed Hasan spoke", "Mohammed Hasan"),
        ("Kim Jong-un", ("kp",), "Kim Jong Un spoke", "Kim Jong Un"),
        ("Kim Jong Un", ("kp",), "Kim Jong-un spoke", "Kim Jong-un"),
        ("Maria Al-Sayed", (), "Maria Al Sayed spoke", "Maria Al Sayed"),
        ("J. R. Smith", (), "J.R. Smith spoke", "J.R. Smith"),
        ("Vladimir Putin", ("ru",), "Viktor Putin spoke", None),
        ("Vladimir Putin", ("ru",), "Vladimir Putinov spoke", None),
        ("Vladimir Putin", ("ru",), "Vladimir, Putin and others", None),
        ("Vladimir Putin", ("ru",), "He met Vladimir. Putin left.", None),
        ("Vladimir Putin", ("ru",), "Vladimir\n\nPutin", None),
        ("Vladimir Putin", ("ru",), "vladimir putin", None),
    ],
)
def test_a_person_is_found_under_other_forms_and_spellings(
    listed: str, countries: tuple[str, ...], text: str, expected: str | None
) -> None:
    found = [text[m.start : m.end] for m in NameMatcher([person(listed, *countries)]).match(text)]
    assert found == ([expected] if expected else [])


def test_only_people_are_spelt_otherwise_but_anybody_in_another_script() -> None:
    def found(name: str, text: str) -> list[LinkMethod]:
        company = Actor(id="x", name=name, type=ActorType.COMPANY)
        return [match.best.method for match in NameMatcher([company]).match(text)]

    assert found("Alexander Group", "The Aleksandr Group said") == []
    assert found("Gazprom Neft", "Компания Газпром Нефт сообщила") == [LinkMethod.VARIANT]
    assert found("Газпром нефт", "Shares of Gazprom Neft fell") == [LinkMethod.VARIANT]


def test_a_listed_name_stays_what_it_is_although_another_persons_form_is_the_same() -> None:
    listed = Actor(id="listed", name="Aleksandr Petrov", type=ActorType.PERSON)
    similar = Actor(id="a-similar", name="Alexander Petrov", type=ActorType.PERSON)
    (match,) = NameMatcher([similar, listed]).match("Aleksandr Petrov spoke")
    assert match.best.actor.id == "listed"


@given(st.text(alphabet="Alexander Putin,-'\u0301Ж ", min_size=1, max_size=40).filter(str.strip))
def test_any_name_has_forms_that_are_not_its_own(name: str) -> None:
    actor = person(name)
    assert actor.name not in set(name_forms(actor))
