"""The gate brings a trained candidate to one package, whatever its deliveries see."""

from __future__ import annotations

from typing import Any

import pytest

from functions.gate.decide import Evaluate, Fail, Judge, Rest, SayAgain, Scoring, next_step
from functions.gate.step import GateStep
from functions.shared.hints import Hint
from sluice.contracts.dataset import Accepted
from sluice.contracts.environment import GateEnvironment
from sluice.contracts.evaluation import Chance, Compared, Evaluation, Interval, Score
from sluice.contracts.events import Kind
from sluice.contracts.names import Run
from sluice.contracts.release import Champion
from sluice.contracts.spec import Policy, Spec
from sluice.contracts.tasks import BALANCED_ACCURACY
from tests.fakes import MemoryAws, MemoryModels, MemoryStore, SpokenBus

RUN = Run(slug="sluice", model="iris", drop="abcdefghijkl")


def scoring(status: str, beside: str | None = None, why: str = "") -> Scoring:
    return Scoring(status=status, beside=beside, why=why)


FAILED = scoring("Failed", why="the rows are odd")


@pytest.mark.parametrize(
    ("scorings", "champion", "step"),
    [
        ([], None, Evaluate(1)),
        ([scoring("InProgress")], None, Rest()),
        ([scoring("Completed")], None, Judge(1)),
        ([scoring("Completed", "v1")], "v1", Judge(1)),
        ([scoring("Completed", "v1")], "v2", Evaluate(2)),
        ([scoring("Completed")], "v1", Evaluate(2)),
        ([FAILED], None, Evaluate(2)),
        ([FAILED, scoring("Completed")], None, Judge(2)),
        ([FAILED, FAILED], None, Fail(2, "The evaluation failed 2 times: the rows are odd")),
        (
            [scoring("Stopped"), scoring("Completed", "v1"), scoring("Stopped")],
            None,
            Fail(3, "The evaluation failed 2 times: it was stopped"),
        ),
    ],
)
def test_the_next_step_follows_from_the_evaluations(
    scorings: list[Scoring], champion: str | None, step: Any
) -> None:
    assert next_step(is_registered=False, scorings=scorings, champion=champion) == step
    assert next_step(is_registered=True, scorings=scorings, champion=champion) == SayAgain()


class World:
    """One stack, in which a candidate has been trained."""

    def __init__(self) -> None:
        self.aws, self.models, self.store = MemoryAws(), MemoryModels(), MemoryStore()
        self.say = SpokenBus(stage="gate")
        env = GateEnvironment(
            slug="sluice",
            policy=Policy().model_dump_json(),
            artifact_bucket="artifacts",
            models_table="models",
            serving_image="image:1",
            evaluation_role="role",
        )
        self.step = GateStep(
            env=env, aws=self.aws, artifacts=self.store, models=self.models, say=self.say
        )
        self.aws.jobs["training"] = {
            "TrainingJobName": RUN.attempt(1),
            "TrainingJobStatus": "Completed",
            "ModelArtifacts": {"S3ModelArtifacts": "s3://artifacts/runs/iris/x/output/model"},
        }
        accepted = Accepted(
            run=str(RUN),
            sequence=7,
            digest="0",
            source={"key": "iris/iris.csv", "version": "1"},
            spec=Spec().model_dump(mode="json"),
            reason="ok",
            at="2026-11-20T00:00:00+00:00",
        )
        self.store.documents[RUN.dataset_prefix + "accepted.json"] = accepted.model_dump()

    def suspect(self, column: str, *, target_guessed: bool = False) -> None:
        """What validate says of the dataset, beside that it is accepted."""
        self.store.documents[RUN.dataset_prefix + "accepted.json"] |= {
            "suspects": (column,),
            "target_guessed": target_guessed,
        }

    def deliver(self) -> None:
        self.step.take(Hint(detail_type="x", detail={}, model="iris", run=RUN))

    def end_evaluation(self, number: int, *, p: float = 0.001, status: str = "Completed") -> None:
        job = self.aws.jobs[f"create_processing_job/{RUN.attempt(number)}"]
        job["ProcessingJobStatus"] = status
        interval = Interval(value=0.2, low=0.1, high=0.3)

        def score(value: float) -> Score:
            return Score(
                version="x",
                metrics={BALANCED_ACCURACY.name: value},
                score=Interval(value=value, low=value - 0.1, high=value + 0.1),
            )

        compared = Compared(
            holdout_rows=100, earlier_rows=0, out_of_fold_rows=0, left_out=0, candidate=0.9
        )
        evaluation = Evaluation(
            metric=BALANCED_ACCURACY.name,
            rows=100,
            candidate=score(0.9),
            baseline=score(0.5),
            chance=Chance(evidence="holdout", p=p, limit=0.025),
            candidate_minus_baseline=interval,
            champion=score(0.7) if self.models.serving else None,
            candidate_minus_champion=interval if self.models.serving else None,
            compared=compared if self.models.serving else None,
        )
        key = f"{RUN.runs_prefix}{RUN.attempt(number)}/evaluation/evaluation.json"
        self.store.documents[key] = evaluation.model_dump(mode="json")

    def serve(self, version: str) -> None:
        self.models.leased.append("iris")
        self.models.set_champion(
            Champion(
                model="iris",
                version=version,
                run="sluice-iris-abcdefghijka",
                attempt=1,
                sequence=1,
                endpoint="sluice-iris-g1",
                generation=1,
                endpoint_config="c",
                package="arn",
                instance_type="ml.m5.large",
                artifacts="s3://artifacts/old/",
                evaluation="s3://artifacts/e.json",
                released_at="2026-11-20T00:00:00+00:00",
            )
        )
        self.models.leased.clear()


