"""`python -m localcloud up`: start an offline cloud, say where it is, run until told to end."""

from __future__ import annotations

import json
import os
import shlex
import signal
import socket
import sys
import threading
from argparse import Namespace
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType
from typing import TYPE_CHECKING, Any, TextIO

from localcloud import scratch, state, surroundings
from localcloud.ports import listen
from localcloud.processes import Processes
from localcloud.synthesis import Synthesis, SynthesisError

if TYPE_CHECKING:
    from localcloud.cloud import Cloud


def up(options: Namespace) -> int:
    """Run one offline cloud in the foreground; the exit code."""
    said = sys.stdout
    sys.stdout = sys.stderr  # Standard output is for the one line that says where the cloud is.
    surroundings.isolate()
    ended = _listen_for_the_end()
    try:
        control = listen(options.port)
    except OSError as error:
        return _complain(
            f"port {options.port} cannot be used ({error.strerror}); "
            "choose another with --port, or 0 for any."
        )
    processes = Processes()
    with TemporaryDirectory(prefix=scratch.prefix()) as folder:
        try:
            synthesis = None if options.cdk_out else _synthesise(options, processes, Path(folder))
            return _run(options, control, synthesis, ended, said)
        except SynthesisError as error:
            return _complain(str(error))
        finally:
            processes.stop_all()
            # The last act: `down` waits for it.
            state.remove(os.getpid())


def _synthesise(options: Namespace, processes: Processes, folder: Path) -> Synthesis:
    command = shlex.split(options.app) if options.app else None
    return Synthesis(processes, folder / "cdk.out", command=command)


def _run(
    options: Namespace,
    control: socket.socket,
    synthesis: Synthesis | None,
    ended: threading.Event,
    said: TextIO,
) -> int:
    # moto reads the environment when it is imported, and takes as long as the synthesis.
    from localcloud.cloud import Cloud
    from localcloud.deploy import DeployError

    with Cloud(control) as cloud:
        folder = synthesis.wait() if synthesis else Path(options.cdk_out).resolve()
        if ended.is_set():
            return 0
        try:
            outputs = cloud.run(folder, scale=options.time_scale)
        except (DeployError, ValueError) as error:
            return _complain(str(error))
        note = _note(cloud, folder, outputs)
        state.write(note)
        print(json.dumps(note) if options.json else _sentence(note), file=said, flush=True)
        ended.wait()
    return 0


def _complain(said: str) -> int:
    print(f"sluice up: {said}", file=sys.stderr)
    return 1


def _note(cloud: Cloud, folder: Path, outputs: dict[str, str]) -> dict[str, Any]:
    from localcloud import assembly

    return {
        "endpoint_url": cloud.endpoint_url,
        "api_url": outputs.get("ApiUrl"),
        "drop_bucket": outputs.get("DropBucket"),
        "artifact_bucket": outputs.get("ArtifactBucket"),
        "ca_file": str(cloud.ca_file),
        "stack": assembly.read(folder).stack,
        "env": cloud.environment(),
        "pid": os.getpid(),
    }


def _sentence(note: dict[str, Any]) -> str:
    return (
        f"The offline cloud is up: drop files into s3://{note['drop_bucket']}/<model>/ at "
        f"{note['endpoint_url']}, predictions at {note['api_url']}. Ctrl-C ends it."
    )


def _listen_for_the_end() -> threading.Event:
    ended = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        ended.set()

    signal.signal(signal.SIGINT, end)
    signal.signal(signal.SIGTERM, end)
    return ended
