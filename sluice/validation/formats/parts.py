"""What a drop is made of, judged by its bytes before any parser sees it.

A parser that is handed a PDF, UTF-16 or a cut-off file finds rows in it; so the kind of each file
is settled here, by name, size and first bytes, and the text is made UTF-8 where it is not.
"""

from __future__ import annotations

import codecs
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sluice.validation.refusals import Refused, shown

Format = Literal["csv", "jsonl", "json", "xlsx", "parquet", "zip", "tar"]

FORMATS: dict[str, Format] = {
    ".xlsx": "xlsx",
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".csv": "csv",
    ".zip": "zip",
    ".tar": "tar",
    ".tgz": "tar",
    ".parquet": "parquet",
}
"""Extensions that are taken, lower case."""

Compression = Literal["gzip", "zstd"]

COMPRESSIONS: dict[str, Compression] = {".gz": "gzip", ".tgz": "gzip", ".zst": "zstd"}
"""Extensions of files that are expanded first; `.gz` and `.zst` follow the one of a text format, or
`.tar`."""

TEXTS = {"csv": "CSV", "jsonl": "JSON Lines", "json": "JSON"}
"""Formats that are text, and what people call them."""

ARCHIVES = {"zip": "a ZIP archive", "tar": "a TAR archive"}
"""Formats that hold files in class folders."""

WHOLE = {"parquet": "a Parquet file", "xlsx": "an Excel workbook", "zip": ARCHIVES["zip"]}
"""Formats that are compressed in themselves."""

OTHER_BOOKS = {
    ".xls": "a workbook of Excel 2003 or older",
    ".xlsb": "a binary Excel workbook",
    ".xlsm": "an Excel workbook with macros",
    ".ods": "an OpenDocument spreadsheet",
}
"""Extensions of spreadsheets that are not taken, and what they are."""
AS_XLSX = "Save it as an Excel workbook (.xlsx) without macros and password, or as CSV."

HEAD_BYTES = 1024 * 1024
"""How much of a file's beginning is looked at to settle what it is."""

MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "a ZIP archive or an Excel workbook"),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word document"),
    (b"\x1f\x8b", "gzip-compressed"),
    (b"\x28\xb5\x2f\xfd", "zstd-compressed"),
    *((bytes([0x50 + i]) + b"\x2a\x4d\x18", "zstd-compressed") for i in range(16)),
    (b"BZh", "bzip2-compressed"),
    (b"\xfd7zXZ", "xz-compressed"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"PAR1", "a Parquet file"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"SQLite format 3", "an SQLite database"),
    (b"ARROW1", "an Arrow file"),
)
"""First bytes of what people drop under a wrong name, and what to call it."""

