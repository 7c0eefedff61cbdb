"""What a file is by its first bytes, whatever its name says.

A parser that is handed a PDF, UTF-16 or a cut-off file finds rows in it; so what a file is gets
settled here, before any parser sees it.
"""

from __future__ import annotations

import codecs
from typing import Final

from sluice.validation.formats import registry
from sluice.validation.formats.parts import HEAD_BYTES, Part
from sluice.validation.formats.registry import Compression
from sluice.validation.refusals import Refused

OTHERS: Final[tuple[tuple[bytes, str], ...]] = (
    (b"%PDF", "a PDF"),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word document"),
    (b"BZh", "bzip2-compressed"),
    (b"\xfd7zXZ", "xz-compressed"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"SQLite format 3", "an SQLite database"),
    (b"ARROW1", "an Arrow file"),
    (b"Obj\x01", "an Avro file"),
)
"""First bytes of what people drop under a wrong name, and what to call it; those of the formats
that are taken stand in the registry."""

COMPRESSED: Final[dict[Compression, tuple[bytes, ...]]] = {
    "gzip": (b"\x1f\x8b",),
    "zstd": (
        b"\x28\xb5\x2f\xfd",
        *(bytes([0x50 + i]) + b"\x2a\x4d\x18" for i in range(16)),
    ),
}
"""First bytes of what is expanded first; zstd may begin with a frame to skip."""

UTF16: Final = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
"""Byte order marks, and the encoding each stands for."""


def compression_in(head: bytes) -> Compression | None:
    """What a file with these first bytes is compressed with."""
    return next((kind for kind, magic in COMPRESSED.items() if head.startswith(magic)), None)


def recognised(head: bytes) -> str | None:
    """What a file with these first bytes is, in words: `a PDF`; None where they do not tell."""
    taken = [(form.magic, form.words) for form in registry.FORMATS if form.magic]
    packed = compression_in(head)
    found = [words for magic, words in (*taken, *OTHERS) if head.startswith(magic)]
    found += [f"{packed}-compressed"] if packed else []
    return " or ".join(found) or None


def head_of(part: Part) -> bytes:
    """The first `HEAD_BYTES` of a file; raises `Refused` where it holds nothing."""
    with part.path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if not head.strip(b"\xef\xbb\xbf \t\r\n"):
        empty = "the file is empty (0 bytes)" if not head else "the file holds only blank space"
        raise Refused(
            "empty-file",
            f"{part.name}: {empty}.",
            remedy="Export it again, with a header and at least 20 rows.",
        )
    return head


def head_of_text(part: Part, name: str, encoding: str | None = None) -> bytes:
    """The same of a file of text; see `check_text`."""
    head = head_of(part)
    check_text(part, head, name, encoding)
    return head


def check_text(part: Part, head: bytes, name: str, encoding: str | None = None) -> None:
    """Refuse a file that is no text by its first bytes; `name` is its format's in the registry.

    A NUL byte is taken only where an `encoding` is stated, or a byte order mark says UTF-16.
    """
    words = registry.by_name(name).words
    if found := recognised(head):
        raise Refused(
            "not-text",
            f"{part.name}, line 1: by its first bytes this is {found}, not {words} text.",
            remedy=_remedy(part, head, words),
            line=1,
        )
    if head.lstrip()[:15].lower().startswith((b"<!doctype", b"<html", b"<?xml")):
        raise Refused(
            f"not-{name}",
            f"{part.name}, line 1: this is a web page or XML, not {words}.",
            remedy="Download the data itself, not the page that shows it.",
            line=1,
        )
    if encoding is None and head[:2] not in UTF16 and b"\0" in head:
        raise nul_byte(part, head.index(b"\0"), 1 + head.count(b"\n", 0, head.index(b"\0")))


def _remedy(part: Part, head: bytes, words: str) -> str:
    packed = compression_in(head)
    if packed and not registry.compression(part.name):
        last = part.name.rpartition("/")[2]
        return f"Call it {last}{registry.EXTENSIONS[packed]}: then it is expanded."
    return f"Export the table itself as {words} (UTF-8)."


def nul_byte(part: Part, byte: int, line: int) -> Refused:
    """The refusal of text that holds a NUL byte."""
    return Refused(
        "nul-byte",
        f"{part.name}, line {line}, byte {byte}: a NUL byte; text has none.",
        remedy="Save the file as UTF-8 text (UTF-16 is read only with its byte order mark).",
        line=line,
    )
