"""The job that validates what is too large for the function: `python -m functions.validate.job`.

A SageMaker Processing job. Its two arguments are the artifact bucket and the key of the `Handover`.
It ends the drop just as the function does, marker last. Exit code 0: a marker stands; 1:
`output/message` says why not. Run again, it finds the marker and only says again what that says.
"""

from __future__ import annotations

import os
import sys
import tempfile

from functions.shared.aws import AwsClients
from functions.shared.objects import Store
from functions.validate.assess import Assessor
from functions.validate.handover import Handover
from functions.validate.room import Room
from sluice.contracts.container import ContainerTree, run
from sluice.contracts.environment import ContainerEnvironment


def main(bucket: str, key: str, tree: ContainerTree) -> int:
    """Validate the drop that the handover names; the exit code."""
    # The volume whose size was asked for is mounted here, and nowhere else.
    work = tree.root / "processing/work"
    work.mkdir(parents=True, exist_ok=True)
    tempfile.tempdir = str(work)
    return run(lambda: _validate(bucket, key), reason=tree.message)


def _validate(bucket: str, key: str) -> None:
    aws = AwsClients()
    found = Store(aws.client("s3"), bucket).read(key)
    if found is None:
        raise ValueError(f"There is no s3://{bucket}/{key}.")
    handover = Handover.model_validate_json(found[0])
    assessor = Assessor.of_stack(handover.env, aws)
    room = Room.of_machine(
        assessor.policy, memory_bytes=_memory_of_machine(), cores=os.cpu_count() or 1
    )
    assessor.finish(handover.arrival, room)
    print(f"{handover.key} came to its end.", flush=True)


def _memory_of_machine() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


if __name__ == "__main__":
    _, *words = sys.argv
    if len(words) != 2:
        sys.exit("usage: python -m functions.validate.job ARTIFACT_BUCKET HANDOVER_KEY")
    sys.exit(main(words[0], words[1], ContainerEnvironment.read().tree))
