"""Texts that nobody would write, and that must not take long all the same."""

from collections.abc import Mapping


def pathological(size: int = 1_000_000) -> Mapping[str, str]:
    """Return texts of about `size` characters, by what is wrong with them."""
    units = {
        "commas": ", ",
        "no spaces": "a",
        "digits": "1",
        "one lower-case sentence": "word ",
        "one sentence of capitals": "Word ",
        "sanctions without a stop": "sanctions on Russia and ",
        "sanctions, each a sentence": "The EU imposed sanctions on Russia. ",
        "nested clauses": "the sanctions that the EU ",
        "shouted": "SANCTIONS ON RUSSIA AND ",
        "triggers alone": "sanctions; ",
        "names alone": "Xi Jinping ",
        "names in a list": "- Huawei\n",
        "abbreviations": "U.S. ",
        "deep quotes": "“‘",
        "quotes that end sentences": "'. \"",
        "brackets": "(",
        "full stops": ". ",
        "emoji": "😀",
        "emoji with spaces": "😀 ",
        "zero-width characters": "\u200b",
        "words with zero-width characters": "a\u200bb ",
        "combining marks": "e\u0301\u0301\u0301",
        "line breaks": "\n",
        "one word a line": "a\n",
        "Chinese without a stop": "习近平在北京",
        "Arabic": "فرضت عقوبات ",
        "an address": "c/",
        "hyphens": "a-",
        "contractions": "n't'",
        "entities of HTML": "&#x27;",
        "tags of HTML": '<a href="x">',
    }
    whole = {what: unit * (size // len(unit)) for what, unit in units.items()}
    return {
        "commas without a space": "," * min(size, 100_000),
        **{what: text if text.strip() else f"{text}x" for what, text in whole.items()},
        "a surname again and again": "Vladimir Putin spoke. " + "Putin " * (size // 6),
        "a list after a colon": "sanctioned: " + "Huawei, " * (size // 8),
    }
