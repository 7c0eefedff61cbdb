"""Deploy converges a model's endpoint, whatever its deliveries see and wherever they die."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from functions.deploy.step import DeployStep
from functions.gate.requests import package_request
from functions.gate.verdict import Verdict
from functions.shared.hints import Hint
from sluice.contracts.dataset import Accepted
from sluice.contracts.environment import DeployEnvironment, GateEnvironment
from sluice.contracts.events import Kind
from sluice.contracts.names import Run
from sluice.contracts.prediction import Signature, SignatureColumn
from sluice.contracts.spec import Policy, Spec
from sluice.contracts.tasks import CLASSIFICATION
from tests.fakes import CrashError, MemoryAws, MemoryModels, MemoryStore, SpokenBus

G1, G2 = "sluice-iris-g1", "sluice-iris-g2"
POLICY = Policy(max_endpoints=2)


class World:
    """One stack with one model, and a clock that stands still."""

    def __init__(self) -> None:
        self.aws, self.models, self.store = MemoryAws(), MemoryModels(), MemoryStore()
        self.say = SpokenBus(stage="deploy")
        self.at = datetime(2026, 11, 20, tzinfo=UTC)
        self.step = DeployStep(
            env=DeployEnvironment(
                slug="sluice",
                policy=POLICY.model_dump_json(),
                artifact_bucket="artifacts",
                models_table="models",
                serving_image="image:1",
                serving_role="role",
            ),
            aws=self.aws,
            artifacts=self.store,
            models=self.models,
            say=self.say,
            now=lambda: self.at,
        )

    def approve(self, number: int, *, columns: tuple[str, ...] = ("petal",)) -> Run:
        """What the gate leaves of an approved candidate of the `number`th drop."""
        run = Run(slug="sluice", model="iris", drop="abcdefghijk" + "abcdefg"[number])
        folder = f"{run.runs_prefix}{run.attempt(1)}/"
        signature = Signature(
            model="iris",
            version=f"{run.drop}-01",
            task=CLASSIFICATION.name,
            target="species",
            classes=("a", "b"),
            columns=tuple(SignatureColumn(name=c, type="number", nullable=False) for c in columns),
        )
        accepted = Accepted(
            run=str(run),
            sequence=number,
            digest="0",
            source={"key": "iris/iris.csv", "version": "1"},
            spec=Spec().model_dump(mode="json"),
            reason="ok",
            at="2026-11-20T00:00:00+00:00",
        )
        self.store.documents |= {
            folder + "signature.json": signature.model_dump(mode="json"),
            run.dataset_prefix + "accepted.json": accepted.model_dump(mode="json"),
        }
        self.aws.register(
            package_request(
                run,
                attempt=1,
                sequence=number,
                artifacts=f"s3://artifacts/{folder}",
                evaluation_uri="s3://artifacts/evaluation.json",
                verdict=Verdict(status="Approved", reason="better"),
                env=GateEnvironment(
                    slug="sluice",
                    policy=POLICY.model_dump_json(),
                    artifact_bucket="artifacts",
                    models_table="models",
                    serving_image="image:1",
                    evaluation_role="role",
                ),
            )
        )
        return run

    def deliver(self, run: Run | None = None, kind: str = "SageMaker Model Package State Change"):
        self.step.take(Hint(detail_type=kind, detail={}, model="iris", run=run), holder="one")

    def released(self, number: int, **how: Any) -> Run:
        """A release that has come into service."""
        run = self.approve(number, **how)
        self.deliver()
        for name in list(self.aws.endpoints):
            if self.aws.endpoints[name]["EndpointStatus"] in ("Creating", "Updating"):
                self.aws.settle(name)
        self.deliver()
        return run

    def barred(self, run: Run) -> str:
        package = next(p for p in self.aws.packages("sluice", "iris") if p.run == run)
        return package.properties.barred


@pytest.fixture
def world() -> World:
    return World()


def test_the_first_release_makes_an_endpoint_and_is_told_when_it_answers(world: World) -> None:
    run = world.approve(1)
    world.deliver()

    assert world.aws.endpoints[G1]["EndpointStatus"] == "Creating"
    assert world.say.kinds == [Kind.RELEASE_STARTED]
    assert world.models.serving == {}

    world.aws.settle(G1)
    world.deliver()

    assert world.say.kinds[-1] == Kind.MODEL_RELEASED
    champion = world.models.serving["iris"]
    assert (champion.run, champion.endpoint) == (str(run), G1)
    assert "endpoint/sluice-iris-g1/variant/main" in world.aws.scaled


def test_a_second_identical_event_takes_no_step(world: World) -> None:
    world.released(1)
    before = (list(world.aws.calls), list(world.say.kinds))

    world.deliver()

    assert (world.aws.calls, world.say.kinds) == before


def test_a_later_release_updates_the_endpoint_that_serves(world: World) -> None:
    world.released(1)
    second = world.released(2)

    assert list(world.aws.endpoints) == [G1]
    assert world.aws.calls.count("update_endpoint") == 1
    assert world.models.serving["iris"].run == str(second)


def test_other_columns_get_an_endpoint_of_their_own_and_the_old_one_goes_later(
    world: World,
) -> None:
    world.released(1)
    world.released(2, columns=("petal", "leaves"))

    assert set(world.aws.endpoints) == {G1, G2}
    assert world.models.serving["iris"].endpoint == G2

    world.at += timedelta(minutes=2)
    world.deliver()

    assert list(world.aws.endpoints) == [G2]


def test_an_approval_that_was_overtaken_before_it_served_is_superseded(world: World) -> None:
    first = world.approve(1)
    world.approve(2)

    world.deliver()

    assert world.barred(first) == "superseded"
    assert world.say.kinds[0] == Kind.RELEASE_SUPERSEDED


def test_a_release_that_was_rolled_back_is_barred_and_the_old_one_serves_on(world: World) -> None:
    first = world.released(1)
    second = world.approve(2)
    world.deliver()
    world.aws.settle(G1, rolled_back=True)

    world.deliver()

    assert world.barred(second) == "rolled back"
    assert world.say.said[-1].kind == Kind.RELEASE_ROLLED_BACK
    assert world.models.serving["iris"].run == str(first)


def test_a_first_endpoint_that_fails_is_barred_and_removed(world: World) -> None:
    run = world.approve(1)
    world.deliver()
    world.aws.settle(G1, "Failed")
    world.aws.endpoints[G1]["FailureReason"] = "the container\ndid not answer /ping"

    world.deliver()

    assert world.barred(run) == "rolled back"
    assert "did not answer /ping" in world.say.said[-1].reason


def test_an_endpoint_that_failed_for_want_of_capacity_is_made_again(world: World) -> None:
    run = world.approve(1)
    world.deliver()
    world.aws.settle(G1, "Failed")
    world.aws.endpoints[G1]["FailureReason"] = "CapacityError: try again"

    world.deliver()

    assert world.barred(run) == ""
    assert world.aws.endpoints[G1]["EndpointStatus"] == "Creating"


def test_no_capacity_is_said_and_waited_for(world: World) -> None:
    world.approve(1)
    world.aws.short = "The quota is 0 instances."

    world.deliver()

    assert [(e.kind, e.status) for e in world.say.said] == [
        (Kind.RELEASE_WAITING, "waiting for capacity")
    ]
    world.aws.short = None
    world.deliver()
    assert world.say.kinds[-1] == Kind.RELEASE_STARTED


def test_a_release_beyond_the_policys_endpoints_waits_for_a_person_and_is_told_once(
    world: World,
) -> None:
    for other in ("a", "b"):
        world.aws.endpoints[f"sluice-{other}-g1"] = {"EndpointStatus": "InService"}
    world.approve(1)

    world.deliver()
    world.deliver()

    assert [(e.kind, e.status) for e in world.say.said] == [(Kind.RELEASE_WAITING, "waiting")]
    assert "2 endpoints, all that its policy allows" in world.say.said[0].reason


def test_a_delivery_that_dies_before_its_note_asks_again_and_rolls_nothing_back(
    world: World,
) -> None:
    world.released(1)
    second = world.approve(2)
    world.aws.crash = "update_endpoint"
    with pytest.raises(CrashError):
        world.deliver()
    world.aws.crash = None
    world.aws.settle(G1)

    world.deliver()

    assert world.barred(second) == ""
    assert world.models.serving["iris"].run == str(second)
    assert world.models.leased == []


def test_reconcile_has_the_end_of_a_run_said_again(world: World) -> None:
    run = world.released(1)
    said = len(world.say.said)

    world.deliver(run, Kind.RECONCILE)

    assert [event.kind for event in world.say.said[said:]] == [Kind.MODEL_RELEASED]
