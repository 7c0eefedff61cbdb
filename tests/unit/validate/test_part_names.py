"""Names in a workbook's zip: OPC tells them by neither case nor the direction of a slash."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest
from drops import Judge, codes, table
from workbooks import sheets

PLAIN = [line.split(",") for line in table().splitlines()]
ROWS = [PLAIN[0], *([float(w), int(h), c, label] for w, h, c, label in PLAIN[1:])]


def renamed(name: Callable[[str], str], twice: str = "") -> bytes:
    """A workbook whose members are called otherwise."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(sheets(Data=ROWS))) as plain, zipfile.ZipFile(out, "w") as made:
        for info in plain.infolist():
            made.writestr(name(info.filename), plain.read(info))
        if twice:
            made.writestr(twice, b"")
    return out.getvalue()


@pytest.mark.parametrize(
    "name",
    [
        str.upper,
        str.lower,
        lambda name: name.replace("sharedStrings", "SharedStrings"),
        lambda name: name.replace("/", "\\"),
        lambda name: "/" + name,
    ],
)
def test_a_workbook_is_read_however_its_parts_are_spelled(
    name: Callable[[str], str], judge: Judge
) -> None:
    report = judge(renamed(name), "data.xlsx")

    assert report.verdict == "accepted", report.reason
    assert report.rows == 60
    assert [column.name for column in report.columns] == PLAIN[0]


def test_two_parts_of_one_name_are_refused(judge: Judge) -> None:
    report = judge(renamed(str, twice="XL\\workbook.xml"), "data.xlsx")

    assert codes(report, "refuse") == {"damaged-file"}
    assert "twice" in report.reason
