"""No row that judges a model was seen in its training, and training and serving encode alike."""

from __future__ import annotations

import io

import pyarrow as pa
import pyarrow.parquet
import pytest

from sluice.contracts.names import Run
from tests.pipeline.cloud import table


def rows(offline, prefix: str) -> list[dict]:
    found: list[dict] = []
    for name in offline.artifacts(prefix):
        found += pa.parquet.read_table(io.BytesIO(offline.read(prefix + name))).to_pylist()
    return found


def test_no_holdout_row_was_trained_on(offline, model):
    # Every row stands twice: duplicates must fall on one side.
    header, *lines = table(300).splitlines()
    twice = "\n".join([header, *lines, *lines]) + "\n"
    state = offline.drop(f"{model}/people.csv", twice, state="released")
    prefix = Run.parse(state.run_id).dataset_prefix
    train, holdout = rows(offline, prefix + "train/"), rows(offline, prefix + "holdout/")
    assert len(train) + len(holdout) == 600
    assert len(holdout) > 60
    seen = {tuple(row.items()) for row in train}
    assert not any(tuple(row.items()) in seen for row in holdout)
    (job,) = offline.training_jobs(state.run_id)
    described = offline.aws("sagemaker").describe_training_job(TrainingJobName=job)
    mounted = [c["DataSource"]["S3DataSource"]["S3Uri"] for c in described["InputDataConfig"]]
    bucket = f"s3://{offline.up['artifact_bucket']}/"
    for key in offline.artifacts(prefix + "holdout/"):
        assert not any((bucket + prefix + "holdout/" + key).startswith(uri) for uri in mounted)


def test_training_and_serving_encode_alike(offline, model):
    """What the evaluation scored on Parquet is what HTTPS answers on JSON and on CSV."""
    state = offline.drop(f"{model}/people.csv", table(), state="released")
    prefix = Run.parse(state.run_id).dataset_prefix
    holdout = rows(offline, prefix + "holdout/")
    asked = [{"width": r["width"], "colour": r["colour"]} for r in holdout]
    answers = offline.client.predict(model, {"instances": asked})["predictions"]
    hits = [a["label"] == r["label"] for a, r in zip(answers, holdout, strict=True)]
    metrics = offline.client.call("GET", f"v1/models/{model}").document()["metrics"]
    assert sum(hits) / len(hits) == pytest.approx(metrics["accuracy"], abs=1e-9)
    text = "width,colour\n" + "".join(f"{r['width']!r},{r['colour']}\n" for r in asked)
    as_csv = offline.client.predict_raw(model, text.encode(), "text/csv").document()
    assert as_csv["predictions"] == answers
