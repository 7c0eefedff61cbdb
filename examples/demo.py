"""The whole of Sluice on this machine, once: `make demo` runs it.

Starts the offline cloud, drops a real data set, follows it to a prediction over HTTPS, drops a
broken file, shows the refusal, and ends with its cloud.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
from sklearn.datasets import load_iris

from sluice.client import Client
from sluice.contracts.names import Run
from sluice.screen import Screen


def main() -> int:
    """Run the demo; the exit code."""
    began = time.monotonic()
    say("Starting the offline cloud: the CDK app is synthesised, its template deployed ...")
    with (
        tempfile.TemporaryDirectory(prefix="sluice-demo-") as folder,
        offline_cloud(folder) as cloud,
    ):
        os.environ.pop("AWS_PROFILE", None)
        os.environ.update(cloud["env"])
        say(f"It is up after {time.monotonic() - began:.1f} s, at {cloud['endpoint_url']}.")
        client, s3 = Client(), boto3.client("s3")

        good = Path(folder) / "iris.csv"
        row = write_iris(good)
        say(f"\nDropping {good.name}: 150 flowers, a plain PutObject to s3://DROP_BUCKET/iris/.")
        dropped = time.monotonic()
        run = put(client, s3, cloud["drop_bucket"], "iris/iris.csv", good.read_bytes())
        follow(client, run)

        body = {"instances": [row]}
        url = f"{cloud['api_url'].rstrip('/')}/v1/models/iris/predictions"
        say(f"\nPOST {url}\n     {json.dumps(body)}")
        answer = client.predict("iris", body)
        seconds = time.monotonic() - dropped
        say(f"     {json.dumps(answer)}")
        model = client.call("GET", "v1/models/iris").document()
        scores = ", ".join(f"{name} {value:.3f}" for name, value in model["metrics"].items())
        say(f"Held-out score: {scores}. From drop to answer: {seconds:.1f} s.")

        say("\nDropping broken.csv, the same flowers but for one value too many in line 42.")
        lines = good.read_text().splitlines()
        lines[41] += ",what is this?"
        broken = "\n".join(lines).encode()
        run = put(client, s3, cloud["drop_bucket"], "iris/broken.csv", broken)
        follow(client, run)
        report = Path(tempfile.gettempdir()) / "sluice-demo-report.html"
        key = Run.parse(run).quarantine_prefix + "report.html"
        s3.download_file(cloud["artifact_bucket"], key, str(report))
        say(f"Its report lies beside it under quarantine/; a copy to look at: {report}")
        again = client.predict("iris", body)
        say(f"Version {again['version']} still answers.")

    say(
        f"""
All of it ran on this machine, in {time.monotonic() - began:.0f} s, from the template that ships.

Try next:
  .venv/bin/sluice up                             keep a cloud running; then, in another terminal:
  .venv/bin/sluice drop YOUR.csv --follow         make a model of your own data
  .venv/bin/sluice validate YOUR.csv              see what a drop would be told, without any cloud
  .venv/bin/sluice predict MODEL --json '{{"instances": [...]}}'"""
    )
    return 0


@contextmanager
def offline_cloud(folder: str) -> Iterator[dict[str, Any]]:
    """A cloud of the demo's own; ended, with all that runs in it, on leaving."""
    up = subprocess.Popen(
        [sys.executable, "-m", "sluice.cli", "up", "--json"],
        stdout=subprocess.PIPE,
        text=True,
        # A cloud of the demo's own: other commands shall not take it for the user's.
        env={**os.environ, "XDG_RUNTIME_DIR": folder},
    )
    try:
        assert up.stdout is not None  # noqa: S101 - Popen was given a pipe
        line = up.stdout.readline()
        if not line:
            sys.exit(up.wait() or 1)
        yield json.loads(line)
    finally:
        up.terminate()
        up.wait(timeout=60)


def write_iris(path: Path) -> dict[str, float]:
    """Fisher's iris as a CSV; answers one flower without its species."""
    iris = load_iris()
    names = ["sepal_length", "sepal_width", "petal_length", "petal_width"]
    lines = [",".join([*names, "species"])]
    for values, target in zip(iris.data, iris.target, strict=True):
        lines.append(",".join([*(f"{value:g}" for value in values), iris.target_names[target]]))
    path.write_text("\n".join(lines) + "\n")
    return dict(zip(names, (float(value) for value in iris.data[0]), strict=True))


def put(client: Client, s3: Any, bucket: str, key: str, body: bytes) -> str:
    """A plain PutObject, and the run that it starts."""
    version = s3.put_object(Bucket=bucket, Key=key, Body=body)["VersionId"]
    return client.run_of(key, version)


def follow(client: Client, run: str) -> None:
    """Show every stage as it happens."""
    with Screen(sys.stdout) as screen:
        for moment in client.follow(run):
            screen.moment(moment)


def say(text: str) -> None:
    """One paragraph for the person who watches."""
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