@pytest.fixture
def world() -> World:
    return World()


def test_a_good_candidate_is_scored_judged_and_registered_once(world: World) -> None:
    world.deliver()
    world.end_evaluation(1)
    world.deliver()
    world.deliver()

    (package,) = world.aws.packages("sluice", "iris")
    assert (package.approval, package.properties.sequence) == ("Approved", 7)
    assert world.say.kinds == [Kind.EVALUATION_STARTED, Kind.MODEL_JUDGED, Kind.MODEL_JUDGED]
    assert {event.status for event in world.say.said[1:]} == {"approved"}


def test_a_candidate_no_better_than_the_baseline_is_rejected(world: World) -> None:
    world.deliver()
    world.end_evaluation(1, p=0.05)
    world.deliver()

    (package,) = world.aws.packages("sluice", "iris")
    assert package.approval == "Rejected"
    assert world.say.said[-1].status == "rejected"


def test_a_column_that_gives_a_guessed_target_away_waits_for_a_person(world: World) -> None:
    world.suspect("outcome", target_guessed=True)
    world.deliver()
    world.end_evaluation(1)
    world.deliver()

    (package,) = world.aws.packages("sluice", "iris")
    assert package.approval == "PendingManualApproval"
    assert "'outcome'" in package.reason


def test_a_champion_that_moved_since_is_scored_beside_the_candidate_anew(world: World) -> None:
    world.deliver()
    world.end_evaluation(1)
    world.serve("v2")

    world.deliver()

    again = world.aws.jobs[f"create_processing_job/{RUN.attempt(2)}"]
    assert again["Environment"]["SLUICE_CHAMPION"] == "v2"
    inputs = {i["InputName"]: i["S3Input"]["S3Uri"] for i in again["ProcessingInputs"]}
    assert inputs["champion-holdout"] == "s3://artifacts/datasets/iris/abcdefghijka/holdout/"
    assert inputs["champion-schema"] == "s3://artifacts/datasets/iris/abcdefghijka/schema.json"
    assert world.aws.packages("sluice", "iris") == []


def test_an_evaluation_that_fails_twice_fails_the_run(world: World) -> None:
    for number in (1, 2):
        world.deliver()
        world.end_evaluation(number, status="Failed")
    world.deliver()

    assert world.say.kinds[-1] == Kind.RUN_FAILED
    assert (str(RUN), "failed") in world.models.noted


def test_no_capacity_for_an_evaluation_is_a_phase(world: World) -> None:
    world.aws.short = "The quota is 0 instances."
    world.deliver()

    assert [(e.kind, e.status) for e in world.say.said] == [
        (Kind.EVALUATION_WAITING, "waiting for capacity")
    ]


def test_a_training_under_way_is_not_the_gates(world: World) -> None:
    world.aws.jobs["training"]["TrainingJobStatus"] = "InProgress"
    world.deliver()

    assert (world.say.said, world.aws.calls) == ([], [])
