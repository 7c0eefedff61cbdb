"""The instances of one variant, and the variants of one endpoint config: who gets a request."""

from __future__ import annotations

import random
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from localcloud.sagemaker import storage
from localcloud.sagemaker.capture import Capture
from localcloud.sagemaker.errors import InstanceFailure
from localcloud.sagemaker.instances import INVOKE_SECONDS, Instance, Recipe
from localcloud.sagemaker.metrics import Meter
from localcloud.sagemaker.resources import Document


class Fleet:
    """Interchangeable instances; a request goes to the one with the fewest in flight."""

    def __init__(self, recipe: Recipe, *, weight: float, meter: Meter) -> None:
        self.recipe = recipe
        self.weight = weight
        self.desired = 0
        self.meter = meter
        self._instances: list[Instance] = []
        self._starting: list[Instance] = []
        self._lock = threading.Condition()

    @property
    def count(self) -> int:
        """Instances that are in service."""
        with self._lock:
            return len(self._instances)

    def scale(self, count: int) -> None:
        """Grow or shrink to `count`; a new instance counts once it is healthy.

        `InstanceFailure` says why one did not come up; the healthy ones stay.
        """
        self.desired = count
        with self._lock:
            surplus = sorted(self._instances, key=lambda i: (i.healthy, i.outstanding))
            surplus = surplus[: max(0, len(self._instances) - count)]
            self._instances = [i for i in self._instances if i not in surplus]
            absent = count - len(self._instances)
        self._retire(surplus)
        self._starting = [Instance(self.recipe) for _ in range(absent)]
        for instance in self._starting:
            instance.start()
        failures = []
        for instance in self._starting:
            instance.decided.wait()
            if instance.failure is not None:
                failures.append(instance.failure)
                instance.stop()
                continue
            with self._lock:
                self._instances.append(instance)
        self._starting = []
        if failures:
            raise InstanceFailure(
                f"The primary container for production variant {self.recipe.variant} did not come "
                f"into service: {failures[0]}"
            )

    @contextmanager
    def lease(self) -> Iterator[Instance | None]:
        """The instance for one request, None where none is healthy; held until it is answered."""
        with self._lock:
            ready = [i for i in self._instances if i.healthy]
            chosen = min(ready, key=lambda i: (i.outstanding, i.served), default=None)
            if chosen:
                chosen.outstanding += 1
                chosen.served += 1
        try:
            yield chosen
        finally:
            if chosen:
                with self._lock:
                    chosen.outstanding -= 1
                    self._lock.notify_all()

    def retire(self) -> None:
        """Take no more requests, answer those in flight, end."""
        with self._lock:
            instances, self._instances = self._instances, []
        self._retire(instances)

    def kill(self) -> None:
        """End at once, what is still starting included."""
        with self._lock:
            instances, self._instances = self._instances, []
        _stop([*instances, *self._starting], grace_seconds=2.0)

    def _retire(self, instances: list[Instance]) -> None:
        with self._lock:
            self._lock.wait_for(lambda: not any(i.outstanding for i in instances), INVOKE_SECONDS)
        _stop(instances)


def _stop(instances: list[Instance], **grace: float) -> None:
    threads = [threading.Thread(target=i.stop, kwargs=grace) for i in instances]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@dataclass(kw_only=True, eq=False)
class Deployment:
    """One endpoint config as it serves: a fleet a variant, and what is captured of it."""

    config: Document
    folder: Path
    """Its own; goes with it."""
    fleets: dict[str, Fleet] = field(default_factory=dict)
    capture: Capture | None = None

    @property
    def name(self) -> str:
        """EndpointConfigName."""
        return str(self.config["EndpointConfigName"])

    def choose(self, variant: str | None) -> Fleet | None:
        """The named variant's fleet, or one by weight; None where there is no such variant."""
        if variant is not None:
            return self.fleets.get(variant)
        fleets = list(self.fleets.values())
        if len(fleets) == 1:
            return fleets[0]
        weights = [fleet.weight for fleet in fleets]
        return random.choices(fleets, weights if any(weights) else None)[0]  # noqa: S311

    def start(self, counts: dict[str, int]) -> None:
        """Bring every fleet to its count; on the first `InstanceFailure` all end."""
        try:
            for variant, fleet in self.fleets.items():
                fleet.scale(counts[variant])
        except InstanceFailure:
            self.kill()
            raise

    def retire(self) -> None:
        """Answer what is in flight, end, write out what was captured."""
        for fleet in self.fleets.values():
            fleet.retire()
        if self.capture:
            self.capture.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def kill(self) -> None:
        """End at once."""
        for fleet in self.fleets.values():
            fleet.kill()
        if self.capture:
            self.capture.close(write=False)
        shutil.rmtree(self.folder, ignore_errors=True)


def fetch_model(container: Document, role_arn: str, folder: Path) -> None:
    """Fill `folder` with the model's files, as /opt/ml/model will show them."""
    folder.mkdir(parents=True, exist_ok=True)
    source = (container.get("ModelDataSource") or {}).get("S3DataSource")
    uri = source["S3Uri"] if source else container.get("ModelDataUrl")
    if not uri:
        return
    packed = source["CompressionType"] == "Gzip" if source else True
    target = folder.parent / "packed" if packed else folder
    if not storage.download(role_arn, uri, target):
        raise InstanceFailure(
            f"Could not find model data at {uri}. Please ensure that the bucket exists in the "
            "selected region and that objects exist under that S3 prefix."
        )
    if packed:
        for archive in target.iterdir():
            storage.unpack(archive, folder)
