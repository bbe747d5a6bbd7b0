"""Find the stated reason of a measure: "due to ...", "over ...", "for ..."."""

from collections.abc import Sequence

from spacy.tokens import Token

from services.extraction.sanctions.vocabulary import Vocabulary

_MAX_WORDS = 40  # a longer "reason" is a misparse that has swallowed the sentence


def reason_of(governors: Sequence[Token], vocabulary: Vocabulary) -> tuple[Token, Token] | None:
    """Return first and last token of the reason, or None if none is stated.

    Args:
        governors: The trigger's head and what governs or describes it: a reason depends on one of these.
        vocabulary: The phrases that introduce a reason.
    """
    for governor in governors:
        for child in governor.children:
            for phrase in vocabulary.reason_phrases:
                found = _behind(child, phrase)
                if found and not found[0].i <= governors[0].i <= found[1].i:
                    return found
    return None


def _behind(child: Token, phrase: tuple[str, ...]) -> tuple[Token, Token] | None:
    if child.left_edge.lower_ != phrase[0]:
        return None
    words = child.doc[child.left_edge.i : child.right_edge.i + 1]
    if tuple(word.lower_ for word in words[: len(phrase)]) != phrase:
        return None
    start, end = words.start + len(phrase), words.end
    while end > start and child.doc[end - 1].pos_ == "PUNCT":
        end -= 1
    content = child.doc[start:end]
    if not 0 < len(content) <= _MAX_WORDS or not any(_is_fault(token) for token in content):
        return None
    return content[0], content[-1]


def _is_fault(token: Token) -> bool:
    """Whether the word can name what somebody did: a noun that is no date, or a gerund."""
    return (token.pos_ == "NOUN" and token.lemma_ not in _TIMES) or token.tag_ == "VBG"


_TIMES = frozenset({"year", "month", "week", "day", "decade", "hour", "time", "meeting", "session", "moment", "period"})
