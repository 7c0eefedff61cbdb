"""Buckets whose events look as AWS's do: one "Object Created" an object version.

moto spells `eTag`, sends one constant `sequencer`, and two events for a multipart upload. Its own
events to EventBridge end in `localcloud.events.models.LocalRule`, which drops them; these go out
instead.
"""

from __future__ import annotations

import hashlib
import itertools
import threading
import time
import uuid
from typing import Any

from moto.s3.models import FakeKey, S3Backend

from localcloud import bus, house

_sequence = itertools.count(time.time_ns())
"""Rises over all keys, hence for each key; starts at the clock so that it has AWS's 16 digits."""

_locks = [threading.Lock() for _ in range(64)]
"""moto adds a version by replacing the list of versions: two at once would leave one."""


class LocalS3Backend(S3Backend):
    """S3 of one partition."""

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self._policies: dict[str, bytes] = {}

    def put_bucket_policy(self, bucket_name: str, policy: bytes) -> None:
        """PutBucketPolicy: kept, not enforced.

        moto evaluates policies without their conditions, so the usual "deny unless TLS" would
        deny everything.
        """
        self.get_bucket(bucket_name)
        self._policies[bucket_name] = policy

    def get_bucket_policy(self, bucket_name: str) -> bytes | None:
        """GetBucketPolicy."""
        self.get_bucket(bucket_name)
        return self._policies.get(bucket_name)

    def delete_bucket_policy(self, bucket_name: str) -> None:
        """DeleteBucketPolicy."""
        self.get_bucket(bucket_name)
        self._policies.pop(bucket_name, None)

    def put_object(
        self, bucket_name: str, key_name: str, value: bytes, *args: Any, **kwargs: Any
    ) -> FakeKey:
        """PutObject and PostObject; also moto's own step inside copies and multipart uploads."""
        # moto computes a missing ETag on first sight, by reading the file that others read too.
        if kwargs.get("etag") is None and len(args) < 2:
            kwargs["etag"] = hashlib.md5(value, usedforsecurity=False).hexdigest()
        with _locks[hash((bucket_name, key_name)) % len(_locks)]:
            key = super().put_object(bucket_name, key_name, value, *args, **kwargs)
        inner = kwargs.get("multipart") is not None or kwargs.get("disable_notification")
        if not inner:
            posted = kwargs.get("request_method") == "POST"
            self._created(bucket_name, key, "POST Object" if posted else "PutObject")
        return key

    def complete_multipart_upload(self, bucket_name: str, *args: Any, **kwargs: Any) -> Any:
        """CompleteMultipartUpload."""
        key = super().complete_multipart_upload(bucket_name, *args, **kwargs)
        if key is not None:
            self._created(bucket_name, key, "CompleteMultipartUpload")
        return key

    def copy_object(
        self, src_key: FakeKey, dest_bucket_name: str, dest_key_name: str, *args: Any, **kwargs: Any
    ) -> None:
        """CopyObject."""
        super().copy_object(src_key, dest_bucket_name, dest_key_name, *args, **kwargs)
        key = self.get_object(dest_bucket_name, dest_key_name)
        self._created(dest_bucket_name, key, "CopyObject")

    def delete_object(
        self, bucket_name: str, key_name: str, *args: Any, **kwargs: Any
    ) -> tuple[bool, dict[str, Any]]:
        """DeleteObject; a versioned bucket gets a delete marker."""
        bucket = self.get_bucket(bucket_name)
        existed = key_name in bucket.keys
        done, meta = super().delete_object(bucket_name, key_name, *args, **kwargs)
        if existed and done and _announces(bucket):
            marker = meta.get("delete-marker") == "true"
            item: dict[str, Any] = {"key": key_name, "sequencer": _next()}
            if "version-id" in meta:
                item["version-id"] = meta["version-id"]
            detail = _detail(bucket_name, item) | {
                "reason": "DeleteObject",
                "deletion-type": "Delete Marker Created" if marker else "Permanently Deleted",
            }
            _emit(bucket, "Object Deleted", detail)
        return done, meta

    def _created(self, bucket_name: str, key: FakeKey, reason: str) -> None:
        bucket = self.get_bucket(bucket_name)
        if not _announces(bucket):
            return
        item: dict[str, Any] = {
            "key": key.name,
            "size": key.size,
            "etag": key.etag.strip('"'),
            "sequencer": _next(),
        }
        if bucket.is_versioned:
            item["version-id"] = key.version_id
        _emit(bucket, "Object Created", _detail(bucket_name, item) | {"reason": reason})


def _announces(bucket: Any) -> bool:
    configuration = bucket.notification_configuration
    return configuration is not None and configuration.event_bridge is not None


def _next() -> str:
    return f"{next(_sequence):016X}"


def _detail(bucket_name: str, item: dict[str, Any]) -> dict[str, Any]:
    return {
        "version": "0",
        "bucket": {"name": bucket_name},
        "object": item,
        "request-id": uuid.uuid4().hex[:16].upper(),
        "requester": house.current().account,
        "source-ip-address": "127.0.0.1",
    }


def _emit(bucket: Any, detail_type: str, detail: dict[str, Any]) -> None:
    bus.emit(source="aws.s3", detail_type=detail_type, resources=[bucket.arn], detail=detail)
