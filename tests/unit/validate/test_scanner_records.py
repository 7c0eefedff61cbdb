"""Records come back field by field as the csv module reads them, wherever the buffer ends."""

from __future__ import annotations

import codecs
import csv
import io
import random
from collections.abc import Sequence
from pathlib import Path

import pytest
from scanning import BUFFER, files_of, numbered, scanned

from sluice.validation.formats.csv.row_count import recount_rows
from sluice.validation.formats.parts import Part
from sluice.validation.refusals import Refused
from sluice.validation.scanner.interface import Status
from sluice.validation.scanner.scan import Scan, count

PIECES = [
    "",
    "1",
    " ",
    "  ",
    "x",
    "plain",
    '"',
    '""',
    "'",
    ",",
    ";",
    "\t",
    "|",
    "\n",
    "é",
    "€",
    "😀",
    "a" * 70,
]


def table(rng: random.Random, rows: int, width: int = 4) -> list[list[str]]:
    return [
        ["".join(rng.choices(PIECES, k=rng.choice((0, 1, 1, 2, 5)))) for _ in range(width)]
        for _ in range(rows)
    ]


def as_text(rows: Sequence[Sequence[str]], **written: object) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, **written).writerows(rows)
    return out.getvalue()


def as_is(row: Sequence[str]) -> tuple[str | None, ...]:
    return tuple(field or None for field in row)


def trimmed(row: Sequence[str]) -> tuple[str | None, ...]:
    return as_is([field.strip(" ") for field in row])


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("quote", ['"', "'"])
def test_fields_are_those_of_the_csv_module(delimiter: str, quote: str, tmp_path: Path) -> None:
    rng = random.Random(0)
    path = tmp_path / "data.csv"
    for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_ALL):
        for newline in ("\n", "\r\n"):
            rows = table(rng, 300)
            if quoting == csv.QUOTE_ALL:
                rows[::7] = [[f"{field}\r\n{field}\r" for field in row] for row in rows[::7]]
            text = as_text(
                rows, delimiter=delimiter, quotechar=quote, quoting=quoting, lineterminator=newline
            )
            mark = rng.choice((b"", codecs.BOM_UTF8))
            blank = newline * rng.randrange(3)
            end = rng.choice((newline, ""))
            # Without its line's end, a last record of one empty field would be none.
            path.write_bytes(mark + (blank + text.removesuffix(newline) + end).encode())

            found = scanned(
                [path], ["text", "as-is", "text", "as-is"], delimiter=delimiter, quote=quote
            )

            assert found.scan.status is Status.DONE
            expected = [
                (*trimmed(row)[:1], row[1] or None, trimmed(row)[2], row[3] or None) for row in rows
            ]
            assert found.rows == expected


SHAPES = {
    "no line's end": (b"a,b\n1,2", [("a", "b"), ("1", "2")]),
    "a delimiter at the end": (b"a,b\n1,", [("a", "b"), ("1", None)]),
    "only a delimiter": (b",", [(None, None)]),
    "an empty quoted field at the end": (b'1,""', [("1", None)]),
    "quotes at the end": (b'1,"x"', [("1", "x")]),
    "a doubled quote at the end": (b'1,"x"""', [("1", 'x"')]),
    "a carriage return at the end": (b"1,2\r", [("1", "2")]),
    "a quoted field, then a carriage return at the end": (b'1,"2"\r', [("1", "2")]),
    "blank lines": (b"\n\r\n\na,b\n\n\r\n1,2\n\n", [("a", "b"), ("1", "2")]),
    "mixed ends": (b"a,b\r\n1,2\n3,4\r\n", [("a", "b"), ("1", "2"), ("3", "4")]),
    "spaces around quotes": (b'  "a, b"  , "c" \r\n', [("a, b", "c")]),
    "a quote inside of a field": (b'5" pipe,a "b" c\n', [('5" pipe', 'a "b" c')]),
    "a carriage return inside of a field": (b"a\rb,c\r\r\n", [("a\rb", "c\r")]),
    "a mark, then a quote": (codecs.BOM_UTF8 + b'"a",b\n', [("a", "b")]),
    "a mark alone": (codecs.BOM_UTF8, []),
    "nothing": (b"", []),
    "a field that is a quote": (b'"""",""""""\n', [('"', '""')]),
    "quoted line ends": (b'"\n","\r\n"\n', [("\n", "\r\n")]),
}  # fmt: skip


