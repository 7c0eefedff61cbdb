"""The `sluice` command and the AWS CLI reach the same cloud, with the documented exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.pipeline.cloud import table


@pytest.fixture
def sluice(up, tmp_path):
    """Runs one command as a user in another terminal would: it finds the cloud by itself."""

    def run(*words: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith("AWS_")
        } | {"XDG_RUNTIME_DIR": up["runtime_dir"]}
        done = subprocess.run(
            [str(Path(sys.executable).with_name("sluice")), *words],
            capture_output=True,
            text=True,
            env=environment,
            cwd=tmp_path,
            timeout=120,
            check=False,
        )
        assert done.returncode == code, f"{done.stdout}\n{done.stderr}"
        return done

    return run


def test_drop_follow_show_predict_and_logs(sluice, offline, model, tmp_path):
    path = tmp_path / f"{model}.csv"
    path.write_text(table())
    done = sluice("drop", str(path), "--follow")
    run = done.stdout.strip()
    assert "the running `sluice up`" in done.stderr
    assert "released: Version" in done.stderr
    assert "epoch=" in done.stderr
    shown = json.loads(sluice("show", run, "--json").stdout)
    assert (shown["run_id"], shown["state"]) == (run, "released")
    assert "released" in sluice("show", run).stdout
    listed = json.loads(sluice("runs", "--model", model, "--json").stdout)
    assert [r["run_id"] for r in listed] == [run]
    assert set(listed[0]) >= {"run_id", "model", "state", "phase", "reason", "started_at"}
    assert run in sluice("runs").stdout
    assert model in sluice("models").stdout
    body = '{"instances": [{"width": 1.0, "colour": "red"}]}'
    answer = json.loads(sluice("predict", model, "--json", body).stdout)
    assert answer["predictions"][0]["label"] == "rich"
    (tmp_path / "rows.csv").write_text("width,colour\n1.0,red\n")
    assert json.loads(sluice("predict", model, "--file", "rows.csv").stdout) == answer
    odd = '{"instances": [{"width": 900, "colour": "mauve"}]}'
    warned = json.loads(sluice("predict", model, "--json", odd).stdout)["warnings"]
    assert {(w["row"], w["column"]) for w in warned} == {(0, "width"), (0, "colour")}
    assert "val_score=" in sluice("logs", run).stdout


def test_a_folder_gets_its_marker(sluice, model, tmp_path):
    folder = tmp_path / "parts"
    folder.mkdir()
    header, *rows = table().splitlines(keepends=True)
    (folder / "a.csv").write_text("".join([header, *rows[:200]]))
    (folder / "b.csv").write_text("".join([header, *rows[200:]]))
    sluice("drop", str(folder), "--model", model, "--follow")


def test_refusal_is_1_usage_is_2_and_waiting_is_3(sluice, model, tmp_path):
    bad = tmp_path / "bad.csv"
    bad.write_text("a,label\n")
    refused = sluice("drop", str(bad), "--model", model, "--follow", code=1)
    assert "rejected" in refused.stderr
    sluice("drop", "no-such-file.csv", code=2)
    sluice("show", "no-such-run", code=2)
    sluice("drop", code=2)
    spec = tmp_path / "sluice.yaml"
    spec.write_text("gate: {approval: manual}\n")
    sluice("drop", str(spec), "--model", model)
    good = tmp_path / "good.csv"
    good.write_text(table())
    run = sluice("drop", str(good), "--model", model, "--follow", code=3).stdout.strip()
    sluice("approve", run)
    sluice("approve", "sluice-nobody-abcdefghijkl", code=2)


def test_a_refused_prediction_prints_the_problem_and_exits_1(sluice):
    refused = sluice("predict", "nobody", "--json", "{}", code=1)
    assert json.loads(refused.stdout)["status"] == 404
    assert "nobody" in refused.stderr


def test_the_aws_cli_drops_a_file_whose_model_then_answers(up, offline, model, tmp_path):
    path = tmp_path / "people.csv"
    path.write_text(table(seed=5))
    environment = {**os.environ, **up["env"], "AWS_CONFIG_FILE": os.devnull}
    aws = str(Path(sys.executable).with_name("aws"))
    target = f"s3://{up['drop_bucket']}/{model}/people.csv"
    subprocess.run(
        [aws, "s3", "cp", str(path), target],
        env=environment,
        check=True,
        timeout=60,
        capture_output=True,
    )
    head = offline.aws("s3").head_object(Bucket=up["drop_bucket"], Key=f"{model}/people.csv")
    offline.end(offline.client.run_of(f"{model}/people.csv", head["VersionId"]), state="released")
    answer = offline.client.predict(model, {"instances": [{"width": 1.0, "colour": "red"}]})
    assert answer["predictions"][0]["label"] == "rich"


def test_validate_promises_what_a_drop_with_a_target_gets(sluice, offline, model, tmp_path):
    path = tmp_path / f"{model}.csv"
    path.write_text(table())
    run = sluice("drop", str(path), "--target", "colour").stdout.strip()
    for _ in offline.client.follow(run):
        pass
    (tmp_path / "sluice.yaml").write_text("target: colour\n")
    promised = json.loads(sluice("validate", str(path), "--json").stdout)["reason"]
    said = [entry.reason for entry in offline.client.timeline(run) if entry.stage == "validate"]
    assert promised in said
    assert "classes of 'colour'" in promised
