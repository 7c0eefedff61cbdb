"""Numbers that stand for a missing value: -999 among shoe sizes, 99999 among incomes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sluice.contracts.dataset import Finding
from sluice.validation.findings.facts import MeasuredRows
from sluice.validation.findings.spellings import as_missing, spellings_in
from sluice.validation.profile.measure import Summary
from sluice.validation.rows.columns import TypedColumn
from sluice.validation.rows.table import only
from sluice.validation.wording import counted, number, shown

LEAST: Final = 3
"""Times that such a number stands in its column, and other numbers that there are."""
FAR: Final = 3.0
"""Widths of all other numbers between them and one that stands for none."""
FAR_IF_NINES: Final = 1.0
"""The same of a number that is written in nines, as such numbers often are."""
LISTED: Final = 10
"""Columns that are named one by one."""

_NINES = re.compile(r"-?99+(\.0)?")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Ends:
    """The lowest and highest number of a column, and what lies between."""

    column: TypedColumn
    lowest: Any
    next_lowest: Any
    times_lowest: int
    highest: Any
    next_highest: Any
    times_highest: int

    def sentinels(self) -> Iterator[tuple[Any, int, Any, Any]]:
        """Each such number, how often it stands, and the range of the others."""
        low, high = self.next_lowest, self.next_highest
        if self._low_is_far(high) and self._high_is_far(low):
            yield self.lowest, self.times_lowest, low, high
            yield self.highest, self.times_highest, low, high
        elif self._low_is_far(self.highest):
            yield self.lowest, self.times_lowest, low, self.highest
        elif self._high_is_far(self.lowest):
            yield self.highest, self.times_highest, self.lowest, high

    def _low_is_far(self, farthest: Any) -> bool:
        return self._is_far(self.lowest, self.times_lowest, self.next_lowest, farthest)

    def _high_is_far(self, farthest: Any) -> bool:
        return self._is_far(self.highest, self.times_highest, self.next_highest, farthest)

    @staticmethod
    def _is_far(value: Any, times: int, nearest: Any, farthest: Any) -> bool:
        if nearest is None or farthest is None or times < LEAST or nearest == farthest:
            return False
        far = FAR_IF_NINES if _NINES.fullmatch(str(value)) else FAR
        return bool(abs(nearest - value) > far * abs(farthest - nearest))


def sentinels(rows: MeasuredRows) -> Iterator[Finding]:
    """Warn of numbers far outside of all others that stand there again and again."""
    columns = [c for c in rows.table.columns if _may_have(c, rows.summaries[c.id])]
    found = [
        (ends.column, spellings_in(rows.source, ends.column.place, value), times, low, high)
        for ends in _ends(rows, columns[:LISTED])
        for value, times, low, high in ends.sentinels()
    ]
    every = dict.fromkeys(spelling for _, spelled, *_ in found for spelling in spelled)
    for column, spelled, times, low, high in found:
        yield Finding(
            severity="warn",
            code="sentinel",
            message=f"Column {shown(column.name)}: {spelled[0]} stands there "
            f"{counted(times, 'time')}, far outside of all others ({number(low)} to "
            f"{number(high)}); it may mean that a value is missing.",
            remedy=f"If {' and '.join(every)} {'mean' if len(every) > 1 else 'means'} that, "
            f"{as_missing(rows.source, every)}.",
            column=column.name,
        )


def _may_have(column: TypedColumn, summary: Summary) -> bool:
    """Whether quantiles leave room for it: all else lies closer together than one end is away."""
    if column.storage not in ("BIGINT", "DOUBLE") or summary.distinct <= LEAST:
        return False
    inner = [q for q in summary.quantiles if summary.min < q < summary.max]
    if not inner:
        return True
    width = inner[-1] - inner[0]
    away = max(inner[0] - summary.min, summary.max - inner[-1])
    return bool(away > FAR_IF_NINES * width)


def _ends(rows: MeasuredRows, columns: Sequence[TypedColumn]) -> Iterator[_Ends]:
    for column in columns:
        summary = rows.summaries[column.id]
        i, low, high = column.id, summary.min, summary.max
        found = rows.con.execute(
            f"SELECT min({i}) FILTER ({i} > $low), count(*) FILTER ({i} = $low), "
            f"max({i}) FILTER ({i} < $high), count(*) FILTER ({i} = $high) "
            f"FROM {only(rows.con, rows.table, [column])}",
            {"low": low, "high": high},
        ).fetchall()[0]
        yield _Ends(
            column=column,
            lowest=low,
            next_lowest=found[0],
            times_lowest=found[1],
            highest=high,
            next_highest=found[2],
            times_highest=found[3],
        )
