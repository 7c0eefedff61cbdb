"""How far the columns of a drop have moved since the last drop's profile, measured on its rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sluice.contracts.dataset import Scalar
from sluice.validation.profile.association import Entry
from sluice.validation.profile.shift import Shift, bins_of, shift_of_values
from sluice.validation.rows.table import Table
from sluice.validation.scanner.measure import histograms


def shifts(
    data: Table,
    pairs: Sequence[tuple[Mapping[str, Any], Entry]],
    counts: Mapping[str, Sequence[tuple[Scalar, int]]],
) -> list[Shift | None]:
    """For each pair of an old profile's column and a column of the drop, in order; None where the
    two cannot be compared. `counts` are the drop's values, by SQL name."""
    bins = [bins_of(old, now[1].type) if now[2].present else None for old, now in pairs]
    asked = [(now[0].place, found[0]) for found, (_, now) in zip(bins, pairs, strict=True) if found]
    measured = iter(histograms(data.kept, asked))
    return [
        Shift(old=tuple(found[1]), new=tuple(next(measured)))
        if found
        else shift_of_values(old, now[1].type, counts.get(now[0].id, ()))
        for found, (old, now) in zip(bins, pairs, strict=True)
    ]
