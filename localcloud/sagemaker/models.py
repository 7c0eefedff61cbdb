"""The backend that moto is given for SageMaker; its name and place are moto's rule."""

from __future__ import annotations

from typing import Any

from moto.sagemaker.models import SageMakerModelBackend

from localcloud.sagemaker.definitions import Definitions
from localcloud.sagemaker.hosting import Hosting
from localcloud.sagemaker.jobs import Jobs
from localcloud.sagemaker.processing import ProcessingJob
from localcloud.sagemaker.registry import Registry
from localcloud.sagemaker.slots import Slots, cores
from localcloud.sagemaker.training import TrainingJob


class LocalSageMakerBackend(SageMakerModelBackend):
    """SageMaker of one region, real: jobs and endpoints are processes.

    The dictionaries under moto's own names are the same objects, so that moto's tag operations
    find what is kept here.
    """

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.slots = Slots(cores())
        self.training = Jobs(
            TrainingJob,
            self.slots,
            taken="Training job names must be unique within an AWS account and region, and a "
            "training job with this name already exists",
            absent="Requested resource not found.",
        )
        self.processing = Jobs(
            ProcessingJob,
            self.slots,
            taken="Job name must be unique within an AWS account and region, and a job with this "
            "name already exists",
            absent="Could not find requested job with name: {}",
        )
        self.models = Definitions("Model", "model", "model")
        self.configs = Definitions("EndpointConfig", "endpoint-config", "endpoint configuration")
        self.registry = Registry()
        self.hosting = Hosting(self.models, self.configs, self.registry)
        self.training_jobs = self.training.by_name
        self.processing_jobs = self.processing.by_name
        self._models = self.models.by_name
        self.endpoint_configs = self.configs.by_name
        self.endpoints = self.hosting.by_name
        self.model_package_groups = self.registry.groups
        self.model_packages = self.registry.packages

    def _get_resource_from_arn(self, arn: str) -> Any:
        """moto's look-up for tags, which does not know packages with a version."""
        if ":model-package/" in arn:
            return self.registry.package(arn)
        return super()._get_resource_from_arn(arn)

    def stop(self) -> None:
        """End every process of this region."""
        self.hosting.stop()
        self.training.abandon()
        self.processing.abandon()

    def reset(self) -> None:
        """moto's reset, which knows no processes, after these have ended."""
        self.stop()
        super().reset()
