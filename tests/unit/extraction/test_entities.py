"""Names are linked to the actors they mean, and to nobody else."""

import pytest

from schemas import EnrichedArticle, LinkMethod, TextField
from tests.unit.extraction.conftest import Read


def links(article: EnrichedArticle) -> dict[str, str | None]:
    return {e.text: e.actor_id for e in article.entities}


def actors(article: EnrichedArticle) -> set[str | None]:
    return {e.actor_id for e in article.entities}


@pytest.mark.parametrize(
    ("text", "name", "actor"),
    [
        ("Alexander Lukashenko spoke. Lukashenko\u2019s visit ended.", "Lukashenko", "alexander-lukashenko"),
        ("Xi Jinping met officials. Later Xi left.", "Xi", "xi-jinping"),
        ("Alyaksandr Lukashenka arrived.", "Alyaksandr Lukashenka", "alexander-lukashenko"),
        ("Nicolas Maduro spoke.", "Nicolas Maduro", "nicolas-maduro"),
        ("The Kremlin said nothing.", "Kremlin", "russia"),
        ("A U.S.-led group met.", "U.S.", "united-states"),
        ("Belarus-China relations are good.", "Belarus", "belarus"),
        ("Alexander Lukashenko came. On Tuesday Lukashenko spoke.", "Lukashenko", "alexander-lukashenko"),
        ("President Putin spoke.", "Putin", "vladimir-putin"),
        ("Alexander Lukashenko met Igor Sechin. Lukashenko spoke.", "Lukashenko", "alexander-lukashenko"),
    ],
)
def test_a_name_is_linked(read: Read, text: str, name: str, actor: str) -> None:
    assert links(read(text)).get(name) == actor


@pytest.mark.parametrize(
    ("text", "actor"),
    [
        ("Viktor Lukashenko spoke in Minsk on Monday.", "alexander-lukashenko"),
        ("Richard Wagner wrote operas in Bayreuth.", "wagner-group"),
        ("Xi Zhongxun was born in 1913.", "xi-jinping"),
        ("The train from Xi\u2019an was late.", "xi-jinping"),
        ("They told us that it was late.", "united-states"),
        ("They ate turkey with rice.", "turkey"),
        ("The China Daily reported it.", "china"),
        ("He travelled to Beijing on Tuesday.", "china"),
    ],
)
def test_what_only_resembles_a_name_is_not_linked(read: Read, text: str, actor: str) -> None:
    assert actor not in actors(read(text))


def test_a_relative_is_not_the_actor_even_after_the_full_name(read: Read) -> None:
    article = read("Alexander Lukashenko arrived. His son Viktor Lukashenko stayed. Lukashenko spoke.")
    linked = [e.text for e in article.entities if e.actor_id == "alexander-lukashenko"]
    assert linked == ["Alexander Lukashenko", "Lukashenko"]
    last = article.entities[-1]
    assert (last.text, last.score < 0.5) == ("Lukashenko", True)  # two bear the name: said with less certainty


def test_a_surname_of_somebody_on_no_list_is_a_person_without_link(read: Read) -> None:
    article = read("Angela Merkel resigned. Critics of Merkel were pleased.")
    assert [(e.text, e.label, e.actor_id) for e in article.entities if "Merkel" in e.text][1] == (
        "Merkel",
        "PERSON",
        None,
    )


def test_the_headline_is_read_too_and_borrows_full_names_from_the_text(read: Read) -> None:
    article = read("Alexander Lukashenko arrived in China on Tuesday.", title="Lukashenko in Beijing")
    first = article.entities[0]
    assert (first.field, first.text, first.actor_id, first.method) == (
        TextField.TITLE,
        "Lukashenko",
        "alexander-lukashenko",
        LinkMethod.SURNAME,
    )


def test_known_names_are_found_in_other_languages_and_scripts(read: Read) -> None:
    russian = read("Александр Лукашенко говорил. Путин уехал.", lang="ru")
    assert actors(russian) == {"alexander-lukashenko", "vladimir-putin"}
    chinese = read("习近平会见了卢卡申科。", lang="zh-CN")
    assert actors(chinese) == {"xi-jinping", "alexander-lukashenko"}
    assert chinese.sanctions == ()
