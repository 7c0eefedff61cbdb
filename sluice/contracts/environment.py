"""The variables that our programs are told things by: one class a program, in one place.

`infra/` fills in those of the functions when it writes the template, the handlers read them back at
cold start, and a missing or empty one stops the function at once with its name. Nothing else reads
os.environ.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Self

from sluice.contracts import container, tasks
from sluice.contracts.container import ContainerTree
from sluice.contracts.spec import Policy

PREFIX = "SLUICE_"


@dataclass(frozen=True, kw_only=True, slots=True)
class Environment:
    """What every function knows: the slug and the event bus are the stack's own."""

    slug: str
    """Short name of the stack; begins the name of everything made at run time."""

    def variables(self) -> dict[str, str]:
        """As environment variables: `slug` becomes SLUICE_SLUG."""
        return {PREFIX + f.name.upper(): getattr(self, f.name) for f in fields(self)}

    @classmethod
    def read(cls, variables: Mapping[str, str] = os.environ) -> Self:
        """Read them back; `ValueError` names what is missing."""
        names = {f.name: PREFIX + f.name.upper() for f in fields(cls)}
        missing = [name for name in names.values() if not variables.get(name)]
        if missing:
            raise ValueError(f"{cls.__name__} lacks {', '.join(missing)}: deploy the stack again.")
        return cls(**{field: variables[name] for field, name in names.items()})


@dataclass(frozen=True, kw_only=True, slots=True)
class _Bounded(Environment):
    policy: str
    """`spec.Policy` as JSON."""

    def bounds(self) -> Policy:
        """The parsed policy."""
        return Policy.model_validate_json(self.policy)


@dataclass(frozen=True, kw_only=True, slots=True)
class ValidateEnvironment(_Bounded):
    """functions/validate."""

    drop_bucket: str
    artifact_bucket: str
    models_table: str
    validation_image: str
    """URI of the image that functions/validate/Dockerfile makes."""
    validation_role: str
    """ARN of the role that validates what is too large for the function."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainEnvironment(_Bounded):
    """functions/train."""

    artifact_bucket: str
    models_table: str
    training_image: str
    """URI of the image that training/Dockerfile makes."""
    training_role: str
    """ARN of the role that training jobs run as."""


@dataclass(frozen=True, kw_only=True, slots=True)
class GateEnvironment(_Bounded):
    """functions/gate."""

    artifact_bucket: str
    models_table: str
    serving_image: str
    """URI of the image that serving/Dockerfile makes; the evaluation runs in it."""
    evaluation_role: str


@dataclass(frozen=True, kw_only=True, slots=True)
class DeployEnvironment(_Bounded):
    """functions/deploy."""

    artifact_bucket: str
    models_table: str
    serving_image: str
    serving_role: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ServeEnvironment(Environment):
    """functions/serve."""

    artifact_bucket: str
    models_table: str


@dataclass(frozen=True, kw_only=True, slots=True)
class WatchEnvironment(Environment):
    """functions/watch."""

    artifact_bucket: str
    models_table: str


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordEnvironment(Environment):
    """functions/record."""

    ledger_table: str
    models_table: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ReconcileEnvironment(Environment):
    """functions/reconcile."""

    drop_bucket: str
    ledger_table: str
    models_table: str
    validate_queue: str
    """Queue URLs, one a stage that can be asked to look again."""
    train_queue: str
    gate_queue: str
    deploy_queue: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ContainerEnvironment:
    """What SageMaker, and the requests of our functions, tell a container; each program uses its
    own."""

    tree: ContainerTree
    port: int
    """Where an endpoint's container listens: SageMaker's 8080 unless it says otherwise."""
    version: str | None
    """What answers call the model, where it is not the signature's own version."""
    metric: str
    """What decides in an evaluation: `auto` or a metric's name."""
    candidate: str | None
    """The candidate's version, in an evaluation."""
    champion: str | None
    """The champion's version, in an evaluation beside one."""

    @classmethod
    def read(cls, variables: Mapping[str, str] = os.environ) -> Self:
        """From the environment; `ValueError` names a variable that makes no sense."""
        port = variables.get(container.PORT_VARIABLE, "8080")
        if not port.isdecimal() or int(port) > 65535:
            raise ValueError(f"{container.PORT_VARIABLE} is {port!r}, no port number.")
        return cls(
            tree=ContainerTree(root=Path(variables.get(container.ROOT_VARIABLE, container.ROOT))),
            port=int(port),
            version=variables.get(container.VERSION_VARIABLE) or None,
            metric=variables.get(container.METRIC_VARIABLE) or tasks.AUTO,
            candidate=variables.get(container.CANDIDATE_VARIABLE) or None,
            champion=variables.get(container.CHAMPION_VARIABLE) or None,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class CommandEnvironment:
    """What a shell tells the `sluice` command and `sluice.Client`."""

    endpoint_url: str | None
    """AWS_ENDPOINT_URL: another cloud than AWS."""
    ca_bundle: str | None
    """AWS_CA_BUNDLE: a file of certificates to trust."""
    runtime_folder: Path
    """XDG_RUNTIME_DIR, else the temporary folder: where running clouds leave their notes."""

    @classmethod
    def read(cls, variables: Mapping[str, str] = os.environ) -> Self:
        """From the environment; an empty variable counts as none."""
        return cls(
            endpoint_url=variables.get("AWS_ENDPOINT_URL") or None,
            ca_bundle=variables.get("AWS_CA_BUNDLE") or None,
            runtime_folder=Path(variables.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class SynthesisEnvironment:
    """What the CDK CLI tells the program that writes the template."""

    outdir: str
    """CDK_OUTDIR: the folder of the cloud assembly."""
    is_checked: bool
    """Whether the CLI asks, whose templates are held against every rule; a rehearsal's are not."""

    @classmethod
    def read(cls, variables: Mapping[str, str] = os.environ) -> Self:
        """From the environment."""
        return cls(
            outdir=variables.get("CDK_OUTDIR", "cdk.out"),
            is_checked="CDK_CLI_VERSION" in variables,
        )


def with_python_path(folder: Path, variables: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The environment of a program whose Python finds modules in `folder` first."""
    before = variables.get("PYTHONPATH")
    path = os.pathsep.join(part for part in (str(folder), before) if part)
    return {**variables, "PYTHONPATH": path}
