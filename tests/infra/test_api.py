"""The HTTPS API takes signed requests only, is throttled, and refuses in problem documents."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.infra.template import Template, flat
from tests.infra.test_stages import function


def paths(template: Template) -> dict[str, str]:
    """Resource id to path."""
    parts = template.of("AWS::ApiGateway::Resource")

    def path(id: str) -> str:
        parent = flat(parts[id]["ParentId"]).strip("<>")
        return (path(parent) if parent in parts else "") + "/" + parts[id]["PathPart"]

    return {f"<{id}>": path(id) for id in parts}


def test_the_api_has_these_methods_and_no_other(dev: Template):
    where = paths(dev)
    methods = {
        (m["HttpMethod"], where[flat(m["ResourceId"])])
        for m in dev.of("AWS::ApiGateway::Method").values()
    }
    assert methods == {
        ("GET", "/v1/models"),
        ("GET", "/v1/models/{model}"),
        ("POST", "/v1/models/{model}/predictions"),
        ("GET", "/v1/openapi.json"),
    }


def test_every_method_takes_signed_requests_to_serve(dev: Template):
    serve, _ = function(dev, "serve")
    for method in dev.of("AWS::ApiGateway::Method").values():
        assert method["AuthorizationType"] == "AWS_IAM"
        assert method["Integration"]["Type"] == "AWS_PROXY"
        assert f"<{serve}.Arn>" in flat(method["Integration"]["Uri"])


def test_bodies_reach_serve_as_the_bytes_that_were_sent(dev: Template):
    ((_, api),) = dev.of("AWS::ApiGateway::RestApi").items()
    assert api["BinaryMediaTypes"] == ["*/*"]


def test_serve_ends_before_the_gateway_gives_up(dev: Template):
    _, serve = function(dev, "serve")
    assert serve["Timeout"] <= 29


def test_the_api_is_throttled_and_logs_requests_without_bodies(prod: Template):
    ((_, stage),) = prod.of("AWS::ApiGateway::Stage").items()
    (settings,) = stage["MethodSettings"]
    assert (settings["HttpMethod"], settings["ResourcePath"]) == ("*", "/*")
    assert (settings["ThrottlingRateLimit"], settings["ThrottlingBurstLimit"]) == (1000, 2000)
    assert settings["DataTraceEnabled"] is False
    assert "body" not in stage["AccessLogSetting"]["Format"].lower()
    assert "$context.status" in stage["AccessLogSetting"]["Format"]


def test_the_api_takes_tls_1_2_and_newer(dev: Template):
    ((_, api),) = dev.of("AWS::ApiGateway::RestApi").items()
    assert api["EndpointConfiguration"]["Types"] == ["REGIONAL"]
    assert api["SecurityPolicy"].startswith("SecurityPolicy_TLS13_1_2_")


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("MISSING_AUTHENTICATION_TOKEN", 403),
        ("ACCESS_DENIED", 403),
        ("INVALID_SIGNATURE", 403),
        ("REQUEST_TOO_LARGE", 413),
        ("UNSUPPORTED_MEDIA_TYPE", 415),
        ("THROTTLED", 429),
        ("INTEGRATION_TIMEOUT", 504),
        ("DEFAULT_4XX", None),
        ("DEFAULT_5XX", None),
    ],
)
def test_the_gateway_refuses_in_problem_documents(dev: Template, kind: str, status: int | None):
    _, response = dev.one("AWS::ApiGateway::GatewayResponse", ResponseType=kind)
    assert response.get("StatusCode") == (str(status) if status else None)
    headers = response["ResponseParameters"]
    assert headers["gatewayresponse.header.Content-Type"] == "'application/problem+json'"
    body = problem(response)
    assert body["type"] == "about:blank"
    assert body.get("status") == status
    assert body["title"]
    assert body["detail"]


def test_who_is_throttled_is_told_when_to_try_again(dev: Template):
    _, response = dev.one("AWS::ApiGateway::GatewayResponse", ResponseType="THROTTLED")
    assert response["ResponseParameters"]["gatewayresponse.header.Retry-After"] == "'1'"


def problem(response: dict[str, Any]) -> dict[str, Any]:
    """The body as API Gateway would write it: its variables come with their quotes."""
    (template,) = response["ResponseTemplates"].values()
    document: dict[str, Any] = json.loads(
        template.replace("$context.error.messageString", '"Forbidden"')
    )
    return document
