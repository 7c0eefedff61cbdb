"""Whose fault a failure is, by AWS's own words. Pure."""

from __future__ import annotations

import re
from typing import Final

_AWS_TO_BLAME: Final = re.compile(
    r"InternalServerError|internal error|CapacityError|insufficient ?capacity|MaxWaitTimeExceeded|"
    r"Unable to provision requested ML compute capacity",
    re.IGNORECASE,
)


def aws_to_blame(reason: str) -> bool:
    """Whether a failure is AWS's own, not the data's or the model's: worth another attempt."""
    return _AWS_TO_BLAME.search(reason) is not None
