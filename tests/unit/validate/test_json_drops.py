"""JSON is taken as a table of flat records, digit for digit, or refused with its line."""

from __future__ import annotations

import gzip
import json
import random
import sys
from pathlib import Path

import duckdb
import pytest
from drops import Judge, codes

from sluice.contracts.dataset import Report
from sluice.contracts.spec import Spec
from sluice.validation.engine import validate
from sluice.validation.formats.json import layouts, observations
from sluice.validation.formats.json.layouts import Layout, count_objects, rows_of
from sluice.validation.formats.parts import HEAD_BYTES, Part

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

RECORDS = [
    {
        "width": i * 0.25,
        "big": 2**53 + 1 + i,
        "zip": f"{i % 7:05d}",
        "code": str(i % 9),
        "sold": bool(i % 3),
        "day": f"2024-01-{i % 28 + 1:02d}",
        "note": 'say "hi",\r\nor\n{not}\r' if i % 2 else None,
        "label": "ab"[i % 2],
    }
    for i in range(60)
]
LINES = [json.dumps(record) + "\n" for record in RECORDS]
TYPES = {
    "width": "number",
    "big": "integer",
    "zip": "category",
    "code": "category",
    "sold": "boolean",
    "day": "date",
    "note": "category",
    "label": "category",
}


def types(report: Report) -> dict[str, str]:
    return {column.name: column.type for column in report.columns}


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ("".join(LINES), "data.jsonl"),
        ("".join(LINES).rstrip("\n"), "data.ndjson"),
        ("\n".join(LINES).replace("\n", "\r\n"), "data.jsonl"),
        ("\ufeff" + "".join(LINES), "data.jsonl"),
        ("".join(LINES).encode("utf-16"), "data.jsonl"),
        (gzip.compress("".join(LINES).encode()), "data.jsonl.gz"),
        (json.dumps(RECORDS), "data.json"),
        ("\ufeff\n" + json.dumps(RECORDS, indent=2) + "\n", "data.json"),
        (gzip.compress(json.dumps(RECORDS).encode()), "data.json.gz"),
        (zstd.compress(json.dumps(RECORDS).encode()), "data.json.zst"),
    ],
    ids=[
        "lines",
        "no last end",
        "blank lines",
        "BOM",
        "UTF-16",
        "gz",
        "array",
        "pretty",
        "array.gz",
        "array.zst",
    ],
)
def test_records_are_a_table(content: bytes | str, name: str, judge: Judge) -> None:
    report = judge(content, name)

    assert report.verdict == "accepted", report.reason
    assert report.rows == 60
    assert types(report) == TYPES
    assert next(c for c in report.columns if c.name == "big").max == 2**53 + 60


def test_values_are_stored_as_written(judge: Judge, tmp_path: Path) -> None:
    judge("".join(LINES), "data.jsonl", out=tmp_path / "out")

    written = duckdb.read_parquet(f"{tmp_path}/out/*/*.parquet", hive_partitioning=False)
    stored = written.order("big").project("* REPLACE (day::VARCHAR AS day)").fetchall()

    assert stored == [tuple(record.values()) for record in RECORDS]


def test_absent_keys_are_missing_values_and_said_so(judge: Judge) -> None:
    records = [dict(record) for record in RECORDS]
    del records[4]["width"], records[9]["width"]
    for record in records[:20]:
        del record["day"]

    report = judge("".join(json.dumps(r) + "\n" for r in records), "data.jsonl")

    assert report.verdict == "accepted", report.reason
    assert {c.name for c in report.columns if c.nullable} == {"width", "day", "note"}
    said = {f.column: f.message for f in report.findings if f.code == "missing-key"}
    assert said.keys() == {"width", "day"}
    assert "data.jsonl, line 5" in said["width"]
    assert "2 of 60 records" in said["width"]
    assert "data.jsonl, line 1" in said["day"]
    assert "20 of 60 records" in said["day"]


def test_a_key_of_another_order_is_the_same_column(judge: Judge) -> None:
    turned = [dict(reversed(r.items())) if i % 2 else r for i, r in enumerate(RECORDS)]

    report = judge(json.dumps(turned), "data.json", target="label")

    assert report.verdict == "accepted", report.reason
    assert types(report) == TYPES


def test_values_of_several_kinds_are_warned_of(judge: Judge) -> None:
    records = [*RECORDS[:30], RECORDS[30] | {"width": "wide"}, *RECORDS[31:]]

    report = judge(json.dumps(records), "data.json")

    assert {"mixed-kinds", "mixed-values"} <= codes(report, "warn")
    assert types(report)["width"] in ("category", "identifier")


def with_line(text: str, number: int = 5) -> str:
    return "".join([*LINES[: number - 1], text + "\n", *LINES[number:]])


