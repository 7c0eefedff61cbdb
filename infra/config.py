"""What differs between environments, and the policy: the bounds of what a drop may ask for."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

from aws_cdk import Duration, RemovalPolicy
from aws_cdk.aws_logs import RetentionDays

from sluice.contracts.names import SLUG_PATTERN, is_slug
from sluice.contracts.spec import Policy


@dataclass(frozen=True, kw_only=True, slots=True)
class Config:
    """One stack's settings. Environments are expected to live in accounts of their own; two in one
    account take different slugs (`-c slug=…`)."""

    slug: str = "sluice"
    """Name of the stack, and the beginning of every name made at run time."""
    policy: Policy = field(default_factory=Policy)
    """Bounds of every sluice.yaml."""
    removal: RemovalPolicy = RemovalPolicy.DESTROY
    """What becomes of tables, logs and keys when the stack is destroyed. Buckets are kept while
    anything lies in them, whatever this says: CloudFormation deletes only empty ones."""
    log_retention: RetentionDays = RetentionDays.ONE_MONTH
    noncurrent_days: int = 30
    """How long an overwritten or deleted object can be brought back."""
    capture_days: int = 30
    """How long captured traffic is kept; it is what users sent, so no longer than watch needs."""
    requests_per_second: float = 100.0
    """Throttle of the HTTPS API, for all callers together; beyond it they get 429."""
    burst: int = 200
    watch_every: Duration = field(default_factory=lambda: Duration.hours(1))
    reconcile_every: Duration = field(default_factory=lambda: Duration.minutes(5))

    def __post_init__(self) -> None:
        if not is_slug(self.slug):
            raise ValueError(
                f"The slug {self.slug!r} cannot name a stack. "
                f"Choose one that matches {SLUG_PATTERN}: `-c slug=sluice2`."
            )


ENVIRONMENTS: Final = {
    "dev": Config(),
    "staging": Config(
        removal=RemovalPolicy.RETAIN,
        policy=Policy(approval="manual", max_endpoints=10),
    ),
    "prod": Config(
        removal=RemovalPolicy.RETAIN,
        policy=Policy(approval="manual", minutes=240, usd=50.0),
        log_retention=RetentionDays.ONE_YEAR,
        noncurrent_days=90,
        capture_days=90,
        requests_per_second=1000.0,
        burst=2000,
    ),
}
"""By the value of the context key `env`."""


def configure(env: str | None, slug: str | None = None) -> Config:
    """The settings of environment `env` (None: dev), under another slug where one is given."""
    name = env or "dev"
    if name not in ENVIRONMENTS:
        raise ValueError(
            f"There is no environment {name!r}. Choose one of {', '.join(ENVIRONMENTS)}, "
            "or add it to infra/config.py."
        )
    config = ENVIRONMENTS[name]
    return replace(config, slug=slug) if slug else config
