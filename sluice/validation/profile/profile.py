"""`profile.json`: what the rows of the drop look like, small enough to be drift's reference.

    {"rows": 120, "columns": {"petal length": {
        "type": "number", "present": 120, "missing": 0, "distinct": 43, "distinct_is_exact": true,
        "min": 1.0, "max": 6.9, "mean": 3.7, "std": 1.7,
        "quantiles": {"0.01": 1.1, …, "0.99": 6.7},
        "histogram": {"edges": [n + 1 ends], "counts": [n]},
        "top": [{"value": "setosa", "count": 40}, …],
        "association": {"kind": "correlation-ratio", "value": 0.97}}}}

Numbers, integers, dates and timestamps have a histogram of at most `BINS` equal bins (a bin holds
its upper edge, the first both; dates and timestamps in seconds since 1970, UTC); categories and
booleans have `top`. Identifiers and text are counted only; what a learner reads of texts and images
is described by `content.py`. `association` is with the target.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from sluice.contracts.dataset import Column, Scalar
from sluice.validation.profile.association import Association
from sluice.validation.profile.measure import QUANTILES, Summary
from sluice.validation.profile.schema import scalar
from sluice.validation.rows.table import Table
from sluice.validation.scanner.measure import histograms

if TYPE_CHECKING:
    import datetime as dt

BINS: Final = 20
TOP: Final = 20


def make_profile(
    data: Table,
    columns: tuple[Column, ...],
    found: Mapping[str, Summary],
    counts: Mapping[str, Sequence[tuple[Scalar, int]]],
    associated: Mapping[str, Association],
    contents: Mapping[str, dict[str, Any]],
) -> dict[str, Any]:
    """Put the numbers together, and measure the histograms, which need them."""
    kinds = {t.id: c.type for t, c in zip(data.columns, columns, strict=True)}
    edges: dict[str, list[float]] = {}
    for column in data.columns:
        summary = found[column.id]
        if kinds[column.id] in ("integer", "number", "date", "timestamp") and summary.present:
            edges[column.id] = bin_edges(
                _number(summary.min), _number(summary.max), whole=column.storage == "BIGINT"
            )
    asked = [(c.place, edges[c.id]) for c in data.columns if c.id in edges]
    bars = dict(zip(edges, histograms(data.kept, asked), strict=True))
    profile: dict[str, Any] = {}
    for column in data.columns:
        entry = _counted(found[column.id], data.rows, kinds[column.id])
        if column.id in edges:
            entry["histogram"] = {"edges": edges[column.id], "counts": bars[column.id]}
        if column.id in counts and kinds[column.id] in ("category", "boolean"):
            entry["top"] = [{"value": v, "count": n} for v, n in counts[column.id][:TOP]]
        if column.id in associated and (association := associated[column.id].profile()):
            entry["association"] = association
        profile[column.name] = entry | contents.get(column.name, {})
    return {"rows": data.rows, "columns": profile}


def bin_edges(low: float, high: float, *, whole: bool) -> list[float]:
    """Ends of equal bins from `low` to `high`; a bin a value where few whole numbers lie there."""
    if low == high:
        return [low, high]
    if whole and high - low < BINS:
        return [low - 0.5 + i for i in range(int(high - low) + 2)]
    # Weighted, not low + i * width: the range itself may be beyond what a float holds.
    points = (low * (1 - i / BINS) + high * (i / BINS) for i in range(1, BINS))
    inner = sorted(set(points) - {low, high})
    return [low, *inner, high]


def _counted(summary: Summary, rows: int, kind: str) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "type": kind,
        "present": summary.present,
        "missing": rows - summary.present,
        "distinct": summary.distinct,
        "distinct_is_exact": summary.distinct_is_exact,
    }
    if kind in ("integer", "number", "date", "timestamp"):
        entry |= {"min": scalar(summary.min), "max": scalar(summary.max)}
    if kind in ("integer", "number"):
        entry |= {"mean": summary.mean, "std": summary.std}
        if summary.quantiles:
            entry["quantiles"] = dict(zip(map(str, QUANTILES), summary.quantiles, strict=True))
    return entry


def _number(value: float | dt.date) -> float:
    """A value on the axis of its histogram."""
    if isinstance(value, int | float):
        return float(value)
    import datetime as dt

    at = value if isinstance(value, dt.datetime) else dt.datetime(*value.timetuple()[:3])  # noqa: DTZ001
    return at.replace(tzinfo=dt.UTC).timestamp()
