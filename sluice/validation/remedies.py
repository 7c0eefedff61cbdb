"""The changes that a remedy comes to.

What stands in a remedy's backquotes is to be copied as it is: a line of sluice.yaml or of a shell.
So the changes are read off the words, and cannot say anything else than they do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

import yaml

from sluice.contracts.dataset import Change, Finding
from sluice.contracts.spec import Spec
from sluice.contracts.spec_lines import target_line

TARGET_NAMES: Final = ("target", "label", "class", "y")
"""Names by which a column is taken as the target, the first first."""


def another_target(names: Sequence[str], taken: str) -> str:
    """How to name another column as the target, with the next one that may be meant: people put it
    last. Where none is left, what to do instead."""
    order = [name for name in reversed(names) if name.lower() not in TARGET_NAMES]
    place = order.index(taken) + 1 if taken in order else 0
    if place == len(order):
        return "add a column to predict"
    return f"name another target, such as {target_line(order[place])}"


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
