"""What a prediction request may hold, and what each fault gets; one table for both its readers."""

from __future__ import annotations

import json
from typing import Any

import orjson
import pytest

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
    assert read.columns == {name: [value, value] for name, value in ROW.items()}


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
        {"soil": "\ud800"},
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
        ({"petal": "1.5"}, "petal"),
        ({"petal": True}, "petal"),
        ({"petal": None}, "petal"),
        ({"petal": [1.5]}, "petal"),
        ({"petal": {}}, "petal"),
        ({"petal": 10**400}, "petal"),
        ({"leaves": 3.5}, "leaves"),
        ({"leaves": False}, "leaves"),
        ({"soil": 7}, "soil"),
        ({"wild": 1}, "wild"),
        ({"wild": "true"}, "wild"),
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
        (b'{"instances": [{"petal": ' + b"9" * 5000 + b"}]}", "application/json", 400),
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
        requests.read(body(ROW), requests.JSON, SIGNATURE, loads=f) for f in (None, orjson.loads)
    ]
    assert both[0] == both[1]
    for sent in (b"{", b'{"instances": [NaN]}', b"[" * 200_000):
        with pytest.raises(RequestRefused) as caught:
            requests.read(sent, requests.JSON, SIGNATURE, loads=orjson.loads)
        assert caught.value.status == 400
