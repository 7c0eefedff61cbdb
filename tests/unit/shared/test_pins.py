"""What runs offline and in tests has the pins of what ships."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.requirements import Requirement

_REQUIREMENTS = Path(__file__).resolve().parents[3] / "requirements"


def pins(name: str) -> dict[str, Requirement]:
    lines = (_REQUIREMENTS / f"{name}.txt").read_text().splitlines()
    found = [Requirement(line) for line in lines if line and not line.startswith("#")]
    return {pin.name: pin for pin in found}


@pytest.mark.parametrize("bundle", ["functions", "validate", "train", "serve"])
def test_every_bundle_has_the_venvs_pins(bundle):
    ours = pins("dev")
    for package, pinned in pins(bundle).items():
        assert ours[package] == pinned
        if pinned.marker is None or pinned.marker.evaluate():
            assert version(package).partition("+")[0] in pinned.specifier


def test_the_serving_image_has_no_torch():
    assert "torch" not in pins("serve")


@pytest.mark.parametrize("path", sorted(_REQUIREMENTS.iterdir()), ids=lambda path: path.name)
def test_no_lock_names_a_registry(path):
    assert "http" not in path.read_text().lower()
