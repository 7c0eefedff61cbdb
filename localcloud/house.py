"""What every part of one running offline cloud shares, and the one place it is reached from.

moto creates its backends itself, whenever a service is first called, so they cannot be handed
their surroundings; they ask `current()`, which the composition root (`cloud.py`) has installed.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from localcloud.clock import Clock
from localcloud.processes import Processes

REGION = "mars-west-1"
"""A region that AWS does not have: a name that reaches AWS by mistake is refused there."""

ACCOUNT = "000000000000"
"""An account that nobody has."""

ACCESS_KEY = "AKIA0000000000000000"
SECRET_KEY = "offline-cloud-has-no-secrets-to-keep-000"  # noqa: S105 - obviously none
"""The credentials of whoever uses the cloud from outside; they are worth nothing anywhere."""


@dataclass(frozen=True, kw_only=True, slots=True)
class House:
    """One running offline cloud."""

    endpoint_url: str
    """Where every AWS client is pointed to: `http://localhost:<port>`."""
    gateway_url: str = ""
    """Where API Gateway answers: `https://localhost:<port>`."""
    region: str = REGION
    account: str = ACCOUNT
    data_dir: Path
    """Everything that is written below here goes when the cloud ends."""
    assembly: Path
    """The cloud assembly (cdk.out): template, code and image contexts."""
    clock: Clock
    processes: Processes


_installed: list[House] = []


def install(house: House) -> None:
    """Make `house` the one that `current()` answers."""
    _installed[:] = [house]


def current() -> House:
    """The running offline cloud; `RuntimeError` where none was installed."""
    if not _installed:
        raise RuntimeError("No offline cloud was composed in this process; see cloud.py.")
    return _installed[0]
