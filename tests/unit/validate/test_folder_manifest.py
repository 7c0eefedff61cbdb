"""What a folder's `_SUCCESS` lists is what the drop is, or the drop is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from drops import table

from functions.shared.objects import Version
from functions.validate import parts
from sluice import cli
from sluice.contracts.drop import read_arrival
from sluice.contracts.manifest import MAX_MANIFEST_BYTES
from sluice.validation.formats.manifest import hold_folder, manifest_of, read_manifest
from sluice.validation.refusals import Refused

MARKER = "paint/2026/_SUCCESS"
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
HADOOP = json.dumps(
    {"name": "org.apache.hadoop.fs.s3a.commit.files.SuccessData/1", "filenames": ["/a/part-0.csv"]}
)


@pytest.mark.parametrize(
    "body",
    [
        '{"parts": ["a.csv", "b.csv"]}',
        '{"parts": [{"name": "a.csv"}, {"name": "b.csv"}], "by": "export 7"}',
        "a.csv\nb.csv\n",
        "\ufeffa.csv\r\n\r\n  b.csv  ",
    ],
)
def test_parts_are_listed_in_json_or_one_a_line(body):
    manifest = read_manifest(MARKER, body.encode())
    assert manifest is not None
    assert [part.name for part in manifest.parts] == ["a.csv", "b.csv"]


@pytest.mark.parametrize("body", ["", " \n", HADOOP])
def test_an_empty_marker_and_hadoops_report_list_nothing(body):
    assert read_manifest(MARKER, body.encode()) is None


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"a.csv\n\xff.csv", ["line 2", "byte 6", "UTF-8"]),
        (b"a.csv\n/c.csv", ["line 2", "'/c.csv'"]),
        (b"a.csv\nb//c.csv", ["line 2", "'b//c.csv'"]),
        (b"a.csv\n../c.csv", ["line 2", "'../c.csv'"]),
        (b"a.csv\n_b.csv", ["line 2", "'_b.csv'", "markers"]),
        (b'{"parts": ["a.csv", "a.csv"]}', ["'a.csv'", "twice"]),
        (b'{"parts": []}', ["empty"]),
        (b'{"parts": "a.csv"}', ["parts"]),
        (b'{"files": ["a.csv"]}', ["parts"]),
        (b'["a.csv"]', ["the document"]),
        (b'{"parts": [', ["line 1", "no JSON"]),
        (b"[" * 100_000, ["no JSON"]),
        (b'{"parts": [{"name": "a.csv", "size": "12"}]}', ["parts.0.size"]),
        (b'{"parts": [{"name": "a.csv", "md5": "12"}]}', ["parts.0.md5"]),
        (b'{"parts": [{"name": "a.csv", "sha256": "12"}]}', ["parts.0.sha256"]),
        (b"a" * (MAX_MANIFEST_BYTES + 1), ["4,000,000 bytes"]),
    ],
)
def test_a_marker_that_cannot_be_read_is_refused_with_the_form_it_should_have(body, words):
    with pytest.raises(Refused) as refused:
        read_manifest(MARKER, body)
    for word in [*words, MARKER, "one name a line"]:
        assert word in str(refused.value)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "2026"
    made.mkdir()
    (made / "a.csv").write_text(table(30))
    (made / "b.csv").write_text(table(30, seed=1))
    (made / ".hidden").touch()
    (made / "_SUCCESS").write_bytes(manifest_of(made).body())
    return made


def test_a_folder_is_what_its_own_marker_lists(folder):
    hold_folder(folder, "2026")


def changed(folder: Path, name: str) -> None:
    path = folder / name
    path.write_bytes(path.read_bytes().replace(b"red", b"RED"))


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda f: (f / "b.csv").unlink(), ["2026/b.csv", "not there"]),
        (lambda f: (f / "c.csv").touch(), ["2026/c.csv", "not listed"]),
        (lambda f: (f / "b.csv").write_text("x"), ["2026/b.csv", "1 bytes"]),
        (lambda f: changed(f, "b.csv"), ["2026/b.csv", "SHA-256"]),
        (
            lambda f: ((f / "d").mkdir(), (f / "d" / "c.csv").touch()),
            ["/d/c.csv", "not listed"],
        ),
    ],
)
def test_validate_refuses_a_folder_that_is_not_what_its_marker_lists(folder, spoil, words, capsys):
    spoil(folder)
    assert cli.main(["validate", str(folder), "--json"]) == cli.REFUSED
    report = json.loads(capsys.readouterr().out)
    assert report["verdict"] == "rejected"
    for word in words:
        assert word in report["reason"]
    assert report["findings"][0]["remedy"]


def test_validate_takes_a_folder_that_is_what_its_marker_lists(folder, capsys):
    assert cli.main(["validate", str(folder), "--json"]) == cli.DONE
    assert json.loads(capsys.readouterr().out)["rows"] == 60


@dataclass
class Listing:
    """A drop bucket of which only the listing and the marker matter."""

    marker: bytes = b""
    found: list[Version] = field(default_factory=list)

    def read(self, key: str, version: str, *, at_most: int) -> tuple[bytes, str]:
        return self.marker[:at_most], version

    def versions(self, prefix: str) -> Iterator[Version]:
        return (version for version in self.found if version.key.startswith(prefix))


def version(name: str, seconds: int, **more: object) -> Version:
    found = Version(
        key=f"paint/2026/{name}",
        id=f"{name}@{seconds}",
        size=7,
        modified=NOON + timedelta(seconds=seconds),
        newest=True,
        deleted=False,
    )
    return replace(found, **more)


CLOSED = version("_SUCCESS", 10)
ARRIVAL = read_arrival(MARKER, CLOSED.id)


def test_the_parts_are_pinned_to_the_versions_that_are_there():
    listing = Listing(
        found=[
            CLOSED,
            version("b.csv", 10),
            version("a.csv", 2),
            version("a.csv", 1, newest=False),
            version("gone.csv", 3, deleted=True),
            version("_committed_1", 99),
            version(".a.csv.crc", 99),
            version("", 1),
        ]
    )
    drop = parts.contents(listing, ARRIVAL)
    assert [(part.name, part.version) for part in drop.parts] == [
        ("a.csv", "a.csv@2"),
        ("b.csv", "b.csv@10"),
    ]
    assert drop.size == 14


@pytest.mark.parametrize(
    ("late", "words"),
    [
        (version("b.csv", 11), ["b.csv arrived or was changed at 12:00:11", "12:00:10"]),
        (version("b.csv", 11, deleted=True), ["b.csv was deleted at 12:00:11"]),
        (version("c/b.csv", 11), ["c/b.csv arrived or was changed at 12:00:11"]),
    ],
)
def test_a_part_that_moved_after_the_marker_refuses_the_drop(late, words):
    listing = Listing(found=[CLOSED, version("a.csv", 1), late])
    with pytest.raises(Refused) as refused:
        parts.contents(listing, ARRIVAL)
    for word in words:
        assert word in str(refused.value)


@pytest.mark.parametrize(
    ("marker", "words"),
    [
        (b"a.csv\nb.csv\n", ["2026/b.csv", "not there"]),
        (b'{"parts": [{"name": "a.csv", "size": 8}]}', ["2026/a.csv", "7 bytes", "with 8"]),
        (b"b.csv\n", ["2026/b.csv", "not there"]),
    ],
)
def test_parts_that_are_not_those_listed_refuse_the_drop_before_anything_is_fetched(marker, words):
    listing = Listing(marker, [CLOSED, version("a.csv", 1)])
    with pytest.raises(Refused) as refused:
        parts.contents(listing, ARRIVAL)
    for word in words:
        assert word in str(refused.value)


def test_a_marker_that_is_gone_or_a_folder_beyond_measure_is_refused(monkeypatch):
    with pytest.raises(Refused, match="deleted"):
        parts.contents(Listing(found=[version("a.csv", 1)]), ARRIVAL)
    monkeypatch.setattr(parts, "MAX_LISTED", 2)
    crowd = [CLOSED, *(version(f"{i}.csv", 1) for i in range(3))]
    with pytest.raises(Refused, match="more than 2 objects"):
        parts.contents(Listing(found=crowd), ARRIVAL)
