"""`sluice.yaml`: what the user wishes, and the stack's policy, which bounds it.

The policy stands above the wishes: a value beyond its bound is refused with the field, the value
and the bound. Nothing in sluice.yaml is ever corrected in silence. `spec_file.py` reads the file.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Approval = Literal["auto", "manual"]


class Policy(BaseModel):
    """The bounds of one stack; set in infra/config.py, read by the handlers from SLUICE_POLICY."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    hardware: tuple[Literal["cpu", "gpu"], ...] = ("cpu",)
    """Kinds of training hardware a drop may ask for; the first is what `auto` takes."""
    training_instance: dict[str, str] = {"cpu": "ml.m5.large", "gpu": "ml.g5.xlarge"}
    training_usd_per_hour: dict[str, float] = {"cpu": 0.115, "gpu": 1.408}
    """On-demand list prices in us-east-1, 2026-11; they turn `train.usd` into a run time."""
    endpoint_instance: str = "ml.m5.large"
    evaluation_instance: str = "ml.m5.large"
    minutes: int = 60
    usd: float = 10.0
    spot: bool = True
    """Whether training may run on spare capacity."""
    approval: Approval = "auto"
    """`manual`: every release waits for a person, whatever sluice.yaml says."""
    endpoint_instances: int = 4
    """Most instances of one endpoint."""
    max_endpoints: int = 20
    """Most endpoints of this stack: it bounds the idle bill. Beyond it a release waits."""
    drop_megabytes: int = 512
    """Largest drop that the validate function takes in."""
    capture_percent: int = Field(default=100, ge=0, le=100)
    """Share of requests kept for watch."""
    target_invocations_per_instance: float = 600.0
    """Target tracking: SageMakerVariantInvocationsPerInstance, calls a minute."""


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Train(_Section):
    """`train:`."""

    hardware: Literal["auto", "cpu", "gpu"] = "auto"
    precision: Literal["auto", "fp32"] = "auto"
    spot: bool = True
    minutes: int = Field(default=60, ge=1)
    usd: float = Field(default=10.0, gt=0)
    instances: int = Field(default=1, ge=1)
    tune: int = Field(default=0, ge=0)
    entry: str | None = None


class Gate(_Section):
    """`gate:`."""

    metric: Literal["auto", "roc_auc", "balanced_accuracy", "r2"] = "auto"
    at_least: float | None = None
    against_champion: Literal["not_worse", "better", "ignore"] = "not_worse"
    approval: Approval = "auto"


class Canary(_Section):
    """`deploy.canary:`."""

    percent: int = Field(default=10, ge=1, le=50)
    minutes: int = Field(default=10, ge=1)


class Deploy(_Section):
    """`deploy:`."""

    min: int = Field(default=1, ge=1)
    max: int = Field(default=4, ge=1)
    canary: Canary = Field(default_factory=Canary)


class Watch(_Section):
    """`watch:`."""

    drift: bool = True
    retrain: bool = False


class Spec(_Section):
    """The whole of sluice.yaml; every field has a default."""

    task: Literal["auto", "classification", "regression"] = "auto"
    target: Annotated[str | None, Field()] = "auto"
    """A column name; null: there is none; `auto`: a column called target, label, class or y, else
    the last one."""
    train: Train = Field(default_factory=Train)
    gate: Gate = Field(default_factory=Gate)
    deploy: Deploy = Field(default_factory=Deploy)
    watch: Watch = Field(default_factory=Watch)
