"""One training job as the container finds it: paths, hyperparameters, schema, and the stop sign."""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from sluice.contracts.dataset import Schema
from sluice.contracts.training import ROOT_VARIABLE, Hyperparameters


@dataclass(frozen=True, kw_only=True, slots=True)
class Paths:
    """SageMaker's layout below one root; see `sluice.contracts.training`."""

    root: Path

    @classmethod
    def read(cls, variables: Mapping[str, str] = os.environ) -> Paths:
        """Below /opt/ml, or where `ROOT_VARIABLE` says."""
        return cls(root=Path(variables.get(ROOT_VARIABLE, "/opt/ml")))

    @property
    def hyperparameters(self) -> Path:
        """In: a JSON object of strings."""
        return self.root / "input/config/hyperparameters.json"

    def channel(self, name: str) -> Path:
        """In: the folder of one input channel."""
        return self.root / "input/data" / name

    @property
    def model(self) -> Path:
        """Out: the model folder."""
        return self.root / "model"

    @property
    def failure(self) -> Path:
        """Out: why the job failed; its first 1024 characters become FailureReason."""
        return self.root / "output/failure"

    @property
    def checkpoints(self) -> Path:
        """In and out: kept across interruptions."""
        return self.root / "checkpoints"


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """What to train."""

    paths: Paths
    hyperparameters: Hyperparameters
    schema: Schema

    @classmethod
    def read(cls, paths: Paths) -> Job:
        """Read the documents; `ValueError` names the file and the field that is wrong."""
        schema = paths.channel("schema") / "schema.json"
        profile = paths.channel("profile") / "profile.json"
        if not profile.is_file():
            raise ValueError(f"The job has no profile.json at {profile}.")
        try:
            where = paths.hyperparameters
            hyperparameters = Hyperparameters.model_validate(json.loads(where.read_bytes()))
            where = schema
            return cls(
                paths=paths,
                hyperparameters=hyperparameters,
                schema=Schema.model_validate_json(schema.read_bytes()),
            )
        except ValidationError as error:
            fault = error.errors()[0]
            field = ".".join(map(str, fault["loc"]))
            raise ValueError(f"{where.name}: {field}: {fault['msg']}.") from error
        except json.JSONDecodeError as error:
            raise ValueError(f"{where.name} is not JSON: {error}.") from error
        except FileNotFoundError as error:
            raise ValueError(f"The job has no {where.name} at {where}.") from error


def stop_on_sigterm() -> threading.Event:
    """An event that SIGTERM sets: SageMaker stops a job so, and kills it 120 s later."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    return stop
