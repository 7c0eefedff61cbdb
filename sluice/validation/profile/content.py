"""What the texts and images of a drop look like, for the profile and the report's pictures.

    text    "length": numbers, "words": numbers
    image   "width": numbers, "height": numbers,
            "sizes", "formats", "channels": [{"value": "640 x 480", "count": 80}, …]

where `numbers` has min, max, mean, std, quantiles and histogram as a column of integers has them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sluice.contracts import tasks
from sluice.contracts.dataset import Column
from sluice.validation.formats.source import Source
from sluice.validation.profile.association import Entry
from sluice.validation.profile.measure import measures
from sluice.validation.profile.profile import TOP, make_profile
from sluice.validation.rows.columns import TypedColumn
from sluice.validation.rows.table import Table, stored_query

if TYPE_CHECKING:
    import duckdb

_NUMBERS = ("min", "max", "mean", "std", "quantiles", "histogram")
_RANKED = {"sizes": "width || ' x ' || height", "formats": "format", "channels": "channels"}


def contents_of(
    con: duckdb.DuckDBPyConnection,
    source: Source,
    data: Table,
    columns: Sequence[Entry],
    target: str | None,
    task: str,
) -> dict[str, dict[str, Any]]:
    """What the texts or images are made of, by column; none where the task reads none."""
    if task not in tasks.CONTENT:
        return {}
    facts = source.content.facts if source.content else ""
    found = {}
    for typed, column, _ in columns:
        if column.name != target and column.type == "text":
            found[column.name] = _of_texts(con, data, typed.id)
        elif column.name != target and column.type == "image":
            found[column.name] = _of_images(con, data, facts)
    return found


def _of_texts(con: duckdb.DuckDBPyConnection, data: Table, i: str) -> dict[str, Any]:
    """Characters, and words: what stands between blanks. A list of the words of one text would take
    ten times its memory, so each is made a dot, and the dots are counted."""
    dotted = f"regexp_replace({i}, '\\S+', '.', 'g')"
    words = f"length(translate({dotted}, E' \\t\\n\\r\\f', ''))"
    return _numbers(
        con,
        data,
        f"SELECT length({i}) AS c1, {words} AS c2 FROM {data.relation} WHERE {i} IS NOT NULL",
        "length",
        "words",
    )


def _of_images(con: duckdb.DuckDBPyConnection, data: Table, facts: str) -> dict[str, Any]:
    ranked = {
        name: con.execute(
            f"SELECT {value}, count(*) FROM {facts} GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {TOP}"
        ).fetchall()
        for name, value in _RANKED.items()
    }
    sizes = f"SELECT width AS c1, height AS c2 FROM {facts}"
    return _numbers(con, data, sizes, "width", "height") | {
        name: [{"value": value, "count": count} for value, count in found]
        for name, found in ranked.items()
    }


def _numbers(
    con: duckdb.DuckDBPyConnection, data: Table, query: str, first: str, second: str
) -> dict[str, Any]:
    """Two columns of integers, c1 and c2, measured as those of a table are."""
    columns = (
        TypedColumn(id="c1", name=first, storage="BIGINT"),
        TypedColumn(id="c2", name=second, storage="BIGINT"),
    )
    numbers = stored_query(con, query, columns, data.kept.paths[0].with_name(f"{first}s"))
    described = tuple(Column(name=c.name, type="integer", nullable=False) for c in columns)
    found = make_profile(numbers, described, measures(numbers).summaries, {}, {}, {})["columns"]
    return {name: {key: found[name].get(key) for key in _NUMBERS} for name in (first, second)}
