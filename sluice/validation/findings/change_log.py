"""Logs of changes (DMS, Debezium, Qlik): a row for every insert, update and delete of a table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from sluice.contracts.dataset import Finding
from sluice.validation.findings.facts import MeasuredRows
from sluice.validation.rows.columns import TypedColumn
from sluice.validation.rows.table import only
from sluice.validation.wording import counted, shown

_OPERATION: Final = re.compile(
    r"(__|_|__\$|dml_?|cdc_?|change_?|row_?)?(op|operation|op_?type|change_?type|event_?type|action)",
    re.IGNORECASE,
)
_KEY: Final = re.compile(r"(.*[_\W])?(id|key|pk|uuid|guid|nr|no|number)|.*[a-z]Id", re.IGNORECASE)
_KINDS: Final = (
    {"i", "u", "d"},
    {"c", "u", "d", "r"},
    {"insert", "update", "delete", "update_preimage", "update_postimage"},
    {"create", "update", "delete", "read"},
    {"inserted", "updated", "deleted"},
)
"""What such logs call the operations, lower case."""
_CHANGES: Final = {"u", "d", "update", "delete", "updated", "deleted", "update_postimage"}


def change_log(rows: MeasuredRows) -> Iterator[Finding]:
    """Warn of a column of operations, where keys return."""
    for column in rows.table.columns:
        if column.storage != "VARCHAR" or not _OPERATION.fullmatch(column.name):
            continue
        found = _operations(rows, column)
        keys = [c for c in rows.table.columns if c is not column and _KEY.fullmatch(c.name)]
        again = [c for c in keys if rows.summaries[c.id].distinct < rows.summaries[c.id].present]
        if not found or (keys and not again):
            continue
        name = shown(column.name)
        key = again[0] if again else None
        returns = (
            f", and the {counted(rows.summaries[key.id].distinct, 'value')} of {shown(key.name)} "
            f"return in {rows.table.rows:,} rows"
            if key
            else ""
        )
        yield Finding(
            severity="warn",
            code="change-log",
            message=f"Column {name} holds {', '.join(map(shown, found))}{returns}: this looks like "
            "a log of changes and not like a table; rows that were changed or deleted since would "
            "be learnt too.",
            remedy="Drop the table as it stands now: of each "
            f"{shown(key.name) if key else 'key'} the last record, none where that deletes it, and "
            f"without {name}.",
            column=column.name,
        )


def _operations(rows: MeasuredRows, column: TypedColumn) -> list[str]:
    """The different values, where they are operations and some change or delete."""
    if not 2 <= rows.summaries[column.id].distinct <= max(map(len, _KINDS)):
        return []
    values = rows.con.execute(
        f"SELECT DISTINCT {column.id} FROM {only(rows.con, rows.table, [column])} "
        f"WHERE {column.id} IS NOT NULL ORDER BY 1"
    ).fetchall()
    found = [str(value) for (value,) in values]
    lower = {value.lower() for value in found}
    is_log = any(lower <= kinds for kinds in _KINDS) and lower & _CHANGES
    return found if is_log else []
