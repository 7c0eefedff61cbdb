"""The gate's evaluation: `python -m serving.evaluate`, a SageMaker Processing job.

Scores the candidate, the champion where one serves, and the trivial baseline on the same holdout
rows; see `sluice.contracts.evaluation` for the layout. It measures and decides nothing. Exit code
0: `evaluation.json` is written; 1: `output/message` says why not.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from pydantic import ValidationError

from serving import metrics, scoring
from serving.model import Model
from serving.settings import Settings
from sluice.contracts.dataset import Schema, Target
from sluice.contracts.evaluation import Evaluation, Interval, Score
from sluice.features import encode_target
from sluice.parquet import batches

MESSAGE_CHARACTERS = 1024
"""What SageMaker keeps of output/message as ExitMessage."""


def evaluate(settings: Settings) -> Evaluation:
    """Measure; `ValueError` says what makes it impossible."""
    folder = settings.root / "processing/input"
    schema = _schema(folder / "schema/schema.json")
    target = schema.target
    if target is None:
        raise ValueError("The schema names no target: there is nothing to measure against.")
    metric = scoring.choose_metric(settings.metric, target)
    candidate = Model(folder / "candidate")
    if why := scoring.why_unfit(candidate.signature, schema):
        raise ValueError(f"The candidate does not fit the holdout rows. {why}")
    models = {"candidate": candidate}
    champion_error = None
    if (folder / "champion").is_dir():
        champion = Model(folder / "champion")
        champion_error = scoring.why_unfit(champion.signature, schema)
        if champion_error is None:
            models["champion"] = champion
    truth, answers = _answers(folder / "holdout", target, models)
    scoring.check_rows(metric, truth)
    scored = {name: scoring.of_answers(metric, truth, answers[name], target) for name in models} | {
        "baseline": scoring.of_baseline(metric, truth, target)
    }
    drawn = dict(
        zip(
            scored,
            metrics.bootstrap([each.statistic for each in scored.values()], len(truth)),
            strict=True,
        )
    )

    def score(name: str, version: str) -> Score:
        value = scored[name].metrics[metric]
        return Score(
            version=version,
            metrics=scored[name].metrics,
            score=metrics.interval(value, drawn[name]),
        )

    def difference(other: str) -> Interval:
        value = scored["candidate"].metrics[metric] - scored[other].metrics[metric]
        return metrics.interval(value, drawn["candidate"] - drawn[other])

    champion_scored = "champion" in models
    return Evaluation(
        metric=metric,
        rows=len(truth),
        candidate=score("candidate", settings.candidate or candidate.signature.version),
        baseline=score("baseline", "baseline"),
        champion=(
            score("champion", settings.champion or models["champion"].signature.version)
            if champion_scored
            else None
        ),
        candidate_minus_baseline=difference("baseline"),
        candidate_minus_champion=difference("champion") if champion_scored else None,
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
    holdout: Path, target: Target, models: Mapping[str, Model]
) -> tuple[npt.NDArray[Any], dict[str, npt.NDArray[np.float32]]]:
    """Truth and each model's answers, one batch of rows in memory at a time."""
    names = {column.name for model in models.values() for column in model.signature.columns}
    truths: list[npt.NDArray[Any]] = []
    answers: dict[str, list[npt.NDArray[np.float32]]] = {name: [] for name in models}
    for batch in batches(holdout, [*sorted(names), target.name]):
        truths.append(encode_target(batch[target.name], target))
        for name, model in models.items():
            answers[name].append(model.answer(batch))
    if not truths:
        raise ValueError("The holdout set has no rows; nothing can be measured on it.")
    return np.concatenate(truths), {n: np.concatenate(parts) for n, parts in answers.items()}


def main(settings: Settings) -> int:
    """Evaluate and write the answer; the exit code."""
    try:
        evaluation = evaluate(settings)
        output = settings.root / "processing/output/evaluation.json"
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_text(evaluation.model_dump_json(indent=1), "utf-8")
    except Exception as error:  # the process's edge: people read the message, not the traceback
        traceback.print_exc()
        text = str(error) if isinstance(error, ValueError) else f"{type(error).__name__}: {error}"
        message = settings.root / "output/message"
        message.parent.mkdir(parents=True, exist_ok=True)
        message.write_text(text[:MESSAGE_CHARACTERS], "utf-8")
        return 1
    print(
        f"{evaluation.metric}: candidate {evaluation.candidate.score.value:.4f}, "
        f"baseline {evaluation.baseline.score.value:.4f} on {evaluation.rows} rows",
        flush=True,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(Settings.read()))
