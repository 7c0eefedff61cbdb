"""Lines of sluice.yaml as remedies show them, each to be copied as it is."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Final

_PLAIN_KEY: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_ -]*[A-Za-z0-9_]|[A-Za-z_]")
_RESERVED: Final = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})
"""Words that YAML 1.1 takes for something else than text."""


def quoted(text: str) -> str:
    """A text as YAML has it: in quotes where it would be something else without."""
    if _PLAIN_KEY.fullmatch(text) and text.lower() not in _RESERVED:
        return text
    # A backquote would end the line as remedies show it.
    return json.dumps(text, ensure_ascii=False).replace("`", "\\u0060")


def column_line(name: str, **stated: str) -> str:
    """`schema: {columns: {when: {type: date, format: "%d/%m/%Y"}}}`, in backquotes."""
    return columns_line([name], **stated)


def columns_line(names: Sequence[str], **stated: str) -> str:
    """The same of several columns."""
    members = ", ".join(f"{key}: {quoted(value)}" for key, value in stated.items())
    columns = ", ".join(f"{quoted(name)}: {{{members}}}" for name in names)
    return f"`schema: {{columns: {{{columns}}}}}` in sluice.yaml"


def target_line(name: str) -> str:
    """`target: price`, in backquotes."""
    return f"`target: {quoted(name)}` in sluice.yaml"


def exclude_line(*names: str) -> str:
    """`exclude: [alive]`, in backquotes."""
    return f"`exclude: [{', '.join(map(quoted, names))}]` in sluice.yaml"
