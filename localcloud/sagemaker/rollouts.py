"""Carrying changes of endpoints out, in threads of their own.

A change never takes anything away before its replacement is healthy: a new deployment starts
beside the old one, becomes `live` in one assignment, and only then does the old one drain.
"""

from __future__ import annotations

import logging
import shutil
import threading
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from localcloud import house
from localcloud.sagemaker.capture import Capture
from localcloud.sagemaker.definitions import Definitions
from localcloud.sagemaker.endpoints import Endpoint
from localcloud.sagemaker.errors import InstanceFailure, JobFailure
from localcloud.sagemaker.fleets import Deployment, Fleet, fetch_model
from localcloud.sagemaker.instances import START_SECONDS, Recipe
from localcloud.sagemaker.registry import Registry
from localcloud.sagemaker.resources import Document

_log = logging.getLogger(__name__)


class Rollouts:
    """Makes deployments and puts them in the place of others."""

    def __init__(self, models: Definitions, registry: Registry) -> None:
        self._models, self._registry = models, registry

    def create(self, endpoint: Endpoint, config: Document) -> None:
        """The first deployment of an endpoint: in service or failed."""
        deployment = Deployment(config=config, folder=_folder(endpoint.name))
        endpoint.pending = deployment
        try:
            self._bring_up(endpoint, deployment, {})
        except (InstanceFailure, JobFailure) as failure:
            endpoint.pending = None
            endpoint.become("Failed", FailureReason=_failure(failure))
            return
        endpoint.live, endpoint.pending = deployment, None
        endpoint.become("InService")

    def update(self, endpoint: Endpoint, config: Document, retained: dict[str, Any]) -> None:
        """Another deployment in place of the live one; if it fails, nothing has changed."""
        deployment = Deployment(config=config, folder=_folder(endpoint.name))
        old = endpoint.live
        endpoint.pending = deployment
        try:
            self._bring_up(endpoint, deployment, retained)
        except (InstanceFailure, JobFailure) as failure:
            endpoint.become("RollingBack")
            endpoint.pending = None
            endpoint.become("InService", FailureReason=_failure(failure))
            return
        endpoint.live, endpoint.pending = deployment, None
        endpoint.become("InService", EndpointConfigName=deployment.name, FailureReason=None)
        retire(endpoint, old)

    def scale(self, endpoint: Endpoint, live: Deployment, counts: dict[str, int]) -> None:
        """Bring fleets of the live deployment to their counts."""
        reason = None
        try:
            for variant, count in counts.items():
                live.fleets[variant].scale(count)
        except InstanceFailure as failure:
            reason = _failure(failure)
            for fleet in live.fleets.values():
                fleet.desired = fleet.count
        endpoint.become("InService", FailureReason=reason)

    def _bring_up(self, endpoint: Endpoint, new: Deployment, retained: dict[str, Any]) -> None:
        """Download once, start all, wait until all are healthy."""
        counts = {}
        for variant in new.config["ProductionVariants"]:
            name = variant["VariantName"]
            kept = retained.get(name, {})
            counts[name] = kept.get("count") or variant.get("InitialInstanceCount") or 1
            weight = kept.get("weight", variant.get("InitialVariantWeight", 1.0))
            recipe = self._recipe(endpoint, new, variant)
            new.fleets[name] = fleet = Fleet(recipe, weight=weight, meter=endpoint.meter(name))
            fleet.desired = counts[name]
        capture = new.config.get("DataCaptureConfig")
        new.start(counts)
        if capture and capture.get("EnableCapture"):
            role = next(iter(new.fleets.values())).recipe.role_arn
            new.capture = Capture(capture, endpoint=endpoint.name, role_arn=role)

    def _recipe(self, endpoint: Endpoint, new: Deployment, variant: Document) -> Recipe:
        model = self._models.get(variant["ModelName"]).document
        box = model.get("PrimaryContainer") or model["Containers"][0]
        if package := box.get("ModelPackageName"):
            described = self._registry.package(package).document
            box = described["InferenceSpecification"]["Containers"][0] | {
                k: v for k, v in box.items() if k == "Environment"
            }
        name = variant["VariantName"]
        role = model.get("ExecutionRoleArn")
        if not role:
            raise InstanceFailure(f"The model {variant['ModelName']} has no ExecutionRoleArn.")
        folder = new.folder / name
        fetch_model(box, role, folder / "model")
        return Recipe(
            image=box["Image"],
            environment=box.get("Environment") or {},
            role_arn=role,
            isolated=bool(model.get("EnableNetworkIsolation")),
            model=folder / "model",
            folder=folder,
            log_group=f"/aws/sagemaker/Endpoints/{endpoint.name}",
            variant=name,
            start_seconds=variant.get("ContainerStartupHealthCheckTimeoutInSeconds")
            or START_SECONDS,
        )


def _folder(endpoint: str) -> Path:
    """A new folder: two deployments of one config may stand side by side."""
    return house.current().data_dir / "endpoints" / endpoint / uuid.uuid4().hex


def _failure(failure: Exception) -> str:
    return f"{failure}"[:960] + ". Please check CloudWatch logs for this endpoint."


def retire(endpoint: Endpoint, deployment: Deployment | None) -> None:
    """Let what no longer serves answer its last requests, then end it."""
    endpoint.leaving = deployment
    if deployment:
        deployment.retire()
    endpoint.leaving = None


def carry_out(endpoint: Endpoint, name: str, work: Callable[[], None]) -> None:
    """Do the long part of a change in a thread; a bug in it fails the endpoint, loudly."""

    def guarded() -> None:
        try:
            work()
        except Exception as error:
            if endpoint.stopped:
                return
            _log.exception(
                "%s of the endpoint %s failed inside the offline cloud", name, endpoint.name
            )
            endpoint.pending = None
            status = "InService" if endpoint.live else "Failed"
            endpoint.become(status, FailureReason=f"InternalServerError: {error}"[:1024])

    threading.Thread(target=guarded, name=f"{name} {endpoint.name}", daemon=True).start()


def remove(endpoint: Endpoint, forget: Callable[[], None]) -> None:
    """Answer what is in flight, end the instances, delete the files, forget the endpoint."""
    live, endpoint.live = endpoint.live, None
    retire(endpoint, live)
    shutil.rmtree(_folder(endpoint.name).parent, ignore_errors=True)
    forget()
