"""Points that may stand between thousands."""

from __future__ import annotations

import re
from typing import Final

from sluice.contracts.dataset import Finding
from sluice.validation.findings.facts import MeasuredRows
from sluice.validation.findings.lookalikes import COMMA
from sluice.validation.wording import shown

_POINTS: Final = re.compile(r"[+-]?[1-9]\d{0,2}\.\d{3}")


def doubtful_points(rows: MeasuredRows) -> list[Finding]:
    """A warning where 1.025 may mean a thousand: in a file whose other numbers have a decimal
    comma, a column in which three digits follow every point."""
    raw = rows.source
    numbers = [c for c in rows.table.columns if c.storage == "DOUBLE"]
    samples = {}
    for column in numbers:
        values = [row[column.place].strip() for row in raw.sample if len(row) == len(raw.names)]
        samples[column.name] = [value for value in values if value]
    if not any(COMMA.fullmatch(v) for values in samples.values() for v in values):
        return []
    return [
        Finding(
            severity="warn",
            code="point-doubtful",
            message=f"Column {shown(name)}: {shown(values[0])} is read as a number below a "
            "thousand, while other columns have a decimal comma; it may be meant as a mark between "
            "thousands.",
            remedy="Write numbers without marks between thousands.",
            column=name,
        )
        for name, values in samples.items()
        if values and all(map(_POINTS.fullmatch, values))
    ]
