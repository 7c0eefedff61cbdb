"""Lambda's resource types, created with all the properties that the strict table calls used."""

from __future__ import annotations

from typing import Any

from moto.awslambda.models import LambdaFunction, lambda_backends
from moto.core.common_models import CloudFormationModel

from localcloud.cloudformation.resources import Made

_COPIED = (
    "Code",
    "Description",
    "Environment",
    "EphemeralStorage",
    "Handler",
    "Layers",
    "MemorySize",
    "PackageType",
    "ReservedConcurrentExecutions",
    "Role",
    "Runtime",
    "Timeout",
)


class Function(CloudFormationModel):
    """Lambda function."""

    @staticmethod
    def cloudformation_name_type() -> str:
        """Property that names it."""
        return "FunctionName"

    @staticmethod
    def cloudformation_type() -> str:
        """The CloudFormation type that this class stands for."""
        return "AWS::Lambda::Function"

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:
        """Whether Outputs may ask for `attr`."""
        return bool(LambdaFunction.has_cfn_attr(attr))

    @classmethod
    def create_from_cloudformation_json(
        cls,
        resource_name: str,
        cloudformation_json: Any,
        account_id: str,
        region_name: str,
        **_: Any,
    ) -> LambdaFunction:
        """CreateFunction."""
        properties = cloudformation_json["Properties"]
        spec = {name: properties[name] for name in _COPIED if name in properties}
        spec["FunctionName"] = resource_name
        if "ZipFile" in spec["Code"]:
            raise NotImplementedError(
                f"{resource_name}: inline code is not there in the offline cloud; use an asset."
            )
        function: LambdaFunction = lambda_backends[account_id][region_name].create_function(spec)
        return function


class LayerVersion(Made, CloudFormationModel):
    """Lambda layer: named, never unpacked (see `localcloud/awslambda/code.py`)."""

    @staticmethod
    def cloudformation_name_type() -> str:
        """Property that names it."""
        return "LayerName"

    @staticmethod
    def cloudformation_type() -> str:
        """The CloudFormation type that this class stands for."""
        return "AWS::Lambda::LayerVersion"

    @classmethod
    def create_from_cloudformation_json(
        cls,
        resource_name: str,
        cloudformation_json: Any,
        account_id: str,
        region_name: str,
        **_: Any,
    ) -> LayerVersion:
        """PublishLayerVersion."""
        properties = cloudformation_json["Properties"]
        wanted = ("Content", "Description", "CompatibleRuntimes")
        spec = {name: properties[name] for name in wanted if name in properties}
        spec["LayerName"] = resource_name
        made = lambda_backends[account_id][region_name].publish_layer_version(spec)
        return cls(made.arn)
