"""The environment is read in one place, and every error that the product raises is in one tree."""

from __future__ import annotations

import ast
import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest

from sluice.contracts import errors
from sluice.contracts.environment import (
    CommandEnvironment,
    ContainerEnvironment,
    SynthesisEnvironment,
    TrainEnvironment,
    with_python_path,
)

HOUSE = Path(__file__).parents[3]
PRODUCT = ("sluice", "functions", "learners", "training", "serving")

ELSEWHERE = {
    "infra/__init__.py": "jsii reads these two before any module of ours could",
    "learners/shared/device.py": "cuBLAS reads it; it is set, never read",
}
"""Files that touch os.environ for another program's sake, and why."""


def files(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from sorted((HOUSE / folder).rglob("*.py"))


def test_nothing_else_reads_the_environment() -> None:
    allowed = {HOUSE / "sluice/contracts/environment.py", *(HOUSE / name for name in ELSEWHERE)}

    found = [
        f"{path.relative_to(HOUSE)}:{node.lineno}"
        for path in files(*PRODUCT, "infra")
        if path not in allowed
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if (isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv", "environb"))
        or (isinstance(node, ast.ImportFrom) and node.module == "os")
    ]

    assert found == []


def classes_raised() -> Iterator[type]:
    """Every exception class that a product module defines."""
    for path in files(*PRODUCT):
        tree = ast.parse(path.read_text("utf-8"))
        if not any(isinstance(node, ast.ClassDef) for node in tree.body):
            continue
        name = ".".join(path.relative_to(HOUSE).with_suffix("").parts).removesuffix(".__init__")
        for _, found in inspect.getmembers(importlib.import_module(name), inspect.isclass):
            if issubclass(found, BaseException) and found.__module__ == name:
                yield found


def test_every_error_is_in_the_tree_and_the_tree_is_drawn() -> None:
    drawn = errors.__doc__ or ""
    found = list(classes_raised())
    outside = [each.__name__ for each in found if not issubclass(each, errors.SluiceError)]
    missing = [each.__name__ for each in found if each.__name__ not in drawn]

    assert outside == []
    assert missing == []


def test_a_missing_setting_is_named() -> None:
    with pytest.raises(ValueError, match="TrainEnvironment lacks SLUICE_POLICY"):
        TrainEnvironment.read(
            {
                f"SLUICE_{name}": "x"
                for name in (
                    *("SLUG", "ARTIFACT_BUCKET", "MODELS_TABLE"),
                    *("TRAINING_IMAGE", "TRAINING_ROLE"),
                )
            }
        )


def test_a_container_is_told_where_it_is_and_what_it_is_for() -> None:
    plain = ContainerEnvironment.read({})
    told = ContainerEnvironment.read(
        {"SLUICE_OPT_ML": "/elsewhere", "SAGEMAKER_BIND_TO_PORT": "81", "SLUICE_METRIC": "r2"}
    )

    assert (str(plain.tree.root), plain.port, plain.metric) == ("/opt/ml", 8080, "auto")
    assert (str(told.tree.model), told.port, told.metric) == ("/elsewhere/model", 81, "r2")
    with pytest.raises(ValueError, match="SAGEMAKER_BIND_TO_PORT is 'x'"):
        ContainerEnvironment.read({"SAGEMAKER_BIND_TO_PORT": "x"})


def test_an_empty_variable_of_a_shell_counts_as_none(tmp_path: Path) -> None:
    env = CommandEnvironment.read({"AWS_ENDPOINT_URL": "", "XDG_RUNTIME_DIR": str(tmp_path)})

    assert (env.endpoint_url, env.ca_bundle, env.runtime_folder) == (None, None, tmp_path)


def test_only_the_cdk_cli_has_its_template_checked() -> None:
    assert not SynthesisEnvironment.read({}).is_checked
    assert SynthesisEnvironment.read({"CDK_CLI_VERSION": "2", "CDK_OUTDIR": "out"}).outdir == "out"


def test_a_folder_comes_before_what_python_was_told_already() -> None:
    assert with_python_path(Path("/a"), {"PYTHONPATH": "/b", "X": "1"}) == {
        "PYTHONPATH": "/a:/b",
        "X": "1",
    }
