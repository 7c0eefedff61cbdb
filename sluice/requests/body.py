"""From the bytes of a body to its text: expanded within bounds, decoded as stated."""

from __future__ import annotations

import codecs
import re
import zlib
from typing import Final

from sluice.contracts.errors import RequestRefused
from sluice.contracts.prediction import MAX_BODY_BYTES
from sluice.requests.refusing import shown

_GZIP: Final = 16 + zlib.MAX_WBITS
"""zlib's name for a gzip header (https://docs.python.org/3/library/zlib.html#zlib.decompressobj)."""
_CHARSET: Final = re.compile(r";\s*charset\s*=\s*\"?([^\s;\"]+)", re.IGNORECASE)
_NO_TEXTS: Final = (
    "idna",
    "punycode",
    "unicode-escape",
    "raw-unicode-escape",
    "utf-7",
    "undefined",
)


def too_large() -> RequestRefused:
    """The refusal of a body beyond `MAX_BODY_BYTES`, for whoever counts bytes as they arrive."""
    return RequestRefused(
        413,
        f"The body has more than {MAX_BODY_BYTES:,} bytes as UTF-8, the most that one request may "
        "have.",
        remedy="Send fewer rows in one request.",
    )


def expanded(body: bytes, encoding: str | None) -> bytes:
    """The body as it was before its `Content-Encoding`, which may be gzip; raises
    `RequestRefused`, also for what expands beyond `MAX_BODY_BYTES`."""
    names = [name.strip().lower() for name in (encoding or "").split(",") if name.strip()]
    names = [name for name in names if name != "identity"]
    if names and names != ["gzip"]:
        raise RequestRefused(
            415,
            f"The content encoding is {shown(encoding)}; this model reads gzip, or none.",
            remedy="Send the body as it is, without the header Content-Encoding.",
        )
    if len(body) > MAX_BODY_BYTES:
        raise too_large()
    if not names:
        return body
    unpacking = zlib.decompressobj(_GZIP)
    try:
        plain = unpacking.decompress(body, MAX_BODY_BYTES + 1)
    except zlib.error:
        plain = b""
    if len(plain) > MAX_BODY_BYTES:
        raise too_large()
    if not unpacking.eof or unpacking.unused_data:
        raise RequestRefused(
            400,
            "The body is not one whole gzip stream, as its Content-Encoding says.",
            remedy="Compress it again, or send it without Content-Encoding.",
        )
    return plain


def as_utf8(body: bytes, content_type: str | None) -> tuple[bytes, str | None]:
    """The body in UTF-8 and its content type, where it was in another charset; else both as they
    are. Raises `RequestRefused`."""
    found = _CHARSET.search(content_type or "")
    if not content_type or not found or found[1].lower() in ("utf-8", "utf8"):
        return body, content_type
    plain = decoded(body, content_type).encode()
    if len(plain) > MAX_BODY_BYTES:
        raise too_large()
    return plain, content_type.partition(";")[0].strip()


def decoded(body: bytes, content_type: str) -> str:
    """The text of a body by the charset of its content type, UTF-8 where it states none; raises
    `RequestRefused`."""
    found = _CHARSET.search(content_type)
    stated = found[1] if found else "utf-8"
    try:
        name = codecs.lookup(stated).name
        "".encode(name)
    except (LookupError, UnicodeError, ValueError):
        name = ""
    if not name or name in _NO_TEXTS:
        raise RequestRefused(
            415,
            f"The charset {shown(stated)} is not known.",
            remedy="Encode the body as UTF-8, or name its charset, such as iso-8859-1.",
        )
    try:
        return body.decode("utf-8-sig" if name == "utf-8" else name)
    except UnicodeDecodeError as error:
        says = f"as its charset says ({stated})" if found else "and names no other charset"
        raise RequestRefused(
            400,
            f"The body is not {name.upper()} text, {says}: byte {error.start}.",
            remedy="Encode it as UTF-8, or state its charset: "
            "Content-Type: application/json; charset=iso-8859-1.",
        ) from None
