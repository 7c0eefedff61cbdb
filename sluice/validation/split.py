"""Which rows judge: a row's side follows from its content alone.

It is the salted MD5 of the row's values as canonical text, in the order of the columns' names. So
duplicates fall on one side, and a row keeps its side when it is dropped again, in another order or
with its columns in another order. MD5 is used for its stability over versions and languages, not
for secrecy; the salt keeps a dropper from choosing the side.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sluice.validation.candidates import Storage
from sluice.validation.sql import literal

HOLDOUT_PERCENT: Final = 20

_SEPARATOR = "chr(31)"


def is_holdout(texts: Iterable[tuple[str, str]], salt: str) -> str:
    """SQL: true for rows that judge. `texts` are each column's name and the SQL of its canonical
    text; Python's twin stands in the tests.

    NULLs are left out by concat_ws; two rows that then read alike only share a side.
    """
    ordered = ", ".join(text for _, text in sorted(texts))
    content = f"concat_ws({_SEPARATOR}, {literal(salt)}, {ordered})"
    return f"(('0x' || left(md5({content}), 8))::BIGINT % 100 < {HOLDOUT_PERCENT})"


def canonical(value: str, storage: Storage) -> str:
    """SQL of a stored value as text; bytes are their digest. A float that is whole is written as
    the integer it equals, so that a column keeps its rows' sides when it turns from integers to
    floats."""
    if storage == "BLOB":
        return f"md5({value})"
    if storage != "DOUBLE":
        return f"{value}::VARCHAR"
    is_integer = f"{value} = trunc({value}) AND abs({value}) < 9007199254740992"
    return f"(CASE WHEN {is_integer} THEN {value}::BIGINT::VARCHAR ELSE {value}::VARCHAR END)"
