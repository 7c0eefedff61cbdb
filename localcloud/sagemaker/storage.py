"""S3 as a job or an endpoint sees it: with the credentials of its own role, over HTTP."""

from __future__ import annotations

import shutil
import tarfile
import threading
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from localcloud import house, identity
from localcloud.sagemaker.errors import JobFailure

_making = threading.Lock()
"""boto3 says that making clients is not thread-safe; using them is."""


def download(role_arn: str, uri: str, folder: Path, *, read_only: bool = True) -> int:
    """Copy every object below the S3 prefix `uri` into `folder`; returns how many there were.

    The prefix may be one whole key, a folder with or without its `/`, or the beginning of names;
    what follows the folder keeps its path. `JobFailure` in AWS's words where S3 refuses.
    """
    bucket, prefix = _split(uri)
    client = _client(role_arn)
    count = 0
    try:
        for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
            for found in page.get("Contents", ()):
                key: str = found["Key"]
                if key.endswith("/"):
                    continue
                target = _inside(folder, _below(prefix, key), key)
                target.parent.mkdir(parents=True, exist_ok=True)
                body = client.get_object(Bucket=bucket, Key=key)["Body"]
                with target.open("wb") as file:
                    shutil.copyfileobj(body, file, 1 << 20)
                if read_only:
                    target.chmod(0o444)
                count += 1
    except ClientError as error:
        raise JobFailure(f"ClientError: Data download failed: {error} ({uri})") from error
    return count


def upload(role_arn: str, folder: Path, uri: str) -> int:
    """Copy every file below `folder` to the S3 prefix `uri`; returns how many there were."""
    bucket, prefix = _split(uri.rstrip("/") + "/")
    files = sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    for path in files:
        _put(role_arn, bucket, prefix + path.relative_to(folder).as_posix(), path)
    return len(files)


def upload_file(role_arn: str, path: Path, uri: str) -> None:
    """Copy one file to exactly `uri`."""
    bucket, key = _split(uri)
    _put(role_arn, bucket, key, path)


def put_bytes(role_arn: str, body: bytes, uri: str) -> None:
    """Write one small object."""
    bucket, key = _split(uri)
    _client(role_arn).put_object(Bucket=bucket, Key=key, Body=body)


def pack(folder: Path, archive: Path) -> Path:
    """`folder` as a tar.gz whose members stand at its root, as SageMaker packs models."""
    with tarfile.open(archive, "w:gz") as tar:
        for path in sorted(folder.iterdir()):
            tar.add(path, arcname=path.name)
    return archive


def unpack(archive: Path, folder: Path) -> None:
    """Unpack a tar.gz; members that would leave `folder` are refused by the `data` filter."""
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")


def _put(role_arn: str, bucket: str, key: str, path: Path) -> None:
    try:
        with path.open("rb") as body:
            _client(role_arn).put_object(Bucket=bucket, Key=key, Body=body)
    except ClientError as error:
        raise JobFailure(
            f"ClientError: Artifact upload failed: {error} (s3://{bucket}/{key})"
        ) from error


def _split(uri: str) -> tuple[str, str]:
    parts = urlsplit(uri, allow_fragments=False)
    if parts.scheme != "s3" or not parts.netloc:
        raise JobFailure(f"ClientError: {uri!r} is no S3 URI; write s3://bucket/prefix.")
    return parts.netloc, parts.path.lstrip("/") + (f"?{parts.query}" if parts.query else "")


def _below(prefix: str, key: str) -> str:
    if key == prefix:
        return key.rpartition("/")[2]
    if key.startswith(prefix.rstrip("/") + "/"):
        return key[len(prefix.rstrip("/")) + 1 :] if prefix else key
    return key[prefix.rfind("/") + 1 :]


def _inside(folder: Path, relative: str, key: str) -> Path:
    target = (folder / relative).resolve()
    if not target.is_relative_to(folder.resolve()):
        raise JobFailure(f"ClientError: the key {key!r} leaves its folder; rename the object.")
    return target


def _client(role_arn: str) -> Any:
    with _making:
        return _client_of(house.current().endpoint_url, role_arn)


@lru_cache(maxsize=64)
def _client_of(endpoint_url: str, role_arn: str) -> Any:
    """One client a role; `endpoint_url` keeps clouds apart that run after another."""
    keys = identity.credentials(role_arn)
    return _session().client(
        "s3",
        endpoint_url=endpoint_url,
        region_name=house.current().region,
        aws_access_key_id=keys["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=keys["AWS_SECRET_ACCESS_KEY"],
        aws_session_token=keys["AWS_SESSION_TOKEN"],
        config=Config(s3={"addressing_style": "path"}, max_pool_connections=8),
    )


@lru_cache(maxsize=1)
def _session() -> boto3.session.Session:
    """One for all roles: it holds S3's service model, which takes a tenth of a second to read."""
    return boto3.session.Session()
