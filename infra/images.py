"""The three container images. The CDK builds them at `cdk deploy`; the template needs no Docker."""

from __future__ import annotations

from aws_cdk import IgnoreMode
from aws_cdk.aws_ecr_assets import DockerImageAsset, Platform
from constructs import Construct

from infra.source import ROOT, only


class Images(Construct):
    """`validation` validates what is too large for a function; `training` trains; `serving` answers
    /invocations, and evaluates for the gate."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        self.validation = self._image(
            "Validation",
            "functions/validate",
            "functions/__init__.py",
            "functions/shared",
            lock="validate.txt",
        )
        self.training = self._image("Training", "training", "learners", lock="train.txt")
        self.serving = self._image("Serving", "serving", "learners", lock="serve.txt")

    def _image(self, id: str, folder: str, *beside: str, lock: str) -> DockerImageAsset:
        """The context has no other code and no other lock, lest a new linter make a new image."""
        return DockerImageAsset(
            self,
            id,
            directory=str(ROOT),
            file=f"{folder}/Dockerfile",
            exclude=only("sluice", folder, *beside, f"requirements/{lock}"),
            ignore_mode=IgnoreMode.DOCKER,
            platform=Platform.LINUX_AMD64,
        )
