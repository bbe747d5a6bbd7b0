"""Measures by the words that name them, words that mean something else, and what bounds a sentence and an article."""

import pytest

from schemas import EnrichedArticle
from services.extraction.sanctions import mentions
from services.extraction.sanctions.linear import LinearModel, load_models
from tests.unit.extraction.conftest import Read


def measures(article: EnrichedArticle) -> list[tuple[str, str, list[str]]]:
    return [(m.measure.value, m.status.value, [p.text for p in m.targets]) for m in article.sanctions]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Japan froze the accounts of two banks.", ("asset_freeze", "imposed", ["two banks"])),
        ("The assets of Gazprombank were frozen by Norway.", ("asset_freeze", "imposed", ["Gazprombank"])),
        ("Switzerland unfroze the funds of Igor Sechin.", ("asset_freeze", "lifted", ["Igor Sechin"])),
        ("OFAC designated five shipping companies.", ("designation", "imposed", ["five shipping companies"])),
        ("Britain blacklisted the Wagner boss.", ("designation", "imposed", ["Wagner boss"])),
        ("Poland banned imports of Ukrainian grain.", ("import_ban", "imposed", ["Ukrainian grain"])),
        ("Tokyo may restrict exports of sensors to Iran.", ("export_control", "proposed", ["Iran"])),
        ("The G7 agreed a price cap on Russian diamonds.", ("price_cap", "imposed", ["Russian diamonds"])),
        ("Washington placed visa restrictions on two judges.", ("travel_ban", "imposed", ["two judges"])),
        ("UK to sanction Georgian judges", ("sanctions", "proposed", ["Georgian judges"])),
        ("Sanctions-hit Sberbank reported lower profits.", ("sanctions", "imposed", ["Sberbank"])),
        ("The EU put in place sanctions on Belavia.", ("sanctions", "imposed", ["Belavia"])),
        ("Brazil threatened Argentina with tariffs on wheat.", ("tariff", "proposed", ["Argentina"])),
        ("Dealers got around the arms embargo on Sudan.", ("embargo", "evaded", ["Sudan"])),
        (
            "The United Nations has imposed sanctions on the following: Al-Shabaab and two generals.",
            ("sanctions", "imposed", ["Al-Shabaab", "two generals"]),
        ),
    ],
)
def test_each_measure_is_known_by_its_words(read: Read, text: str, expected: tuple[str, str, list[str]]) -> None:
    assert measures(read(text)) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "The designated quarterback missed two practices.",
        "The old town was designated a world heritage site.",
        "The report is under embargo until Tuesday morning.",
        "The embargo on the contents of this call has lifted.",
        "Freeze the berries before adding the sugar.",
        "The company froze hiring.",
        "Export growth slowed in the second quarter.",
        "The General Agreement on Tariffs and Trade was signed in 1947.",
        "Feed-in tariffs helped solar power.",
        "He assumes his new duties in June.",
        "Customs officers went about their duties.",
        "The city banned plastic bags.",
        "The judge sanctioned the use of force.",
    ],
)
def test_the_same_words_elsewhere_are_no_mention(read: Read, text: str) -> None:
    assert measures(read(text)) == []


def test_a_call_to_end_a_measure_is_opposed_and_its_sender_is_who_is_called_on(read: Read) -> None:
    (found,) = read("The General Assembly called on the United States to end its embargo against Cuba.").sanctions
    assert found.status.value == "opposed"
    assert [p.text for p in found.senders] == ["United States"]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("The European Union met on Monday. The bloc imposed sanctions on Belaruskali.", "european-union"),
        ("The U.S. spoke on Friday. It imposed sanctions on Belaruskali.", "united-states"),
        ("Nobody spoke on Friday. It imposed sanctions on Belaruskali.", None),
    ],
)
def test_who_is_not_named_again_is_linked_to_who_was_named_before(read: Read, text: str, meant: str | None) -> None:
    (found,) = read(text).sanctions
    assert [p.actor_id for p in found.senders] == [meant]
    assert found.senders[0].text in {"bloc", "It"}


def test_what_goes_on_with_the_sentence_before_is_implied_with_little_confidence(read: Read) -> None:
    stated, implied = read("The EU sanctioned Belaruskali. A bank in Minsk was also targeted.").sanctions
    assert [p.text for p in implied.targets] == ["bank"]
    assert (implied.status, implied.senders, implied.trigger.text) == (stated.status, (), "targeted")
    assert implied.confidence < 0.5 < stated.confidence
    assert read("The mayor spoke. A bank in Minsk was also targeted.").sanctions == ()


def test_an_item_with_a_hanging_indent_is_read_as_one_sentence(read: Read) -> None:
    article = read(
        "Facts of today:\n\n-   In July, the EU imposed sanctions on\n"
        "    Belaruskali and on a bank that it owned in the\n"
        "    city of Minsk, as well as on\n    its founders.\n"
    )
    assert [p.text for p in article.sanctions[0].targets][:1] == ["Belaruskali"]
    assert article.sanctions[0].evidence.text.startswith("-   In July")


def test_sentences_beyond_the_bound_are_counted(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "The EU imposed sanctions on Belaruskali. " * 5
    assert (len(read(text).sanctions), read(text).sentences_unread) == (5, 0)
    monkeypatch.setattr(mentions, "MAX_READ", 3)
    assert (len(read(text).sanctions), read(text).sentences_unread) == (3, 2)


def test_a_sentence_with_too_many_triggers_is_counted(read: Read) -> None:
    text = "It met " + ", ".join(f"sanctions on Bank{number}" for number in range(40)) + "."
    assert read(text).sentences_unread == 1


def test_the_models_are_small_and_complete() -> None:
    models = load_models()
    assert set(models) == {"mention", "status", "sender", "target", "right"}
    assert len(models["status"].classes) == len(models["status"].bias) == 6


def test_a_model_sums_known_features_once() -> None:
    model = LinearModel(("no", "yes"), (0.0,), {"a": (1.0,), "b": (-1.0,)})
    assert model.probability([]) == 0.5
    assert model.probability(["a", "a", "unheard of"]) == model.probabilities(["a"])["yes"]
    assert model.probability(["a", "b"]) == 0.5
    assert sum(model.probabilities(["b"]).values()) == pytest.approx(1)
