"""Commands in remedies: they are pasted into a shell as they stand."""

from __future__ import annotations

import re
import shlex
from typing import Final

_MEANS_SOMETHING: Final = frozenset('"$`\\!')
"""Characters that a shell looks at inside of double quotes."""


def duckdb(query: str) -> str:
    """DuckDB's command line, with a query."""
    is_plain = _MEANS_SOMETHING.isdisjoint(query)
    return "duckdb -c " + (f'"{query}"' if is_plain else shlex.quote(query))


def column(name: str) -> str:
    """A column in a query, quoted where it has to be."""
    if re.fullmatch(r"[A-Za-z_]\w*", name, re.ASCII):
        return name
    return '"' + name.replace('"', '""') + '"'
