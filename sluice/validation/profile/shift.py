"""How far the values of a column have moved since a profile was taken. Pure.

The measure is PSI, the population stability index: the sum of (new share - old share) *
ln(new share / old share) over bins of numbers, or over values of a category. Dates move on by
themselves and are not measured. It takes documents and counts, and no rows: so a drop is held
against the last one, and captured traffic against what a model learnt from.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sluice.contracts.dataset import Scalar

MOVED: Final = 0.1
MOVED_FAR: Final = 0.25
"""Below 0.1 a population is stable, from 0.25 on it is another: N. Siddiqi, Credit Risk Scorecards
(Wiley, 2006)."""
_CHANCE: Final = 3.09
"""Normal quantile at 99.9 %. Of two samples of one population, PSI / (1/n + 1/m) is chi-squared
with one degree less than there are bins (B. Yurdakul, Statistical Properties of Population
Stability Index, Western Michigan University, 2018): what chance brings is no shift."""
_MANY: Final = 200
"""From so many different values on, deciles part a column better than bins of equal width."""
_DECILES: Final = tuple(f"0.{i}" for i in range(1, 10))
_NUMBERS: Final = ("integer", "number")
_VALUES: Final = ("category", "boolean")


@dataclass(frozen=True, kw_only=True, slots=True)
class Shift:
    """Old and new shares of one column's values, bin by bin."""

    old: tuple[float, ...]
    """Counts; those of deciles follow from their ranks."""
    new: tuple[float, ...]
    values: tuple[str, ...] = ()
    """Categories: the value of each bin; the last, `all others`."""

    @property
    def psi(self) -> float:
        """Empty bins count as half a row, so that the logarithm has an answer."""
        bins, before, now = len(self.old), sum(self.old), sum(self.new)
        total = 0.0
        for old, new in zip(self.old, self.new, strict=True):
            was = (old + 0.5) / (before + 0.5 * bins)
            is_now = (new + 0.5) / (now + 0.5 * bins)
            total += (is_now - was) * math.log(is_now / was)
        return total

    @property
    def by_chance(self) -> float:
        """The PSI that two samples of so many values of one population hardly ever reach."""
        free = len(self.old) - 1
        # Wilson and Hilferty's approximation of the quantile of chi-squared.
        chi = free * (1 - 2 / (9 * free) + _CHANCE * math.sqrt(2 / (9 * free))) ** 3
        return chi * (1 / sum(self.old) + 1 / sum(self.new))

    @property
    def has_moved(self) -> bool:
        """Whether it is more than chance brings, and enough to be said."""
        return self.psi >= max(MOVED, self.by_chance)

    @property
    def is_alike(self) -> bool:
        """Whether the two may well be one column: it has not moved, and there is enough to tell."""
        return self.psi < MOVED and self.by_chance < MOVED_FAR

    def most_moved(self) -> tuple[str, float, float]:
        """Categories: the value whose share moved most, its share before and now."""
        before, now = sum(self.old), sum(self.new)
        shares = [
            (value, old / before, new / now)
            for value, old, new in zip(self.values, self.old, self.new, strict=True)
        ]
        return max(shares, key=lambda share: abs(share[2] - share[1]))


def bins_of(old: Mapping[str, Any], kind: str) -> tuple[list[float], list[float]] | None:
    """Ends of the bins in which new numbers are to be counted, and how many old ones lie in each.

    `old` is the column in a profile, `kind` what it is now; None where it holds no numbers, or held
    none.
    """
    if not {old["type"], kind} <= set(_NUMBERS) or not old["present"]:
        return None
    quantiles = old.get("quantiles", {})
    inner = [quantiles[rank] for rank in _DECILES if rank in quantiles]
    if old["distinct"] >= _MANY and len(set(inner)) == len(_DECILES):
        edges = [old["min"], *inner, old["max"]]
        return edges, [old["present"] / (len(_DECILES) + 1)] * 10
    edges, counts = old["histogram"]["edges"], old["histogram"]["counts"]
    return (edges, counts) if len(counts) > 1 else None


def shift_of_values(
    old: Mapping[str, Any], kind: str, counts: Sequence[tuple[Scalar, int]]
) -> Shift | None:
    """The shift of a category or boolean, whose values now occur so often; None where the two
    cannot be compared."""
    now = dict(counts)
    if old["type"] != kind or kind not in _VALUES or not (now and old["present"]):
        return None
    before = {top["value"]: top["count"] for top in old.get("top", ())}
    others_before = old["present"] - sum(before.values())
    others_now = sum(count for value, count in now.items() if value not in before)
    if not before or (len(before) == 1 and not (others_before or others_now)):
        return None
    return Shift(
        old=(*before.values(), others_before),
        new=(*(now.get(value, 0) for value in before), others_now),
        values=(*map(str, before), "all others"),
    )
