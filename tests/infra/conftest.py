from __future__ import annotations

import pytest

from infra.app import synthesise
from tests.infra.template import Template


@pytest.fixture(scope="session")
def dev(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """The default environment, with every check on: a finding of cdk-nag raises here."""
    return Template.read(synthesise(str(tmp_path_factory.mktemp("dev"))).directory)


@pytest.fixture(scope="session")
def prod(tmp_path_factory: pytest.TempPathFactory) -> Template:
    outdir = str(tmp_path_factory.mktemp("prod"))
    return Template.read(synthesise(outdir, {"env": "prod", "slug": "shop"}).directory)
