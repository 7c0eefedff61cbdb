"""SageMaker's operations: from the request to what answers it, and nothing in between."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.core.exceptions import ServiceException
from moto.core.responses import TYPE_RESPONSE, ActionResult
from moto.sagemaker.responses import SageMakerResponse

from localcloud.sagemaker import definitions, processing, training
from localcloud.sagemaker.errors import NotThere
from localcloud.sagemaker.models import LocalSageMakerBackend
from localcloud.sagemaker.resources import Document, arn

Operation = Callable[[LocalSageMakerBackend, Document], Document]


def _create_training_job(cloud: LocalSageMakerBackend, request: Document) -> Document:
    training.check(request)
    return cloud.training.create(request, arn("training-job", request["TrainingJobName"]))


def _create_processing_job(cloud: LocalSageMakerBackend, request: Document) -> Document:
    processing.check(request)
    return cloud.processing.create(request, arn("processing-job", request["ProcessingJobName"]))


def _create_model(cloud: LocalSageMakerBackend, request: Document) -> Document:
    definitions.check_model(request)
    return cloud.models.create(request)


def _create_endpoint_config(cloud: LocalSageMakerBackend, request: Document) -> Document:
    definitions.check_config(request, cloud.models)
    return cloud.configs.create(request)


OPERATIONS: dict[str, Operation] = {
    "CreateTrainingJob": _create_training_job,
    "DescribeTrainingJob": lambda cloud, r: cloud.training.get(r).describe(),
    "StopTrainingJob": lambda cloud, r: cloud.training.stop(r),
    "ListTrainingJobs": lambda cloud, r: cloud.training.list(r, training.SUMMARY),
    "CreateProcessingJob": _create_processing_job,
    "DescribeProcessingJob": lambda cloud, r: cloud.processing.get(r).describe(),
    "StopProcessingJob": lambda cloud, r: cloud.processing.stop(r),
    "ListProcessingJobs": lambda cloud, r: cloud.processing.list(r, processing.SUMMARY),
    "CreateModel": _create_model,
    "DescribeModel": lambda cloud, r: cloud.models.describe(r),
    "DeleteModel": lambda cloud, r: cloud.models.delete(r),
    "ListModels": lambda cloud, r: cloud.models.list(r, "Models", definitions.MODEL_SUMMARY),
    "CreateEndpointConfig": _create_endpoint_config,
    "DescribeEndpointConfig": lambda cloud, r: cloud.configs.describe(r),
    "DeleteEndpointConfig": lambda cloud, r: cloud.configs.delete(r),
    "ListEndpointConfigs": lambda cloud, r: cloud.configs.list(
        r, "EndpointConfigs", definitions.CONFIG_SUMMARY
    ),
    "CreateEndpoint": lambda cloud, r: cloud.hosting.create(r),
    "DescribeEndpoint": lambda cloud, r: cloud.hosting.describe(r),
    "UpdateEndpoint": lambda cloud, r: cloud.hosting.update(r),
    "UpdateEndpointWeightsAndCapacities": lambda cloud, r: (
        cloud.hosting.update_weights_and_capacities(r)
    ),
    "DeleteEndpoint": lambda cloud, r: cloud.hosting.delete(r),
    "ListEndpoints": lambda cloud, r: cloud.hosting.list(r),
    "CreateModelPackageGroup": lambda cloud, r: cloud.registry.create_group(r),
    "DescribeModelPackageGroup": lambda cloud, r: cloud.registry.describe_group(r),
    "DeleteModelPackageGroup": lambda cloud, r: cloud.registry.delete_group(r),
    "ListModelPackageGroups": lambda cloud, r: cloud.registry.list_groups(r),
    "CreateModelPackage": lambda cloud, r: cloud.registry.create_package(r),
    "DescribeModelPackage": lambda cloud, r: cloud.registry.describe_package(r),
    "UpdateModelPackage": lambda cloud, r: cloud.registry.update_package(r),
    "DeleteModelPackage": lambda cloud, r: cloud.registry.delete_package(r),
    "ListModelPackages": lambda cloud, r: cloud.registry.list_packages(r),
}
"""What is done here; the table in the package's docstring says how."""

MOTOS = ("AddTags", "ListTags", "DeleteTags")
"""What moto itself does well enough. Everything else it would only pretend: refused by name."""


class LocalSageMakerResponse(SageMakerResponse):
    """Dispatches by `OPERATIONS`."""

    def call_action(self) -> TYPE_RESPONSE:
        """Answer one request; a refusal is serialised as AWS would."""
        action = self._get_action()
        if action in MOTOS:
            return super().call_action()
        try:
            if action not in OPERATIONS:
                raise NotThere(f"sagemaker:{action}")
            result: Any = OPERATIONS[action](self.sagemaker_backend, self._request())
        except ServiceException as refusal:
            result = refusal
        except NotThere as absence:
            return absence.code, self.response_headers, absence.description
        status, headers, body = self.serialized(ActionResult(result))
        return status, *self._enrich_response(headers | {"status": status}, body)

    def _request(self) -> Document:
        params: Any = self.params
        return dict(params)
