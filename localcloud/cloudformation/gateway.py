"""API Gateway's resource types."""

from __future__ import annotations

from typing import Any

from moto.apigateway.models import RestAPI, apigateway_backends
from moto.core.common_models import CloudFormationModel

from localcloud.cloudformation.resources import Made

_SETTINGS = {
    "ThrottlingRateLimit": "throttlingRateLimit",
    "ThrottlingBurstLimit": "throttlingBurstLimit",
}


class RestApi(CloudFormationModel):
    """REST API."""

    @staticmethod
    def cloudformation_name_type() -> str:
        """Property that names it."""
        return "Name"

    @staticmethod
    def cloudformation_type() -> str:
        """The CloudFormation type that this class stands for."""
        return "AWS::ApiGateway::RestApi"

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:
        """Whether Outputs may ask for `attr`."""
        return bool(RestAPI.has_cfn_attr(attr))

    @classmethod
    def create_from_cloudformation_json(
        cls,
        resource_name: str,
        cloudformation_json: Any,
        account_id: str,
        region_name: str,
        **_: Any,
    ) -> RestAPI:
        """CreateRestApi."""
        properties = cloudformation_json["Properties"]
        types = properties.get("EndpointConfiguration", {}).get("Types", ["EDGE"])
        api: RestAPI = apigateway_backends[account_id][region_name].create_rest_api(
            name=properties.get("Name", resource_name),
            description=properties.get("Description", ""),
            endpoint_configuration={"types": types},
        )
        api.binaryMediaTypes = list(properties.get("BinaryMediaTypes", []))
        return api


class Method(Made, CloudFormationModel):
    """A verb on a resource."""

    @staticmethod
    def cloudformation_type() -> str:
        """The CloudFormation type that this class stands for."""
        return "AWS::ApiGateway::Method"

    @classmethod
    def create_from_cloudformation_json(
        cls,
        resource_name: str,
        cloudformation_json: Any,
        account_id: str,
        region_name: str,
        **_: Any,
    ) -> Method:
        """PutMethod and PutIntegration."""
        properties = cloudformation_json["Properties"]
        integration = properties.get("Integration", {})
        if integration.get("Type") != "AWS_PROXY":
            raise NotImplementedError(
                f"{resource_name}: API integrations of type {integration.get('Type')} are not "
                "there in the offline cloud; only AWS_PROXY is."
            )
        backend = apigateway_backends[account_id][region_name]
        place = {
            "function_id": properties["RestApiId"],
            "resource_id": properties["ResourceId"],
            "method_type": properties["HttpMethod"],
        }
        backend.put_method(**place, authorization_type=properties["AuthorizationType"])
        backend.put_integration(
            **place,
            integration_type="AWS_PROXY",
            uri=integration["Uri"],
            integration_method=integration["IntegrationHttpMethod"],
            timeout_in_millis=integration.get("TimeoutInMillis"),
        )
        return cls(resource_name)


class Deployment(Made, CloudFormationModel):
    """A deployment; offline, later changes of the API are live at once."""

    @staticmethod
    def cloudformation_type() -> str:
        """The CloudFormation type that this class stands for."""
        return "AWS::ApiGateway::Deployment"

    @classmethod
    def create_from_cloudformation_json(
        cls,
        resource_name: str,
        cloudformation_json: Any,
        account_id: str,
        region_name: str,
        **_: Any,
    ) -> Deployment:
        """CreateDeployment."""
        properties = cloudformation_json["Properties"]
        made = apigateway_backends[account_id][region_name].create_deployment(
            properties["RestApiId"], "", properties.get("Description", "")
        )
        return cls(made.id)


class Stage(Made, CloudFormationModel):
    """A stage, with its throttling and its access log."""

    @staticmethod
    def cloudformation_type() -> str:
        """The CloudFormation type that this class stands for."""
        return "AWS::ApiGateway::Stage"

    @classmethod
    def create_from_cloudformation_json(
        cls,
        resource_name: str,
        cloudformation_json: Any,
        account_id: str,
        region_name: str,
        **_: Any,
    ) -> Stage:
        """CreateStage."""
        properties = cloudformation_json["Properties"]
        name = properties["StageName"]
        made = apigateway_backends[account_id][region_name].create_stage(
            properties["RestApiId"], name, properties["DeploymentId"]
        )
        for setting in properties.get("MethodSettings", []):
            path = setting.get("ResourcePath", "/*").removeprefix("/").replace("/", "~1")
            key = f"{path}/{setting.get('HttpMethod', '*')}"
            if key != "*/*":
                raise NotImplementedError(
                    f"{resource_name}: MethodSettings of {key} are not there offline; only */*."
                )
            made.method_settings[key] = {
                known: setting[given] for given, known in _SETTINGS.items() if given in setting
            }
        made.access_log = properties.get("AccessLogSetting")
        return cls(name)


class GatewayResponse(Made, CloudFormationModel):
    """What the gateway itself answers."""

    @staticmethod
    def cloudformation_type() -> str:
        """The CloudFormation type that this class stands for."""
        return "AWS::ApiGateway::GatewayResponse"

    @classmethod
    def create_from_cloudformation_json(
        cls,
        resource_name: str,
        cloudformation_json: Any,
        account_id: str,
        region_name: str,
        **_: Any,
    ) -> GatewayResponse:
        """PutGatewayResponse."""
        properties = cloudformation_json["Properties"]
        apigateway_backends[account_id][region_name].put_gateway_response(
            properties["RestApiId"],
            properties["ResponseType"],
            properties.get("StatusCode"),
            properties.get("ResponseParameters"),
            properties.get("ResponseTemplates"),
        )
        return cls(resource_name)


class Account(Made, CloudFormationModel):
    """The account's role for writing logs."""

    @staticmethod
    def cloudformation_type() -> str:
        """The CloudFormation type that this class stands for."""
        return "AWS::ApiGateway::Account"

    @classmethod
    def create_from_cloudformation_json(
        cls,
        resource_name: str,
        cloudformation_json: Any,
        account_id: str,
        region_name: str,
        **_: Any,
    ) -> Account:
        """Nothing to create: the gateway writes its access log itself."""
        return cls(resource_name)
