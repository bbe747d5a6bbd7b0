"""`make bench`: race extraction against spaCy; measure memory, long articles, odd texts, and how soon alerts come."""

import argparse
import gc
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from schemas import EnrichedArticle, IdentifiedArticle
from services.extraction.pipeline import Extractor, load_extractor
from tests.bench import alerting, corpora, names, reloading, scaling, tracing, watchlist
from tests.bench.race import Bar, Race, best_of, race, seconds
from tests.bench.systems import sightline, spacy_names, spacy_pipeline
from tests.bench.texts import pathological

FULL, RELEVANT, MANY = "Sightline", "Sightline, --entities relevant", "Sightline, 300,000 names"
SPACY = "spaCy md, whole pipeline"
_LONG, _SHORT = 1_000_000, 50_000


def main(arguments: list[str]) -> int:
    """Print the figures; the exit code is 1 where a bar is missed."""
    parser = argparse.ArgumentParser(prog="make bench BENCH_ARGS=...", description=__doc__)
    parser.add_argument("--articles", type=int, default=400, metavar="N", help="of Reuters-21578 (default 400)")
    parser.add_argument("--quick", action="store_true", help="leave out texts that nobody would write")
    parts = ["extraction", "watchlist", "alerting", "tracing", "scale"]
    parser.add_argument("--only", choices=parts, help="leave out the others")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures of scale there too")
    options = parser.parse_args(arguments)

    bars = [
        *(_extraction(options) if options.only in {None, "extraction"} else ()),
        *((*watchlist.bars(), *reloading.bars()) if options.only in {None, "watchlist"} else ()),
        *((*alerting.throughput(), *alerting.latency()) if options.only in {None, "alerting"} else ()),
        *(tracing.bars() if options.only in {None, "tracing"} else ()),
        *(scaling.bars(options.json) if options.only in {None, "scale"} else ()),
    ]
    missed = [bar for bar in bars if not bar.met]
    _say("\nBars")
    for bar in bars:
        _say(f"  {'met   ' if bar.met else 'MISSED'} {bar}")
    return 1 if missed else 0


def _extraction(options: argparse.Namespace) -> list[Bar]:
    _say("Processor seconds of one thread; every ratio is between things measured in turns.")
    extractor = load_extractor(names.seeds())
    return [
        *_races(extractor, options.articles),
        *_memory(),
        *_long_articles(extractor),
        *([] if options.quick else _pathological(extractor)),
    ]


def _races(extractor: Extractor, count: int) -> Iterator[Bar]:
    # Each has a model of its own: what one has learnt of words must not help the next.
    fast = load_extractor(names.seeds(), only_relevant=True)
    systems = [spacy_pipeline(), spacy_names(names.seeds()), sightline(FULL, extractor), sightline(RELEVANT, fast)]
    listed = names.many()
    if listed is None:
        _say("Left out: 300,000 names, as there are no lists beside the checkout.")
    else:
        systems.append(sightline(MANY, load_extractor(listed)))
        del listed
    gc.collect()
    for corpus in (corpora.reuters(count), corpora.white_house(max(1, count // 10)), corpora.paragraphs()):
        if corpus is None:
            _say("Left out: a corpus of news, as it is not beside the checkout.")
            continue
        run = race(corpus, systems)
        _show(run)
        if corpus.name == corpora.WORST:
            continue  # no bar: nearly all sentences are parsed, which no news is like
        yield Bar(f"{FULL} against {SPACY}, {corpus.name}", run.ratio(FULL, SPACY), at_least=3.0)
        if corpus.name.startswith("Reuters"):
            yield Bar(f"{RELEVANT} against {SPACY}, {corpus.name}", run.ratio(RELEVANT, SPACY), at_least=20.0)
            if MANY in run.seconds:
                yield Bar("300,000 names against 60, time", run.ratio(FULL, MANY), at_most=1.10)


def _show(run: Race) -> None:
    corpus = run.corpus
    _say(f"\n{corpus.name}: {len(corpus.articles)} articles, {corpus.characters:,} characters")
    for name, taken in run.seconds.items():
        _say(f"  {name:32} {len(corpus.articles) / taken:8.1f} articles/s  x {run.ratio(name, SPACY):5.2f}")


def _memory() -> Iterator[Bar]:
    """A process of its own, with all that the processor imports, reads the longest article there may be."""
    told = subprocess.run([sys.executable, "-m", "tests.bench.memory"], check=True, capture_output=True, text=True)
    peak = float(told.stdout)
    _say(f"\nPeak memory of the processor: {peak:.0f} MB")
    yield Bar("peak memory of the processor, MB", peak, at_most=800)


def _long_articles(extractor: Extractor) -> Iterator[Bar]:
    """The same text in pieces of 50 KB, and whole: a long article is to take no more than its share."""
    text = long_text()
    pieces = [text[start : start + _SHORT] for start in range(0, _LONG, _SHORT)]
    for piece in pieces:  # every word has been seen before
        _read(extractor, piece)
    short = best_of(3, lambda: [_read(extractor, piece) for piece in pieces]) / len(pieces)
    long = best_of(3, partial(_read, extractor, text))
    _say(f"\nAn article of 1 MB takes {long:.2f} s, one of 50 KB {short:.2f} s: x {long / short:.1f}")
    yield Bar("an article of 1 MB against one of 50 KB, time", long / short, at_most=20.0)


def long_text() -> str:
    """Return a text of 1 MB: real news where there is some."""
    corpus = corpora.reuters(1_500) or corpora.paragraphs()
    text = "\n\n".join(article.text for article in corpus.articles)
    return (text * (_LONG // len(text) + 1))[:_LONG]


def _pathological(extractor: Extractor) -> Iterator[Bar]:
    """No text may take more than a few times what ordinary text of its length takes."""
    usual = seconds(partial(_read, extractor, long_text())) / _LONG
    _say("\nTexts that nobody would write, and how many times an ordinary text of their length they take")
    slowest = 0.0
    for what, text in pathological().items():
        taken = seconds(partial(_read, extractor, text))
        share = taken / (usual * len(text))
        slowest = max(slowest, share)
        _say(f"  {what:34} {len(text):9,} characters {taken:7.2f} s  x {share:5.2f}")
    yield Bar("the slowest text that nobody would write against ordinary text", slowest, at_most=6.0)


def _read(extractor: Extractor, text: str) -> EnrichedArticle:
    return extractor.extract(IdentifiedArticle(id="bench", text=text))


def _say(line: str) -> None:
    """Print a line at once: the next may take minutes."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
