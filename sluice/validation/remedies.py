"""Lines of sluice.yaml as remedies show them, and the changes that a remedy comes to.

What stands in a remedy's backquotes is to be copied as it is: a line of sluice.yaml or of a shell.
So the changes are read off the words, and cannot say anything else than they do.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import Final

import yaml

from sluice.contracts.dataset import Change, Finding
from sluice.contracts.spec import Spec

_PLAIN_KEY: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_ -]*[A-Za-z0-9_]|[A-Za-z_]")
_RESERVED: Final = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})
"""Words that YAML 1.1 takes for something else than text."""


TARGET_NAMES: Final = ("target", "label", "class", "y")
"""Names by which a column is taken as the target, the first first."""


def quoted(text: str) -> str:
    """A text as YAML has it: in quotes where it would be something else without."""
    if _PLAIN_KEY.fullmatch(text) and text.lower() not in _RESERVED:
        return text
    return json.dumps(text, ensure_ascii=False)


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


def another_target(names: Sequence[str], taken: str) -> str:
    """How to name another column as the target, with the next one that may be meant: people put it
    last. Where none is left, what to do instead."""
    order = [name for name in reversed(names) if name.lower() not in TARGET_NAMES]
    place = order.index(taken) + 1 if taken in order else 0
    if place == len(order):
        return "add a column to predict"
    return f"name another target, such as {target_line(order[place])}"


def exclude_line(*names: str) -> str:
    """`exclude: [alive]`, in backquotes."""
    return f"`exclude: [{', '.join(map(quoted, names))}]` in sluice.yaml"


_COPIED: Final = re.compile(r"`([^`]+)`")
_FIELDS: Final = frozenset(field.alias or name for name, field in Spec.model_fields.items())
_PROGRAMS: Final = ("sluice", "aws", "duckdb", "tail", "sed", "mv")
"""Those that remedies call."""


def changes_in(remedy: str) -> tuple[Change, ...]:
    """The changes that stand in a remedy's backquotes, in their order."""
    return tuple(change for text in _COPIED.findall(remedy) for change in _changes(text))


def with_changes(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings, each with what its remedy comes to."""
    return tuple(
        finding.model_copy(update={"changes": changes_in(finding.remedy)}) for finding in findings
    )


def _changes(text: str) -> list[Change]:
    if text.partition(" ")[0] in _PROGRAMS:
        return [Change(command=text)]
    try:
        read = yaml.safe_load(text)
    except yaml.YAMLError:
        return []
    is_line = isinstance(read, dict) and read.keys() <= _FIELDS and None not in read.values()
    return [Change(settings=read)] if is_line else []
