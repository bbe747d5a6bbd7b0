"""How long 300,000 names take to build, how much memory they take, and how fast they are found in news.

Each system works in a process of its own (`python -m tests.bench.watchlist SYSTEM FILE`): so its memory can be told.
"""

import gc
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from time import process_time

import spacy
from flashtext2 import KeywordProcessor
from spacy.matcher import PhraseMatcher

from schemas import Actor
from services.core.codec import encode
from services.watchlist.roster import Roster
from tests.bench import corpora, names
from tests.bench.race import Bar, best_of

_ARTICLES = 6_000
Find = Callable[[str], Sequence[object]]


def bars() -> Iterator[Bar]:
    """Print the figures of each system, and yield what ours must reach."""
    actors = names.listed()
    if actors is None or corpora.reuters(1) is None:
        sys.stdout.write("Left out: watchlists, as there are no lists or no news beside the checkout.\n")
        return
    sys.stdout.write("\n300,000 names\n")
    for system in SYSTEMS:
        figures = _measure(system, actors)
        sys.stdout.write(
            f"  {system:24} built in {figures['build_s']:5.1f} s, {figures['memory_mb']:5.0f} MB, "
            f"finds {figures['found']:,} names at {figures['mb_per_s']:5.1f} MB/s\n"
        )
        if system == "Sightline":
            yield Bar("300,000 names, built in seconds", figures["build_s"], at_most=4.0)
            yield Bar("300,000 names, MB of memory", figures["memory_mb"], at_most=300)
            yield Bar("300,000 names, MB of Reuters-21578 a second", figures["mb_per_s"], at_least=20.0)


def _measure(system: str, actors: Sequence[Actor]) -> dict[str, float]:
    with tempfile.NamedTemporaryFile("wb", suffix=".jsonl") as file:
        file.writelines(encode(actor) + b"\n" for actor in actors)
        file.flush()
        command = [sys.executable, "-m", "tests.bench.watchlist", system, file.name]
        told = subprocess.run(command, check=True, capture_output=True, text=True)
    figures: dict[str, float] = json.loads(told.stdout)
    return figures


def _sightline(entries: Sequence[bytes]) -> tuple[float, Find]:
    Roster()  # reads the data files that are read once
    gc.disable()  # as the processor does while it reads the watchlist
    started = process_time()
    roster = Roster()
    for raw in entries:
        roster.put(Actor.model_validate_json(raw), raw)
    took = process_time() - started
    gc.enable()
    gc.freeze()
    return took, roster.match


def _spacy(entries: Sequence[bytes]) -> tuple[float, Find]:
    nlp = spacy.blank("en")
    started = process_time()
    matcher = PhraseMatcher(nlp.vocab, attr="LOWER")
    for actor in map(Actor.model_validate_json, entries):
        matcher.add(actor.id, list(map(nlp.make_doc, (actor.name, *actor.aliases))))
    took = process_time() - started
    return took, lambda text: matcher(nlp.make_doc(text))


def _flashtext(entries: Sequence[bytes]) -> tuple[float, Find]:
    started = process_time()
    processor = KeywordProcessor(case_sensitive=False)
    for actor in map(Actor.model_validate_json, entries):
        for name in (actor.name, *actor.aliases):
            processor.add_keyword(name, actor.id)
    took = process_time() - started
    return took, processor.extract_keywords


SYSTEMS = {"Sightline": _sightline, "spaCy PhraseMatcher": _spacy, "flashtext2": _flashtext}


def main(system: str, file: str) -> None:
    """Print the figures of one system as JSON, for the actors of a file: one a line, as they stand on the topic."""
    corpus = corpora.reuters(_ARTICLES)
    assert corpus is not None
    texts = [article.text for article in corpus.articles]
    entries = Path(file).read_bytes().splitlines()
    gc.collect()
    before = _memory_mb()
    build_s, find = SYSTEMS[system](entries)
    memory_mb = _memory_mb() - before
    found = sum(len(find(text)) for text in texts)
    seconds = best_of(2, lambda: [find(text) for text in texts])
    size = sum(len(text.encode()) for text in texts) / 1e6
    figures = {"build_s": build_s, "memory_mb": memory_mb, "found": found, "mb_per_s": size / seconds}
    sys.stdout.write(json.dumps(figures))


def _memory_mb() -> float:
    """Resident memory; Linux only, as the bars are."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


if __name__ == "__main__":
    main(*sys.argv[1:])
