"""What a prediction request may hold, and what each fault gets; one table for both its readers."""

from __future__ import annotations

import gzip
import json
from typing import Any

import orjson
import pytest
from hypothesis import given, strategies

from sluice import requests
from sluice.contracts.errors import RequestRefused
from sluice.contracts.prediction import MAX_BODY_BYTES, MAX_ROWS, Signature, SignatureColumn

TYPES: dict[str, tuple[Any, bool]] = {
    "petal": ("number", False),
    "leaves": ("integer", False),
    "soil": ("category", True),
    "wild": ("boolean", True),
    "seen": ("date", True),
    "at": ("timestamp", True),
}
SIGNATURE = Signature(
    model="flowers",
    version="v",
    task="classification",
    target="species",
    classes=("a", "b"),
    columns=tuple(
        SignatureColumn(name=name, type=kind, nullable=nullable)
        for name, (kind, nullable) in TYPES.items()
    ),
)
ROW = {
    "petal": 1.5,
    "leaves": 3,
    "soil": "clay",
    "wild": True,
    "seen": "2026-11-20",
    "at": "2026-11-20T08:30:00Z",
}


def body(*rows: object) -> bytes:
    return json.dumps({"instances": rows}).encode()


def refused(sent: bytes, content_type: str | None = "application/json") -> RequestRefused:
    with pytest.raises(RequestRefused) as caught:
        requests.read(sent, content_type, SIGNATURE)
    assert caught.value.reason
    return caught.value


def test_a_good_request_is_read_by_column() -> None:
    read = requests.read(body(ROW, ROW), "application/json; charset=utf-8", SIGNATURE)
    assert read.rows == 2
    expected = ROW | {"at": "2026-11-20T08:30:00"}
    assert read.columns == {name: [value, value] for name, value in expected.items()}


def test_csv_says_the_same_as_json() -> None:
    text = "soil,petal,leaves,wild,seen,at\r\nclay,1.5,3,TRUE,2026-11-20,2026-11-20T08:30:00Z\r\n"
    csv = requests.read(text.encode("utf-8-sig"), "text/csv", SIGNATURE)
    assert csv == requests.read(body(ROW), "application/json", SIGNATURE)


def test_null_and_absence_mean_missing_where_training_saw_that() -> None:
    needed = {"petal": 1, "leaves": 2}
    for sent in (body(needed), body(needed | {"soil": None, "at": None})):
        assert requests.read(sent, "application/json", SIGNATURE).columns["soil"] == [None]
    csv = requests.read(b"petal,leaves,soil\n1,2,\n", "text/csv", SIGNATURE)
    assert csv.columns["soil"] == [None]
    assert csv.columns["wild"] == [None]


@pytest.mark.parametrize(
    "change",
    [
        {"petal": 3},
        {"petal": -0.0},
        {"leaves": 3.0},
        {"leaves": 2**60},
        {"leaves": 10**300},
        {"soil": "never seen in training"},
        {"soil": ""},
        {"petal": "1.5"},
        {"petal": " 1e3 "},
        {"leaves": "3"},
        {"wild": "TRUE"},
        {"at": "2026-11-20"},
        {"at": "2026-11-20 08:30:00.123456"},
        {"at": "2026-11-20T08:30:00+05:30"},
    ],
)
def test_odd_but_sound_values_are_taken(change: dict[str, object]) -> None:
    requests.read(body(ROW | change), "application/json", SIGNATURE)


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"petal": "1,5"}, "petal"),
        ({"soil": "\ud800"}, "soil"),
        ({"petal": True}, "petal"),
        ({"petal": None}, "petal"),
        ({"petal": [1.5]}, "petal"),
        ({"petal": {}}, "petal"),
        ({"petal": 10**400}, "petal"),
        ({"leaves": 3.5}, "leaves"),
        ({"leaves": False}, "leaves"),
        ({"soil": 7}, "soil"),
        ({"wild": 1}, "wild"),
        ({"wild": "yes"}, "wild"),
        ({"seen": "20.11.2026"}, "seen"),
        ({"seen": "2026-02-30"}, "seen"),
        ({"seen": 20261120}, "seen"),
        ({"at": "noon"}, "at"),
        ({"at": "2" * 10_000}, "at"),
        ({"stem": 1}, "stem"),
        ({"\ud800": 1}, "?"),
    ],
)
def test_an_unfit_value_is_named_by_row_and_column(change: dict[str, object], column: str) -> None:
    refusal = refused(body(ROW, ROW | change))
    assert refusal.status == 422
    assert [(p["row"], p["column"]) for p in refusal.problems] == [(1, column)]
    assert "Row 1" in refusal.reason
    assert len(str(refusal).encode()) < 500


