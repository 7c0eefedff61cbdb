"""JSON Lines of one shape become the rows that the json module makes of them, or are left alone."""

from __future__ import annotations

import csv
import json
import random

import pytest

from sluice.validation.scanner.interface import ValueKind
from sluice.validation.scanner.objects import Shape

SHAPE = Shape({"n": ValueKind.NUMBERS, "t": ValueKind.TEXTS, "b": ValueKind.BOOLEANS})


def line(n: str = "1", t: str = '"x"', b: str = "true") -> str:
    return f'{{"n": {n}, "t": {t}, "b": {b}}}'


def test_lines_of_the_shape_are_rows_digit_for_digit() -> None:
    found = SHAPE.rows(
        f"{line('1.10', 'null')}\n{line('-0.5E+07', chr(34) * 2, 'null')}\r\n{line()}".encode()
    )

    assert found.text == b'1.10,,true\n-0.5E+07,"",\n1,"x",true\n'
    assert (found.lines, found.first_empty) == (3, {"t": 1})


@pytest.mark.parametrize(
    "other",
    [
        *("", " ", "{}", "[1]", "{", line()[:-1], line() + " x", line() + "}"),
        *(line(n) for n in ("01", "1.", ".5", "+1", "1e", "-", "0x1", "NaN", '"1"', "true", "")),
        *(line(t=t) for t in ('"a\\nb"', '"a\tb"', '"a', "1", "'a'", '"a"b"')),
        *(line(b=b) for b in ("True", "0", "nulls", "tru")),
        '{"t": "x", "n": 1, "b": true}',
        '{"n": 1, "t": "x"}',
        '{"n": 1, "t": "x", "b": true, "c": 1}',
        '{"n": 1, "n": 1, "t": "x", "b": true}',
    ],
)
def test_the_first_line_that_is_otherwise_is_left(other: str) -> None:
    data = f"{line()}\n{other}\n{line()}\n".encode()

    found = SHAPE.rows(data)

    assert (found.lines, found.read, found.text) == (1, len(line()) + 1, b'1,"x",true\n')


def test_what_it_takes_is_what_json_and_csv_say() -> None:
    rng = random.Random(1)
    alphabet = '{}[]":,\\ \t\r0123456789.eE+-truefalsn"xü'
    taken = 0
    for _ in range(20_000):
        text = line(
            rng.choice(["0", "-1.5e3", "12", "null"]), rng.choice(['"ä,"', '"{"', "null"]), "false"
        )
        for _ in range(rng.randrange(3)):
            at = rng.randrange(len(text) + 1)
            text = (
                text[:at] + rng.choice(["", rng.choice(alphabet)]) + text[at + rng.randrange(2) :]
            )
        found = SHAPE.rows(text.encode())
        if not found.lines:
            continue
        taken += 1
        values = json.loads(text, parse_int=str, parse_float=str)
        assert list(values) == ["n", "t", "b"], text
        (row,) = csv.reader(found.text.decode().splitlines())
        says = {None: "", True: "true", False: "false"}
        assert row == [says.get(value, value) for value in values.values()], text
    assert taken > 5_000


def test_a_block_may_be_read_on_from_any_line() -> None:
    data = f"{line()}\nnonsense\n{line('2')}\n".encode()

    found = SHAPE.rows(data, data.index(b"nonsense") + len("nonsense\n"))

    assert (found.text, found.lines) == (b'2,"x",true\n', 1)
