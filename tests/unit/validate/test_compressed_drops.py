"""A compressed file is judged as what it holds; one that lies about itself is refused."""

from __future__ import annotations

import gzip
import random
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from drops import Judge, table

from sluice.contracts.spec import Spec
from sluice.validation.engine import validate
from sluice.validation.formats.compressed import Limits, expanded
from sluice.validation.formats.parts import HEAD_BYTES, Part
from sluice.validation.refusals import Refused

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

GOOD = table()
PACKED = gzip.compress(GOOD.encode(), mtime=0)


def zst(content: bytes, **options: int) -> bytes:
    """One frame, its checksum included."""
    named = {zstd.CompressionParameter[name]: value for name, value in options.items()}
    packer = zstd.ZstdCompressor(options={zstd.CompressionParameter.checksum_flag: 1, **named})
    return packer.compress(content) + packer.flush()


ZST = zst(GOOD.encode())
SKIPPED = b"\x57\x2a\x4d\x18" + (4).to_bytes(4, "little") + b"note"


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


@pytest.mark.parametrize(
    "content",
    [
        ZST,
        zst(GOOD[:500].encode()) + zst(GOOD[500:].encode()),
        ZST + zst(b""),
        SKIPPED + ZST + SKIPPED,
        zst(GOOD.encode(), checksum_flag=0, content_size_flag=0),
        zst(GOOD.encode(), window_log=27),
        zst(GOOD.encode("utf-16")),
    ],
    ids=[
        "one frame",
        "two frames",
        "an empty frame",
        "frames to skip",
        "neither size nor checksum",
        "a window of 128 MiB",
        "UTF-16 inside",
    ],
)
def test_zstd_is_the_same_as_plain(content: bytes, judge: Judge) -> None:
    plain, packed = judge(GOOD), judge(content, "data.csv.zst")

    assert packed.verdict == "accepted", packed.reason
    assert packed.columns == plain.columns
    assert packed.dialect["compression"] == "zstd"


@pytest.mark.parametrize(
    ("pack", "name"), [(gzip.compress, "data.csv.gz"), (zst, "DATA.CSV.ZST")], ids=["gzip", "zstd"]
)
def test_larger_than_a_block_is_expanded_whole(
    pack: Callable[[bytes], bytes], name: str, tmp_path: Path
) -> None:
    halves = [bytes(range(256)) * (3 * HEAD_BYTES // 256), random.Random(1).randbytes(2_500_000)]

    (plain,) = expanded([part(tmp_path, b"".join(map(pack, halves)), name)], tmp_path)

    assert plain.path.read_bytes() == b"".join(halves)
    assert plain.name == name


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
    "gzip of who knows what": (PACKED, "data.doc.gz", ["'.doc' is not known in front of .gz"]),
    "Parquet in zstd": (ZST, "data.parquet.zst", ["Parquet", "inside of zstd", ".parquet file"]),
    "zstd of who knows what": (ZST, "data.doc.zst", ["'.doc' is not known in front of .zst"]),
    "plain text as zstd": (GOOD.encode(), "data.csv.zst", ["no zstd file", "extension"]),
    "gzip as zstd": (PACKED, "data.csv.zst", ["no zstd file"]),
    "zstd called .csv": (ZST, "data.csv", ["line 1", "zstd-compressed"]),
    "a frame to skip called .csv": (SKIPPED + ZST, "data.csv", ["line 1", "zstd-compressed"]),
    "zstd cut off in the data": (ZST[:-99], "data.csv.zst", ["cut off", "compress it again"]),
    "zstd cut off in the checksum": (ZST[:-1], "data.csv.zst", ["cut off"]),
    "zstd cut off in the header": (ZST[:3], "data.csv.zst", ["cut off", "3 bytes"]),
    "zstd cut off in a second frame": (ZST + ZST[:50], "data.csv.zst", ["cut off"]),
    "zstd cut off in what is skipped": (ZST + SKIPPED[:-1], "data.csv.zst", ["cut off"]),
    "zstd with a wrong checksum": (ZST[:-4] + b"\1\2\3\4", "data.csv.zst", ["damaged", "checksum"]),
    "rubbish behind zstd": (ZST + b"rubbish", "data.csv.zst", ["damaged"]),
    "zeros behind zstd": (ZST + b"\0" * 512, "data.csv.zst", ["damaged"]),
    "zstd in zstd": (zst(ZST), "data.csv.zst", ["line 1", "zstd-compressed"]),
    "zstd of nothing": (zst(b""), "data.csv.zst", ["the file is empty"]),
    "only what is skipped": (SKIPPED, "data.csv.zst", ["the file is empty"]),
    "a bomb of zstd": (zst(b"0" * 40 * HEAD_BYTES), "data.csv.zst", ["200 times"]),
    "a huge window": (zst(GOOD.encode(), window_log=28), "data.csv.zst", ["128 MiB", "--long=27"]),
    "a dictionary": (
        zstd.compress(GOOD.encode(), zstd_dict=zstd.train_dict([GOOD.encode()] * 99, 999)),
        "data.csv.zst",
        ["dictionary, which is not here"],
    ),
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
    (folder / "c.csv.zst").write_bytes(ZST)

    report = validate(folder, name="parts", spec=Spec(), salt="s")

    assert report.verdict == "accepted", report.reason
    assert report.rows == 180
    assert report.dialect["compression"] == "gzip/zstd"
