"""Names are told to be of one bearer whatever their script, order and spelling, and names that are not are not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import Actor, ActorType
from services.watchlist.likeness.company_words import split_forms
from services.watchlist.likeness.latin import latin_words
from services.watchlist.likeness.score import LIKELY, name_likeness
from services.watchlist.searching import search, sounds_of
from tests.eval.name_pairs import PAIRS, f1, likenesses, read_pairs

PERSON, COMPANY = ActorType.PERSON, ActorType.COMPANY
NAMES = st.text(alphabet="Ali Huseyn.,-'&1\u0301\u200bЖукمحمدعلي习近平김정은नि\u0e2d", max_size=30) | st.text(
    max_size=20
)


@pytest.mark.parametrize(
    ("first", "second", "kind"),
    [
        ("Vladimir Putin", "PUTIN, Vladimir Vladimirovich", PERSON),
        ("Владимир Путин", "Vladimir Putin", PERSON),
        ("Alyaksandr Lukashenka", "LUKASHENKO, Alexander", PERSON),
        ("Usama bin Ladin", "Osama bin Laden", PERSON),
        ("أحمد حسن", "Ahmed Hassan", PERSON),
        ("خالد محمود", "Khaled Mahmoud", PERSON),
        ("习近平", "Xi Jinping", PERSON),
        ("김정은", "Kim Jong Un", PERSON),
        ("Kim Jongun", "Kim Jong-un", PERSON),
        ("François Hollande", "Francois Hollande", PERSON),
        ("V. Putin", "Vladimir Putin", PERSON),
        ("OOO Gazprom Neft", "Gazprom Neft Limited Liability Company", COMPANY),
        ("AT&T Inc.", "AT and T, Inc.", COMPANY),
        ("Daimler-Benz AG", "Daimler Benz Aktiengesellschaft", COMPANY),
        ("ПАО Сбербанк", "Sberbank PAO", COMPANY),
    ],
)
def test_names_of_one_bearer(first: str, second: str, kind: ActorType) -> None:
    assert name_likeness(first, second, kind) >= LIKELY
    assert sounds_of(first) & sounds_of(second)


@pytest.mark.parametrize(
    ("first", "second", "kind"),
    [
        ("Viktor Lukashenko", "Alexander Lukashenko", PERSON),
        ("Xi Zhongxun", "Xi Jinping", PERSON),
        ("Bashar al-Assad", "Hafez al-Assad", PERSON),
        ("John Brown", "John", PERSON),
        ("Erik John Lee", "Erik Doe", PERSON),
        ("محمدی حسین", "Mohamed Hassan", PERSON),
        ("岩平张", "Jiangping Zhang", PERSON),
        ("Deutsche Bank AG", "Dresdner Bank AG", COMPANY),
        ("", "Vladimir Putin", PERSON),
        ("---", "---", COMPANY),
    ],
)
def test_names_of_others(first: str, second: str, kind: ActorType) -> None:
    assert name_likeness(first, second, kind) < LIKELY


@given(NAMES, NAMES, st.sampled_from([PERSON, COMPANY, ActorType.VESSEL]))
def test_any_two_names_have_a_likeness_and_the_same_in_either_order(first: str, second: str, kind: ActorType) -> None:
    likeness = name_likeness(first, second, kind)
    assert 0.0 <= likeness <= 1.0
    assert likeness == name_likeness(second, first, kind)


def test_words_are_written_in_plain_latin_letters() -> None:
    assert [word.text for word in latin_words("Лавров, С. В. & Cía L.L.C. \u0627\u062d\u0645\u062f O'Brien")] == [
        "lavrov", "s", "v", "and", "cia", "llc", "ahmd", "obrien"
    ]  # fmt: skip
    assert [word.text for word in latin_words("दिप निर्भय")] == ["dip", "nirbhy"]


def test_legal_forms_are_told_from_the_rest_of_a_name() -> None:
    words = ["open", "joint", "stock", "company", "rosneft", "oil"]
    assert split_forms(words) == ([4, 5], frozenset({"jsc"}))
    assert split_forms(["limited"]) == ([0], frozenset())


def test_search_finds_the_likeliest_first_and_words_of_names() -> None:
    actors = [
        Actor(id="a", name="PETROV, Aleksandr", type=PERSON),
        Actor(id="b", name="Alexander Petrow", type=PERSON),
        Actor(id="c", name="Petrov Trading", type=COMPANY),
        Actor(id="d", name="Ivan Sidorov", type=PERSON, aliases=("Александр Петров",)),
    ]
    found = search(actors, "Alexander Petrov")
    assert {each.actor.id for each in found} == {"a", "b", "d"}
    assert [each.likeness for each in found] == sorted((each.likeness for each in found), reverse=True)
    assert next(each.name for each in found if each.actor.id == "d") == "Александр Петров"
    assert {each.actor.id for each in search(actors, "petrov")} >= {"a", "c"}
    assert [each.actor.id for each in search(actors, "petrov", COMPANY)] == ["c"]
    assert search(actors, "Maria Schmidt") == []


@pytest.mark.skipif(not PAIRS.exists(), reason="the labelled pairs are not here")
def test_pairs_that_others_labelled_are_told_apart() -> None:
    pairs = read_pairs()
    assert f1(likenesses(pairs), pairs, LIKELY) >= 0.85
