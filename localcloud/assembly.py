"""Reading a cloud assembly (cdk.out): its stack, its template and where its assets lie.

The format is CDK's own (cloud-assembly-schema): `manifest.json` names the stacks, and each stack's
`<stack>.assets.json` maps what is uploaded on AWS to the folder it comes from.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any


@dataclass(frozen=True, kw_only=True, slots=True)
class Image:
    """One container image asset: what `docker build` would be given."""

    context: Path
    dockerfile: Path


@dataclass(frozen=True, kw_only=True, slots=True)
class Assembly:
    """One stack, ready to deploy."""

    stack: str
    template: Path
    files: dict[str, Path | None]
    """S3 object key to the file or folder; None where only publishing builds it (layers)."""
    images: dict[str, Image]
    """Image tag to its build context."""


@lru_cache
def read(folder: Path) -> Assembly:
    """The assembly in `folder`; `ValueError` says what is wrong with it."""
    manifest_file = folder / "manifest.json"
    if not manifest_file.is_file():
        raise ValueError(f"{folder} is no cloud assembly: it has no manifest.json.")
    artifacts: dict[str, Any] = json.loads(manifest_file.read_text())["artifacts"]
    stacks = {
        name: artifact
        for name, artifact in artifacts.items()
        if artifact["type"] == "aws:cloudformation:stack"
    }
    if len(stacks) != 1:
        raise ValueError(
            f"{folder} has {len(stacks)} stacks ({', '.join(stacks)}); "
            "the offline cloud deploys one. Synthesise one environment."
        )
    (name, artifact), *_ = stacks.items()
    properties = artifact["properties"]
    files: dict[str, Path | None] = {}
    images: dict[str, Image] = {}
    for other in artifacts.values():
        if other["type"] != "cdk:asset-manifest":
            continue
        assets = json.loads((folder / other["properties"]["file"]).read_text())
        for asset in assets.get("files", {}).values():
            path = asset["source"].get("path")
            for destination in asset["destinations"].values():
                files[destination["objectKey"]] = folder / path if path else None
        for asset in assets.get("dockerImages", {}).values():
            source = asset["source"]
            context = folder / source["directory"]
            image = Image(
                context=context, dockerfile=context / source.get("dockerFile", "Dockerfile")
            )
            for destination in asset["destinations"].values():
                images[destination["imageTag"]] = image
    return Assembly(
        stack=properties.get("stackName", name),
        template=folder / properties["templateFile"],
        files=files,
        images=images,
    )
