"""What pyproject.toml cannot say of the wheel: it holds the compiled scanner, so it has a platform.

An editable installation, which is what `make` does, compiles nothing: `make` has a rule for that.
"""

from __future__ import annotations

import runpy
import shutil
from pathlib import Path

from setuptools import Distribution, setup
from setuptools.command.bdist_wheel import bdist_wheel
from setuptools.command.build_py import build_py

SCANNER = Path("sluice", "validation", "scanner")


class BuildWithScanner(build_py):
    """Puts the compiled scanner beside the modules, in a folder that held nothing before."""

    def run(self) -> None:
        """As setuptools does it, and the libraries of this machine's kind."""
        if not self.editable_mode:
            shutil.rmtree(self.build_lib, ignore_errors=True)
        super().run()
        if self.editable_mode:
            return
        compiler = runpy.run_path(str(SCANNER / "build.py"))
        for target in compiler["targets_for_wheel"]():
            compiler["build"](target, Path(self.build_lib) / SCANNER)


class PlatformWheel(bdist_wheel):
    """A wheel for every Python 3, of one platform."""

    def get_tag(self) -> tuple[str, str, str]:
        """The library needs nothing of Python, and of Linux the C library that build.py names."""
        platform = super().get_tag()[2]
        return "py3", "none", platform.replace("linux_", "manylinux_2_28_", 1)


class PlatformDistribution(Distribution):
    """Goes where compiled packages go."""

    def has_ext_modules(self) -> bool:
        """The scanner is one, though Python does not import it."""
        return True


setup(
    distclass=PlatformDistribution,
    cmdclass={"build_py": BuildWithScanner, "bdist_wheel": PlatformWheel},
)
