"""The kinds of learning beside plain prediction: which one the data is for, and why.

- *semi-supervised*: the target is missing in many rows; those are kept, to learn from as well.
- *forecasting*: one clock, one row a step, and a quantity to predict.
- *unsupervised*: there is no target.
- *reinforcement*: logged episodes; the columns are called as Gymnasium, Minari and RLlib call them:
  `observation` or `obs` (also with a suffix, `obs_0`), `action`, `reward`, in the plural too. There
  is no target: which column is what follows from the names.

Each can be stated as `task:` in sluice.yaml; what it needs is then required.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from sluice.contracts import tasks
from sluice.contracts.dataset import Finding
from sluice.contracts.spec import Spec
from sluice.validation.profile.measure import Summary
from sluice.validation.purpose.clock import Clock
from sluice.validation.purpose.forecasting import found_forecast, stated_forecast
from sluice.validation.purpose.target import Decision, choose_target, decide_task
from sluice.validation.refusals import Refused, listed, shown
from sluice.validation.rows.columns import TypedColumn
from sluice.validation.rows.table import Table

if TYPE_CHECKING:
    import duckdb

UNLABELLED: Final = 0.2
"""Share of rows without a target from which they are taken as meant to be so."""
_SUFFIX = r"([_.\- ]?\d+|[_.].+)?"
_ROLES: Final = {
    "observation": re.compile(rf"(obs|observations?){_SUFFIX}"),
    "action": re.compile(rf"actions?{_SUFFIX}"),
    "reward": re.compile(r"rewards?"),
}
_EPISODE: Final = re.compile(r"(episode|eps|trajectory|traj)s?([_.]?(id|index|number|no))?")


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """What is to be learnt, as far as the columns' names and sluice.yaml tell."""

    target: int | None
    """The target's place among the columns, from 0."""
    task: str | None = None
    """Where there is no target."""
    findings: tuple[Finding, ...] = ()


def choose(source: str, names: tuple[str, ...], spec: Spec) -> Choice:
    """The target, or the task that goes without one; raises `Refused` where sluice.yaml and the
    columns do not fit."""
    is_named = spec.target not in ("auto", None)
    if spec.task in (tasks.UNSUPERVISED.name, tasks.REINFORCEMENT.name):
        if is_named:
            raise Refused(
                "target-unused",
                f"{source}: sluice.yaml asks for `task: {spec.task}` and names the target "
                f"{shown(spec.target)}; that task has none.",
                remedy=f"Remove `target`, or `task: {spec.task}`.",
                column=spec.target,
            )
        if spec.task == tasks.REINFORCEMENT.name:
            _require_roles(source, names)
        return Choice(target=None, task=spec.task)
    if spec.task == tasks.AUTO and not is_named and not _missing_roles(names):
        return Choice(target=None, task=tasks.REINFORCEMENT.name)
    if spec.target is not None:
        place, guess = choose_target(source, names, spec)
        return Choice(target=place, findings=(guess,) if guess else ())
    if spec.task == tasks.AUTO:
        return Choice(target=None, task=tasks.UNSUPERVISED.name)
    raise Refused(
        "no-target",
        f"{source}: sluice.yaml asks for `task: {spec.task}` and says `target: null`; that task "
        "needs a target.",
        remedy="Name the column to predict under `target`, or write `task: unsupervised`.",
    )


def without_target(names: Sequence[str], choice: Choice, spec: Spec) -> Decision:
    """Unsupervised or reinforcement."""
    if choice.task == tasks.REINFORCEMENT.name:
        seen = ", ".join(f"{role} {listed(found)}" for role, found in _roles(names).items())
        return Decision(
            task=tasks.REINFORCEMENT.name,
            reason=f"The columns hold {seen}: a log to learn a policy from. To predict a column "
            "instead, name it under `target` in sluice.yaml.",
        )
    asked = "task: unsupervised" if spec.task == tasks.UNSUPERVISED.name else "target: null"
    return Decision(task=tasks.UNSUPERVISED.name, reason=f"sluice.yaml says `{asked}`.")


def may_lack(target: TypedColumn, rows: int, spec: Spec) -> bool:
    """Whether rows without a target are meant to be so, and not a fault."""
    lacking = rows - target.present
    if spec.task == tasks.SEMI_SUPERVISED.name:
        return target.present > 0
    return spec.task == tasks.AUTO and target.present > 0 and lacking >= UNLABELLED * rows


def with_target(
    con: duckdb.DuckDBPyConnection,
    source: str,
    data: Table,
    target: TypedColumn,
    found: Mapping[str, Summary],
    clocks: Sequence[Clock],
    spec: Spec,
) -> Decision:
    """Classification or regression, or what they become by rows without target, or by time."""
    plain = decide_task(source, target, found[target.id], target.present, spec)
    lacking = data.rows - target.present
    if lacking or spec.task == tasks.SEMI_SUPERVISED.name:
        return replace(
            plain,
            task=tasks.SEMI_SUPERVISED.name,
            reason=f"The target {shown(target.name)} is missing in {lacking:,} of {data.rows:,} "
            f"rows, which are learnt from as well. {plain.reason}",
        )
    if spec.task == tasks.FORECASTING.name:
        return stated_forecast(con, source, data, target, clocks)
    if spec.task == tasks.AUTO and plain.task == tasks.REGRESSION.name:
        return found_forecast(con, data, clocks) or plain
    return plain


def episode_finding(task: str, names: Sequence[str]) -> list[Finding]:
    """Rows of one episode lean on one another, and the split does not know it."""
    column = next((name for name in names if _EPISODE.fullmatch(name.casefold())), None)
    if task != tasks.REINFORCEMENT.name or column is None:
        return []
    return [
        Finding(
            severity="note",
            code="episodes-parted",
            message=f"Column {shown(column)} tells which episode a row is of; the split goes by "
            "the rows' content, so rows of one episode stand on both sides.",
            remedy="Nothing; to judge a policy on episodes it never saw, keep some out of the "
            "drop.",
            column=column,
        )
    ]


def all_labelled(task: str, target: TypedColumn, rows: int) -> list[Finding]:
    """Semi-supervised was asked for, and there is nothing of it in the data."""
    if task != tasks.SEMI_SUPERVISED.name or target.present < rows:
        return []
    return [
        Finding(
            severity="warn",
            code="all-labelled",
            message=f"sluice.yaml asks for semi-supervised learning, and the target "
            f"{shown(target.name)} is there in every row.",
            remedy="Remove `task: semi-supervised`, or drop rows without a target too.",
            column=target.name,
        )
    ]


def _roles(names: Sequence[str]) -> dict[str, list[str]]:
    return {
        role: [name for name in names if known.fullmatch(name.casefold())]
        for role, known in _ROLES.items()
    }


def _missing_roles(names: Sequence[str]) -> list[str]:
    return [role for role, found in _roles(names).items() if not found]


def _require_roles(source: str, names: Sequence[str]) -> None:
    if missing := _missing_roles(names):
        raise Refused(
            "no-episodes",
            f"{source}: sluice.yaml asks for reinforcement learning, and no column is called "
            f"{' or '.join(missing)}; there are {listed(list(names))}.",
            remedy="Call the columns observation (or obs_0, obs_1, …), action and reward.",
        )
