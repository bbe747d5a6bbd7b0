"""Feed malformed inputs to everything that reads what others wrote: `python -m tests.fuzz`."""

import argparse
import sys
import time
import warnings

from rich.console import Console
from rich.table import Table

from tests.fuzz.mutation import mutate
from tests.fuzz.running import Tally, fuzz
from tests.fuzz.targets import TARGETS

_SHOWN = 20  # faults of each target


def main() -> int:
    """Return 1 if a fault was found, or too few inputs were run."""
    options = _options()
    warnings.simplefilter("ignore")
    chosen = [target for target in TARGETS if options.target in {None, target.name}]
    whole = sum(target.share for target in chosen)
    if options.show is not None:
        sys.stdout.buffer.write(mutate(chosen[0].seeds, options.show, chosen[0].name))
        return 0
    until = time.monotonic() + options.minutes * 60
    console = Console(stderr=True)
    tallies: dict[str, Tally] = {}
    for target in chosen:
        count = round(options.count * target.share / whole)
        tally = tallies[target.name] = fuzz(target, count, first=options.first, until=until)
        console.print(f"{target.name}: {tally.inputs:,} in {tally.took_s:.0f} s")
    _print(tallies)
    done, faults = sum(tally.inputs for tally in tallies.values()), sum(len(tally.faults) for tally in tallies.values())
    return int(faults > 0 or done < options.count - len(chosen))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--count", type=int, default=1_000_000, help="inputs in all; the default is a million")
    parser.add_argument("--target", choices=[target.name for target in TARGETS], help="only this one")
    parser.add_argument("--first", type=int, default=0, help="number of the first input; others than the usual ones")
    parser.add_argument("--minutes", type=float, default=60, help="stop after so many, which then is a failure")
    parser.add_argument("--show", type=int, metavar="NUMBER", help="print an input of --target instead")
    return parser.parse_args()


def _print(tallies: dict[str, Tally]) -> None:
    table = Table("target", "inputs", "taken, if only in part", "accepted", "rejected", "faults", "slowest", "time")
    for name, tally in tallies.items():
        reasons = "\n".join(f"{reason} {count:,}" for reason, count in tally.fate.rejected.most_common(8))
        table.add_row(
            name,
            f"{tally.inputs:,}",
            f"{tally.taken:,}",
            f"{tally.fate.accepted:,}",
            reasons,
            str(len(tally.faults)),
            f"{tally.slowest_s * 1000:,.0f} ms",
            f"{tally.took_s:,.0f} s",
        )
    console = Console(width=130, highlight=False)
    console.print(table)
    console.print(
        f"{sum(t.inputs for t in tallies.values()):,} inputs, {sum(len(t.faults) for t in tallies.values())} faults"
    )
    for name, tally in tallies.items():
        for number, told in tally.faults[:_SHOWN]:
            console.print(f"  {name} {number}: {told}", markup=False)


if __name__ == "__main__":
    sys.exit(main())
