"""The gate's evaluation: `python -m serving.evaluate`, a SageMaker Processing job.

Scores the candidate, the champion where one serves, and the trivial baseline on the same holdout
rows; see `sluice.contracts.evaluation` for what lies where. It measures and decides nothing. Exit
code 0: `evaluation.json` is written; 1: `output/message` says why not.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from pydantic import ValidationError

from learners import interface
from learners.interface import Judge, Model
from learners.shared import resampling
from learners.shared.parquet import batches
from sluice.contracts.container import run
from sluice.contracts.dataset import Schema
from sluice.contracts.environment import ContainerEnvironment
from sluice.contracts.evaluation import Evaluation, Interval, Score

CANDIDATE = "candidate"
BASELINE = "baseline"
CHAMPION = "champion"


def evaluate(env: ContainerEnvironment) -> Evaluation:
    """Measure; `ValueError` says what makes it impossible."""
    schema = _schema(env.tree.processing_input("schema") / "schema.json")
    judge = interface.judge_of(schema.task).judge(schema, env.metric)
    folder = env.tree.processing_input(CANDIDATE)
    if why := judge.why_unfit(interface.signature_in(folder)):
        raise ValueError(f"The candidate does not fit the holdout rows. {why}")
    models = {CANDIDATE: interface.load(folder)}
    champion_error = None
    folder = env.tree.processing_input(CHAMPION)
    if folder.is_dir():
        champion_error = judge.why_unfit(interface.signature_in(folder))
        if champion_error is None:
            models[CHAMPION] = interface.load(folder)
    truth, answers = _answers(env.tree.processing_input("holdout"), judge, models)
    judge.require_measurable(truth)
    scored = {name: judge.score(truth, answers[name]) for name in models}
    scored[BASELINE] = judge.baseline(truth)
    statistics = [each.statistic for each in scored.values()]
    drawn = dict(zip(scored, resampling.bootstrap(statistics, len(truth)), strict=True))
    stated = {CANDIDATE: env.candidate, CHAMPION: env.champion}

    def score(name: str) -> Score:
        found = scored[name].metrics
        version = name
        if name in models:
            version = stated[name] or models[name].signature.version
        return Score(
            version=version,
            metrics=found,
            score=resampling.interval(found[judge.metric], drawn[name]),
        )

    def difference(other: str) -> Interval:
        value = scored[CANDIDATE].metrics[judge.metric] - scored[other].metrics[judge.metric]
        return resampling.interval(value, drawn[CANDIDATE] - drawn[other])

    return Evaluation(
        metric=judge.metric,
        rows=len(truth),
        candidate=score(CANDIDATE),
        baseline=score(BASELINE),
        champion=score(CHAMPION) if CHAMPION in models else None,
        candidate_minus_baseline=difference(BASELINE),
        candidate_minus_champion=difference(CHAMPION) if CHAMPION in models else None,
        champion_error=champion_error,
    )


def _schema(path: Path) -> Schema:
    try:
        return Schema.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        raise ValueError(f"The evaluation has no schema at {path}.") from None
    except ValidationError as error:
        fault = error.errors()[0]
        field = ".".join(map(str, fault["loc"]))
        raise ValueError(f"schema.json: {field}: {fault['msg']}.") from None


def _answers(
    holdout: Path, judge: Judge, models: Mapping[str, Model]
) -> tuple[npt.NDArray[Any], dict[str, npt.NDArray[Any]]]:
    """Truth and each model's answers, one batch of rows in memory at a time."""
    names = {column.name for model in models.values() for column in model.signature.columns}
    truths: list[npt.NDArray[Any]] = []
    answers: dict[str, list[npt.NDArray[Any]]] = {name: [] for name in models}
    for batch in batches(holdout, [*sorted(names), *judge.truth_columns]):
        truths.append(judge.truth(batch))
        for name, model in models.items():
            answers[name].append(model.answer(batch))
    if not truths:
        raise ValueError("The holdout set has no rows; nothing can be measured on it.")
    return np.concatenate(truths), {n: np.concatenate(parts) for n, parts in answers.items()}


def main(env: ContainerEnvironment) -> int:
    """Evaluate and write the answer; the exit code."""
    return run(lambda: _write(evaluate(env), env), reason=env.tree.message)


def _write(evaluation: Evaluation, env: ContainerEnvironment) -> None:
    output = env.tree.processing_output / "evaluation.json"
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(evaluation.model_dump_json(indent=1), "utf-8")
    print(
        f"{evaluation.metric}: candidate {evaluation.candidate.score.value:.4f}, "
        f"baseline {evaluation.baseline.score.value:.4f} on {evaluation.rows} rows",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main(ContainerEnvironment.read()))
