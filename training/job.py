"""One training job as the container finds it: its documents, and the stop sign."""

from __future__ import annotations

import json
import signal
import threading

from pydantic import ValidationError

from sluice.contracts.container import ContainerTree
from sluice.contracts.dataset import Schema
from sluice.contracts.training import Hyperparameters, Job


def read_job(tree: ContainerTree) -> Job:
    """The job of a container; `ValueError` names the file and the field that is wrong."""
    schema = tree.channel("schema") / "schema.json"
    profile = tree.channel("profile") / "profile.json"
    if not profile.is_file():
        raise ValueError(f"The job has no profile.json at {profile}.")
    try:
        where = tree.hyperparameters
        hyperparameters = Hyperparameters.model_validate(json.loads(where.read_bytes()))
        where = schema
        return Job(
            tree=tree,
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
