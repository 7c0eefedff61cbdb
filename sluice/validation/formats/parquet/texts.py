"""Texts in Parquet files that are numbers or times: read as in every other format.

DuckDB reads these files, so what `sluice.cells` says of a text is said in SQL here, by the same
expressions; a test holds the two equal.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sluice import cells, moments
from sluice.contracts.dataset import PLAIN, Reading
from sluice.contracts.spec import StatedColumn, StatedSchema
from sluice.validation.rows.candidates import OF_TYPE, storage_of
from sluice.validation.rows.columns import Misfits
from sluice.validation.rows.readings import Spelled, of_format, readings_of
from sluice.validation.rows.sql import literal
from sluice.validation.scanner.interface import Storage

if TYPE_CHECKING:
    import duckdb

SAMPLE_ROWS: Final = 200
_ISO: Final = (
    r"(?P<Y>[0-9]{4})-(?P<m>[0-9]{2})-(?P<d>[0-9]{2})(?:[T ](?P<H>[0-9]{2}):(?P<M>[0-9]{2})"
    r"(?::(?P<S>[0-9]{2})(?:\.(?P<f>[0-9]{1,6}))?)?(?P<z>Z|[+-][0-9]{2}:?[0-9]{2})?)?"
)
_ISO_DAY: Final = r"(?P<Y>[0-9]{4})-(?P<m>[0-9]{2})-(?P<d>[0-9]{2})"
_PLAIN_NUMBER: Final = r"[+-]?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"


@dataclass(frozen=True, kw_only=True, slots=True)
class TextPlan:
    """How a column of texts is stored."""

    storage: Storage = "VARCHAR"
    value: str = ""
    """SQL of a value; none where it stays text."""
    reading: Reading | None = None
    doubtful: tuple[Reading, ...] = ()
    unstated: Misfits | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Option:
    kind: str
    reading: Reading | None
    value: str

    @property
    def storage(self) -> Storage:
        return storage_of(self.kind)


def plans_of(
    con: duckdb.DuckDBPyConnection,
    relation: str,
    texts: dict[str, str],
    names: dict[str, str],
    stated: StatedSchema,
) -> dict[str, TextPlan]:
    """A plan for each column of texts, by its SQL name.

    `texts` are the columns' SQL names with the SQL of their trimmed texts, `names` with the names
    that people know; `relation` yields `file_row_number` too.
    """
    if not texts:
        return {}
    rows = con.execute(
        f"SELECT {', '.join(f'left({text}, {2 * SAMPLE_ROWS})' for text in texts.values())} "
        f"FROM {relation} WHERE file_row_number < {SAMPLE_ROWS} LIMIT {SAMPLE_ROWS}"
    ).fetchall()
    options: dict[str, list[_Option]] = {}
    for (column, text), values in zip(texts.items(), zip(*rows, strict=True), strict=True):
        wanted = stated.columns.get(names[column], StatedColumn())
        found = [value for value in values if value is not None]
        options[column] = list(_options(text, found, wanted))
    held = _held(con, relation, texts, options)
    return {
        column: _settled(con, relation, texts[column], names[column], every, held, stated)
        for column, every in options.items()
    }


def _options(text: str, values: Sequence[str], wanted: StatedColumn) -> Iterator[_Option]:
    """What a column may be, by its first values or as it is stated."""
    if wanted.format:
        yield _spelled(text, of_format(wanted.format))
        return
    if wanted.type and not OF_TYPE[wanted.type]:
        return
    storages = {storage_of(kind) for kind in OF_TYPE[wanted.type]} if wanted.type else set()
    plain = {"date": moments.as_date, "timestamp": moments.as_timestamp}
    for kind, read in plain.items():
        is_one = values and all(read(value) is not None for value in values)
        if kind == wanted.type or (not wanted.type and is_one):
            yield _Option(kind=kind, reading=None, value=_plain(text, kind))
            return
    if wanted.type in ("number", "integer") and wanted.point != ",":
        yield _Option(kind=wanted.type, reading=None, value=_plain(text, wanted.type))
    if wanted.point == ",":
        comma = Reading(decimal=",")
        yield _Option(kind="decimal-comma", reading=comma, value=_comma(text))
    for one in readings_of(values, decimal=wanted.point, thousands=wanted.thousands):
        is_week = one.reading.format and "%G" in one.reading.format
        if not is_week and (not storages or storage_of(one.kind) in storages):
            yield _spelled(text, one)


def _held(
    con: duckdb.DuckDBPyConnection,
    relation: str,
    texts: dict[str, str],
    options: dict[str, list[_Option]],
) -> dict[str, int]:
    """How many texts each option does not read, by its SQL."""
    every = {o.value: texts[c] for c, many in options.items() for o in many}
    if not every:
        return {}
    terms = [
        f"count(*) FILTER (WHERE {text} IS NOT NULL AND {value} IS NULL)"
        for value, text in every.items()
    ]
    counts = con.execute(f"SELECT {', '.join(terms)} FROM {relation}").fetchall()[0]
    return dict(zip(every, counts, strict=True))


def _settled(
    con: duckdb.DuckDBPyConnection,
    relation: str,
    text: str,
    name: str,
    options: Sequence[_Option],
    held: dict[str, int],
    stated: StatedSchema,
) -> TextPlan:
    good = [option for option in options if not held[option.value]]
    if len(good) == 1 or (good and good[0].reading is None):
        return TextPlan(storage=good[0].storage, value=good[0].value, reading=good[0].reading)
    if good:
        return TextPlan(doubtful=tuple(option.reading or PLAIN for option in good))
    if options and stated.columns.get(name, StatedColumn()).type:
        value = options[0].value
        (first,) = con.execute(
            f"SELECT min(file_row_number) FROM {relation} "
            f"WHERE {text} IS NOT NULL AND {value} IS NULL"
        ).fetchall()[0]
        misfits = Misfits(kind=options[0].kind, values=held[value], first_row=first + 1)
        return TextPlan(unstated=misfits)
    return TextPlan()


# ---- cells.py in SQL ----


def _plain(text: str, kind: str) -> str:
    if kind == "date":
        return f"{_moment(text, _ISO_DAY)}::DATE"
    if kind == "timestamp":
        return _moment(text, _ISO)
    pattern = literal(_PLAIN_NUMBER if kind == "number" else r"0|-?[1-9][0-9]*")
    stored = "DOUBLE" if kind == "number" else "BIGINT"
    return f"(CASE WHEN regexp_full_match({text}, {pattern}) THEN try_cast({text} AS {stored}) END)"


def _comma(text: str) -> str:
    pattern = literal(r"[+-]?(?:0|[1-9][0-9]*)(?:,[0-9]+)?")
    value = f"try_cast(replace({text}, ',', '.') AS DOUBLE)"
    return f"(CASE WHEN regexp_full_match({text}, {pattern}) THEN {value} END)"


def _spelled(text: str, spelled: Spelled) -> _Option:
    reading = spelled.reading
    if spelled.kind == "figure":
        value = _figure(text, reading)
    elif spelled.kind == "duration":
        value = _duration(text)
    else:
        value = _moment(text, moments.pattern_of(reading.format or ""))
        value = f"{value}::DATE" if spelled.kind == "written-date" else value
    return _Option(kind=spelled.kind, reading=reading, value=value)


class _Groups:
    """The groups of an expression, as SQL of a text."""

    def __init__(self, text: str, pattern: str) -> None:
        self._text = text
        self._places = re.compile(pattern).groupindex
        self._pattern = literal(f"^(?:{pattern})$")
        self.matches = f"regexp_full_match({text}, {literal(pattern)})"

    def __contains__(self, name: str) -> bool:
        return name in self._places

    def __getitem__(self, name: str) -> str:
        return f"regexp_extract({self._text}, {self._pattern}, {self._places[name]})"

    def number(self, name: str, absent: str) -> str:
        """A group's digits; `absent` where the expression, or the text, has none."""
        if name not in self._places:
            return absent
        return f"coalesce(try_cast({self[name]} AS BIGINT), {absent})"


