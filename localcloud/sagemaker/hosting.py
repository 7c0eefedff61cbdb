"""The endpoint operations of the API: what is checked at once, and what goes on in a thread."""

from __future__ import annotations

import threading
from typing import Any

from localcloud import house
from localcloud.sagemaker.definitions import Definitions
from localcloud.sagemaker.endpoints import Endpoint, settled
from localcloud.sagemaker.errors import NotThere, ValidationException
from localcloud.sagemaker.fleets import Deployment
from localcloud.sagemaker.metrics import PERIOD_SECONDS
from localcloud.sagemaker.registry import Registry
from localcloud.sagemaker.resources import Document, arn, checked_name, listing, now
from localcloud.sagemaker.rollouts import Rollouts, carry_out, remove

SUMMARY = ("EndpointName", "EndpointArn", "CreationTime", "LastModifiedTime", "EndpointStatus")


class Hosting:
    """All endpoints of the region."""

    def __init__(self, models: Definitions, configs: Definitions, registry: Registry) -> None:
        self._configs = configs
        self._rollouts = Rollouts(models, registry)
        self._lock = threading.RLock()
        self._ended = threading.Event()
        self._publisher: threading.Thread | None = None
        self.by_name: dict[str, Endpoint] = {}

    def create(self, request: Document) -> Document:
        """CreateEndpoint."""
        name = checked_name(request, "EndpointName")
        its_arn, at = arn("endpoint", name), now()
        config = self._configs.get(request["EndpointConfigName"]).document
        document = {
            "EndpointName": name,
            "EndpointArn": its_arn,
            "EndpointConfigName": request["EndpointConfigName"],
            "CreationTime": at,
            "LastModifiedTime": at,
            "EndpointStatus": "Creating",
        }
        if request.get("DeploymentConfig"):
            document["LastDeploymentConfig"] = request["DeploymentConfig"]
        with self._lock:
            if name in self.by_name:
                raise ValidationException(f'Cannot create already existing endpoint "{its_arn}".')
            tags = list(request.get("Tags") or ())
            endpoint = Endpoint(arn=its_arn, tags=tags, document=document)
            self.by_name[name] = endpoint
            self._publish_from_now_on()
        endpoint.become("Creating")
        carry_out(endpoint, "creation", lambda: self._rollouts.create(endpoint, config))
        return {"EndpointArn": its_arn}

    def update(self, request: Document) -> Document:
        """UpdateEndpoint; with RetainAllVariantProperties counts and weights stay as they are."""
        endpoint = self.get(request["EndpointName"])
        config = self._configs.get(request["EndpointConfigName"]).document
        deployment_config = _deployment_config(request)
        with self._lock:
            retained = _retained(settled(endpoint), request)
            endpoint.document["EndpointStatus"] = "Updating"
        if deployment_config:
            endpoint.document["LastDeploymentConfig"] = deployment_config
        endpoint.become("Updating", FailureReason=None)
        carry_out(endpoint, "update", lambda: self._rollouts.update(endpoint, config, retained))
        return {"EndpointArn": endpoint.arn}

    def update_weights_and_capacities(self, request: Document) -> Document:
        """UpdateEndpointWeightsAndCapacities."""
        endpoint = self.get(request["EndpointName"])
        wanted = request["DesiredWeightsAndCapacities"]
        with self._lock:
            live = settled(endpoint)
            fleets = live.fleets
            unknown = sorted({w["VariantName"] for w in wanted} - fleets.keys())
            if unknown:
                raise ValidationException(
                    f'The variant name(s) "{", ".join(unknown)}" is/are not present within '
                    f'endpoint configuration "{live.name}".'
                )
            endpoint.document["EndpointStatus"] = "Updating"
        counts = {}
        for desired in wanted:
            fleet = fleets[desired["VariantName"]]
            if desired.get("DesiredWeight") is not None:
                fleet.weight = desired["DesiredWeight"]
            if desired.get("DesiredInstanceCount") is not None:
                counts[desired["VariantName"]] = fleet.desired = desired["DesiredInstanceCount"]
        endpoint.become("Updating", FailureReason=None)
        carry_out(endpoint, "scaling", lambda: self._rollouts.scale(endpoint, live, counts))
        return {"EndpointArn": endpoint.arn}

    def delete(self, request: Document) -> Document:
        """DeleteEndpoint; the name is free again when its instances have ended."""
        endpoint = self.get(request["EndpointName"])
        with self._lock:
            if endpoint.status != "Failed":
                settled(endpoint)
            endpoint.document["EndpointStatus"] = "Deleting"
        endpoint.become("Deleting")
        carry_out(
            endpoint,
            "deletion",
            lambda: remove(endpoint, lambda: self._forget(endpoint.name)),
        )
        return {}

    def describe(self, request: Document) -> Document:
        """DescribeEndpoint."""
        return self.get(request["EndpointName"]).describe()

    def list(self, request: Document) -> Document:
        """ListEndpoints; newest first, as AWS's default is."""
        return listing(
            list(self.by_name.values()),
            request,
            result="Endpoints",
            kind="Endpoint",
            members=SUMMARY,
            newest_first=True,
        )

    def get(self, name: str) -> Endpoint:
        """The endpoint called `name`."""
        endpoint = self.by_name.get(name)
        if endpoint is None:
            raise ValidationException(f'Could not find endpoint "{arn("endpoint", name)}".')
        return endpoint

    def stop(self) -> None:
        """The cloud ends: kill every instance, say nothing."""
        self._ended.set()
        endpoints = list(self.by_name.values())
        for endpoint in endpoints:
            endpoint.stopped = True
        for endpoint in endpoints:
            for deployment in (endpoint.live, endpoint.pending, endpoint.leaving):
                if deployment:
                    deployment.kill()
        if self._publisher:
            self._publisher.join()

    def _forget(self, name: str) -> None:
        with self._lock:
            self.by_name.pop(name, None)

    def _publish_from_now_on(self) -> None:
        if self._publisher is None:
            self._publisher = threading.Thread(
                target=self._publish, name="endpoint metrics", daemon=True
            )
            self._publisher.start()

    def _publish(self) -> None:
        period = house.current().clock.seconds(PERIOD_SECONDS)
        while not self._ended.wait(period):
            for endpoint in list(self.by_name.values()):
                if endpoint.live:
                    for fleet in list(endpoint.live.fleets.values()):
                        fleet.meter.publish()


