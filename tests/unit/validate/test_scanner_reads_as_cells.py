"""The scanner, in C, reads a text as `sluice.cells` does, which is the reference."""

from __future__ import annotations

import datetime as dt
import itertools
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings, strategies
from scanning import converted, scanned, write_column

from sluice import cells, moments
from sluice.contracts.dataset import Reading

_FIGURES = [
    Reading(thousands=","),
    Reading(thousands=",", unit="$", is_bookkept=True),
    Reading(decimal=",", thousands=".", unit="€"),
    Reading(decimal=",", thousands=" ", unit="CHF"),
    Reading(thousands="'", unit="%"),
    Reading(is_bookkept=True),
]
_FORMATS = [
    "%d/%m/%Y", "%m/%d/%y", "%Y.%m.%d", "%d-%b-%y", "%b %d, %Y", "%d. %B %Y", "%G-W%V", "%Y-%m",
    "%d/%m/%Y %H:%M", "%m/%d/%Y %I:%M:%S %p", "%Y-%m-%d %H:%M:%S %Z", "%Y-%m-%dT%H:%M:%S.%f%z",
    "%Y%m%d", "%d%m%y %H%M%S", "%d %b %Y %H:%M", "100%% %Y/%m",
]  # fmt: skip
_MARKS = strategies.sampled_from(
    [*"0123456789", *"..,,  -+()%$€'", "\u00a0", "\u202f", "CHF", "000", "1,234", "12"]
)
_TEXTS = strategies.lists(_MARKS, min_size=1, max_size=9).map("".join)
_WHEN = strategies.datetimes(dt.datetime(1, 1, 1), dt.datetime(9999, 12, 31))  # noqa: DTZ001
_PIECES = strategies.sampled_from(
    [*"0123456789", *"-/.: ", "T", "Z", "UTC", "Jan", "sept", "MAY.", "AM", "p.m.", "+02:00", "W53"]
)


def same(kind: str, texts: list[str], reading: Reading, expected: list[Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        found = converted(Path(folder), kind, texts, reading)
    for text, mine, theirs in zip(texts, found, expected, strict=True):
        assert (mine, text) == (theirs, text)


def _clean(texts: list[str]) -> list[str]:
    return [text for text in map(cells.trimmed, texts) if text]


@settings(max_examples=25, deadline=None)
@given(texts=strategies.lists(_TEXTS, min_size=1, max_size=60))
@pytest.mark.parametrize("reading", _FIGURES, ids=str)
def test_figures(reading: Reading, texts: list[str]) -> None:
    texts = _clean(texts)
    same("figure", texts, reading, [cells.as_number(text, reading) for text in texts])


@settings(max_examples=25, deadline=None)
@given(texts=strategies.lists(_TEXTS, min_size=1, max_size=60))
def test_plain_numbers(texts: list[str]) -> None:
    texts = _clean(texts)
    same("number", texts, Reading(), [cells.as_number(text) for text in texts])
    same("integer", texts, Reading(), [cells.as_integer(text) for text in texts])
    comma = Reading(decimal=",")
    same("decimal-comma", texts, comma, [cells.as_number(text, comma) for text in texts])


@settings(max_examples=12, deadline=None)
@given(
    times=strategies.lists(_WHEN, max_size=20),
    others=strategies.lists(strategies.lists(_PIECES, max_size=12).map("".join), max_size=40),
)
@pytest.mark.parametrize("form", _FORMATS)
def test_times_by_a_format(form: str, times: list[dt.datetime], others: list[str]) -> None:
    assert moments.check_format(form.replace("100", "")) is None
    written = [at.replace(microsecond=at.microsecond).strftime(form) for at in times]
    texts = _clean([*written, *(text.lower() for text in written), *others])
    reading = Reading(format=form)
    expected = [moments.as_timestamp(text, reading) for text in texts]
    same("written-timestamp", texts, reading, expected)
    same("written-date", texts, reading, [at and at.date() for at in expected])


@settings(max_examples=25, deadline=None)
@given(texts=strategies.lists(strategies.text("0123456789:.-", max_size=12), max_size=60))
def test_durations(texts: list[str]) -> None:
    texts = _clean([*texts, "25:05:00", "-0:00:01.5", "1:60:00", "0:00:00"])
    same("duration", texts, Reading(format=moments.DURATION), list(map(moments.as_seconds, texts)))


def test_every_day_of_a_year_is_read_by_every_order() -> None:
    days = [dt.date(2023, 12, 25) + dt.timedelta(days=n) for n in range(400)]
    for form in ("%d/%m/%Y", "%m-%d-%y", "%d %B %Y", "%Y.%m.%d"):
        same("written-date", [f"{day:{form}}" for day in days], Reading(format=form), days)
    mondays = [day for day in days if day.weekday() == 0]
    same("written-date", [f"{day:%G-W%V}" for day in mondays], Reading(format="%G-W%V"), mondays)


@settings(max_examples=50, deadline=None)
@given(
    texts=strategies.lists(
        strategies.text(
            strategies.characters(exclude_categories=("Cs",), exclude_characters='\t\r\n"\0'),
            max_size=6,
        )
        | strategies.sampled_from(["Cafe\u0301", "\u212b", "\u1100\u1161", "\u0958", " NA ", "ﬀ"]),
        min_size=1,
        max_size=40,
    )
)
def test_texts_are_trimmed_composed_and_missing_alike(texts: list[str]) -> None:
    missing = ("NA", r"\N", "Caf\u00e9?")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "texts.csv"
        write_column(path, texts)
        found = scanned([path], ["text"], missing=missing)
    cell = cells.Cell(type="category", missing=missing)
    assert [value for (value,) in found.rows] == [cell.read(text) for text in texts]


def test_months_are_english_in_full_or_by_three_letters() -> None:
    texts = [
        f"1 {case(name)} 2024"
        for full in moments.MONTHS
        for name, case in itertools.product((full, full[:3]), (str, str.upper, str.title))
    ]
    wrong = ["1 Janu 2024", "1 Ja 2024", "1 Mai 2024", "1 Septe 2024", "1 januarys 2024"]
    reading = Reading(format="%d %b %Y")
    expected = [moments.as_date(text, reading) for text in [*texts, *wrong]]
    assert None not in expected[: len(texts)]
    assert not any(expected[len(texts) :])
    same("written-date", [*texts, *wrong], reading, expected)
