"""A text becomes the value it says, or none; held against Python's own conversions."""

from __future__ import annotations

import base64
import itertools
import random
import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from pathlib import Path

import pytest
from scanning import converted, scanned, write_column


def test_booleans_are_true_and_false_in_any_case(tmp_path: Path) -> None:
    cased = [
        "".join(letters)
        for word in ("true", "false")
        for letters in itertools.product(*((c, c.upper()) for c in word))
    ]
    others = [
        "t",
        "f",
        "0",
        "1",
        "yes",
        "no",
        "truee",
        "tru",
        "fals",
        "\x14rue",
        "tr\x15e",
        "TRUE.",
    ]

    found = converted(tmp_path, "boolean", [*cased, *others])

    assert found == [*(text.lower() == "true" for text in cased), *[None] * len(others)]


def _date(text: str) -> date | None:
    try:
        return date(*map(int, text.split("-"))) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else None
    except ValueError:
        return None


_NO_DATES = """
2024-1-01 24-01-01 2024/01/01 20240101 2024-01-0a -024-01-01 2024-W01-1 2024-01-011 2024-01_01
12024-01-01
"""


def test_dates_are_those_of_the_calendar(tmp_path: Path) -> None:
    years = [0, 1, 4, 100, 400, 1582, 1899, 1900, 1969, 1970, 2000, 2023, 2024, 2100, 9996, 9999]
    texts = [
        f"{year:04}-{month:02}-{day:02}"
        for year in years
        for month in range(14)
        for day in (0, 1, 15, 28, 29, 30, 31, 32)
    ]
    texts += _NO_DATES.split()
    rng = random.Random(3)
    texts += [date.fromordinal(rng.randrange(1, 3652060)).isoformat() for _ in range(3000)]

    assert converted(tmp_path, "date", texts) == list(map(_date, texts))


_DAYS = """
0000-12-31 0001-01-01 0001-01-02 1969-12-31 2024-02-29 2023-02-29 9999-12-31 2024-06-30
"""
_CLOCKS = """
00:00 23:59 24:00 12:60 1:00 12:5 23:59:59 23:59:60 12:00:5 12:00: 12:00:00. 12:00:00.1
12:00:00.000001 23:59:59.999999 12:00:00.1234567 12:00:00,5 12:0a:00 12-00-00 12:00:00.12345x
12:00.5 1200 12
"""
_ZONES = """
Z z +00:00 -00:00 +0000 +05:30 -0330 +14:00 +15:59 -15:59 +16:00 +05:60 +05 +5:30 +05:3 +05:300 ZZ
+0530Z 05:30 +05-30 +a5:30 + UTC
"""

_MOMENT = re.compile(r"(.{10})[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?(Z|[+-]\d\d:?\d\d)?")
_MIDNIGHT = "T00:00"


def moment(text: str) -> datetime | None:
    """ISO 8601 as the scanner has it: without its zone where it has none, else in UTC."""
    if len(text) == 10:
        text += _MIDNIGHT  # a day alone is its beginning
    found = _MOMENT.fullmatch(text)
    if not found or (day := _date(found[1])) is None:
        return None
    hour, minute, second = int(found[2]), int(found[3]), int(found[4] or 0)
    try:
        micros = int((found[5] or "0").ljust(6, "0"))
        at = datetime.combine(day, time(hour, minute, second, micros))
        if not (zone := found[6]):
            return at
        if zone == "Z":
            return at.replace(tzinfo=UTC)
        hours, minutes = int(zone[1:3]), int(zone[-2:])
        if hours > 15 or minutes > 59:
            return None
        offset = timedelta(hours=hours, minutes=minutes) * (-1 if zone[0] == "-" else 1)
        return at.replace(tzinfo=timezone(offset)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


@pytest.mark.parametrize("kind", ["timestamp", "instant"])
def test_moments_are_those_that_datetime_knows(kind: str, tmp_path: Path) -> None:
    rng = random.Random(4)
    texts = [
        f"{day}{between}{clock}{zone}"
        for day in _DAYS.split()
        for between in ("T", " ", "t", "  ", "")
        for clock in ("", *_CLOCKS.split())
        for zone in ("", " Z", *_ZONES.split())
    ]
    for _ in range(3000):
        at = datetime.combine(date.min, time()) + timedelta(
            microseconds=rng.randrange(315537897600 * 10**6)
        )
        offset = timezone(timedelta(minutes=rng.randrange(-959, 960)))
        texts += [at.isoformat(), at.isoformat(" "), at.replace(tzinfo=offset).isoformat()]

    found = converted(tmp_path, kind, texts)

    def expected(text: str) -> datetime | None:
        at = moment(text.strip())
        is_of_kind = at is not None and (at.tzinfo is not None) == (kind == "instant")
        return at.replace(tzinfo=None) if at and is_of_kind else None

    assert found == list(map(expected, texts))
    assert sum(value is not None for value in found) > 3000


def test_a_column_as_it_is_keeps_all_but_the_empty_text(tmp_path: Path) -> None:
    texts = ["", " ", " x ", "NA", '"', "a\nb", "é" * 40, "007"]
    write_column(tmp_path / "data.csv", texts)

    found = scanned([tmp_path / "data.csv"], ["as-is"], missing=["NA", "007"])

    assert found.rows == [(text or None,) for text in texts]
    (held,) = found.scan.tallies
    assert (held.present, held.spelled, held.other) == (7, 0, 0)


def test_spaces_around_text_are_taken_off_and_counted(tmp_path: Path) -> None:
    write_column(tmp_path / "data.csv", [" x", "x ", "  x  ", "x", "a b", "", "\tx"])

    found = scanned([tmp_path / "data.csv"], ["text"])

    assert found.rows == [("x",), ("x",), ("x",), ("x",), ("a b",), (None,), ("\tx",)]
    (held,) = found.scan.tallies
    assert (held.present, held.spelled, held.other) == (6, 0, 3)


def test_base64_is_decoded_or_none(tmp_path: Path) -> None:
    rng = random.Random(6)
    sound = [rng.randbytes(n) for n in range(1, 200)]
    broken = [
        "A",
        "AB",
        "ABC",
        "A===",
        "====",
        "AB=C",
        "AB=",
        "ABC=ABCD",
        "AB-_",
        "AB C",
        "ABCDE",
        "é===",
    ]

    found = converted(tmp_path, "base64", [*(base64.b64encode(b).decode() for b in sound), *broken])

    assert found == [*sound, *[None] * len(broken)]
