"""The types that text can have: what a value of each looks like, and how it is stored.

A value is never bent to fit: 007 is no integer, 1,000 no number, 12345678901234567890 no float;
such values stay text, exactly as they were written. Whether a type holds is decided by the scanner,
value by value (scanner/native); what stands here only makes a guess worth while.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sluice.contracts.dataset import ColumnType
from sluice.validation.scanner.interface import Storage

MISSING: Final = (
    "NA", "N/A", "n/a", "#N/A", "<NA>", "NaN", "nan", "-nan", "NaT", "null", "NULL", "None",
    "\\N",
)  # fmt: skip
"""Spellings of a missing value, beside nothing at all: those that pandas and R write, and
the \\N of MySQL, PostgreSQL, Snowflake and Hive."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """One type that text may have."""

    storage: Storage
    looks: re.Pattern[str]
    """What every text of it looks like; more may."""


CANDIDATES: Final = {
    "integer": Candidate(storage="BIGINT", looks=re.compile(r"0|-?[1-9]\d*")),
    "number": Candidate(
        storage="DOUBLE",
        looks=re.compile(r"[+-]?((0|[1-9]\d*)(\.\d*)?|\.\d+)([eE][+-]?\d+)?"),
    ),
    "decimal-comma": Candidate(storage="DOUBLE", looks=re.compile(r"[+-]?\d+(,\d+)?")),
    "boolean": Candidate(storage="BOOLEAN", looks=re.compile(r"true|false", re.IGNORECASE)),
    "date": Candidate(storage="DATE", looks=re.compile(r"\d{4}-\d\d-\d\d")),
    "timestamp": Candidate(
        storage="TIMESTAMP", looks=re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d[\d:.]*")
    ),
    "instant": Candidate(storage="TIMESTAMP", looks=re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d.*")),
}
"""In the order in which they are preferred. `instant` carries its zone and becomes UTC."""

UNAMBIGUOUS: Final = tuple(name for name in CANDIDATES if name != "decimal-comma")
"""The names of those that formats with numbers of their own may have: none writes a comma."""

OF_TYPE: Final[dict[ColumnType, tuple[str, ...]]] = {
    "integer": ("integer",),
    "number": ("number", "decimal-comma"),
    "boolean": ("boolean",),
    "date": ("date",),
    "timestamp": ("timestamp", "instant"),
    "category": (),
    "text": (),
    "identifier": (),
    "image": (),
}
"""What the text of a column of this type may be; none: it is kept as it is written."""

CODES: Final = 0.05
"""Share of zeros in front from which digits are a code, and not numbers of which some are odd."""


def is_code(values: Sequence[str]) -> bool:
    """Digits, not a few with zeros in front, such as zip codes: no number would keep them."""
    padded = sum(value[0] == "0" and len(value) > 1 for value in values)
    return padded > CODES * len(values) and all(map(str.isdecimal, values))
