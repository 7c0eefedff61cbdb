"""What a cell holds, by Excel's own rules.

A text stays a text, a number the digits that the file has, a date is a number that is shown as
one, and a formula is the value it had when the book was saved.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from typing import Final, Literal

from sluice.validation.formats.excel.book import Book
from sluice.validation.formats.excel.number_formats import GENERAL, NumberFormat, datetime_of
from sluice.validation.formats.excel.package import whole
from sluice.validation.formats.excel.shared_strings import NO_TEXT, unescaped
from sluice.validation.wording import shown

Kind = Literal["text", "number", "padded", "time", "boolean", "date", "timestamp", "error"]
"""`padded`: a number shown with zeros in front. `time`: a time of day or a duration, stored as a
part of a day. `date`: a timestamp at midnight."""

NUMBER: Final = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_INTEGER = re.compile(r"-?[1-9][0-9]*|0")
_TRUTH = {"0": "false", "false": "false", "1": "true", "true": "true"}


class Values:
    """Reads the values of one workbook's cells."""

    def __init__(self, book: Book, strings: list[str]) -> None:
        self._strings = strings
        self._formats: dict[str, NumberFormat] = {str(i): how for i, how in enumerate(book.formats)}
        self._is_1904 = book.is_1904

    def read(self, kind: str, style: str, text: str) -> tuple[Kind, str]:
        """The value of a cell with these attributes `t` and `s`.

        Raises `ValueError` with half a sentence on what is wrong with it.
        """
        if kind == "n":
            return self._number(style, text)
        if kind in ("s", "str", "inlineStr"):
            return "text", self._text(text) if kind == "s" else _sound(unescaped(text))
        if kind == "b" and text in _TRUTH:
            return "boolean", _TRUTH[text]
        if kind == "e":
            return "error", text
        if kind == "d":
            return _iso(text)
        raise ValueError(f"{shown(text)} is no value of a cell of type {shown(kind)}")

    def _text(self, text: str) -> str:
        number = whole(text)
        if number is None or number >= len(self._strings):
            raise ValueError(f"the text with the number {shown(text)} is not in the workbook")
        return _sound(self._strings[number])

    def _number(self, style: str, text: str) -> tuple[Kind, str]:
        how = self._formats.get(style, GENERAL)
        if how != "date" and _INTEGER.fullmatch(text):
            return how, text
        number = float(text) if NUMBER.fullmatch(text) else math.nan
        if not math.isfinite(number):
            raise ValueError(f"{shown(text)} is no number")
        if how == "date":
            when = datetime_of(number, is_1904=self._is_1904)
            if when is None:
                raise ValueError(
                    f"it is shown as a date and holds {shown(text)}, a day that Excel's calendar "
                    "does not have, or counts wrongly (those before 1900-03-01)"
                )
            return _dated(when)
        if number.is_integer() and abs(number) <= 2**53:
            return how, str(int(number))
        return how, repr(number)


def _sound(text: str) -> str:
    if NO_TEXT in text:
        raise ValueError("it holds characters that no text has")
    return text


def _iso(text: str) -> tuple[Kind, str]:
    try:
        when = dt.datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{shown(text)} is no date") from None
    return ("timestamp", when.isoformat(sep=" ")) if when.tzinfo else _dated(when)


def _dated(when: dt.datetime) -> tuple[Kind, str]:
    if when.time() == dt.time():
        return "date", when.date().isoformat()
    return "timestamp", when.isoformat(sep=" ")
