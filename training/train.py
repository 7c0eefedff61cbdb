"""The training container's program: `python -m training.train train`.

SageMaker runs it on the layout of `sluice.contracts.training`. Exit code 0: the model folder is
whole, also where SIGTERM ended the training early. Exit code 1: `output/failure` says why.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Sequence
from threading import Event

from training.job import Job, Paths, stop_on_sigterm

FAILURE_CHARACTERS = 1024
"""What SageMaker keeps of output/failure as FailureReason."""


def main(arguments: Sequence[str], paths: Paths, stop: Event) -> int:
    """Parse, build, train, export; the exit code."""
    if list(arguments) != ["train"]:
        print("usage: python -m training.train train", file=sys.stderr)
        return 2
    try:
        train(Job.read(paths), stop)
    except Exception as error:  # the process's edge: people read the file, not the traceback
        traceback.print_exc()
        paths.failure.parent.mkdir(parents=True, exist_ok=True)
        paths.failure.write_text(_sentence(error), "utf-8")
        return 1
    return 0


def train(job: Job, stop: Event) -> None:
    """Train `job` and write its model folder."""
    # torch takes seconds to import; a job that cannot be read should not wait for it.
    from training import device, tasks

    task = tasks.build(job, device.prepare(job.hyperparameters.seed))
    course = task.fit(stop)
    task.export(course)
    score = task.evaluate()["score"]
    print(
        f"{course.ended}: best epoch {course.best_epoch} of {course.epochs}, score {score:.4f}, "
        f"{course.seconds:.1f} s",
        flush=True,
    )


def _sentence(error: Exception) -> str:
    """For people: a ValueError says what is wrong in their data, all else is named by its type."""
    text = str(error) if isinstance(error, ValueError) else f"{type(error).__name__}: {error}"
    return text[:FAILURE_CHARACTERS]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], Paths.read(), stop_on_sigterm()))
