import base64
import gzip
import json

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from functions.serve.step import POINTER_SECONDS, ServeStep
from functions.shared.endpoints import Endpoints
from sluice.contracts.prediction import Signature, SignatureColumn
from sluice.contracts.release import Champion

SIGNATURE = Signature(
    model="iris",
    version="v1",
    task="classification",
    target="species",
    classes=("a", "b"),
    columns=(SignatureColumn(name="x", type="number", nullable=False),),
)
GOOD = json.dumps({"instances": [{"x": 1.5}]})


def champion(version: str = "v1", endpoint: str = "sluice-iris-g1") -> Champion:
    return Champion(
        model="iris",
        version=version,
        run="sluice-iris-abcdefghijkl",
        attempt=1,
        sequence=1,
        endpoint=endpoint,
        generation=1,
        endpoint_config="sluice-iris-abcdefghijkl-01",
        package="arn:1",
        instance_type="ml.m5.large",
        artifacts="s3://art/model/",
        evaluation="s3://art/evaluation.json",
        released_at="2026-11-20T12:00:00+00:00",
    )


class Models:
    """The models table, in memory."""

    def __init__(self, *champions: Champion, known: tuple[str, ...] = ()) -> None:
        self.by_name = {c.model: c for c in champions}
        self.known = known

    def champion(self, model: str) -> Champion | None:
        return self.by_name.get(model)

    def champions(self) -> list[Champion]:
        return list(self.by_name.values())

    def knows(self, model: str) -> bool:
        return model in self.known


class Artifacts:
    """The artifact bucket, in memory."""

    bucket = "art"

    def read_json(self, key: str) -> object:
        return {"model/signature.json": SIGNATURE.model_dump(mode="json")}[key]


class Endpoint:
    """A SageMaker runtime that answers, or fails, as it is told."""

    def __init__(self, *answers: object) -> None:
        self.answers = list(answers)
        self.called: list[str] = []
        self.bodies: list[object] = []

    def invoke_endpoint(self, **request: object) -> dict[str, object]:
        self.called.append(str(request["EndpointName"]))
        self.bodies.append(request["Body"])
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        warnings = len(answer.get("warnings", ())) if isinstance(answer, dict) else 0
        return {"Body": Body(answer), "CustomAttributes": f"warnings={warnings}"}


class Body:
    def __init__(self, answer: object) -> None:
        self.answer = answer

    def read(self) -> bytes:
        return json.dumps(self.answer).encode()


PREDICTED = {
    "version": "v1",
    "predictions": [{"label": "a", "probabilities": {"a": 1.0, "b": 0.0}}],
}


def error(code: str, **more: object) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": code}, **more}, "InvokeEndpoint")


def door(*answers: object, models: Models | None = None) -> ServeStep:
    return ServeStep(
        models=models or Models(champion()),
        artifacts=Artifacts(),
        endpoints=Endpoints(Endpoint(*answers)),
    )


def post(body: str = GOOD, model: str = "iris", content_type: str | None = "application/json"):
    return {
        "httpMethod": "POST",
        "resource": "/v1/models/{model}/predictions",
        "pathParameters": {"model": model},
        "headers": {"content-type": content_type} if content_type else {},
        "body": body,
        "isBase64Encoded": False,
    }


def test_a_prediction_carries_model_version_and_predictions():
    answer = door(PREDICTED).answer(post())
    assert answer.status == 200
    assert json.loads(answer.body) == {"model": "iris"} | PREDICTED


@pytest.mark.parametrize(
    ("event", "status"),
    [
        (post(model="nobody"), 404),
        (post(body="{"), 400),
        (post(body='{"instances": [{"y": 1}]}'), 422),
        (post(body='{"instances": [{"x": "text"}]}'), 422),
        (post(content_type="application/xml"), 415),
        (post(content_type=None), 415),
        (post(body=" " * 4_500_001), 413),
    ],
)
def test_a_bad_request_is_explained_and_never_reaches_the_endpoint(event, status):
    at = door()
    answer = at.answer(event)
    assert answer.status == status
    assert answer.content_type == "application/problem+json"
    problem = json.loads(answer.body)
    assert problem["status"] == status
    assert problem["detail"]
    assert at.endpoints.runtime.called == []


def test_a_refused_row_names_row_and_column():
    answer = door().answer(post(body='{"instances": [{"x": 1}, {"x": "text"}]}'))
    assert json.loads(answer.body)["problems"][0] | {"detail": ""} == {
        "row": 1,
        "column": "x",
        "detail": "",
    }


def test_a_model_without_a_release_is_not_ready_rather_than_unknown():
    answer = door(models=Models(known=("iris",))).answer(post())
    assert answer.status == 503
    assert "Retry-After" in answer.headers


