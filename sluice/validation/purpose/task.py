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

import difflib
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from sluice.contracts import tasks
from sluice.contracts.dataset import Finding
from sluice.contracts.spec import Spec
from sluice.contracts.spec_lines import exclude_line, target_line
from sluice.validation.profile.measure import Summary
from sluice.validation.purpose.forecasting import found_forecast, stated_forecast
from sluice.validation.purpose.target import Purpose, choose_target, decide_task
from sluice.validation.purpose.time_columns import TimeColumn
from sluice.validation.refusals import Refused
from sluice.validation.rows.columns import TypedColumn
from sluice.validation.rows.table import Table
from sluice.validation.wording import listed, shown

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


@dataclass(frozen=True, kw_only=True, slots=True)
class TargetChoice:
    """What is to be learnt, as far as the columns' names and sluice.yaml tell."""

    target: int | None
    """The target's place among the columns, from 0."""
    task: str | None = None
    """Where there is no target."""
    findings: tuple[Finding, ...] = ()


def choose(
    source: str, names: tuple[str, ...], spec: Spec, index: Collection[str] = ()
) -> TargetChoice:
    """The target, or the task that goes without one; raises `Refused` where sluice.yaml and the
    columns do not fit. The `index` columns are no target unless sluice.yaml names one."""
    is_named = spec.target not in ("auto", None)
    if spec.task in (tasks.UNSUPERVISED.name, tasks.REINFORCEMENT.name):
        if is_named:
            raise Refused(
                "target-unused",
                f"{source}: sluice.yaml asks for `task: {spec.task}` and names the target "
                f"{shown(spec.target)}; that task has none.",
                remedy="To predict it, write `task: auto` in sluice.yaml; else `target: auto`.",
                column=spec.target,
            )
        if spec.task == tasks.REINFORCEMENT.name:
            _require_roles(source, names)
        return TargetChoice(target=None, task=spec.task)
    if spec.task == tasks.AUTO and not is_named and not _missing_roles(names):
        return TargetChoice(target=None, task=tasks.REINFORCEMENT.name)
    if spec.target is not None:
        may_be = [at for at, name in enumerate(names) if is_named or name not in index]
        may_be = may_be or list(range(len(names)))
        place, guess = choose_target(source, tuple(names[at] for at in may_be), spec)
        return TargetChoice(target=may_be[place], findings=(guess,) if guess else ())
    if spec.task == tasks.AUTO:
        return TargetChoice(target=None, task=tasks.UNSUPERVISED.name)
    raise Refused(
        "no-target",
        f"{source}: sluice.yaml asks for `task: {spec.task}` and says `target: null`; that task "
        "needs a target.",
        remedy="Name the column to predict, or write `target: auto` in sluice.yaml to have it "
        "chosen; without one, `task: unsupervised`.",
    )


def check_excluded(source: str, names: tuple[str, ...], target: int | None, spec: Spec) -> None:
    """Refuse an `exclude:` that names no column, or the target."""
    for name in spec.exclude:
        if name not in names:
            close = difflib.get_close_matches(name, names, n=1)
            raise Refused(
                "unknown-column",
                f"{source}: sluice.yaml excludes {shown(name)}, and there is no such column.",
                remedy=f"Did you mean {exclude_line(close[0])}?"
                if close
                else f"There are {listed(list(names))}.",
                column=name,
            )
        if target is not None and names[target] == name:
            others = [n for n in names if n not in spec.exclude]
            raise Refused(
                "target-excluded",
                f"{source}: {shown(name)} is the target, and sluice.yaml excludes it.",
                remedy=f"Name another target, such as {target_line(others[-1])}."
                if others and spec.target == "auto"
                else "Take it out of `exclude`.",
                column=name,
            )


def without_target(names: Sequence[str], choice: TargetChoice, spec: Spec) -> Purpose:
    """Unsupervised or reinforcement."""
    if choice.task == tasks.REINFORCEMENT.name:
        seen = ", ".join(f"{role} {listed(found)}" for role, found in _roles(names).items())
        return Purpose(
            task=tasks.REINFORCEMENT.name,
            reason=f"The columns hold {seen}: a log to learn a policy from. To predict a column "
            "instead, name it under `target` in sluice.yaml.",
        )
    asked = "task: unsupervised" if spec.task == tasks.UNSUPERVISED.name else "target: null"
    return Purpose(task=tasks.UNSUPERVISED.name, reason=f"sluice.yaml says `{asked}`.")


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
    time_columns: Sequence[TimeColumn],
    spec: Spec,
) -> Purpose:
    """Classification or regression, or what they become by rows without target, or by time."""
    names = [column.name for column in data.columns]
    plain = decide_task(source, target, found[target.id], target.present, spec, names)
    lacking = data.rows - target.present
    if lacking or spec.task == tasks.SEMI_SUPERVISED.name:
        return replace(
            plain,
            task=tasks.SEMI_SUPERVISED.name,
            reason=f"The target {shown(target.name)} is missing in {lacking:,} of {data.rows:,} "
            f"rows, which are learnt from as well. {plain.reason}",
        )
    if spec.task == tasks.FORECASTING.name:
        return stated_forecast(con, source, data, target, time_columns)
    if spec.task == tasks.AUTO and plain.task == tasks.REGRESSION.name:
        return found_forecast(con, data, time_columns) or plain
    return plain


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
            remedy="Call the columns observation (or obs_0, obs_1, …), action and reward; to "
            "predict a column instead, write `task: auto` in sluice.yaml.",
        )
