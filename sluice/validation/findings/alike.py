"""Values of a category that differ in case or blank space only, and may be meant as one."""

from __future__ import annotations

from collections.abc import Iterator

from sluice.contracts.dataset import Finding
from sluice.validation.findings.facts import DescribedRows
from sluice.validation.findings.values import LISTED
from sluice.validation.wording import shown


def alike_values(rows: DescribedRows) -> Iterator[Finding]:
    """A finding for each category with such values: of the target a warning, else a note."""
    said = 0
    for typed, column, _ in rows.entries:
        groups: dict[str, list[str]] = {}
        for value in column.allowed or ():
            groups.setdefault(" ".join(value.casefold().split()), []).append(value)
        alike = [group for group in groups.values() if len(group) > 1]
        if not alike or said == LISTED:
            continue
        said += 1
        is_goal = typed is rows.goal
        pairs = "; ".join(" and ".join(map(shown, group)) for group in alike[:3])
        more = f" and {len(alike) - 3} more" if len(alike) > 3 else ""
        yield Finding(
            severity="warn" if is_goal else "note",
            code="alike-classes" if is_goal else "alike-values",
            message=f"{'The target' if is_goal else 'Column'} {shown(column.name)} has values that "
            f"differ in case or blank space only: {pairs}{more}.",
            remedy="Write them in one way, if they mean the same.",
            column=column.name,
        )
