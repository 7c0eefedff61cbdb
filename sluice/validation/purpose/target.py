"""Which column is to be predicted, what kind of task that is, and whether it can be learnt."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sluice.contracts import tasks
from sluice.contracts.dataset import MIN_ROWS, Column, Finding, Scalar, Target
from sluice.contracts.spec import Spec
from sluice.contracts.spec_lines import target_line
from sluice.validation.profile.measure import FEW_VALUES, Summary
from sluice.validation.refusals import Refused
from sluice.validation.remedies import TARGET_NAMES, another_target
from sluice.validation.rows.columns import TypedColumn
from sluice.validation.wording import counted, listed, shown

GUESSES: Final = ("target-by-name", "target-guessed")
"""Codes of the findings that the target is a guess."""
MOST_CANDIDATES: Final = 6
MAX_CLASSES: Final = FEW_VALUES
FEW_ROWS_IN_CLASS: Final = 8
"""A class below this is warned of: it may be absent on one side of the split."""
STRONG_IMBALANCE: Final = 0.95

Counts = Sequence[tuple[Scalar, int]]


def choose_target(source: str, names: tuple[str, ...], spec: Spec) -> tuple[int, Finding | None]:
    """The target's place among the columns (from 0), and a warning where it was guessed.

    Raises `Refused` where sluice.yaml names a column that is not there.
    """
    if spec.target in names:
        return names.index(spec.target), None
    if spec.target and spec.target != "auto":
        close = difflib.get_close_matches(spec.target, names, n=1)
        hint = (
            f"Did you mean {target_line(close[0])}?"
            if close
            else f"There are {listed(list(names))}; `target: auto` lets one be chosen."
        )
        raise Refused(
            "unknown-target",
            f"{source}: sluice.yaml names {shown(spec.target)} as the target, and there is no "
            "such column.",
            remedy=hint,
            column=spec.target,
        )
    lower = [name.lower() for name in names]
    for known in TARGET_NAMES:
        if known in lower:
            return _by_name(names, lower.index(known))
    last = names[-1]
    return len(names) - 1, Finding(
        severity="warn",
        code="target-guessed",
        message=f"No column is called {', '.join(TARGET_NAMES[:-1])} or {TARGET_NAMES[-1]}, so "
        f"the last one, {shown(last)}, is taken as the target.{_candidates(names, last)}",
        remedy=f"To be sure, write {target_line(last)}, or the right one.",
        column=last,
    )


def _by_name(names: tuple[str, ...], place: int) -> tuple[int, Finding]:
    name = names[place]
    family = _family(name, names)
    if not family:
        return place, Finding(
            severity="note",
            code="target-by-name",
            message=f"{shown(name)} is taken as the target, by its name.",
            remedy="Should another column be predicted, name it under `target` in sluice.yaml.",
            column=name,
        )
    return place, Finding(
        severity="warn",
        code="target-by-name",
        message=f"{shown(name)} is taken as the target, by its name, and may be none: beside it "
        f"stand{'s' if len(family) == 1 else ''} {listed(family)}.{_candidates(names, name)}",
        remedy=f"To be sure, write {target_line(name)}, or the right one.",
        column=name,
    )


def _family(name: str, names: Sequence[str]) -> list[str]:
    """The columns whose names look like parts of one thing with it: x and z with y, pclass with
    class, label_2 with label. An x alone is what y is learnt from."""
    low = name.lower()
    others = [other for other in names if other != name]
    if len(name) > 1:
        return [other for other in others if low in other.lower()]
    numbered = [other for other in others if re.fullmatch(rf"{low}[_\W]?\d+", other.lower())]
    both = [other for other in others if other.lower() in (chr(ord(low) - 1), chr(ord(low) + 1))]
    return numbered + (both if len(both) > 1 else [])


def _candidates(names: Sequence[str], taken: str) -> str:
    """The other columns that may be meant, the last ones first: people put the target there."""
    others = [name for name in reversed(names) if name != taken]
    return f" Others are {listed(others, MOST_CANDIDATES)}." if others else ""


def check_rows(source: str, rows: int) -> None:
    """Refuse a drop with too few rows to learn from and to judge by."""
    if rows < MIN_ROWS:
        only = "only one row" if rows == 1 else f"only {rows} rows"
        raise Refused(
            "too-few-rows",
            f"{source}: there is {only}; at least {MIN_ROWS} are needed to learn and to judge."
            if rows == 1
            else f"{source}: there are {only}; at least {MIN_ROWS} are needed to learn and to "
            "judge.",
            remedy="Drop a file with more rows.",
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Purpose:
    """The task, and why."""

    task: str
    reason: str
    is_classes: bool = False
    """Whether the target holds classes; else it holds a quantity, or there is none."""
    over: str = ""
    """Forecasting: the clock's name, for a sentence."""


