"""What sluice.yaml states of columns holds for every row, and for the drops that follow."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest
from drops import Judge, codes, table

from sluice.contracts.dataset import Report, Schema

GOOD = table()
LINES = GOOD.splitlines()


def with_lines(lines: dict[int, str]) -> str:
    return "\n".join(lines.get(number, line) for number, line in enumerate(LINES, start=1)) + "\n"


def stating(**columns: dict[str, object]) -> dict[str, object]:
    return {"columns": columns}


def kind(report: Report, name: str) -> str:
    return next(column.type for column in report.columns if column.name == name)


@pytest.mark.parametrize(
    "stated",
    [
        stating(width={"type": "number", "range": [0, 1], "nullable": False}),
        stating(height={"type": "integer", "range": [0, None]}, label={"allowed": ["a", "b"]}),
        stating(colour={"type": "category", "allowed": ["red", "green", "blue"]}),
        stating(height={"type": "number", "range": [None, 1000.5]}),
    ],
)
def test_rows_within_what_is_stated_are_accepted(stated: dict, judge: Judge) -> None:
    report = judge(GOOD, schema=stated)

    assert report.verdict == "accepted", report.reason


OUTSIDE = {
    "above the range": (
        {7: "0.5,2000,red,a", 9: "0.5,3000,red,a"},
        stating(height={"range": [0, 1000]}),
        ["data.csv, line 7", "'height'", "'2000' is above 1000", "2 rows of 60"],
    ),
    "below the range": (
        {7: "-0.5,2,red,a"},
        stating(width={"range": [0, None]}),
        ["data.csv, line 7", "'-0.5' is below 0", "1 row of 60"],
    ),
    "not allowed": (
        {7: "0.5,2,pink,a"},
        stating(colour={"allowed": ["red", "green", "blue"]}),
        ["data.csv, line 7", "'pink' is not among", "'red'"],
    ),
    "a number not allowed": (
        {},
        stating(height={"allowed": [1, 2.5, "x"]}),
        ["data.csv, line 2", "is not among", "'2.5'"],
    ),
    "missing": (
        {7: "0.5,NA,red,a", 8: "0.5,,red,a"},
        stating(height={"nullable": False}),
        ["data.csv, line 7", "the value is missing", "2 rows"],
    ),
    "twice": (
        {7: "0.5,2,red,a"},
        stating(colour={"unique": True}),
        ["'colour'", "earlier row", "unique"],
    ),
    "of another type": (
        {7: "0.5,2.5,red,a", 11: "0.5,2.5,red,a"},
        stating(height={"type": "integer"}),
        ["data.csv, line 7", "'2.5' is no integer", "2 rows"],
    ),
    "words as numbers": (
        {},
        stating(colour={"type": "number"}),
        ["line 2", "no number", "60 rows"],
    ),
    "words as images": (
        {},
        stating(colour={"type": "image"}),
        ["data.csv: ", "'colour' is of type image", "holds no images"],
    ),
    "no such column": ({}, stating(hight={"type": "number"}), ["'hight'", "'height'?"]),
    "a range of words": ({}, stating(colour={"range": [0, 1]}), ["'colour'", "no numbers"]),
    "a date for numbers": (
        {},
        stating(width={"range": ["2024-01-01", None]}),
        ["'width'", "holds numbers"],
    ),
}


@pytest.mark.parametrize("what", OUTSIDE)
def test_rows_outside_are_refused_with_count_line_and_value(what: str, judge: Judge) -> None:
    lines, stated, sentences = OUTSIDE[what]

    report = judge(with_lines(lines), schema=stated)

    assert report.verdict == "rejected", report.reason
    for sentence in sentences:
        assert sentence in report.reason
    assert report.findings[0].column
    assert report.findings[0].remedy


@pytest.mark.parametrize("stated", ["category", "text", "identifier"])
def test_a_stated_type_is_the_one_taken(stated: str, judge: Judge) -> None:
    report = judge(GOOD, schema=stating(height={"type": stated}))

    assert report.verdict == "accepted", report.reason
    assert kind(report, "height") == stated
    assert kind(judge(GOOD), "height") == "integer"


def test_a_number_that_looks_like_a_key_is_one_where_stated(judge: Judge) -> None:
    lines = ["id,size,label", *(f"{i},{i * 7 % 11},{'ab'[i % 2]}" for i in range(60))]
    text = "\n".join(lines)

    assert kind(judge(text), "id") == "identifier"
    assert kind(judge(text, schema=stating(id={"type": "integer"})), "id") == "integer"


def test_dates_have_ranges(judge: Judge) -> None:
    lines = ["day,size,label", *(f"2024-01-{i % 28 + 1:02d},{i},{'ab'[i % 2]}" for i in range(60))]
    text = "\n".join(lines)

    inside = judge(text, schema=stating(day={"range": ["2024-01-01", "2024-01-28"]}))
    outside = judge(text, schema=stating(day={"range": [None, "2024-01-27"]}))

    assert inside.verdict == "accepted", inside.reason
    assert "data.csv, line 29" in outside.reason
    assert "is above 2024-01-27" in outside.reason


def test_the_same_holds_for_json_and_parquet(judge: Judge, tmp_path: Path) -> None:
    records = [{"x": i, "y": i % 7, "label": "ab"[i % 2]} for i in range(60)]
    lines = "".join(json.dumps(record) + "\n" for record in records)
    path = tmp_path / "table.parquet"
    (tmp_path / "lines.json").write_text(lines)
    duckdb.read_json(str(tmp_path / "lines.json")).write_parquet(str(path))
    stated = stating(x={"range": [0, 50]})

    assert "data.jsonl, line 52" in judge(lines, "data.jsonl", schema=stated).reason
    assert "data.parquet, row 52" in judge(path.read_bytes(), "data.parquet", schema=stated).reason
    wrong = judge(path.read_bytes(), "data.parquet", schema=stating(x={"type": "text"}))
    assert "stored as BIGINT" in wrong.reason


def previous(judge: Judge, folder: Path) -> Schema:
    judge(GOOD, out=folder)
    return Schema.model_validate_json((folder / "schema.json").read_text())


BREAKING = {
    "a column gone": (GOOD.replace("height", "depth"), {}, ["column 'height'", "is gone"]),
    "a column of another type": (
        GOOD.replace(",red", ",1").replace(",green", ",2").replace(",blue", ",3"),
        {},
        ["column 'colour' is of type integer", "in the last drop category"],
    ),
    "another guess": (
        GOOD.replace("height", "class", 1).replace("label", "kind", 1),
        {},
        ["target is 'class'", "it was 'label'"],
    ),
}


@pytest.mark.parametrize("what", BREAKING)
def test_a_breaking_change_is_refused_unless_meant(what: str, judge: Judge, tmp_path: Path) -> None:
    before = previous(judge, tmp_path / "before")
    text, options, sentences = BREAKING[what]
    out = tmp_path / "out"

    refused = judge(text, previous=before, out=out, **options)
    meant = judge(text, previous=before, schema={"evolve": True}, **options)

    assert refused.verdict == "rejected"
    assert not out.exists()
    for sentence in [*sentences, "data.csv", "schema: {evolve: true}"]:
        assert sentence in refused.reason
    assert meant.verdict == "accepted", meant.reason
    assert refused.findings[0].code in codes(meant, "warn")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (
            "\n".join(f"{line},{'age' if not n else n % 9}" for n, line in enumerate(LINES)),
            "column-added",
        ),
        (GOOD.replace("red", "pink"), "new-categories"),
        (with_lines({7: "0.5,2.5,red,a"}), ""),
    ],
    ids=["an added column", "a new category", "whole numbers that are others now"],
)
def test_other_changes_are_accepted(text: str, code: str, judge: Judge, tmp_path: Path) -> None:
    before = previous(judge, tmp_path / "before")

    report = judge(text, previous=before, target="label")

    assert report.verdict == "accepted", report.reason
    assert {code} - {""} <= codes(report, "warn")
    assert "column-retyped" not in codes(report)
