"""The scanner does nothing that C leaves undefined, and reads the same wherever its buffer ends.

It is compiled anew, with a trap wherever behaviour is undefined, and a buffer of a few bytes; in a
process of its own it must find in every file what the library finds.
"""

from __future__ import annotations

import codecs
import functools
import multiprocessing
import random
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from pathlib import Path
from typing import Any

import duckdb
import pytest
from scanning import LONGEST, files_of, numbered, relation

from sluice.validation.scanner import library
from sluice.validation.scanner.build import HERE
from sluice.validation.scanner.library import KINDS
from sluice.validation.scanner.scan import Scan, count
from sluice.validation.scanner.stage import stage
from tests.corpus.validate.corpus import HOME

FLAGS = (
    *("-std=c11", "-D_GNU_SOURCE", "-O1", "-shared", "-fPIC"),
    *("-fsanitize=undefined", "-fno-sanitize-recover=all", "-fsanitize-trap=undefined"),
)
TYPED = KINDS[3:]


@pytest.fixture(scope="module")
def apart(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Executor]:
    """A process that works with the trapping library."""
    folder = tmp_path_factory.mktemp("scanner")
    for source in HERE.glob("*.[ch]"):
        text = source.read_text()
        if source.name == "reader.c":
            assert "READ_BYTES = 1 << 20 " in text
            text = text.replace("READ_BYTES = 1 << 20 ", "READ_BYTES = 7 ")
        (folder / source.name).write_text(text)
    file = folder / "scanner.so"
    compiler = [sys.executable, "-m", "ziglang", "cc", *FLAGS, "-o", str(file)]
    subprocess.run([*compiler, *map(str, folder.glob("*.c"))], check=True)
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
    scan = Scan(files, missing=missing, kinds=kinds, most_rejects=50)
    staged = path.with_name("staged")
    rows = stage([scan.stream()], staged, names=numbered(len(kinds)), salt="")
    connection().register("staged", relation(staged, len(kinds), rows))
    hashes = connection().execute("SELECT n, h, s FROM staged").fetchall()
    asked = Scan(files, missing=missing, asked=[TYPED] * len(kinds), most_rejects=50)
    answers = asked.ask()
    assert (asked.status, asked.rows, asked.rejected) == (scan.status, scan.rows, scan.rejected)
    place = scan.place[1] if scan.status else None
    records = count(path, delimiter, '"', LONGEST)
    counted = [getattr(records, name) for name, _ in records._fields_]
    return [scan.status, place, rows, hashes, scan.rejected, scan.held, answers, counted]


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
