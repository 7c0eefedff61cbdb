"""The independent count agrees with the csv module wherever a file is sound, at any block size."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from sluice.validation.formats.csv import pieces as csv_pieces
from sluice.validation.formats.csv.pieces import line_of, pieces
from sluice.validation.formats.csv.row_count import RowCount, count_rows, recount_rows
from sluice.validation.formats.parts import Part
from sluice.validation.refusals import Refused

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

        assert count_rows(part, ",").rows == len(rows)
        assert recount_rows(part, ",") == count_rows(part, ",")

        reader = csv.reader(io.StringIO(text, newline=""))
        line = 1
        for number, row in enumerate(reader, start=1):
            assert row == rows[number - 1]
            assert line_of(part, ",", number) == line
            line = text.count("\n", 0, _end(text, number)) + 1


def _end(text: str, rows_read: int) -> int:
    """Offset behind the so many-th row, by brute force."""
    inside, seen = False, 0
    for at, character in enumerate(text):
        inside ^= character == '"'
        seen += character == "\n" and not inside
        if seen == rows_read:
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
        whole = recount_rows(part, ",")
        with monkeypatch.context() as small:
            small.setattr(csv_pieces, "BLOCK_BYTES", block)
            assert recount_rows(part, ",") == whole
            assert b"".join(piece.data for piece in pieces(part, ",")) == text.encode()


def test_random_bytes_are_counted_or_refused_in_both_ways_alike(tmp_path: Path) -> None:
    rng = random.Random(3)
    part = Part(name="data.csv", path=tmp_path / "data.csv")
    refused = []
    for _ in range(600):
        part.path.write_bytes(bytes(rng.choice(b'ab,"\n\r;') for _ in range(rng.randrange(200))))
        fast, slow = (_counted(way, part) for way in (count_rows, recount_rows))
        if isinstance(slow, Refused):
            refused.append(slow)
        if isinstance(fast, Refused):
            assert isinstance(slow, Refused)
        elif isinstance(slow, RowCount):
            assert fast == slow
    assert 0 < len(refused) < 600
    assert all(r.finding.line and "data.csv, line " in r.reason for r in refused)


def _counted(way: Callable[[Part, str], RowCount], part: Part) -> RowCount | Refused:
    try:
        return way(part, ",")
    except Refused as error:
        return error


@pytest.mark.parametrize("place", [0, 1, 62, 63, 64, 65, 127, 128, 262_143, 262_144, 262_145])
def test_a_line_end_is_seen_wherever_it_stands(place: int, tmp_path: Path) -> None:
    part = Part(name="data.csv", path=tmp_path / "data.csv")
    for end, newline in ((b"\n", "LF"), (b"\r\n", "CRLF")):
        part.path.write_bytes(b"x" * place + end + b"last" + end)
        found = count_rows(part, ",")
        assert (found.rows, found.newline, found.is_ended) == (1 + bool(place), newline, True)
        assert found.blank == (not place)


@pytest.mark.parametrize("place", [0, 61, 62, 63, 64, 65, 262_142, 262_143, 262_144])
def test_what_is_wrong_is_seen_wherever_it_stands(place: int, tmp_path: Path) -> None:
    part = Part(name="data.csv", path=tmp_path / "data.csv")
    for wrong, code in (
        (b"\0", "nul-byte"),
        (b"\xff", "bad-encoding"),
        (b"\xed\xa0\x80", "bad-encoding"),
        (b"\xe2\x82", "bad-encoding"),
        (b"\rx", "lone-carriage-return"),
        (b"\r", "lone-carriage-return"),
        (b'\n"x', "unclosed-quote"),
    ):
        part.path.write_bytes(b"x" * place + wrong)
        with pytest.raises(Refused) as refused:
            count_rows(part, ",")
        assert refused.value.finding.code == code


def test_text_of_any_plane_is_sound(tmp_path: Path) -> None:
    part = Part(name="data.csv", path=tmp_path / "data.csv")
    for before in range(70):
        part.path.write_text("x" * before + "é,€,😀,\ud7ff,\ue000,\U0010ffff\n", encoding="utf-8")
        assert count_rows(part, ",").rows == 1
