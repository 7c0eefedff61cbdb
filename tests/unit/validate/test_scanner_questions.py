"""Questions are answered as the conversion will be, and missing values are missing in both."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from scanning import files_of, scanned, write_column

from sluice.validation.scanner.scan import Scan

_MIXED = """
1 -1 007 1.5 1,5 1,234 1,234,567 true FALSE 2024-02-29 2024-02-30 2024-01-01T10:00 2024-01-01T10:00Z
NA -999 x . , é
"""
MIXED = [
    *_MIXED.split(),
    *("", " ", "  7 ", " NA", "1 2", ' "quoted" ', "2024-01-01 10:00:00", '"'),
]
KINDS = ["integer", "number", "decimal-comma", "boolean", "date", "timestamp", "instant"]


@pytest.mark.parametrize("missing", [(), ("NA", "-999", "true", "2024-02-29", "1,5", "é")])
def test_a_question_is_answered_as_the_conversion_will_be(
    missing: tuple[str, ...], tmp_path: Path
) -> None:
    path = tmp_path / "data.csv"
    rng = random.Random(5)
    texts = [*MIXED, *rng.choices(MIXED, k=500)]
    for _ in range(8):
        rng.shuffle(texts)
        write_column(path, texts)
        (answer,) = Scan(files_of([path], 1), missing=missing, asked=[KINDS]).ask()
        is_none = [text.strip(" ") in ("", *missing) for text in texts]
        unlike_all = [not none for none in is_none]

        assert answer.present == is_none.count(False)
        for kind in KINDS:
            found = scanned([path], [kind], missing=missing)
            (held,) = found.scan.tallies
            unlike = [
                value is None and not none
                for (value,), none in zip(found.rows, is_none, strict=True)
            ]
            assert held.present == answer.fits[kind]
            assert held.other == answer.present - answer.fits[kind] == unlike.count(True)
            assert answer.first_unlike[kind] == unlike.index(True) + 1
            assert held.spelled == sum(is_none) - texts.count("")
            unlike_all = [both and one for both, one in zip(unlike_all, unlike, strict=True)]
        assert (answer.unlike_all, answer.first_unlike_all) == (
            unlike_all.count(True),
            unlike_all.index(True) + 1,
        )
        present = [text for text, none in zip(texts, is_none, strict=True) if not none]
        assert answer.thousands == present.count("1,234") + present.count("1,234,567")
        assert answer.commas == sum("," in text for text in present)


def test_several_rows_of_answers_are_one(tmp_path: Path) -> None:
    first, second = tmp_path / "1.csv", tmp_path / "2.csv"
    for a, b in (("1\n2\n", "3\nx\n"), ("x\n", "1\n"), ("1\ny\n", "z\n1,5\n"), ("1\n", "2\n")):
        first.write_text(a)
        second.write_text(b)
        asked = [["integer", "decimal-comma"]]

        def ask(*paths: Path, asked: list[list[str]] = asked) -> Scan:
            return Scan(files_of(paths, 1, delimiter=";"), missing=(), asked=asked)

        one, other, both = ask(first), ask(second), ask(first, second)
        (before,), (behind,), (whole,) = one.ask(), other.ask(), both.ask()

        assert before.followed_by(behind, one.rows) == whole


_GROUPS = "1,234 12,345,678 -1,234 +999,000"
_OTHERS = "1234 0,123 1,23 1,2345 1234,567 ,123 1, 1,23a - 1,234, 1,234.5 012,345 1,,234"


def test_groups_of_thousands_are_told_from_other_commas(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    for text in (*_GROUPS.split(), *_OTHERS.split()):
        write_column(path, [text])
        (answer,) = Scan(files_of([path], 1), missing=(), asked=[["integer"]]).ask()
        assert (text, answer.thousands) == (text, text in _GROUPS.split())


def test_spellings_of_missing_values_are_missing_in_every_type(tmp_path: Path) -> None:
    missing = ("-999", "-", "NA", "n/a", "1.5", "true", "2024-01-01", '"', "é", "0")
    rows = [*missing, *(f" {text} " for text in missing), "", "  ", "-9990", "N", "1", "n/A"]
    write_column(tmp_path / "data.csv", rows)

    kept = {
        kind: scanned([tmp_path / "data.csv"], [kind], missing=missing) for kind in ("text", *KINDS)
    }

    spelled = 2 * len(missing) + 1  # and the one that is only spaces
    for kind, found in kept.items():
        values = [value for (value,) in found.rows]
        assert values[: 2 * len(missing) + 2] == [None] * (2 * len(missing) + 2)
        (held,) = found.scan.tallies
        assert (kind, held.spelled) == (kind, spelled)
    assert [value for (value,) in kept["text"].rows][-4:] == ["-9990", "N", "1", "n/A"]
    assert [value for (value,) in kept["integer"].rows][-4:] == [-9990, None, 1, None]
