"""`make eval`: measure extraction against every hand-made label there is, and print what came of it."""

import argparse
import sys
from collections.abc import Iterable, Iterator

from services.extraction.pipeline import Extractor, load_extractor
from services.watchlist.file import read_watchlist
from services.watchlist.likeness.score import LIKELY
from tests.conftest import CHECKOUT
from tests.eval import name_pairs, printing
from tests.eval.ablation import PARTS
from tests.eval.duplicates import measure
from tests.eval.evaluation import Evaluation, Reader, evaluate, total
from tests.eval.figures import drops, figures_of, read_figures, write_figures
from tests.eval.labels import SHARED, Labels, read_labels
from tests.eval.watchlist_hits import Hit, precision_and_recall, read_hits, with_lists


def main(arguments: list[str]) -> int:
    """Print the figures; the exit code is 1 where one has fallen below what is committed."""
    options = _parser().parse_args(arguments)
    labels = read_labels()
    if options.sets:
        labels = labels.only(options.sets)
    reader = Reader(load_extractor(read_watchlist(CHECKOUT / "seeds" / "watchlist.yaml")))
    evaluation = evaluate(reader, labels)
    _print(_report(reader, evaluation, labels))
    if options.errors:
        for name, comparisons in evaluation.sanctions.items():
            _print(_section(f"What is wrong in {name}", printing.errors(comparisons)))
    if not (options.quick or options.sets):
        _print(_section("Near duplicates, by fingerprint", _duplicates()))
        _print(_section("Names of official lists, by hits labelled by hand", _watchlist_hits(reader.extractor)))
        _print(_section("Whether two names are of one bearer, by pairs labelled by others", _name_pairs()))
    if not options.quick:
        _print(_section("Ablation: with one part off", printing.table(_ablation(reader.extractor, evaluation, labels))))
    figures = figures_of(evaluation)
    if options.write:
        write_figures(figures)
        return 0
    fallen = sorted(drops(read_figures(), figures))
    _print(_section("Figures that have fallen by two points", fallen or ["none"]))
    return 1 if fallen else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make eval EVAL_ARGS=...", description=__doc__)
    parser.add_argument("--write", action="store_true", help="commit to the figures measured: write figures.json anew")
    parser.add_argument("--set", metavar="SET", action="append", dest="sets", help="read this set only; repeatable")
    parser.add_argument("--errors", action="store_true", help="list every mention that is not a right fact")
    parser.add_argument("--quick", action="store_true", help="leave out the ablation, which reads everything again")
    return parser


def _report(reader: Reader, evaluation: Evaluation, labels: Labels) -> Iterator[str]:
    for absent in labels.missing:
        yield f"Left out: {absent.name}, as {absent.why}."
    for name, comparisons in evaluation.sanctions.items():
        if name == "seed":
            yield from _section("The seed article, fact by fact", printing.seed_article(reader, comparisons[0]))
        else:
            yield from _section(f"Sanctions mentions: {name}", printing.sanctions(comparisons))
    if evaluation.entities:
        yield from _section("Names of people, organisations and places", printing.entities(evaluation.entities))
    yield from _section("Calibration: confidence, and the share of right facts", printing.calibration(evaluation))


def _duplicates() -> Iterator[str]:
    data = SHARED / "data"
    if (data / "dedupe").is_dir():
        yield from printing.duplicates(measure(data))
    else:
        yield "Left out: the measured pairs are not here."


def _watchlist_hits(extractor: Extractor) -> Iterator[str]:
    if not (SHARED / "data" / "watchlists").is_dir():
        yield "Left out: the lists and the news are not here."
        return
    hits = list(read_hits(with_lists(extractor)))
    for sample in sorted({hit.label["sample"] for hit in hits}):
        some = [hit for hit in hits if hit.label["sample"] == sample]
        yield f"sample {sample}: {_told(some)}"
    yield f"both:     {_told(hits)}"


def _name_pairs() -> Iterator[str]:
    if not name_pairs.PAIRS.exists():
        yield "Left out: the labelled pairs are not here."
        return
    pairs = name_pairs.read_pairs()
    f1 = name_pairs.f1(name_pairs.likenesses(pairs), pairs, LIKELY)
    yield f"F1 {f1:.3f} of {len(pairs)} pairs, at {LIKELY}; `make train` tells what it is of names not trained on"
    other = name_pairs.nomenklatura_f1(pairs)
    yield "nomenklatura logic-v2: " + (
        "not measured, `make yardstick` installs it" if other is None else f"F1 {other:.3f}"
    )
    cross = name_pairs.likenesses(name_pairs.read_cross_script())
    yield f"{sum(likeness >= LIKELY for likeness in cross)} of {len(cross)} names found in another script"
    names = name_pairs.read_not_listed()
    hits = list(name_pairs.false_hits(names, name_pairs.read_listed()))
    yield f"{len(hits)} of {len(names)} people who are on no list found on one ({len(hits) / len(names):.2%})"


def _told(hits: list[Hit]) -> str:
    precision, recall = precision_and_recall(hits)
    return f"{len(hits)} hits, precision {precision:.3f}, recall {recall:.3f}"


def _ablation(extractor: Extractor, full: Evaluation, labels: Labels) -> list[tuple[str, ...]]:
    measured = [name for name in full.sanctions if name != "seed"]
    lines = [("detection F1 / fact F1", *measured, *(f"names in {name}" for name in full.entities))]
    lines.append(("everything on", *_ablated(full, measured)))
    for part, without in PARTS.items():
        with without(extractor) as reduced:
            lines.append((f"without {part}", *_ablated(evaluate(Reader(reduced), labels), measured)))
    return lines


def _ablated(evaluation: Evaluation, measured: Iterable[str]) -> Iterator[str]:
    for name in measured:
        figures = total(evaluation.sanctions[name]).figures()
        yield f"{figures['detection_f1']:.3f} / {figures['fact_f1']:.3f}"
    yield from (f"{counts.figures()['f1']:.3f}" for counts in evaluation.entities.values())


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    yield from ("", title, "-" * len(title))
    yield from lines


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
