"""The first rows of delimited text, and the characters that may part their fields."""

from __future__ import annotations

import csv
import io
import itertools
import re
from typing import Final

from sluice.validation.formats.header import SAMPLE_ROWS

DELIMITERS: Final = "\x01\t;|,"
"""Hive's own, Control-A, stands in no text."""


def delimiters(text: str, quote: str) -> list[str]:
    """The candidate that parts most rows into as many fields as the first has, then all others
    that part every record as well. A comma comes last: it stands inside of names and numbers too.
    """
    mark = re.escape(quote)
    plain = re.sub(f"{mark}[^{mark}]*{mark}", "", text[: 256 * 1024])
    lines = [line for line in plain.splitlines() if line.strip()][:SAMPLE_ROWS]
    scores = {}
    for candidate in DELIMITERS.replace(quote, ""):
        counts = [line.count(candidate) for line in lines]
        if counts and counts[0]:
            scores[candidate] = sum(c == counts[0] for c in counts) / len(counts)
    best = max(scores, key=lambda c: scores[c], default=DELIMITERS[-1])
    others = [c for c, score in scores.items() if c != best and score == 1.0 and len(lines) > 1]
    return [best, *others]


def first_rows(text: str, delimiter: str, quote: str, escape: str) -> list[list[str]]:
    """The first `SAMPLE_ROWS` that are not blank, as the parser will part them."""
    reader = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=delimiter,
        quotechar=quote,
        escapechar=escape or None,
    )
    rows: list[list[str]] = []
    try:
        rows.extend(itertools.islice((row for row in reader if row), SAMPLE_ROWS))
    except csv.Error:
        # A field beyond the csv module's limit: what stands before it is sample enough, and the
        # count of rows will name its line.
        return rows
    return rows
