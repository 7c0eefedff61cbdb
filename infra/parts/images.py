"""The three container images. The CDK builds them at `cdk deploy`; the template needs no Docker."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aws_cdk.aws_ecr_assets import DockerImageAsset, Platform
from constructs import Construct

from infra.parts.source import ROOT, gathered, sources


@dataclass(frozen=True, kw_only=True, slots=True)
class Image:
    """What one image is made of."""

    entries: tuple[str, ...]
    """The modules that it runs; the Dockerfile lies beside the first."""
    learners: tuple[str, ...] = ()
    """The modules of every learner that it runs: a task's row finds them by name."""
    lock: str
    """The lock of its packages, in requirements/."""

    @property
    def dockerfile(self) -> str:
        """The path of the Dockerfile, from the repository's root."""
        return str(Path(self.entries[0]).parent / "Dockerfile")

    def context(self, root: Path = ROOT) -> tuple[str, ...]:
        """The files of the build context: what the programs import, and the one lock. Neither
        another part's code nor a new linter makes a new image."""
        found = [
            str(path.relative_to(root))
            for name in self.learners
            for path in (root / "learners").glob(f"*/{name}.py")
        ]
        code = sources(*self.entries, *found, root=root)
        return (*code, self.dockerfile, f"requirements/{self.lock}")


VALIDATION: Final = Image(entries=("functions/validate/job.py",), lock="validate.txt")
TRAINING: Final = Image(
    entries=("training/train.py",), learners=("learn", "signature"), lock="train.txt"
)
SERVING: Final = Image(
    entries=("serving/server.py", "serving/evaluate.py"),
    learners=("answer", "judge", "signature"),
    lock="serve.txt",
)


class Images(Construct):
    """`validation` validates what is too large for a function; `training` trains; `serving` answers
    /invocations, and evaluates for the gate."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        self.validation = self._image("Validation", VALIDATION)
        self.training = self._image("Training", TRAINING)
        self.serving = self._image("Serving", SERVING)

    def _image(self, id: str, image: Image) -> DockerImageAsset:
        return DockerImageAsset(
            self,
            id,
            directory=str(gathered(image.context())),
            file=image.dockerfile,
            platform=Platform.LINUX_AMD64,
        )
