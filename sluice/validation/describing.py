"""What the rows of a drop are for, and what stands out in them: the middle of the engine's way.

measure -> clock -> task (target, forecasting) -> schema -> association -> checks (leaks, units)
-> profile; then the two sides of the split.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from sluice.contracts import tasks
from sluice.contracts.dataset import Scalar
from sluice.contracts.spec import Spec
from sluice.validation.findings.checks import column_findings, duplicate_finding
from sluice.validation.findings.leaks import leaks
from sluice.validation.findings.lookalikes import doubtful_points, lookalikes
from sluice.validation.findings.stated import stated_type
from sluice.validation.findings.strays import totals_row
from sluice.validation.findings.units import unit_findings
from sluice.validation.formats.source import Source
from sluice.validation.known import Known
from sluice.validation.profile.association import Entry, associations
from sluice.validation.profile.content import describe_contents
from sluice.validation.profile.measure import Measures, Summary, measures
from sluice.validation.profile.profile import make_profile
from sluice.validation.profile.schema import column_type, described
from sluice.validation.purpose.clock import clocks, time_order
from sluice.validation.purpose.content import content_task, left_out, require_features
from sluice.validation.purpose.target import Counts, judge_classes, judge_sides, target_of
from sluice.validation.purpose.task import (
    Choice,
    all_labelled,
    episode_finding,
    may_lack,
    with_target,
    without_target,
)
from sluice.validation.refusals import Refused, shown
from sluice.validation.rows.columns import TypedColumn
from sluice.validation.rows.table import Table, first_row

if TYPE_CHECKING:
    import duckdb


def require_target(
    con: duckdb.DuckDBPyConnection, raw: Source, data: Table, target: TypedColumn, spec: Spec
) -> None:
    """Refuse a target that some rows lack, unless they are meant to."""
    lacking = data.rows - target.present
    if not lacking or may_lack(target, data.rows, spec):
        return
    row, _ = first_row(con, data, f"{target.id} IS NULL", target)
    where, line = raw.place(row)
    share = "every row" if not target.present else f"{lacking:,} of {data.rows:,} rows"
    raise Refused(
        "missing-target",
        f"{where}: the target {shown(target.name)} is missing here, and in {share} in all."
        if lacking > 1
        else f"{where}: the target {shown(target.name)} is missing here.",
        remedy="Fill it in, remove these rows, write `task: semi-supervised` in sluice.yaml to "
        "learn from them too, or name another target."
        if target.present
        else "Fill it in, or name another target in sluice.yaml.",
        column=target.name,
        line=line,
    )


def describe(
    con: duckdb.DuckDBPyConnection,
    known: Known,
    raw: Source,
    data: Table,
    target: TypedColumn | None,
    choice: Choice,
    name: str,
    spec: Spec,
) -> tuple[list[Entry], Measures, dict[str, list[tuple[Scalar, int]]]]:
    """Schema, task, checks and profile of the rows; also how often the values of columns that have
    few, and the target's classes, occur."""
    measured = measures(data)
    found = measured.summaries
    known.findings += [*totals_row(con, raw, data, found), *lookalikes(con, data)]
    known.findings += doubtful_points(raw, data)
    times = clocks(data, found, target)
    if target:
        _refuse_constant(name, target, found[target.id], data.rows)
        _refuse_mixed(known, target, found[target.id], spec)
        known.decision = with_target(con, name, data, target, found, times, spec)
        known.findings += all_labelled(known.decision.task, target, data.rows)
    else:
        names = [column.name for column in data.columns]
        known.decision = without_target(names, choice, spec)
        known.findings += episode_finding(known.decision.task, names)
    kinds = [column_type(t, found[t.id], is_target=t is target) for t in data.columns]
    kinds = [
        kind if t is target else stated_type(t, found[t.id], kind, spec.contract)
        for t, kind in zip(data.columns, kinds, strict=True)
    ]
    is_classes = known.decision.is_classes
    counts = {
        t.id: measured.counts(con, data, t)
        for t, kind in zip(data.columns, kinds, strict=True)
        if kind in ("category", "boolean") or (is_classes and t is target)
    }
    known.columns = tuple(
        described(t, found[t.id], kind, data.rows, tuple(str(v) for v, _ in counts.get(t.id, ())))
        for t, kind in zip(data.columns, kinds, strict=True)
    )
    entries = [(t, c, found[t.id]) for t, c in zip(data.columns, known.columns, strict=True)]
    features = [entry for entry in entries if entry[0] is not target]
    goal_name = target.name if target else None
    if target:
        known.decision = content_task(name, known.decision, entries, target.name, spec)
    require_features(name, known.columns, goal_name, known.decision.task)
    if target and is_classes:
        known.findings += judge_classes(name, target.name, counts[target.id])
    known.findings += left_out(entries, goal_name, known.decision.task)
    known.findings += column_findings(features, data.rows)
    known.findings += duplicate_finding(data)
    known.findings += unit_findings(con, data, entries)
    known.findings += time_order(con, data, times)
    ties = {}
    if target:
        goal = next(entry for entry in entries if entry[0] is target)
        ties = associations(data, measured.measured, goal, features, is_classes=is_classes)
        known.findings += leaks(features, target.name, ties)
    known.profile = make_profile(data, known.columns, found, counts, ties)
    if target and known.decision.task in tasks.CONTENT:
        facts = raw.content.facts if raw.content else ""
        describe_contents(con, data, known.profile, entries, target.name, facts)
    return entries, measured, counts


