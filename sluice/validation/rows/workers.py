"""Who reads a drop: this process alone, or several, each a shard of the files at a time.

What they answer is put together in the shards' order, so that many find what one would.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from sluice.validation.scanner.scan import Files

if TYPE_CHECKING:
    import duckdb

_T = TypeVar("_T")

Task = Callable[[Files, int], _T]
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
    """What the rows of a drop are read with: a DuckDB, a folder, and processes."""

    con: duckdb.DuckDBPyConnection
    scratch: Path
    """The folder in which rows are stored, which ends with the validation."""
    executor: Executor | None = None
    """Several processes; None: this one only."""

    def ask(self, shards: Sequence[Files], task: Task[_T]) -> list[_T]:
        """What the task finds in each shard, in order."""
        if self.executor is None or len(shards) == 1:
            return [task(shard, at) for at, shard in enumerate(shards)]
        asked = [self.executor.submit(task, shard, at) for at, shard in enumerate(shards)]
        return [answer.result() for answer in asked]
