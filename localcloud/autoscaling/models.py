"""The backend that moto is given for Application Auto Scaling; its place is moto's rule."""

from __future__ import annotations

import uuid
from typing import Any

from moto.applicationautoscaling.exceptions import AWSValidationException
from moto.applicationautoscaling.models import ApplicationAutoscalingBackend
from moto.sagemaker.models import sagemaker_backends

from localcloud.sagemaker.errors import NotThere

DIMENSION = "sagemaker:variant:DesiredInstanceCount"
METRIC = "SageMakerVariantInvocationsPerInstance"
KEPT_ACTIVITIES = 1000


def parse_resource(resource_id: str) -> tuple[str, str]:
    """Endpoint and variant of `endpoint/<name>/variant/<name>`."""
    parts = resource_id.split("/")
    if len(parts) != 4 or (parts[0], parts[2]) != ("endpoint", "variant"):
        raise AWSValidationException(f"{resource_id!r} is no endpoint/<name>/variant/<name>.")
    return parts[1], parts[3]


class LocalAutoscalingBackend(ApplicationAutoscalingBackend):
    """Targets and policies are moto's; what could not be acted on is refused by name."""

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.activities: list[dict[str, Any]] = []
        """Scaling activities, oldest first."""

    def register_scalable_target(
        self, namespace: str, r_id: str, dimension: str, **more: Any
    ) -> Any:
        """RegisterScalableTarget, of a variant that is there."""
        if dimension != DIMENSION:
            raise NotThere(f"Scaling {dimension}", f"Only {DIMENSION} is.")
        name, variant = parse_resource(r_id)
        endpoint = sagemaker_backends[self.account_id][self.region_name].endpoints.get(name)
        if endpoint is None or variant not in endpoint.variants():
            raise AWSValidationException(
                f"Could not find the variant {variant!r} of the endpoint {name!r}."
            )
        least, most = more.get("min_capacity"), more.get("max_capacity")
        if least is not None and least < 1:
            raise NotThere("A MinCapacity of 0", "Instances scale to 1 at least.")
        if least is not None and most is not None and least > most:
            raise AWSValidationException("Maximum capacity cannot be less than minimum capacity")
        return super().register_scalable_target(namespace, r_id, dimension, **more)

    def put_scaling_policy(self, **request: Any) -> Any:
        """PutScalingPolicy, of a kind that the controller follows."""
        if request["policy_type"] != "TargetTrackingScaling":
            raise NotThere(f"Scaling by {request['policy_type']}", "Use TargetTrackingScaling.")
        body = request["policy_body"]
        metric = (body.get("PredefinedMetricSpecification") or {}).get("PredefinedMetricType")
        if metric != METRIC:
            raise NotThere(f"Tracking {metric or 'a customized metric'}", f"Track {METRIC}.")
        if not self._scalable_target_exists(request["resource_id"], request["scalable_dimension"]):
            raise AWSValidationException(
                "No scalable target registered for service namespace: "
                f"{request['service_namespace']}, resource ID: {request['resource_id']}, "
                f"scalable dimension: {request['scalable_dimension']}"
            )
        return super().put_scaling_policy(**request)

    def record_activity(self, activity: dict[str, Any]) -> dict[str, Any]:
        """Keep an activity; the caller goes on changing it until it ended."""
        activity["ActivityId"] = str(uuid.uuid4())
        self.activities.append(activity)
        del self.activities[:-KEPT_ACTIVITIES]
        return activity
