"""The independent count agrees with the csv module wherever a file is sound, at any block size."""

from __future__ import annotations

import csv
import io
import random
from pathlib import Path

import pytest

from sluice.validation import records
from sluice.validation.bytes import Part
from sluice.validation.findings import Refused
from sluice.validation.records import line_of, pieces, scan, with_line_feeds

FIELDS = [
    "",
    "1",
    "2.5",
    "plain",
    'say "hi"',
    "a,b",
    "two\nlines",
    '"',
    '""',
    "\n",
    "naïve",
    "x" * 40,
]


def random_file(rng: random.Random, newline: str, quoting: int) -> tuple[str, list[list[str]]]:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator=newline, quoting=quoting)
    rows = [[rng.choice(FIELDS) for _ in range(3)] for _ in range(rng.randrange(1, 60))]
    rows = [row for row in rows if any(row)]
    writer.writerows(rows)
    return out.getvalue(), rows


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
def test_count_and_places_agree_with_the_csv_module(
    newline: str, quoting: int, tmp_path: Path
) -> None:
    rng = random.Random(0)
    for _ in range(60):
        text, rows = random_file(rng, newline, quoting)
        part = Part(name="data.csv", path=tmp_path / "data.csv")
        part.path.write_bytes(text.encode())

        assert scan(part, ",").count == len(rows)

        reader = csv.reader(io.StringIO(text, newline=""))
        line = 1
        for number, row in enumerate(reader, start=1):
            assert row == rows[number - 1]
            assert line_of(part, ",", number) == line
            line = text.count("\n", 0, _end(text, number)) + 1


def _end(text: str, records_read: int) -> int:
    """Offset behind the so many-th record, by brute force."""
    inside, seen = False, 0
    for at, character in enumerate(text):
        inside ^= character == '"'
        seen += character == "\n" and not inside
        if seen == records_read:
            return at + 1
    return len(text)


@pytest.mark.parametrize("block", [7, 64, 1000])
def test_block_size_changes_nothing(
    block: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = random.Random(1)
    part = Part(name="data.csv", path=tmp_path / "data.csv")
    for stray in ("", '5" pipe,rod,3\n'):
        text = "".join(random_file(rng, "\n", csv.QUOTE_MINIMAL)[0] for _ in range(5)) + stray
        part.path.write_text(text)
        whole = scan(part, ",")
        with monkeypatch.context() as small:
            small.setattr(records, "BLOCK_BYTES", block)
            assert scan(part, ",") == whole
            assert b"".join(piece.data for piece in pieces(part, ",")) == text.encode()


def test_line_ends_outside_of_quotes_become_line_feeds(tmp_path: Path) -> None:
    part = Part(name="data.csv", path=tmp_path / "data.csv")
    part.path.write_bytes(b'a,"x\r\ny"\r\nb,c\n')

    copy = b"".join(with_line_feeds(piece, ",") for piece in pieces(part, ","))

    assert copy == b'a,"x\r\ny"\nb,c\n'


def test_random_bytes_are_counted_or_refused(tmp_path: Path) -> None:
    rng = random.Random(3)
    part = Part(name="data.csv", path=tmp_path / "data.csv")
    refused = []
    for _ in range(300):
        part.path.write_bytes(bytes(rng.choice(b'ab,"\n\r;') for _ in range(rng.randrange(200))))
        try:
            scan(part, ",")
        except Refused as error:
            refused.append(error)
    assert 0 < len(refused) < 300
    assert all(r.finding.line and "data.csv, line " in r.reason for r in refused)