def test_an_absent_column_is_named() -> None:
    refusal = refused(body({"petal": 1.0}))
    assert [(p["row"], p["column"]) for p in refusal.problems] == [(0, "leaves")]


def test_numbers_beyond_a_double_are_refused() -> None:
    sent = body(ROW).replace(b"1.5", b"1e999")
    assert refused(sent).problems[0]["column"] == "petal"


def test_at_most_twenty_problems_are_listed_in_the_order_of_the_rows() -> None:
    refusal = refused(body(*[ROW | {"petal": "x", "leaves": "y", "z": 1}] * 500))
    found = [p["row"] for p in refusal.problems]
    assert len(found) == requests.MAX_PROBLEMS
    assert found == sorted(found)


@pytest.mark.parametrize(
    ("sent", "content_type", "status"),
    [
        (b"", "application/json", 400),
        (b"{", "application/json", 400),
        (b'{"instances": [{"petal": NaN}]}', "application/json", 400),
        (b'{"instances": [{"petal": -Infinity}]}', "application/json", 400),
        (b'{"instances": [{"petal": ' + b"9" * 5000 + b"}]}", "application/json", 422),
        (b"{}", "application/json; charset=klingon", 415),
        (b"\xe9", "application/json; charset=ascii", 400),
        (b"[" * 200_000, "application/json", 400),
        (b'{"a":' * 200_000, "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b"[]", "application/json", 422),
        (b"null", "application/json", 422),
        (b"{}", "application/json", 422),
        (b'{"instances": {}}', "application/json", 422),
        (b'{"instances": []}', "application/json", 422),
        (b'{"instances": [[1, 2]]}', "application/json", 422),
        (b'{"instances": [null]}', "application/json", 422),
        (b'{"instances": [{}], "model": "x"}', "application/json", 422),
        (b'{"instances": [' + b"1," * MAX_ROWS + b"1]}", "application/json", 422),
        (b" " * (MAX_BODY_BYTES + 1), "application/json", 413),
        (b"{}", "text/plain", 415),
        (b"{}", "", 415),
        (b"{}", None, 415),
        (b"", "text/csv", 422),
        (b"petal,leaves\n", "text/csv", 422),
        (b'petal,leaves\n"1,2', "text/csv", 400),
        (b"petal,leaves\n1\n", "text/csv", 422),
        (b"petal,leaves\n1,2,3\n", "text/csv", 422),
        (b"petal,petal,leaves\n1,2,3\n", "text/csv", 422),
        (b"petal\n1\n", "text/csv", 422),
        (b"petal,leaves,stem\n1,2,3\n", "text/csv", 422),
        (b"petal,leaves\nnan,2\n", "text/csv", 422),
        (b"petal,leaves\n1_0,2\n", "text/csv", 422),
        (b"petal,leaves\n,2\n", "text/csv", 422),
        (b"petal,leaves,wild\n1,2,yes\n", "text/csv", 422),
        (b"petal,leaves\n" + b"1,2\n" * (MAX_ROWS + 1), "text/csv", 422),
    ],
)
def test_every_fault_of_a_body_has_its_status(
    sent: bytes, content_type: str | None, status: int
) -> None:
    refusal = refused(sent, content_type)
    assert refusal.status == status
    assert len(str(refusal)) < 500


def test_malformed_json_says_where() -> None:
    assert "line 2, column 1" in refused(b'{"instances":\n}').reason


def test_a_faster_parser_reads_alike() -> None:
    both = [
        requests.read(body(ROW), requests.JSON, SIGNATURE, fast=f) for f in (None, orjson.loads)
    ]
    assert both[0] == both[1]
    for sent in (b"{", b'{"instances": [NaN]}', b"[" * 200_000):
        with pytest.raises(RequestRefused) as caught:
            requests.read(sent, requests.JSON, SIGNATURE, fast=orjson.loads)
        assert caught.value.status == 400


_NUMBERS = strategies.one_of(
    strategies.integers(-(10**400), 10**400).map(str),
    strategies.sampled_from(
        ["1e999", "-1e400", "1e-999", "0.1", "-0", "1E5", "18446744073709551616"]
    ),
    strategies.floats(allow_nan=False, allow_infinity=False).map(repr),
)
_TEXTS = strategies.text(max_size=4).map(json.dumps) | strategies.just(r'"\ud800"')


@given(number=_NUMBERS, text=_TEXTS)
def test_front_door_and_container_read_any_json_alike(number: str, text: str) -> None:
    sent = f'{{"instances": [{{"petal": {number}, "leaves": 2, "soil": {text}}}]}}'.encode()
    said = []
    for fast in (None, orjson.loads):
        try:
            said.append(requests.read(sent, requests.JSON, SIGNATURE, fast=fast).columns)
        except RequestRefused as refusal:
            said.append((refusal.status, [p["column"] for p in refusal.problems]))
    assert said[0] == said[1]


def test_a_body_is_decoded_by_the_charset_that_it_states() -> None:
    sent = json.dumps({"instances": [ROW | {"soil": "Köln"}]}, ensure_ascii=False)
    for charset in ("iso-8859-1", "utf-16", "windows-1252", '"ISO-8859-1"'):
        kind = f"application/json; charset={charset}"
        read = requests.read(sent.encode(charset.strip('"')), kind, SIGNATURE)
        assert read.columns["soil"] == ["Köln"]
        plain, bare = requests.as_utf8(sent.encode(charset.strip('"')), kind)
        assert (plain.decode("utf-8-sig"), bare) == (sent, "application/json")
    assert refused(sent.encode("latin-1")).status == 400
    assert "charset=iso-8859-1" in str(refused(sent.encode("latin-1")))


def test_gzip_is_expanded_within_bounds() -> None:
    assert requests.expanded(gzip.compress(body(ROW)), "gzip") == body(ROW)
    for sent, encoding, status in (
        (gzip.compress(b" " * (MAX_BODY_BYTES + 1)), "gzip", 413),
        (gzip.compress(body(ROW))[:-4], "gzip", 400),
        (b"plain", "gzip", 400),
        (body(ROW), "br", 415),
        (gzip.compress(gzip.compress(body(ROW))), "gzip, gzip", 415),
    ):
        with pytest.raises(RequestRefused) as caught:
            requests.expanded(sent, encoding)
        assert caught.value.status == status


def test_a_row_as_it_was_dropped_is_answered_less_the_target() -> None:
    signature = SIGNATURE.model_copy(update={"read_past": ("id", "note")})
    row = ROW | {"id": 7, "note": ["anything"]}
    read = requests.read(body(row, row), requests.JSON, signature)
    assert read.read_past == ("id", "note")
    assert "id" not in read.columns
    csv = b"id,petal,leaves\n1,1.5,2\n"
    assert requests.read(csv, requests.CSV, signature).read_past == ("id",)
    for sent, kind in (
        (body(ROW | {"species": "a"}), requests.JSON),
        (b"species,petal,leaves\na,1,2\n", requests.CSV),
    ):
        assert "`species` is the target; leave it out." in refused(sent, kind).reason


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        (b"1.5,3,clay,true,2026-11-20,2026-11-20T08:30:00\n", "names no column of the model"),
        (b"petal;leaves;soil\n1.5;3;clay\n", "separated by `;`"),
        (b"petal\tleaves\n1.5\t3\n", "separated by tabs"),
    ],
)
def test_a_csv_without_the_header_is_shown_the_one_that_is_wanted(sent: bytes, says: str) -> None:
    refusal = refused(sent, requests.CSV)
    assert says in refusal.reason
    assert refusal.remedy == "Begin with the line petal,leaves,soil,wild,seen,at"


