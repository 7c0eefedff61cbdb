import pytest

from functions.train.decide import (
    Job,
    explain,
    next_attempt,
    on_spot,
    runtime_seconds,
)
from functions.train.requests import training_request
from sluice.contracts.dataset import Accepted, Column, ColumnType, Schema, Target
from sluice.contracts.environment import TrainEnvironment
from sluice.contracts.learnable import no_learner
from sluice.contracts.names import Run
from sluice.contracts.spec import Policy
from sluice.contracts.spec_file import parse_spec
from sluice.contracts.tasks import TASKS

RUN = Run(slug="sluice", model="iris", drop="abcdefghijkl")
POLICY = Policy(training_usd_per_hour={"cpu": 1.0, "gpu": 2.0})
ENV = TrainEnvironment(
    slug="sluice",
    policy=POLICY.model_dump_json(),
    artifact_bucket="art",
    models_table="models",
    training_image="image:1",
    training_role="arn:aws:iam::000000000000:role/train",
)


def accepted(text: str = "") -> Accepted:
    return Accepted(
        run=str(RUN),
        sequence=1,
        digest="0",
        source={"key": "iris/iris.csv", "version": "1"},
        spec=parse_spec(text, POLICY).model_dump(mode="json"),
        reason="ok",
        at="2026-11-20T00:00:00+00:00",
    )


def job(status: str, secondary: str = "", failure: str = "", attempt: int = 1) -> Job:
    return Job(attempt=attempt, status=status, secondary=secondary or status, failure=failure)


def test_a_dataset_without_a_job_starts_the_first_attempt():
    assert (next_attempt([]).action, next_attempt([]).attempt) == ("start", 1)


@pytest.mark.parametrize(
    ("jobs", "action"),
    [
        ([job("InProgress", "Training")], "wait"),
        ([job("Stopping")], "wait"),
        ([job("Completed")], "done"),
        ([job("Failed", failure="AlgorithmError: NaN loss, exit code: 1")], "fail"),
        ([job("Failed", failure="InternalServerError: try again")], "start"),
        ([job("Stopped", "MaxWaitTimeExceeded")], "start"),
        ([job("Stopped", "MaxRuntimeExceeded")], "fail"),
        ([job("Stopped")], "fail"),
        ([job("Failed", failure="CapacityError", attempt=n) for n in (1, 2, 3)], "fail"),
    ],
)
def test_what_follows_from_the_attempts_so_far(jobs, action):
    assert next_attempt(jobs).action == action


def test_a_failure_names_its_reason_and_where_to_look():
    reason = next_attempt(
        [job("Failed", failure="AlgorithmError: the loss is NaN, exit code: 1")]
    ).reason
    assert "the loss is NaN" in reason
    assert "sluice logs" in reason


def test_a_job_stopped_at_its_limit_names_the_fields_to_raise():
    assert "train.minutes" in next_attempt([job("Stopped", "MaxRuntimeExceeded")]).reason


def test_training_never_mounts_the_holdout():
    asked = training_request(RUN, 1, accepted(), "classification", env=ENV, spot=True)
    uris = [c["DataSource"]["S3DataSource"]["S3Uri"] for c in asked["InputDataConfig"]]
    assert uris[0] == "s3://art/datasets/iris/abcdefghijkl/train/"
    assert not any("holdout" in uri for uri in uris)
    assert not any("holdout".startswith(uri.rpartition("/")[2]) for uri in uris[1:])


def test_training_runs_isolated_uncompressed_and_on_the_policys_instance():
    asked = training_request(RUN, 1, accepted(), "classification", env=ENV, spot=True)
    assert asked["EnableNetworkIsolation"] is True
    assert asked["OutputDataConfig"]["CompressionType"] == "NONE"
    assert asked["ResourceConfig"]["InstanceType"] == POLICY.training_instance["cpu"]


def test_money_shortens_the_run():
    spec = parse_spec("train: {minutes: 60, usd: 0.5}", POLICY)
    assert runtime_seconds(spec, POLICY) == 1800


def test_the_second_attempt_goes_on_demand():
    first, second = (
        training_request(RUN, n, accepted(), "regression", env=ENV, spot=on_spot(accepted(), n))
        for n in (1, 2)
    )
    assert first["EnableManagedSpotTraining"] is True
    assert first["StoppingCondition"]["MaxWaitTimeInSeconds"] > 0
    assert second["EnableManagedSpotTraining"] is False
    assert "MaxWaitTimeInSeconds" not in second["StoppingCondition"]
    assert second["TrainingJobName"].endswith("-02")


def test_the_timeline_says_what_was_chosen():
    said = explain(accepted("train: {minutes: 7}"), "classification", policy=POLICY, spot=False)
    assert "ml.m5.large" in said
    assert "7 minutes" in said


def schema(task: str, *kinds: ColumnType, classes: tuple[str, ...] | None = ("a", "b")) -> Schema:
    columns = [Column(name=f"c{i}", type=kind, nullable=False) for i, kind in enumerate(kinds)]
    target = Column(name="label", type="category", nullable=False)
    return Schema(
        columns=(*columns, target),
        target=Target(name="label", classes=classes, baseline="a" if classes else 1.5),
        task=task,
    )


@pytest.mark.parametrize("task", TASKS)
def test_every_task_has_a_learner_or_a_sentence(task):
    nobody = no_learner(schema(task, "number"))
    if task in ("classification", "regression"):
        assert nobody is None
    else:
        assert nobody.reason.startswith("The data is for ")
        assert "this version trains tables only" in nobody.reason


@pytest.mark.parametrize(
    ("data", "remedy"),
    [
        (schema("text", "text"), "drop it again once there is a learner"),
        (schema("image", "image"), "drop it again once there is a learner"),
        (schema("text", "text", "number"), "`task: classification`"),
        (schema("forecasting", "number", classes=None), "`task: regression`"),
        (Schema(columns=(), target=None, task="unsupervised"), "name it under `target`"),
    ],
)
def test_a_dataset_without_a_learner_is_told_the_remedy(data, remedy):
    assert remedy in str(no_learner(data))
