"""Compressed files of a drop, expanded into scratch before anything else looks at them.

The parser could expand them itself, but then nothing could count the records independently, and a
bomb would be met in the middle of the work. So the bytes are written out here, in pieces of bounded
size, and the drop is refused as soon as it grows beyond what a table can be.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from sluice.validation.bytes import GZIP, HEAD_BYTES, Part, scratch_file
from sluice.validation.findings import Refused

MAX_EXPANDED_BYTES: Final = 1_000_000_000
"""All files of one drop together; a copy of it in UTF-8 must fit the function's disk too."""
MAX_RATIO: Final = 200
"""Expanded over compressed bytes. Tables reach 5 to 50; deflate's own limit is 1,032."""
SMALL_BYTES: Final = 16 * HEAD_BYTES
"""Up to here the ratio does not matter: a small file of equal rows is no bomb."""

_GZIP = 16 + zlib.MAX_WBITS
"""zlib's way to ask for gzip's header and checksum."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """How far a drop may expand."""

    bytes: int = MAX_EXPANDED_BYTES
    ratio: int = MAX_RATIO
    small: int = SMALL_BYTES


def expanded(parts: list[Part], scratch: Path, limits: Limits | None = None) -> list[Part]:
    """The parts with every compressed one replaced by its expanded copy, names unchanged.

    Raises `Refused` for archives that are no gzip, cut off, damaged, or larger than `limits`.
    """
    limits = limits or Limits()
    total = 0
    plain = []
    for part in parts:
        if not part.name.lower().endswith(GZIP):
            plain.append(part)
            continue
        copy = scratch_file(scratch)
        packed = part.path.stat().st_size
        written = 0
        with copy.open("wb") as out:
            for block in _members(part):
                written += len(block)
                total += len(block)
                _check_size(part, packed, written, total, limits)
                out.write(block)
        plain.append(replace(part, path=copy))
    return plain


def compression_of(parts: list[Part]) -> dict[str, str]:
    """For the report; nothing where no part was compressed."""
    return {"compression": "gzip"} if any(p.name.lower().endswith(GZIP) for p in parts) else {}


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


def _members(part: Part) -> Iterator[bytes]:
    """What a gzip file holds, in pieces of at most `HEAD_BYTES`; members may follow each other."""
    expander = zlib.decompressobj(_GZIP)
    read = 0
    is_open = False
    with part.path.open("rb") as file:
        while data := file.read(HEAD_BYTES):
            read += len(data)
            while data:
                if not is_open:
                    if read > len(data) and not (data := data.lstrip(b"\0")):
                        break  # gzip files may be padded with zeros, as tape blocks are
                    expander, is_open = zlib.decompressobj(_GZIP), True
                try:
                    yield expander.decompress(data, HEAD_BYTES)
                except zlib.error as error:
                    raise _damaged(part, read - len(data), error) from None
                is_open = not expander.eof
                data = expander.unused_data if expander.eof else expander.unconsumed_tail
        while is_open and (rest := expander.decompress(b"", HEAD_BYTES)):
            yield rest
            is_open = not expander.eof
    if is_open:
        raise Refused(
            "truncated-archive",
            f"{part.name}: this gzip file is cut off: it ends after {read:,} bytes without its "
            "checksum.",
            remedy="Copy or compress it again, and compare sizes.",
        )


def _damaged(part: Part, at: int, error: zlib.error) -> Refused:
    if at == 0 and "incorrect header" in str(error):
        return Refused(
            "not-gzip",
            f"{part.name}: by its first bytes this is no gzip file.",
            remedy="Compress it with gzip, or give it the extension it deserves.",
        )
    return Refused(
        "damaged-file",
        f"{part.name}, near byte {at:,}: this gzip file is damaged ({str(error).split(': ')[-1]}).",
        remedy="Copy or compress it again, and compare sizes.",
    )