def decide_task(
    source: str,
    target: TypedColumn,
    summary: Summary,
    rows: int,
    spec: Spec,
    names: Sequence[str],
) -> Purpose:
    """Classification or regression; raises `Refused` where the target fits neither.

    Texts and images are told into classes too: `content.py` says whether it is them.
    """
    name = shown(target.name)
    values = counted(summary.distinct, "different value")
    if target.storage in ("DATE", "TIMESTAMP", "BLOB"):
        what = "images" if target.storage == "BLOB" else "dates"
        raise Refused(
            "unfit-target",
            f"{source}: the target {name} holds {what}, and there is no learner for those yet.",
            remedy=f"Turn it into a number or a class, or {another_target(names, target.name)}.",
            column=target.name,
        )
    is_number = target.storage in ("BIGINT", "DOUBLE")
    if spec.task == tasks.REGRESSION.name and not is_number:
        raise Refused(
            "unfit-target",
            f"{source}: sluice.yaml asks for regression, but the target {name} does not hold "
            "numbers.",
            remedy=f"Write `task: auto` in sluice.yaml, or {another_target(names, target.name)}.",
            column=target.name,
        )
    if spec.task == tasks.REGRESSION.name:
        return Purpose(task=tasks.REGRESSION.name, reason="sluice.yaml asks for regression.")
    if spec.task in (tasks.CLASSIFICATION.name, tasks.TEXT.name, tasks.IMAGE.name) or not is_number:
        why = (
            "sluice.yaml asks for classification."
            if spec.task == tasks.CLASSIFICATION.name
            else f"The target {name} holds no numbers and has {values}: classes."
        )
        if summary.distinct > MAX_CLASSES:
            raise Refused(
                "too-many-classes",
                f"{source}: the target {name} has {values} in {rows:,} rows; at most "
                f"{MAX_CLASSES:,} classes can be told apart.",
                remedy=(
                    "If it is a quantity, write `task: regression` in sluice.yaml; else "
                    if is_number
                    else "Group its values, or "
                )
                + f"{another_target(names, target.name)}.",
                column=target.name,
            )
        return Purpose(task=tasks.CLASSIFICATION.name, reason=why, is_classes=True)
    few = 2 <= summary.distinct <= 10 or (summary.distinct <= 20 and summary.distinct <= rows / 20)
    if summary.is_whole and few:
        return Purpose(
            task=tasks.CLASSIFICATION.name,
            is_classes=True,
            reason=f"The target {name} holds whole numbers and has {values} in {rows:,} rows: "
            "classes. Write `task: regression` in sluice.yaml if they are quantities.",
        )
    return Purpose(
        task=tasks.REGRESSION.name,
        reason=f"The target {name} holds numbers and has {values}: a quantity.",
    )


def check_classes(source: str, name: str, counts: Counts, names: Sequence[str]) -> list[Finding]:
    """Refuse classes that cannot be learnt; warn of those that hardly can."""
    findings = []
    total = sum(count for _, count in counts)
    singles = [str(value) for value, count in counts if count == 1]
    if singles:
        raise Refused(
            "single-row-class",
            f"{source}: the target {shown(name)} has {counted(len(singles), 'class', 'classes')} "
            f"with a single row: {listed(singles)}.",
            remedy=(
                "If it is a quantity, write `task: regression` in sluice.yaml; else drop"
                if all(isinstance(value, int | float) for value, _ in counts)
                else "Drop"
            )
            + f" more rows of each, or {another_target(names, name)}.",
            column=name,
        )
    small = [str(value) for value, count in counts if count < FEW_ROWS_IN_CLASS]
    if small:
        findings.append(
            Finding(
                severity="warn",
                code="small-class",
                message=f"{counted(len(small), 'class', 'classes')} of {shown(name)} with fewer "
                f"than {FEW_ROWS_IN_CLASS} rows: {listed(small)}.",
                remedy="Collect more rows of it; its score will be a guess.",
                column=name,
            )
        )
    value, most = counts[0]
    if most > STRONG_IMBALANCE * total:
        findings.append(
            Finding(
                severity="warn",
                code="imbalance",
                message=f"{most / total:.1%} of the rows are of the class {shown(value)}.",
                remedy="Collect more rows of the others; accuracy alone will look good and say "
                "little.",
                column=name,
            )
        )
    return findings


def check_sides(source: str, name: str, train: Counts, holdout: Counts) -> list[Finding]:
    """A class must be learnt to be judged: refuse one that only the holdout has."""
    learnt, judged = {v for v, _ in train}, {v for v, _ in holdout}
    if unlearnt := sorted(map(str, judged - learnt)):
        raise Refused(
            "class-only-in-holdout",
            f"{source}: all rows of the {shown(name)} {listed(unlearnt)} fall on the holdout "
            "side, so it cannot be learnt.",
            remedy="Drop more rows of it, or leave it out.",
            column=name,
        )
    if len(learnt) < 2:
        raise Refused(
            "one-class-in-train",
            f"{source}: the training side of the split holds one class of {shown(name)} only.",
            remedy="Drop more rows of the other classes.",
            column=name,
        )
    if unjudged := sorted(map(str, learnt - judged)):
        return [
            Finding(
                severity="warn",
                code="class-not-in-holdout",
                message=f"No holdout row has the {shown(name)} {listed(unjudged)}, so how well "
                "it is told apart will not be measured.",
                remedy="Drop more rows of it.",
                column=name,
            )
        ]
    return []


def target_of(column: Column, train: Counts, mean: float | None) -> Target:
    """The target as `schema.json` has it, with the answer of a model that looks at nothing."""
    if mean is not None:
        return Target(name=column.name, baseline=mean)
    values = [value for value, _ in train]
    return Target(name=column.name, classes=tuple(sorted(values)), baseline=values[0])
