"""Writes the files of the corpus that a repository does not hold, because they are too large, or
archives and workbooks that nobody could read there; the same bytes each time.

`python -m tests.corpus.validate.make FOLDER` writes all of them.
"""

from __future__ import annotations

import struct
import sys
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from tests.corpus.validate.archives import ARCHIVES
from tests.corpus.validate.workbooks import WORKBOOKS

ROWS: Final = 20_000
LATE: Final = 15_000
"""The row, from 1, that is odd in the `late-…` files; it stands on the next line."""
MEGABYTE: Final = 1_000_000


def _record(row: int) -> str:
    return f"{row},{('red', 'green', 'blue')[row % 3]},{'ab'[row % 2]}"


def _late(odd: str | bytes) -> Callable[[Path], None]:
    """A file of `ROWS` sound rows but for one."""

    def write(path: Path) -> None:
        lines: list[str | bytes] = [_record(row) for row in range(1, ROWS + 1)]
        lines[LATE - 1] = odd
        lines.insert(0, "n,colour,label")
        path.write_bytes(
            b"".join((x if isinstance(x, bytes) else x.encode()) + b"\n" for x in lines)
        )

    return write


def _long_line(opening: str, closing: str, size: int) -> Callable[[Path], None]:
    """40 rows, the 20th of which has a field of `size` bytes."""

    def write(path: Path) -> None:
        with path.open("w", encoding="utf-8", newline="") as out:
            out.write("n,colour,label\n")
            for row in range(1, 41):
                if row != 20:
                    out.write(_record(row) + "\n")
                    continue
                out.write(f"20,{opening}")
                for left in range(size, 0, -MEGABYTE):
                    out.write("x" * min(left, MEGABYTE))
                out.write(f"{closing},a\n")

    return write


def _many_columns(path: Path) -> None:
    """100,000 columns of small numbers, the last of which is the label."""
    with path.open("w", encoding="utf-8", newline="") as out:
        out.write(",".join(f"c{place}" for place in range(1, 100_000)) + ",label\n")
        for row in range(1, 31):
            out.write(f"{row % 10}," * 99_999 + f"{'ab'[row % 2]}\n")


def _bomb(path: Path) -> None:
    """3 GB of CSV in 23 MB of gzip, one member with a true checksum.

    A block that ends in a full flush refers to nothing before it, so it may be repeated.
    """
    block = b"".join(_record(row).encode() + b"\n" for row in range(1, 501)) * 200
    times = 3_000 * MEGABYTE // len(block)
    header = b"n,colour,label\n"
    with path.open("wb") as out:
        out.write(b"\x1f\x8b\x08\0\0\0\0\0\0\xff")
        for piece, repeat in ((header, 1), (block, times)):
            packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
            packed = packer.compress(piece) + packer.flush(zlib.Z_FULL_FLUSH)
            for _ in range(repeat):
                out.write(packed)
        out.write(b"\x03\0")
        checksum = zlib.crc32(header)
        for _ in range(times):
            checksum = zlib.crc32(block, checksum)
        out.write(struct.pack("<II", checksum, (len(header) + times * len(block)) % 2**32))


def _steep_bomb(path: Path) -> None:
    """100 MB of one row, over and over, in 150 kB of gzip."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    with path.open("wb") as out:
        out.write(packer.compress(b"n,colour,label\n"))
        for _ in range(100):
            out.write(packer.compress(b"1,red,a\n" * (MEGABYTE // 8)))
        out.write(packer.flush())


def _parquet_bomb(path: Path) -> None:
    """A billion rows in 200 kB: a thousand row groups that are all the same pages."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = MEGABYTE
    table = pa.table({"n": pa.array([7] * rows), "label": pa.array(["a"] * rows)})
    pq.write_table(table, path, row_group_size=rows)
    whole = pq.read_metadata(path)
    for _ in range(10):
        whole.append_row_groups(whole)
    content = path.read_bytes()
    pages = content[: -8 - int.from_bytes(content[-8:-4], "little")]
    whole.write_metadata_file(path)
    path.write_bytes(pages + path.read_bytes()[4:])


def _deep_array(path: Path) -> None:
    """A JSON array inside of an array, 20 million times."""
    path.write_bytes(b"[" * 20_000_000)


def _many_keys(path: Path) -> None:
    """JSON Lines in which every record has keys that no other has."""
    with path.open("w", encoding="utf-8") as out:
        for row in range(20_000):
            out.write(f'{{"a{row}": 1, "b{row}": 2, "label": "{"ab"[row % 2]}"}}\n')


LARGE: Final[dict[str, Callable[[Path], None]]] = {
    "late-embedded-newline.csv": _late('15000,"gre\nen",a'),
    "late-unclosed-quote.csv": _late('15000,"red,a'),
    "late-short-row.csv": _late("15000,red"),
    "late-long-row.csv": _late("15000,red,a,b"),
    "late-word.csv": _late("many,red,a"),
    "late-fraction.csv": _late("15000.5,red,a"),
    "late-leading-zero.csv": _late("0015000,red,a"),
    "late-large-integer.csv": _late("9007199254740993,red,a"),
    "late-huge-integer.csv": _late("92233720368547758083,red,a"),
    "late-missing.csv": _late(",red,a"),
    "late-bad-byte.csv": _late(b"15000,r\xf6t,a"),
    "late-nul-byte.csv": _late("15000,r\0d,a"),
    "late-carriage-return.csv": _late("15000,r\rd,a"),
    "long-field.csv": _long_line('"', '"', 200_000),
    "line-of-200-megabytes.csv": _long_line("", "", 200 * MEGABYTE),
    "quoted-field-of-200-megabytes.csv": _long_line('"', '"', 200 * MEGABYTE),
    "unclosed-quote-before-200-megabytes.csv": _long_line('"', "", 200 * MEGABYTE),
    "hundred-thousand-columns.csv": _many_columns,
    "bomb-of-3-gigabytes.csv.gz": _bomb,
    "bomb-of-one-row.csv.gz": _steep_bomb,
    "bomb-of-a-billion-rows.parquet": _parquet_bomb,
    "array-of-arrays.json": _deep_array,
    "keys-without-end.jsonl": _many_keys,
}
"""What is written, and how."""
PACKED: Final = {**ARCHIVES, **WORKBOOKS}
"""Archives and workbooks: small, and made of other bytes."""


def made(name: str, folder: Path) -> Path:
    """The file of this name, written into `folder`."""
    path = folder / name
    if name in PACKED:
        path.write_bytes(PACKED[name]())
    else:
        LARGE[name](path)
    return path


def _all(folder: Path) -> Iterator[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    for name in (*LARGE, *PACKED):
        yield made(name, folder)


if __name__ == "__main__":
    for file in _all(Path(sys.argv[1])):
        print(f"{file.stat().st_size:>13,} {file.name}")
