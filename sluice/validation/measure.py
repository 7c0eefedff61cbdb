"""The numbers behind schema, findings and profile, measured on the staged rows.

Columns are measured in batches, so that neither wide tables nor long ones fill the memory.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sluice.contracts.dataset import Scalar
from sluice.validation.columns import Typed
from sluice.validation.reading import batches
from sluice.validation.staging import Staged

if TYPE_CHECKING:
    import duckdb

FEW_VALUES: Final = 1_000
"""Up to so many different values are counted one by one."""
QUANTILES: Final = (0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)
SAMPLE_ROWS: Final = 200_000
"""Quantiles of more rows are those of about so many, chosen by a hash of the row's number. The
standard error of a quantile's rank is then at most 0.5 / sqrt(200,000) = 0.11 %."""
SMALL_CELLS: Final = 4_000_000
"""In a table of so few cells, all different values are counted exactly."""
DISTINCT_ROWS: Final = 2_000_000
"""So many values are told apart at a time: some 30 bytes each."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Summary:
    """One column over some rows."""

    present: int
    distinct: int
    distinct_is_exact: bool
    min: Any = None
    """As DuckDB returns it: int, float, bool, date, datetime or str."""
    max: Any = None
    mean: float | None = None
    std: float | None = None
    """Of a sample (n - 1)."""
    quantiles: tuple[float, ...] = ()
    """At `QUANTILES`."""
    is_whole: bool = True
    """Numbers: none has a fraction."""
    spaced: int = 0
    """Text: values that hold inner blanks."""
    length: float = 0.0
    """Text: mean characters."""


def summaries(con: duckdb.DuckDBPyConnection, data: Staged) -> dict[str, Summary]:
    """A summary a column, by its SQL name."""
    rough: dict[str, dict[str, Any]] = {}
    for batch in batches(data.columns):
        _measure(con, data.relation, {c.id: _terms(c) for c in batch}, rough)
    numbers = [c for c in data.columns if c.storage in ("BIGINT", "DOUBLE")]
    wanted = ", ".join(map(str, QUANTILES))
    for batch in batches(numbers):
        terms = {c.id: {"quantiles": f"quantile_cont({c.id}::DOUBLE, [{wanted}])"} for c in batch}
        _measure(con, _sample(data), terms, rough)
    exact = _exact_distinct(con, data, rough)
    return {
        column_id: Summary(
            present=values["present"],
            distinct=exact.get(column_id, min(values["distinct"], values["present"])),
            distinct_is_exact=column_id in exact,
            min=values["min"],
            max=values["max"],
            mean=_finite(values.get("mean")),
            std=_finite(values.get("std")),
            quantiles=_all_finite(values.get("quantiles") or ()),
            is_whole=values.get("is_whole", True) is not False,
            spaced=values.get("spaced", 0),
            length=values.get("length") or 0.0,
        )
        for column_id, values in rough.items()
    }


def duplicate_rows(con: duckdb.DuckDBPyConnection, data: Staged) -> int:
    """Rows that repeat an earlier one exactly.

    Rows are told apart by 64-bit hashes: that two different ones among 10 million share theirs has
    a chance of 3 in a million.
    """
    return data.rows - _distinct(con, data, "h")


def _finite(value: float | None) -> float | None:
    """Sums of numbers near the end of what a float holds lie beyond it, and no JSON holds them."""
    return value if value is not None and math.isfinite(value) else None


def _all_finite(values: Sequence[float]) -> tuple[float, ...]:
    return tuple(values) if all(map(math.isfinite, values)) else ()


def as_number(column: Typed) -> str:
    """SQL of a number, date or timestamp on a number's axis: seconds since 1970 for times."""
    is_time = column.storage in ("DATE", "TIMESTAMP")
    return f"epoch({column.id}::TIMESTAMP)" if is_time else f"{column.id}::DOUBLE"


def _sample(data: Staged) -> str:
    """All rows, or some of them that depend on their number alone."""
    if data.rows <= SAMPLE_ROWS:
        return data.relation
    threshold = int(2**64 * SAMPLE_ROWS / data.rows)
    return f"(FROM {data.relation} WHERE hash(n) < {threshold}::UBIGINT)"


def _measure(
    con: duckdb.DuckDBPyConnection,
    relation: str,
    terms: dict[str, dict[str, str]],
    into: dict[str, dict[str, Any]],
) -> None:
    """Evaluate the terms of several columns in one scan."""
    every = [(i, key, term) for i, of_one in terms.items() for key, term in of_one.items()]
    found = con.execute(
        f"SELECT {', '.join(term for _, _, term in every)} FROM {relation}"
    ).fetchall()[0]
    for (column_id, key, _), value in zip(every, found, strict=True):
        into.setdefault(column_id, {})[key] = value


