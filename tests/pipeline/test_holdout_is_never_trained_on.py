"""No row that judges a model was seen in its training, and training and serving encode alike."""

from __future__ import annotations

import io

import pyarrow as pa
import pyarrow.parquet
import pytest

from sluice.contracts.ledger import RunState
from sluice.contracts.names import Run
from tests.pipeline.cloud import table


def rows(offline, prefix: str) -> list[dict]:
    found: list[dict] = []
    for name in offline.artifacts(prefix):
        found += pa.parquet.read_table(io.BytesIO(offline.read(prefix + name))).to_pylist()
    return found


@pytest.fixture(scope="module")
def released(offline) -> RunState:
    # Every row stands twice: duplicates must fall on one side.
    header, *lines = table(300).splitlines()
    twice = "\n".join([header, *lines, *lines]) + "\n"
    return offline.drop("twice/people.csv", twice, state="released")


def test_no_holdout_row_was_trained_on(offline, released):
    prefix = Run.parse(released.run_id).dataset_prefix
    train, holdout = rows(offline, prefix + "train/"), rows(offline, prefix + "holdout/")
    assert len(train) + len(holdout) == 600
    assert len(holdout) > 60
    seen = {tuple(row.items()) for row in train}
    assert not any(tuple(row.items()) in seen for row in holdout)
    (job,) = offline.training_jobs(released.run_id)
    described = offline.aws("sagemaker").describe_training_job(TrainingJobName=job)
    mounted = [c["DataSource"]["S3DataSource"]["S3Uri"] for c in described["InputDataConfig"]]
    bucket = f"s3://{offline.up['artifact_bucket']}/"
    for key in offline.artifacts(prefix + "holdout/"):
        assert not any((bucket + prefix + "holdout/" + key).startswith(uri) for uri in mounted)


def test_training_and_serving_encode_alike(offline, released):
    """What the evaluation scored on Parquet is what HTTPS answers on JSON and on CSV."""
    holdout = rows(offline, Run.parse(released.run_id).dataset_prefix + "holdout/")
    asked = [{"width": r["width"], "colour": r["colour"]} for r in holdout]
    answers = offline.client.predict("twice", {"instances": asked})["predictions"]
    hits = [a["label"] == r["label"] for a, r in zip(answers, holdout, strict=True)]
    metrics = offline.client.call("GET", "v1/models/twice").document()["metrics"]
    assert sum(hits) / len(hits) == pytest.approx(metrics["accuracy"], abs=1e-9)
    text = "width,colour\n" + "".join(f"{r['width']!r},{r['colour']}\n" for r in asked)
    as_csv = offline.client.predict_raw("twice", text.encode(), "text/csv").document()
    assert as_csv["predictions"] == answers
