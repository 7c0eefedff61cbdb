"""How fast `sluice validate` is beside its peers: `.venv/bin/python -m benchmarks.validate.speed`.

README.md beside this file says what is measured and how; `--log` appends to speed.md.
"""

from __future__ import annotations

import argparse
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Final

from benchmarks.machine import machine
from benchmarks.validate.files import BUILD, FORMATS, mixed, wide
from benchmarks.validate.peers import CONTESTANTS, SLUICE, VENVS, Contestant
from benchmarks.validate.rounds import interleaved, run_once
from benchmarks.validate.table import comparison, growth

_LOG: Final = Path(__file__).with_name("speed.md")
_TITLE: Final = "# Speed of validate: log\n\nWhat the columns mean is said in README.md.\n"
_GROWTH_SIZES: Final = (10, 100, 1_000, 5_000)
"""Megabytes."""
_WIDTHS: Final = (10, 100, 1_000, 10_000)
_CELLS: Final = 10_000_000
"""Of wide tables at a constant number of cells."""
_ROWS: Final = 10_000
"""Of wide tables at a constant number of rows."""


def main() -> None:
    """Measure, print, and log if asked to."""
    arguments = _arguments()
    if arguments.clean:
        shutil.rmtree(BUILD, ignore_errors=True)
        return
    # The sampler, and whatever prints, keeps off the cores that are measured, where it can.
    free = os.sched_getaffinity(0) - set(range(arguments.cores))
    os.sched_setaffinity(0, free or os.sched_getaffinity(0))
    _tell(f"## {datetime.now(UTC):%Y-%m-%d %H:%M} UTC\n\n{_circumstances(arguments)}", arguments)
    for table in _growth(arguments) if arguments.growth else _comparisons(arguments):
        _tell(table, arguments)


def _tell(text: str, arguments: argparse.Namespace) -> None:
    """At once: the next table may take an hour."""
    print(f"\n{text}", flush=True)
    if arguments.log:
        title = "" if _LOG.exists() else _TITLE
        with _LOG.open("a", encoding="utf-8") as log:
            log.write(f"{title}\n{text}\n")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    option = parser.add_argument
    option("--sizes", type=_sizes, help="such as 10MB,1GB, of the CSV (default: 100MB)")
    option("--formats", type=_formats, help=f"of {','.join(FORMATS)} (default: all; growth: csv)")
    option("--only", type=_contestants, default=CONTESTANTS, help="parts of names: sluice,pyarrow")
    option("--rounds", type=int, default=5)
    option("--cores", type=int, default=1, help="that each contestant may use")
    option("--limit", type=float, default=1_800.0, help="seconds that a run may take")
    option("--growth", action="store_true", help="Sluice alone, one run a size and a width")
    option("--log", action="store_true", help=f"append to {_LOG.name}")
    option("--clean", action="store_true", help="remove inputs and venvs, and stop")
    return parser.parse_args()


def _sizes(text: str) -> list[int]:
    """Megabytes of `10MB,1GB`."""
    found = [re.fullmatch(r"(\d+)(MB|GB)", size) for size in text.split(",")]
    if not all(found):
        raise argparse.ArgumentTypeError(f"{text} is not such as 10MB,1GB")
    return [int(size[1]) * (1_000 if size[2] == "GB" else 1) for size in found if size]


def _formats(text: str) -> list[str]:
    if unknown := set(text.split(",")) - set(FORMATS):
        raise argparse.ArgumentTypeError(f"no format: {', '.join(unknown)}")
    return text.split(",")


def _contestants(text: str) -> list[Contestant]:
    wanted = text.lower().split(",")
    found = [c for c in CONTESTANTS if any(part in c.name.lower() for part in wanted)]
    if not found:
        raise argparse.ArgumentTypeError(f"none of {', '.join(c.name for c in CONTESTANTS)}")
    return found


def _comparisons(arguments: argparse.Namespace) -> Iterator[str]:
    """A table a file."""
    for megabytes in arguments.sizes or [100]:
        for form in arguments.formats or FORMATS:
            file = mixed(megabytes, form)
            runs = interleaved(
                arguments.only,
                file,
                rounds=arguments.rounds,
                cores=arguments.cores,
                limit=arguments.limit,
            )
            yield comparison(arguments.only, file, runs)


def _growth(arguments: argparse.Namespace) -> Iterator[str]:
    """How time and memory grow: with the size, with the width, with both."""
    (sluice,) = (c for c in CONTESTANTS if c.name == SLUICE)
    sizes = arguments.sizes or _GROWTH_SIZES
    formats = arguments.formats or ["csv"]
    for title, files in (
        ("size", (mixed(size, form) for form in formats for size in sizes)),
        ("width, cells constant", (wide(width, _CELLS // width) for width in _WIDTHS)),
        ("width, rows constant", (wide(width, _ROWS) for width in _WIDTHS)),
    ):
        found = [
            (file, run_once(sluice, file, cores=arguments.cores, limit=arguments.limit))
            for file in files
        ]
        yield f"**Growth with {title}**\n\n{growth(found)}"


def _circumstances(arguments: argparse.Namespace) -> str:
    """What a reader needs to measure it again."""
    run = "one run each" if arguments.growth else f"{arguments.rounds} rounds"
    cores = "one core" if arguments.cores == 1 else f"{arguments.cores} cores"
    pins = "; ".join(", ".join(pins) for pins in VENVS.values())
    return "\n".join(
        [
            f"{machine()}, load {os.getloadavg()[0]:.1f} at the start; {run} on {cores}, warm page",
            f"cache. Sluice at {_commit()} with duckdb {version('duckdb')}. Peers: {pins}.",
            "",
            f"`python -m benchmarks.validate.speed {shlex.join(sys.argv[1:])}`",
        ]
    )


def _commit() -> str:
    words = ["git", "describe", "--always", "--dirty"]
    done = subprocess.run(words, cwd=_LOG.parent, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "an unknown commit"


if __name__ == "__main__":
    main()
