"""Anyone can say which side a row is on: the recipe of docs/architecture/02-validate.md, followed
with the `xxhash` package, finds what validate did, for every type and in every format.

A side that moves would let a model be judged by rows that an older one has learned.
"""

from __future__ import annotations

import datetime as dt
import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest
from drops import Judge
from scanning import relation, scanned
from xxhash import xxh3_64_intdigest

SALT = "pepper"
"""What the fixture `judge` validates with."""
NAMES = ("count", "size", "größe", "is new", "day", "at", "note", "code", "label")
DUCKDB = ("BIGINT", "DOUBLE", "DOUBLE", "BOOLEAN", "DATE", "TIMESTAMP", "VARCHAR", "VARCHAR")

PAGE = (Path(__file__).parents[3] / "docs/architecture/02-validate.md").read_text()


def recipe() -> dict[str, Any]:
    """The functions that the page gives."""
    found: dict[str, Any] = {}
    exec(PAGE.split("```python\n")[1].split("```")[0], found)  # noqa: S102 it is ours
    return found


RECIPE = recipe()


def is_holdout(row: Sequence[Any], names: Sequence[str], salt: str) -> bool:
    return bool(RECIPE["is_holdout"](dict(zip(names, row, strict=True)), salt))


def rows_of_every_type(rng: random.Random, count: int) -> list[tuple[Any, ...]]:
    """Each value is missing in some rows."""
    start = dt.datetime(2020, 1, 1)  # noqa: DTZ001

    def row(number: int) -> tuple[Any, ...]:
        values = (
            rng.choice((0, -1, 2**62, -(2**62), rng.randrange(-1000, 1000))),
            rng.choice((0.5, -2.25, 1e300, 2.0**60, rng.gauss(0, 1e3))),
            rng.choice((3.0, -7.0, 0.0, 0.125, 1e15)),
            rng.random() < 0.5,
            dt.date(1900, 1, 1) + dt.timedelta(days=rng.randrange(60_000)),
            start + dt.timedelta(microseconds=rng.randrange(-(10**16), 10**15)),
            rng.choice(("x", "größer", "two, three", "12", "-5", "007", "y" * 300)),
            rng.choice(("a", "b")) + str(number),
        )
        kept = [value if rng.random() < 0.9 else None for value in values]
        return (*kept, rng.choice(("red", "blue")))

    return [row(number) for number in range(count)]


def as_csv(rows: list[tuple[Any, ...]], _: Path) -> bytes:
    def cell_text(value: Any) -> str:
        text = (
            "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
        )
        return f'"{text}"' if "," in text else text

    lines = [NAMES, *([cell_text(value) for value in row] for row in rows)]
    return "\n".join(",".join(line) for line in lines).encode() + b"\n"


def as_json(rows: list[tuple[Any, ...]], _: Path) -> bytes:
    objects = (dict(zip(NAMES, row, strict=True)) for row in rows)
    return "".join(json.dumps(one, default=str) + "\n" for one in objects).encode()


def as_parquet(rows: list[tuple[Any, ...]], folder: Path) -> bytes:
    path = folder / "made.parquet"
    types = (*DUCKDB, "VARCHAR")
    columns = ", ".join(f'"{name}" {kind}' for name, kind in zip(NAMES, types, strict=True))
    with duckdb.connect() as con:
        con.execute(f"CREATE TABLE made ({columns})")
        for row in rows:
            con.table("made").insert(row)
        con.table("made").write_parquet(str(path))
    return path.read_bytes()


@pytest.mark.parametrize(
    ("name", "written"),
    [("drop.csv", as_csv), ("drop.jsonl", as_json), ("drop.parquet", as_parquet)],
)
def test_the_recipe_finds_the_side_of_every_row(
    name: str, written: Any, judge: Judge, tmp_path: Path
) -> None:
    rows = rows_of_every_type(random.Random(3), 600)

    report = judge(written(rows, tmp_path), name=name, out=tmp_path / "out")

    assert report.verdict == "accepted", report.reason
    found: dict[str, list[tuple[Any, ...]]] = {}
    for side in ("train", "holdout"):
        table = duckdb.read_parquet(f"{tmp_path}/out/{side}/part-0.parquet")
        assert table.columns == list(NAMES)
        assert [str(kind) for kind in table.types] == [*DUCKDB, "VARCHAR"]
        found[side] = table.fetchall()
        for row in found[side]:
            assert is_holdout(row, NAMES, SALT) is (side == "holdout")
    assert sorted(map(repr, found["train"] + found["holdout"])) == sorted(map(repr, rows))
    assert 80 < len(found["holdout"]) < 160


def test_the_recipe_finds_the_hash_of_bytes(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    path.write_text("aGVsbG8=,1\n/9j/4AAQ,2\n,3\nMTI=,4\n")
    values = [b"hello", b"\xff\xd8\xff\xe0\x00\x10", None, b"12"]

    found = scanned([path], ["base64", "integer"], names=["image", "size"], salt="salt")

    assert [row[0] for row in found.rows] == values
    rows = [(value, number) for number, value in enumerate(values, 1)]
    assert found.hashes == [
        RECIPE["row_hash"](dict(zip(("image", "size"), row, strict=True))) for row in rows
    ]
    with duckdb.connect() as con:
        con.register("stored", relation(tmp_path / "stored", 2, len(rows)))
        sides = [side for (side,) in con.execute("SELECT s FROM stored ORDER BY n").fetchall()]
    assert sides == [is_holdout(row, ["image", "size"], "salt") for row in rows]


def test_the_pages_example_is_right() -> None:
    row = {"a": 3, "b": 0.5, "colour": "red", "day": dt.date(2024, 2, 29), "note": None}
    found = RECIPE["row_hash"](row)
    number = xxh3_64_intdigest(found.to_bytes(8, "little"), xxh3_64_intdigest(b"sluice")) % 100

    side = "the holdout" if RECIPE["is_holdout"](row, "sluice") else "train"
    expected = f"`0x{found:016x}`, and\n`sluice` puts it to {side}: its number is {number} of 100"
    assert expected in PAGE