@pytest.mark.parametrize(("content", "rows"), SHAPES.values(), ids=SHAPES)
def test_every_shape_of_record_is_read(content: bytes, rows: object, tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    path.write_bytes(content)

    found = scanned([path], ["text", "text"])

    assert found.scan.status is Status.DONE
    assert found.rows == rows


def test_a_field_may_begin_and_end_anywhere_in_the_buffer(tmp_path: Path) -> None:
    tail = (
        '"a ""quoted"" b",c\r\n  "two\r\nlines" ,é\n\r\n,\n"",""\r\n1,2,3\n'
        'x,"\n"\r\n😀,5" pipe\r\nlast,"one"'
    ).encode()  # fmt: skip
    path, short = tmp_path / "data.csv", tmp_path / "short.csv"
    short.write_bytes(tail)
    expected = scanned([short], ["text", "as-is"], most_bad_rows=9)
    assert [reject.text for reject in expected.scan.bad_rows] == ["1,2,3"]

    for before in range(len(tail) + 1):
        path.write_bytes(b"\n" * (BUFFER - before) + tail)
        found = scanned([path], ["text", "as-is"], most_bad_rows=9)

        assert found.rows == expected.rows
        assert found.scan.status is Status.DONE
        (reject,) = found.scan.bad_rows
        assert (reject.text, reject.line) == ("1,2,3", BUFFER - before + 7)


def test_files_of_several_buffers_are_one_table(tmp_path: Path) -> None:
    rng = random.Random(5)
    rows = table(rng, 180_000)
    rows[60_000][1] = "a line\n" * 400_000
    rows[60_001][2] = '"' * 1_500_000
    paths = [tmp_path / f"{i}.csv" for i in range(3)]
    for i, path in enumerate(paths):
        newline = ("\n", "\r\n", "\n")[i]
        text = as_text([numbered(4), *rows[i::3]], lineterminator=newline)
        path.write_bytes((text.removesuffix(newline) if i == 1 else text).encode())
    assert min(path.stat().st_size for path in paths) > 2 * BUFFER

    found = scanned(paths, ["as-is", "as-is", "text", "text"], has_header=True)

    assert found.scan.status is Status.DONE
    expected = [
        (row[0] or None, row[1] or None, *trimmed(row[2:])) for i in range(3) for row in rows[i::3]
    ]
    assert found.rows == expected
    assert [held.present for held in found.scan.tallies] == [
        sum(row[i] is not None for row in expected) for i in range(4)
    ]


def test_random_bytes_are_read_as_they_are_counted(tmp_path: Path) -> None:
    rng = random.Random(7)
    path = tmp_path / "data.csv"
    part = Part(name="data.csv", path=path)
    done = 0
    for _ in range(2500):
        path.write_bytes(
            bytes(rng.choices(b'a,"\n\r; \xc3', (6, 5, 2, 4, 1, 1, 1, 0.02), k=rng.randrange(40)))
        )
        scan = Scan(files_of([path], 3), missing=(), asked=[["integer"]] * 3, most_bad_rows=1000)
        scan.ask()
        read = scan.rows + len(scan.bad_rows)
        try:
            exact = recount_rows(part, ",").rows
        except Refused:
            continue
        assert (scan.status, read) == (Status.DONE, exact)
        counted = count(path, ",", '"', 1 << 24)
        done += counted.is_plain
        assert not counted.is_plain or counted.rows == exact
    assert done > 500
