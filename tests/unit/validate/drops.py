"""Contents of drops, and what a report says of them."""

from __future__ import annotations

import random
from collections.abc import Callable

from sluice.contracts.dataset import Report

Judge = Callable[..., Report]


def table(rows: int = 60, seed: int = 0, newline: str = "\n") -> str:
    """A sound file: two numbers, a category, and a target of two classes."""
    rng = random.Random(seed)
    lines = ["width,height,colour,label"]
    for i in range(rows):
        colour = rng.choice(["red", "green", "blue"])
        lines.append(f"{rng.random():.4f},{rng.randrange(1000)},{colour},{'ab'[i % 2]}")
    return newline.join(lines) + newline


def codes(report: Report, severity: str | None = None) -> set[str]:
    """Of the report's findings; that a task has no learner yet is said elsewhere."""
    found = {f.code for f in report.findings if severity in (None, f.severity)}
    return found - {"no-learner"}
