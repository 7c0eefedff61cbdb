"""Who reads a drop: this process alone, or several, each a shard of the files at a time.

What they answer is put together in the shards' order, so that many find what one would.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from sluice.validation.reading import Raw
from sluice.validation.scanner.scan import Files
from sluice.validation.session import bounded, session

if TYPE_CHECKING:
    import duckdb

_T = TypeVar("_T")

Task = Callable[["duckdb.DuckDBPyConnection", Files, int], _T]
"""Works on files, the shard of that number; a function of a module, to go to a process."""


@contextmanager
def crew(workers: int) -> Iterator[Executor | None]:
    """So many processes, or None where there is to be one only: this one."""
    if workers < 2:
        yield None
        return
    # Not forked: DuckDB's threads would not come along, but their locks would.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context) as executor:
        try:
            yield executor
        finally:
            executor.shutdown(cancel_futures=True)


@dataclass(frozen=True, kw_only=True, slots=True)
class Readers:
    """Asks one thing of all rows of a drop."""

    con: duckdb.DuckDBPyConnection
    name: str
    memory_megabytes: int
    """Of each process."""
    megabytes: int
    """Of it, what DuckDB may take."""
    scratch: Path
    executor: Executor | None = None

    def ask(self, raw: Raw, task: Task[_T]) -> list[_T]:
        """What the task finds in each shard, in order."""
        if raw.files is None:
            raise ValueError("only files of text are read so")
        if self.executor is None or not raw.shards:
            return [task(self.con, raw.files, 0)]
        asked = [
            self.executor.submit(
                _in_session,
                task,
                self.name,
                self.memory_megabytes,
                self.megabytes,
                shard,
                at,
                self.scratch,
            )
            for at, shard in enumerate(raw.shards)
        ]
        return [answer.result() for answer in asked]


def _in_session(
    task: Task[_T],
    name: str,
    memory_megabytes: int,
    megabytes: int,
    shard: Files,
    at: int,
    scratch: Path,
) -> _T:
    with session(name, memory_megabytes, list(shard.paths), scratch) as con:
        bounded(con, megabytes)
        return task(con, shard, at)
