"""Numbers that carry their unit are text to a model, and that is said."""

from __future__ import annotations

import random

import pytest
from drops import Judge

from sluice.contracts.dataset import Finding


def found(judge: Judge, make: object) -> list[Finding]:
    rng = random.Random(1)
    rows = [f'{rng.random():.5f},"{make(rng)}",{rng.choice("ab")}' for _ in range(200)]
    report = judge("\n".join(["x,f,label", *rows]))
    codes = ("number-with-unit", "mixed-units")
    return [finding for finding in report.findings if finding.code in codes]


ONE = {
    "a blank between": (lambda rng: f"{rng.randrange(40, 99)} kg", "'kg'"),
    "none between": (lambda rng: f"{rng.random() * 9:.2f}cm", "'cm'"),
    "a decimal comma": (lambda rng: f"{rng.randrange(99)},5 km", "'km'"),
    "a unit of one's own": (lambda rng: f"{rng.randrange(99)} crates", "'crates'"),
    "a few that are empty": (lambda rng: rng.choice(["", *[f"{rng.random():.3f} m"] * 9]), "'m'"),
}


@pytest.mark.parametrize("what", ONE)
def test_numbers_with_their_unit_are_warned_of(what: str, judge: Judge) -> None:
    make, unit = ONE[what]

    (finding,) = found(judge, make)

    assert (finding.code, finding.severity, finding.column) == ("number-with-unit", "warn", "f")
    assert f"the unit {unit}" in finding.message


def test_two_units_in_one_column_are_named_with_their_counts(judge: Judge) -> None:
    (finding,) = found(judge, lambda rng: f"{rng.randrange(40, 99)} {rng.choice(['kg', 'lb'])}")

    assert finding.code == "mixed-units"
    assert "'kg' (" in finding.message
    assert "'lb' (" in finding.message


NONE = {
    "seats": lambda rng: f"{rng.randrange(1, 40)}{rng.choice('ABC')}",
    "places": lambda rng: rng.choice(["1st", "2nd", "3rd", "4th", "5th", "6th", "7th"]),
    "few of them": lambda rng: rng.choice(["10%", "20%", "50%"]),
    "words": lambda rng: rng.choice(["kg", "lb", "crate"]),
    "keys": lambda rng: f"{rng.randrange(10**6):06d}{rng.choice('abcdefgh')}",
    "half and half": lambda rng: rng.choice([f"{rng.randrange(99)} kg", "heavy", "light"]),
    "several words": lambda rng: f"{rng.randrange(99)} green bottles",
    "days": lambda rng: f"{rng.randrange(1, 28)}.{rng.randrange(1, 13)}.2024",
}


@pytest.mark.parametrize("what", NONE)
def test_other_texts_are_not(what: str, judge: Judge) -> None:
    assert found(judge, NONE[what]) == []
