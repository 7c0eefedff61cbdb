"""Decides the next step towards the release that is wanted. Pure: a situation in, one step out.

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

from functions.shared.failures import aws_to_blame
from functions.shared.registry import Package
from sluice.contracts.names import endpoint
from sluice.contracts.release import Champion

SETTLING: Final = ("Creating", "Updating", "RollingBack", "SystemUpdating", "Deleting")
REPLACED_STAYS: Final = timedelta(seconds=60)
"""How long a replaced endpoint stays for callers that still hold the old pointer."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Endpoint:
    """An endpoint as DescribeEndpoint shows it."""

    name: str
    status: str
    config: str
    failure: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Situation:
    """All that the decision rests on, as it was read under the model's lease."""

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
    at: datetime
    """When it was read."""


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


def target_endpoint(now: Situation) -> str:
    """The champion's endpoint where the interface is the same, else the next generation's."""
    if now.champion is None:
        return endpoint(now.slug, now.model, 1)
    if now.same_interface:
        return now.champion.endpoint
    return endpoint(now.slug, now.model, now.champion.generation + 1)


def next_step(now: Situation) -> Step:
    """The one next step; see the table above."""
    want = wanted(now.packages)
    if want is None:
        return Rest()
    if superseded := _superseded(now, want):
        return superseded
    name = target_endpoint(now)
    found = now.endpoints.get(name)
    if found is None:
        if now.endpoints_in_stack >= now.max_endpoints:
            return Hold(
                want,
                f"This stack has {now.endpoints_in_stack} endpoints, all that its policy allows. "
                "Delete one or raise max_endpoints.",
            )
        return Create(name, want)
    if found.status == "Failed":
        return _after_failure(now, found)
    if found.status != "InService":
        return Rest()  # It is settling, or somebody took it out of service.
    if found.config != config_name(want):
        if now.asked.get(name) == config_name(want):
            why = found.failure or "the new version did not come into service"
            return Bar(want, "rolled back", f"Rolled back: {why}")
        return Update(name, want)
    if now.champion is None or now.champion.package != want.arn:
        return Promote(name, want)
    return _after_release(now, now.champion)


def _superseded(now: Situation, want: Package) -> Bar | None:
    """An older approval that never served, if there is one."""
    for package in now.packages:
        is_overtaken = package.properties.sequence < want.properties.sequence
        if package.approval == "Approved" and is_overtaken and not package.properties.released:
            version = want.properties.version
            reason = f"Superseded: version {version}, of a later drop, is approved."
            return Bar(package, "superseded", reason)
    return None


def _after_failure(now: Situation, failed: Endpoint) -> Step:
    if aws_to_blame(failed.failure):
        return Remove(failed.name)
    for package in now.packages:
        if config_name(package) == failed.config and not package.properties.barred:
            why = failed.failure or "the endpoint failed"
            return Bar(package, "rolled back", f"Rolled back: it did not start. {why}")
    return Remove(failed.name)


def _after_release(now: Situation, champion: Champion) -> Step:
    if now.at - datetime.fromisoformat(champion.released_at) < REPLACED_STAYS:
        return Rest()
    for name, old in now.endpoints.items():
        if name != champion.endpoint and old.status not in SETTLING:
            return Remove(name)
    return Rest()
