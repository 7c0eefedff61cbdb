"""What a file says is kept exactly: dialects, encodings, zeros, 64-bit integers, odd names."""

from __future__ import annotations

import codecs
import datetime as dt
import json
from pathlib import Path

import duckdb
import pytest
from drops import Judge, codes, table

from sluice.cells import MISSING
from sluice.contracts.dataset import Report, Schema

GOOD = table()


def stored(out: Path) -> list[dict[str, object]]:
    """All rows of an accepted dataset."""
    found = duckdb.sql(f"FROM read_parquet('{out}/*/part-0.parquet')")
    return [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]


def column(report: Report, name: str) -> object:
    return next(c for c in report.columns if c.name == name)


def rows_of(values: list[str], name: str = "v", quote: str = "") -> str:
    lines = [f"w,{name},label"]
    lines += [f"{i * 1.5},{quote}{v}{quote},{'ab'[i % 2]}" for i, v in enumerate(values)]
    return "\n".join(lines) + "\n"


DIALECTS: dict[str, tuple[bytes, dict[str, object]]] = {
    "plain": (GOOD.encode(), {"delimiter": ",", "newline": "LF", "encoding": "utf-8"}),
    "no line end at the end": (GOOD.strip().encode(), {"newline": "LF"}),
    "semicolons": (GOOD.replace(",", ";").encode(), {"delimiter": ";"}),
    "tabs": (GOOD.replace(",", "\t").encode(), {"delimiter": "\t"}),
    "bars": (GOOD.replace(",", "|").encode(), {"delimiter": "|"}),
    "CRLF": (GOOD.replace("\n", "\r\n").encode(), {"newline": "CRLF"}),
    "bare carriage returns": (GOOD.replace("\n", "\r").encode(), {}),
    "mixed line ends": (GOOD.replace("\n", "\r\n", 20).encode(), {"newline": "mixed"}),
    "byte order mark": (codecs.BOM_UTF8 + GOOD.encode(), {"encoding": "utf-8"}),
    "UTF-16 LE": (codecs.BOM_UTF16_LE + GOOD.encode("utf-16-le"), {"encoding": "utf-16-le"}),
    "UTF-16 BE": (codecs.BOM_UTF16_BE + GOOD.encode("utf-16-be"), {"encoding": "utf-16-be"}),
    "every field quoted": (
        "\n".join(
            ",".join(f'"{f}"' for f in line.split(",")) for line in GOOD.splitlines()
        ).encode(),
        {},
    ),
    "quoted names only": (GOOD.replace("width", '"width"', 1).encode(), {}),
    "blank lines between": (GOOD.replace("\n", "\n\n", 9).encode(), {"blank_lines": 9}),
    "blank lines at the end": ((GOOD + "\n\n\n").encode(), {"blank_lines": 3}),
    "blank lines on top": (("\n\n" + GOOD).encode(), {"blank_lines": 2}),
    "spaces around values": (GOOD.replace(",", " , ").encode(), {}),
    "no header": (GOOD.partition("\n")[2].encode(), {"header": False}),
}


@pytest.mark.parametrize("what", DIALECTS)
def test_same_table_in_any_dialect_gives_the_same_rows(
    what: str, judge: Judge, tmp_path: Path
) -> None:
    content, dialect = DIALECTS[what]
    plain, other = tmp_path / "plain", tmp_path / "other"
    judge(GOOD, out=plain)

    report = judge(content, out=other)

    assert report.verdict == "accepted", report.reason
    assert report.rows == 60
    assert dialect.items() <= report.dialect.items()

    def values(out: Path) -> list[tuple[object, ...]]:
        return sorted(tuple(row.values()) for row in stored(out))

    assert values(other) == values(plain)


def test_headerless_file_gets_names_and_a_warning(judge: Judge) -> None:
    report = judge(GOOD.partition("\n")[2])

    assert [c.name for c in report.columns] == ["c1", "c2", "c3", "c4"]
    assert "no-header" in codes(report, "warn")


@pytest.mark.parametrize("header", ["2019,2020,label", "0,1,label"])
def test_numbers_that_rise_by_one_are_names(header: str, judge: Judge) -> None:
    report = judge(header + "\n" + "".join(f"{i},{i * 3 % 7},{'ab'[i % 2]}\n" for i in range(40)))

    assert report.rows == 40
    assert [c.name for c in report.columns] == header.split(",")


