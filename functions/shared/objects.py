"""One S3 bucket, as the stages use it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

_MISSING = {"NoSuchKey", "404", "NoSuchVersion"}
_TYPES = {
    ".json": "application/json",
    ".html": "text/html; charset=utf-8",
    ".parquet": "application/vnd.apache.parquet",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Version:
    """One version of one object, as a listing shows it."""

    key: str
    id: str
    size: int
    modified: datetime
    """To the second: S3 keeps no finer time."""
    newest: bool
    deleted: bool
    """Whether it is a delete marker: from here on the object is gone."""


@dataclass(frozen=True, slots=True)
class Store:
    """Reads and writes of one bucket. A missing object is None; every other error is raised."""

    s3: Any
    """boto3's client."""
    bucket: str

    def read(
        self, key: str, version: str | None = None, *, at_most: int | None = None
    ) -> tuple[bytes, str] | None:
        """The bytes, or the first `at_most`, and version id of an object; None if there is none."""
        which = {"VersionId": version} if version else {}
        try:
            answer = self.s3.get_object(Bucket=self.bucket, Key=key, **which)
        except ClientError as error:
            if error.response["Error"]["Code"] in _MISSING:
                return None
            raise
        return answer["Body"].read(at_most), answer.get("VersionId", "")

    def read_json(self, key: str) -> Any | None:
        """The parsed JSON document, or None where there is none."""
        found = self.read(key)
        return json.loads(found[0]) if found else None

    def write_once(self, key: str, body: bytes) -> None:
        """Write a commit marker; one that stands already is left as it is."""
        try:
            self.s3.put_object(
                Bucket=self.bucket,
                Key=key,
                Body=body,
                ContentType=_content_type(key),
                IfNoneMatch="*",
            )
        except ClientError as error:
            # A conflict means that another write is under way: raised, so that we look again.
            if error.response["Error"]["Code"] != "PreconditionFailed":
                raise

    def list(self, prefix: str) -> Iterator[dict[str, Any]]:
        """The objects below a prefix, as ListObjectsV2 describes them."""
        pages = self.s3.get_paginator("list_objects_v2")
        for page in pages.paginate(Bucket=self.bucket, Prefix=prefix):
            yield from page.get("Contents", ())

    def versions(self, prefix: str) -> Iterator[Version]:
        """All versions of all objects below a prefix, delete markers too."""
        pages = self.s3.get_paginator("list_object_versions")
        for page in pages.paginate(Bucket=self.bucket, Prefix=prefix):
            for member, deleted in (("Versions", False), ("DeleteMarkers", True)):
                for item in page.get(member, ()):
                    yield Version(
                        key=item["Key"],
                        id=item["VersionId"],
                        size=int(item.get("Size", 0)),
                        modified=item["LastModified"],
                        newest=item["IsLatest"],
                        deleted=deleted,
                    )

    def size(self, key: str, version: str | None = None) -> int | None:
        """Size of one object (version) in bytes, or None where it is gone."""
        found = self._head(key, version)
        return int(found["ContentLength"]) if found else None

    def arrived(self, key: str, version: str | None = None) -> datetime | None:
        """When the object (version) was put, or None where it is gone."""
        found = self._head(key, version)
        return found["LastModified"] if found else None

    def _head(self, key: str, version: str | None) -> dict[str, Any] | None:
        which = {"VersionId": version} if version else {}
        try:
            answer: dict[str, Any] = self.s3.head_object(Bucket=self.bucket, Key=key, **which)
        except ClientError as error:
            if error.response["Error"]["Code"] in _MISSING:
                return None
            raise
        return answer

    def download(self, key: str, path: Path, version: str | None = None) -> None:
        """Fetch one object to a file, in parts where it is large."""
        extra = {"VersionId": version} if version else None
        self.s3.download_file(self.bucket, key, str(path), ExtraArgs=extra)

    def upload_folder(self, folder: Path, prefix: str) -> None:
        """Upload every file below `folder`, its relative path appended to `prefix`."""
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                key = prefix + path.relative_to(folder).as_posix()
                self.s3.upload_file(
                    str(path), self.bucket, key, ExtraArgs={"ContentType": _content_type(key)}
                )

    def copy_from(self, source: Store, key: str, version: str, to: str) -> None:
        """Copy one object version from another bucket without passing it through this process."""
        origin = {"Bucket": source.bucket, "Key": key}
        if version:
            origin["VersionId"] = version
        self.s3.copy(origin, self.bucket, to)


def _content_type(key: str) -> str:
    return _TYPES.get(Path(key).suffix, "application/octet-stream")