@pytest.mark.parametrize(
    ("failure", "status"),
    [
        (error("ModelError", OriginalStatusCode=500), 502),
        (error("ThrottlingException"), 429),
        (error("ServiceUnavailable"), 503),
        (ReadTimeoutError(endpoint_url="x"), 504),
    ],
)
def test_an_endpoints_failure_is_translated(failure, status):
    answer = door(failure).answer(post())
    assert answer.status == status
    assert ("Retry-After" in answer.headers) == (status in (429, 503))


def test_an_endpoint_that_is_gone_makes_the_door_look_at_the_pointer_again():
    models = Models(champion())
    at = door(PREDICTED, error("ValidationError"), PREDICTED, models=models)
    assert at.answer(post()).status == 200
    models.by_name["iris"] = champion("v1", "sluice-iris-g2")
    assert at.answer(post()).status == 200
    assert at.endpoints.runtime.called == ["sluice-iris-g1", "sluice-iris-g1", "sluice-iris-g2"]


def test_an_endpoint_that_stays_gone_is_503():
    answer = door(error("ValidationError"), error("ValidationError")).answer(post())
    assert answer.status == 503


def test_a_pointer_is_read_again_after_a_few_seconds():
    models, now = Models(champion()), [0.0]
    at = ServeStep(
        models=models,
        artifacts=Artifacts(),
        endpoints=Endpoints(Endpoint(PREDICTED, PREDICTED)),
        clock=lambda: now[0],
    )
    at.answer(post())
    models.by_name["iris"] = champion("v1", "sluice-iris-g2")
    now[0] = POINTER_SECONDS + 0.1
    at.answer(post())
    assert at.endpoints.runtime.called == ["sluice-iris-g1", "sluice-iris-g2"]


def test_an_unknown_error_of_aws_is_raised_not_hidden():
    with pytest.raises(ClientError):
        door(error("AccessDeniedException")).answer(post())


def test_the_openapi_document_lists_the_columns_of_every_model():
    event = {"httpMethod": "GET", "resource": "/v1/openapi.json", "pathParameters": None}
    document = json.loads(door().answer(event).body)
    body = document["paths"]["/v1/models/iris/predictions"]["post"]["requestBody"]["content"]
    row = body["application/json"]["schema"]["properties"]["instances"]["items"]
    assert row["required"] == ["x"]


def test_a_containers_own_refusal_stays_a_refusal_with_its_rows():
    told = {"detail": "Row 0, column x: no.", "problems": [{"row": 0, "column": "x"}]}
    failure = error("ModelError", OriginalStatusCode=422, OriginalMessage=json.dumps(told))
    answer = door(failure).answer(post())
    assert answer.status == 422
    assert json.loads(answer.body)["problems"] == told["problems"]
    for message in ("not json", "[]", "{}"):
        failure = error("ModelError", OriginalStatusCode=400, OriginalMessage=message)
        assert door(failure).answer(post()).status == 400


@pytest.mark.parametrize("how", ["header", "query"])
def test_a_caller_who_expects_another_version_gets_409_and_no_other_answer(how):
    def expecting(version: str):
        event = post()
        if how == "header":
            event["headers"]["Sluice-Expect-Version"] = version
        else:
            event["queryStringParameters"] = {"version": version}
        return event

    at = door(PREDICTED)
    refused = at.answer(expecting("v0"))
    assert refused.status == 409
    assert "Version v1 of iris answers now, not v0" in json.loads(refused.body)["detail"]
    assert at.endpoints.runtime.called == []
    assert at.answer(expecting("v1")).status == 200


def test_a_body_in_another_charset_or_gzip_is_handed_on_as_utf_8():
    body = json.dumps({"instances": [{"x": 1.5, "id": "Köln"}]}, ensure_ascii=False)
    at = door(PREDICTED, PREDICTED)
    at._signatures["iris"] = SIGNATURE.model_copy(update={"read_past": ("id",)})
    event = post(content_type="application/json; charset=iso-8859-1")
    event |= {"body": base64.b64encode(body.encode("latin-1")).decode(), "isBase64Encoded": True}
    assert at.answer(event).status == 200
    event = post()
    event["headers"]["Content-Encoding"] = "gzip"
    event |= {"body": base64.b64encode(gzip.compress(body.encode())), "isBase64Encoded": True}
    assert at.answer(event).status == 200
    assert at.endpoints.runtime.bodies == [body.encode()] * 2


def test_warnings_of_an_answer_are_counted_by_model():
    counted = []
    at = door(PREDICTED | {"warnings": [{"row": 0}, {"row": 1}]}, PREDICTED)
    at.count = lambda *said: counted.append(said)
    assert json.loads(at.answer(post()).body)["warnings"]
    at.answer(post())
    assert counted == [("PredictionWarnings", "iris", 2)]


def test_the_list_of_models_shows_what_callers_depend_on():
    event = {"httpMethod": "GET", "resource": "/v1/models", "pathParameters": None}
    (model,) = json.loads(door().answer(event).body)["models"]
    assert (model["target"], model["interface"], model["version"]) == ("species", 1, "v1")
