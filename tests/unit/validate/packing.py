"""Archives of texts and images in class folders, packed on the spot."""

from __future__ import annotations

import io
import random
import tarfile
import zipfile
from collections.abc import Mapping

from PIL import Image

Files = Mapping[str, bytes]


def texts(count: int = 40, top: str = "") -> dict[str, bytes]:
    """Texts of two classes; no two are equal."""
    rng = random.Random(7)
    words = ("plot", "cast", "scene", "score", "humour", "pace", "light", "sound", "actor")
    return {
        f"{top}{'neg' if i % 2 else 'pos'}/{i:03}.txt": (
            f"{i}: {' '.join(rng.choices(words, k=12))}\n"
        ).encode()
        for i in range(count)
    }


def picture(
    seed: int, *, kind: str = "PNG", size: tuple[int, int] = (8, 6), mode: str = "RGB"
) -> bytes:
    """An image of noise that no other seed gives."""
    rng = random.Random(seed)
    depth = len(Image.new(mode, (1, 1)).getbands())
    image = Image.frombytes(mode, size, rng.randbytes(size[0] * size[1] * depth))
    out = io.BytesIO()
    image.save(out, kind)
    return out.getvalue()


def pictures(count: int = 40) -> dict[str, bytes]:
    """PNG images of two classes."""
    return {f"{'cat' if i % 2 else 'dog'}/{i:03}.png": picture(i) for i in range(count)}


def zipped(files: Files, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP file; a name that ends in a slash is a folder."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def tarred(files: Files, mode: str = "w") -> bytes:
    """A TAR file; `w:gz` compresses it."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:
        for name, content in files.items():
            header = tarfile.TarInfo(name)
            header.size = len(content)
            archive.addfile(header, io.BytesIO(content))
    return out.getvalue()


def tar_of(header: tarfile.TarInfo, files: Files) -> bytes:
    """A TAR of `files` behind a member that is no plain file."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        archive.addfile(header)
    return out.getvalue()[:512] + tarred(files)
