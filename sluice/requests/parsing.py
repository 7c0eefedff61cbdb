"""From a body's text to objects (JSON) or lines (CSV): refuses what cannot be parsed."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Callable
from typing import Any, Final, NoReturn

from sluice.contracts.errors import RequestRefused
from sluice.contracts.prediction import MAX_ROWS
from sluice.requests.refusing import Problem, kind_of, refuse_if, shown

_FORM: Final = 'Send {"instances": [{"column": value, …}, …]}.'
_MOST_DIGITS: Final = 400
"""Of an integer: a double has 309 at most."""


def strict_json(text: str) -> Any:
    """JSON as RFC 8259 has it, without NaN and Infinity; an integer beyond any double is infinite,
    as 1e999 is, so that it is refused with its row and column."""
    return json.loads(text, parse_constant=_no_constant, parse_int=_integer)


def _no_constant(name: str) -> NoReturn:
    raise RequestRefused(
        400, f"The body is not JSON: {name} is no JSON number.", remedy="Send null where missing."
    )


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) <= _MOST_DIGITS else math.inf


def parse_json(text: str, fast: Callable[[str], Any] | None = None) -> list[dict[str, Any]]:
    """The rows of `{"instances": [{…}, …]}`, each an object, none yet checked; see `read`."""
    body = _loaded(text, fast)
    if not isinstance(body, dict) or "instances" not in body:
        raise RequestRefused(422, "The body has no member `instances`.", remedy=_FORM)
    if other := [name for name in body if name != "instances"]:
        raise RequestRefused(
            422, f"The body has an unknown member {shown(other[0])}.", remedy=_FORM
        )
    instances = body["instances"]
    if not isinstance(instances, list):
        raise RequestRefused(422, f"`instances` is {kind_of(instances)}, no array.", remedy=_FORM)
    check_count(len(instances))
    problems: list[Problem] = [
        {"row": row, "column": None, "detail": f"A row is an object; this is {kind_of(instance)}."}
        for row, instance in enumerate(instances)
        if type(instance) is not dict
    ]
    refuse_if(problems)
    return instances


def _loaded(text: str, fast: Callable[[str], Any] | None) -> Any:
    if fast is not None:
        try:
            return fast(text)
        except ValueError:
            pass
    try:
        return strict_json(text)
    except json.JSONDecodeError as error:
        raise RequestRefused(
            400,
            f"The body is not JSON: {error.msg} (line {error.lineno}, column {error.colno}).",
            remedy=_FORM,
        ) from None
    except RecursionError:
        raise RequestRefused(
            400,
            "The body cannot be read: it is nested too deeply.",
            remedy="Send one flat object for each row.",
        ) from None


def parse_csv(text: str) -> list[list[str]]:
    """The lines of a CSV text, blank ones left out; one more than are allowed at most."""
    lines: list[list[str]] = []
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for line in reader:
            if line or (lines and len(lines[0]) == 1):
                # Of one column, a blank line is a row whose value is missing.
                lines.append(line or [""])
            if len(lines) > MAX_ROWS + 1:
                break
    except csv.Error as error:
        if "field larger" in str(error):
            raise RequestRefused(
                422,
                f"The line that ends at line {reader.line_num} has a value of more than "
                f"{csv.field_size_limit():,} characters.",
                remedy="Check for a quote that is not closed, or send the row as JSON.",
            ) from None
        raise RequestRefused(
            400,
            f"The body is not CSV: {error} (line {reader.line_num}).",
            remedy='Quote values that hold a comma or a line break with "…".',
        ) from None
    while len(lines) > 1 and lines[-1] == [""]:
        lines.pop()
    if not lines:
        raise RequestRefused(422, "The body is empty.", remedy="Send a header line and rows.")
    return lines


def check_count(rows: int) -> None:
    """Refuse no rows, and more than `MAX_ROWS`."""
    if rows == 0:
        raise RequestRefused(422, "The request has no rows.", remedy="Send at least one row.")
    if rows > MAX_ROWS:
        raise RequestRefused(
            422,
            f"The request has more than {MAX_ROWS:,} rows.",
            remedy="Send them in several requests.",
        )
