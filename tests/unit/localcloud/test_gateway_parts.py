"""The gateway's pure parts: proxy events, answers, gateway responses, throttling."""

import base64
import json
from types import SimpleNamespace

import pytest

from localcloud.apigateway import proxy, refusals
from localcloud.apigateway.throttle import Bucket

CONTEXT = {
    "accountId": "000000000000",
    "requestId": "r-1",
    "requestTime": "20/Nov/2026:00:00:00 +0000",
    "requestTimeEpoch": "1",
    "domainName": "localhost",
    "identity.sourceIp": "127.0.0.1",
}


def _request(**changed):
    values = {
        "method": "POST",
        "path": "/v1/models/iris/predictions",
        "query": "a=1&a=2&b=",
        "headers": (("Content-Type", "application/json"), ("X-A", "1"), ("X-A", "2")),
        "body": b'{"instances": []}',
        "resource": "/v1/models/{model}/predictions",
        "parameters": {"model": "iris"},
        "stage": "live",
        "api_id": "abc",
        "context": CONTEXT,
    }
    return proxy.Request(**values | changed)


def test_a_request_becomes_a_proxy_event():
    event = proxy.event(_request(), binary_types=())
    assert event["headers"]["X-A"] == "2"
    assert event["multiValueHeaders"]["X-A"] == ["1", "2"]
    assert event["queryStringParameters"] == {"a": "2", "b": ""}
    assert event["pathParameters"] == {"model": "iris"}
    assert event["requestContext"]["path"] == "/live/v1/models/iris/predictions"
    assert event["requestContext"]["requestId"] == "r-1"
    assert (event["body"], event["isBase64Encoded"]) == ('{"instances": []}', False)


def test_a_binary_type_is_passed_as_base64():
    request = _request(headers=(("Content-Type", "text/csv; charset=x"),), body=b"\xff1")
    event = proxy.event(request, binary_types=("text/*",))
    assert event["isBase64Encoded"] is True
    assert base64.b64decode(event["body"]) == b"\xff1"


def test_an_empty_body_is_none():
    event = proxy.event(_request(body=b"", query=""), binary_types=())
    assert event["body"] is None
    assert event["queryStringParameters"] is None


def _answer(told, **more):
    return proxy.answer(json.dumps(told).encode(), **{"accept": "", "binary_types": ()} | more)


def test_an_answer_becomes_http():
    got = _answer({"statusCode": 422, "headers": {"Content-Type": "a/b"}, "body": "no"})
    assert (got.status, got.headers, got.body) == (422, (("Content-Type", "a/b"),), b"no")


def test_a_base64_answer_is_decoded_only_for_binary_types():
    told = {"statusCode": 200, "body": base64.b64encode(b"\x00").decode(), "isBase64Encoded": True}
    assert _answer(told, accept="image/png", binary_types=("image/*",)).body == b"\x00"
    assert _answer(told).body == b"AA=="


@pytest.mark.parametrize("told", [None, [], {}, {"statusCode": 200, "body": {"a": 1}}])
def test_a_malformed_answer_is_refused(told):
    with pytest.raises(ValueError, match="function"):
        _answer(told)


def test_a_gateway_response_is_filled_in():
    template = '{"d":$context.error.messageString,"r":"$context.requestId"}'
    custom = SimpleNamespace(
        status_code=None,
        response_parameters={"gatewayresponse.header.Retry-After": "'1'"},
        response_templates={"application/json": template},
    )
    got = refusals.refuse(refusals.THROTTLED, {"THROTTLED": custom}, CONTEXT)
    assert got.status == 429
    assert json.loads(got.body) == {"d": "Too Many Requests", "r": "r-1"}
    assert dict(got.headers)["Retry-After"] == "1"


def test_a_kind_without_a_response_falls_back_to_the_default_and_then_to_aws():
    default = SimpleNamespace(
        status_code="418", response_parameters=None, response_templates={"application/json": "x"}
    )
    assert refusals.refuse(refusals.THROTTLED, {"DEFAULT_4XX": default}, CONTEXT).status == 418
    plain = refusals.refuse(refusals.THROTTLED, {"DEFAULT_5XX": default}, CONTEXT)
    assert (plain.status, plain.body) == (429, b'{"message":"Too Many Requests"}')


def test_a_bucket_lets_a_burst_through_and_then_the_rate():
    now = 0.0
    bucket = Bucket(rate=2, burst=3, clock=lambda: now)
    assert [bucket.take() for _ in range(4)] == [True, True, True, False]
    now = 0.5
    assert [bucket.take() for _ in range(2)] == [True, False]
    now = 100.0
    assert [bucket.take() for _ in range(4)] == [True, True, True, False]
