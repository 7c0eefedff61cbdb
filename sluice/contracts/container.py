"""What SageMaker's containers and those who start them agree on: paths, variables, exit codes.

Every container sees one tree below its root, /opt/ml:

    training      input/config/hyperparameters.json   input/data/<channel>/
                  model/   output/failure   checkpoints/
    processing    processing/input/<name>/   processing/output/   output/message
    endpoint      model/

https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo.html and
https://docs.aws.amazon.com/sagemaker/latest/dg/build-your-own-processing-container.html
"""

from __future__ import annotations

import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = "/opt/ml"
"""Where SageMaker lays the tree out."""

ROOT_VARIABLE: Final = "SLUICE_OPT_ML"
"""Environment variable that moves the root, so that many containers can run on one machine; unset,
the root is `ROOT`."""

PORT_VARIABLE: Final = "SAGEMAKER_BIND_TO_PORT"
"""Environment variable by which SageMaker says where an endpoint's container listens."""

VERSION_VARIABLE: Final = "SLUICE_VERSION"
"""Environment variable of an endpoint's container: what its answers call the model."""

METRIC_VARIABLE: Final = "SLUICE_METRIC"
"""Environment variable of an evaluation: the metric that decides, or `auto`."""

CANDIDATE_VARIABLE: Final = "SLUICE_CANDIDATE"
"""Environment variable of an evaluation: the candidate's version."""

CHAMPION_VARIABLE: Final = "SLUICE_CHAMPION"
"""Environment variable of an evaluation: the champion's version, where one serves."""

REASON_CHARACTERS: Final = 1024
"""What SageMaker keeps of output/failure as FailureReason, and of output/message as ExitMessage."""

DONE: Final = 0
"""Exit code of a program that left what it was asked for."""

FAILED: Final = 1
"""Exit code of a program that says in a file why it left nothing."""

MISUSED: Final = 2
"""Exit code of a program that was called with other words than it knows."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ContainerTree:
    """The paths of one container, below `root`."""

    root: Path

    @property
    def hyperparameters(self) -> Path:
        """A training's input: a JSON object of strings."""
        return self.root / "input/config/hyperparameters.json"

    def channel(self, name: str) -> Path:
        """A training's input: the folder of one channel."""
        return self.root / "input/data" / name

    @property
    def model(self) -> Path:
        """A training's output, and an endpoint's input: the model folder."""
        return self.root / "model"

    @property
    def checkpoints(self) -> Path:
        """A training's own folder, which is kept across interruptions."""
        return self.root / "checkpoints"

    @property
    def failure(self) -> Path:
        """A training's last word where it fails."""
        return self.root / "output/failure"

    def processing_input(self, name: str) -> Path:
        """A processing job's input of that name: a folder."""
        return self.root / "processing/input" / name

    @property
    def processing_output(self) -> Path:
        """A processing job's output: a folder."""
        return self.root / "processing/output"

    @property
    def message(self) -> Path:
        """A processing job's last word where it fails."""
        return self.root / "output/message"


ON_SAGEMAKER: Final = ContainerTree(root=Path(ROOT))
"""The tree as requests to SageMaker name its paths."""


def run(work: Callable[[], None], *, reason: Path) -> int:
    """Do a container's work; its exit code.

    The program's edge: where the work raises, the traceback goes to the log, and one sentence to
    the file `reason`, which is all that people are shown. A ValueError says what is wrong in their
    data, all else is named by its type.
    """
    try:
        work()
    except Exception as error:
        traceback.print_exc()
        reason.parent.mkdir(parents=True, exist_ok=True)
        text = str(error) if isinstance(error, ValueError) else f"{type(error).__name__}: {error}"
        reason.write_text(text[:REASON_CHARACTERS], "utf-8")
        return FAILED
    return DONE
