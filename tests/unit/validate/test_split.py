"""The split is fair: by content alone, stable, duplicates together, about a fifth to judge."""

from __future__ import annotations

import random
from pathlib import Path

import duckdb
from drops import Judge, table

HEADER, *ROWS = table(rows=4000, seed=5).splitlines()


def side(out: Path, name: str) -> set[tuple[object, ...]]:
    found = duckdb.read_parquet(f"{out}/{name}/part-0.parquet")
    return set(found.project("width, height, colour, label").fetchall())


def file_of(rows: list[str]) -> str:
    return "\n".join([HEADER, *rows]) + "\n"


def test_about_a_fifth_is_held_out(judge: Judge) -> None:
    report = judge(file_of(ROWS))

    assert report.train_rows + report.holdout_rows == report.rows == 4000
    assert 0.17 < report.holdout_rows / report.rows < 0.23


def test_row_keeps_its_side_whatever_its_place(judge: Judge, tmp_path: Path) -> None:
    shuffled = random.Random(1).sample(ROWS, len(ROWS))
    judge(file_of(ROWS), out=tmp_path / "one")

    judge(file_of(shuffled), out=tmp_path / "two")

    assert side(tmp_path / "one", "holdout") == side(tmp_path / "two", "holdout")


def test_row_keeps_its_side_when_columns_change_places(judge: Judge, tmp_path: Path) -> None:
    turned = "\n".join(",".join(reversed(line.split(","))) for line in [HEADER, *ROWS])
    judge(file_of(ROWS), out=tmp_path / "one")

    judge(turned, out=tmp_path / "two")

    assert side(tmp_path / "one", "holdout") == side(tmp_path / "two", "holdout")


def test_row_keeps_its_side_when_more_rows_come(judge: Judge, tmp_path: Path) -> None:
    judge(file_of(ROWS[:2000]), out=tmp_path / "one")

    judge(file_of(ROWS), out=tmp_path / "two")

    assert side(tmp_path / "one", "holdout") <= side(tmp_path / "two", "holdout")
    assert side(tmp_path / "one", "train") <= side(tmp_path / "two", "train")


def test_row_keeps_its_side_when_integers_become_numbers(judge: Judge, tmp_path: Path) -> None:
    judge(file_of(ROWS), out=tmp_path / "one")

    judge(file_of([*ROWS, "0.5,0.5,red,a"]), out=tmp_path / "two")

    assert side(tmp_path / "one", "holdout") <= side(tmp_path / "two", "holdout")


def test_row_keeps_its_side_when_integers_become_text(judge: Judge, tmp_path: Path) -> None:
    judge(file_of(ROWS), out=tmp_path / "one")

    judge(file_of([*ROWS, "0.5,unknown,red,a"]), out=tmp_path / "two")

    before, after = (
        {(w, str(h), c, label) for w, h, c, label in side(tmp_path / name, "holdout")}
        for name in ("one", "two")
    )
    assert before <= after


def test_duplicates_fall_on_one_side(judge: Judge, tmp_path: Path) -> None:
    repeated = [*ROWS, *ROWS[:500]]

    report = judge(file_of(repeated), out=tmp_path / "out")

    assert not side(tmp_path / "out", "train") & side(tmp_path / "out", "holdout")
    finding = next(f for f in report.findings if f.code == "duplicate-rows")
    assert "500 rows of 4,500" in finding.message
    assert finding.severity == "warn"


def test_equal_numbers_fall_on_one_side_however_they_are_spelled(
    judge: Judge, tmp_path: Path
) -> None:
    spelled = [row.replace(",", "0,", 1) for row in ROWS]

    judge(file_of([*ROWS, *spelled]), out=tmp_path / "out")

    assert not side(tmp_path / "out", "train") & side(tmp_path / "out", "holdout")


def test_row_keeps_its_side_in_another_format(judge: Judge, tmp_path: Path) -> None:
    judge(file_of(ROWS), out=tmp_path / "csv")
    duckdb.read_csv(str(_written(tmp_path))).write_parquet(str(tmp_path / "drop.parquet"))

    judge((tmp_path / "drop.parquet").read_bytes(), name="drop.parquet", out=tmp_path / "parquet")

    assert side(tmp_path / "csv", "holdout") == side(tmp_path / "parquet", "holdout")


def _written(folder: Path) -> Path:
    file = folder / "drop.csv"
    file.write_text(file_of(ROWS))
    return file
