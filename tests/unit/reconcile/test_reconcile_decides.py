import shlex
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from functions.reconcile.decide import (
    DroppedObject,
    OpenRun,
    closing_command,
    messages,
    waiting_folders,
)
from functions.record.decide import ARRIVED, STANDINGS
from functions.shared.hints import read_hint
from sluice.contracts.names import Run

RUN = Run(slug="sluice", model="iris", drop="abcdefghijkl")
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def open_run(phase: str, rank: int) -> OpenRun:
    return OpenRun(
        run=RUN,
        phase=phase,
        stage_reached=rank,
        updated=NOW - timedelta(hours=1),
        key="iris/iris.csv",
        version="1",
    )


@pytest.mark.parametrize(
    "standing", [ARRIVED, *(s for s in STANDINGS.values() if s.state == "running")], ids=str
)
def test_every_open_phase_is_put_on_a_queue(standing):
    sent = list(messages("sluice", [open_run(standing.phase, standing.rank)], [], NOW))
    assert sent


@pytest.mark.parametrize(
    ("phase", "rank", "stages"),
    [
        ("queued", 10, ["validate"]),
        ("validating", 22, ["validate"]),
        ("waiting for capacity", 21, ["validate"]),
        ("queued", 30, ["train"]),
        ("waiting for capacity", 40, ["train", "gate", "deploy"]),
        ("training", 41, ["train", "gate"]),
        ("deploying", 63, ["deploy"]),
    ],
)
def test_a_run_goes_to_the_stages_it_may_wait_for(phase, rank, stages):
    assert [m.stage for m in messages("sluice", [open_run(phase, rank)], [], NOW)] == stages


def test_a_hint_says_enough_for_validate_to_read_the_drop_again():
    (sent,) = messages("sluice", [open_run("queued", 10)], [], NOW)
    hint = read_hint(sent.body, "sluice")
    assert hint.run == RUN
    assert hint.arrival is not None
    assert (hint.arrival.kind, hint.arrival.key) == ("drop", "iris/iris.csv")


def test_a_validation_that_may_still_be_at_work_is_left_alone():
    young = replace(open_run("validating", 20), updated=NOW - timedelta(minutes=5))
    assert list(messages("sluice", [young], [], NOW)) == []


def test_a_validation_that_waits_for_capacity_is_tried_at_every_tick():
    young = replace(open_run("waiting for capacity", 21), updated=NOW)
    assert [m.stage for m in messages("sluice", [young], [], NOW)] == ["validate"]


def test_a_run_that_waits_for_a_person_is_put_before_deploy():
    (sent,) = messages("sluice", [open_run("waiting", 61)], [], NOW)
    assert sent.stage == "deploy"


def test_every_model_is_put_on_deploys_queue():
    sent = list(messages("sluice", [], ["iris", "wine"], NOW))
    assert [(m.stage, m.body["detail"]["model"]) for m in sent] == [
        ("deploy", "iris"),
        ("deploy", "wine"),
    ]
    assert read_hint(sent[0].body, "sluice").run is None


def dropped(key: str, hours: float) -> DroppedObject:
    return DroppedObject(key=key, etag="e", modified=NOW - timedelta(hours=hours))


def test_only_a_folder_without_marker_and_over_a_day_old_is_told_of():
    found = waiting_folders(
        [
            dropped("iris/iris.csv", 100),
            dropped("iris/done/part-0.csv", 100),
            dropped("iris/done/_SUCCESS", 99),
            dropped("iris/fresh/part-0.csv", 23),
            dropped("iris/grows/part-0.csv", 100),
            dropped("iris/grows/part-1.csv", 1),
            dropped("iris/stuck/part-0.csv", 100),
            dropped("iris/stuck/part-1.csv", 25),
            dropped("elsewhere.csv", 100),
        ],
        NOW,
    )
    assert {folder: part.key for folder, part in found.items()} == {
        "iris/stuck": "iris/stuck/part-1.csv"
    }


def test_folders_by_date_are_one_drop_with_the_folder_above_them():
    found = waiting_folders(
        [
            dropped("orders/stream/2025/11/26/08/orders-1", 100),
            dropped("orders/stream/2025/11/26/09/orders-1", 99),
            dropped("orders/stream/_spark_metadata/0", 30),
        ],
        NOW,
    )
    assert {folder: part.key for folder, part in found.items()} == {
        "orders/stream": "orders/stream/2025/11/26/09/orders-1"
    }


def test_a_folder_beside_one_that_is_closed_by_itself_waits_by_itself():
    found = waiting_folders(
        [
            dropped("orders/2025/11/part-0", 100),
            dropped("orders/2025/11/_SUCCESS", 100),
            dropped("orders/2025/12/part-0", 100),
        ],
        NOW,
    )
    assert list(found) == ["orders/2025/12"]


def test_the_command_that_closes_a_folder_can_be_pasted():
    command = closing_command("drops", "orders/it's here")
    assert shlex.split(command)[-2:] == ["--key", "orders/it's here/_SUCCESS"]