def _moment(text: str, pattern: str) -> str:
    groups = _Groups(text, pattern)
    year = groups.number("Y", "NULL")
    if "y" in groups:
        two = groups.number("y", "NULL")
        year = f"(CASE WHEN {two} < 36 THEN 2000 + {two} WHEN {two} >= 70 THEN 1900 + {two} END)"
    month = groups.number("m", "1")
    if "b" in groups:
        names = [n for full in moments.MONTHS for n in (full, full[:3])] + ["sept"]
        numbers = [i for i in range(1, 13) for _ in range(2)] + [9]
        listed = ", ".join(map(literal, names))
        month = (
            f"([{', '.join(map(str, numbers))}])[list_position([{listed}], lower({groups['b']}))]"
        )
    hour = groups.number("H", "0")
    if "I" in groups:
        clock, half = groups.number("I", "0"), f"lower({groups['p']})"
        hour = (
            f"(CASE WHEN {clock} BETWEEN 1 AND 12 THEN {clock} % 12 + "
            f"(CASE WHEN {half} = 'p' THEN 12 ELSE 0 END) END)"
        )
    second = groups.number("S", "0")
    fraction = f"rpad({groups['f']}, 6, '0')" if "f" in groups else "''"
    micros = f"coalesce(try_cast({fraction} AS BIGINT), 0)"
    at = (
        f"try(make_timestamp({year}, {month}, {groups.number('d', '1')}, {hour}, "
        f"{groups.number('M', '0')}, {second}::DOUBLE) + to_microseconds({micros}))"
    )
    if "z" in groups:
        at = _in_utc(at, groups["z"])
    whole = f"(CASE WHEN {groups.matches} AND {second} < 60 THEN {at} END)"
    return f"(CASE WHEN year({whole}) BETWEEN 1 AND 9999 THEN {whole} END)"