def test_commas_quotes_and_line_ends_in_fields_are_kept(judge: Judge, tmp_path: Path) -> None:
    tricky = ['a "b" c', "x, y", "two\nlines", "two\r\nlines", '"', "", "naïve 日本 مرحبا", "=1+1"]
    values = [tricky[i % len(tricky)].replace('"', '""') for i in range(80)]

    report = judge(rows_of(values, quote='"'), out=tmp_path / "out")

    assert report.verdict == "accepted", report.reason
    kept = {row["v"] for row in stored(tmp_path / "out")}
    assert kept == {None if t == "" else t for t in tricky}


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_inch_signs_in_plain_fields_are_kept(newline: str, judge: Judge, tmp_path: Path) -> None:
    text = rows_of([['5" pipe', '12" pipe', "rod"][i % 3] for i in range(60)])
    text = text.replace("3.0,rod", '0,"a ""rod"", or\ntwo"').replace("\n", newline)

    report = judge(text, out=tmp_path / "out")

    assert report.verdict == "accepted", report.reason
    assert report.rows == 60
    assert '5" pipe' in {row["v"] for row in stored(tmp_path / "out")}


TYPES: dict[str, tuple[list[str], str, object]] = {
    # what it is: (values, repeated; the type; how the first is stored)
    "integers": (["1", "-2", "30"], "integer", 1),
    "integers with missing values": (["1", "", "NA", "7"], "integer", 1),
    "64-bit integers": (
        ["9223372036854775807", "-9223372036854775808", "9007199254740993"],
        "integer",
        9223372036854775807,
    ),
    "integers beyond 64 bits": (
        ["92233720368547758080", "1", "2"],
        "category",
        "92233720368547758080",
    ),
    "leading zeros": (["007", "010", "123"], "category", "007"),
    "one leading zero": (["7", "10", "0123"], "category", "7"),
    "decimals with leading zeros": (["00.5", "1.5"], "category", "00.5"),
    "numbers": (["1", "2.5", "-.5", "1e-3", "6.02E23"], "number", 1.0),
    "zero": (["0", "0.5", "-0.5"], "number", 0.0),
    "thousands or decimals": (['"1,000"', '"2,500"'], "category", "1,000"),
    "thousands and decimals": (['"1,000.50"', '"2,500"'], "number", 1000.5),
    "decimals in quotes": (['"1,4"', '"2,50"'], "number", 1.4),
    "shares and numbers": (["22%", "0.28"], "category", "22%"),
    "licences": (["1150-07", "2345-11"], "category", "1150-07"),
    "days of a month": (["MAR-10", "APR-12"], "category", "MAR-10"),
    "births": (["24/11/45", "13/01/44"], "category", "24/11/45"),
    "underscores": (["1_000", "2_000"], "category", "1_000"),
    "hexadecimal": (["0x1F", "0x2A"], "category", "0x1F"),
    "infinity": (["1.5", "inf", "-inf"], "category", "1.5"),
    "NaN is missing": (["1.5", "nan", "NaN", "2"], "number", 1.5),
    "plus signs": (["+5", "+6.5"], "number", 5.0),
    "booleans": (["true", "FALSE", "True"], "boolean", True),
    "yes and no": (["yes", "no"], "category", "yes"),
    "zeros and ones": (["0", "1"], "integer", 0),
    "dates": (["2024-02-29", "1999-12-31"], "date", dt.date(2024, 2, 29)),
    "a day that is not": (["2024-02-30", "2024-01-01"], "category", "2024-02-30"),
    "dates of which some have only one reading": (
        ["01/02/2024", "31/12/2024"],
        "date",
        dt.date(2024, 2, 1),
    ),
    "dates of which none has only one": (["01/02/2024", "03/12/2024"], "category", "01/02/2024"),
    "dates of which no order fits all": (["12/31/2024", "31/12/2024"], "category", "12/31/2024"),
    "days and moments": (
        ["2024-01-02", "2024-01-02 03:04"],
        "timestamp",
        dt.datetime(2024, 1, 2),  # noqa: DTZ001
    ),
    "money": (['"$1,234.50"', "-$12"], "number", 1234.5),
    "a bookkeeper's minus": (["50.00-", '"(1,200.00)"', "3.50"], "number", -50.0),
    "shares": (["5%", "12.5 %"], "number", 0.05),
    "durations": (["25:05:00", "0:00:01.5"], "number", 90300.0),
    "weeks": (["2025-W17", "2024-W01"], "date", dt.date(2025, 4, 21)),
    "codes that look like powers": (["1E5", "10E4", "100E3"], "category", "1E5"),
    "timestamps": (
        ["2024-01-02 03:04", "2024-01-02T03:04:05.5"],
        "timestamp",
        dt.datetime(2024, 1, 2, 3, 4),  # noqa: DTZ001
    ),
    "timestamps with a zone become UTC": (
        ["2024-01-02T03:04:05+02:00", "2024-01-02T03:04:05Z"],
        "timestamp",
        dt.datetime(2024, 1, 2, 1, 4, 5),  # noqa: DTZ001
    ),
    "timestamps with and without a zone": (
        ["2024-01-02T03:04:05", "2024-01-02T03:04:05Z"],
        "category",
        "2024-01-02T03:04:05",
    ),
    "numbers and words": (["1", "2", "few"], "category", "1"),
    "nothing at all": (["", "NA"], "text", None),
}


