"""What train hands to the training container, and what comes back.

The container sees SageMaker's own layout below its root (`/opt/ml`):

    input/config/hyperparameters.json    `Hyperparameters`, every value a string
    input/data/train/*.parquet           the training rows, and nothing of holdout
    input/data/schema/schema.json        `dataset.Schema`
    input/data/profile/profile.json      the profile of the drop's rows
    model/                               out: the model folder below
    output/failure                       out: why, on exit code 1
    checkpoints/                         kept across interruptions

A model is a folder, uncompressed, and never holds a pickle:

    model.onnx  features.json  signature.json  profile.json  weights.safetensors  training.json
"""

from __future__ import annotations

from typing import Final

from pydantic import BaseModel, ConfigDict

ROOT_VARIABLE: Final = "SLUICE_OPT_ML"
"""Environment variable that moves the container's root, so that many containers can run on one
machine; unset, the root is /opt/ml."""

MODEL_FILES: Final = (
    "model.onnx",
    "features.json",
    "signature.json",
    "profile.json",
    "weights.safetensors",
    "training.json",
)

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
    task: str
    seed: int = 0
    minutes: float = 60.0
    """Budget of the learner itself, below the job's own MaxRuntimeInSeconds."""
    precision: str = "fp32"

    def as_strings(self) -> dict[str, str]:
        """As CreateTrainingJob takes them."""
        return {name: str(value) for name, value in self.model_dump().items()}
