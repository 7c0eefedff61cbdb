"""The order in which a drop is judged; every step is a module of its own.

bytes -> compressed -> dialect -> records -> reading |
json_reading | parquet -> columns -> target -> dataset ->
schema -> checks -> profile. The first step that finds the drop unusable ends it with a `Refused`,
which becomes the report's verdict.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sluice.contracts.dataset import Column, Finding, Report, Schema, Target
from sluice.contracts.spec import Read, Spec
from sluice.validation.bytes import parts_of
from sluice.validation.checks import (
    column_findings,
    duplicate_finding,
    first_row,
    leaks,
    reading_notes,
    unused_reading,
)
from sluice.validation.columns import Typed, typed_columns
from sluice.validation.compressed import expanded
from sluice.validation.contract import changes
from sluice.validation.dataset import Dataset, split_note, write_dataset
from sluice.validation.findings import Refused, counted, shown
from sluice.validation.json_reading import prepare_json
from sluice.validation.measure import Summary, summaries, value_counts
from sluice.validation.parquet import prepare_parquet
from sluice.validation.profile import make_profile
from sluice.validation.reading import Raw, prepare_csv
from sluice.validation.schema import column_type, described, left_out
from sluice.validation.session import session
from sluice.validation.stated import hold_rows, stated_type, with_types
from sluice.validation.target import (
    Decision,
    check_rows,
    choose_target,
    decide_task,
    judge_classes,
    judge_sides,
    target_of,
)

if TYPE_CHECKING:
    import duckdb

_ORDER = {"refuse": 0, "warn": 1, "note": 2}


def validate(
    source: Path,
    *,
    name: str,
    spec: Spec,
    salt: str,
    out: Path | None = None,
    memory_megabytes: int = 512,
    previous: Schema | None = None,
) -> Report:
    """Judge a dropped file or folder, and write the dataset it becomes.

    `name` is what the user called it: its extension settles the format, and every sentence names
    it. `salt` moves the split between train and holdout; one salt a model, for ever. With `out`,
    an accepted drop leaves `train/part-0.parquet`, `holdout/part-0.parquet`, `schema.json` and
    `profile.json` there; a rejected one leaves nothing. `memory_megabytes` is what the process
    may take. `previous` is the model's last accepted schema, which the drop is held against.

    Bad data never raises: the report says `rejected`, and why. What is raised is a bug, or a disk
    that is full.
    """
    known = _Known()
    with tempfile.TemporaryDirectory(prefix="sluice-") as folder:
        scratch = Path(folder).resolve()
        try:
            data = _judge(known, source.resolve(), name, spec, salt, memory_megabytes, scratch)
            if previous is not None:
                known.findings += changes(name, previous, known.schema, evolve=spec.contract.evolve)
        except Refused as refused:
            return _rejected(name, known, refused)
        if out is not None:
            _keep(known, data, out)
    return _accepted(name, known, data)


@dataclass(kw_only=True, slots=True)
class _Known:
    """What was found out so far; the report of a refused drop says as much as it holds."""

    raw: Raw | None = None
    columns: tuple[Column, ...] = ()
    target: Target | None = None
    decision: Decision | None = None
    findings: list[Finding] = field(default_factory=list)
    profile: dict[str, Any] = field(default_factory=dict)

    @property
    def schema(self) -> Schema:
        """Of a drop that was judged to the end."""
        if self.decision is None:
            raise ValueError("the drop was not judged to the end")
        return Schema(columns=self.columns, target=self.target, task=self.decision.task)


def _judge(
    known: _Known,
    source: Path,
    name: str,
    spec: Spec,
    salt: str,
    memory_megabytes: int,
    scratch: Path,
) -> Dataset:
    """Fill in `known` and write the dataset into `scratch`; raises `Refused`."""
    kind, parts = parts_of(source, name)
    if kind == "csv":
        known.raw = prepare_csv(expanded(parts, scratch), scratch, spec.read)
    elif kind != "parquet":
        known.raw = prepare_json(expanded(parts, scratch), kind, scratch)
    if kind != "csv" and spec.read != Read():
        known.findings.append(unused_reading(name, kind))
    if known.raw:
        parts = list(known.raw.parts)
        check_rows(name, known.raw.rows)
    with session(name, memory_megabytes, [part.path for part in parts], scratch) as con:
        raw = known.raw = known.raw or prepare_parquet(con, parts)
        check_rows(name, raw.rows)
        place, guess = choose_target(name, raw.names, spec)
        raw = with_types(raw, spec.contract)
        typed = typed_columns(con, raw)
        hold_rows(con, raw, typed, spec.contract)
        known.findings += [*filter(None, [guess]), *reading_notes(con, raw, typed)]
        _require_target(con, raw, typed[place], name)
        data = write_dataset(con, raw, typed, salt=salt, folder=scratch)
        _describe(con, known, data, typed, typed[place], name, spec)
    return data


def _require_target(con: duckdb.DuckDBPyConnection, raw: Raw, target: Typed, name: str) -> None:
    """Refuse a target that some rows lack."""
    lacking = raw.rows - target.present
    if not lacking:
        return
    row, _ = first_row(con, raw, f"{target.value} IS NULL", target)
    where, line = raw.place(row)
    share = "every row" if not target.present else f"{lacking:,} of {raw.rows:,} rows"
    raise Refused(
        "missing-target",
        f"{where}: the target {shown(target.name)} is missing here, and in {share} in all."
        if lacking > 1
        else f"{where}: the target {shown(target.name)} is missing here.",
        remedy="Fill it in, remove these rows, or name another target in sluice.yaml.",
        column=target.name,
        line=line,
    )


def _describe(
    con: duckdb.DuckDBPyConnection,
    known: _Known,
    data: Dataset,
    typed: list[Typed],
    target: Typed,
    name: str,
    spec: Spec,
) -> None:
    """Schema, task, checks and profile of the written dataset."""
    found = summaries(con, data.everything, typed)
    wanted = found[target.id]
    if wanted.distinct == 1:
        raise Refused(
            "constant-target",
            f"{name}: the target {shown(target.name)} has the same value in all "
            f"{data.rows:,} rows, so there is nothing to learn.",
            remedy="Drop rows with other values too, or name another target in sluice.yaml.",
            column=target.name,
        )
    _refuse_mixed(known, target, wanted, spec)
    known.decision = decide_task(name, target, wanted, data.rows, spec)
    kinds = [column_type(t, found[t.id], is_target=t is target) for t in typed]
    kinds = [
        kind if t is target else stated_type(t, found[t.id], kind, spec.contract)
        for t, kind in zip(typed, kinds, strict=True)
    ]
    few = [t.id for t, kind in zip(typed, kinds, strict=True) if kind == "category"]
    is_classification = known.decision.task == "classification"
    if is_classification and target.id not in few:
        few.append(target.id)
    counts = value_counts(con, data.everything, few)
    known.columns = tuple(
        described(t, found[t.id], kind, data.rows, tuple(str(v) for v, _ in counts.get(t.id, ())))
        for t, kind in zip(typed, kinds, strict=True)
    )
    _require_features(name, known.columns, target.name)
    if is_classification:
        known.findings += judge_classes(name, target.name, counts[target.id])
        train = value_counts(con, data.training, [target.id])[target.id]
        learnt = dict(train)
        holdout = [(v, n - learnt.get(v, 0)) for v, n in counts[target.id] if n > learnt.get(v, 0)]
        known.findings += judge_sides(name, target.name, train, holdout)
    else:
        train = []
    known.findings += [
        finding
        for t, kind in zip(typed, kinds, strict=True)
        if t is not target and (finding := left_out(t, found[t.id], kind))
    ]
    entries = [(t, c, found[t.id]) for t, c in zip(typed, known.columns, strict=True)]
    known.findings += column_findings(entries, data.rows, target.name)
    known.findings += duplicate_finding(con, data)
    known.findings += leaks(con, data, entries, target.name, known.decision.task)
    known.profile = make_profile(con, data, typed, known.columns)
    mean = known.profile["columns"][target.name].get("mean")
    column = known.columns[typed.index(target)]
    known.target = target_of(column, known.decision.task, train, mean)


def _refuse_mixed(known: _Known, target: Typed, summary: Summary, spec: Spec) -> None:
    """A target of numbers with some text among them is no set of classes."""
    if target.odd is None or summary.distinct <= 20 or spec.task == "classification":
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


def _require_features(name: str, columns: tuple[Column, ...], target: str) -> None:
    left = [c for c in columns if c.name != target and c.type not in ("identifier", "text")]
    if left:
        return
    others = ", ".join(f"{shown(c.name)} ({c.type})" for c in columns if c.name != target)
    raise Refused(
        "no-feature",
        f"{name}: beside the target {shown(target)} there is no column a model can look at: "
        f"{others[:300]}.",
        remedy="Add columns of numbers, categories or dates that describe the rows.",
    )


def _keep(known: _Known, data: Dataset, out: Path) -> None:
    for path, side in ((data.train, "train"), (data.holdout, "holdout")):
        (out / side).mkdir(parents=True, exist_ok=True)
        shutil.move(path, out / side / path.name)
    (out / "schema.json").write_text(known.schema.model_dump_json(indent=1) + "\n")
    profile = json.dumps(known.profile, indent=1, ensure_ascii=False, allow_nan=False)
    (out / "profile.json").write_text(profile + "\n")


def _accepted(name: str, known: _Known, data: Dataset) -> Report:
    schema = known.schema
    if schema.target is None:
        raise ValueError("an accepted drop has a target")
    what = (
        f"{len(schema.target.classes)} classes of {shown(schema.target.name)}"
        if schema.target.classes
        else f"the quantity {shown(schema.target.name)}"
    )
    warnings = sum(f.severity == "warn" for f in known.findings)
    also = f" {counted(warnings, 'warning')} in the report." if warnings else ""
    return _report(
        name,
        known,
        verdict="accepted",
        reason=f"{name}: {counted(data.rows, 'row')} with "
        f"{counted(len(schema.features), 'feature')} to predict {what}; {split_note(data)}.{also}",
        train_rows=data.train_rows,
        holdout_rows=data.holdout_rows,
    )


def _rejected(name: str, known: _Known, refused: Refused) -> Report:
    known.findings.append(refused.finding)
    return _report(name, known, verdict="rejected", reason=str(refused))


def _report(name: str, known: _Known, **verdict: Any) -> Report:
    return Report(
        source=name,
        rows=known.raw.rows if known.raw else 0,
        columns=known.columns,
        target=known.target,
        task=known.decision.task if known.decision else None,
        task_reason=known.decision.reason if known.decision else "",
        findings=tuple(sorted(known.findings, key=lambda f: _ORDER[f.severity])),
        dialect=known.raw.dialect if known.raw else {},
        profile=known.profile,
        **verdict,
    )
