"""Follows target tracking policies: reads the metrics that endpoints put, changes capacities."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from moto.applicationautoscaling.models import applicationautoscaling_backends
from moto.cloudwatch.models import cloudwatch_backends
from moto.sagemaker.models import sagemaker_backends

from localcloud.autoscaling.models import DIMENSION, parse_resource
from localcloud.autoscaling.tracking import LOW_POINTS, Decision, Policy, State, bounded, decide
from localcloud.house import House
from localcloud.sagemaker.errors import ValidationException
from localcloud.sagemaker.metrics import NAMESPACE, PERIOD_SECONDS

LOOKS_A_PERIOD = 4
"""How often a new data point is looked for."""

_log = logging.getLogger(__name__)


@dataclass(kw_only=True, slots=True)
class _Watched:
    """One variant: the values since it last changed, and when that was (monotonic seconds)."""

    values: deque[float] = field(default_factory=lambda: deque(maxlen=LOW_POINTS))
    out_at: float = -1e9
    any_at: float = -1e9
    activity: dict[str, Any] | None = None


class Controller:
    """One thread that looks several times a metric period."""

    def __init__(self, home: House) -> None:
        self._home = home
        self._ended = threading.Event()
        self._watched: dict[tuple[str, str], _Watched] = {}
        self._read = 0
        self._thread = threading.Thread(target=self._run, name="autoscaling", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End; returns when the thread has."""
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        pause = self._home.clock.seconds(PERIOD_SECONDS) / LOOKS_A_PERIOD
        while not self._ended.wait(pause):
            try:
                self.look()
            except Exception:
                _log.exception("Autoscaling failed once; the next period it is tried again")

    def look(self) -> None:
        """Take in the new data points, then see to every registered variant."""
        account, region = self._home.account, self._home.region
        self._listen()
        backend = applicationautoscaling_backends[account][region]
        hosting = sagemaker_backends[account][region].hosting
        for target in list(backend.targets.get(DIMENSION, {}).values()):
            name, variant = parse_resource(target.resource_id)
            endpoint = hosting.by_name.get(name)
            if endpoint is None:
                self._watched.pop((name, variant), None)
                continue
            if endpoint.status != "InService" or not endpoint.live:
                continue  # AWS too leaves an endpoint alone that changes.
            fleet = endpoint.live.fleets.get(variant)
            if fleet is None:
                continue
            watched = self._watched.setdefault((name, variant), _Watched())
            self._settle(watched, endpoint.document.get("FailureReason"))
            decision = self._decide(backend, target, watched, fleet.desired)
            if decision:
                self._carry_out(backend, hosting, target, watched, decision, fleet.desired)

    def _listen(self) -> None:
        account, region = self._home.account, self._home.region
        data = cloudwatch_backends[account][region].metric_data
        if self._read > len(data):
            self._read = 0
        fresh = data[self._read :]
        self._read += len(fresh)
        for datum in fresh:
            if (datum.namespace, datum.name) != (NAMESPACE, "InvocationsPerInstance"):
                continue
            names = {dimension.name: dimension.value for dimension in datum.dimensions}
            key = names.get("EndpointName", ""), names.get("VariantName", "")
            value = float(datum.sum if hasattr(datum, "sum") else datum.value)
            self._watched.setdefault(key, _Watched()).values.append(value)

    def _decide(self, backend: Any, target: Any, watched: _Watched, count: int) -> Decision | None:
        since = time.monotonic()
        scale = self._home.clock.scale
        state = State(
            count=count,
            least=target.min_capacity,
            most=target.max_capacity,
            since_out=(since - watched.out_at) * scale,
            since_any=(since - watched.any_at) * scale,
        )
        policies = [
            _policy(policy)
            for policy in list(backend.policies.values())
            if policy.resource_id == target.resource_id
        ]
        decision = bounded(state) or decide(policies, list(watched.values), state)
        suspended = target.suspended_state or {}
        way = "Out" if decision and decision.count > count else "In"
        return None if suspended.get(f"DynamicScaling{way}Suspended") else decision

    def _carry_out(
        self,
        backend: Any,
        hosting: Any,
        target: Any,
        watched: _Watched,
        decision: Decision,
        count: int,
    ) -> None:
        name, variant = parse_resource(target.resource_id)
        change = {"VariantName": variant, "DesiredInstanceCount": decision.count}
        request = {"EndpointName": name, "DesiredWeightsAndCapacities": [change]}
        try:
            hosting.update_weights_and_capacities(request)
        except ValidationException:
            return  # It began to change since it was looked at: the next look decides anew.
        watched.any_at = time.monotonic()
        if decision.count > count:
            watched.out_at = watched.any_at
        watched.values.clear()
        watched.activity = backend.record_activity(
            {
                "ServiceNamespace": "sagemaker",
                "ResourceId": target.resource_id,
                "ScalableDimension": DIMENSION,
                "Description": f"Setting desired instance count to {decision.count}.",
                "Cause": decision.cause,
                "StartTime": self._home.clock.now().timestamp(),
                "StatusCode": "InProgress",
                "StatusMessage": f"Waiting for {decision.count} instances.",
            }
        )

    def _settle(self, watched: _Watched, failure: str | None) -> None:
        """The endpoint is in service again: its activity has ended."""
        if watched.activity:
            watched.activity |= {
                "EndTime": self._home.clock.now().timestamp(),
                "StatusCode": "Failed" if failure else "Successful",
                "StatusMessage": failure or "Successfully set the desired instance count.",
            }
            watched.activity = None


def _policy(policy: Any) -> Policy:
    body = policy.target_tracking_scaling_policy_configuration
    return Policy(
        name=policy.policy_name,
        target=float(body["TargetValue"]),
        out_cooldown=float(body.get("ScaleOutCooldown", 300)),
        in_cooldown=float(body.get("ScaleInCooldown", 300)),
        scales_in=not body.get("DisableScaleIn"),
    )
