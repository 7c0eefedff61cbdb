"""One table in an archive is that table; several of one header are its parts."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from drops import Judge, codes
from exported import CSV, HEADER, LINES, ROWS, assert_whole, parquet


def zipped(files: Mapping[str, str | bytes]) -> bytes:
    """A ZIP archive of them."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def tarred(files: Mapping[str, str]) -> bytes:
    """A compressed TAR archive of them."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content.encode()))
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (zipped({"people.csv": CSV, "__MACOSX/._people.csv": "x"}), "a.zip"),
        (zipped({"out/people.csv": CSV, "out/.DS_Store": "x", "README.md": "x"}), "a.zip"),
        (zipped({"a.csv": HEADER + "".join(ROWS[:30]), "b.csv": HEADER + "".join(ROWS[30:])}), "a"),
        (zipped({"people.txt": CSV}), "a.zip"),
        (zipped({"people.csv.gz": gzip.compress(CSV.encode())}), "a.zip"),
        (tarred({"people.jsonl": "".join(LINES)}), "a.tgz"),
        (tarred({"people.csv": CSV}), "a"),
    ],
)
def test_tables_in_an_archive_are_the_drop(content: bytes, name: str, judge: Judge) -> None:
    report = judge(content, name, read={"header": True} if "tgz" not in name else {})

    assert_whole(report)
    assert "archived-table" in codes(report, "note")
    assert "read-unused" not in codes(report)


def test_a_parquet_file_in_an_archive_is_the_drop(judge: Judge, tmp_path: Path) -> None:
    assert_whole(judge(zipped({"people.parquet": parquet(tmp_path)}), "a.zip"))


@pytest.mark.parametrize("other", [{"b.csv": "a,b\n1,2\n"}, {"b.jsonl": LINES[0]}])
def test_tables_that_are_no_parts_of_one_are_refused_with_their_names(
    other: dict[str, str], judge: Judge
) -> None:
    report = judge(zipped({"a.csv": CSV, **other}), "a.zip")

    assert codes(report, "refuse") == {"several-tables"}
    assert f"'a.csv', '{next(iter(other))}'" in report.reason


def test_a_place_in_an_archived_table_is_the_members(judge: Judge) -> None:
    report = judge(zipped({"people.csv": CSV + "1,2\n"}), "a.zip")

    assert report.reason.startswith("a.zip/people.csv, line 62: 2 fields")


def test_a_bomb_in_an_archive_is_refused(judge: Judge) -> None:
    report = judge(zipped({"people.csv": b"0" * 40_000_000}), "a.zip")

    assert codes(report, "refuse") == {"decompression-bomb"}
