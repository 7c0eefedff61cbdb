"""Rows that stand in order of time are warned of: the split goes by content, not by time."""

from __future__ import annotations

import datetime as dt
import random

import pytest
from drops import Judge, codes

START = dt.datetime(2024, 1, 1, tzinfo=dt.UTC).replace(tzinfo=None)


def table(moments: list[object], name: str = "at") -> str:
    rng = random.Random(1)
    rows = [f"{moment},{rng.random():.5f},{rng.choice('ab')}" for moment in moments]
    return "\n".join([f"{name},x,label", *rows])


def days(count: int, each: int = 1) -> list[dt.date]:
    return [(START + dt.timedelta(days=i // each)).date() for i in range(count)]


SORTED: dict[str, list[object]] = {
    "a row a day": days(100),
    "several rows a day": days(200, each=4),
    "newest first": days(100)[::-1],
    "sorted but for a few": [*days(98), START.date(), START.date()],
    "timestamps": [START + dt.timedelta(minutes=7 * i) for i in range(100)],
}


@pytest.mark.parametrize("what", SORTED)
def test_rows_in_order_of_time_are_warned_of(what: str, judge: Judge) -> None:
    report = judge(table(SORTED[what]))

    finding = next(f for f in report.findings if f.code == "time-order")
    assert (finding.severity, finding.column) == ("warn", "at")
    assert "sorted" in finding.message
    assert "newest rows" in finding.remedy


def test_a_time_of_its_own_for_every_row_is_warned_of(judge: Judge) -> None:
    moments = [START + dt.timedelta(seconds=977 * i) for i in range(200)]
    random.Random(2).shuffle(moments)

    report = judge(table(moments))

    assert "a time of its own" in next(f.message for f in report.findings if f.code == "time-order")


SOUND: dict[str, list[object]] = {
    "days of birth": random.Random(3).choices(days(9000), k=200),
    "two days, in two blocks": [*days(1) * 100, *days(2)[1:] * 100],
    "one day": days(1) * 100,
    "mostly missing": [*days(30), *[""] * 100],
}


@pytest.mark.parametrize("what", SOUND)
def test_dates_in_no_order_are_not(what: str, judge: Judge) -> None:
    assert "time-order" not in codes(judge(table(SOUND[what])))


def test_year_month_and_day_are_a_clock_where_there_is_no_other(judge: Judge) -> None:
    rows = [
        f"{d.year},{d.month},{d.day},{i * 7 % 13},{'ab'[i % 2]}" for i, d in enumerate(days(90))
    ]
    header = "year,month,day,x,label"

    rising = judge("\n".join([header, *rows]))
    mixed = judge("\n".join([header, *random.Random(1).sample(rows, len(rows))]))

    finding = next(f for f in rising.findings if f.code == "time-order")
    assert "'year', 'month', 'day'" in finding.message
    assert "time-order" not in codes(mixed)


def test_numbers_called_month_are_no_clock_beyond_twelve(judge: Judge) -> None:
    rows = [f"2024,{i},1,{'ab'[i % 2]}" for i in range(60)]

    assert "time-order" not in codes(judge("\n".join(["year,month,day,label", *rows])))