def _in_utc(at: str, zone: str) -> str:
    minutes = f"try_cast({zone}[2:3] AS BIGINT) * 60 + try_cast({zone}[-2:] AS BIGINT)"
    is_one = f"try_cast({zone}[2:3] AS BIGINT) <= 15 AND try_cast({zone}[-2:] AS BIGINT) < 60"
    sign = f"(CASE WHEN {zone}[1:1] = '-' THEN -1 ELSE 1 END)"
    moved = f"(CASE WHEN {is_one} THEN {at} - to_minutes({sign} * ({minutes})) END)"
    return f"(CASE WHEN {zone} IN ('', 'Z') THEN {at} ELSE {moved} END)"


def _figure(text: str, reading: Reading) -> str:
    plain = f"replace(replace({text}, '\u00a0', ' '), '\u202f', ' ')"
    groups = _Groups(plain, cells.figure_pattern(reading))
    whole = f"replace({groups['whole']}, {literal(reading.thousands or ',')}, '')"
    digits = f"{whole} || '.' || {groups['part']}"
    signs = " + ".join(
        f"({groups[name]} <> '')::INT" for name in ("open", "sign", "inner", "behind")
    )
    has_unit = "true"
    if reading.unit == "%":
        has_unit = f"{groups['before']} || {groups['after']} <> ''"
    is_one = (
        f"({groups['open']} = '') = ({groups['close']} = '') AND {signs} <= 1 "
        f"AND ({groups['before']} = '' OR {groups['after']} = '') "
        f"AND {has_unit} AND {whole} || {groups['part']} <> '' "
        f"AND NOT regexp_matches({whole}, '^0[0-9]')"
    )
    is_minus = " OR ".join(
        [f"{groups[name]} <> ''" for name in ("open", "inner", "behind")]
        + [f"{groups['sign']} = '-'"]
    )
    value = f"try_cast({digits} AS DOUBLE)" + (" / 100" if reading.unit == "%" else "")
    signed = f"(CASE WHEN {is_minus} THEN -({value}) ELSE {value} END)"
    return f"(CASE WHEN {groups.matches} AND {is_one} THEN {signed} END)"


def _duration(text: str) -> str:
    groups = _Groups(text, moments.DURATION_PATTERN)
    seconds = (
        f"{groups.number('h', '0')} * 3600 + {groups.number('min', '0')} * 60 + "
        f"{groups.number('sec', '0')}"
    )
    micros = f"coalesce(try_cast(rpad({groups['part']}, 6, '0') AS BIGINT), 0)"
    value = f"((({seconds}) * 1000000 + {micros})::DOUBLE / 1000000)"
    is_one = f"{groups.number('min', '0')} < 60 AND {groups.number('sec', '0')} < 60"
    signed = f"(CASE WHEN {groups['minus']} <> '' THEN -{value} ELSE {value} END)"
    return f"(CASE WHEN {groups.matches} AND {is_one} THEN {signed} END)"