def test_nobody_is_shown_advice_about_python() -> None:
    long = body(ROW).replace(b"1.5", b"9" * 6000)
    cell = b"petal,leaves,soil\n1,2," + b"x" * 200_000 + b"\n"
    for refusal in (refused(long), refused(cell, requests.CSV)):
        assert "sys." not in str(refusal)
        assert "field limit" not in str(refusal)


def test_a_columns_name_may_be_written_in_other_letters_that_are_the_same() -> None:
    composed, apart = "Gr\u00f6\u00dfe", "Gro\u0308\u00dfe"
    for own, sent in ((composed, apart), (apart, composed)):
        column = SignatureColumn(name=own, type="number", nullable=False)
        signature = SIGNATURE.model_copy(update={"columns": (column,)})
        read = requests.read(body({sent: 1.5}), requests.JSON, signature)
        assert read.columns == {own: [1.5]}
        csv = requests.read(f"{sent}\n1.5\n".encode(), requests.CSV, signature)
        assert csv.columns == {own: [1.5]}


def test_a_blank_line_of_one_column_is_a_row_whose_value_is_missing() -> None:
    column = SignatureColumn(name="town", type="category", nullable=True)
    signature = SIGNATURE.model_copy(update={"columns": (column,)})
    read = requests.read(b"town\nRom\n\nBonn\n\n", requests.CSV, signature)
    assert read.columns == {"town": ["Rom", None, "Bonn"]}
