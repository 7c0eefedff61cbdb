"""The gate's evaluation: `python -m serving.evaluate`, a SageMaker Processing job.

Scores the candidate and the trivial baseline on the rows that judge (`chance`), and candidate and
champion on all rows that are fair to both (`comparison`); see `sluice.contracts.evaluation` for
what lies where. It measures, trains nothing and decides nothing. Exit code 0: `evaluation.json` is
written; 1: `output/message` says why not.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from pydantic import ValidationError

from learners import interface
from learners.interface import Judge, Model, Scored
from learners.shared import resampling
from learners.shared.evidence import out_of_fold, trained_rows
from learners.shared.parquet import batches
from learners.shared.row_hash import Hashes, row_hashes
from serving.chance import chance, settle
from serving.comparison import Seen, compare
from serving.sole import FEWEST_ROWS, PERFECT, sole_column
from sluice.contracts.container import run
from sluice.contracts.dataset import Schema
from sluice.contracts.environment import ContainerEnvironment
from sluice.contracts.evaluation import Evaluation, Interval, Score


@dataclass(frozen=True, kw_only=True, slots=True)
class _Loaded:
    """A model folder, loaded, and the version that it goes by."""

    folder: Path
    model: Model
    version: str

    @classmethod
    def load(cls, folder: Path, version: str | None) -> Self:
        model = interface.load(folder)
        return cls(folder=folder, model=model, version=version or model.signature.version)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Rows:
    """Held-out rows, read once."""

    truth: npt.NDArray[Any]
    answers: list[npt.NDArray[Any]]
    """Of each model."""
    hashes: list[Hashes]
    """As each model sees the rows."""


def evaluate(env: ContainerEnvironment) -> Evaluation:
    """Measure; `ValueError` says what makes it impossible."""
    judge = _judge(env, "schema")
    folder = env.tree.processing_input("candidate")
    if why := judge.why_unfit(interface.signature_in(folder)):
        raise ValueError(f"The candidate does not fit the holdout rows. {why}")
    candidate = _Loaded.load(folder, env.candidate)
    models = [candidate]
    champion_error = None
    folder = env.tree.processing_input("champion")
    if folder.is_dir():
        champion_error = judge.why_unfit(interface.signature_in(folder))
        if champion_error is None:
            models.append(_Loaded.load(folder, env.champion))
    holdout = env.tree.processing_input("holdout")
    rows = _read(holdout, judge, models)
    evidence = settle(judge, rows.truth, rows.answers[0], out_of_fold(candidate.folder))
    judge.require_measurable(evidence.truth)
    scored = judge.score(evidence.truth, evidence.answers)
    baseline = judge.baseline(evidence.truth)
    drawn, drawn_baseline = resampling.bootstrap(
        [scored.statistic, baseline.statistic], len(evidence.truth)
    )
    ours, theirs = scored.metrics[judge.metric], baseline.metrics[judge.metric]
    evaluation = Evaluation(
        metric=judge.metric,
        rows=len(evidence.truth),
        candidate=_score(candidate.version, scored, resampling.interval(ours, drawn)),
        baseline=_score("baseline", baseline, resampling.interval(theirs, drawn_baseline)),
        chance=chance(judge, evidence),
        candidate_minus_baseline=resampling.interval(ours - theirs, drawn - drawn_baseline),
        champion_error=champion_error,
        sole_column=_sole_column(holdout, judge, candidate, rows),
    )
    return _beside(evaluation, env, judge, models, rows) if len(models) > 1 else evaluation


def _beside(
    evaluation: Evaluation,
    env: ContainerEnvironment,
    judge: Judge,
    models: Sequence[_Loaded],
    rows: _Rows,
) -> Evaluation:
    """The evaluation, and what the champion does on all rows that are fair to both."""
    candidate, champion = models
    earlier = _earlier(env, candidate, models, known=rows.hashes[0])
    is_earlier = np.repeat([False, True], [len(rows.truth), len(earlier.truth) if earlier else 0])
    every = _joined(rows, earlier) if earlier else rows
    seen = [
        Seen(
            answers=every.answers[number],
            hashes=every.hashes[number],
            trained=trained_rows(each.folder),
            out_of_fold=out_of_fold(each.folder),
        )
        for number, each in enumerate(models)
    ]
    try:
        found = compare(judge, every.truth, is_earlier, *seen)
    except ValueError as error:
        return evaluation.model_copy(update={"champion_error": str(error)})
    return evaluation.model_copy(
        update={
            "champion": _score(champion.version, found.champion, found.interval),
            "candidate_minus_champion": found.difference,
            "compared": found.compared,
        }
    )


def _earlier(
    env: ContainerEnvironment, candidate: _Loaded, models: Sequence[_Loaded], *, known: Hashes
) -> _Rows | None:
    """The rows that the champion's own dataset held out and are not `known`; None where there are
    none, or where the candidate does not fit them."""
    folder = env.tree.processing_input("champion-holdout")
    if not folder.is_dir():
        return None
    judge = _judge(env, "champion-schema")
    if judge.why_unfit(candidate.model.signature):
        return None
    rows = _read(folder, judge, models)
    new = ~np.isin(rows.hashes[0], known)
    return _Rows(
        truth=rows.truth[new],
        answers=[each[new] for each in rows.answers],
        hashes=[each[new] for each in rows.hashes],
    )


def _joined(one: _Rows, other: _Rows) -> _Rows:
    def both(ours: Sequence[Any], theirs: Sequence[Any]) -> list[Any]:
        return [np.concatenate(pair) for pair in zip(ours, theirs, strict=True)]

    return _Rows(
        truth=np.concatenate([one.truth, other.truth]),
        answers=both(one.answers, other.answers),
        hashes=both(one.hashes, other.hashes),
    )


def _sole_column(holdout: Path, judge: Judge, candidate: _Loaded, rows: _Rows) -> str | None:
    """Only looked for where the candidate is right on all of many held-out rows."""
    if len(rows.truth) < FEWEST_ROWS:
        return None
    try:
        judge.require_measurable(rows.truth)
    except ValueError:
        return None
    if judge.score(rows.truth, rows.answers[0]).metrics[judge.metric] < PERFECT:
        return None
    names = [column.name for column in candidate.model.signature.columns]
    return sole_column(holdout, names, rows.truth)


def _score(version: str, scored: Scored, interval: Interval) -> Score:
    return Score(version=version, metrics=scored.metrics, score=interval)


def _judge(env: ContainerEnvironment, name: str) -> Judge:
    schema = _schema(env.tree.processing_input(name) / "schema.json")
    return interface.judge_of(schema.task).judge(schema, env.metric)


def _schema(path: Path) -> Schema:
    try:
        return Schema.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        raise ValueError(f"The evaluation has no schema at {path}.") from None
    except ValidationError as error:
        fault = error.errors()[0]
        field = ".".join(map(str, fault["loc"]))
        raise ValueError(f"schema.json: {field}: {fault['msg']}.") from None


def _read(holdout: Path, judge: Judge, models: Sequence[_Loaded]) -> _Rows:
    """Truth, answers and hashes, one batch of rows in memory at a time."""
    columns = [[column.name for column in each.model.signature.columns] for each in models]
    names = {name for each in columns for name in each}
    truths: list[npt.NDArray[Any]] = []
    answers: list[list[npt.NDArray[Any]]] = [[] for _ in models]
    hashes: list[list[Hashes]] = [[] for _ in models]
    for batch in batches(holdout, [*sorted(names), *judge.truth_columns]):
        truths.append(judge.truth(batch))
        for number, each in enumerate(models):
            answers[number].append(each.model.answer(batch))
            hashes[number].append(row_hashes(batch, [*columns[number], *judge.truth_columns]))
    if not truths:
        raise ValueError("The holdout set has no rows; nothing can be measured on it.")
    return _Rows(
        truth=np.concatenate(truths),
        answers=[np.concatenate(parts) for parts in answers],
        hashes=[np.concatenate(parts) for parts in hashes],
    )


def main(env: ContainerEnvironment) -> int:
    """Evaluate and write the answer; the exit code."""
    return run(lambda: _write(evaluate(env), env), reason=env.tree.message)


def _write(evaluation: Evaluation, env: ContainerEnvironment) -> None:
    output = env.tree.processing_output / "evaluation.json"
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(evaluation.model_dump_json(indent=1), "utf-8")
    print(
        f"{evaluation.metric}: candidate {evaluation.candidate.score.value:.4f}, "
        f"baseline {evaluation.baseline.score.value:.4f} on {evaluation.rows} rows, "
        f"p {evaluation.chance.p:.4f} ({evaluation.chance.evidence})",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main(ContainerEnvironment.read()))
