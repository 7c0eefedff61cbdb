"""The `serve` container as SageMaker runs it: a process on a port, until SIGTERM."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from learners import interface
from sluice.contracts.container import ROOT_VARIABLE, ContainerTree
from sluice.contracts.prediction import MAX_BODY_BYTES, PROBLEM_TYPE
from tests.tables import VERSION, flowers, schema_of, write_job
from training.job import read_job
from training.train import train

HOUSE = Path(__file__).parents[2]
ROW = {"petal": 0.1, "leaves": 1, "wild": True, "soil": "clay", "seen": "2026-03-01"}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    table = flowers()
    folder = tmp_path_factory.mktemp("ml")
    write_job(folder, table, schema_of(table, "species", "classification"))
    train(read_job(ContainerTree(root=folder)), Event())
    return folder


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def call(
    port: int, method: str, path: str, body: bytes = b"", kind: str = "application/json"
) -> tuple[int, str | None, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    with contextlib.closing(connection):
        connection.request(method, path, body, {"Content-Type": kind})
        answer = connection.getresponse()
        text = answer.read()
        return answer.status, answer.getheader("content-type"), json.loads(text) if text else None


@contextlib.contextmanager
def serving(root: Path, **variables: str) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    port = free_port()
    settings = {ROOT_VARIABLE: str(root), "SAGEMAKER_BIND_TO_PORT": str(port)} | variables
    process = subprocess.Popen(
        [sys.executable, "-m", "serving.server", "serve"], cwd=HOUSE, env=os.environ | settings
    )
    try:
        deadline = time.monotonic() + 20
        while True:
            try:
                assert call(port, "GET", "/ping")[0] == 200
                break
            except OSError:
                assert process.poll() is None, "the server ended before it answered"
                assert time.monotonic() < deadline, "the server did not answer in time"
                time.sleep(0.02)
        yield process, port
    finally:
        process.kill()
        process.wait()


@pytest.fixture(scope="module")
def port(root: Path) -> Iterator[int]:
    with serving(root, SLUICE_VERSION="from-the-environment") as (_, port):
        yield port


def invoke(port: int, body: bytes, kind: str = "application/json") -> tuple[int, str | None, Any]:
    return call(port, "POST", "/invocations", body, kind)


def test_json_and_csv_get_the_same_answer(port: int) -> None:
    status, kind, answer = invoke(port, json.dumps({"instances": [ROW, ROW]}).encode())
    assert (status, kind) == (200, "application/json")
    assert answer["version"] == "from-the-environment"
    one = answer["predictions"][0]
    assert one["label"] == "setosa"
    assert sum(one["probabilities"].values()) == pytest.approx(1, abs=1e-5)
    assert max(one["probabilities"], key=one["probabilities"].get) == "setosa"
    line = ",".join(str(value) for value in ROW.values()) + "\n"
    table = ",".join(ROW) + "\n" + line * 2
    # As many rows as before: a sum's last bit depends on a row's place among its batch.
    assert invoke(port, table.encode(), "text/csv")[2] == answer


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b"x" * (MAX_BODY_BYTES + 1), "application/json", 413),
        (b"{}", "application/x-pickle", 415),
        (b'{"instances": [{"stem": 1}]}', "application/json", 422),
    ],
)
def test_a_refusal_is_a_problem_document(port: int, body: bytes, kind: str, status: int) -> None:
    found, answer_kind, problem = invoke(port, body, kind)
    assert (found, answer_kind) == (status, PROBLEM_TYPE)
    assert problem["status"] == status
    assert problem["detail"]


def test_an_unfit_value_is_named_by_row_and_column(port: int) -> None:
    body = json.dumps({"instances": [ROW, ROW | {"leaves": "many"}]}).encode()
    assert invoke(port, body)[2]["problems"] == [
        {"row": 1, "column": "leaves", "detail": '"many" is not a whole number.'}
    ]


def test_other_paths_and_methods_are_refused(port: int) -> None:
    assert call(port, "GET", "/metrics")[0] == 404
    assert call(port, "GET", "/invocations")[0] == 405
    assert call(port, "GET", "/ping")[0] == 200


def test_sigterm_answers_what_is_in_flight_and_exits_with_0(root: Path) -> None:
    body = json.dumps({"instances": [ROW] * 10_000}).encode()
    with serving(root) as (process, port):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        with contextlib.closing(connection):
            # Half a request is in flight: the server has its head and waits for the rest.
            connection.putrequest("POST", "/invocations")
            connection.putheader("Content-Type", "application/json")
            connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body[: len(body) // 2])
            # An answered call proves that the head before it was read.
            assert call(port, "GET", "/ping")[0] == 200
            process.send_signal(signal.SIGTERM)
            sender = threading.Timer(0.2, connection.send, [body[len(body) // 2 :]])
            sender.start()
            answer = connection.getresponse()
            assert answer.status == 200
            assert len(json.loads(answer.read())["predictions"]) == 10_000
            sender.join()
        assert process.wait(timeout=30) == 0
        with pytest.raises(OSError, match="refused"):
            call(port, "GET", "/ping")


def test_a_dataset_is_answered_by_the_models_own_reading(root: Path, tmp_path: Path) -> None:
    """Another drop may keep as a value what this model's drop read as missing."""
    folder = tmp_path / "model"
    shutil.copytree(root / "model", folder)
    signed = interface.signature_in(folder).model_copy(update={"missing": ("NA", "?")})
    (folder / "signature.json").write_text(signed.model_dump_json())
    model = interface.load(folder)

    def of(soil: str | None) -> Any:
        row = {name: [value] for name, value in (ROW | {"soil": soil}).items()}
        return model.answer(row).tolist()

    assert of("NA") == of("?") == of(None) == of("  ")
    assert of("clay ") == of("clay")
    assert of("N/A") == of("no such soil")


def test_a_server_without_a_model_exits_with_its_reason(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "serving.server", "serve"],
        cwd=HOUSE,
        env=os.environ | {ROOT_VARIABLE: str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 1
    assert "lacks signature.json" in done.stderr


def test_the_version_is_the_models_own_where_none_is_given(root: Path) -> None:
    with serving(root) as (_, port):
        body = json.dumps({"instances": [ROW]}).encode()
        assert invoke(port, body)[2]["version"] == VERSION


def test_nothing_that_serves_imports_torch_or_unpickles() -> None:
    code = "import sys, serving.server, serving.evaluate; print('torch' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=HOUSE, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"
    for path in [*(HOUSE / "serving").rglob("*.py"), *(HOUSE / "training").rglob("*.py")]:
        words = path.read_text()
        assert "import pickle" not in words
        assert "torch.load" not in words
