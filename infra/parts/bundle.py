"""What functions are made of: their own source, and one of two layers of packages."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

from aws_cdk import DefaultStackSynthesizer, Stack
from aws_cdk.aws_lambda import CfnLayerVersion, Code, ILayerVersion, LayerVersion, Runtime
from constructs import Construct

from infra.parts import layer
from infra.parts.source import ROOT, gathered, sources

RUNTIME = Runtime.PYTHON_3_13
REQUIREMENTS = ROOT / "requirements"


class Bundle(Construct):
    """The source of each function is an asset of its own. The packages come as layers, which pip
    makes while `cdk deploy` publishes them: writing the template needs no network, and stays
    fast."""

    def __init__(self, scope: Construct, id: str, *, synthesizer: DefaultStackSynthesizer) -> None:
        """`synthesizer` is the stack's own; what it registers is published with the template."""
        super().__init__(scope, id)
        # The stack works with a copy that Python never sees (jsii takes it for this one). The two
        # share one list of assets, but each has to be told its stack.
        synthesizer.bind(Stack.of(self))
        self._synthesizer = synthesizer
        self.base = self._layer("Base", REQUIREMENTS / "functions.txt")
        """What every handler imports."""
        self.validation = self._layer("Validation", REQUIREMENTS / "validate.txt")
        """The same, and what validate's engine imports."""

    def code_of(self, word: str) -> Code:
        """The source of the function `word`: its handler, and what that imports."""
        return Code.from_asset(str(gathered(sources(f"functions/{word}/handler.py"))))

    def _layer(self, id: str, lock: Path) -> ILayerVersion:
        if not lock.is_file():
            raise FileNotFoundError(
                f"There is no lock {lock.relative_to(ROOT)}: the layer is built from it. "
                "Write it: make lock."
            )
        maker = Path(layer.__file__)
        asset = self._synthesizer.add_file_asset(
            executable=[sys.executable, "-P", str(maker), str(lock)],
            source_hash=hashlib.sha256(lock.read_bytes() + maker.read_bytes()).hexdigest(),
            display_name=f"Layer of {lock.name}",
        )
        version = CfnLayerVersion(
            self,
            id,
            description=f"The packages of requirements/{lock.name}.",
            compatible_runtimes=[RUNTIME.name],
            compatible_architectures=["x86_64"],
            content=CfnLayerVersion.ContentProperty(
                s3_bucket=asset.bucket_name, s3_key=asset.object_key
            ),
        )
        return LayerVersion.from_layer_version_arn(self, f"{id}Reference", version.ref)
