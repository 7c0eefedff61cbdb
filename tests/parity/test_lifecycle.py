"""The program: says where it is, ends without a trace, and says what is wrong in one sentence."""

import json
import os
import signal
import socket
import subprocess
from pathlib import Path

import parity_stack
import pytest
from parity_cloud import start


@pytest.fixture
def running(tmp_path):
    folder = parity_stack.write(tmp_path / "cdk.out")
    process = start("up", "--cdk-out", str(folder), "--json", runtime=tmp_path)
    note = json.loads(process.stdout.readline())
    yield process, note, tmp_path
    if process.poll() is None:
        process.kill()
        process.communicate()


def _children(pid: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(fields[1]) == pid:
            found.append(int(stat.parent.name))
    return found


def _invoke(note):
    import boto3

    env = note["env"]
    boto3.client(
        "lambda",
        endpoint_url=note["endpoint_url"],
        region_name=env["AWS_REGION"],
        aws_access_key_id=env["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=env["AWS_SECRET_ACCESS_KEY"],
    ).invoke(FunctionName="parity-invoked", Payload=b"{}")


def test_the_note_says_all_that_others_need(cloud):
    note = cloud.note
    wanted = "endpoint_url api_url drop_bucket artifact_bucket ca_file stack env pid"
    assert set(note) == set(wanted.split())
    assert set(note["env"]) == {
        "AWS_ENDPOINT_URL",
        "AWS_REGION",
        "AWS_DEFAULT_REGION",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_CA_BUNDLE",
    }
    assert note["pid"] == cloud.process.pid


def test_real_credentials_are_not_in_the_clouds_environment(cloud):
    environ = Path(f"/proc/{cloud.note['pid']}/environ")
    if not environ.exists():
        pytest.skip("only Linux shows a process's environment")
    for child in _children(cloud.note["pid"]):
        assert b"AKIAREAL" not in Path(f"/proc/{child}/environ").read_bytes()


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="needs /proc")
def test_down_ends_it_with_all_its_children_and_data(running):
    process, note, runtime = running
    _invoke(note)
    children = _children(process.pid)
    assert children
    with start("down", runtime=runtime) as ending:
        assert ending.wait(30) == 0
    said, complaint = process.communicate(timeout=20)
    assert (process.returncode, said, complaint) == (0, "", "")
    assert not Path(note["ca_file"]).parent.parent.exists()
    assert not [pid for pid in children if Path(f"/proc/{pid}").exists()]
    assert not list(runtime.glob("sluice-*/up.json"))


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="needs /proc")
def test_no_child_outlives_a_cloud_that_is_killed(running, eventually):
    process, note, _ = running
    _invoke(note)
    children = _children(process.pid)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    assert eventually(lambda: not [p for p in children if Path(f"/proc/{p}/cwd").exists()])
    subprocess.run(["rm", "-rf", str(Path(note["ca_file"]).parent.parent)], check=True)


def test_down_without_a_cloud_says_so(tmp_path):
    process = start("down", runtime=tmp_path)
    _, complaint = process.communicate(timeout=20)
    assert process.returncode == 1
    assert complaint == "sluice down: no offline cloud is running.\n"


def test_a_taken_port_is_said_plainly(tmp_path):
    folder = parity_stack.write(tmp_path / "cdk.out")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        process = start("up", "--cdk-out", str(folder), "--port", port, runtime=tmp_path)
        _, complaint = process.communicate(timeout=60)
    assert process.returncode == 1
    assert complaint.startswith(f"sluice up: port {port} cannot be used")
    assert "Traceback" not in complaint


def test_a_synthesis_that_fails_shows_what_it_said(tmp_path):
    app = "python -c 'raise SystemExit(\"the policy is wrong\")'"
    process = start("up", "--app", app, runtime=tmp_path)
    _, complaint = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "the policy is wrong" in complaint
    assert "Traceback" not in complaint


def test_a_missing_node_is_said_plainly(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    process = start("up", runtime=tmp_path)
    _, complaint = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "Node.js" in complaint
