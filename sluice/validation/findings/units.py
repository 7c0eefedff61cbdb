"""Numbers that came with their unit, and so as text: `5 kg`, `12,5 €`, `3%`, `$5`."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

from sluice.contracts.dataset import Finding
from sluice.validation.findings.facts import DescribedRows
from sluice.validation.profile.association import Entry
from sluice.validation.rows.table import Table, first_rows, only
from sluice.validation.wording import shown

if TYPE_CHECKING:
    import duckdb

NEARLY: Final = 0.95
"""Share of a column's values that must be a number with a unit."""
SAMPLE_ROWS: Final = 200
"""All values are asked only where so many of the first say yes."""
TOO_LONG: Final = 40
"""Characters that no number with its unit has."""
LEAST_NUMBERS: Final = 5
"""Fewer different numbers are names: `1st`, `2nd`, `3rd`."""
MOST_UNITS: Final = 3
LEAST_SHARE: Final = 0.01
"""Of the values: what is rarer is an odd value, and no unit."""

_CURRENCY = "[$€£¥₹]|USD|EUR|GBP|CHF|JPY"
_NUMBER = "[+-]?[0-9][0-9., ]*"
_UNIT = f"{_CURRENCY}|[%‰]|°[CFK]?|[A-Za-zµμΩ][A-Za-zµμΩ/²³]{{0,9}}"
_VALUE: Final = f"({_CURRENCY})? ?({_NUMBER}) ?({_UNIT})?"
_ORDINALS = ("st", "nd", "rd", "th")
# fmt: off
KNOWN: Final = frozenset((
    "%", "‰", "$", "€", "£", "¥", "₹", "USD", "EUR", "GBP", "CHF", "JPY",
    "°", "°C", "°F", "°K",
    "nm", "µm", "μm", "mm", "cm", "dm", "m", "km", "in", "inch", "inches", "ft", "feet", "yd", "mi",
    "miles", "m²", "m³", "cm²", "cm³", "km²", "ft²", "sqft", "sqm",
    "µg", "μg", "mg", "g", "kg", "t", "lb", "lbs", "oz", "ml", "mL", "cl", "dl", "l", "gal",
    "ms", "s", "sec", "secs", "second", "seconds", "min", "mins", "minute", "minutes", "h", "hr",
    "hrs", "hour", "hours", "d", "day", "days", "w", "week", "weeks", "month", "months", "y", "yr",
    "yrs", "year", "years",
    "kB", "KB", "MB", "GB", "TB", "Kb", "Mb", "Gb", "kW", "MW", "Wh", "kWh", "MWh",
    "mV", "kV", "mA", "mAh", "Ah", "kJ", "MJ", "cal", "kcal", "Hz", "kHz", "MHz", "GHz",
    "Pa", "hPa", "kPa", "MPa", "bar", "psi", "m/s", "km/h", "kmh", "mph", "kn", "rpm", "hp", "bhp",
    "PS", "Nm", "cc", "mg/dl", "mmol/l", "km/kg", "kmpl",
))
# fmt: on
"""Two units make a column of mixed units only if both are in use as such. No capital stands alone:
`12A` and `12B` are seats."""


def units(rows: DescribedRows) -> list[Finding]:
    """Warn of columns of text that are numbers but for their unit."""
    con, data = rows.con, rows.table
    texts = [
        entry for entry in rows.entries if entry[0].storage == "VARCHAR" and entry[2].distinct > 1
    ]
    columns = [entry[0] for entry in texts]
    sample = first_rows(con, data, columns, SAMPLE_ROWS, TOO_LONG) if texts else []
    found = []
    for entry, first in zip(texts, zip(*sample, strict=True), strict=True):
        values = [value for value in first if value is not None]
        if values and sum(map(has_unit, values)) >= NEARLY * len(values):
            found += _finding(con, data, entry)
    return found


def has_unit(value: str) -> bool:
    """Whether a text is a number with a unit before or behind it."""
    match = re.fullmatch(_VALUE, value) if len(value) < TOO_LONG else None
    return bool(match and (match[1] or match[3]) and match[3] not in _ORDINALS)


def _finding(con: duckdb.DuckDBPyConnection, data: Table, entry: Entry) -> list[Finding]:
    typed, column, summary = entry
    pattern = _VALUE.replace("'", "''")
    rows = con.execute(
        f"SELECT regexp_extract({typed.id}, '^{pattern}$', 1) || "
        f"regexp_extract({typed.id}, '^{pattern}$', 3) AS unit, count(*), "
        f"approx_count_distinct(regexp_extract({typed.id}, '^{pattern}$', 2)) "
        f"FROM {only(con, data, [typed])} WHERE regexp_full_match({typed.id}, '{pattern}') "
        f"GROUP BY unit ORDER BY count(*) DESC, unit LIMIT {MOST_UNITS + 1}"
    ).fetchall()
    counts = Counter({unit: count for unit, count, _ in rows})
    found = [u for u, n in counts.items() if u and n >= LEAST_SHARE * summary.present]
    if (
        not found
        or len(found) > MOST_UNITS
        or sum(counts[unit] for unit in found) < NEARLY * summary.present
        or max(numbers for _, _, numbers in rows) < LEAST_NUMBERS
        or (len(found) > 1 and not KNOWN.issuperset(found))
    ):
        return []
    one = len(found) == 1
    what = ", ".join(f"{shown(unit)} ({counts[unit]:,} values)" for unit in found)
    return [
        Finding(
            severity="warn",
            code="number-with-unit" if one else "mixed-units",
            message=f"Column {shown(column.name)} holds numbers in "
            f"{'the unit' if one else 'different units:'} {what}, so it is kept as {column.type}, "
            "not as numbers.",
            remedy="Write the numbers alone, and the unit into the column's name."
            if one
            else "Convert them to one unit and write the numbers alone.",
            column=column.name,
        )
    ]
