"""Who is who: each child is the role that the template gives it, and callers have names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from moto.iam.models import iam_backends
from moto.sts.models import sts_backends

from localcloud import house

SESSION_SECONDS = 12 * 3600
"""Lifetime of a child's credentials; moto never lets them expire."""

_SIGNED = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key>[A-Z0-9]{16,128})/\d{8}/(?P<region>[^/]+)"
    r"/(?P<service>[^/]+)/aws4_request, ?SignedHeaders=\S+, ?Signature=[0-9a-f]{64}$"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Caller:
    """Who signed a request."""

    access_key: str
    arn: str
    user_id: str


def credentials(role_arn: str) -> dict[str, str]:
    """Environment variables that make a process the role `role_arn`, from STS AssumeRole."""
    home = house.current()
    role = sts_backends[home.account]["aws"].assume_role(
        region_name=home.region,
        role_session_name=role_arn.rpartition("/")[2][:64],
        role_arn=role_arn,
        policy="",
        duration=SESSION_SECONDS,
        external_id="",
    )
    return {
        "AWS_ACCESS_KEY_ID": role.access_key_id,
        "AWS_SECRET_ACCESS_KEY": role.secret_access_key,
        "AWS_SESSION_TOKEN": role.session_token,
    }


def visitor() -> dict[str, str]:
    """The environment that points any AWS tool outside at this cloud."""
    home = house.current()
    return {
        "AWS_ENDPOINT_URL": home.endpoint_url,
        "AWS_REGION": home.region,
        "AWS_DEFAULT_REGION": home.region,
        "AWS_ACCESS_KEY_ID": house.ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": house.SECRET_KEY,
    }


def signer(authorization: str) -> Caller | None:
    """Who signed with this Authorization header; None where it is no signature of a known key.

    The signature itself is not verified.
    """
    signed = _SIGNED.match(authorization)
    if signed is None:
        return None
    home = house.current()
    key = signed["key"]
    if key == house.ACCESS_KEY:
        return Caller(access_key=key, arn=f"arn:aws:iam::{home.account}:root", user_id=home.account)
    known: Mapping[str, object] = iam_backends[home.account]["aws"].access_keys
    if key not in known:
        return None
    user_id, arn, _ = sts_backends[home.account]["aws"].get_caller_identity(key, home.region)
    return Caller(access_key=key, arn=arn, user_id=user_id)
