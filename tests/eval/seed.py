"""The seed article fact by fact: each labelled mention with what is said of it, the decoys, and the names."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from schemas import EnrichedArticle, Party, SanctionsMention
from tests.eval.labels import seed_gold
from tests.eval.scoring import Comparison, Pair


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that the labels say, whether extraction says it too, and what it says."""

    right: bool | None  # None: counts neither way
    what: str
    found: str


def mentions(comparison: Comparison) -> Iterator[Line]:
    """Yield a line for each labelled mention, and for each that no label knows."""
    gold = seed_gold()
    told = {tuple(mention["triggers"][0]): mention for mention in gold["mentions"]}
    for pair in comparison.pairs:
        label = told[pair.gold.triggers[0]]
        wrong = list(_wrong(pair, label))
        yield Line(not wrong, _label(label), _said(pair.found) + (f"  <- {', '.join(wrong)}" if wrong else ""))
    for missed in comparison.missed:
        yield Line(False, _label(told[missed.triggers[0]]), "not found")
    for optional in (mention for mention in gold["mentions"] if mention["optional"]):
        said = "found" if comparison.excused else "not found"
        yield Line(None, _label(optional), f"{said} (implied only: counts neither way)")
    for invented in comparison.invented:
        yield Line(False, "no such mention", _said(invented))


def decoys(enriched: EnrichedArticle) -> Iterator[Line]:
    """Yield a line for each stretch that looks like a sanctions mention and is none."""
    for decoy in seed_gold()["hard_negatives"]:
        hit = [m for m in enriched.sanctions if decoy["start"] <= m.trigger.start < decoy["end"]]
        quoted = enriched.article.text[decoy["start"] : decoy["end"]]
        yield Line(not hit, f"“{quoted}”: {decoy['why']}", _said(hit[0]) if hit else "nothing")


def names(enriched: EnrichedArticle) -> tuple[int, int, list[str]]:
    """Return how many names are labelled, how many of them are found with their label, and what differs."""
    gold = {(entity["start"], entity["end"]): entity["label"] for entity in seed_gold()["entities"]}
    found = {(entity.start, entity.end): entity.label.value for entity in enriched.entities}
    differing = [
        f"{start}-{end} “{enriched.article.text[start:end]}”: labelled {gold.get((start, end), 'nothing')}, "
        f"found {found.get((start, end), 'nothing')}"
        for start, end in sorted(gold.keys() | found.keys())
        if gold.get((start, end)) != found.get((start, end))
    ]
    return len(gold), sum(found.get(place) == label for place, label in gold.items()), differing


def _wrong(pair: Pair, label: dict[str, object]) -> Iterator[str]:
    found, verdict = pair.found, pair.verdict
    if not verdict.sender:
        yield "sender"
    if not verdict.target:
        yield "target"
    if not verdict.status:
        yield "status"
    if not verdict.measure:
        yield "measure"
    if [party.text for party in found.parties] != label["parties"]:
        yield "parties"
    if (found.reason and found.reason.text) != label["reason"]:
        yield "reason"
    if [found.evidence.start, found.evidence.end] != label["evidence"]:
        yield "evidence"


def _label(mention: dict[str, list[str]]) -> str:
    return _told(mention["measure"], mention["status"], mention["senders"], mention["targets"], mention["parties"])


def _said(mention: SanctionsMention) -> str:
    said = _told(mention.measure, mention.status, *map(_texts, (mention.senders, mention.targets, mention.parties)))
    return f"{said} ({mention.confidence})"


def _told(measure: object, status: object, senders: list[str], targets: list[str], parties: list[str]) -> str:
    by = f", said of {', '.join(parties)}" if parties else ""
    return f"{measure} {status}: {', '.join(senders) or '–'} > {', '.join(targets) or '–'}{by}"


def _texts(parties: Iterable[Party]) -> list[str]:
    return [party.text for party in parties]
