"""A known name is linked where it means the actor, and not where it means something else."""

import pytest

from schemas import Entity, EntityLabel, LinkMethod
from tests.unit.extraction.conftest import Read

A, M = "alexander-lukashenko", LinkMethod


def linked(read: Read, text: str, actor: str) -> list[Entity]:
    return [entity for entity in read(text).entities if entity.actor_id == actor]


@pytest.mark.parametrize(
    ("text", "actor", "name", "method"),
    [
        ("Alyaksandr Lukashenka arrived.", A, "Alyaksandr Lukashenka", M.ALIAS),
        ("Oleksandr Lukashenko arrived.", A, "Oleksandr Lukashenko", M.VARIANT),
        ("Lukashenka, Alyaksandr was listed.", A, "Lukashenka, Alyaksandr", M.VARIANT),
        ("Alexander Lukashenko came. Lukashenko\u2019s aide left.", A, "Alexander Lukashenko", M.NAME),
        ("Alexander\u00a0Lukashenko came.", A, "Alexander\u00a0Lukashenko", M.NAME),
        ("Alexander\n   Lukashenko came.", A, "Alexander\n   Lukashenko", M.NAME),
        ("\u0130stanbul \u0130l\u0130 met Alexander Lukashenko.", A, "Alexander Lukashenko", M.NAME),
        ("Nicola\u0301s Maduro spoke.", "nicolas-maduro", "Nicola\u0301s Maduro", M.NAME),
        ("Will Putin attend the talks?", "vladimir-putin", "Putin", M.ALIAS),
        ("President Putin spoke.", "vladimir-putin", "Putin", M.ALIAS),
        ("The WHO denied it.", "world-health-organization", "WHO", M.ACRONYM),
        ("US officials denied it.", "united-states", "US", M.ACRONYM),
        ("A U.S.-led group met.", "united-states", "U.S.", M.ACRONYM),
        ("Belarus-China ties are close.", "belarus", "Belarus", M.NAME),
        ("Beijing condemned the move.", "china", "Beijing", M.METONYM),
        ("Talks between Washington and Tehran failed.", "iran", "Tehran", M.METONYM),
        ("A Chinese official spoke.", "china", "Chinese", M.DEMONYM),
        ("Russia attacked Georgia in 2008.", "georgia", "Georgia", M.NAME),
        ("Georgia's government in Tbilisi denied it.", "georgia", "Georgia", M.NAME),
        ("Aid reached Jordan and Lebanon.", "jordan", "Jordan", M.NAME),
        ("Turkey blocked the bid.", "turkey", "Turkey", M.NAME),
        ("The Treasury Department said so.", "us-treasury", "Treasury Department", M.ALIAS),
        ("Troops entered Niger and Mali.", "niger", "Niger", M.NAME),
    ],
)
def test_a_name_is_linked_and_says_how(read: Read, text: str, actor: str, name: str, method: LinkMethod) -> None:
    first = linked(read, text, actor)[0]
    assert (first.text, first.method) == (name, method)
    assert 0.5 < first.score <= 1.0


@pytest.mark.parametrize(
    ("text", "actor"),
    [
        ("Viktor Lukashenko spoke in Minsk.", A),
        ("Richard Wagner wrote operas. Wagner died in Venice.", "wagner-group"),
        ("The composer Richard Wagner was born in Leipzig.", "wagner-group"),
        ("Xi Zhongxun was born in 1913.", "xi-jinping"),
        ("The train from Xi\u2019an was late.", "xi-jinping"),
        ("Georgia's governor signed the law.", "georgia"),
        ("He was born in Atlanta, Georgia.", "georgia"),
        ("Georgia voters went to the polls.", "georgia"),
        ("Voters in Georgia, Arizona and Michigan decide.", "georgia"),
        ("Michael Jordan scored 40 points. Jordan retired later.", "jordan"),
        ("Jordan Henderson plays for Liverpool.", "jordan"),
        ("They ate roast turkey.", "turkey"),
        ("Roast Turkey is served.", "turkey"),
        ("Turkey sandwiches were served.", "turkey"),
        ("They told us that people who know it left.", "united-states"),
        ("TELL US MORE", "united-states"),
        ("People who know it left.", "world-health-organization"),
        ("He lives in Beijing.", "china"),
        ("Beijing residents complained.", "china"),
        ("MINSK, Feb 28 (Reuters) - Rain fell.", "belarus"),
        ("A hotel in Paris, Texas, burned down.", "france"),
        ("Denzel Washington won a prize.", "united-states"),
        ("Washington state passed a law.", "united-states"),
        ("He spoke Russian well.", "russia"),
        ("A Chinese-language paper appeared.", "china"),
        ("They polish the table.", "poland"),
        ("The Minsk agreements failed.", "belarus"),
    ],
)
def test_what_only_looks_like_a_name_is_not_linked(read: Read, text: str, actor: str) -> None:
    assert linked(read, text, actor) == []


def test_a_name_that_could_be_either_is_linked_with_less_certainty(read: Read) -> None:
    (link,) = linked(read, "He flew to Georgia.", "georgia")
    assert link.score < 0.5


@pytest.mark.parametrize("opening", ["Will", "May"])
def test_a_modal_that_opens_a_question_is_no_part_of_the_name(read: Read, opening: str) -> None:
    names = [entity.text for entity in read(f"{opening} Putin visit China?").entities]
    assert names == ["Putin", "China"]


def test_a_namesake_is_given_up_where_the_article_names_the_actor_in_full(read: Read) -> None:
    article = read("Richard Wagner gave it its name. The Wagner Group left Mali. Wagner fighters went home.")
    assert [e.text for e in article.entities if e.actor_id == "wagner-group"] == ["Wagner Group", "Wagner"]


def test_a_relative_in_another_script_is_not_the_actor(read: Read) -> None:
    viktor = read("Виктор Лукашенко приехал. Лукашенко сказал.", lang="ru")
    assert [(e.text, e.actor_id) for e in viktor.entities] == [("Виктор Лукашенко", None), ("Лукашенко", None)]
    assert [e.actor_id for e in read("Президент Лукашенко приехал.", lang="ru").entities] == [A]


def test_a_metonym_that_is_only_a_place_is_still_a_place(read: Read) -> None:
    (place,) = read("He lives in Beijing.").entities
    assert (place.label, place.actor_id) == (EntityLabel.GPE, None)
