"""The scanner does nothing that C leaves undefined, and reads the same wherever its buffer ends.

It is compiled anew, with a trap wherever behaviour is undefined, and a buffer of a few bytes; in a
process of its own it must find in every file what the library finds.
"""

from __future__ import annotations

import codecs
import functools
import multiprocessing
import random
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from pathlib import Path
from typing import Any

import duckdb
import pytest
from scanning import LONGEST, files_of, numbered, relation

from sluice.validation.scanner import library
from sluice.validation.scanner.build import compile_library
from sluice.validation.scanner.interface import KINDS
from sluice.validation.scanner.scan import Scan, count
from sluice.validation.scanner.stored import store_rows
from tests.corpus.validate.corpus import HOME

FLAGS = (
    *("-std=c11", "-D_GNU_SOURCE", "-O1", "-shared", "-fPIC", "-isystem", "vendor"),
    *("-DREAD_BYTES=7", "-DBATCH_ROWS=3"),
    *("-fsanitize=undefined", "-fno-sanitize-recover=all", "-fsanitize-trap=undefined"),
)
TYPED = KINDS[3:]


@pytest.fixture(scope="module")
def apart(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Executor]:
    """A process that works with the trapping library."""
    file = tmp_path_factory.mktemp("scanner") / "scanner.so"
    compile_library(file, FLAGS)
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, context, initializer=load, initargs=(file,)) as pool:
        yield pool


def load(file: Path) -> None:
    """Make a library this process's scanner."""
    library.library_file = lambda: file


@functools.cache
def connection() -> duckdb.DuckDBPyConnection:
    """One a process: to connect takes longer than all else."""
    return duckdb.connect(config={"threads": 1})


def found(path: Path, delimiter: str, kinds: Sequence[str], missing: Sequence[str]) -> list[Any]:
    """All that the scanner says of a file."""
    files = files_of([path], len(kinds), delimiter=delimiter)
    scan = Scan(files, missing=missing, kinds=kinds, most_bad_rows=50)
    stored = path.with_name("stored")
    rows = store_rows([scan.stream()], stored, names=numbered(len(kinds)), salt="")
    connection().register("stored", relation(stored, len(kinds), rows))
    hashes = connection().execute("SELECT n, h, s FROM stored").fetchall()
    asked = Scan(files, missing=missing, asked=[TYPED] * len(kinds), most_bad_rows=50)
    answers = asked.ask()
    assert (asked.status, asked.rows, asked.bad_rows) == (scan.status, scan.rows, scan.bad_rows)
    place = scan.place[1] if scan.status else None
    records = count(path, delimiter, '"', LONGEST)
    counted = [getattr(records, name) for name, _ in records._fields_]
    return [scan.status, place, rows, hashes, scan.bad_rows, scan.tallies, answers, counted]


def test_files_of_the_corpus_are_read_alike(apart: Executor, tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    rng = random.Random(0)
    for file in sorted((HOME / "files").iterdir()):
        content = file.read_bytes()
        path.write_bytes(content)
        delimiter = max(",;\t|", key=lambda mark: content.count(mark.encode()))
        width = content.split(b"\n")[0].count(delimiter.encode()) + 1
        plan = (delimiter, rng.choices(KINDS, k=width), ("NA", "-999"))

        assert apart.submit(found, path, *plan).result() == found(path, *plan), file.name


PIECES = b"""
1 -5 007 1.5e10 -1.5 9007199254740993 12345678901234567890 1e-300 0.12345678901234567890123 1e400
2024-01-01 2024-02-30 2024-01-01T10:00:00.123456 2024-01-01T10:00Z 9999-12-31T23:59-10:00 true FALSE
NA -999 1,5 1,234 aGVsbG8= QUJD ,,, + - ; 9999999999999999999 -9223372036854775808 '
"""
QUOTED = [b'""', b'","', b'"a\nb"', b'"a ""b"""']
ODD = ["é".encode(), codecs.BOM_UTF8, b"\xff", b"\0", b"\r", b" ", b"x" * 100]


def test_random_bytes_are_read_alike(apart: Executor, tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    rng = random.Random(1)
    pieces = [*PIECES.split(), *QUOTED, *ODD, *[b",", b"\n", b"\r\n", b'"'] * 5]
    for number in range(600):
        if number % 3:
            content = b"".join(rng.choices(pieces, k=rng.randrange(60)))
        else:
            content = bytes(rng.choices(b'a,"\n\r; 1', k=rng.randrange(80)))
        path.write_bytes(content)
        plan = (rng.choice(",,,;\t "), rng.choices(KINDS, k=rng.randrange(1, 4)), ("NA", "-999"))

        assert apart.submit(found, path, *plan).result() == found(path, *plan), content
