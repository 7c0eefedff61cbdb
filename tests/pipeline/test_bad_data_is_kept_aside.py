"""Bad data is kept aside with its reason; nothing is trained on it, and people are told."""

from __future__ import annotations

import io
import json

import pyarrow as pa
import pyarrow.parquet
import pytest

from sluice.contracts.names import Run
from tests.pipeline.cloud import poll, table


def truncated_parquet() -> bytes:
    body = io.BytesIO()
    pa.parquet.write_table(pa.table({"a": list(range(1000)), "label": [0, 1] * 500}), body)
    return body.getvalue()[:-200]


ROWS = "".join(f"{i},{'a' if i % 2 else 'b'}\n" for i in range(60))

BAD = {
    "empty": ("x.csv", b"", ["empty"]),
    "header only": ("x.csv", "a,label\n", ["header"]),
    "one row": ("x.csv", "a,label\n1,2\n", ["row"]),
    "constant target": ("x.csv", "a,label\n" + "".join(f"{i},a\n" for i in range(60)), ["label"]),
    "missing target": ("x.csv", "a,label\n" + ROWS + "7,\n", ["label", "62"]),
    "ragged": ("x.csv", "a,label\n" + ROWS + "7,a,what\n", ["line 62"]),
    "two of one name": ("x.csv", "a,a,label\n1,2,x\n", ["a"]),
    "no text": ("x.csv", b"a,label\n" + b"\xff\xfe\xfd,x\n" * 60, ["line 2"]),
    "a PDF": ("x.csv", b"%PDF-1.7\n" + bytes(range(256)) * 8, ["PDF"]),
    "truncated Parquet": ("x.parquet", truncated_parquet(), ["x.parquet"]),
    "unknown extension": ("x.docx", b"PK\x03\x04", ["x.docx", ".csv"]),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_file_is_rejected_in_one_sentence(offline, model, case):
    name, body, words = BAD[case]
    state = offline.drop(f"{model}/{name}", body, state="rejected")
    for word in words:
        assert word in state.reason
    run = Run.parse(state.run_id)
    kept = offline.artifacts(run.quarantine_prefix)
    assert set(kept) == {name, "report.json", "report.html", "rejected.json"}
    assert kept[name] == len(body)
    assert offline.training_jobs(state.run_id) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("targt: label\n", ["targt", "Did you mean target?"]),
        ("deploy: {min: 0}\n", ["deploy.min"]),
        ("train: {minutes: 100000}\n", ["train.minutes", "at most"]),
    ],
)
def test_a_bad_sluice_yaml_rejects_the_next_drop(offline, model, text, words):
    offline.put(f"{model}/sluice.yaml", text)
    state = offline.drop(f"{model}/people.csv", table(), state="rejected")
    for word in words:
        assert word in state.reason


@pytest.mark.parametrize("key", ["people.csv", "No-Model/people.csv"])
def test_a_key_outside_any_models_folder_is_kept_under_no_model(offline, key):
    state = offline.drop(key, table(seed=len(key)), state="rejected")
    assert set(offline.artifacts(Run.parse(state.run_id).quarantine_prefix)) >= {"people.csv"}


def test_people_are_told_on_the_topic(offline, model):
    sqs = offline.aws("sqs")
    url = sqs.create_queue(QueueName=f"told-{model}")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    offline.aws("sns").subscribe(
        TopicArn=offline.cloud.outputs["Topic"], Protocol="sqs", Endpoint=arn["QueueArn"]
    )
    state = offline.drop(f"{model}/x.csv", b"", state="rejected")
    told = poll(
        lambda: sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"),
        what="message on the topic",
    )
    sentence = json.loads(told[0]["Body"])["Message"]
    assert model in sentence
    assert state.reason in sentence


def test_after_a_bad_drop_a_good_one_works(offline, model):
    offline.drop(f"{model}/x.csv", b"", state="rejected")
    offline.drop(f"{model}/people.csv", table(), state="released")
