"""Fingerprints of near duplicates are alike, those of other texts are not, and none ever changes."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.extraction.fingerprint import find_alike, fingerprint, similarity
from tests.conftest import CHECKOUT
from tests.eval.duplicates import measure
from tests.unit.extraction.conftest import Read

SEED = (CHECKOUT / "seeds/articles/000_c97c960d70c1e4f5.txt").read_text("utf-8")


def of(text: str) -> str:
    found = fingerprint(text)
    assert found is not None
    return found


def test_a_fingerprint_stays_what_it_was_when_it_was_published() -> None:
    published = json.loads((CHECKOUT / "tests/contract/golden/v1/CoOccurrence.fingerprint.json").read_text("utf-8"))
    article = json.loads((CHECKOUT / "seeds/articles/020_us_wagner_designation.json").read_text("utf-8"))
    assert published["article"]["title"] == article["title"]
    assert fingerprint(article["text"]) == published["fingerprint"]


@pytest.mark.parametrize(
    "same",
    [
        SEED.upper(),
        SEED.replace(" ", "\n  "),
        SEED.replace(". ", " – "),
        SEED.replace("’", "'"),
    ],
    ids=["case", "white space", "punctuation", "apostrophes"],
)
def test_what_does_not_change_the_wording_does_not_change_the_fingerprint(same: str) -> None:
    assert of(same) == of(SEED)


def test_the_estimate_is_near_the_share_of_what_both_hold() -> None:
    words = [f"word{number}" for number in range(9_000)]
    assert similarity(of(" ".join(words)), of(" ".join(words[:4_500]))) == pytest.approx(0.5, abs=0.1)
    assert similarity(of(" ".join(words)), of(" ".join(words[:-900]))) == pytest.approx(0.9, abs=0.06)


def test_a_version_of_a_text_is_alike_and_another_text_is_not() -> None:
    paragraphs = SEED.split("\n")
    assert similarity(of(SEED), of("Update 2. " + SEED.replace("Tuesday", "Wednesday"))) > 0.85
    assert similarity(of(SEED), of("\n".join(paragraphs[1:]))) > 0.7
    assert similarity(of(SEED), of("The European Union imposed sanctions on Belaruskali on Friday.")) < 0.1


@pytest.mark.parametrize("text", ["", " \n", "…", "—!?", "😀"])
def test_without_a_word_there_is_none(text: str) -> None:
    assert fingerprint(text) is None


def test_scripts_without_spaces_are_compared_by_character() -> None:
    text = "习近平在北京会见了白俄罗斯总统卢卡申科，双方讨论了两国关系和乌克兰局势。"
    assert 0.5 < similarity(of(text), of(text.replace("习近平", "国家主席"))) < 1
    assert similarity(of(text), of("欧盟周五对两家公司实施制裁，理由是镇压抗议者。")) < 0.1


@given(st.text(), st.text())
def test_any_two_texts_can_be_compared(first: str, second: str) -> None:
    a, b = fingerprint(first), fingerprint(second)
    assert a == fingerprint(first)
    if a is None or b is None:
        return
    assert len(a) == 256
    assert set(a) <= set("0123456789abcdef")
    assert similarity(a, a) == 1
    assert 0 <= similarity(a, b) == similarity(b, a) <= 1


def test_one_of_another_length_is_like_none() -> None:
    assert similarity(of(SEED), of(SEED)[:128]) == 0
    assert similarity("", "") == 0


def test_what_is_no_fingerprint_is_like_none() -> None:
    assert similarity(of(SEED), "?" * 256) == similarity("?" * 256, of(SEED)) == 0


@given(st.text("0123456789abcdef", min_size=8, max_size=8), st.text("0123456789abcdef", min_size=8, max_size=8))
def test_the_estimate_rests_on_how_many_digits_are_equal(first: str, second: str) -> None:
    equal = sum(a == b for a, b in zip(first, second, strict=True)) / 8
    assert similarity(first, second) == max(0.0, (equal - 1 / 16) / (1 - 1 / 16))


def test_every_cooccurrence_carries_that_of_the_text(read: Read) -> None:
    text = "Igor Sechin met Alexei Miller. Sergey Lavrov left."
    found = [*read(text, title="Talks in Minsk").cooccurrences, *read(text).cooccurrences]
    assert len(found) == 6
    assert {pair.fingerprint for pair in found} == {of(text)}


def test_of_measured_pairs_the_alike_are_told_and_no_others(shared_data: Path) -> None:
    (wire,) = measure(shared_data, ["news wire"])
    assert wire.alike > 400
    assert wire.alike_folded >= 0.99 * wire.alike
    assert wire.error < 0.03
    assert (wire.other_folded, wire.random_folded) == (0, 0)


@given(
    st.text("0123456789abcdef?", min_size=8, max_size=8),
    st.lists(st.text("01234567", min_size=7, max_size=8)),
    st.sampled_from([0.2, 0.6, 0.75, 1.0]),
)
def test_all_that_are_alike_are_found(mine: str, others: list[str], at_least: float) -> None:
    others += [mine[:4] + other[4:] for other in others] + [mine[:7] + "0"]
    alike = [index for index, other in enumerate(others) if similarity(mine, other) >= at_least]
    assert list(find_alike(mine, [None, *others], at_least=at_least)) == [index + 1 for index in alike]
