"""Starting the offline cloud as a user does, and speaking to it."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import requests
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

ROOT = Path(__file__).resolve().parents[2]
SCALE = 120.0
"""Two cloud minutes in a second: retries and schedules come within a test's patience."""


def start(*arguments: str, runtime: Path, **popen: Any) -> subprocess.Popen[str]:
    """`python -m localcloud ARGUMENTS`, with credentials that must never be used."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
    environment |= {
        "XDG_RUNTIME_DIR": str(runtime),
        "AWS_ACCESS_KEY_ID": "AKIAREALREALREALREAL",
        "AWS_SECRET_ACCESS_KEY": "real",
        "AWS_PROFILE": "production",
    }
    return subprocess.Popen(
        [sys.executable, "-m", "localcloud", *arguments],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **popen,
    )


@dataclass(frozen=True, kw_only=True)
class Running:
    """The running cloud, and clients of it."""

    note: dict[str, Any]
    process: subprocess.Popen[str]

    def client(self, service: str) -> Any:
        env = self.note["env"]
        return boto3.client(
            service,
            endpoint_url=self.note["endpoint_url"],
            region_name=env["AWS_REGION"],
            aws_access_key_id=env["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=env["AWS_SECRET_ACCESS_KEY"],
        )

    def queue_url(self, name: str) -> str:
        return self.client("sqs").get_queue_url(QueueName=name)["QueueUrl"]

    def call(
        self,
        verb: str,
        path: str,
        body: bytes | None = None,
        *,
        key: str | None = "",
        **headers: str,
    ) -> requests.Response:
        """Call the API; `key` is another access key, None leaves the request unsigned."""
        request = AWSRequest(verb, self.note["api_url"] + path, data=body)
        if key is not None:
            env = self.note["env"]
            credentials = Credentials(key or env["AWS_ACCESS_KEY_ID"], env["AWS_SECRET_ACCESS_KEY"])
            SigV4Auth(credentials, "execute-api", env["AWS_REGION"]).add_auth(request)
        ready = request.prepare()
        return requests.request(
            verb,
            ready.url,
            data=ready.body,
            headers=dict(ready.headers),
            verify=self.note["ca_file"],
            timeout=30,
        )
