"""An Arrow stream is released once, by whoever holds it, and needs nobody else to live."""

from __future__ import annotations

import ctypes
import gc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from scanning import files_of, relation, scanned, stored_rows

from sluice.validation.scanner.interface import ArrowArrayStream
from sluice.validation.scanner.scan import Scan
from sluice.validation.scanner.stored import Relation, store_rows
from sluice.validation.scanner.stream import stream_of

Release = ctypes.CFUNCTYPE(None, ctypes.POINTER(ArrowArrayStream))
in_capsule = ctypes.pythonapi.PyCapsule_GetPointer
in_capsule.restype = ctypes.c_void_p
in_capsule.argtypes = (ctypes.py_object, ctypes.c_char_p)


class Watched:
    """A relation whose streams are counted as they are asked for and as they are released."""

    def __init__(self, of: Relation) -> None:
        self.asked = self.released = 0
        self._of = of
        self._callbacks: list[Any] = []

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        capsule = self._of.__arrow_c_stream__()
        address = in_capsule(capsule, b"arrow_array_stream")
        stream = ctypes.cast(address, ctypes.POINTER(ArrowArrayStream)).contents
        original = Release(stream.release)

        def release(of: Any) -> None:
            self.released += 1
            original(of)

        self._callbacks.append(Release(release))
        stream.release = ctypes.cast(self._callbacks[-1], ctypes.c_void_p)
        self.asked += 1
        return capsule


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    path = tmp_path / "data.csv"
    path.write_text("".join(f"{i},x\n" for i in range(100_000)))
    scanned([path], ["integer", "text"])
    found = Watched(relation(tmp_path / "stored", 2, 100_000))
    yield found
    gc.collect()
    assert found.released == found.asked


def test_a_capsule_releases_the_stream_that_nobody_took(watched: Watched) -> None:
    capsule = watched.__arrow_c_stream__()
    assert watched.released == 0
    del capsule

    assert watched.released == 1


def test_a_stream_that_was_taken_is_released_by_its_new_owner(watched: Watched) -> None:
    stream = stream_of(watched)
    assert watched.released == 0
    del stream

    assert (watched.asked, watched.released) == (1, 1)


def test_every_stream_that_duckdb_asks_for_is_released(watched: Watched) -> None:
    with duckdb.connect(config={"threads": 1}) as con:
        con.register("rows", watched)
        for query in (
            "SELECT sum(c1) FROM rows",
            "SELECT a.c1 FROM rows a JOIN rows b USING (n) LIMIT 1",
            "SELECT n FROM rows LIMIT 1",
            "DESCRIBE rows",
            *["SELECT count(*) FROM rows"] * 20,
        ):
            assert con.execute(query).fetchall()
        con.execute("SELECT * FROM rows")
        assert con.fetchone() is not None

    gc.collect()
    assert watched.asked > 24


def test_a_stream_outlives_the_rows_that_it_came_from(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    path.write_text("1,x\n2,\n3,zz\n")
    scanned([path], ["integer", "text"])
    first = relation(tmp_path / "stored", 2, 3)
    with duckdb.connect() as con:
        con.register("rows", first)
        query = con.sql("SELECT c1, c2 FROM rows")
        stream = stream_of(query)
        del first, query
        gc.collect()

        store_rows([stream], tmp_path / "again", names=["a", "b"], salt="")

    assert stored_rows(tmp_path / "again", 2, 3)[0] == [(1, "x"), (2, None), (3, "zz")]


def test_a_scan_lives_as_long_as_its_stream(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    path.write_text("1\n2\n")
    stream = Scan(files_of([path], 1), missing=(), kinds=["integer"]).stream()
    gc.collect()

    assert store_rows([stream], tmp_path / "stored", names=["a"], salt="") == 2