def value_counts(
    con: duckdb.DuckDBPyConnection, relation: str, ids: Sequence[str]
) -> dict[str, list[tuple[Scalar, int]]]:
    """How often each value occurs, most frequent first; for columns of few different values."""
    counts: dict[str, list[tuple[Scalar, int]]] = {}
    for batch in batches(ids):
        terms = ", ".join(f"map_entries(histogram({i}))" for i in batch)
        found = con.execute(f"SELECT {terms} FROM {relation}").fetchall()[0]
        for column_id, entries in zip(batch, found, strict=True):
            pairs = [(entry["key"], entry["value"]) for entry in entries or ()]
            counts[column_id] = sorted(pairs, key=lambda pair: (-pair[1], _order(pair[0])))
    return counts


def histograms(
    con: duckdb.DuckDBPyConnection, relation: str, edges: dict[str, list[float]]
) -> dict[str, list[int]]:
    """How many values lie in each bin; `edges` map a numeric SQL expression to its bins' ends.

    A bin holds its upper edge, not its lower one; the first holds both.
    """
    counts: dict[str, list[int]] = {}
    for batch in batches(list(edges)):
        terms: list[str] = []
        for expression in batch:
            inner = ", ".join(f"{edge!r}::DOUBLE" for edge in edges[expression][1:-1])
            terms.append(f"map_entries(histogram({expression}, [{inner}]::DOUBLE[]))")
        found = con.execute(f"SELECT {', '.join(terms)} FROM {relation}").fetchall()[0]
        for expression, entries in zip(batch, found, strict=True):
            upper = edges[expression][1:-1]
            by_edge = {entry["key"]: entry["value"] for entry in entries or ()}
            counted = [by_edge.pop(edge, 0) for edge in upper]
            counts[expression] = [*counted, sum(by_edge.values())]
    return counts


def _terms(column: Typed) -> dict[str, str]:
    i = column.id
    terms = {
        "present": f"count({i})",
        "distinct": f"approx_count_distinct({i})",
        "min": f"min({i})",
        "max": f"max({i})",
    }
    if column.storage in ("BIGINT", "DOUBLE"):
        terms["mean"] = f"avg({i})"
        terms["std"] = f"stddev_samp({i}::DOUBLE)"
        if column.storage == "DOUBLE":
            terms["is_whole"] = f"bool_and({i} = trunc({i}))"
    elif column.storage == "BLOB":
        terms["min"] = terms["max"] = "NULL"
    elif column.storage == "VARCHAR":
        terms["min"] = terms["max"] = "NULL"
        terms["spaced"] = f"count(*) FILTER (contains({i}, ' '))"
        terms["length"] = f"avg(length({i}))"
    return terms


def _exact_distinct(
    con: duckdb.DuckDBPyConnection, data: Staged, rough: dict[str, dict[str, Any]]
) -> dict[str, int]:
    """Exact numbers of different values where a decision hangs on them.

    That is where they are few, and where they are nearly all in a column that may be an identifier.
    In a small table it is everywhere. Large values are told apart by their digests.
    """
    told_by = {c.id: f"md5({c.id})" if c.kind in ("text", "image") else c.id for c in data.columns}
    small = data.rows * len(data.columns) <= SMALL_CELLS
    few = [i for i, v in rough.items() if small or v["distinct"] <= 1.5 * FEW_VALUES]
    exact: dict[str, int] = {}
    for batch in batches(few):
        terms = ", ".join(f"count(DISTINCT {told_by[i]})" for i in batch)
        found = con.execute(f"SELECT {terms} FROM {data.relation}").fetchall()[0]
        exact |= dict(zip(batch, found, strict=True))
    for column in data.columns:
        i = column.id
        is_nearly = rough[i]["distinct"] >= 0.8 * rough[i]["present"]
        if i not in exact and is_nearly and column.storage in ("BIGINT", "VARCHAR", "BLOB"):
            exact[i] = _distinct(con, data, told_by[i])
    return exact


def _distinct(con: duckdb.DuckDBPyConnection, data: Staged, value: str) -> int:
    """The exact number of different values, a share of the values at a time where rows are many."""
    shares = -(-data.rows // DISTINCT_ROWS)
    total = 0
    for share in range(shares):
        where = f" WHERE hash({value}) % {shares} = {share}" if shares > 1 else ""
        found = con.execute(f"SELECT count(DISTINCT {value}) FROM {data.relation}{where}")
        total += found.fetchall()[0][0]
    return total


def _order(value: Scalar) -> tuple[int, Any]:
    return (0, value) if isinstance(value, int | float) else (1, value)
