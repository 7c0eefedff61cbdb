"""Which cloud a command talks to, and how it found it.

In this order: `--stack` or `--profile` mean AWS; `AWS_ENDPOINT_URL` where it is set; the running
`sluice up`, if there is one; else AWS by the ordinary credentials.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ProfileNotFound

from sluice.contracts.environment import CommandEnvironment
from sluice.contracts.errors import UsageError
from sluice.running import running_cloud

DEFAULT_STACK = "sluice"

_RETRIES = {"mode": "standard", "total_max_attempts": 4}


@dataclass(frozen=True, kw_only=True)
class Cloud:
    """One cloud and the Sluice stack in it."""

    description: str
    """One line for people: which cloud, and why this one."""
    stack: str
    session: boto3.Session
    endpoint_url: str | None
    ca_file: str | None
    """CA bundle to trust beside the system's own; None: the system's."""

    def client(self, service: str) -> Any:
        """A boto3 client of this cloud."""
        return self.session.client(
            service, endpoint_url=self.endpoint_url, verify=self.ca_file, config=self._config
        )

    def table(self, name: str) -> Any:
        """A DynamoDB table of this cloud."""
        dynamodb = self.session.resource(
            "dynamodb", endpoint_url=self.endpoint_url, verify=self.ca_file, config=self._config
        )
        return dynamodb.Table(name)

    @property
    def _config(self) -> Config:
        # AWS was meant where no endpoint is given, whatever AWS_ENDPOINT_URL says.
        return Config(retries=_RETRIES, ignore_configured_endpoint_urls=self.endpoint_url is None)

    @cached_property
    def outputs(self) -> dict[str, str]:
        """The stack's outputs; `UsageError` where there is no such stack, or no way to it."""
        try:
            answer = self.client("cloudformation").describe_stacks(StackName=self.stack)
        except ClientError as error:
            if error.response["Error"]["Code"] == "ValidationError":
                raise UsageError(
                    f"There is no stack {self.stack!r} in {self.description}. Deploy it, name "
                    "another with --stack, or start an offline cloud with `sluice up`."
                ) from None
            raise UsageError(f"{self.description}: {error}") from None
        except BotoCoreError as error:
            raise UsageError(
                f"No offline cloud is running (`sluice up` starts one), and {self.description}, "
                f"cannot be reached: {str(error).rstrip('.')}."
                if self.endpoint_url is None
                else f"{self.description}: {str(error).rstrip('.')}. Is it still running?"
            ) from None
        return {o["OutputKey"]: o["OutputValue"] for o in answer["Stacks"][0].get("Outputs", ())}


def choose_cloud(
    *,
    stack: str | None = None,
    profile: str | None = None,
    env: CommandEnvironment | None = None,
) -> Cloud:
    """The cloud by the order above; `env` is the shell's unless given."""
    env = env or CommandEnvironment.read()
    if stack or profile:
        session = _session(profile_name=profile)
        return Cloud(
            description=f"AWS, {session.region_name or 'no region'}"
            + (f", profile {profile}" if profile else ""),
            stack=stack or DEFAULT_STACK,
            session=session,
            endpoint_url=None,
            ca_file=env.ca_bundle,
        )
    if url := env.endpoint_url:
        return Cloud(
            description=f"AWS_ENDPOINT_URL, {url}",
            stack=DEFAULT_STACK,
            session=_session(),
            endpoint_url=url,
            ca_file=env.ca_bundle,
        )
    if state := running_cloud():
        given = state["env"]
        return Cloud(
            description=f"the running `sluice up`, {state['endpoint_url']}",
            stack=state["stack"],
            session=_session(
                aws_access_key_id=given["AWS_ACCESS_KEY_ID"],
                aws_secret_access_key=given["AWS_SECRET_ACCESS_KEY"],
                region_name=given["AWS_REGION"],
            ),
            endpoint_url=state["endpoint_url"],
            ca_file=state["ca_file"],
        )
    session = _session()
    return Cloud(
        description=f"AWS, {session.region_name or 'no region'}, by the ordinary credentials",
        stack=DEFAULT_STACK,
        session=session,
        endpoint_url=None,
        ca_file=env.ca_bundle,
    )


def _session(**settings: Any) -> boto3.Session:
    try:
        return boto3.Session(**settings)
    except ProfileNotFound as error:
        raise UsageError(f"{error}. Is AWS_PROFILE or --profile misspelt?") from None
