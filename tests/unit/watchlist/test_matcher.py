"""Names are found where they stand as names: whole words, in their case, the longest of several."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import Actor, ActorType, LinkMethod
from services.watchlist.matcher import NameMatcher, names_of
from services.watchlist.version import watchlist_version

ACTORS = (
    Actor(id="us", name="United States", type=ActorType.STATE, acronyms=("US", "U.S.", "USA"), watched=False),
    Actor(id="who", name="World Health Organization", type=ActorType.ORGANISATION, acronyms=("WHO",)),
    Actor(id="by", name="Belarus", type=ActorType.STATE, demonyms=("Belarusian",), metonyms=("Minsk",)),
    Actor(id="cn", name="China", type=ActorType.STATE, aliases=("中国",), metonyms=("Beijing",)),
    Actor(id="boc", name="Bank of China", type=ActorType.COMPANY),
    Actor(id="tr", name="Turkey", type=ActorType.STATE),
    Actor(id="xi", name="Xi", type=ActorType.PERSON),
    Actor(id="al", name="Alexander Lukashenko", type=ActorType.PERSON, aliases=("Лукашенко", "LUKASHENKA, Alyaksandr")),
    Actor(id="kim", name="Kim Jong Un", type=ActorType.PERSON, aliases=("김정은",)),
    Actor(id="huawei", name="Huawei", type=ActorType.COMPANY),
)
MATCHER = NameMatcher(ACTORS)


def found(text: str) -> list[tuple[str, str, str]]:
    return [(text[m.start : m.end], m.best.actor.id, m.best.method.value) for m in MATCHER.match(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The US said", [("US", "us", "acronym")]),
        ("the U.S.-led talks", [("U.S.", "us", "acronym")]),
        ("the U.S.", [("U.S.", "us", "acronym")]),
        ("Belarus-China relations", [("Belarus", "by", "name"), ("China", "cn", "name")]),
        ("Belarus\u2019 and China\u2019s", [("Belarus", "by", "name"), ("China", "cn", "name")]),
        ("BELARUSIAN state media", [("BELARUSIAN", "by", "demonym")]),
        ("a Belarusian", [("Belarusian", "by", "demonym")]),
        ("the Bank of China in China", [("Bank of China", "boc", "name"), ("China", "cn", "name")]),
        ("Alexander\u00a0Lukashenko", [("Alexander\u00a0Lukashenko", "al", "name")]),
        ("Alexander\nLukashenko", [("Alexander\nLukashenko", "al", "name")]),
        ("Lukashenka, Alyaksandr", [("Lukashenka, Alyaksandr", "al", "alias")]),
        ("Президент Лукашенко сказал", [("Лукашенко", "al", "alias")]),
        ("访问中国期间", [("中国", "cn", "alias")]),
        ("김정은은 말했다", [("김정은", "kim", "alias")]),
        ("İİ 😀 Minsk", [("Minsk", "by", "metonym")]),
        ("(Huawei)", [("Huawei", "huawei", "name")]),
    ],
)
def test_a_name_is_found(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "tell us more",
        "TELL US MORE",
        "a man who knew",
        "roast turkey",
        "Xi'an",
        "Xi\u2019an is a city",
        "Taxi drivers",
        "Chinatown",
        "US$5",
        "see huawei.com",
        "alexander lukashenko",
        "Belarusians",
        "the china shop",
        "",
        "\u200b",
    ],
)
def test_what_only_looks_like_a_name_is_not(text: str) -> None:
    assert found(text) == []


@given(st.text(alphabet=st.sampled_from("USWHO China'\u2019-. \u00a0Beijing中国İ😀\n"), max_size=60))
def test_matches_are_in_order_inside_the_text_and_never_overlap(text: str) -> None:
    reached = 0
    for match in MATCHER.match(text):
        assert reached <= match.start < match.end <= len(text)
        reached = match.end


def test_a_shared_name_prefers_the_better_kind_and_says_when_it_is_ambiguous() -> None:
    matcher = NameMatcher(
        [
            Actor(id="b", name="Georgia", type=ActorType.STATE, watched=False),
            Actor(id="c", name="Georgia", type=ActorType.COMPANY),
            Actor(id="a", name="Tbilisi", type=ActorType.PLACE, metonyms=("Georgia",)),
        ]
    )
    (match,) = matcher.match("in Georgia")
    assert [name.actor.id for name in match.names] == ["c", "b", "a"]
    assert match.ambiguous


def test_every_kind_of_name_of_an_actor_is_listed_once() -> None:
    actor = Actor(id="x", name="A  B", type=ActorType.PERSON, aliases=("A B", "C"), acronyms=("AB",))
    assert list(names_of(actor)) == [
        ("A B", LinkMethod.NAME),
        ("C", LinkMethod.ALIAS),
        ("AB", LinkMethod.ACRONYM),
        ("B, A", LinkMethod.VARIANT),
    ]


def test_the_version_follows_the_content_and_not_the_order() -> None:
    assert watchlist_version(ACTORS) == watchlist_version(ACTORS[::-1])
    assert watchlist_version(ACTORS[1:]) != watchlist_version(ACTORS)


def test_an_empty_watchlist_finds_nothing() -> None:
    assert NameMatcher([]).match("United States") == []


def test_a_hundred_thousand_names_do_not_slow_a_text_down_to_seconds() -> None:
    matcher = NameMatcher([Actor(id=str(i), name=f"Name{i} Family{i}", type=ActorType.PERSON) for i in range(100_000)])
    text = "Nothing to see here but Name77 Family77 and some more words. " * 2_000
    started = time.process_time()
    assert len(matcher.match(text)) == 2_000
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Alexander  Lukashenko", ["Alexander  Lukashenko"]),
        ("Alexander\n    Lukashenko left", ["Alexander\n    Lukashenko"]),
        ("Alexander \u00a0\tLukashenko\u2019s", ["Alexander \u00a0\tLukashenko"]),
        ("Alexander\n\nLukashenko", []),
        ("Alexander\u200b Luka\u00adshenko", ["Alexander\u200b Luka\u00adshenko"]),
        ("Alexander Lukashenko\u0301 \u0130", ["Alexander Lukashenko\u0301"]),
        ("\u0130\u0130  Bela\u0301rus  China\u0301!", ["Bela\u0301rus", "China\u0301"]),
    ],
)
def test_white_space_marks_and_what_has_no_width_do_not_hide_a_name(text: str, expected: list[str]) -> None:
    assert [text[m.start : m.end] for m in MATCHER.match(text)] == expected


def test_decomposed_names_are_the_composed_ones_on_either_side() -> None:
    composed, decomposed = "Nicol\u00e1s Maduro", "Nicola\u0301s Maduro"
    for listed in (composed, decomposed, "Nicolas Maduro"):
        matcher = NameMatcher([Actor(id="m", name=listed, type=ActorType.PERSON)])
        for written in (composed, decomposed):
            assert [(m.start, m.end) for m in matcher.match(written)] == [(0, len(written))]


def test_a_long_list_costs_a_text_little_more_than_a_short_one() -> None:
    text = "The ministry said that Name77 Family77 and some other men had been listed in Minsk on Monday. " * 2_000
    few = NameMatcher([Actor(id=str(i), name=f"Name{i} Family{i}", type=ActorType.COMPANY) for i in range(100)])
    many = NameMatcher([Actor(id=str(i), name=f"Name{i} Family{i}", type=ActorType.COMPANY) for i in range(100_000)])

    def cost(matcher: NameMatcher) -> float:
        taken = []
        for _ in range(5):
            started = time.process_time()
            assert len(matcher.match(text)) == 2_000
            taken.append(time.process_time() - started)
        return min(taken)

    assert cost(many) < 4 * cost(few)


PIECES = st.sampled_from(
    ["Belarus", "United States", "United", "States", "a", " ", "\n", "\n\n", "-", "'s", ".", ", ", "\u2019"]
)


@given(st.lists(PIECES, max_size=12).map("".join), st.sampled_from(("Belarus", "United States")))
def test_a_name_written_as_it_is_listed_is_found_where_one_with_accents_is(text: str, listed: str) -> None:
    matcher = NameMatcher([Actor(id="x", name=listed, type=ActorType.STATE)])
    places = [(match.start, match.end) for match in matcher.match(text)]
    assert places == [(match.start, match.end) for match in matcher.match(text.replace("e", "\u00e9"))]
