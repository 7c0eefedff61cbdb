"""Synthesis: the same template whoever asks, for any account, with nothing left behind."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from aws_cdk.aws_iam import PolicyStatement, Role, ServicePrincipal

from infra.app import build, synthesise
from infra.config import ENVIRONMENTS, Config, configure
from infra.parts.source import ROOT
from tests.infra.template import Template


@pytest.fixture(scope="module")
def rehearsed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The assembly as the offline cloud has it written: unchecked."""
    return Path(synthesise(str(tmp_path_factory.mktemp("rehearsed")), checked=False).directory)


def test_the_template_is_the_same_twice_checked_or_not(dev: Template, rehearsed: Path):
    assert Template.read(rehearsed) == dev


@pytest.mark.skipif(shutil.which("npx") is None, reason="the CDK CLI needs Node.js")
def test_the_cli_writes_the_template_that_is_rehearsed(dev: Template, tmp_path: Path):
    words = ["npx", "--no-install", "cdk", "synth", "--quiet", "--output", str(tmp_path)]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
    done = subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "Node 20 is end-of-life" not in done.stdout + done.stderr
    assert Template.read(tmp_path) == dev


@pytest.mark.parametrize("env", set(ENVIRONMENTS) - {"dev", "prod"})
def test_every_environment_passes_every_check(env: str, tmp_path: Path):
    """`dev` and `prod` are checked where their fixtures synthesise them."""
    synthesise(str(tmp_path), {"env": env})


def test_a_wildcard_that_nobody_argued_for_fails_synth(tmp_path: Path):
    app = build(str(tmp_path))
    stack = app.node.find_child("Sluice")
    role = Role(stack, "Careless", assumed_by=ServicePrincipal("lambda.amazonaws.com"))
    role.add_to_policy(PolicyStatement(actions=["s3:GetObject"], resources=["*"]))
    with pytest.raises(RuntimeError, match=re.escape("AwsSolutions-IAM5[Resource::*]")):
        app.synth()


def test_the_template_names_no_account_and_no_region(dev: Template):
    text = json.dumps(dev.body)
    assert re.findall(r"(?<![0-9a-f])\d{12}(?![0-9a-f])", text) == []
    assert re.findall(r"\b(?:us|eu|ap|sa|ca|me|af)-[a-z]+-\d\b", text) == []
    assert str(ROOT) not in text


def test_the_template_has_no_custom_resource_and_no_parameter(dev: Template):
    kinds = {r["Type"] for r in dev.body["Resources"].values()}
    assert not any(kind.startswith(("Custom::", "AWS::CloudFormation::Custom")) for kind in kinds)
    assert "Parameters" not in dev.body
    assert "Rules" not in dev.body


def test_the_outputs_are_what_clients_look_for(dev: Template, prod: Template):
    wanted = {
        *("Slug", "DropBucket", "ArtifactBucket", "LedgerTable", "ModelsTable", "ApiUrl", "Topic")
    }
    assert set(dev.body["Outputs"]) == set(prod.body["Outputs"]) == wanted
    assert prod.body["Outputs"]["Slug"]["Value"] == "shop"


def test_synthesis_writes_nothing_outside_its_folder(tmp_path: Path):
    before = visible()
    synthesise(str(tmp_path), checked=False)
    assert visible() == before


def visible() -> set[Path]:
    """Every file of the repository that is neither hidden nor Python's own."""
    return {
        path
        for top in ROOT.iterdir()
        if not top.name.startswith(".") and top.name not in ("node_modules", "cdk.out")
        for path in (top, *top.rglob("*"))
        if "__pycache__" not in path.parts
    }


def test_an_unknown_environment_is_refused_with_those_there_are():
    with pytest.raises(ValueError, match=r"no environment 'test'\. Choose one of dev, staging"):
        configure("test")


@pytest.mark.parametrize("slug", ["", "Sluice", "x", "a-b", "averylongslug", "1st"])
def test_a_slug_that_cannot_begin_names_is_refused(slug: str):
    with pytest.raises(ValueError, match="cannot name a stack"):
        Config(slug=slug)
