"""Holds a candidate against the champion. Pure.

not_worse   the lower end of the difference is -0.005 or above .... release
            shown to be worse .................................... reject
better      the lower end is above 0 ............................. release
            the upper end is 0 or below, or shown to be worse .... reject
else ............................................................. as gate.undecided says
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from sluice.contracts.evaluation import Compared, Evaluation, Interval
from sluice.contracts.spec import Gate

MARGIN: Final = 0.005
"""How much worse than the champion, in the metric's own unit, still counts as not worse."""

LIMIT: Final = 0.025
"""The largest p of the swaps that shows a candidate to be worse, on few rows."""

Outcome = Literal["release", "wait", "reject"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Against:
    """How a candidate stands to the champion, and what follows."""

    outcome: Outcome
    words: str


def against_champion(evaluation: Evaluation, gate: Gate) -> Against | None:
    """None where there is no champion to be compared with, or none that counts."""
    if gate.against_champion == "ignore" or evaluation.champion is None:
        return None
    difference, compared = evaluation.candidate_minus_champion, evaluation.compared
    if difference is None or compared is None:
        raise ValueError("An evaluation that scored a champion has no difference to it.")
    champion = (
        f"version {evaluation.champion.version}, which serves now (difference "
        f"{difference.value:+.3f}, 95 % interval {difference.low:+.3f} to {difference.high:+.3f}, "
        f"on {_rows(compared)})"
    )
    is_strict = gate.against_champion == "better"
    wanted = "better than" if is_strict else "as good as"
    if difference.low > 0 if is_strict else difference.low >= -MARGIN:
        return Against(outcome="release", words=f"{wanted} {champion}")
    if _is_worse(difference, compared):
        return Against(outcome="reject", words=f"shown to be worse than {champion}")
    if is_strict and difference.high <= 0:
        return Against(outcome="reject", words=f"shown to be no better than {champion}")
    return _undecided(difference, compared, gate, f"not shown to be {wanted} {champion}")


def _is_worse(difference: Interval, compared: Compared) -> bool:
    return difference.high < 0 and (compared.p_worse is None or compared.p_worse <= LIMIT)


def _undecided(difference: Interval, compared: Compared, gate: Gate, unshown: str) -> Against:
    outcome: Outcome
    if gate.undecided != "auto":
        outcome = gate.undecided
    elif gate.against_champion == "not_worse" and difference.value >= 0:
        outcome = "release"
    else:
        outcome = "wait"
    words = f"{unshown}, nor worse"
    if outcome == "release":
        return Against(outcome=outcome, words=f"{words}; gate.undecided releases it")
    enough = rows_to_tell(difference, compared.rows)
    return Against(
        outcome=outcome, words=f"{words}; some {enough:,} rows like these would be enough to tell"
    )


def rows_to_tell(difference: Interval, rows: int) -> int:
    """About how many rows it would take, to two digits: an interval narrows with the root of their
    number."""
    half = (difference.high - difference.low) / 2
    exact = rows * (half / max(abs(difference.value), MARGIN)) ** 2
    return int(float(f"{max(exact, rows):.1e}"))


def _rows(compared: Compared) -> str:
    kinds = {
        "held out now": compared.holdout_rows,
        "held out for that version": compared.earlier_rows,
        "that both answered out of fold": compared.out_of_fold_rows,
    }
    found = [f"{rows:,} {kind}" for kind, rows in kinds.items() if rows]
    return f"{compared.rows:,} rows: {', '.join(found)}"
