"""Folders as engines write them into the drop bucket, and what validate makes of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import ClassVar

import boto3
import pytest
from dropping import GOOD, deliver, drop, put, store

from functions.validate.step import ValidateStep
from sluice.client import Client
from sluice.clouds import Cloud
from sluice.contracts.errors import UsageError
from sluice.contracts.events import Kind
from sluice.contracts.names import Run
from sluice.validation.refusals import Refused

pytestmark = pytest.mark.usefixtures("aws")

RECORDS = [
    json.dumps({"length": i, "width": i * 0.5, "colour": "red" if i % 2 else "blue"})
    for i in range(120)
]


class Stack(Cloud):
    """A cloud whose stack was never deployed, but is known."""

    outputs: ClassVar = {"Slug": "sluice", "DropBucket": "drops"}


def client() -> Client:
    """The door to it."""
    return Client(
        Stack(
            description="", stack="sluice", session=boto3.Session(), endpoint_url=None, ca_file=None
        )
    )


def written(folder: Path, files: dict[str, str]) -> Path:
    """The folder with these files."""
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)
    return folder


FIREHOSE = {
    "2025/11/26/08/orders-1-2025-11-26-08-00-11-aa0": "".join(RECORDS[:60]),
    "2025/11/26/09/orders-1-2025-11-26-09-00-11-aa1": "".join(RECORDS[60:]),
}


def test_date_folders_below_a_drop_are_one_drop(intake: ValidateStep) -> None:
    for name, content in FIREHOSE.items():
        put(f"orders/stream/{name}", content)

    drop(intake, "orders/stream/_SUCCESS", b"")

    said = intake.assessor.say.said[-1]
    assert said.kind == Kind.DATASET_ACCEPTED, said.reason
    assert "120 rows" in said.reason


def test_the_client_drops_date_folders_as_one_drop(intake: ValidateStep, tmp_path: Path) -> None:
    folder = written(tmp_path / "stream", {**FIREHOSE, "manifest": "{}", "2025/.DS_Store": ""})

    run = client().drop(folder, model="orders")

    body, version = store("drops").read("orders/stream/_SUCCESS")
    assert [part["name"] for part in json.loads(body)["parts"]] == sorted(FIREHOSE)
    deliver(intake, "orders/stream/_SUCCESS", version)
    said = intake.assessor.say.said[-1]
    assert (said.kind, said.run) == (Kind.DATASET_ACCEPTED, run), said.reason


def test_values_that_only_folders_names_hold_are_not_lost_in_silence(intake: ValidateStep) -> None:
    put("paint/2026/a=1/part-0.csv", GOOD)
    put("paint/2026/a=2/part-0.csv", GOOD)

    drop(intake, "paint/2026/_SUCCESS", b"")

    said = intake.assessor.say.said[-1]
    assert said.kind == Kind.DROP_REJECTED
    assert "the values of 'a' stand in the folders' names" in said.reason
    assert "hive_partitioning = true" in said.reason


@pytest.mark.parametrize(
    ("log", "words"),
    [
        ("_delta_log/00000000000000000000.json", "a Delta table"),
        ("metadata/v1.metadata.json", "an Iceberg table"),
        (".hoodie/hoodie.properties", "a Hudi table"),
    ],
)
def test_a_lake_table_is_refused_before_it_is_dropped_and_in_the_bucket(
    log: str, words: str, intake: ValidateStep, tmp_path: Path
) -> None:
    folder = written(tmp_path / "people", {log: "{}", "part-0.csv": GOOD})

    with pytest.raises(Refused, match=words):
        client().drop(folder)
    put(f"paint/people/{log}", "{}")
    put("paint/people/part-0.csv", GOOD)
    drop(intake, "paint/people/_SUCCESS", b"")

    assert words in intake.assessor.say.said[-1].reason
    assert not list(store("drops").list("people/"))


def test_what_is_no_data_is_left_where_it_lies_and_said(intake: ValidateStep) -> None:
    put("paint/unload/0000_part_00", GOOD)
    put("paint/unload/manifest", '{"entries": []}')

    run = drop(intake, "paint/unload/_SUCCESS", b"")

    report = store("artifacts").read_json(run.dataset_prefix + "report.json")
    assert "'manifest'" in next(f for f in report["findings"] if f["code"] == "not-data")["message"]


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("paint/sluice.yml", "did you mean sluice.yaml?"),
        ("paint//paint.csv", "Drop it as paint/paint.csv."),
    ],
)
def test_a_key_that_is_nearly_right_is_rejected_at_once(
    key: str, words: str, intake: ValidateStep
) -> None:
    run: Run = drop(intake, key, GOOD)

    said = intake.assessor.say.said[-1]
    assert (said.kind, run.model) == (Kind.DROP_REJECTED, "_")
    assert words in said.reason


def test_settings_among_the_parts_of_a_folder_are_refused_by_their_place(
    intake: ValidateStep,
) -> None:
    put("paint/2026/part-0.csv", GOOD)
    put("paint/2026/sluice.yaml", "target: colour")

    drop(intake, "paint/2026/_SUCCESS", b"")

    assert "in the bucket at MODEL/sluice.yaml" in intake.assessor.say.said[-1].reason


@pytest.mark.parametrize(
    ("file", "model"),
    [("Häuser.csv", "haeuser"), ("houses.csv.gz", "houses"), ("houses", "houses")],
)
def test_a_file_names_its_model_when_the_client_drops_it(
    file: str, model: str, tmp_path: Path
) -> None:
    (tmp_path / file).write_text(GOOD)

    assert Run.parse(client().drop(tmp_path / file)).model == model
    assert {item["Key"] for item in store("drops").list("")} == {f"{model}/{file}"}


def test_the_client_drops_no_settings_under_another_name(tmp_path: Path) -> None:
    (tmp_path / "sluice.yml").write_text("target: colour")

    with pytest.raises(UsageError, match=r"did you mean sluice\.yaml\?"):
        client().drop(tmp_path / "sluice.yml", model="houses")
