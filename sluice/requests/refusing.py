"""How a refusal tells its faults: few, short, and in the order of the rows."""

from __future__ import annotations

import json
import math
from typing import Any, Final, cast

from sluice.contracts.errors import RequestRefused

MAX_PROBLEMS: Final = 20
"""Faults that one refusal lists; the rest are counted."""

SHOWN: Final = 40
"""Characters of a caller's own text that a refusal repeats."""

Problem = dict[str, object]


def refuse_if(problems: list[Problem]) -> None:
    """Raise if there are problems: the sentence names the first, the members list the others."""
    if not problems:
        return
    # A fault of the header has no row and stands above all rows.
    problems.sort(key=lambda fault: -1 if (row := fault["row"]) is None else cast("int", row))
    first = problems[0]
    where = "The header" if first["row"] is None else f"Row {first['row']}"
    if first["column"] is not None:
        where += f", column {shown(first['column'])}"
    more = " There are more faults." if len(problems) > 1 else ""
    raise RequestRefused(
        422, f"{where}: {first['detail']}{more}", problems=tuple(problems[:MAX_PROBLEMS])
    )


def kind_of(value: Any) -> str:
    """What sort of JSON value this is, for a sentence."""
    names = {dict: "an object", list: "an array", str: "text", bool: "true or false"}
    return "null" if value is None else names.get(type(value), "a number")


def shown(value: Any) -> str:
    """The caller's own value, short enough for a sentence."""
    if isinstance(value, (dict, list)):
        return kind_of(value)
    if isinstance(value, float) and not math.isfinite(value):
        return "a number beyond a double's range"
    if isinstance(value, int) and value.bit_length() >= 1024:
        return "an integer beyond a double's range"
    text = printable(json.dumps(value, ensure_ascii=False))
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def printable(text: str) -> str:
    """`text` without what UTF-8 cannot carry: JSON may spell half a surrogate pair."""
    return text.encode("utf-8", "replace").decode()


def has_half_surrogate(text: str) -> bool:
    """Whether the text holds what is no character, and what UTF-8 cannot carry."""
    return not text.isascii() and any("\ud800" <= letter <= "\udfff" for letter in text)
