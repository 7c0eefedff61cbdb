"""The composition root: one running offline cloud, put together and taken apart.

moto must not have been imported before `surroundings.isolate()`; `up.py` sees to that.
"""

from __future__ import annotations

import shutil
import socket
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Self

from localcloud import (
    autoscaling,
    backends,
    certificates,
    front,
    house,
    identity,
    sagemaker,
    scratch,
)
from localcloud.apigateway import server as gateway
from localcloud.awslambda import models as awslambda
from localcloud.clock import Clock
from localcloud.deploy import deploy
from localcloud.events.schedule import Ticker
from localcloud.house import House
from localcloud.memory import Forgetting
from localcloud.ports import listen
from localcloud.processes import Processes
from localcloud.server import Server


class Cloud:
    """One offline cloud; leaving it as a context manager ends all of it."""

    def __init__(self, control: socket.socket) -> None:
        """Stand behind the door `control`, a listening socket. Nothing is deployed yet."""
        scratch.sweep()
        self.data_dir = Path(tempfile.mkdtemp(prefix=scratch.prefix()))
        self.processes = Processes()
        self._stops: list[Callable[[], None]] = []
        try:
            self.ca_file, tls = certificates.make(self.data_dir / "tls")
            with control, listen(0) as secured:
                self.endpoint_url = f"http://localhost:{control.getsockname()[1]}"
                self.gateway_url = f"https://localhost:{secured.getsockname()[1]}"
                backends.install()
                servers = (
                    Server(front.application(), control),
                    Server(gateway.application, secured, tls=tls),
                )
            self._servers = servers
        except BaseException:
            self._clear()
            raise

    def run(self, assembly: Path, *, scale: float = 1.0) -> dict[str, str]:
        """Deploy the assembly's stack and start the controllers; the stack's outputs.

        `DeployError` says what the offline cloud could not create.
        """
        home = House(
            endpoint_url=self.endpoint_url,
            gateway_url=self.gateway_url,
            data_dir=self.data_dir,
            assembly=assembly,
            clock=Clock(scale=scale),
            processes=self.processes,
        )
        house.install(home)
        for server in self._servers:
            server.start()
        self._stops.append(self._close)
        outputs = deploy(home)
        self._stops.append(awslambda.stop_all)
        awslambda.warm_all()
        self._stops.append(sagemaker.stop_all)
        self._stops.append(autoscaling.start(home))
        self._stops.append(Ticker(home).start().stop)
        self._stops.append(Forgetting().start().stop)
        return outputs

    def environment(self) -> dict[str, str]:
        """What another AWS tool needs to use this cloud."""
        return {**identity.visitor(), "AWS_CA_BUNDLE": str(self.ca_file)}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """End every controller, process and server, and remove all data."""
        while self._stops:
            self._stops.pop()()
        self._clear()

    def _close(self) -> None:
        # Each waits for its own loop to look up.
        with ThreadPoolExecutor() as threads:
            for server in self._servers:
                threads.submit(server.stop)

    def _clear(self) -> None:
        self.processes.stop_all()
        shutil.rmtree(self.data_dir, ignore_errors=True)