BAD = {
    "a broken line": (with_line('{"width": 1,'), "data.jsonl", ["line 5", "no JSON"]),
    "cut off": ("".join(LINES)[:-9], "data.jsonl", ["line 60", "no JSON"]),
    "two on a line": (
        with_line('{"a": 1} {"a": 2}'),
        "data.jsonl",
        ["line 5", "one object a line"],
    ),
    "a number alone": (with_line("17"), "data.jsonl", ["line 5", "no object but '17'"]),
    "an array on a line": (with_line("[1]"), "data.jsonl", ["line 5", "no object"]),
    "an object inside": (
        with_line('{"a": {"b": 1}}'),
        "data.jsonl",
        ["line 5", "'a' holds an obj"],
    ),
    "an array inside": (with_line('{"a": []}'), "data.jsonl", ["line 5", "'a' holds an array"]),
    "a key twice": (with_line('{"a": 1, "a": 2}'), "data.jsonl", ["line 5", "'a' stands twice"]),
    "NaN": (with_line('{"width": NaN}'), "data.jsonl", ["line 5", "NaN", "null"]),
    "Infinity": (with_line('{"width": -Infinity}'), "data.jsonl", ["line 5", "-Infinity"]),
    "a comment": (with_line("// hi"), "data.jsonl", ["line 5", "no JSON"]),
    "half a pair": (with_line('{"a": "\\ud800"}'), "data.jsonl", ["line 5", "'a'", "no text has"]),
    "NUL escaped": (with_line('{"a": "\\u0000"}'), "data.jsonl", ["line 5", "'a'", "no text has"]),
    "NUL": (with_line('{"a": "\0"}'), "data.jsonl", ["line 5", "NUL"]),
    "deep": (with_line("[" * 100_000), "data.jsonl", ["line 5", "nested too deeply"]),
    "latin-1": (
        with_line('{"width": "\xf6"}').encode("latin-1"),
        "data.jsonl",
        ["line 5", "byte", "UTF-8"],
    ),
    "an endless line": (
        with_line(f'{{"a": "{"x" * HEAD_BYTES}"}}'),
        "data.jsonl",
        ["line 5", "MiB"],
    ),
    "keys that differ in case": (with_line('{"Width": 1}'), "data.jsonl", ["line 5", "'Width'"]),
    "too many keys": (
        with_line(json.dumps({f"k{i}": i for i in range(10_001)})),
        "data.jsonl",
        ["line 5", "at most 10,000"],
    ),
    "one field": ('{"label": "a"}\n' * 30, "data.jsonl", ["only one field", "'label'"]),
    "empty objects": ("{}\n" * 30, "data.jsonl", ["no field"]),
    "an array as lines": (json.dumps(RECORDS), "data.jsonl", ["line 1", "no object"]),
    "no JSON at all": ("a;b\n1;2\n", "data.json", ["line 1", "not with an array", ".jsonl"]),
    "an array cut off": (json.dumps(RECORDS)[:-1], "data.json", ["middle of its array"]),
    "cut off in a record": (json.dumps(RECORDS, indent=0)[:-4], "data.json", ["line 6", "no JSON"]),
    "more behind the array": (json.dumps(RECORDS) + "[]", "data.json", ["'[]' stands where"]),
    "no comma": ("[" + "\n".join(LINES) + "]", "data.json", ["line 3", "comma"]),
    "a comma too many": ("[" + ",".join(LINES) + ",]", "data.json", ["line 61"]),
    "an empty array": ("[]", "data.json", ["no record"]),
    "CSV": ("a,b\n1,2\n", "data.jsonl", ["line 1", "no JSON"]),
    "too few": ("".join(LINES[:3]), "data.jsonl", ["only 3 rows"]),
    "a target missing": (
        with_line(json.dumps(RECORDS[4] | {"label": None})),
        "data.jsonl",
        ["line 5", "'label' is missing"],
    ),
    "a target absent": (
        with_line(json.dumps({"width": 1.5})),
        "data.jsonl",
        ["line 5", "'label' is missing"],
    ),
}


@pytest.mark.parametrize("what", BAD)
def test_bad_json_is_refused_with_its_line(what: str, judge: Judge) -> None:
    content, name, sentences = BAD[what]

    report = judge(content, name)

    assert report.verdict == "rejected", report.reason
    assert report.findings[0].remedy
    for sentence in [name, *sentences]:
        assert sentence in report.reason


@pytest.mark.parametrize("layout", ["jsonl", "json"])
def test_count_agrees_wherever_a_block_ends(layout: Layout, tmp_path: Path) -> None:
    awkward = {"a": 'x\\"{' + "\\" * 3, "{": "}{"}
    records = [awkward | {"b": "\\" * (i % 5)} for i in range(60_000)]
    text = (
        json.dumps(records, indent=1)
        if layout == "json"
        else "".join(json.dumps(record) + "\n" for record in records)
    )
    part = Part(name="x", path=tmp_path / "x")
    part.path.write_text(text)
    assert len(text) > 2 * HEAD_BYTES

    found = list(rows_of(part, layout))

    assert [record for _, record in found] == records
    assert count_objects(part.path) == len(records)
    assert found[20_000][0] == (20_001 if layout == "jsonl" else 2 + 5 * 20_000)


def test_lines_that_are_alike_are_read_as_if_one_by_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = random.Random(3)
    lines = []
    for i in range(3000):
        record = {
            "id": i,
            "zip": f"{rng.randrange(100_000):05d}",
            "big": rng.randrange(2**63),
            "amount": None if i % 7 == 0 else rng.lognormvariate(3, 2),
            "note": rng.choice(["a, b", "ü", "", 'say "x"', "two\nlines", "x"]) if i % 5 else None,
            "flag": rng.random() < 0.5,
            "label": "ab"[i % 2],
        }
        if i == 2_000:
            record["zip"] = 12
        spaced = (", ", ": ") if i % 1000 < 500 else (",", ":")
        lines.append(json.dumps(record, ensure_ascii=i % 3 == 0, separators=spaced))
    path = tmp_path / "data.jsonl"
    path.write_text("\r\n".join(lines), encoding="utf-8", newline="")
    outs = []
    for known in (200, 10**9):  # as lines that are alike, and record by record
        monkeypatch.setattr(observations, "ALIKE", known)
        monkeypatch.setattr(layouts, "HEAD_BYTES", 3_000)
        out = tmp_path / str(known)
        out.mkdir()
        report = validate(path, name="data.jsonl", spec=Spec(), salt="s", out=out)
        outs.append((report, (out / "train/part-0.parquet").read_bytes()))

    assert outs[0][0].verdict == "accepted", outs[0][0].reason
    assert outs[0] == outs[1]
