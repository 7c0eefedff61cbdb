"""Children start with a bare environment and end with all they started."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from localcloud.clock import Clock
from localcloud.processes import Processes, base_environment


@pytest.fixture
def processes():
    made = Processes()
    yield made
    made.stop_all(0.1)


def _python(processes, code, cwd, **more):
    return processes.spawn(
        [sys.executable, "-c", code],
        env=base_environment(),
        cwd=cwd,
        stdout=subprocess.PIPE,
        **more,
    )


def test_no_credential_and_no_home_reach_a_child(processes, tmp_path, monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "real")
    monkeypatch.setenv("HOME", "/root")
    child = _python(processes, "import os; print(sorted(os.environ))", tmp_path)
    with child.stdout as said:
        names = said.read().decode()
    assert "SECRET" not in names
    assert "'HOME'" not in names


def test_a_child_that_ignores_sigterm_is_killed(processes, tmp_path):
    code = "import signal,time;signal.signal(15,signal.SIG_IGN);print(1,flush=True);time.sleep(60)"
    child = _python(processes, code, tmp_path)
    with child.stdout as said:
        said.readline()
    assert processes.terminate(child, 0.2) == -signal.SIGKILL


def test_a_grandchild_ends_too(processes, tmp_path):
    code = (
        "import subprocess,sys,time;"
        "p=subprocess.Popen([sys.executable,'-c','import time;time.sleep(60)']);"
        "print(p.pid,flush=True);time.sleep(60)"
    )
    child = _python(processes, code, tmp_path)
    with child.stdout as said:
        grandchild = int(said.readline())
    processes.terminate(child, 1.0)
    until = time.monotonic() + 5
    while _runs(grandchild) and time.monotonic() < until:
        time.sleep(0.01)
    assert not _runs(grandchild)


def test_nothing_starts_after_the_end(tmp_path):
    processes = Processes()
    processes.stop_all()
    with pytest.raises(RuntimeError, match="stopping"):
        _python(processes, "", tmp_path)


def test_a_program_that_is_not_there_is_named(processes, tmp_path):
    with pytest.raises(FileNotFoundError, match="no-such-program"):
        processes.spawn(["no-such-program"], env={}, cwd=tmp_path, stdout=subprocess.DEVNULL)


def test_a_scale_shortens_the_clouds_waiting():
    assert Clock(scale=60).seconds(3600) == 60
    with pytest.raises(ValueError, match="above 0"):
        Clock(scale=0)


def _runs(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not (stat.exists() and stat.read_text().rpartition(")")[2].split()[0] == "Z")