def divide(
    con: duckdb.DuckDBPyConnection,
    known: Known,
    data: Table,
    target: TypedColumn | None,
    measured: Measures,
    counts: Mapping[str, Counts],
    name: str,
) -> None:
    """Count the rows to learn from, and judge whether they and the others are enough."""
    if known.decision is None:
        raise ValueError("the drop was not judged so far")
    is_quantity = target and not known.decision.is_classes
    mean = f"avg({target.id})" if target and is_quantity else "NULL"
    present = f"count({target.id})" if target else "count(*)"
    rows, labelled, mean = con.execute(
        f"SELECT count(*), {present}, {mean} FROM {data.training}"
    ).fetchall()[0]
    every = target.present if target else data.rows
    if labelled in (0, every):
        what = "rows" if every == data.rows else "rows with a target"
        raise Refused(
            "one-sided-split",
            f"{name}: all {every:,} {what} fall on one side of the split, because most of "
            "them are equal."
            if every == data.rows
            else f"{name}: all {every:,} {what} fall on one side of the split.",
            remedy="Drop more rows that differ.",
        )
    known.train_rows = rows
    if target is None:
        return
    if mean is not None and not math.isfinite(mean):
        raise Refused(
            "unfit-target",
            f"{name}: the numbers of the target {shown(target.name)} are so large that their sum "
            "is beyond what a 64-bit float holds.",
            remedy="Write it in a larger unit.",
            column=target.name,
        )
    learnt: Counts = ()
    if known.decision.is_classes:
        learnt = measured.counts(con, data, target, is_learnt=True)
        of_train = dict(learnt)
        judged = [
            (v, n - of_train.get(v, 0)) for v, n in counts[target.id] if n > of_train.get(v, 0)
        ]
        known.findings += judge_sides(name, target.name, learnt, judged)
    column = next(column for column in known.columns if column.name == target.name)
    known.target = target_of(column, learnt, mean)


def _refuse_constant(name: str, target: TypedColumn, summary: Summary, rows: int) -> None:
    if summary.distinct > 1:
        return
    where = f"all {rows:,} rows" if target.present == rows else "all rows that have one"
    raise Refused(
        "constant-target",
        f"{name}: the target {shown(target.name)} has the same value in {where}, so there is "
        "nothing to learn.",
        remedy="Drop rows with other values too, or name another target in sluice.yaml.",
        column=target.name,
    )


def _refuse_mixed(known: Known, target: TypedColumn, summary: Summary, spec: Spec) -> None:
    """A target of numbers with some text among them is no set of classes."""
    if target.odd is None or summary.distinct <= 20 or spec.task == tasks.CLASSIFICATION.name:
        return
    finding = next(
        f for f in known.findings if f.code == "mixed-values" and f.column == target.name
    )
    known.findings.remove(finding)
    raise Refused(
        "mixed-target",
        finding.message.replace("; all are kept as text", ""),
        remedy=finding.remedy.replace("leave them empty", "remove these rows"),
        column=target.name,
        line=finding.line,
    )
