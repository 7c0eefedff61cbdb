"""The front door refuses with a reason a caller can act on, always as problem+json."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
import urllib3

from tests.pipeline.cloud import table

GOOD = b'{"instances": [{"width": 1.0, "colour": "red"}]}'


@pytest.fixture(scope="module")
def served(offline) -> str:
    offline.drop("doors/people.csv", table(), state="released")
    return "doors"


def problem(answer) -> dict:
    document = json.loads(answer.body if hasattr(answer, "body") else answer.data)
    assert {"type", "title", "status", "detail"} <= set(document)
    return document


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b'{"instances": [{"width": "wide", "colour": "red"}]}', "application/json", 422),
        (b'{"instances": [{"colour": "red"}]}', "application/json", 422),
        (b'{"instances": [{"width": 1, "colour": "red", "age": 1}]}', "application/json", 422),
        (b'{"instances": [{"width": null, "colour": "red"}]}', "application/json", 422),
        (b'{"instances": [', "application/json", 400),
        (GOOD, "application/xml", 415),
        (b"[" + b" " * 4_600_000 + b"]", "application/json", 413),
        (b"[" + b" " * 11_000_000 + b"]", "application/json", 413),
    ],
)
def test_a_bad_request_is_explained(offline, served, body, content_type, status):
    answer = offline.client.predict_raw(served, body, content_type)
    assert answer.status == status
    found = problem(answer)
    if status == 422:
        assert found["problems"][0]["row"] == 0
        assert found["problems"][0]["column"] in ("width", "age")


def test_a_body_means_what_its_charset_says_or_is_refused(offline, served):
    body = '{"instances": [{"width": 1.0, "colour": "größer"}]}'
    kind = "application/json; charset=iso-8859-1"
    answer = offline.client.predict_raw(served, body.encode("latin-1"), kind)
    assert answer.status == 200
    (warning,) = answer.document()["warnings"]
    assert (warning["column"], '"größer"' in warning["detail"]) == ("colour", True)
    refused = offline.client.predict_raw(served, body.encode("latin-1"), "application/json")
    assert refused.status == 400
    assert "not UTF-8" in problem(refused)["detail"]


def test_half_a_surrogate_is_422_with_its_place(offline, served):
    body = b'{"instances": [{"width": 1.0, "colour": "\\ud800"}]}'
    answer = offline.client.predict_raw(served, body, "application/json")
    assert answer.status == 422
    assert problem(answer)["problems"][0]["column"] == "colour"


def test_who_expects_another_version_gets_409(offline, served):
    answer = offline.client.call(
        "POST",
        f"v1/models/{served}/predictions?version=another",
        body=GOOD,
        headers={"Content-Type": "application/json"},
    )
    assert answer.status == 409
    assert "answers now, not another" in problem(answer)["detail"]


def test_an_unknown_model_is_404(offline):
    answer = offline.client.predict_raw("nobody", GOOD, "application/json")
    assert answer.status == 404
    assert "nobody" in problem(answer)["detail"]


def test_an_unsigned_call_is_403(offline, served):
    with urllib3.PoolManager(ca_certs=offline.up["ca_file"]) as pool:
        url = f"{offline.up['api_url'].rstrip('/')}/v1/models/{served}/predictions"
        answer = pool.request("POST", url, body=GOOD, headers={"Content-Type": "application/json"})
        assert answer.status == 403
        assert answer.headers["Content-Type"].startswith("application/problem+json")
        problem(answer)


def test_too_many_calls_are_429_with_retry_after(offline):
    gateway = offline.aws("apigateway")
    api = next(a["id"] for a in gateway.get_rest_apis()["items"] if a["name"] == offline.slug)
    before = gateway.get_stage(restApiId=api, stageName="live")["methodSettings"]["*/*"]

    def throttle(rate: float, burst: int) -> None:
        patches = [
            {"op": "replace", "path": f"/*/*/throttling/{name}", "value": str(value)}
            for name, value in (("rateLimit", rate), ("burstLimit", burst))
        ]
        gateway.update_stage(restApiId=api, stageName="live", patchOperations=patches)

    # The machine of a test cannot call as often as the stack allows: an operator lowers the limit.
    throttle(1.0, 3)
    try:
        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(lambda _: offline.client.call("GET", "v1/models"), range(12)))
    finally:
        throttle(before["throttlingRateLimit"], before["throttlingBurstLimit"])
    assert {answer.status for answer in answers} == {200, 429}
    throttled = next(answer for answer in answers if answer.status == 429)
    problem(throttled)
    assert int(throttled.headers["Retry-After"]) >= 1


def test_the_certificate_is_checked(offline):
    with (
        urllib3.PoolManager() as pool,
        pytest.raises(urllib3.exceptions.MaxRetryError, match="CERTIFICATE_VERIFY_FAILED"),
    ):
        pool.request("GET", offline.up["api_url"], retries=0)
