"""Texts in Parquet files are read as everywhere else: the SQL says what `sluice.cells` says."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from drops import Judge, codes
from hypothesis import given, settings, strategies
from test_scanner_reads_as_cells import _FIGURES, _FORMATS, _PIECES, _TEXTS, _WHEN

from sluice import cells, moments
from sluice.contracts.dataset import Reading
from sluice.validation.formats.parquet.texts import _plain, _spelled
from sluice.validation.rows.readings import Spelled, of_format


@pytest.fixture(scope="module")
def con() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


def read(con: duckdb.DuckDBPyConnection, value: str, texts: list[str]) -> list[Any]:
    con.execute("CREATE OR REPLACE TEMP TABLE t(n INT, t VARCHAR)")
    con.executemany("INSERT INTO t VALUES (?, ?)", list(enumerate(texts)))
    query = f"SELECT {value} FROM t ORDER BY n"  # noqa: S608 - written by the code under test
    return [row[0] for row in con.execute(query).fetchall()]


@settings(max_examples=15, deadline=None)
@given(texts=strategies.lists(_TEXTS, min_size=1, max_size=40))
@pytest.mark.parametrize("reading", _FIGURES, ids=str)
def test_figures(reading: Reading, texts: list[str], con: duckdb.DuckDBPyConnection) -> None:
    texts = [cells.trimmed(text) for text in texts]
    option = _spelled("t", Spelled(kind="figure", reading=reading))
    expected = [cells.as_number(text, reading) for text in texts]
    assert read(con, option.value, texts) == expected


@settings(max_examples=8, deadline=None)
@given(
    times=strategies.lists(_WHEN, max_size=10),
    others=strategies.lists(strategies.lists(_PIECES, max_size=12).map("".join), max_size=20),
)
@pytest.mark.parametrize("form", [form for form in _FORMATS if "%G" not in form])
def test_times(
    form: str, times: list[dt.datetime], others: list[str], con: duckdb.DuckDBPyConnection
) -> None:
    texts = [*(at.strftime(form) for at in times), *map(cells.trimmed, others), ""]
    reading = Reading(format=form)
    expected = [moments.as_timestamp(text, reading) for text in texts]
    moment = _spelled("t", Spelled(kind="written-timestamp", reading=reading))
    assert read(con, moment.value, texts) == expected
    day = _spelled("t", Spelled(kind="written-date", reading=reading))
    assert read(con, day.value, texts) == [at and at.date() for at in expected]


@settings(max_examples=20, deadline=None)
@given(
    times=strategies.lists(_WHEN, max_size=10), zone=strategies.sampled_from(["", "Z", "+05:30"])
)
def test_iso_times_and_durations(
    times: list[dt.datetime], zone: str, con: duckdb.DuckDBPyConnection
) -> None:
    texts = [*(at.isoformat() + zone for at in times), *(str(at.date()) for at in times), "x", ""]
    assert read(con, _plain("t", "timestamp"), texts) == list(map(moments.as_timestamp, texts))
    assert read(con, _plain("t", "date"), texts) == list(map(moments.as_date, texts))
    texts = [f"{at.hour * 7}:{at:%M:%S}" for at in times] + ["-0:00:01.5", "1:60:00", "5"]
    option = _spelled("t", of_format(moments.DURATION))
    assert read(con, option.value, texts) == list(map(moments.as_seconds, texts))


def parquet(columns: dict[str, list[Any]]) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out)
    return out.getvalue()


def columns(**more: list[Any]) -> dict[str, list[Any]]:
    return {"n": list(range(60)), **more, "label": ["ab"[i % 2] for i in range(60)]}


def test_dates_and_money_in_texts_are_read_and_said(judge: Judge) -> None:
    days = [f"{13 + i % 15}/0{1 + i % 9}/2024" for i in range(60)]
    money = [f" $1,{i:03}.50" for i in range(60)]
    report = judge(parquet(columns(day=days, paid=money)), "data.parquet")
    types = {column.name: column.type for column in report.columns}
    assert (types["day"], types["paid"]) == ("date", "number")
    assert "read-as" in codes(report, "note")


def test_dates_of_two_readings_stay_text_until_one_is_stated(judge: Judge) -> None:
    data = parquet(columns(day=[f"0{1 + i % 9}/0{1 + i % 8}/2024" for i in range(60)]))
    assert "two-readings" in codes(judge(data, "data.parquet"), "warn")
    stated = {"columns": {"day": {"type": "date", "format": "%m/%d/%Y"}}}
    report = judge(data, "data.parquet", schema=stated)
    assert next(c for c in report.columns if c.name == "day").type == "date"


def test_numbers_in_texts_are_read_where_they_are_stated(judge: Judge) -> None:
    data = parquet(columns(size=[str(i * 1.5) for i in range(60)]))
    assert "numbers-in-quotes" in codes(judge(data, "data.parquet"), "warn")
    stated = {"columns": {"size": {"type": "number"}}}
    report = judge(data, "data.parquet", schema=stated)
    assert next(c for c in report.columns if c.name == "size").max == 88.5
    wrong = parquet(columns(size=[*(str(i) for i in range(59)), "many"]))
    report = judge(wrong, "data.parquet", schema=stated)
    assert report.findings[0].code == "outside-schema"
    assert "row 60" in report.reason
