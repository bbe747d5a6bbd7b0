"""Who sanctions whom with what, and where that stands: one construction of the language per case."""

import pytest

from schemas import EnrichedArticle, SanctionsMention
from tests.unit.extraction.conftest import Read

Said = tuple[str, str, list[str], list[str]]


def only(article: EnrichedArticle) -> SanctionsMention:
    assert len(article.sanctions) == 1, article.sanctions
    return article.sanctions[0]


def said(mention: SanctionsMention) -> Said:
    return (
        mention.measure.value,
        mention.status.value,
        [p.text for p in mention.senders],
        [p.text for p in mention.targets],
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The EU imposed sanctions on Belaruskali.", ("sanctions", "imposed", ["EU"], ["Belaruskali"])),
        ("Sanctions were imposed on Rosneft by the EU.", ("sanctions", "imposed", ["EU"], ["Rosneft"])),
        ("The EU\u2019s sanctions on Belarus are in force.", ("sanctions", "imposed", ["EU"], ["Belarus"])),
        ("US sanctions against Iran hurt the economy.", ("sanctions", "imposed", ["US"], ["Iran"])),
        ("Iran sanctions were discussed on Monday.", ("sanctions", "proposed", [], ["Iran"])),
        ("Despite facing sanctions from the EU, Lukashenko left.", ("sanctions", "imposed", ["EU"], ["Lukashenko"])),
        ("The company is under U.S. sanctions.", ("sanctions", "imposed", ["U.S."], ["company"])),
        ("The U.S. Treasury sanctioned Gazprombank.", ("sanctions", "imposed", ["U.S. Treasury"], ["Gazprombank"])),
        ("Washington hit Rusal with sanctions.", ("sanctions", "imposed", ["Washington"], ["Rusal"])),
        ("The EU may impose sanctions on Belavia.", ("sanctions", "proposed", ["EU"], ["Belavia"])),
        ("The EU threatened to impose sanctions on Belavia.", ("sanctions", "proposed", ["EU"], ["Belavia"])),
        ("The U.S. waived sanctions on Nord Stream 2.", ("sanctions", "lifted", ["U.S."], ["Nord Stream 2"])),
        ("The EU extended its sanctions on Rosneft.", ("sanctions", "maintained", ["EU"], ["Rosneft"])),
        ("The EU refused to lift sanctions on Rosneft.", ("sanctions", "maintained", ["EU"], ["Rosneft"])),
        ("China condemned sanctions imposed on Russia.", ("sanctions", "opposed", [], ["Russia"])),
        ("Russia called for the lifting of EU sanctions on Rosneft.", ("sanctions", "opposed", ["EU"], ["Rosneft"])),
        ("Huawei was accused of violating U.S. sanctions on Iran.", ("sanctions", "evaded", ["U.S."], ["Iran"])),
        ("France urged the EU to impose sanctions on Rusal.", ("sanctions", "proposed", ["EU"], ["Rusal"])),
        ("The EU imposed a travel ban on Igor Sechin.", ("travel_ban", "imposed", ["EU"], ["Igor Sechin"])),
        ("Switzerland froze the assets of Igor Sechin.", ("asset_freeze", "imposed", ["Switzerland"], ["Igor Sechin"])),
        ("The U.N. imposed an arms embargo on Iran.", ("embargo", "imposed", ["U.N."], ["Iran"])),
        ("The U.S. added Huawei to the Entity List.", ("designation", "imposed", ["U.S."], ["Huawei"])),
        ("China imposed tariffs on Australian goods.", ("tariff", "imposed", ["China"], ["Australian goods"])),
        ("Japan said it will impose sanctions on Russia.", ("sanctions", "proposed", ["Japan"], ["Russia"])),
        ("U.S. sanctions Wagner Group", ("sanctions", "imposed", ["U.S."], ["Wagner Group"])),
        (
            "The EU targeted the contractor Wagner Group with sanctions.",
            ("sanctions", "imposed", ["EU"], ["Wagner Group"]),
        ),
    ],
)
def test_a_construction_is_understood(read: Read, text: str, expected: Said) -> None:
    assert said(only(read(text))) == expected


@pytest.mark.parametrize(
    "text",
    [
        "The move was quietly sanctioned by Moscow.",
        "The board sanctioned a rate cut on Monday.",
        "The U.N. sanctions monitoring team wrote the report.",
        "The court imposed disciplinary sanctions on the lawyer.",
        "FIFA imposed sanctions on the Russian football federation.",
        "Mobile phone tariffs rose in Germany.",
        "Restrictive measures against the virus were tightened.",
        "Farmers started a blockade of motorways.",
        "China has accused the U.S. of escalating the conflict.",
        "Bank sanctions $6.5 mln loan to India.",
    ],
)
def test_words_of_another_meaning_are_no_mention(read: Read, text: str) -> None:
    assert read(text).sanctions == ()


def test_who_condemns_calls_or_evades_is_the_party_and_not_the_sender(read: Read) -> None:
    condemned = only(read("China condemned sanctions imposed on Russia."))
    assert [p.actor_id for p in condemned.parties] == ["china"]
    assert condemned.senders == ()
    evaded = only(read("Prosecutors had accused Huawei of violating U.S. sanctions on Iran."))
    assert [p.actor_id for p in evaded.parties] == ["huawei"]
    urged = only(read("France urged the EU to impose sanctions on Rusal."))
    assert [p.actor_id for p in urged.parties] == ["france"]


def test_a_denied_measure_is_marked(read: Read) -> None:
    assert only(read("The EU has not imposed sanctions on Belaruskali.")).negated
    assert not only(read("The EU has imposed sanctions on Belaruskali.")).negated


def test_two_measures_joined_share_sender_and_target(read: Read) -> None:
    first, second = read("The U.S. has imposed economic sanctions on China and tariffs on imports.").sanctions
    assert said(first) == ("sanctions", "imposed", ["U.S."], ["China"])
    assert said(second) == ("tariff", "imposed", ["U.S."], ["China"])
    assert first.id != second.id


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Belarus faces sanctions from the EU due to its role in the war.", "its role in the war"),
        ("The EU imposed sanctions on Rusal over the annexation.", "the annexation"),
        ("The EU imposed sanctions on Rusal on Monday.", None),
    ],
)
def test_the_stated_reason_is_kept(read: Read, text: str, reason: str | None) -> None:
    stated = only(read(text)).reason
    assert (stated and stated.text) == reason


def test_parties_are_linked_and_descriptions_are_not(read: Read) -> None:
    mention = only(read("Brussels imposed sanctions on the Belarusian government and on Russian artists."))
    assert [(p.text, p.actor_id, p.name) for p in mention.senders] == [("Brussels", "european-union", "European Union")]
    assert mention.targets[0].actor_id == "belarus"
    assert all(p.actor_id is None for p in mention.targets[1:])


def test_confidence_is_higher_the_more_is_said(read: Read) -> None:
    full = only(read("The EU imposed sanctions on Belaruskali."))
    bare = only(read("Sanctions are hard to calculate."))
    assert 0 < bare.confidence < full.confidence < 1
