"""SageMaker's refusals, by the codes that AWS answers; moto serialises them."""

from __future__ import annotations

from typing import Any

from moto.core.exceptions import JsonRESTError, ServiceException


class ValidationException(ServiceException):
    """The request cannot be carried out; AWS says so for absent and for taken names alike."""

    code = "ValidationException"


class ResourceInUse(ServiceException):
    """A job of this name exists already."""

    code = "ResourceInUse"


class NotThere(JsonRESTError):
    """AWS has it, the offline cloud does not; said by name, instead of pretending."""

    code = 501

    def __init__(self, what: str, remedy: str = "") -> None:
        message = f"{what} is not there in the offline cloud. {remedy}".strip()
        super().__init__("NotImplemented", message)


class JobFailure(Exception):
    """A job cannot go on, through its own fault; the text becomes its FailureReason.

    `known` is what its document says besides: metrics, times, an exit message.
    """

    def __init__(self, reason: str, **known: Any) -> None:
        super().__init__(reason)
        self.known = known


class InstanceFailure(Exception):
    """An endpoint's instance did not come into service; the text becomes the FailureReason."""
