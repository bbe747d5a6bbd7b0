"""Names begin and end where they should, are of the right kind, and agree within an article."""

import pytest

from schemas import EntityLabel, TextField
from services.extraction.conventions import datelines
from services.extraction.labelling import is_given_and_surname, is_surname
from services.extraction.passages import read_passage
from services.extraction.settling import settle
from tests.unit.extraction.conftest import Read

PERSON, ORG, GPE, LOC, FAC = (EntityLabel(name) for name in ("PERSON", "ORG", "GPE", "LOC", "FAC"))


def settled(text: str, seen: str, label: EntityLabel) -> tuple[str, EntityLabel] | None:
    start = text.index(seen)
    spotted = settle(text, start, start + len(seen), label)
    return (text[spotted.start : spotted.end], spotted.label) if spotted else None


@pytest.mark.parametrize(
    ("text", "seen", "label", "expected"),
    [
        ("joined the European Union's fund", "the European Union's", ORG, ("European Union", ORG)),
        ("under this Crime Victims Fund", "this Crime Victims Fund", ORG, ("Crime Victims Fund", ORG)),
        ("said Hitachi Ltd <HIT.T> fell", "Hitachi Ltd <HIT.T>", ORG, ("Hitachi Ltd", ORG)),
        ("They beat Dundee 2-1", "Dundee 2-1", ORG, ("Dundee", ORG)),
        ("Xi Jinping Tuesday said", "Xi Jinping Tuesday", PERSON, ("Xi Jinping", PERSON)),
        ("Joseph R. Biden, Jr. met", "Joseph R. Biden", PERSON, ("Joseph R. Biden, Jr.", PERSON)),
        ("Forward Kirill Panchenko left", "Forward Kirill Panchenko", PERSON, ("Kirill Panchenko", PERSON)),
        ("Wyo. voters", "Wyo", GPE, ("Wyo.", GPE)),
        ("announcing U.S. Sanctions today", "U.S. Sanctions", ORG, ("U.S.", GPE)),
        ("the U.S. Steel Corp. mill", "U.S. Steel Corp.", ORG, ("U.S. Steel Corp.", ORG)),
        ("the Biden Administration said", "Biden Administration", ORG, ("Biden", PERSON)),
        ("the Senate judiciary committee met", "Senate", ORG, ("Senate judiciary committee", ORG)),
        ("Prime Minister Theresa May.", "Theresa", PERSON, ("Theresa May", PERSON)),
    ],
)
def test_a_name_is_trimmed_to_itself(
    text: str, seen: str, label: EntityLabel, expected: tuple[str, EntityLabel]
) -> None:
    assert settled(text, seen, label) == expected


@pytest.mark.parametrize(
    ("text", "seen", "label", "expected"),
    [
        ("at Heathrow Airport today", "Heathrow Airport", ORG, FAC),
        ("in Florence County today", "Florence County", PERSON, GPE),
        ("on Lake Burton today", "Lake Burton", PERSON, LOC),
        ("Rice University said", "Rice University", PERSON, ORG),
        ("Senator Cantwell left", "Cantwell", ORG, PERSON),
        ("Senators Cardin, Shaheen and Rubio left", "Shaheen", ORG, PERSON),
        ("Tamura said there was regret", "Tamura", ORG, PERSON),
        ("Toyota said there was regret", "Toyota", ORG, ORG),
        ('a fall, said Aninat."', "Aninat", ORG, PERSON),
        ("Lahey, president of Iran, left", "Lahey", ORG, PERSON),
        ("Trump's sanctions on Iran", "Trump", ORG, PERSON),
        ("the agency BNPB said in a briefing", "BNPB", PERSON, ORG),
        ("the broadcaster RT said in a report", "RT", GPE, ORG),
        ("in the city of Palu today", "Palu", PERSON, GPE),
        ("in Palu's harbour", "Palu", PERSON, PERSON),
        ("Stormy Daniels spoke", "Stormy Daniels", ORG, PERSON),
        ("Michael Bloomfield spoke", "Michael Bloomfield", ORG, PERSON),
        ("Morgan Stanley rose", "Morgan Stanley", ORG, ORG),
        ("Staffan de Mistura left", "Staffan de Mistura", ORG, PERSON),
    ],
)
def test_the_words_of_a_name_and_those_around_say_its_kind(
    text: str, seen: str, label: EntityLabel, expected: EntityLabel
) -> None:
    found = settled(text, seen, label)
    assert found is not None
    assert found[1] is expected


@pytest.mark.parametrize(
    ("text", "seen", "label"),
    [
        ("he reached nirvana", "nirvana", PERSON),
        ("(Laughter.) Thank you", "Laughter", PERSON),
        ("under the Foreign Assistance Act", "Foreign Assistance Act", ORG),
        ("the Secretary of State said", "State", ORG),
        ("the Finance Minister said", "Finance", ORG),
        ("Markey, D-Mass., said", "D-Mass.", GPE),
        ("the Delta variant spread", "Delta", GPE),
        ("H.R. 5860 was signed", "H.R. 5860", ORG),
        ("the Chief Spokesperson said", "Spokesperson", ORG),
    ],
)
def test_what_is_no_name_is_left_out(text: str, seen: str, label: EntityLabel) -> None:
    assert settled(text, seen, label) is None


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("MINSK, Feb 28 (Reuters) - Belarus said", ["MINSK", "Reuters"]),
        ("BUCKHANNON, W. Va. - One year ago", ["BUCKHANNON", "W. Va."]),
        ("HOUSTON \u2014 Five employees", ["HOUSTON"]),
        ("A plan - it is said - exists", []),
        ("EU-CHINA talks began", []),
    ],
)
def test_a_dateline_names_places_and_the_agency(text: str, places: list[str]) -> None:
    passage = read_passage(TextField.TEXT, text)
    assert [text[span.start : span.end] for span in datelines(passage)] == places


def test_common_surnames_and_slavic_endings_are_surnames_and_firms_are_not() -> None:
    assert is_surname("tamura")
    assert is_surname("volodarenko")
    assert not is_surname("toyota")
    assert is_given_and_surname(["ursula", "von", "der", "leyen"])
    assert not is_given_and_surname(["rice", "university"])


def test_an_article_agrees_with_itself(read: Read) -> None:
    article = read(
        "Foreign Minister Walid al-Moualem spoke on Monday. Moualem insisted that the war was over. "
        "Al-Moualem said that refugees could return. Diplomats met Moualem."
    )
    people = [entity.text for entity in article.entities if entity.label is PERSON]
    assert people == ["Walid al-Moualem", "Moualem", "Al-Moualem", "Moualem"]


def test_an_acronym_is_of_the_kind_of_the_name_it_stands_for(read: Read) -> None:
    article = read("The Securities and Exchange Commission (SEC) sued. The SEC won. Critics of the SEC were angry.")
    assert {entity.label for entity in article.entities if entity.text == "SEC"} == {ORG}
    assert len([entity for entity in article.entities if entity.text == "SEC"]) == 3


def test_states_in_brackets_are_places(read: Read) -> None:
    article = read("Senators Chris Murphy (CT), Roger Wicker (MS) and Jim Risch (ID) took part.")
    assert [entity.text for entity in article.entities if entity.label is GPE] == ["CT", "MS", "ID"]


def test_people_with_a_title_are_found_in_capitals_too(read: Read) -> None:
    article = read("MS. DALTON: Well, look, I think so.")
    assert [(entity.text, entity.label) for entity in article.entities] == [("DALTON", PERSON)]
