"""Reading a range of an object without reading the object.

moto copies the whole object for every ranged GET (measured: 540 ms for 4 KiB of 1 GiB), and both
DuckDB and boto3's transfer manager read by ranges.
"""

from __future__ import annotations

import re
from typing import Any

from moto.s3.responses import S3Response

_ONE_RANGE = re.compile(r"bytes=(\d*)-(\d*)$")


class LocalS3Response(S3Response):
    """GetObject with a `Range` header; everything else is moto's."""

    def get_object(self) -> Any:
        """GetObject."""
        wanted = _ONE_RANGE.match(self.headers.get("Range") or "")
        if wanted is None or not (wanted[1] or wanted[2]):
            return super().get_object()
        key, not_modified = self._get_key()
        first, last = _bounds(wanted[1], wanted[2], key.size)
        if not_modified or first > last:
            return super().get_object()
        headers = self._get_cors_headers_other()
        headers.update(key.response_dict)
        headers.update(key.metadata)
        if key.version_id != "null":
            headers["x-amz-version-id"] = key.version_id
        headers["Accept-Ranges"] = "bytes"
        headers["content-range"] = f"bytes {first}-{last}/{key.size}"
        headers["content-length"] = str(last - first + 1)
        with key.lock:
            key._value_buffer.seek(first)
            content = key._value_buffer.read(last - first + 1)
        return 206, headers, content


def _bounds(first: str, last: str, size: int) -> tuple[int, int]:
    """The first and last byte of an RFC 9110 range; first > last where nothing can be answered."""
    if not first:
        return max(0, size - int(last)), size - 1
    return int(first), min(int(last) if last else size - 1, size - 1)
