"""serve: HTTPS. A REST API with IAM authentication before one function; it has no queue, because a
caller waits for the answer."""

from __future__ import annotations

from typing import cast

from aws_cdk import Duration, RemovalPolicy, aws_apigateway
from aws_cdk.aws_apigateway import (
    AccessLogFormat,
    AuthorizationType,
    CfnRestApi,
    EndpointConfiguration,
    EndpointType,
    LambdaIntegration,
    LogGroupLogDestination,
    MethodLoggingLevel,
    MethodOptions,
    RestApi,
    StageOptions,
)
from aws_cdk.aws_logs import LogGroup
from constructs import Construct

from infra.config import Config
from infra.parts.handler import Handler, StageContext
from infra.parts.permissions import allow, read, rows, sagemaker
from infra.parts.refusals import REFUSALS
from sluice.contracts.environment import ServeEnvironment
from sluice.contracts.timeouts import SERVE_SECONDS

STAGE = "live"
"""The one stage of the API, and so the first part of every path."""


class Serve(Handler):
    """Answers applications. Its 29 seconds are the gateway's own limit."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        context: StageContext,
    ) -> None:
        super().__init__(
            scope,
            id,
            context,
            timeout=Duration.seconds(SERVE_SECONDS),
            memory=512,
            environment=ServeEnvironment(
                slug=context.slug,
                artifact_bucket=context.artifacts.bucket_name,
                models_table=context.models.table_name,
            ),
            may=[
                rows(context.models, "GetItem", "Query"),
                *read(context.artifacts, "runs/*"),
                allow("sagemaker:InvokeEndpoint", on=sagemaker(scope, context.slug, "endpoint")),
            ],
        )
        self.api = self._api(context.config)
        for refusal in REFUSALS:
            refusal.add_to(self.api)
        self._routes(LambdaIntegration(self.function, proxy=True, allow_test_invoke=False))

    def _api(self, config: Config) -> RestApi:
        log = LogGroup(
            self,
            "AccessLog",
            log_group_name=f"/aws/apigateway/{config.slug}",
            retention=config.log_retention,
            removal_policy=config.removal,
        )
        api = RestApi(
            self,
            "Api",
            rest_api_name=config.slug,
            description="Predictions of the models that Sluice serves.",
            endpoint_configuration=EndpointConfiguration(types=[EndpointType.REGIONAL]),
            # Bodies reach the function as the bytes they are; as text, the gateway would read them
            # as UTF-8, whatever they are, and put U+FFFD where they are not.
            binary_media_types=["*/*"],
            default_method_options=MethodOptions(authorization_type=AuthorizationType.IAM),
            # One role serves the logs of all APIs of an account and region; destroying this stack
            # must not silence the others.
            cloud_watch_role=True,
            cloud_watch_role_removal_policy=RemovalPolicy.RETAIN,
            deploy_options=StageOptions(
                stage_name=STAGE,
                throttling_rate_limit=config.requests_per_second,
                throttling_burst_limit=config.burst,
                metrics_enabled=True,
                # Bodies are users' data: the request is logged, what it carries is not.
                logging_level=MethodLoggingLevel.ERROR,
                data_trace_enabled=False,
                access_log_destination=LogGroupLogDestination(log),
                access_log_format=AccessLogFormat.json_with_standard_fields(
                    caller=True,
                    http_method=True,
                    ip=True,
                    protocol=True,
                    request_time=True,
                    resource_path=True,
                    response_length=True,
                    status=True,
                    user=True,
                ),
            ),
        )
        # The stack has an output of its own for this.
        api.node.try_remove_child("Endpoint")
        definition = cast(CfnRestApi, api.node.default_child)
        # TLS 1.2 or 1.3; the default of a regional API still takes TLS 1.0:
        # https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-security-policies.html
        definition.security_policy = "SecurityPolicy_TLS13_1_2_PQ_2025_09"
        definition.endpoint_access_mode = "STRICT"
        return api

    def _routes(self, handler: aws_apigateway.Integration) -> None:
        v1 = self.api.root.add_resource("v1")
        models = v1.add_resource("models")
        model = models.add_resource("{model}")
        models.add_method("GET", handler)
        model.add_method("GET", handler)
        model.add_resource("predictions").add_method("POST", handler)
        v1.add_resource("openapi.json").add_method("GET", handler)
