"""Say what of an extracted mention is right: its senders, its targets, its status, its measure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from schemas import Measure, Party, SanctionsMention
from tests.eval.labels import GoldMention

# Measures that annotators themselves confuse; a pair inside one set may be the same mention.
_COMPATIBLE: tuple[frozenset[Measure], ...] = (
    frozenset({Measure.SANCTIONS, Measure.ASSET_FREEZE, Measure.TRAVEL_BAN, Measure.DESIGNATION, Measure.OTHER}),
    frozenset(
        {
            Measure.SANCTIONS,
            Measure.EMBARGO,
            Measure.EXPORT_CONTROL,
            Measure.IMPORT_BAN,
            Measure.PRICE_CAP,
            Measure.OTHER,
        }
    ),
    frozenset({Measure.TARIFF}),
)
_STOP = frozenset({"the", "a", "an", "of", "and", "s"})
_WORD = re.compile(r"[^\W_]+")

Names = Sequence[Sequence[str]]  # for each party, the forms of its name


@dataclass(frozen=True, slots=True)
class Verdict:
    """What of a mention is right."""

    sender: bool
    target: bool
    status: bool
    measure: bool

    @property
    def fact(self) -> bool:
        """Whether senders, targets and status all are."""
        return self.sender and self.target and self.status

    @property
    def agreement(self) -> int:
        """How many of the four are."""
        return sum((self.sender, self.target, self.status, self.measure))


def judge(gold: GoldMention, found: SanctionsMention) -> Verdict:
    """Say what of an extracted mention is right."""
    return Verdict(
        sender=_slot(gold.senders, gold.sender_ok, _names(found.senders)),
        target=_slot(gold.targets, gold.target_ok, _names(found.targets)),
        status=found.status in gold.status_ok and found.negated == gold.negated,
        measure=found.measure == gold.measure,
    )


def compatible(gold: Measure, found: Measure) -> bool:
    """Whether a label and an extracted mention of these measures may be the same mention."""
    return gold == found or any(gold in group and found in group for group in _COMPATIBLE)


def fills(gold: GoldMention, slot: str, parties: Iterable[Party]) -> bool:
    """Whether these parties are a right answer for the slot, `sender` or `target`."""
    if slot == "sender":
        return _slot(gold.senders, gold.sender_ok, _names(parties))
    return _slot(gold.targets, gold.target_ok, _names(parties))


def _names(parties: Iterable[Party]) -> Names:
    return [[name for name in (party.text, party.name) if name] for party in parties]


def _slot(gold: Sequence[str], accepted: Sequence[str | None], found: Names) -> bool:
    """All gold names found, and nothing found beside gold and accepted names; an empty gold wants an empty slot."""
    others = [name for name in accepted if name]
    if not found:
        return not gold or None in accepted
    nothing_else = all(any(_hits(name, party) for name in (*gold, *others)) for party in found)
    if not gold:
        return nothing_else and bool(others)
    covered = all(any(_hits(name, party) for party in found) for name in gold)
    return nothing_else and (covered or any(_hits(name, party) for name in others for party in found))


def _hits(gold: str, party: Sequence[str]) -> bool:
    """Whether one name's words are contained in the other's ("Treasury", "U.S. Treasury Department")."""
    wanted = _words(gold)
    return any(wanted and words and (wanted <= words or words <= wanted) for words in map(_words, party))


def _words(text: str) -> frozenset[str]:
    text = text.replace("’", "'").replace("U.S.", "US").replace("U.N.", "UN")
    return frozenset(word.lower() for word in _WORD.findall(text) if word.lower() not in _STOP)
