"""The numbers behind schema, findings and profile, measured on the written dataset.

Columns are measured in batches, so that neither wide tables nor long ones fill the memory.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sluice.contracts.dataset import Scalar
from sluice.validation.columns import Typed
from sluice.validation.reading import batches

if TYPE_CHECKING:
    import duckdb

FEW_VALUES: Final = 1_000
"""Up to so many different values are counted one by one."""
QUANTILES: Final = (0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)
EXACT_QUANTILE_ROWS: Final = 200_000
"""Beyond, quantiles are t-digest estimates: exact ones keep every value in memory."""


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


def summaries(
    con: duckdb.DuckDBPyConnection, relation: str, columns: Sequence[Typed]
) -> dict[str, Summary]:
    """A summary a column, by its SQL name."""
    rough: dict[str, dict[str, Any]] = {}
    rows = con.execute(f"SELECT count(*) FROM {relation}").fetchall()[0][0]
    quantile = "quantile_cont" if rows <= EXACT_QUANTILE_ROWS else "approx_quantile"
    for batch in batches(columns):
        terms: list[str] = []
        keys: list[tuple[str, str]] = []
        for column in batch:
            for key, term in _terms(column, quantile).items():
                terms.append(term)
                keys.append((column.id, key))
        found = con.execute(f"SELECT {', '.join(terms)} FROM {relation}").fetchall()[0]
        for (column_id, key), value in zip(keys, found, strict=True):
            rough.setdefault(column_id, {})[key] = value
    decided = {c.id for c in columns if c.storage in ("BIGINT", "VARCHAR")}
    exact = _exact_distinct(con, relation, rough, decided)
    return {
        column_id: Summary(
            present=values["present"],
            distinct=exact.get(column_id, min(values["distinct"], values["present"])),
            distinct_is_exact=column_id in exact,
            min=values["min"],
            max=values["max"],
            mean=values.get("mean"),
            std=values.get("std"),
            quantiles=tuple(values.get("quantiles") or ()),
            is_whole=values.get("is_whole", True) is not False,
            spaced=values.get("spaced", 0),
            length=values.get("length") or 0.0,
        )
        for column_id, values in rough.items()
    }


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


def _terms(column: Typed, quantile: str) -> dict[str, str]:
    i = column.id
    terms = {
        "present": f"count({i})",
        "distinct": f"approx_count_distinct({i})",
        "min": f"min({i})",
        "max": f"max({i})",
    }
    if column.storage in ("BIGINT", "DOUBLE"):
        wanted = ", ".join(map(str, QUANTILES))
        terms["mean"] = f"avg({i})"
        terms["std"] = f"stddev_samp({i}::DOUBLE)"
        terms["quantiles"] = f"{quantile}({i}::DOUBLE, [{wanted}])"
        if column.storage == "DOUBLE":
            terms["is_whole"] = f"bool_and({i} = trunc({i}))"
    elif column.storage == "VARCHAR":
        terms["min"] = terms["max"] = "NULL"
        terms["spaced"] = f"count(*) FILTER (contains({i}, ' '))"
        terms["length"] = f"avg(length({i}))"
    return terms


def _exact_distinct(
    con: duckdb.DuckDBPyConnection,
    relation: str,
    rough: dict[str, dict[str, Any]],
    decided: set[str],
) -> dict[str, int]:
    """Exact numbers of different values where a decision hangs on them.

    That is where they are few, and where they are nearly all in a column that may be an identifier
    (`decided`).
    """
    few = [i for i, v in rough.items() if v["distinct"] <= 1.5 * FEW_VALUES]
    nearly = [i for i in decided - {*few} if rough[i]["distinct"] >= 0.8 * rough[i]["present"]]
    exact: dict[str, int] = {}
    for batch in [*batches(few), *([i] for i in sorted(nearly))]:
        terms = ", ".join(f"count(DISTINCT {i})" for i in batch)
        found = con.execute(f"SELECT {terms} FROM {relation}").fetchall()[0]
        exact |= dict(zip(batch, found, strict=True))
    return exact


def _order(value: Scalar) -> tuple[int, Any]:
    return (0, value) if isinstance(value, int | float) else (1, value)
