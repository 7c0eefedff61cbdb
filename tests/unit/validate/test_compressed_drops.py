"""A compressed file is judged as what it holds; one that lies about itself is refused."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from drops import Judge, table

from sluice.contracts.spec import Spec
from sluice.validation import validate
from sluice.validation.bytes import HEAD_BYTES, Part
from sluice.validation.compressed import Limits, expanded
from sluice.validation.findings import Refused

GOOD = table()
PACKED = gzip.compress(GOOD.encode(), mtime=0)


def part(tmp_path: Path, content: bytes, name: str = "data.csv.gz") -> Part:
    path = tmp_path / name
    path.write_bytes(content)
    return Part(name=name, path=path)


@pytest.mark.parametrize(
    "content",
    [
        PACKED,
        gzip.compress(GOOD[:500].encode()) + gzip.compress(GOOD[500:].encode()),
        PACKED + gzip.compress(b""),
        PACKED + b"\0" * 700,
        gzip.compress(GOOD.encode("utf-16")),
    ],
    ids=["one member", "two members", "an empty member", "padded with zeros", "UTF-16 inside"],
)
def test_compressed_csv_is_the_same_as_plain(content: bytes, judge: Judge) -> None:
    plain, packed = judge(GOOD), judge(content, "data.csv.gz")

    assert packed.verdict == "accepted", packed.reason
    assert packed.reason == plain.reason.replace("data.csv", "data.csv.gz")
    assert packed.columns == plain.columns
    assert packed.dialect["compression"] == "gzip"
    assert "compression" not in plain.dialect


def test_larger_than_a_block_is_expanded_whole(tmp_path: Path) -> None:
    content = bytes(range(256)) * (3 * HEAD_BYTES // 256) + b"end"

    (plain,) = expanded([part(tmp_path, gzip.compress(content))], tmp_path)

    assert plain.path.read_bytes() == content
    assert plain.name == "data.csv.gz"


BAD = {
    "plain text": (GOOD.encode(), "data.csv.gz", ["no gzip file", "extension"]),
    "cut off in the data": (PACKED[: len(PACKED) // 2], "data.csv.gz", ["cut off", "checksum"]),
    "cut off in the checksum": (PACKED[:-3], "data.csv.gz", ["cut off"]),
    "cut off in the header": (PACKED[:7], "data.csv.gz", ["cut off", "7 bytes"]),
    "wrong checksum": (PACKED[:-8] + b"\1\2\3\4" + PACKED[-4:], "data.csv.gz", ["damaged"]),
    "wrong length": (PACKED[:-4] + b"\1\2\3\4", "data.csv.gz", ["damaged"]),
    "rubbish behind": (PACKED + b"rubbish", "data.csv.gz", ["damaged"]),
    "gzip in gzip": (gzip.compress(PACKED), "data.csv.gz", ["line 1", "gzip-compressed"]),
    "nothing inside": (gzip.compress(b""), "data.csv.gz", ["the file is empty"]),
    "nothing at all": (b"", "data.csv.gz", ["the file is empty"]),
    "a bad row inside": (
        gzip.compress((GOOD + "1,2\n").encode()),
        "data.csv.gz",
        ["data.csv.gz, line 62", "2 fields"],
    ),
    "a bomb": (gzip.compress(b"0" * 40 * HEAD_BYTES), "data.csv.gz", ["200 times", "bytes expand"]),
    "Parquet in gzip": (PACKED, "data.parquet.gz", ["Parquet", "compressed already"]),
    "gzip of who knows what": (PACKED, "data.gz", ["no extension in front of .gz", ".csv.gz"]),
    "zstd": (b"\x28\xb5\x2f\xfd", "data.csv.zst", ["'.zst' is not known", ".csv.gz"]),
}


@pytest.mark.parametrize("what", BAD)
def test_bad_archive_is_refused_with_its_remedy(what: str, judge: Judge) -> None:
    content, name, sentences = BAD[what]

    report = judge(content, name)

    assert report.verdict == "rejected", report.reason
    assert report.findings[0].remedy
    for sentence in [name, *sentences]:
        assert sentence in report.reason


def test_limit_holds_for_all_parts_together(tmp_path: Path) -> None:
    parts = [part(tmp_path, PACKED, f"{i}.csv.gz") for i in range(3)]
    limits = Limits(bytes=2 * len(GOOD) + 1)

    with pytest.raises(Refused, match=r"2\.csv\.gz: expanded, the drop has more than"):
        expanded(parts, tmp_path, limits)


def test_plain_and_compressed_parts_may_stand_in_one_folder(tmp_path: Path) -> None:
    folder = tmp_path / "parts"
    folder.mkdir()
    (folder / "a.csv").write_text(GOOD)
    (folder / "b.csv.gz").write_bytes(PACKED)

    report = validate(folder, name="parts", spec=Spec(), salt="s")

    assert report.verdict == "accepted", report.reason
    assert report.rows == 120
