"""Compressed files of a drop, expanded into scratch before anything else looks at them.

The parser could expand them itself, but then nothing could count the rows independently, and a
bomb would be met in the middle of the work. So the bytes are written out here, in pieces of bounded
size, and the drop is refused as soon as it grows beyond what a table can be.
"""

from __future__ import annotations

import sys
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Protocol

from sluice.validation.formats.parts import HEAD_BYTES, Part, scratch_file
from sluice.validation.formats.registry import Compression, compression
from sluice.validation.refusals import Refused

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

MAX_EXPANDED_BYTES: Final = 1_000_000_000
"""All files of one drop together; a copy of it in UTF-8 must fit the function's disk too."""
MAX_RATIO: Final = 200
"""Expanded over compressed bytes. Tables reach 5 to 50; deflate's own limit is 1,032."""
SMALL_BYTES: Final = 16 * HEAD_BYTES
"""Up to here the ratio does not matter: a small file of equal rows is no bomb."""

_GZIP = 16 + zlib.MAX_WBITS
"""zlib's way to ask for gzip's header and checksum."""
_WINDOW: Final[dict[int, int]] = {zstd.DecompressionParameter.window_log_max: 27}
"""128 MiB, zstd's own default: a frame says itself how much memory it takes to expand it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """How far a drop may expand."""

    bytes: int = MAX_EXPANDED_BYTES
    ratio: int = MAX_RATIO
    small: int = SMALL_BYTES


def expanded(parts: list[Part], scratch: Path, limits: Limits | None = None) -> list[Part]:
    """The parts with every compressed one replaced by its expanded copy, names unchanged.

    Raises `Refused` for archives that are not what they are called, cut off, damaged, or
    larger than `limits`.
    """
    limits = limits or Limits()
    total = 0
    plain = []
    for part in parts:
        kind = _kind(part)
        if kind is None:
            plain.append(part)
            continue
        copy = scratch_file(scratch)
        packed = part.path.stat().st_size
        written = 0
        with copy.open("wb") as out:
            for block in _blocks(part, kind):
                written += len(block)
                total += len(block)
                _check_size(part, packed, written, total, limits)
                out.write(block)
        plain.append(replace(part, path=copy))
    return plain


def compression_of(parts: list[Part]) -> dict[str, str]:
    """For the report; nothing where no part was compressed."""
    kinds = {kind for part in parts if (kind := _kind(part))}
    return {"compression": "/".join(sorted(kinds))} if kinds else {}


def first_block(part: Part, kind: Compression) -> bytes:
    """What a compressed file begins with; nothing where it cannot be expanded."""
    try:
        return next(_blocks(part, kind), b"")
    except Refused:
        return b""  # said when the whole of it is expanded


def _kind(part: Part) -> Compression | None:
    return part.packed or compression(part.name)


def _check_size(part: Part, packed: int, written: int, total: int, limits: Limits) -> None:
    if total > limits.bytes:
        raise Refused(
            "too-large",
            f"{part.name}: expanded, the drop has more than {limits.bytes:,} bytes (this file has "
            f"{packed:,} compressed).",
            remedy="Drop fewer rows or columns, or write Parquet, which needs no expanding.",
        )
    if written > limits.small and written > limits.ratio * packed:
        raise Refused(
            "decompression-bomb",
            f"{part.name}: its {packed:,} bytes expand to more than {written:,}, over "
            f"{limits.ratio} times as many; no table compresses like that.",
            remedy="Drop the file uncompressed, if it is a table indeed.",
        )


class _Frame(Protocol):
    """What the standard library's decompressors have in common; zlib's gets it from `_Member`."""

    @property
    def eof(self) -> bool:
        """Whether the frame ended, its checksum included."""

    @property
    def needs_input(self) -> bool:
        """Whether all that the input gives was handed out."""

    @property
    def unused_data(self) -> bytes:
        """What stands behind the frame."""

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        """At most `max_length` bytes."""


class _Member:
    """A frame of gzip."""

    def __init__(self) -> None:
        self._zlib = zlib.decompressobj(_GZIP)
        self.needs_input = True

    @property
    def eof(self) -> bool:
        return self._zlib.eof

    @property
    def unused_data(self) -> bytes:
        return self._zlib.unused_data

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        block = self._zlib.decompress(self._zlib.unconsumed_tail + data, max_length)
        self.needs_input = not self._zlib.unconsumed_tail and len(block) < max_length
        return block


def _frame(kind: Compression) -> _Frame:
    return _Member() if kind == "gzip" else zstd.ZstdDecompressor(options=_WINDOW)


def _blocks(part: Part, kind: Compression) -> Iterator[bytes]:
    """What a file holds, in pieces of at most `HEAD_BYTES`; frames may follow each other."""
    frame: _Frame | None = None
    read = 0
    with part.path.open("rb") as file:
        while data := file.read(HEAD_BYTES):
            read += len(data)
            while data:
                if frame is None or frame.eof:
                    if frame and kind == "gzip" and not (data := data.lstrip(b"\0")):
                        break  # gzip files may be padded with zeros, as tape blocks are
                    frame = _frame(kind)
                try:
                    yield frame.decompress(data, HEAD_BYTES)
                    while not frame.eof and not frame.needs_input:
                        yield frame.decompress(b"", HEAD_BYTES)
                except (zlib.error, zstd.ZstdError) as error:
                    raise _unreadable(part, kind, read - len(data), str(error)) from None
                data = frame.unused_data if frame.eof else b""
    if frame and not frame.eof:
        raise Refused(
            "truncated-archive",
            f"{part.name}: this {kind} file is cut off: it ends after {read:,} bytes in the middle "
            "of its data or its checksum.",
            remedy="Copy or compress it again, and compare sizes.",
        )


def _unreadable(part: Part, kind: Compression, at: int, error: str) -> Refused:
    if at == 0 and ("incorrect header" in error or "Unknown frame" in error):
        return Refused(
            f"not-{kind}",
            f"{part.name}: by its first bytes this is no {kind} file.",
            remedy=f"Compress it with {kind}, or give it the extension it deserves.",
        )
    if "too much memory" in error:
        return Refused(
            "window-too-large",
            f"{part.name}: this zstd file asks for a window of more than 128 MiB of memory.",
            remedy="Compress it with `zstd --long=27` at most, or without --long and --ultra.",
        )
    if "Dictionary" in error:
        return Refused(
            "needs-dictionary",
            f"{part.name}: this zstd file was compressed with a dictionary, which is not here.",
            remedy="Compress it without a dictionary.",
        )
    return Refused(
        "damaged-file",
        f"{part.name}, near byte {at:,}: this {kind} file is damaged ({error.split(': ')[-1]}).",
        remedy="Copy or compress it again, and compare sizes.",
    )
