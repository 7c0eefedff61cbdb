"""What `sluice validate` says of a path before and beside its report."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from drops import table

from sluice import cli


@pytest.mark.parametrize(
    ("log", "code", "words"),
    [
        ("_delta_log/0.json", "delta-table", "delta_scan("),
        ("_delta_log/0.checkpoint.parquet", "delta-table", "LOAD delta;"),
        ("metadata/00000-a.metadata.json", "iceberg-table", "iceberg_scan("),
        ("metadata/00001-a.gz.metadata.json", "iceberg-table", "allow_moved_paths"),
        (".hoodie/hoodie.properties", "hudi-table", "format('hudi')"),
        ("sales/_delta_log/0.json", "delta-table", "/people/sales'"),
    ],
)
def test_a_lake_table_is_refused_as_what_it_is_with_the_line_that_exports_it(
    log: str, code: str, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "people"
    (folder / log).parent.mkdir(parents=True)
    (folder / log).write_text("{}")
    (folder / "part-0.csv").write_text(table())

    assert cli.main(["validate", str(folder), "--json"]) == cli.REFUSED

    (finding,) = json.loads(capsys.readouterr().out)["findings"]
    assert finding["code"] == code
    assert words in finding["remedy"]
    assert str(folder) in finding["remedy"]


def test_one_file_of_a_lake_table_is_refused_as_the_table(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "_delta_log").mkdir()
    (tmp_path / "part-0.csv").write_text(table())

    assert cli.main(["validate", str(tmp_path / "part-0.csv")]) == cli.REFUSED

    assert f"delta_scan('{tmp_path}')" in capsys.readouterr().err


def test_metadata_of_ones_own_is_no_lake_table(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "people"
    (folder / "metadata").mkdir(parents=True)
    (folder / "metadata" / "part-1.csv").write_text(table(seed=1))
    (folder / "part-0.csv").write_text(table())

    assert cli.main(["validate", str(folder), "--json"]) == cli.DONE
    assert json.loads(capsys.readouterr().out)["rows"] == 120


@pytest.mark.parametrize("name", ["sluice.yml", "Sluice.yaml", "sluice.yaml.txt"])
def test_settings_under_nearly_the_right_name_are_said_to_be_unread(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "people.csv").write_text(table())
    (tmp_path / name).write_text("target: width")

    assert cli.main(["validate", str(tmp_path / "people.csv")]) == cli.DONE

    assert f"{name} beside it is not read; did you mean sluice.yaml?" in capsys.readouterr().err


def test_what_is_no_data_in_a_folder_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "unload"
    folder.mkdir()
    (folder / "0000_part_00").write_text(table())
    (folder / "manifest").write_text("{}")
    (folder / "Thumbs.db").write_bytes(b"\0")

    assert cli.main(["validate", str(folder), "--json"]) == cli.DONE

    findings = json.loads(capsys.readouterr().out)["findings"]
    note = next(finding for finding in findings if finding["code"] == "not-data")
    assert "'Thumbs.db', 'manifest'" in note["message"]


def test_settings_among_the_parts_are_refused_by_their_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "people"
    folder.mkdir()
    (folder / "part-0.csv").write_text(table())
    (folder / "sluice.yml").write_text("target: width")

    assert cli.main(["validate", str(folder)]) == cli.REFUSED

    assert "sluice.yaml lies beside people" in capsys.readouterr().err
