"""What does not parse is set aside or ends the scan, and is said with its place."""

from __future__ import annotations

from pathlib import Path

import pytest
from scanning import BUFFER, files_of, scanned

from sluice.validation.scanner.interface import Status
from sluice.validation.scanner.scan import Scan


def test_records_of_another_width_are_set_aside_with_their_place(tmp_path: Path) -> None:
    first, second = tmp_path / "1.csv", tmp_path / "2.csv"
    first.write_bytes(b'\xef\xbb\xbfx,y\n\n1,"two\nlines"\r\nonly\n1,2,3\r\n5,6\n')
    second.write_bytes('a\n7,8\n\n"é\n\n",,,'.encode())

    found = scanned([first, second], ["text", "text"], has_header=True, most_bad_rows=9)

    assert found.rows == [("1", "two\nlines"), ("5", "6"), ("7", "8")]
    assert [
        (r.path, r.row, r.line, r.offset, r.size, r.fields, r.text) for r in found.scan.bad_rows
    ] == [
        (first, 3, 5, 23, 5, 1, "only"),
        (first, 4, 6, 28, 7, 3, "1,2,3"),
        (second, 3, 4, 7, 9, 4, '"é\n\n",,,'),
    ]
    assert found.scan.status is Status.DONE


def test_so_many_records_that_do_not_parse_end_the_scan(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    path.write_text("1,2\nx\n3,4\ny\n5,6\nz\n7,8\n")

    found = scanned([path], ["integer", "integer"], most_bad_rows=2)

    assert found.rows == [(1, 2), (3, 4)]
    assert [reject.text for reject in found.scan.bad_rows] == ["x", "y"]
    assert found.scan.status is Status.TOO_MANY_BAD_ROWS
    assert found.scan.place == (path, 4)
    many = scanned([path], ["integer"] * 3, most_bad_rows=1000)
    assert (many.rows, len(many.scan.bad_rows)) == ([], 7)


@pytest.mark.parametrize(
    "broken",
    ['3,"4', '"3"x,4\n5,6\n', '3,"4" x\n', '"3\n",""4"\n', '3,"4""', '3,"4"\r5,6\n', '3,"'],
)
def test_a_broken_quote_ends_the_scan_and_says_the_line(broken: str, tmp_path: Path) -> None:
    sound, path = tmp_path / "1.csv", tmp_path / "2.csv"
    sound.write_text('1,"two\nlines"\n')
    path.write_bytes(f'1,2\r\n\r\n2,"\r\n\n"\n{broken}'.encode())

    found = scanned([sound, path], ["text", "text"])

    assert len(found.rows) == 3
    assert found.scan.status is Status.BROKEN_QUOTE
    assert found.scan.place == (path, 6)


@pytest.mark.parametrize("record", ["{},2\n", "{}\n", '"{}",2\n', "{},2", '"{}'])
@pytest.mark.parametrize("header", [False, True])
def test_a_record_longer_than_allowed_ends_the_scan(
    record: str, header: bool, tmp_path: Path
) -> None:
    path = tmp_path / "data.csv"
    for size in (100, 200, BUFFER, 3 * BUFFER):
        for before in (b"", b"\n" * (BUFFER - 150)):
            path.write_bytes(before + b"1,2\n" * (not header) + record.format("x" * size).encode())
            found = scanned(
                [path], ["text", "text"], longest=150, has_header=header, most_bad_rows=9
            )
            sound = Status.BROKEN_QUOTE if record == '"{}' else Status.DONE
            expected = Status.TOO_LONG if size > 150 else sound
            assert found.scan.status is expected
            if found.scan.status is not Status.DONE:
                assert found.scan.place == (path, len(before) + 2 - header)


def test_a_file_that_cannot_be_read_is_no_end_of_the_rows(tmp_path: Path) -> None:
    there, gone = tmp_path / "1.csv", tmp_path / "gone.csv"
    there.write_text("1\n")
    scan = Scan(files_of([there, gone], 1), missing=(), asked=[["integer"]])

    with pytest.raises(FileNotFoundError):
        scan.ask()
    with pytest.raises(IsADirectoryError):
        _ = scanned([there, tmp_path], ["integer"]).scan.tallies
