"""Whether what a reader saw of a file is the truth: for the engine's tests and its peers alike.

Standard library only, because it also runs in environments that hold nothing but one peer.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

Truth = dict[str, Any]
"""`truth` of expected.yaml: `rows`, and `columns`, `names` or `width`; see corpus.py."""


def faults(
    truth: Truth, *, rows: int, names: Sequence[str], column: Callable[[str], list[Any]]
) -> list[str]:
    """What a reader got wrong, one sentence each; `column` yields all values of one column.

    A value kept as the text that the file holds is right, and so is its typed value; one that is
    neither is a silent error.
    """
    found = []
    if rows != truth["rows"]:
        found.append(f"{rows} rows instead of {truth['rows']}")
    columns = truth.get("columns", {})
    wanted = list(truth.get("names") or columns)
    if wanted and not truth.get("named", True) and len(names) == len(wanted):
        columns = dict(zip(names, columns.values(), strict=True))
    elif wanted and list(names) != wanted:
        return [*found, f"columns {list(names)[:5]} instead of {wanted[:5]}"]
    if "width" in truth and len(names) != truth["width"]:
        found.append(f"{len(names)} columns instead of {truth['width']}")
    for name, facts in columns.items():
        if facts is not None:
            values = [_plain(value) for value in column(name)]
            found += [f"{name!r}: {fault}" for fault in _column_faults(facts, values)]
    return found


def _column_faults(facts: dict[str, Any], values: list[Any]) -> list[str]:
    present = [value for value in values if value is not None]
    texts = [value for value in present if isinstance(value, str)]
    found = []
    nulls = len(values) - len(present)
    if nulls != facts.get("nulls", 0) and nulls + texts.count("") != facts.get("nulls", 0):
        found += [] if _spelled(facts, texts) else [f"{nulls} missing values"]
    if "distinct" in facts and len({*present} - {""}) != facts["distinct"]:
        found.append(f"{len({*present})} different values instead of {facts['distinct']}")
    has = facts.get("has", [])
    pairs = has.items() if isinstance(has, dict) else [(str(item), item) for item in has]
    found += [
        f"no value {written!r}"
        for written, value in pairs
        if not any(_same(seen, str(written), _plain(value)) for seen in {*present})
    ]
    if present and not texts:
        found += _number_faults(facts, present)
    return found


def _number_faults(facts: dict[str, Any], present: list[Any]) -> list[str]:
    reckoned = {
        "min": lambda: min(present),
        "max": lambda: max(present),
        "sum": lambda: sum(present) if _whole(present) else math.fsum(present),
    }
    return [
        f"{name} {seen} instead of {facts[name]}"
        for name, reckon in reckoned.items()
        if name in facts and not _equal(seen := reckon(), facts[name])
    ]


def _spelled(facts: dict[str, Any], texts: list[str]) -> bool:
    """Whether missing values were kept as they are written, with all else as text."""
    return any(texts.count(spelling) for spelling in facts.get("spelled", []))


def _whole(values: list[Any]) -> bool:
    return all(isinstance(value, int) for value in values)


def _equal(seen: Any, wanted: Any) -> bool:
    if isinstance(seen, int) and isinstance(wanted, int):
        return seen == wanted
    return math.isclose(float(seen), float(wanted), rel_tol=1e-12)


def _same(seen: Any, written: str, value: Any) -> bool:
    if isinstance(seen, str):
        # Of workbooks some readers give midnight for a date, which is the same number there.
        return seen in (written, value) or seen.removesuffix("T00:00:00") == value
    if isinstance(seen, bool) or isinstance(value, bool):
        return seen is value
    if isinstance(seen, Decimal):
        return seen == Decimal(written.replace(",", "."))
    return bool(seen == value)


def _plain(value: Any) -> Any:
    """Missing values as None, dates and times in ISO 8601, numpy's numbers as Python's."""
    if hasattr(value, "item") and not isinstance(value, dt.date):
        value = value.item()
    if value is None or value != value:
        return None
    if isinstance(value, dt.datetime) and value.tzinfo:
        value = value.astimezone(dt.UTC).replace(tzinfo=None)
    return value.isoformat() if isinstance(value, dt.date) else value
