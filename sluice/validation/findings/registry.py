"""Every kind of finding, in the order in which it is looked for.

To add one: a function in a file of its own that takes what it needs of `facts.py` and gives
findings, and its name in one of these rows. Findings refuse nothing; what does stands beside them
(`strays`, `stated`, `contract`), and is called by the engine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, TypeVar

from sluice.contracts.dataset import Finding
from sluice.validation.findings.alike import alike_values
from sluice.validation.findings.change_log import change_log
from sluice.validation.findings.duplicates import duplicates
from sluice.validation.findings.empty import empty_columns
from sluice.validation.findings.facts import (
    AssociatedRows,
    DescribedRows,
    MeasuredRows,
    StoredRows,
)
from sluice.validation.findings.leaks import guess_given_away, leaks
from sluice.validation.findings.left_out import left_out
from sluice.validation.findings.lookalikes import lookalikes
from sluice.validation.findings.mixed import mixed_values
from sluice.validation.findings.points import doubtful_points
from sluice.validation.findings.reading import blank_lines, no_header, source_notes
from sluice.validation.findings.readings import doubtful_readings, exponent_codes, read_as
from sluice.validation.findings.sentinels import sentinels
from sluice.validation.findings.time_order import time_order
from sluice.validation.findings.totals import totals_row
from sluice.validation.findings.units import units
from sluice.validation.findings.values import missing_spelled, spaces_trimmed, stored_as_number

_Rows = TypeVar("_Rows")

OF_STORED: Final[tuple[Callable[[StoredRows], Iterable[Finding]], ...]] = (
    source_notes,
    no_header,
    blank_lines,
    missing_spelled,
    spaces_trimmed,
    mixed_values,
    read_as,
    doubtful_readings,
    exponent_codes,
    stored_as_number,
)
"""Looked for in the rows as they are stored."""

OF_MEASURED: Final[tuple[Callable[[MeasuredRows], Iterable[Finding]], ...]] = (
    totals_row,
    lookalikes,
    doubtful_points,
    sentinels,
    change_log,
)
"""Looked for in what was measured of them."""

OF_DESCRIBED: Final[tuple[Callable[[DescribedRows], Iterable[Finding]], ...]] = (
    left_out,
    empty_columns,
    duplicates,
    units,
    alike_values,
    time_order,
)
"""Looked for once it is known what the rows are for, and what each column is."""

OF_ASSOCIATED: Final[tuple[Callable[[AssociatedRows], Iterable[Finding]], ...]] = (
    leaks,
    guess_given_away,
)
"""Looked for in how strongly features and target go together."""


def found_in(
    kinds: Iterable[Callable[[_Rows], Iterable[Finding]]], rows: _Rows
) -> tuple[Finding, ...]:
    """The findings of each kind, in order."""
    return tuple(finding for kind in kinds for finding in kind(rows))
