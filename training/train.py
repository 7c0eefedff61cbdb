"""The training container's program: `python -m training.train train`.

SageMaker runs it on the tree of `sluice.contracts.container`. Exit code 0: the model folder is
whole, also where SIGTERM ended the training early. Exit code 1: `output/failure` says why. What is
learnt, and how, is the task's own folder in `learners/`.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from threading import Event

from learners import interface
from sluice.contracts.container import MISUSED, ContainerTree, run
from sluice.contracts.environment import ContainerEnvironment
from sluice.contracts.training import Job
from training.job import read_job, stop_on_sigterm


def main(arguments: Sequence[str], tree: ContainerTree, stop: Event) -> int:
    """Read the job, train, export; the exit code."""
    if list(arguments) != ["train"]:
        print("usage: python -m training.train train", file=sys.stderr)
        return MISUSED
    return run(lambda: train(read_job(tree), stop), reason=tree.failure)


def train(job: Job, stop: Event) -> None:
    """Train `job` and write its model folder; `NotImplementedError` names what is not there."""
    if job.hyperparameters.precision != "fp32":
        raise NotImplementedError(
            f"Training in {job.hyperparameters.precision} is not there yet; use fp32."
        )
    learn = interface.learn_of(job.schema.task)
    # torch takes seconds to import; a job that cannot be read should not wait for it.
    from learners.shared import device

    learner = learn.learner(job, device.prepare(job.hyperparameters.seed))
    course = learner.fit(stop)
    learner.export(course)
    score = learner.evaluate()["score"]
    print(
        f"{course.ended}: best epoch {course.best_epoch} of {course.epochs}, score {score:.4f}, "
        f"{course.seconds:.1f} s",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], ContainerEnvironment.read().tree, stop_on_sigterm()))
