import pytest

from sluice.contracts.drop import is_part, read_arrival
from sluice.contracts.names import (
    Run,
    drop_id,
    is_model,
    model_name,
    parse_attempt,
    parse_endpoint,
)


def test_every_name_fits_sagemakers_63_characters():
    run = Run(slug="a" * 12, model="m" * 32, drop=drop_id("a", "m", "k", "v"))
    assert len(run.attempt(99)) == 61


def test_a_run_is_read_back_from_its_name_even_with_dashes_in_the_model():
    run = Run(slug="sluice", model="house-prices-2", drop=drop_id("sluice", "m", "k", "v"))
    assert Run.parse(str(run)) == run
    assert parse_attempt(run.attempt(7)) == (run, 7)


@pytest.mark.parametrize("text", ["", "sluice", "sluice-iris", "sluice-iris-short", "x-y-z-01"])
def test_what_is_no_run_is_refused(text):
    with pytest.raises(ValueError, match="no run"):
        Run.parse(text)


def test_a_drop_has_one_name_for_ever_and_another_version_is_another_drop():
    assert drop_id("s", "m", "m/a.csv", "1") == drop_id("s", "m", "m/a.csv", "1")
    assert drop_id("s", "m", "m/a.csv", "1") != drop_id("s", "m", "m/a.csv", "2")


@pytest.mark.parametrize("name", ["iris", "i", "house-prices", "a" + "b" * 31])
def test_model_names(name):
    assert is_model(name)


@pytest.mark.parametrize("name", ["", "Iris", "9iris", "iris-", "-iris", "a" * 33, "iris.csv", "ï"])
def test_what_is_no_model_name(name):
    assert not is_model(name)


def test_an_endpoint_is_read_back_from_its_name():
    assert parse_endpoint("sluice-house-prices-g12") == ("sluice", "house-prices", 12)


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("iris/iris.csv", "drop"),
        ("iris/2026/_SUCCESS", "drop"),
        ("iris/2026/11/_SUCCESS", "drop"),
        ("iris/2026/part-0.csv", "part"),
        ("iris/sluice.yaml", "spec"),
        ("iris/2026/", "placeholder"),
        ("iris.csv", "misplaced"),
        ("sluice.yaml", "misplaced"),
        ("Iris/iris.csv", "misplaced"),
        ("/iris.csv", "misplaced"),
        ("iris/_SUCCESS", "misplaced"),
        ("iris//iris.csv", "misplaced"),
        ("iris/2026//_SUCCESS", "misplaced"),
        ("iris/sluice.yml", "misplaced"),
        ("iris/Sluice.yaml", "misplaced"),
        ("iris/sluice.yaml.txt", "misplaced"),
    ],
)
def test_what_an_arriving_object_is(key, kind):
    assert read_arrival(key, "1").kind == kind


def test_a_misplaced_object_names_the_fault_and_the_remedy_and_has_a_run():
    arrival = read_arrival("iris.csv", "1")
    assert "outside any model's folder" in arrival.fault
    assert "MODEL/iris.csv" in arrival.fault
    run = arrival.run("sluice")
    assert run.model == "_"
    assert Run.parse(str(run)) == run
    assert run.quarantine_prefix.startswith("quarantine/_/")


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("iris//2026//part-0.csv", "Drop it as iris/2026/part-0.csv."),
        ("/iris.csv", "Drop it as MODEL/iris.csv."),
        ("iris/sluice.yml", "did you mean sluice.yaml? Drop it as iris/sluice.yaml."),
        ("iris/SLUICE.YAML", "did you mean sluice.yaml?"),
    ],
)
def test_a_key_that_is_nearly_right_is_told_the_right_one(key, words):
    assert words in read_arrival(key, "1").fault


@pytest.mark.parametrize(
    ("file", "model"),
    [
        ("houses.csv", "houses"),
        ("houses.csv.gz", "houses"),
        ("houses.zst", "houses"),
        ("houses", "houses"),
        ("Häuser.csv", "haeuser"),
        ("Ha\u0308user.csv", "haeuser"),
        ("Straße 7.jsonl", "strasse-7"),
        ("Événements.parquet", "evenements"),
        ("smørrebrød.tar.gz", "smoerrebroed"),
        ("house.prices.csv", "house-prices"),
    ],
)
def test_a_file_names_its_model(file, model):
    assert model_name(file) == model


@pytest.mark.parametrize(
    "path",
    [
        *("_SUCCESS", ".part-0.csv.crc", "part-0.csv.crc", "_spark_metadata/0", ".hidden/a.csv"),
        *("manifest", "venue_manifest", "2025-11.csv.metadata", "__MACOSX/a.csv", ".DS_Store"),
        *("Thumbs.db", "day/desktop.ini"),
    ],
)
def test_what_engines_and_desktops_leave_in_a_folder_is_no_part(path):
    assert not is_part(path)


@pytest.mark.parametrize("path", ["0000_part_00", "2025/11/26/08/orders-1", "a=1/b.parquet"])
def test_parts_need_no_extension_and_may_lie_in_folders(path):
    assert is_part(path)


def test_a_folder_is_named_by_its_last_part():
    arrival = read_arrival("iris/2026/11/_SUCCESS", "1")
    assert (arrival.folder, arrival.name) == ("iris/2026/11/", "11")
