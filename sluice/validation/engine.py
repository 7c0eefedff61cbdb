"""The order in which a drop is judged; every step is a module of its own.

bytes -> formats (each makes a `Source` of its own) -> rows (stored once, as a `Table`) -> stated ->
describing (what the rows are for, and what stands out) -> contract -> dataset. The first step that
finds the drop unusable ends it with a `Refused`, which becomes the report's verdict.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sluice.contracts.dataset import ROWS_FILE, Report, Schema
from sluice.contracts.spec import Spec
from sluice.validation.describing import describe, divide, require_target
from sluice.validation.findings.checks import reading_notes, unused_reading
from sluice.validation.findings.contract import Last, held_against
from sluice.validation.findings.stated import check_stated, hold_rows
from sluice.validation.findings.strays import refuse_strays
from sluice.validation.formats.parts import parts_of
from sluice.validation.formats.source import Opening
from sluice.validation.known import Known
from sluice.validation.purpose.target import check_rows
from sluice.validation.purpose.task import choose
from sluice.validation.refusals import OutOfMemory, Refused
from sluice.validation.report.verdict import accepted_sentence
from sluice.validation.rows.dataset import write_dataset
from sluice.validation.rows.rejects import quarantined, write_rows
from sluice.validation.rows.session import bounded, megabytes_for, session
from sluice.validation.rows.workers import Readers, crew

if TYPE_CHECKING:
    from concurrent.futures import Executor

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
    workers: int = 1,
    previous: Schema | None = None,
    previous_profile: Mapping[str, Any] | None = None,
) -> Report:
    """Judge a dropped file or folder, and write the dataset it becomes.

    `name` is what the user called it: its extension settles the format, and every sentence names
    it. `salt` moves the split between train and holdout; one salt a model, for ever. With `out`,
    an accepted drop leaves `train/part-0.parquet`, `holdout/part-0.parquet`, `schema.json` and
    `profile.json` there, and `rows.jsonl` where rows were quarantined; a rejected one leaves
    nothing. `memory_megabytes` is what each process may take. More than one of the `workers` read
    large files in pieces of their own, and find what one finds. `previous` and
    `previous_profile` are `schema.json` and `profile.json` of the model's last accepted drop, which
    this one is held against.

    Bad data never raises: the report says `rejected`, and why. What is raised is a bug, or a disk
    that is full.
    """
    asked = _Asked(
        source=source.resolve(),
        name=name,
        spec=spec,
        salt=salt,
        out=out,
        memory_megabytes=memory_megabytes,
        workers=workers,
        last=Last(schema=previous, profile=previous_profile) if previous else None,
    )
    try:
        return _attempt(asked)
    except OutOfMemory:
        # More than such a table needs as a rule: now with all that the process can spare.
        return _attempt(replace(asked, is_frugal=False))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Asked:
    """The arguments of `validate`."""

    source: Path
    name: str
    spec: Spec
    salt: str
    out: Path | None
    memory_megabytes: int
    workers: int
    last: Last | None
    is_frugal: bool = True


def _attempt(asked: _Asked) -> Report:
    known = Known()
    name = asked.name
    with tempfile.TemporaryDirectory(prefix="sluice-") as folder, crew(asked.workers) as executor:
        scratch = Path(folder).resolve()
        try:
            _judge(known, asked, scratch, executor)
        except Refused as refused:
            if isinstance(refused, OutOfMemory) and asked.is_frugal:
                raise
            return _rejected(name, known, refused)
        if asked.out is not None:
            _keep(known, scratch, asked.out)
    return _accepted(name, known)


def _judge(known: Known, asked: _Asked, scratch: Path, executor: Executor | None) -> None:
    """Fill in `known`, and write the dataset into `scratch` if asked to; raises `Refused`."""
    name, spec = asked.name, asked.spec
    memory = asked.memory_megabytes
    form, parts = parts_of(asked.source, name)
    with ExitStack() as stack:

        @cache
        def connect() -> duckdb.DuckDBPyConnection:
            files = [part.path for part in parts]
            return stack.enter_context(session(name, memory, files, scratch))

        known.raw = form.open(
            Opening(
                parts=parts, scratch=scratch, stated=spec.read, executor=executor, connect=connect
            )
        )
        known.findings += unused_reading(name, known.raw.content or form, spec.read)
        check_rows(name, known.raw.rows)
        con = connect()
        megabytes = megabytes_for(
            len(known.raw.names),
            memory,
            is_large=known.raw.content is not None,
            is_frugal=asked.is_frugal,
        )
        bounded(con, megabytes)
        choice = choose(name, known.raw.names, spec)
        check_stated(known.raw, spec.contract)
        reading = known.raw.store(
            Readers(con=con, scratch=scratch, executor=executor),
            stated=spec.contract,
            salt=asked.salt,
            quarantine_up_to=spec.bad_rows.quarantine_up_to,
        )
        raw, data = reading.source, reading.table
        known.raw, known.rejects = raw, reading.rejects
        check_rows(name, raw.rows)
        known.findings += quarantined(known.rejects, raw.rows + len(known.rejects))
        known.findings += () if raw.content else choice.findings
        known.findings += reading_notes(con, raw, data)
        refuse_strays(con, raw, data)
        hold_rows(con, raw, data, spec.contract)
        target = None if choice.target is None else data.columns[choice.target]
        if target:
            require_target(con, raw, data, target, spec)
        entries, measured, counts = describe(con, known, raw, data, target, choice, name, spec)
        divide(con, known, data, target, measured, counts, name)
        if asked.last:
            evolve = spec.contract.evolve
            known.findings += held_against(
                con, data, name, asked.last, known.schema, entries, counts, evolve=evolve
            )
        if asked.out is not None:
            write_dataset(con, data, scratch)


def _keep(known: Known, scratch: Path, out: Path) -> None:
    for side in ("train", "holdout"):
        shutil.move(scratch / side, out / side)
    (out / "schema.json").write_text(known.schema.model_dump_json(indent=1) + "\n")
    profile = json.dumps(known.profile, indent=1, ensure_ascii=False, allow_nan=False)
    (out / "profile.json").write_text(profile + "\n")
    if known.rejects:
        write_rows(known.rejects, out / ROWS_FILE)


def _accepted(name: str, known: Known) -> Report:
    if known.decision is None:
        raise ValueError("an accepted drop has a task")
    reason = accepted_sentence(
        name,
        known.schema,
        known.decision,
        train=known.train_rows,
        holdout=known.holdout_rows,
        warnings=sum(f.severity == "warn" for f in known.findings),
    )
    return _report(
        name,
        known,
        verdict="accepted",
        reason=reason,
        train_rows=known.train_rows,
        holdout_rows=known.holdout_rows,
    )


def _rejected(name: str, known: Known, refused: Refused) -> Report:
    known.findings += [refused.finding, *refused.more]
    return _report(name, known, verdict="rejected", reason=str(refused))


def _report(name: str, known: Known, **verdict: Any) -> Report:
    return Report(
        source=name,
        rows=known.raw.rows if known.raw else 0,
        quarantined_rows=len(known.rejects),
        columns=known.columns,
        target=known.target,
        task=known.decision.task if known.decision else None,
        task_reason=known.decision.reason if known.decision else "",
        findings=tuple(sorted(known.findings, key=lambda f: _ORDER[f.severity])),
        dialect=known.raw.dialect if known.raw else {},
        profile=known.profile,
        **verdict,
    )
