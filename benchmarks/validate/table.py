"""The Markdown that people read: one table a file, one line a contestant."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from benchmarks.validate.files import Input
from benchmarks.validate.measure import Failed, Measured
from benchmarks.validate.peers import SLUICE, YARDSTICK, Contestant
from benchmarks.validate.runs import Runs, Spread, ratio, spread
from benchmarks.validate.targets import Target, memory, targets

_HEAD = (
    "contestant",
    "s",
    "CPU s",
    "MB/s",
    "peak RSS, MB",
    "start-up, s",
    "x parse",
    "x Sluice",
    "target",
    "met",
)
_GROWTH_HEAD = ("file", "MB", "rows", "s", "CPU s", "MB/s", "peak RSS, MB", "target", "met")


def comparison(contestants: Sequence[Contestant], file: Input, runs: Runs) -> str:
    """All contestants on one file."""
    title = f"**{file.title}** ({file.bytes / 1e6:,.1f} MB, {file.rows:,} rows)"
    lines = [_line(contestant, file, runs) for contestant in contestants]
    return "\n".join([title, "", *_table(_HEAD, lines)])


def growth(found: Iterable[tuple[Input, Measured | Failed]]) -> str:
    """Sluice alone, one run a file."""
    return "\n".join(_table(_GROWTH_HEAD, [_growth_line(*pair) for pair in found]))


def _line(contestant: Contestant, file: Input, runs: Runs) -> list[str]:
    measured = runs[contestant.name]
    if isinstance(measured, Failed):
        return [contestant.name, measured.reason, *[""] * (len(_HEAD) - 2)]
    seconds = spread(run.seconds for run in measured)
    bounds = targets(contestant, file, runs)
    return [
        contestant.name,
        _shown(seconds, 2),
        f"{spread(run.cpu for run in measured).median:.2f}",
        f"{file.bytes / 1e6 / seconds.median:,.0f}",
        _shown(spread(run.peak / 1e6 for run in measured), 0),
        _start_up(measured),
        _shown(ratio(runs, contestant.name, YARDSTICK), 2),
        _shown(ratio(runs, contestant.name, SLUICE), 2),
        *_verdicts(bounds),
    ]


def _growth_line(file: Input, found: Measured | Failed) -> list[str]:
    size = [file.title, f"{file.bytes / 1e6:,.1f}", f"{file.rows:,}"]
    if isinstance(found, Failed):
        return [*size, found.reason, *[""] * (len(_GROWTH_HEAD) - 4)]
    return [
        *size,
        f"{found.seconds:.2f}",
        f"{found.cpu:.2f}",
        f"{file.bytes / 1e6 / found.seconds:,.0f}",
        f"{found.peak / 1e6:,.0f}",
        *_verdicts([memory(file, found.peak)]),
    ]


def _verdicts(bounds: Sequence[Target]) -> tuple[str, str]:
    return "; ".join(b.bound for b in bounds), "; ".join(b.verdict for b in bounds)


def _start_up(measured: Sequence[Measured]) -> str:
    known = [run.start_up for run in measured if run.start_up is not None]
    return f"{spread(known).median:.2f}" if known else "in s"


def _shown(found: Spread | None, digits: int) -> str:
    """`0.55 (0.53-0.60)`; the median alone where nothing was spread."""
    if found is None:
        return ""
    middle, low, high = (
        f"{value:,.{digits}f}" for value in (found.median, found.lowest, found.highest)
    )
    return middle if low == high else f"{middle} ({low}–{high})"


def _table(head: Sequence[str], lines: Iterable[Sequence[str]]) -> list[str]:
    cells = [head, ["---"] * len(head), *lines]
    return [f"| {' | '.join(cell.replace('|', '/') for cell in line)} |" for line in cells]
