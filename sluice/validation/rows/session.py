"""A DuckDB of its own for each drop: bounded memory and disk, and no way out of its folders."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sluice.validation.refusals import OutOfMemory, Refused
from sluice.validation.rows.sql import literal
from sluice.validation.scanner.library import StreamError
from sluice.validation.wording import shown

if TYPE_CHECKING:
    import duckdb

PYTHON_MEGABYTES: Final = 160
"""What the interpreter, its libraries and the byte scan take beside DuckDB's own memory."""

SMALLEST_MEGABYTES: Final = 96
TABLE_MEGABYTES: Final = 104
COLUMN_MEGABYTES: Final = 2
"""What DuckDB needs for a table, and for each of its columns. It keeps what it has read for as long
as it may, so with more it would only grow."""
LARGE_MEGABYTES: Final = 80
"""More, where rows hold texts or images: some of 10 MB stand in memory at a time, in base64 too.
48 were not enough for a drop of nothing else, 64 were."""
TEMP_SHARE: Final = 4
"""Temporary files may take this many times the memory."""


@contextmanager
def session(
    name: str, memory_megabytes: int, files: list[Path], scratch: Path
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that may read `files` of the drop `name`, and read and write below `scratch`.

    `bounded` is to follow, once it is known what the table needs. One thread: sums are then made
    in one order, and the same bytes give the same dataset.
    What the data does to the engine while the connection is in use becomes a `Refused`: a drop
    that is too large, or a file that cannot be read. Wrong SQL stays an error of ours.
    """
    import duckdb

    con = duckdb.connect(
        config={
            "threads": 1,
            "memory_limit": f"{_most(memory_megabytes)}MB",
            "temp_directory": str(scratch / f"duckdb-{os.getpid()}"),
            "max_temp_directory_size": f"{memory_megabytes * TEMP_SHARE}MB",
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
    )
    try:
        _lock(con, files, scratch)
        yield con
    except (duckdb.OutOfMemoryException, MemoryError):
        raise _out_of_memory(name, memory_megabytes) from None
    except StreamError as error:
        if "out of memory" in str(error).lower() or "allocate memory" in str(error):
            raise _out_of_memory(name, memory_megabytes) from None
        raise unreadable(name, error) from error
    except duckdb.Error as error:
        if type(error) is not duckdb.Error and not isinstance(error, _of_the_data()):
            raise
        raise unreadable(name, error) from error
    finally:
        con.close()


def _out_of_memory(name: str, memory_megabytes: int) -> OutOfMemory:
    return OutOfMemory(
        "too-large",
        f"{name}: the drop is larger than this function can hold: {memory_megabytes} MB of memory "
        "are not enough for it.",
        remedy="Drop fewer rows or columns, or give the function more memory.",
    )


def unreadable(name: str, error: Exception) -> Refused:
    """The refusal of a drop that DuckDB finds to be damaged."""
    # DuckDB knows the file by where it lies on our disk, which is nobody's business.
    said = re.sub(r"""(file )?['"]?/\S*['"]?""", "the file", str(error).splitlines()[0])
    return Refused(
        "damaged-file",
        f"{name}: the file is damaged and cannot be read: {shown(said, 160)}.",
        remedy="Write it again, and compare sizes after the copy.",
    )


def megabytes_for(width: int, memory_megabytes: int, *, is_large: bool, is_frugal: bool) -> int:
    """What DuckDB may take: what a table of `width` columns needs, in rows that are large where
    they hold texts or images; or, not frugal, all that the process can spare."""
    needed = TABLE_MEGABYTES + COLUMN_MEGABYTES * width + LARGE_MEGABYTES * is_large
    most = _most(memory_megabytes)
    return min(most, needed) if is_frugal else most


def bounded(con: duckdb.DuckDBPyConnection, megabytes: int) -> None:
    """Give DuckDB so much memory, and settle it for good."""
    con.execute(f"SET memory_limit = '{megabytes}MB'")
    con.execute("SET lock_configuration = true")


def _most(memory_megabytes: int) -> int:
    return max(SMALLEST_MEGABYTES, memory_megabytes - PYTHON_MEGABYTES)


def _of_the_data() -> tuple[type[Exception], ...]:
    """DuckDB's errors that a file can bring about; a bare `duckdb.Error` is one too (Thrift's).

    Internal errors are among them: damaged Parquet metadata runs into DuckDB's own checks.
    """
    import duckdb

    return (
        duckdb.InvalidInputException,
        duckdb.InternalException,
        duckdb.ConversionException,
        duckdb.IOException,
        duckdb.OutOfRangeException,
        duckdb.SerializationException,
    )


def _lock(con: duckdb.DuckDBPyConnection, files: list[Path], scratch: Path) -> None:
    con.execute("SET TimeZone = 'UTC'")
    con.execute("SET enable_progress_bar = false")
    # Few rows at a time are so because they are large: they are not to be gathered in memory.
    con.execute("SET enable_caching_operators = false")
    # Statistics of a Parquet file may lie, and the optimiser would believe them over the rows.
    # Common subexpressions take the square of the columns in time, and run what CASE leaves out.
    con.execute("SET disabled_optimizers = 'statistics_propagation,common_subexpressions'")
    con.execute(f"SET allowed_paths = [{', '.join(literal(str(path)) for path in files)}]")
    con.execute(f"SET allowed_directories = [{literal(str(scratch))}]")
    con.execute("SET enable_external_access = false")