def _deployment_config(request: Document) -> Document | None:
    """The request's DeploymentConfig; what shifts traffic in steps is refused by name."""
    config: Document | None = request.get("DeploymentConfig")
    if config is None:
        return None
    if config.get("RollingUpdatePolicy"):
        raise NotThere("DeploymentConfig.RollingUpdatePolicy", "Update all at once.")
    routing = (config.get("BlueGreenUpdatePolicy") or {}).get("TrafficRoutingConfiguration") or {}
    kind = routing.get("Type") or "ALL_AT_ONCE"
    if kind != "ALL_AT_ONCE":
        raise NotThere(f"TrafficRoutingConfiguration.Type {kind}", "Use ALL_AT_ONCE.")
    return config


def _retained(live: Deployment, request: Document) -> dict[str, dict[str, Any]]:
    """Counts and weights that outlive the update, by variant."""
    if not request.get("RetainAllVariantProperties"):
        return {}
    excluded = {
        e["VariantPropertyType"] for e in request.get("ExcludeRetainedVariantProperties") or ()
    }
    kept: dict[str, dict[str, Any]] = {}
    for name, fleet in live.fleets.items():
        kept[name] = {}
        if "DesiredInstanceCount" not in excluded:
            kept[name]["count"] = fleet.desired
        if "DesiredWeight" not in excluded:
            kept[name]["weight"] = fleet.weight
    return kept