UTF16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One file of a drop."""

    name: str
    """As the user dropped it: named in every sentence about it."""
    path: Path
    """Where its bytes are now: the original, or a copy made readable."""
    encoding: str = "utf-8"
    """Of the original."""
    first_line: int = 1
    first_byte: int = 0
    """Where its first byte stands in the file that the user dropped: more than the beginning where
    it is one of several pieces of it."""


def parts_of(source: Path, name: str) -> tuple[Format, list[Part]]:
    """The format and the files of a drop: one file, or a folder's parts sorted by name.

    Files whose names begin with `_` or `.` are markers, no data (Spark's convention).
    Raises `Refused` for an unknown extension, an empty folder, or a folder of mixed formats.
    """
    if not source.is_dir():
        return _format_of(name), [Part(name=name, path=source)]
    found = sorted(
        path.relative_to(source)
        for path in source.rglob("*")
        if path.is_file()
        and not any(piece.startswith(("_", ".")) for piece in path.relative_to(source).parts)
    )
    if not found:
        raise Refused(
            "empty-folder",
            f"{name}: the folder holds no data file.",
            remedy=f"Put data files in it: {_taken()}; names that begin with _ or . are skipped.",
        )
    parts = [Part(name=f"{name}/{path.as_posix()}", path=source / path) for path in found]
    formats = {_format_of(part.name): part.name for part in reversed(parts)}
    if len(formats) > 1:
        raise Refused(
            "mixed-formats",
            f"{name}: {' and '.join(sorted(formats.values()))} are of different formats.",
            remedy="Keep one format in one folder.",
        )
    return next(iter(formats)), parts


def compression(name: str) -> Compression | None:
    """What a file is compressed with, by its name."""
    return COMPRESSIONS.get(Path(name).suffix.lower())


def _format_of(name: str) -> Format:
    packed = None if Path(name).suffix.lower() in FORMATS else compression(name)
    inner, outer = (name[: name.rindex(".")], name[name.rindex(".") :]) if packed else (name, "")
    suffix = Path(inner).suffix.lower()
    if suffix in OTHER_BOOKS:
        what = OTHER_BOOKS[suffix]
        raise Refused("not-xlsx", f"{name}: this is {what}, which is not read.", remedy=AS_XLSX)
    if suffix not in FORMATS:
        ending = f"the extension {shown(suffix)} is not known" if suffix else "it has no extension"
        if packed:
            ending = f"{ending} in front of {outer}"
        raise Refused(
            "unknown-extension",
            f"{name}: {ending}.",
            remedy=f"Taken are {_taken()}: export the data as one of these.",
        )
    if packed and FORMATS[suffix] in WHOLE:
        raise Refused(
            f"compressed-{FORMATS[suffix]}",
            f"{name}: {WHOLE[FORMATS[suffix]]} inside of {packed} is not read; it is compressed "
            "already.",
            remedy=f"Drop the {suffix} file itself.",
        )
    return FORMATS[suffix]


def _taken() -> str:
    """`.json, .jsonl, … and .parquet (…), …`."""
    *others, last = (suffix for suffix, kind in FORMATS.items() if kind not in ARCHIVES)
    return (
        f"{', '.join(others)} and {last} (text also compressed, such as .csv.gz or .csv.zst), and "
        ".zip, .tar or .tgz of texts or images in class folders"
    )


def check_kind(part: Part, expected: Format, encoding: str | None = None) -> bytes:
    """The first `HEAD_BYTES` of a file; raises `Refused` where they are not what the name says."""
    with part.path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if not head.strip(b"\xef\xbb\xbf \t\r\n"):
        empty = "the file is empty (0 bytes)" if not head else "the file holds only blank space"
        raise Refused(
            "empty-file",
            f"{part.name}: {empty}.",
            remedy="Export it again, with a header and at least 20 rows.",
        )
    found = next((what for magic, what in MAGIC if head.startswith(magic)), None)
    if expected in TEXTS and found:
        raise Refused(
            "not-text",
            f"{part.name}, line 1: by its first bytes this is {found}, not {TEXTS[expected]} text.",
            remedy=f"Export the table itself as {TEXTS[expected]} (UTF-8).",
            line=1,
        )
    start = head.lstrip()[:15].lower()
    if expected in TEXTS and start.startswith((b"<!doctype", b"<html", b"<?xml")):
        raise Refused(
            f"not-{expected}",
            f"{part.name}, line 1: this is a web page or XML, not {TEXTS[expected]}.",
            remedy="Download the data itself, not the page that shows it.",
            line=1,
        )
    if expected == "csv" and start.startswith((b"{", b"[{")):
        raise Refused(
            "not-csv",
            f"{part.name}, line 1: this looks like JSON, not CSV.",
            remedy="Give it the extension .jsonl (one object a line) or .json (an array of them).",
            line=1,
        )
    if expected in TEXTS and encoding is None and head[:2] not in UTF16 and b"\0" in head:
        raise nul_byte(part, head.index(b"\0"), 1 + head.count(b"\n", 0, head.index(b"\0")))
    return head


def nul_byte(part: Part, byte: int, line: int) -> Refused:
    """The refusal of text that holds a NUL byte."""
    return Refused(
        "nul-byte",
        f"{part.name}, line {line}, byte {byte}: a NUL byte; text has none.",
        remedy="Save the file as UTF-8 text (UTF-16 is read only with its byte order mark).",
        line=line,
    )


def scratch_file(scratch: Path) -> Path:
    """A new empty file in `scratch`."""
    handle, path = tempfile.mkstemp(dir=scratch, suffix=".csv")
    os.close(handle)
    return Path(path)
