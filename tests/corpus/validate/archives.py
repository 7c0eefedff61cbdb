"""The corpus's archives: texts and images in class folders, sound and otherwise."""

from __future__ import annotations

import gzip
import io
import random
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from PIL import Image

Files = Mapping[str, bytes]

_WHEN: Final = (2024, 1, 31, 12, 0, 0)
_WORDS: Final = ("plot", "cast", "scene", "score", "humour", "pace", "light", "sound", "actor")


def _texts() -> dict[str, bytes]:
    """40 texts in the classes neg and pos, no two alike."""
    rng = random.Random(7)
    texts = [f"{i}: {' '.join(rng.choices(_WORDS, k=9))}\n" for i in range(40)]
    return {f"{('pos', 'neg')[i % 2]}/{i:02}.txt": text.encode() for i, text in enumerate(texts)}


def _table() -> bytes:
    """The corpus's sound table of 40 rows."""
    return (Path(__file__).parent / "files" / "plain.csv").read_bytes()


def _image(seed: int, kind: str = "PNG") -> bytes:
    """16 x 12 pixels of noise, in colour."""
    out = io.BytesIO()
    Image.frombytes("RGB", (16, 12), random.Random(seed).randbytes(576)).save(out, kind)
    return out.getvalue()


def _images() -> dict[str, bytes]:
    """40 PNG images in the classes cat and dog, no two alike."""
    return {f"{('dog', 'cat')[i % 2]}/{i:02}.png": _image(i) for i in range(40)}


def _zip(files: Files, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo(name, _WHEN)
            info.compress_type = method
            archive.writestr(info, content)
    return out.getvalue()


def _tar(files: Files, *others: tarfile.TarInfo) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
        for info in others:
            archive.addfile(info)
    return out.getvalue()


def _link() -> tarfile.TarInfo:
    info = tarfile.TarInfo("neg/link.txt")
    info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
    return info


def _flipped(content: bytes, at: int) -> bytes:
    """One byte of it another."""
    return content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :]


def _encrypted() -> bytes:
    """The first member is said to be encrypted."""
    content = bytearray(_zip(_texts()))
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


def _shortened() -> bytes:
    """The directory has the first member end after 10 bytes, with their checksum; its own header
    has all of them."""
    files = _texts()
    content = bytearray(_zip(files))
    entry = content.index(b"PK\x01\x02")
    first = next(iter(files.values()))[:10]
    content[entry + 16 : entry + 20] = struct.pack("<I", zlib.crc32(first))
    content[entry + 24 : entry + 28] = struct.pack("<I", len(first))
    return bytes(content)


def _png_of_another_pixel() -> bytes:
    """One byte of its pixels was changed, and no checksum with it."""
    out = io.BytesIO()
    pixels = random.Random(99).randbytes(576)
    Image.frombytes("RGB", (16, 12), pixels).save(out, "PNG", compress_level=0)
    return _flipped(out.getvalue(), 300)


def _png_of_many_pixels() -> bytes:
    """4 billion pixels, by its header."""
    content = _image(99)
    header = b"IHDR" + struct.pack(">II", 65_535, 65_535) + content[24:29]
    return content[:12] + header + struct.pack(">I", zlib.crc32(header)) + content[33:]


ARCHIVES: Final[dict[str, Callable[[], bytes]]] = {
    "texts.zip": lambda: _zip(_texts()),
    "texts.tar.gz": lambda: gzip.compress(_tar(_texts()), mtime=0),
    "images.zip": lambda: _zip(_images()),
    "macos.zip": lambda: _zip(_texts() | {"__MACOSX/neg/._01.txt": b"\0", "pos/.DS_Store": b"\0"}),
    "name-that-climbs.zip": lambda: _zip(_texts() | {"../x.txt": b"out of here"}),
    "name-absolute.tar": lambda: _tar(_texts() | {"/etc/x.txt": b"out of here"}),
    "link.tar": lambda: _tar(_texts(), _link()),
    "bomb-of-texts.zip": lambda: _zip(dict.fromkeys(_texts(), b"0" * 999_999)),
    "cut-in-data.zip": lambda: _zip(_texts())[:2_000],
    "cut-in-directory.zip": lambda: _zip(_texts())[:-100],
    "cut-in-data.tar": lambda: _tar(_texts())[: 20 * 1024 + 600],
    "encrypted-member.zip": _encrypted,
    "wrong-checksum.zip": lambda: _flipped(_zip(_texts()), 60),
    "directory-says-shorter.zip": _shortened,
    "name-twice.tar": lambda: _tar(_texts())[:1024] + _tar(_texts()),
    "zip-in-zip.zip": lambda: _zip(_texts() | {"neg/more.zip": _zip(_texts())}),
    "table-in-zip.zip": lambda: _zip({"data.csv": _table()}),
    "tables-in-zip.zip": lambda: _zip({"a.csv": _table(), "b.csv": _table().replace(b"n,", b"m,")}),
    "table-among-texts.zip": lambda: _zip(_texts() | {"data.csv": _table()}),
    "file-outside-of-classes.zip": lambda: _zip(_texts() | {"more.txt": b"which class?"}),
    "class-of-one-file.zip": lambda: _zip(_texts() | {"meh/only.txt": b"alone"}),
    "empty-member.zip": lambda: _zip(_texts() | {"neg/empty.txt": b""}),
    "one-text-in-two-classes.zip": lambda: _zip(_texts() | {"neg/00.txt": _texts()["pos/00.txt"]}),
    "texts-among-images.zip": lambda: _zip(_images() | {"dog/notes.txt": b"a dog"}),
    "extension-lies.zip": lambda: _zip(_images() | {"cat/99.png": _image(99, "JPEG")}),
    "text-called-image.zip": lambda: _zip(_images() | {"cat/99.png": b"meow"}),
    "cut-image.zip": lambda: _zip(_images() | {"cat/99.png": _image(99)[:-40]}),
    "image-with-wrong-checksum.zip": lambda: _zip(
        _images() | {"cat/99.png": _png_of_another_pixel()}
    ),
    "bomb-of-pixels.zip": lambda: _zip(_images() | {"cat/99.png": _png_of_many_pixels()}),
}
"""What each holds, byte for byte."""
