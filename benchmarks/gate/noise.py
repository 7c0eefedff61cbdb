"""How often the gate is wrong: `.venv/bin/python -m benchmarks.gate.noise`, or `make bench-gate`.

Writes noise.md beside this module: noise that passes, simulated and by real trainings, and models
that are stopped or released against the champion. `--times` and `--trainings` say how much.
"""

from __future__ import annotations

import argparse
import math
import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import numpy as np

from benchmarks.gate import simulated, trainings
from benchmarks.machine import machine

LOG: Final = Path(__file__).with_suffix(".md")
MARGINS: Final = (0.0, 0.01, 0.02, 0.05)
"""By which the candidate's area is lower than the champion's."""
RESHUFFLED: Final = (200, 1_900)
"""Rows of the drops whose order changes; the larger one is just within the folds' bound."""
PAIRS: Final = {40: 400, 100: 400, 400: 300, 2_000: 200, 10_000: 60, 40_000: 20}
"""Pairs of models for so many held-out rows."""


def main() -> None:
    """Measure and write."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--times", type=int, default=2_000, help="datasets a cell")
    arguments.add_argument("--trainings", type=int, default=200)
    arguments.add_argument("--workers", type=int, default=os.cpu_count())
    found = arguments.parse_args()
    with ProcessPoolExecutor(found.workers) as pool:
        text = "\n".join(_page(pool, found.times, found.trainings)) + "\n"
    LOG.write_text(text, "utf-8")
    print(text)


def _page(pool: ProcessPoolExecutor, times: int, trained: int) -> Iterator[str]:
    yield "# How often the gate is wrong: log\n"
    yield f"{datetime.now(UTC):%Y-%m-%d}, {machine()}; --times {times} --trainings {trained}.\n"
    yield from _simulated(pool, times)
    yield from _trained(trainings.noise(trained))
    yield from _reshuffled({rows: trainings.reshuffled(rows, 6) for rows in RESHUFFLED})
    yield from _pairs(pool)


def _simulated(pool: ProcessPoolExecutor, times: int) -> Iterator[str]:
    most = round(times * 0.025 + 2.33 * math.sqrt(times * 0.025 * 0.975))
    yield "## Noise that passes, simulated\n"
    yield (
        f"Of {times:,} datasets a cell whose answers have nothing to do with the truths. At most "
        f"2.5 % may pass in all, and {most} in a cell: more has a chance of one in a hundred where "
        "2.5 % is true. A dash: too few rows for any answers to pass; a person decides.\n"
    )
    yield "| held-out rows | " + " | ".join(simulated.TASKS) + " |"
    yield "|" + "---|" * (1 + len(simulated.TASKS))
    jobs = {
        (task, rows): pool.submit(_cell, task, rows, times)
        for rows in simulated.SIZES
        for task in simulated.TASKS
    }
    cells = {key: job.result() for key, job in jobs.items()}
    for rows in simulated.SIZES:
        shown = [_share(cells[task, rows], times) for task in simulated.TASKS]
        yield f"| {rows:,} | {' | '.join(shown)} |"
    passed = sum(cell.passed for cell in cells.values())
    worst = max(cell.passed for cell in cells.values())
    yield (
        f"\nIn all {passed:,} of {times * len(cells):,} pass ({passed / times / len(cells):.2%}); "
        f"in the worst cell {worst} of {times:,}.\n"
    )


def _cell(task: str, rows: int, times: int) -> simulated.Noise:
    seed = [simulated.TASKS.index(task), rows]
    return simulated.noise(task, rows, times, np.random.default_rng(seed))


def _share(cell: simulated.Noise, times: int) -> str:
    return "–" if cell.too_small == times else f"{cell.passed / times:.2%}"


def _trained(results: Iterable[trainings.Trained]) -> Iterator[str]:
    yield "## Noise that passes, real trainings\n"
    yield (
        "Drops of 60, 100 and 200 rows through learner, evaluation and verdict. Few rows "
        "are judged by their answers out of fold, at p ≤ 0.0028; the second share is what would "
        "pass at 0.025, which shows how much these answers depend on each other.\n"
    )
    yield "| target | drops | released | wait | p ≤ 0.025 |"
    yield "|---|---|---|---|---|"
    kinds: dict[str, list[trainings.Trained]] = defaultdict(list)
    for each in results:
        kinds[each.kind].append(each)
        kinds["all"].append(each)
    for kind, found in sorted(kinds.items(), key=lambda item: item[0] == "all"):
        status = Counter(each.status for each in found)
        loose = sum(each.evaluation.chance.p <= 0.025 for each in found)
        yield (
            f"| {kind} | {len(found)} | {_of(status['Approved'], len(found))} "
            f"| {_of(status['PendingManualApproval'], len(found))} | {_of(loose, len(found))} |"
        )
    yield ""


def _reshuffled(found: Mapping[int, Iterable[trainings.Trained]]) -> Iterator[str]:
    yield "## The same rows in another order\n"
    yield "Six reshuffles, each against the model of the first order; two classes.\n"
    yield "| rows | released | wait | rejected | differences |"
    yield "|---|---|---|---|---|"
    for rows, results in found.items():
        every = list(results)
        status = Counter(each.status for each in every)
        counts = [status[name] for name in ("Approved", "PendingManualApproval", "Rejected")]
        intervals = [each.evaluation.candidate_minus_champion for each in every]
        spread = ", ".join(f"{each.value:+.4f}" for each in intervals if each)
        yield f"| {rows:,} | {' | '.join(map(str, counts))} | {spread} |"
    yield ""


def _of(count: int, whole: int) -> str:
    """The share with the half width of its 95 % interval (Wilson)."""
    share = count / whole
    half = 1.96 * math.sqrt(share * (1 - share) / whole + 0.9604 / whole**2) / (1 + 3.84 / whole)
    return f"{count} ({share:.1%} ± {half:.1%})"


def _pairs(pool: ProcessPoolExecutor) -> Iterator[str]:
    yield "## Against the champion, simulated\n"
    yield (
        f"Two models whose scores go together by {simulated.CORRELATION} within a class; the "
        f"champion's area is {simulated.AREA}. `gate.undecided: auto`: released, wait, rejected.\n"
    )
    yield "| rows | pairs | " + " | ".join(_margin(margin) for margin in MARGINS) + " |"
    yield "|" + "---|" * (2 + len(MARGINS))
    jobs = {
        (rows, margin): pool.submit(_pair, rows, margin, times)
        for rows, times in PAIRS.items()
        for margin in MARGINS
    }
    for rows, times in PAIRS.items():
        shown = []
        for margin in MARGINS:
            found = jobs[rows, margin].result()
            shares = [found[name] / times for name in ("release", "wait", "reject")]
            shown.append(" / ".join(f"{share:.0%}" for share in shares))
        yield f"| {rows:,} | {times} | {' | '.join(shown)} |"


def _pair(rows: int, margin: float, times: int) -> Counter[str]:
    return simulated.outcomes(rows, margin, times, np.random.default_rng([rows, int(1e3 * margin)]))


def _margin(margin: float) -> str:
    return f"worse by {margin:.2f}" if margin else "equally good"


if __name__ == "__main__":
    main()