@pytest.mark.parametrize("what", TYPES)
def test_type_fits_every_value_and_bends_none(what: str, judge: Judge, tmp_path: Path) -> None:
    values, kind, first = TYPES[what]
    repeated = [values[i % len(values)] for i in range(60)]

    report = judge(rows_of(repeated), out=tmp_path / "out")

    assert report.verdict == "accepted", report.reason
    found = column(report, "v")
    assert found.type == kind
    assert found.nullable == any(v in ("", "NA", "nan", "NaN") for v in values)
    assert first in [row["v"] for row in stored(tmp_path / "out")]


def test_decimal_commas_are_read_where_they_cannot_mean_thousands(
    judge: Judge, tmp_path: Path
) -> None:
    def text(values: list[str]) -> str:
        return rows_of([values[i % 3] for i in range(60)]).replace(",", ";").replace("'", ",")

    report = judge(text(["0'5", "1'234", "7"]), out=tmp_path / "out")
    ambiguous = judge(text(["1'234", "5'678", "12'000"]))

    assert column(report, "v").type == "number"
    assert {row["v"] for row in stored(tmp_path / "out")} == {0.5, 1.234, 7.0}
    assert column(ambiguous, "v").type == "category"


def test_late_surprise_in_a_column_is_found_and_named(judge: Judge) -> None:
    values = [str(i % 50) for i in range(3000)]
    values[2900] = "n.n."

    report = judge(rows_of(values))

    finding = next(f for f in report.findings if f.code == "mixed-values")
    assert column(report, "v").type == "category"
    assert finding.line == 2902
    assert "'n.n.'" in finding.message
    assert "2,999 of its 3,000 values are integers" in finding.message


def test_missing_spellings_are_said(judge: Judge) -> None:
    report = judge(rows_of([["NA", "3", "null"][i % 3] for i in range(60)]))

    note = next(f for f in report.findings if f.code == "missing-spelled")
    assert "'v' (40)" in note.message


def test_hostile_names_and_values_stay_data(judge: Judge, tmp_path: Path) -> None:
    names = ['a"b', "'; DROP TABLE x; --", "c1", "<script>", "holdout", "السعر", "a b", "label"]
    header = ",".join('"' + n.replace('"', '""') + '"' for n in names)
    body = "".join(
        ",".join([*(str(i * k % 11) for k in range(1, 8)), "ab"[i % 2]]) + "\n" for i in range(60)
    )

    report = judge(f"{header}\n{body}", out=tmp_path / "out")

    assert report.verdict == "accepted", report.reason
    assert [c.name for c in report.columns] == names
    assert list(stored(tmp_path / "out")[0]) == names


def test_identifiers_are_told_from_categories(judge: Judge) -> None:
    rows = ["customer_id,zip,note,label"]
    rows += [
        f"{10_000 + i},{i % 20:05d},the river rose {i} metres,{'ab'[i % 2]}" for i in range(100)
    ]

    report = judge("\n".join(rows))

    kinds = {c.name: c.type for c in report.columns}
    assert kinds == {
        "customer_id": "identifier",
        "zip": "category",
        "note": "text",
        "label": "category",
    }
    assert {"near-identifier", "free-text"} <= codes(report, "warn")


def test_dataset_is_written_with_its_documents(judge: Judge, tmp_path: Path) -> None:
    out = tmp_path / "out"

    report = judge(GOOD, out=out)

    files = sorted(p.relative_to(out).as_posix() for p in out.rglob("*") if p.is_file())
    assert files == [
        "holdout/part-0.parquet",
        "profile.json",
        "schema.json",
        "train/part-0.parquet",
    ]
    schema = Schema.model_validate_json((out / "schema.json").read_text())
    assert schema == Schema(
        columns=report.columns, target=report.target, task=report.task, missing=MISSING
    )
    assert json.loads((out / "profile.json").read_text()) == report.profile


def test_same_bytes_give_the_same_dataset_bytes(judge: Judge, tmp_path: Path) -> None:
    for name in ("one", "two"):
        judge(table(rows=3000), out=tmp_path / name)

    for file in ("train/part-0.parquet", "holdout/part-0.parquet", "schema.json", "profile.json"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()
