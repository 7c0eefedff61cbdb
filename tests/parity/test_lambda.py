"""Functions run for real, and fail as AWS's do."""

import json
import uuid

import pytest
from botocore.exceptions import ClientError


def _invoke(cloud, event, **more):
    answer = cloud.client("lambda").invoke(
        FunctionName="parity-invoked", Payload=json.dumps(event), **more
    )
    return answer, json.loads(answer["Payload"].read() or b"null")


def test_a_function_is_kept_warm(cloud):
    _, first = _invoke(cloud, {"a": 1})
    answer, second = _invoke(cloud, {"a": 2})
    assert answer["StatusCode"] == 200
    assert "FunctionError" not in answer
    assert second["event"] == {"a": 2}
    assert second["pid"] == first["pid"]
    assert second["times"] == first["times"] + 1


def test_an_exception_is_the_invocations_error_and_the_process_stays(cloud):
    _, before = _invoke(cloud, {})
    answer, error = _invoke(cloud, {"raise": True})
    _, after = _invoke(cloud, {})
    assert answer["FunctionError"] == "Unhandled"
    assert (error["errorType"], error["errorMessage"]) == ("ValueError", "on purpose")
    assert after["pid"] == before["pid"]


def test_a_function_that_takes_too_long_is_killed(cloud):
    answer, error = _invoke(cloud, {"sleep": 30})
    assert answer["FunctionError"] == "Unhandled"
    assert error["errorType"] == "Sandbox.Timedout"
    assert error["errorMessage"].endswith("Task timed out after 1.00 seconds")


def test_a_crash_is_an_error_and_the_next_invocation_starts_anew(cloud):
    _, before = _invoke(cloud, {})
    answer, error = _invoke(cloud, {"crash": True})
    assert answer["FunctionError"] == "Unhandled"
    assert error["errorType"] == "Runtime.ExitError"
    assert "exit status 9" in error["errorMessage"]
    _, after = _invoke(cloud, {})
    assert after["pid"] != before["pid"]
    assert after["times"] == 1


def test_an_asynchronous_event_is_tried_three_times(cloud, eventually):
    word = f"async-{uuid.uuid4()}"
    answer = cloud.client("lambda").invoke(
        FunctionName="parity-take",
        InvocationType="Event",
        Payload=json.dumps({"Records": [{"body": word, "eventSourceARN": "x:y", "bad": 1}]}),
    )
    assert answer["StatusCode"] == 202
    # The record has no messageId only where it fails; this one succeeds at once.
    assert eventually(lambda: _times(cloud, word)) == 1
    failing = f"fail-{uuid.uuid4()}"
    cloud.client("lambda").invoke(
        FunctionName="parity-take",
        InvocationType="Event",
        Payload=json.dumps({"Records": [{"body": failing, "eventSourceARN": "x:y"}]}),
    )
    assert eventually(lambda: _times(cloud, failing) == 3)


def test_output_goes_to_the_functions_log_group(cloud, eventually):
    cloud.call("GET", "things/logged")
    logs = cloud.client("logs")

    def said():
        found = logs.filter_log_events(logGroupName="/aws/lambda/parity-answer")["events"]
        return [e["message"] for e in found if e["message"] == "answering /things/logged"]

    assert eventually(said)


def test_what_is_not_there_is_named(cloud):
    with pytest.raises(ClientError, match="LogType=Tail is not there") as caught:
        _invoke(cloud, {}, LogType="Tail")
    assert caught.value.response["Error"]["Code"] == "NotImplemented"


def _times(cloud, body):
    item = cloud.client("dynamodb").get_item(TableName="parity-seen", Key={"pk": {"S": body}})
    return int(item["Item"]["times"]["N"]) if "Item" in item else 0
