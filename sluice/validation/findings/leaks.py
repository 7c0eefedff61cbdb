"""Features that give the target away, told by their association with it.

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

from collections.abc import Iterator
from typing import Final

from sluice.contracts.dataset import Finding
from sluice.contracts.spec_lines import exclude_line, target_line
from sluice.validation.findings.facts import AssociatedRows
from sluice.validation.profile.association import Association
from sluice.validation.wording import listed, shown

LEAK: Final = "leak"
"""The code of the finding that a column gives the target away."""

SAME: Final = 0.99999
"""Correlation from which a feature is the target in other units."""
BETWEEN: Final = 0.999
"""Correlation ratio from which a number is the same in all rows of a group."""
TOLD: Final = 0.99
"""Share of the wrong guesses (Goodman and Kruskal's lambda) that a column's value puts right."""


def leaks(rows: AssociatedRows) -> Iterator[Finding]:
    """A warning for each feature that gives the target away."""
    if rows.goal is None:
        return
    for typed, column, _ in rows.features:
        association = rows.associations.get(typed.id)
        evidence = _evidence(association) if association else ""
        if evidence:
            yield Finding(
                severity="warn",
                code=LEAK,
                message=f"Column {shown(column.name)} gives the target {shown(rows.goal.name)} "
                f"away: {evidence}.",
                remedy="If it is not known when a prediction is asked for: "
                f"{exclude_line(column.name)}.",
                column=column.name,
            )


def guess_given_away(rows: AssociatedRows) -> Iterator[Finding]:
    """A warning where the target was guessed, and a column gives it away: it may be the wrong one.

    The model is trained, and waits for a person.
    """
    given = [leak.column for leak in leaks(rows) if leak.column] if rows.is_guess else []
    if given and rows.goal:
        yield Finding(
            severity="warn",
            code="guess-given-away",
            message=f"The target {shown(rows.goal.name)} is a guess, and {listed(given)} "
            f"{'gives' if len(given) == 1 else 'give'} it away: its model will wait for a person.",
            remedy=f"Name the column to predict, {target_line(rows.goal.name)} or another; and "
            f"leave out what only restates it: {exclude_line(*given)}.",
            column=rows.goal.name,
        )


def _evidence(association: Association) -> str:
    """Why the column is a leak, as the end of a sentence; empty if it is none."""
    kind, value, rows = association.kind, association.value, association.rows
    if kind == "pearson" and value is not None and abs(value) >= SAME:
        return f"it is the target in other units (correlation {value:.6f})"
    if _tells(association, association.told):
        return f"its value alone tells the class in {association.told:,} of {rows:,} rows"
    if _tells(association, association.told_by_absence):
        return (
            "whether it has a value alone tells the class in "
            f"{association.told_by_absence:,} of {rows:,} rows"
        )
    if kind == "correlation-ratio" and value is not None and value >= BETWEEN:
        what = (
            "it hardly differs between the rows of a class"
            if rows
            else "the target hardly differs between the rows that share a value of it"
        )
        return f"{what} (correlation ratio {value:.4f})"
    return ""


def _tells(association: Association, rows: int) -> bool:
    wrong = association.rows - association.guessed
    return wrong > 0 and rows - association.guessed >= TOLD * wrong
