"""Target tracking, decided apart from doing: how many instances a fleet should have, and why.

The numbers are those of the alarms that AWS makes for a target tracking policy ("How target
tracking scaling works"): out after 3 data points above the target, in after 15 below 90 % of it.
Out goes by the newest value, in by the greatest of the 15, so that a fleet never shrinks below
what it needed in any of these minutes.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

HIGH_POINTS = 3
LOW_POINTS = 15
LOW_SHARE = 0.9


@dataclass(frozen=True, kw_only=True, slots=True)
class Policy:
    """One target tracking policy."""

    name: str
    target: float
    """Calls per instance and period."""
    out_cooldown: float = 300.0
    in_cooldown: float = 300.0
    """Cloud seconds; 300 is AWS's default for SageMaker."""
    scales_in: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class State:
    """A fleet and its bounds."""

    count: int
    least: int
    most: int
    since_out: float = math.inf
    """Cloud seconds since it last grew."""
    since_any: float = math.inf
    """Cloud seconds since it last grew or shrank."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """A new number of instances."""

    count: int
    cause: str


def bounded(state: State) -> Decision | None:
    """What the bounds alone ask for, whatever the traffic is."""
    count = min(max(state.count, state.least), state.most)
    if count == state.count:
        return None
    cause = f"{state.count} instances are outside of {state.least} to {state.most}"
    return Decision(count=count, cause=cause)


def decide(policies: Sequence[Policy], values: Sequence[float], state: State) -> Decision | None:
    """Out if any policy wants it, to the most any wants; in only if all do, to the most any wants.

    `values` are InvocationsPerInstance, one a period, newest last; None: stay.
    """
    wishes = [_wish(policy, values, state) for policy in policies]
    out = [wish for wish in wishes if wish and wish.count > state.count]
    if out:
        return max(out, key=lambda wish: wish.count)
    inward = [wish for wish in wishes if wish and wish.count < state.count]
    if inward and len(inward) == len(policies):
        return max(inward, key=lambda wish: wish.count)
    return None


def _wish(policy: Policy, values: Sequence[float], state: State) -> Decision | None:
    high, low = values[-HIGH_POINTS:], values[-LOW_POINTS:]
    if len(high) == HIGH_POINTS and min(high) > policy.target:
        count = min(state.most, math.ceil(state.count * high[-1] / policy.target))
        if count > state.count and state.since_out >= policy.out_cooldown:
            cause = (
                f"policy {policy.name}: {high[-1]:g} calls per instance, above {policy.target:g}"
            )
            return Decision(count=count, cause=cause)
    floor = LOW_SHARE * policy.target
    if policy.scales_in and len(low) == LOW_POINTS and max(low) < floor:
        count = max(state.least, math.ceil(state.count * max(low) / policy.target))
        if count < state.count and state.since_any >= policy.in_cooldown:
            cause = (
                f"policy {policy.name}: at most {max(low):g} calls per instance, below {floor:g}"
            )
            return Decision(count=count, cause=cause)
    return None
