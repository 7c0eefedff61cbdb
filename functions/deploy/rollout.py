"""Decides the next step towards the release that is wanted. Pure: what is seen in, one step out.

wanted = the newest approved package by drop sequence, unless barred

nothing wanted ............................ Rest
an older approval, never released ......... Bar it: superseded
the endpoint is settling .................. Rest (its settle event, or reconcile, comes back)
no endpoint ............................... Create, or Hold where the policy allows no more
failed to start ........................... Bar the package that failed, Remove the endpoint
in service on another config
    not asked for the wanted one yet ...... Update
    asked for it .......................... it was rolled back quietly: Bar it
in service on the wanted config ........... Promote, then Rest
failed for want of AWS's capacity ......... Remove the endpoint, to make it again
an endpoint that is not the champion's .... Remove it, a minute after the champion moved on
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from functions.shared.sagemaker import Package, aws_to_blame
from sluice.contracts.names import endpoint
from sluice.contracts.release import Champion

SETTLING: Final = ("Creating", "Updating", "RollingBack", "SystemUpdating", "Deleting")
FAREWELL: Final = timedelta(seconds=60)
"""How long a replaced endpoint stays for callers that still hold the old pointer."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Endpoint:
    """An endpoint as DescribeEndpoint shows it."""

    name: str
    status: str
    config: str
    failure: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """Everything the decision rests on, read at one moment under the model's lease."""

    slug: str
    model: str
    packages: list[Package]
    """Newest drop first."""
    champion: Champion | None
    endpoints: dict[str, Endpoint]
    """Those of this model, by name."""
    asked: dict[str, str]
    """Endpoint name -> config that was last asked for."""
    same_interface: bool
    """Whether the wanted release takes and gives what the champion does, on the same hardware."""
    endpoints_in_stack: int
    max_endpoints: int
    now: datetime


@dataclass(frozen=True, slots=True)
class Rest:
    """Nothing to do now."""


@dataclass(frozen=True, slots=True)
class Create:
    """Make the endpoint with the package's config."""

    endpoint: str
    package: Package


@dataclass(frozen=True, slots=True)
class Update:
    """Shift the endpoint to the package's config."""

    endpoint: str
    package: Package


@dataclass(frozen=True, slots=True)
class Promote:
    """Let callers reach it: scaling, then the champion pointer."""

    endpoint: str
    package: Package


@dataclass(frozen=True, slots=True)
class Bar:
    """Never release this package (again)."""

    package: Package
    why: str
    """`superseded` or `rolled back`."""
    reason: str


@dataclass(frozen=True, slots=True)
class Remove:
    """Delete an endpoint."""

    endpoint: str


@dataclass(frozen=True, slots=True)
class Hold:
    """Wait for a person: the policy allows no further endpoint."""

    package: Package
    reason: str


Step = Rest | Create | Update | Promote | Bar | Remove | Hold


def config_name(package: Package) -> str:
    """The package's SageMaker Model and EndpointConfig: `<run>-<nn>`."""
    return package.run.attempt(package.properties.attempt)


def wanted(packages: list[Package]) -> Package | None:
    """The newest approved package that nothing bars."""
    approved = (p for p in packages if p.approval == "Approved" and not p.properties.barred)
    return next(approved, None)


def target_endpoint(seen: Seen) -> str:
    """The champion's endpoint where the interface is the same, else the next generation's."""
    if seen.champion is None:
        return endpoint(seen.slug, seen.model, 1)
    if seen.same_interface:
        return seen.champion.endpoint
    return endpoint(seen.slug, seen.model, seen.champion.generation + 1)


def next_step(seen: Seen) -> Step:
    """The one next step; see the table above."""
    want = wanted(seen.packages)
    if want is None:
        return Rest()
    for package in seen.packages:
        overtaken = package.properties.sequence < want.properties.sequence
        if package.approval == "Approved" and overtaken and not package.properties.released:
            return Bar(
                package,
                "superseded",
                f"Superseded: version {want.properties.version}, of a later drop, is approved.",
            )
    name = target_endpoint(seen)
    found = seen.endpoints.get(name)
    if found is None:
        if seen.endpoints_in_stack >= seen.max_endpoints:
            return Hold(
                want,
                f"This stack has {seen.endpoints_in_stack} endpoints, all that its policy allows. "
                "Delete one or raise max_endpoints.",
            )
        return Create(name, want)
    if found.status in SETTLING:
        return Rest()
    if found.status == "Failed":
        return _after_failure(seen, found)
    if found.status != "InService":
        return Rest()
    if found.config != config_name(want):
        if seen.asked.get(name) == config_name(want):
            why = found.failure or "the new version did not come into service"
            return Bar(want, "rolled back", f"Rolled back: {why}")
        return Update(name, want)
    if seen.champion is None or seen.champion.package != want.arn:
        return Promote(name, want)
    return _farewell(seen, seen.champion)


def _after_failure(seen: Seen, failed: Endpoint) -> Step:
    if aws_to_blame(failed.failure):
        return Remove(failed.name)
    for package in seen.packages:
        if config_name(package) == failed.config and not package.properties.barred:
            why = failed.failure or "the endpoint failed"
            return Bar(package, "rolled back", f"Rolled back: it did not start. {why}")
    return Remove(failed.name)


def _farewell(seen: Seen, champion: Champion) -> Step:
    if seen.now - datetime.fromisoformat(champion.released_at) < FAREWELL:
        return Rest()
    for name, old in seen.endpoints.items():
        if name != champion.endpoint and old.status not in SETTLING:
            return Remove(name)
    return Rest()
