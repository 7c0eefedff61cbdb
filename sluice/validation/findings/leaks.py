"""Features that give the target away, judged by what ties them to it.

A leak is a feature that is the target under another name: it is not there, or not known, when a
prediction is asked for. That a threshold parts the classes is no sign of it: good features do that.
What is taken as evidence, each over all rows:
- classes, and a category: the value alone tells the class;
- classes, and a number: it is the same in all rows of a class;
- classes, and any column: whether a value is there at all tells the class;
- a quantity, and a number: one is the other in other units;
- a quantity, and a category: the value alone tells the quantity.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from sluice.contracts.dataset import Finding
from sluice.validation.profile.association import Association, Entry
from sluice.validation.refusals import shown

SAME: Final = 0.99999
"""Correlation from which a feature is the target in other units."""
BETWEEN: Final = 0.999
"""Correlation ratio from which a number is the same in all rows of a group."""
TOLD: Final = 0.99
"""Share of the wrong guesses (Goodman and Kruskal's lambda) that a column's value puts right."""


def leaks(features: Sequence[Entry], target: str, ties: Mapping[str, Association]) -> list[Finding]:
    """A warning for each feature that gives the target away."""
    found = []
    for typed, column, _ in features:
        evidence = _evidence(ties[typed.id]) if typed.id in ties else ""
        if evidence:
            found.append(
                Finding(
                    severity="warn",
                    code="leak",
                    message=f"Column {shown(column.name)} gives the target {shown(target)} away: "
                    f"{evidence}.",
                    remedy="Leave it out if it is not known when a prediction is asked for.",
                    column=column.name,
                )
            )
    return found


def _evidence(tie: Association) -> str:
    """Why the column is a leak, as the end of a sentence; empty if it is none."""
    if tie.kind == "pearson" and tie.value is not None and abs(tie.value) >= SAME:
        return f"it is the target in other units (correlation {tie.value:.6f})"
    if _tells(tie, tie.told):
        return f"its value alone tells the class in {tie.told:,} of {tie.rows:,} rows"
    if _tells(tie, tie.told_by_absence):
        return (
            "whether it has a value alone tells the class in "
            f"{tie.told_by_absence:,} of {tie.rows:,} rows"
        )
    if tie.kind == "correlation-ratio" and tie.value is not None and tie.value >= BETWEEN:
        what = (
            "it hardly differs between the rows of a class"
            if tie.rows
            else "the target hardly differs between the rows that share a value of it"
        )
        return f"{what} (correlation ratio {tie.value:.4f})"
    return ""


def _tells(tie: Association, rows: int) -> bool:
    wrong = tie.rows - tie.guessed
    return wrong > 0 and rows - tie.guessed >= TOLD * wrong
