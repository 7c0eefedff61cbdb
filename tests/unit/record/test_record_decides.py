from functions.record.decide import STANDINGS, line
from functions.shared.hints import Hint, read_hint
from sluice.contracts.events import ENDS, Kind, StageEvent
from sluice.contracts.names import Run

RUN = Run(slug="sluice", model="iris", drop="abcdefghijkl")
AT = "2026-11-20T12:00:00.000+00:00"


def ours(kind: Kind, status: str) -> Hint:
    event = StageEvent(
        kind=kind,
        run=str(RUN),
        model="iris",
        drop=RUN.drop,
        stage="gate",
        status=status,
        reason="Because.",
        at=AT,
    )
    return read_hint({"detail-type": kind.value, "detail": event.detail()}, "sluice")


def test_every_end_outranks_every_step_on_the_way():
    # Waiting for a person is an end that a release may still follow.
    ways = [s.rank for s in STANDINGS.values() if s.state == "running"]
    ends = [s.rank for s in STANDINGS.values() if s.state in ENDS and s.state != "waiting"]
    assert max(ways) < min(ends)


def test_a_running_state_names_its_phase_and_an_end_does_not():
    for standing in STANDINGS.values():
        assert bool(standing.phase) == (standing.state == "running")


def test_our_own_event_keeps_its_words_and_its_time():
    written = line(ours(Kind.MODEL_JUDGED, "approved"), at="later")
    assert written is not None
    assert (written.stage, written.reason, written.at) == ("gate", "Because.", AT)


def test_a_dropped_object_opens_the_run():
    hint = read_hint(
        {
            "detail-type": "Object Created",
            "detail": {"object": {"key": "iris/iris.csv", "version-id": "1", "size": 2048}},
        },
        "sluice",
    )
    written = line(hint, at=AT)
    assert written is not None
    assert (written.stage, written.reason) == ("drop", "iris/iris.csv arrived, 2,048 bytes.")
    assert hint.run is not None


def test_a_part_of_a_folder_is_about_no_run():
    detail = {"object": {"key": "iris/2026/part-0.csv", "version-id": "1"}}
    assert read_hint({"detail-type": "Object Created", "detail": detail}, "sluice").run is None


def test_a_person_who_rejects_a_waiting_package_ends_the_run():
    hint = read_hint(
        {
            "detail-type": "SageMaker Model Package State Change",
            "detail": {
                "ModelPackageGroupName": "sluice-iris",
                "ModelApprovalStatus": "Rejected",
                "CustomerMetadataProperties": {"run": str(RUN)},
            },
        },
        "sluice",
    )
    written = line(hint, at=AT)
    assert written is not None
    assert written.standing is not None
    waiting = STANDINGS[Kind.MODEL_JUDGED, "waiting"]
    assert (written.standing.state, written.standing.rank) == ("rejected", waiting.rank)


def test_a_training_jobs_own_words_reach_the_timeline():
    hint = read_hint(
        {
            "detail-type": "SageMaker Training Job State Change",
            "detail": {
                "TrainingJobName": RUN.attempt(1),
                "SecondaryStatus": "Pending",
                "SecondaryStatusTransitions": [{"StatusMessage": "Waiting for a free core."}],
            },
        },
        "sluice",
    )
    written = line(hint, at=AT)
    assert written is not None
    assert "Waiting for a free core." in written.reason
