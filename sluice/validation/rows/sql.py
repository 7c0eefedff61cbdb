"""Text from outside as part of a query."""

from __future__ import annotations


def literal(text: str) -> str:
    """`text` as an SQL string."""
    return "'" + text.replace("'", "''") + "'"
