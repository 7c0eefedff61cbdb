"""What is in an Excel workbook: its sheets, its texts, and how its numbers are shown."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass

from sluice.validation.formats.excel.number_formats import (
    BUILT_IN,
    GENERAL,
    NumberFormat,
    number_format,
)
from sluice.validation.formats.excel.package import Package, whole


@dataclass(frozen=True, kw_only=True, slots=True)
class Sheet:
    """One worksheet."""

    name: str
    member: str
    is_hidden: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Book:
    """What the members of a workbook say of it."""

    package: Package
    sheets: tuple[Sheet, ...]
    strings_member: str | None
    formats: tuple[NumberFormat, ...]
    """How the numbers of each cell style are shown."""
    is_1904: bool
    """Whether days are counted from 1904, as Excel for the Mac did."""
    is_stale: bool
    """Whether it asks to be calculated when opened: what its formulas hold is then no result."""


def book_of(package: Package) -> Book:
    """Find the sheets, the texts and the formats by the relations between the members.

    Raises `Refused` where one of them is not there.
    """
    main = next(iter(_related(package, "", "officeDocument").values()), "xl/workbook.xml")
    if not package.has(main):
        raise package.damaged(main, "it is not there")
    sheets, texts, styles = (
        _related(package, main, kind) for kind in ("worksheet", "sharedStrings", "styles")
    )
    found = []
    is_1904 = is_stale = False
    for above, name, has in package.elements(main):
        if name == "workbookPr":
            is_1904 = has.get("date1904") in ("1", "true")
        elif name == "calcPr":
            is_stale = has.get("fullCalcOnLoad") in ("1", "true")
        elif (above, name) == ("sheets", "sheet") and has.get("id") in sheets:
            hidden = has.get("state", "visible") != "visible"
            member = sheets[has["id"]]
            found.append(Sheet(name=has.get("name", ""), member=member, is_hidden=hidden))
    for member in [*sheets.values(), *texts.values(), *styles.values()]:
        if not package.has(member):
            raise package.damaged(member, "it is not there")
    return Book(
        package=package,
        sheets=tuple(found),
        strings_member=next(iter(texts.values()), None),
        formats=_formats(package, next(iter(styles.values()), None)),
        is_1904=is_1904,
        is_stale=is_stale,
    )


def _related(package: Package, member: str, kind: str) -> dict[str, str]:
    """Ids and members that `member` names as its parts of one kind."""
    folder, name = posixpath.split(member)
    relations = posixpath.join(folder, "_rels", f"{name}.rels")
    if not package.has(relations):
        return {}
    return {
        has.get("Id", ""): posixpath.normpath(
            posixpath.join("/", folder, has.get("Target", "").replace("\\", "/"))
        )[1:]
        for _, name, has in package.elements(relations)
        if name == "Relationship" and has.get("Type", "").endswith(f"/{kind}")
    }


def _formats(package: Package, member: str | None) -> tuple[NumberFormat, ...]:
    if member is None:
        return ()
    own: dict[str, NumberFormat] = {}
    styles: list[NumberFormat] = []
    for above, name, has in package.elements(member):
        if name == "numFmt" and above == "numFmts":
            own[has.get("numFmtId", "")] = number_format(has.get("formatCode", ""))
        elif name == "xf" and above == "cellXfs":
            number = has.get("numFmtId", "0")
            styles.append(own.get(number, BUILT_IN.get(whole(number) or 0, GENERAL)))
    return tuple(styles)
