"""Where a drop is validated, and what becomes of it when its job ends."""

from __future__ import annotations

from typing import Any

import pytest

from functions.shared.hints import read_hint
from functions.validate.decide import next_job
from functions.validate.handover import Handover
from functions.validate.requests import processing_request
from functions.validate.room import MEGABYTE, Room, TooLarge
from sluice.contracts.dataset import Report
from sluice.contracts.environment import ValidateEnvironment
from sluice.contracts.names import VALIDATION_ATTEMPTS, Run, drop_id
from sluice.contracts.spec import Policy
from sluice.validation.refusals import Refused, refusal_report

POLICY = Policy(drop_megabytes=500, processing_megabytes=2000)
RUN = Run(slug="sluice", model="iris", drop="abcdefghijkl")
ENV = ValidateEnvironment(
    slug="sluice",
    policy=POLICY.model_dump_json(),
    drop_bucket="drops",
    artifact_bucket="artifacts",
    models_table="models",
    validation_image="image",
    validation_role="role",
)


def function(seconds_left: float = 900, deliveries: int = 1) -> Room:
    return Room.of_function(POLICY, seconds_left=seconds_left, deliveries=deliveries)


MACHINE = Room.of_machine(POLICY, memory_bytes=16 * 1024**3, cores=4)


@pytest.mark.parametrize(
    ("room", "megabytes", "why"),
    [
        (function(), 500, "it takes in 500 MB"),
        (function(seconds_left=30), 30, "it has 30 s left"),
        (function(deliveries=2), 10, "it came to no end with it before"),
        (function(deliveries=2, seconds_left=5), 5, "it has 5 s left"),
    ],
)
def test_the_function_takes_what_policy_time_and_its_last_delivery_leave(room, megabytes, why):
    room.admit("a.csv", megabytes * MEGABYTE)
    with pytest.raises(TooLarge, match=f"{why}, and a.csv has {megabytes * MEGABYTE + 1:,} bytes"):
        room.admit("a.csv", megabytes * MEGABYTE + 1)


@pytest.mark.parametrize("room", [function(), MACHINE])
def test_what_fits_nowhere_is_refused_with_the_bound(room):
    MACHINE.admit("a.csv", 2000 * MEGABYTE)
    with pytest.raises(Refused, match="2,000 MB are the most"):
        room.admit("a.csv", 2000 * MEGABYTE + 1)


def too_large() -> Report:
    return refusal_report("a.csv", Refused("too-large", "a.csv: too large.", remedy="Drop less."))


def test_memory_that_ran_out_in_the_function_is_the_machines_to_try():
    with pytest.raises(TooLarge, match="1,024 MB of memory"):
        function().check(7, too_large())
    MACHINE.check(7, too_large())
    assert MACHINE.memory_megabytes > function().memory_megabytes
    assert (MACHINE.workers + 1) * MACHINE.memory_megabytes < 16_000
    other = refusal_report("a.csv", Refused("empty-file", "a.csv: empty.", remedy="Export it."))
    function().check(7, other)


def job(status: str, **said: str) -> dict[str, Any]:
    return {"ProcessingJobStatus": status, **said}


LOST = job("Failed", FailureReason="InternalServerError: We encountered an internal error.")


@pytest.mark.parametrize(
    ("jobs", "action", "attempt"),
    [
        ([], "start", 1),
        ([job("InProgress")], "wait", 1),
        ([job("Stopping")], "wait", 1),
        ([job("Stopped")], "reject", 1),
        ([job("Completed")], "reject", 1),
        ([job("Failed", FailureReason="AlgorithmError: , exit code: 137")], "reject", 1),
        ([LOST], "start", 2),
        ([LOST, job("InProgress")], "wait", 2),
        ([LOST] * VALIDATION_ATTEMPTS, "fail", VALIDATION_ATTEMPTS),
    ],
)
def test_what_is_done_about_a_drops_jobs(jobs, action, attempt):
    decision = next_job(jobs)
    assert (decision.action, decision.attempt) == (action, attempt)


def test_what_the_container_said_is_the_reason():
    said = job("Failed", ExitMessage="MemoryError.", FailureReason="AlgorithmError: exit code: 1")
    assert next_job([said]).reason == "MemoryError"


def handover(size: int = 1) -> Handover:
    return Handover(
        settings=ENV.variables(), key="iris/" + "k" * 1000, version="1", size=size, why="because"
    )


def test_the_job_gets_disk_by_the_drops_size_and_time_by_the_policy():
    small, large = (processing_request(RUN, 1, handover(size)) for size in (10**6, 20 * 10**9))
    disks = [r["ProcessingResources"]["ClusterConfig"]["VolumeSizeInGB"] for r in (small, large)]
    assert disks[0] >= 30
    assert disks[1] - disks[0] >= 4 * 19
    assert large["StoppingCondition"] == {"MaxRuntimeInSeconds": 3600}
    assert large["RoleArn"] == "role"


def test_the_request_keeps_to_sagemakers_lengths_whatever_the_key():
    run = Run(slug="a" * 12, model="m" * 32, drop=drop_id("a", "m", "k", "v"))
    request = processing_request(run, VALIDATION_ATTEMPTS, handover())
    assert len(request["ProcessingJobName"]) <= 63
    assert all(len(word) <= 256 for word in request["AppSpecification"]["ContainerArguments"])
    assert "Environment" not in request


def test_a_handover_says_all_that_the_job_needs():
    read = Handover.model_validate_json(handover().model_dump_json())
    assert read.env == ENV
    assert (read.arrival.kind, read.arrival.model, read.arrival.version) == ("drop", "iris", "1")


def test_the_event_of_a_validations_end_is_about_its_run():
    detail = {"ProcessingJobName": RUN.validation(2)}
    event = {"detail-type": "SageMaker Processing Job State Change", "detail": detail}
    hint = read_hint(event, "sluice")
    assert (hint.run, hint.attempt) == (RUN, 2)


def test_a_drop_has_no_more_validations_than_may_be_heard_of():
    with pytest.raises(ValueError, match="validation 4"):
        RUN.validation(VALIDATION_ATTEMPTS + 1)
