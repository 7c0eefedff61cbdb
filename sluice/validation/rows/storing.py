"""The one reading of delimited text: each row parsed once, typed, and kept as columns.

Types are guessed from the first rows and proved by the scanner on every row. Where a guess fails a
value, every row is asked what the column may be, and the drop is read again.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from sluice.validation.formats.source import Reading
from sluice.validation.rows.agreement import counted_alike
from sluice.validation.rows.columns import TypedColumn
from sluice.validation.rows.first_column import without_first
from sluice.validation.rows.plans import (
    Plan,
    guess_types,
    questions,
    settle_types,
    with_late_marks,
)
from sluice.validation.rows.shard import ShardRows, ask_shard, store_shard
from sluice.validation.rows.table import stored
from sluice.validation.rows.workers import Readers
from sluice.validation.scanner.tallies import Answer, ColumnTally

if TYPE_CHECKING:
    from sluice.validation.formats.scanned import ScannedSource


def store_text(
    source: ScannedSource, readers: Readers, *, salt: str, quarantine_up_to: float
) -> Reading:
    """Read every row of delimited text; see `Source.store`."""
    plans = guess_types(source.columns)
    if unsure := [plan for plan in plans if not plan.is_sure]:
        plans = _settled(readers, source, plans, unsure)
    shards = _store_shards(readers, source, plans, salt)
    exact, rejects = counted_alike(source, shards, quarantine_up_to)
    tallies = _together(shards)
    mistaken = [plan for plan in plans if plan.candidate and tallies[plan.place].other]
    if mistaken:
        plans = _settled(readers, source, plans, [with_late_marks(plan) for plan in mistaken])
        shards = _store_shards(readers, source, plans, salt)
        tallies = _together(shards)
        if any(plan.candidate and tallies[plan.place].other for plan in plans):
            raise RuntimeError("types were proved of all rows, and do not hold")
    table = stored(
        readers.con,
        [shard.path for shard in shards],
        columns=[_typed(source, plan, tallies[plan.place]) for plan in plans],
        rows=exact.rows,
        row_bytes=source.content.row_bytes if source.content else 0,
    )
    reading = Reading(source=exact, table=table, rejects=rejects)
    return without_first(reading, readers, exact, salt=salt) if exact.left_out else reading


def _settled(
    readers: Readers, source: ScannedSource, plans: Sequence[Plan], some: Sequence[Plan]
) -> list[Plan]:
    """The plans, some of them after every row was asked."""
    text = source.columns
    answers: dict[int, list[Answer]] = {plan.place: [] for plan in some}
    for question in questions(text, some):
        task = partial(ask_shard, missing=text.missing, question=question)
        told = {place: Answer() for place in answers}
        before = 0
        for rows, shard in readers.ask(source.shards, task):
            for place, answer in told.items():
                told[place] = answer.followed_by(shard[place], before)
            before += rows
        for place, answer in told.items():
            answers[place].append(answer)
    by_place = {plan.place: plan for plan in settle_types(text, some, answers)}
    return [by_place.get(plan.place, plan) for plan in plans]


def _store_shards(
    readers: Readers, source: ScannedSource, plans: Sequence[Plan], salt: str
) -> list[ShardRows]:
    task = partial(
        store_shard,
        plans=plans,
        missing=source.columns.missing,
        salt=salt,
        folder=readers.scratch,
    )
    return readers.ask(source.shards, task)


def _together(shards: Sequence[ShardRows]) -> list[ColumnTally]:
    """What became of the values of each column, in all shards."""
    columns = zip(*(shard.tallies for shard in shards), strict=True)
    return [sum(column[1:], column[0]) for column in columns]


def _typed(source: ScannedSource, plan: Plan, tally: ColumnTally) -> TypedColumn:
    return TypedColumn(
        id=plan.id,
        name=source.columns.names[plan.place],
        storage=plan.storage,
        present=tally.present,
        spelled=tally.spelled,
        trimmed=0 if plan.candidate else tally.other,
        odd=plan.odd,
        unstated=plan.unstated,
        kind=plan.kind,
        reading=plan.reading,
        doubtful=plan.doubtful,
        codes=plan.codes,
    )
