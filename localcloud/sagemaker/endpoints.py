"""An endpoint as the control plane sees it: its document, what serves, what is about to."""

from __future__ import annotations

import threading
from copy import deepcopy
from typing import Any

from localcloud import bus
from localcloud.sagemaker.errors import ValidationException
from localcloud.sagemaker.fleets import Deployment
from localcloud.sagemaker.metrics import Meter
from localcloud.sagemaker.resources import SOURCE, Document, Resource, now, plain, tag_map

EVENT_STATUS = {
    "Creating": "CREATING",
    "Updating": "UPDATING",
    "RollingBack": "ROLLING_BACK",
    "InService": "IN_SERVICE",
    "Deleting": "DELETING",
    "Failed": "FAILED",
}
"""Events spell an endpoint's status in capitals, the API does not."""


class Endpoint(Resource):
    """One endpoint. `live` is what requests are routed to; None while nothing serves."""

    live: Deployment | None = None
    pending: Deployment | None = None
    leaving: Deployment | None = None
    """What answers its last requests."""
    stopped = False
    """The cloud ends: nothing more is said."""

    def __init__(self, *, arn: str, tags: list[dict[str, str]], document: Document) -> None:
        super().__init__(arn=arn, tags=tags, document=document)
        self._lock = threading.RLock()
        self._meters: dict[str, Meter] = {}

    @property
    def name(self) -> str:
        """EndpointName."""
        return str(self.document["EndpointName"])

    @property
    def status(self) -> str:
        """EndpointStatus, as the API spells it."""
        return str(self.document["EndpointStatus"])

    def meter(self, variant: str) -> Meter:
        """Counts the variant's requests, whichever deployment answers them."""
        return self._meters.setdefault(variant, Meter(self.name, variant))

    def variants(self) -> set[str]:
        """Names of the variants that serve or are about to."""
        deployments = [d for d in (self.live, self.pending) if d]
        return {v["VariantName"] for d in deployments for v in d.config["ProductionVariants"]}

    def describe(self) -> Document:
        """What DescribeEndpoint answers."""
        with self._lock:
            document = deepcopy(self.document)
        live, pending = self.live, self.pending
        if live:
            document["ProductionVariants"] = _variants(live)
            if live.capture:
                capture = live.capture.config
                document["DataCaptureConfig"] = {
                    "EnableCapture": True,
                    "CaptureStatus": "Started",
                    "CurrentSamplingPercentage": capture["InitialSamplingPercentage"],
                    "DestinationS3Uri": capture["DestinationS3Uri"],
                    "KmsKeyId": capture.get("KmsKeyId") or "",
                }
        if pending:
            document["PendingDeploymentSummary"] = {
                "EndpointConfigName": pending.name,
                "ProductionVariants": _variants(pending),
                "StartTime": document["LastModifiedTime"],
            }
        return document

    def become(self, status: str, **members: Any) -> None:
        """Take a status, and say so on the bus."""
        if self.stopped:
            return
        with self._lock:
            self.document |= members | {"EndpointStatus": status, "LastModifiedTime": now()}
            if self.document.get("FailureReason", "") is None:
                del self.document["FailureReason"]
        detail = plain(self.describe(), times_as_text=False)
        detail |= {"EndpointStatus": EVENT_STATUS[status], "Tags": tag_map(self.tags)}
        bus.emit(
            source=SOURCE,
            detail_type="SageMaker Endpoint State Change",
            resources=[self.arn],
            detail=detail,
        )


def _variants(deployment: Deployment) -> list[Document]:
    return [
        {
            "VariantName": name,
            "CurrentWeight": fleet.weight,
            "DesiredWeight": fleet.weight,
            "CurrentInstanceCount": fleet.count,
            "DesiredInstanceCount": fleet.desired,
            "DeployedImages": [{"SpecifiedImage": fleet.recipe.image}],
        }
        for name, fleet in list(deployment.fleets.items())
    ]


def settled(endpoint: Endpoint) -> Deployment:
    """What serves now; a change while another runs is refused in AWS's words."""
    if endpoint.status != "InService" or endpoint.live is None:
        word = "failed" if endpoint.status == "Failed" else "in-progress"
        raise ValidationException(f'Cannot update {word} endpoint "{endpoint.arn}".')
    return endpoint.live
