"""Deploying a cloud assembly into the offline cloud, as the CDK CLI would: by CreateStack.

Code and image assets are not uploaded: handlers and containers run from the assembly itself.
"""

from __future__ import annotations

import boto3
from botocore.client import BaseClient
from botocore.config import Config
from botocore.exceptions import ClientError

from localcloud import assembly, identity
from localcloud.house import House


class DeployError(Exception):
    """The template could not be deployed; the message names each resource and why."""


def deploy(home: House) -> dict[str, str]:
    """Create the assembly's stack; its outputs."""
    asked = assembly.read(home.assembly)
    bucket = f"cdk-hnb659fds-assets-{home.account}-{home.region}"
    store = _client("s3", home)
    store.create_bucket(
        Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": home.region}
    )
    store.upload_file(str(asked.template), bucket, asked.template.name)
    formation = _client("cloudformation", home)
    try:
        formation.create_stack(
            StackName=asked.stack,
            TemplateURL=f"{home.endpoint_url}/{bucket}/{asked.template.name}",
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"],
        )
    except ClientError as error:
        raise DeployError(error.response["Error"].get("Message", str(error))) from error
    stack = formation.describe_stacks(StackName=asked.stack)["Stacks"][0]
    return {o["OutputKey"]: o["OutputValue"] for o in stack.get("Outputs", [])}


def _client(service: str, home: House) -> BaseClient:
    visitor = identity.visitor()
    return boto3.client(
        service,
        endpoint_url=home.endpoint_url,
        region_name=home.region,
        aws_access_key_id=visitor["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=visitor["AWS_SECRET_ACCESS_KEY"],
        config=Config(retries={"total_max_attempts": 1}, read_timeout=120),
    )
