"""What happens to a drop, step by step: `_steps` is the order, every step a module of its own.

Each step takes what those before it gave and changes nothing of it. The first that finds the drop
unusable ends it with a `Refused`, which becomes the report's verdict; the report then says as much
as was found out by the step before.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sluice.contracts.dataset import Report, Schema
from sluice.contracts.spec import Spec
from sluice.validation.columns import describe
from sluice.validation.draft import Draft
from sluice.validation.findings import registry
from sluice.validation.findings.contract import Last, held_against
from sluice.validation.findings.facts import (
    AssociatedRows,
    DescribedRows,
    MeasuredRows,
    StoredRows,
)
from sluice.validation.findings.goal import (
    refuse_lost_class,
    refuse_mixed,
    refuse_quoted,
    refuse_with_unit,
    require_values,
    require_variety,
)
from sluice.validation.findings.lookalikes import IN_QUOTES
from sluice.validation.findings.meant_for import all_labelled, episodes, label_first, untaught
from sluice.validation.findings.mixed import mixed_goal
from sluice.validation.findings.reading import read_unused
from sluice.validation.findings.readings import refuse_doubtful
from sluice.validation.findings.stated import check_stated, hold_rows
from sluice.validation.findings.strays import refuse_strays
from sluice.validation.formats.files import dropped_files
from sluice.validation.formats.listing import check_hive
from sluice.validation.formats.registry import by_name
from sluice.validation.formats.source import Opening
from sluice.validation.profile.association import associations
from sluice.validation.profile.content import contents_of
from sluice.validation.profile.measure import measures
from sluice.validation.profile.profile import make_profile
from sluice.validation.purpose.content import content_task, require_features
from sluice.validation.purpose.target import check_classes, check_rows
from sluice.validation.purpose.task import check_excluded, choose, with_target, without_target
from sluice.validation.purpose.time_columns import time_columns
from sluice.validation.refusals import OutOfMemory, Refused
from sluice.validation.rows.dataset import write_dataset
from sluice.validation.rows.rejects import quarantined
from sluice.validation.rows.session import bounded, megabytes_for, session
from sluice.validation.rows.workers import Readers, crew
from sluice.validation.split import split_of

if TYPE_CHECKING:
    from concurrent.futures import Executor

    import duckdb


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
    not_fetched: Sequence[str] = (),
) -> Report:
    """Assess a dropped file or folder, and write the dataset it becomes.

    `name` is what the user called it: its extension settles the format, and every sentence names
    it. `salt` moves the split between train and holdout; one salt a model, for ever. With `out`,
    an accepted drop leaves `train/part-0.parquet`, `holdout/part-0.parquet`, `schema.json` and
    `profile.json` there, and `rows.jsonl` where rows were quarantined; a rejected one leaves
    nothing. `memory_megabytes` is what each process may take. More than one of the `workers` read
    large files in pieces of their own, and find what one finds. `previous` and
    `previous_profile` are `schema.json` and `profile.json` of the model's last accepted drop, which
    this one is held against. `not_fetched` are files of a dropped folder that are no data, and so
    are not there.

    Bad data never raises: the report says `rejected`, and why. What is raised is a bug, or a disk
    that is full.
    """
    drop = _Drop(
        source=source.resolve(),
        name=name,
        spec=spec,
        salt=salt,
        out=out,
        memory_megabytes=memory_megabytes,
        workers=workers,
        last=Last(schema=previous, profile=previous_profile) if previous else None,
        not_fetched=not_fetched,
    )
    try:
        return _attempt(drop)
    except OutOfMemory:
        # More than such a table needs as a rule: now with all that the process can spare.
        return _attempt(replace(drop, is_frugal=False))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Drop:
    """What `validate` was asked, and how much memory it takes for it."""

    source: Path
    name: str
    spec: Spec
    salt: str
    out: Path | None
    memory_megabytes: int
    workers: int
    last: Last | None
    not_fetched: Sequence[str]
    is_frugal: bool = True


def _attempt(drop: _Drop) -> Report:
    draft = Draft(name=drop.name)
    with tempfile.TemporaryDirectory(prefix="sluice-") as folder, crew(drop.workers) as executor:
        scratch = Path(folder).resolve()
        try:
            # Its end is inside: DuckDB's own errors become refusals there.
            with ExitStack() as stack:
                for step in _steps(drop, scratch, executor, stack):
                    draft = step
        except Refused as refused:
            if isinstance(refused, OutOfMemory) and drop.is_frugal:
                raise
            return draft.rejected(refused)
        if drop.out is not None:
            draft.keep(scratch, drop.out)
    return draft.accepted()


def _steps(
    drop: _Drop, scratch: Path, executor: Executor | None, stack: ExitStack
) -> Iterator[Draft]:
    """Assess the drop; after each step, what the report would say if the next one refused it."""
    name, spec = drop.name, drop.spec
    draft = Draft(name=name)

    # 1. Open: the bytes, the dialect, an independent count of the rows.
    files = dropped_files(drop.source, name, drop.not_fetched)
    form, parts = files.form, files.parts

    @cache
    def connect() -> duckdb.DuckDBPyConnection:
        files = [part.path for part in parts]
        return stack.enter_context(session(name, drop.memory_megabytes, files, scratch))

    opening = Opening(
        parts=parts, scratch=scratch, stated=spec.read, executor=executor, connect=connect
    )
    draft = draft.plus(*files.notes)
    source = form.open(opening)
    check_hive(name, parts, source.names, form)
    draft = draft.plus(
        *read_unused(name, source.content or by_name(source.dialect["format"]), spec.read),
        source=source,
    )
    yield draft

    # 2. Store: every row parsed once, typed and hashed.
    check_rows(name, source.rows)
    con = connect()
    megabytes = megabytes_for(
        len(source.names),
        drop.memory_megabytes,
        is_large=source.content is not None,
        is_frugal=drop.is_frugal,
    )
    bounded(con, megabytes)
    choice = choose(name, source.names, spec, source.index)
    check_stated(source, spec.contract)
    check_excluded(name, source.names, choice.target, spec)
    reading = source.store(
        Readers(con=con, scratch=scratch, executor=executor),
        stated=spec.contract,
        salt=drop.salt,
        quarantine_up_to=spec.bad_rows.quarantine_up_to,
    )
    source, table = reading.source, reading.table
    draft = draft.plus(source=source, rejects=reading.rejects)
    yield draft

    # 3. Look at what was stored, and hold it to what sluice.yaml states.
    check_rows(name, source.rows)
    goal = None if choice.target is None else table.columns[choice.target]
    rows = StoredRows(
        con=con, source=source, table=table, goal=goal, is_guess=bool(choice.findings)
    )
    draft = draft.plus(
        *quarantined(reading.rejects, source.rows + len(reading.rejects)),
        *(() if source.content else choice.findings),
        *registry.found_in(registry.OF_STORED, rows),
    )
    of_goal = tuple(mixed_goal(rows))
    yield draft.plus(*of_goal)
    refuse_strays(rows)
    hold_rows(con, source, table, spec.contract)
    if goal:
        refuse_lost_class(rows, goal, spec)
        require_values(rows, goal, spec)
        refuse_doubtful(rows, goal)

    # 4. Measure every column.
    measured = measures(table)
    measured_rows = MeasuredRows.of(rows, summaries=measured.summaries)
    draft = draft.plus(
        *registry.found_in(registry.OF_MEASURED, measured_rows), *label_first(measured_rows, choice)
    )
    yield draft.plus(*of_goal)

    # 5. Purpose: what the rows are for.
    times = time_columns(table, measured.summaries, goal)
    if goal:
        require_variety(name, measured_rows, goal)
        # A target that is refused for its few odd values says so in words of its own.
        yield draft
        refuse_mixed(measured_rows, goal, spec)
        refuse_quoted(measured_rows, goal, spec, draft.findings)
        refuse_with_unit(measured_rows, goal, spec)
        draft = draft.plus(*of_goal)
        yield draft
        purpose = with_target(con, name, table, goal, measured.summaries, times, spec)
        meant = all_labelled(purpose.task, goal, table.rows)
    else:
        names = [column.name for column in table.columns]
        purpose = without_target(names, choice, spec)
        meant = episodes(purpose.task, names)
    draft = draft.plus(*meant, purpose=purpose)
    yield draft

    # 6. Schema: what each column is, and whether a learner finds something to look at.
    described = describe(measured_rows, measured, spec, is_classes=purpose.is_classes)
    draft = draft.plus(columns=described.columns)
    yield draft
    goal_name = goal.name if goal else None
    if goal:
        purpose = content_task(name, purpose, described.entries, goal.name, spec)
        draft = draft.plus(purpose=purpose)
        yield draft
    in_quotes = [f.column for f in draft.findings if f.code == IN_QUOTES and f.column]
    require_features(name, described.columns, goal_name, purpose.task, in_quotes)
    classes = described.counts[goal.id] if goal and purpose.is_classes else ()
    if goal and purpose.is_classes:
        draft = draft.plus(*check_classes(name, goal.name, classes, source.names))

    # 7. Findings: what stands out in the rows.
    described_rows = DescribedRows.of(
        measured_rows, entries=described.entries, task=purpose.task, times=times
    )
    draft = draft.plus(*registry.found_in(registry.OF_DESCRIBED, described_rows))
    yield draft

    # 8. Association with the target, and the profile.
    found = {}
    if goal:
        entry = next(entry for entry in described.entries if entry[0] is goal)
        features = described_rows.features
        is_classes = purpose.is_classes
        found = associations(table, measured.measured, entry, features, is_classes=is_classes)
    associated_rows = AssociatedRows.of(described_rows, associations=found)
    draft = draft.plus(
        *registry.found_in(registry.OF_ASSOCIATED, associated_rows),
        profile=make_profile(
            table,
            described.columns,
            measured.summaries,
            described.counts,
            found,
            contents_of(con, source, table, described.entries, goal_name, purpose.task),
        ),
    )
    yield draft

    # 9. Split: both sides are enough, to learn from and to judge by.
    split = split_of(name, associated_rows, measured, classes, is_classes=purpose.is_classes)
    draft = draft.plus(*split.findings, target=split.target, train_rows=split.train_rows)
    draft = draft.plus(*untaught(draft.schema))
    yield draft

    # 10. Contract: the drop held against the model's last accepted one; then the dataset.
    if drop.last:
        draft = draft.plus(
            *held_against(
                associated_rows, name, drop.last, draft.schema, described.counts, spec=spec
            )
        )
    if drop.out is not None:
        write_dataset(con, table, scratch)
    yield draft
