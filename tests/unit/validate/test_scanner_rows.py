"""h is a row's own: equal rows have it in common, whatever file they come in; others do not."""

from __future__ import annotations

import csv
import itertools
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest
from scanning import relation, scanned, stored_rows

from sluice.validation.scanner.stored import store_rows
from sluice.validation.scanner.stream import stream_of

KINDS = ["integer", "number", "boolean", "date", "timestamp", "text", "text"]
TYPES = ["BIGINT", "DOUBLE", "BOOLEAN", "DATE", "TIMESTAMP", "VARCHAR", "VARCHAR"]
NAMES = ["count", "size", "is new", "day", "at", "note", "größe"]


def write(path: Path, rows: Sequence[Sequence[Any]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def of_every_type(rng: random.Random, rows: int) -> list[list[str]]:
    """Each value is missing in some rows, all of them in a few."""

    def row() -> list[str]:
        is_kept = 0.8 if rng.random() < 0.95 else 0
        values = [
            str(rng.choice((0, 1, -1, rng.randrange(-(2**63), 2**63)))),
            rng.choice(("0.5", "1e300", repr(rng.gauss(0, 1e3)), "-2.5e-300")),
            rng.choice(("true", "false")),
            f"{rng.randrange(1, 10000):04}-{rng.randrange(1, 13):02}-{rng.randrange(1, 29):02}",
            f"20{rng.randrange(10, 99)}-01-01 23:00:00.{rng.randrange(10**6):06}",
            "x" * rng.randrange(1, 40),
            rng.choice(("a", "b", "é", "two\nlines", '"', "NA")),
        ]
        return [value if rng.random() < is_kept else "" for value in values]

    return [row() for _ in range(rows)]


def in_parquet(folder: Path, *, kinds: Sequence[str], names: Sequence[str]) -> list[int]:
    """h of the rows of data.csv, typed by DuckDB and written as Parquet."""
    path = str(folder / "data.parquet")
    with duckdb.connect() as con:
        texts = con.read_csv(str(folder / "data.csv"), header=False, all_varchar=True)
        columns = zip(texts.columns, kinds, strict=True)
        typed = texts.project(", ".join(f"nullif({c}, '')::{kind} AS {c}" for c, kind in columns))
        typed.write_parquet(path, row_group_size=2048)
        streams = [stream_of(con.read_parquet(path))]
        rows = store_rows(streams, folder / "stored-parquet", names=names, salt="")
    return stored_rows(folder / "stored-parquet", len(names), rows)[1]


def test_a_row_has_one_hash_in_csv_and_in_parquet(tmp_path: Path) -> None:
    rows = of_every_type(random.Random(0), 3000)

    of_csv = scanned([write(tmp_path / "data.csv", rows)], KINDS, names=NAMES)

    assert of_csv.hashes == in_parquet(tmp_path, kinds=TYPES, names=NAMES)
    by_values: dict[tuple[Any, ...], set[int]] = {}
    for row, h in zip(of_csv.rows, of_csv.hashes, strict=True):
        by_values.setdefault(row, set()).add(h)
    assert all(len(hashes) == 1 for hashes in by_values.values())
    assert len(set().union(*by_values.values())) == len(by_values) > 2000


def test_the_order_of_columns_means_nothing_and_their_names_do(tmp_path: Path) -> None:
    rows = of_every_type(random.Random(1), 500)
    hashes = scanned([write(tmp_path / "data.csv", rows)], KINDS, names=NAMES).hashes
    place = [3, 0, 6, 1, 5, 2, 4]
    moved = write(tmp_path / "moved.csv", [[row[i] for i in place] for row in rows])

    again = scanned([moved], [KINDS[i] for i in place], names=[NAMES[i] for i in place])
    renamed = scanned([moved], [KINDS[i] for i in place], names=[NAMES[i] for i in reversed(place)])

    assert again.hashes == hashes
    filled = [i for i, row in enumerate(rows) if any(row)]
    assert 0 < len(filled) < 500
    assert not {hashes[i] for i in filled} & {renamed.hashes[i] for i in filled}


def test_the_spelling_of_a_value_means_nothing(tmp_path: Path) -> None:
    kinds = ["integer", "number", "boolean", "instant", "text", "text"]
    plain = ["7", "1.5", "true", "2024-01-01T10:00:00Z", "x", 'say "hi"']
    spelled = [" 7", "15e-1 ", "TRUE", "2024-01-01 11:30+01:30", " x ", 'say "hi"']
    empty, missing = ["", "", "", "", "", "y"], ["NA", " ", "NA", "NA", "NA", "y"]
    path = write(tmp_path / "data.csv", [plain, spelled, empty, missing])

    first, second, third, fourth = scanned([path], kinds, missing=["NA"]).hashes

    assert first == second
    assert third == fourth
    assert first != third


def test_whole_numbers_are_the_integers_they_equal(tmp_path: Path) -> None:
    numbers = ["0", "-0", "1", "-1", "9007199254740991", "-9007199254740991", "1e15"]
    path = write(tmp_path / "numbers.csv", [[n] for n in numbers])
    integers = write(tmp_path / "integers.csv", [[int(float(n))] for n in numbers])

    assert scanned([path], ["number"]).hashes == scanned([integers], ["integer"]).hashes
    assert scanned([path], ["number"]).hashes[0] == scanned([path], ["number"]).hashes[1]


@pytest.mark.parametrize("kind", ["integer", "number", "text"])
def test_a_hundred_thousand_rows_share_no_hash(kind: str, tmp_path: Path) -> None:
    # Two columns that are close in value and swap them: what a weak sum would mistake for equal.
    rows = list(itertools.islice(itertools.product(range(317), repeat=2), 100_000))

    hashes = scanned([write(tmp_path / "data.csv", rows)], [kind, kind]).hashes

    assert len(set(hashes)) == len(rows)
    # Each bit is set in half of them.
    for bit in range(64):
        assert 0.49 < sum(h >> bit & 1 for h in hashes) / len(rows) < 0.51


def test_long_texts_differ_by_any_byte_and_by_their_length(tmp_path: Path) -> None:
    texts = ["a" * n for n in range(1, 200)]
    texts += ["a" * i + "b" + "a" * (63 - i) for i in range(64)]
    texts += ["a" * n + "\0" * m for n in (1, 7, 8, 9, 16) for m in range(1, 9)]

    hashes = scanned([write(tmp_path / "data.csv", [[t] for t in texts])], ["as-is"]).hashes

    assert len(set(hashes)) == len(texts)


def test_a_salt_moves_the_split_and_leaves_the_hashes(tmp_path: Path) -> None:
    rows = [[i] for i in range(5000)]
    path = write(tmp_path / "data.csv", rows)
    sides = {}
    hashes = set()
    for salt in ("", "one", "other"):
        found = scanned([path], ["integer"], salt=salt)
        hashes.add(tuple(found.hashes))
        with duckdb.connect() as con:
            con.register("rows", relation(tmp_path / "stored", 1, len(rows)))
            sides[salt] = {n for (n,) in con.execute("SELECT n FROM rows WHERE s").fetchall()}

    assert len(hashes) == 1
    assert all(0.18 < len(side) / 5000 < 0.22 for side in sides.values())
    both = len(sides["one"] & sides["other"]) / 5000
    assert 0.03 < both < 0.05
