"""Good data reaches serving, whatever it comes as, and the timeline says how."""

from __future__ import annotations

import io

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest

from sluice.contracts.ledger import RunState
from tests.pipeline.cloud import Offline, numbers, table


def predict(offline: Offline, model: str, **row: object) -> dict:
    answer = offline.client.predict(model, {"instances": [row]})
    assert answer["model"] == model
    return answer


@pytest.fixture(scope="module")
def released(offline) -> RunState:
    return offline.drop("people/people.csv", table(), state="released")


def test_a_csv_of_classes_answers_over_https(offline, released):
    answer = predict(offline, "people", width=3.0, colour="red")
    assert answer["version"] in released.reason
    (prediction,) = answer["predictions"]
    assert prediction["label"] == "rich"
    assert prediction["probabilities"]["rich"] > 0.5
    assert sum(prediction["probabilities"].values()) == pytest.approx(1.0, abs=1e-4)


def test_every_stage_says_what_it_decided_and_why(offline, released):
    timeline = offline.client.timeline(released.run_id)
    stages = list(dict.fromkeys(moment.stage for moment in timeline))
    assert stages == ["drop", "validate", "train", "gate", "deploy"]
    assert all(moment.reason for moment in timeline)
    judged = next(m for m in timeline if m.kind == "Model Judged")
    assert "each answered by a model trained without it" in judged.reason


def test_the_models_list_and_the_openapi_document_name_it(offline, released):
    assert "people" in [m["model"] for m in offline.client.models()]
    described = offline.client.call("GET", "v1/models/people").document()
    assert described["metrics"]["roc_auc"] > 0.7
    assert [c["name"] for c in described["signature"]["columns"]] == ["width", "colour"]
    document = offline.client.call("GET", "v1/openapi.json").document()
    assert "/v1/models/people/predictions" in document["paths"]


def test_a_parquet_of_numbers_answers_with_a_value(offline, model):
    body = io.BytesIO()
    pa.parquet.write_table(pa.csv.read_csv(io.BytesIO(numbers().encode())), body)
    offline.drop(f"{model}/prices.parquet", body.getvalue(), state="released")
    (prediction,) = predict(offline, model, x=1.0, w=-1.0)["predictions"]
    assert prediction["value"] == pytest.approx(5.0, abs=0.8)


def test_a_folder_of_parts_is_one_drop(offline, model):
    header, *rows = table().splitlines(keepends=True)
    offline.put(f"{model}/2026/part-0.csv", "".join([header, *rows[:200]]))
    offline.put(f"{model}/2026/part-1.csv", "".join([header, *rows[200:]]))
    state = offline.drop(f"{model}/2026/_SUCCESS", b"", state="released")
    accepted = next(
        m for m in offline.client.timeline(state.run_id) if m.kind == "Dataset Accepted"
    )
    assert "400 rows" in accepted.reason
    assert [r.run_id for r in offline.client.runs(model=model)] == [state.run_id]


def test_a_new_signature_gets_a_new_endpoint_and_callers_follow(offline, model):
    offline.drop(f"{model}/people.csv", table(), state="released")
    wider = "\n".join(
        line + (",age" if number == 0 else f",{number % 7}")
        for number, line in enumerate(table(seed=1).splitlines())
    )
    offline.put(f"{model}/sluice.yaml", "target: label\ngate: {against_champion: ignore}\n")
    offline.drop(f"{model}/people.csv", wider, state="released")
    described = offline.client.call("GET", f"v1/models/{model}").document()
    assert described["endpoint"].endswith("-g2")
    predict(offline, model, width=0.5, colour="blue", age=3)
