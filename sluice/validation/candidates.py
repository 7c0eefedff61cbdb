"""The types that text can have: what each looks like, when it holds, and how its value is made.

A value is never bent to fit: 007 is no integer, 1,000 no number, 12345678901234567890 no float;
such values stay text, exactly as they were written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from sluice.validation.sql import literal

Storage = Literal["BIGINT", "DOUBLE", "BOOLEAN", "DATE", "TIMESTAMP", "VARCHAR"]
"""The types that the dataset's Parquet files use."""

MISSING: Final = (
    "NA", "N/A", "n/a", "#N/A", "<NA>", "NaN", "nan", "-nan", "NaT", "null", "NULL", "None",
)  # fmt: skip
"""Spellings of a missing value, beside nothing at all: those that pandas and R write."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """One type that text may have."""

    storage: Storage
    holds: str
    """SQL predicate over the text `{v}`."""
    value: str
    """SQL expression that makes the value."""
    looks: re.Pattern[str]
    """What every text for which it holds looks like; more may."""


_DOUBLE = "try_cast({v} AS DOUBLE)"
_EXACT = "abs(" + _DOUBLE + ") <= 9007199254740992 OR regexp_matches({v}, '[.eE]')"
_ZERO = "regexp_matches({v}, '^[+-]?0[0-9]|_')"
_DECIMAL_COMMA = "try_cast(replace({v}, ',', '.') AS DOUBLE)"
_INSTANT = "try_cast({v} AS TIMESTAMPTZ)"

CANDIDATES: Final = {
    "integer": Candidate(
        storage="BIGINT",
        holds="try_cast({v} AS BIGINT)::VARCHAR = {v}",
        value="{v}::BIGINT",
        looks=re.compile(r"[+-]?\d+"),
    ),
    "number": Candidate(
        storage="DOUBLE",
        holds=f"isfinite({_DOUBLE}) AND ({_EXACT}) AND NOT {_ZERO}",
        value="{v}::DOUBLE",
        looks=re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?"),
    ),
    "decimal-comma": Candidate(
        storage="DOUBLE",
        holds="regexp_full_match({v}, '[+-]?(0|[1-9][0-9]*)(,[0-9]+)?') "
        f"AND isfinite({_DECIMAL_COMMA})",
        value="replace({v}, ',', '.')::DOUBLE",
        looks=re.compile(r"[+-]?\d+(,\d+)?"),
    ),
    "boolean": Candidate(
        storage="BOOLEAN",
        holds="lower({v}) IN ('true', 'false')",
        value="lower({v}) = 'true'",
        looks=re.compile(r"true|false", re.IGNORECASE),
    ),
    "date": Candidate(
        storage="DATE",
        holds="regexp_full_match({v}, '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}') "
        "AND try_cast({v} AS DATE) IS NOT NULL AND {v} >= '0001'",
        value="{v}::DATE",
        looks=re.compile(r"\d{4}-\d\d-\d\d"),
    ),
    "timestamp": Candidate(
        storage="TIMESTAMP",
        holds="regexp_full_match({v}, '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}[T ][0-9]{{2}}:[0-9]{{2}}"
        "(:[0-9]{{2}}(\\.[0-9]{{1,6}})?)?') AND try_cast({v} AS TIMESTAMP) IS NOT NULL "
        "AND {v} >= '0001'",
        value="{v}::TIMESTAMP",
        looks=re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d[\d:.]*"),
    ),
    "instant": Candidate(
        storage="TIMESTAMP",
        holds="regexp_full_match({v}, '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}[T ][0-9]{{2}}:[0-9]{{2}}"
        "(:[0-9]{{2}}(\\.[0-9]{{1,6}})?)?(Z|[+-][0-9]{{2}}:?[0-9]{{2}})') "
        f"AND year({_INSTANT}::TIMESTAMP) BETWEEN 1 AND 9999",
        value="{v}::TIMESTAMPTZ::TIMESTAMP",
        looks=re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d.*"),
    ),
}
"""In the order in which they are preferred. `instant` carries its zone and becomes UTC."""

THOUSANDS = "regexp_full_match({v}, '[+-]?[1-9][0-9]{{0,2}}(,[0-9]{{3}})+')"


def without_spaces(column: str) -> str:
    """The text without spaces around it; `trim` is dear, and runs only where there are some."""
    return (
        f"(CASE WHEN starts_with({column}, ' ') OR ends_with({column}, ' ') "
        f"THEN trim({column}) ELSE {column} END)"
    )


def or_missing(text: str, spellings: tuple[str, ...] = MISSING) -> str:
    """NULL where the text spells a missing value.

    One regular expression, not IN, of which DuckDB makes a node for every spelling and column:
    for a thousand columns that is the difference between a second and all memory.
    """
    longest = max((len(spelling.encode()) for spelling in spellings), default=0)
    any_of_them = literal("|".join(["", *map(re.escape, spellings)]))
    missing = f"strlen({text}) <= {longest} AND regexp_full_match({text}, {any_of_them})"
    return f"(CASE WHEN {missing} THEN NULL ELSE {text} END)"


def cleaned(column: str, spellings: tuple[str, ...] = MISSING) -> str:
    """Both: what a raw column's value is."""
    return or_missing(without_spaces(column), spellings)
