"""What train hands to the training container, and what comes back.

In the tree of `container.ContainerTree` it finds:

    input/config/hyperparameters.json    `Hyperparameters`, every value a string
    input/data/train/*.parquet           the training rows, and nothing of holdout
    input/data/schema/schema.json        `dataset.Schema`
    input/data/profile/profile.json      the profile of the drop's rows

and leaves a model: a folder, uncompressed, that never holds a pickle. Which files are in it is
stated in the task's row (`tasks.Task.model_files`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pydantic import BaseModel, ConfigDict

from sluice.contracts.container import ContainerTree
from sluice.contracts.dataset import Schema, TaskName

METRIC_DEFINITIONS: Final = (
    {"Name": "train:loss", "Regex": r"train_loss=([-+0-9.eE]+)"},
    {"Name": "validation:loss", "Regex": r"val_loss=([-+0-9.eE]+)"},
    {"Name": "validation:score", "Regex": r"val_score=([-+0-9.eE]+)"},
)
"""CloudWatch metrics read off the log lines that training prints, one line an epoch:
`epoch=3 train_loss=0.51 val_loss=0.48 val_score=0.93`."""


class Hyperparameters(BaseModel):
    """Hyperparameters of the built-in learner; SageMaker carries them as strings."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    model: str
    version: str
    """`<drop id>-<nn>`: what answers will call themselves."""
    task: TaskName
    seed: int = 0
    minutes: float = 60.0
    """Budget of the learner itself, below the job's own MaxRuntimeInSeconds."""
    precision: str = "fp32"

    def as_strings(self) -> dict[str, str]:
        """As CreateTrainingJob takes them."""
        return {name: str(value) for name, value in self.model_dump().items()}


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """One training job as its container finds it."""

    tree: ContainerTree
    hyperparameters: Hyperparameters
    schema: Schema
