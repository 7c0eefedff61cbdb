"""Files in class folders become rows, each of its class; what is out of place refuses the drop."""

from __future__ import annotations

import io
import random
import sys
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import duckdb
import pytest
from drops import Judge, codes
from packing import Files, picture, pictures, tar_of, tarred, texts, zipped
from PIL import Image

from sluice.contracts.dataset import Finding, Report, Schema
from sluice.contracts.spec import Spec
from sluice.validation.engine import validate
from sluice.validation.formats.archive.reading import open_archives
from sluice.validation.formats.compressed import Limits
from sluice.validation.formats.parts import Part
from sluice.validation.formats.source import Opening
from sluice.validation.refusals import Refused

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

TEXTS = texts()
IMAGES = pictures()


def said(report: Report) -> list[Finding]:
    """What the report says of the files; that nobody learns of them yet is said of every one."""
    return [finding for finding in report.findings if finding.code != "no-learner"]


def written(out: Path) -> dict[object, str]:
    """The dataset's rows: content to class."""
    rows = duckdb.sql(f"FROM read_parquet('{out}/*/*.parquet', hive_partitioning=false)").fetchall()
    assert len(rows) == len(dict(rows))
    return dict(rows)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (zipped(TEXTS), "reviews.zip"),
        (zipped(TEXTS, zipfile.ZIP_STORED), "reviews.zip"),
        (zipped({"neg/": b"", "pos/": b""} | TEXTS), "reviews.zip"),
        (zipped(texts(top="all/")), "reviews.zip"),
        (zipped(texts(top="./")), "reviews.zip"),
        (tarred(TEXTS), "reviews.tar"),
        (tarred(TEXTS, "w:gz"), "reviews.tar.gz"),
        (tarred(TEXTS, "w:gz"), "reviews.tgz"),
        (zstd.compress(tarred(TEXTS)), "reviews.tar.zst"),
        (tarred(texts(top="all/") | {"all/README": b"x", "LICENSE.txt": b"y"}), "reviews.tar"),
    ],
    ids=["zip", "stored", "folders", "top", "dot", "tar", "tar.gz", "tgz", "tar.zst", "readme"],
)
def test_texts_become_rows_as_they_are(
    content: bytes, name: str, judge: Judge, tmp_path: Path
) -> None:
    report = judge(content, name, out=tmp_path / "out")

    assert report.verdict == "accepted", report.reason
    assert (report.task, report.rows) == ("text", 40)
    assert not codes(report, "warn")
    rows = {text.encode(): label for text, label in written(tmp_path / "out").items()}
    assert rows == {text: path.split("/")[0] for path, text in TEXTS.items()}
    schema = Schema.model_validate_json((tmp_path / "out/schema.json").read_text())
    assert [(c.name, c.type) for c in schema.columns] == [("text", "text"), ("label", "category")]
    assert [c.name for c in schema.features] == ["text"]
    assert schema.target is not None
    assert schema.target.classes == ("neg", "pos")


def test_bytes_of_images_stay_as_they_are(judge: Judge, tmp_path: Path) -> None:
    kinds = {
        "png": "PNG",
        "jpg": "JPEG",
        "JPEG": "JPEG",
        "gif": "GIF",
        "webp": "WEBP",
        "bmp": "BMP",
    }
    files = {
        f"pets/{'cat' if i % 2 else 'dog'}/{i}.{ending}": picture(i, kind=kind)
        for i, (ending, kind) in enumerate([*kinds.items()] * 8)
    }

    report = judge(zipped(files), "pets.zip", out=tmp_path / "out")

    assert report.verdict == "accepted", report.reason
    assert (report.task, report.rows, codes(report)) == ("image", 48, set())
    assert written(tmp_path / "out") == {data: path.split("/")[1] for path, data in files.items()}


def test_profile_tells_sizes_formats_and_channels(judge: Judge) -> None:
    files = {
        f"{'cat' if i % 2 else 'dog'}/{i}.png": picture(
            i, size=(8 + i % 3, 6), mode="L" if i % 4 else "RGBA"
        )
        for i in range(40)
    }

    report = judge(zipped(files), "pets.zip")

    entry = report.profile["columns"]["image"]
    assert (entry["width"]["min"], entry["width"]["max"]) == (8, 10)
    assert (entry["height"]["min"], entry["height"]["max"]) == (6, 6)
    assert {size["value"] for size in entry["sizes"]} == {"8 x 6", "9 x 6", "10 x 6"}
    assert [f["value"] for f in entry["formats"]] == ["PNG"]
    assert {c["value"] for c in entry["channels"]} == {1, 4}
    for counts in (entry["sizes"], entry["channels"]):
        assert sum(item["count"] for item in counts) == report.rows


def test_sizes_of_photographs_are_those_of_the_file(judge: Judge) -> None:
    files = {
        f"{'cat' if i % 2 else 'dog'}/{i}.jpg": picture(i, kind="JPEG", size=(70, 9))
        for i in range(40)
    }

    report = judge(zipped(files), "pets.zip")

    (size,) = report.profile["columns"]["image"]["sizes"]
    assert size == {"value": "70 x 9", "count": 40}


def test_long_texts_are_not_held_in_memory_together(judge: Judge) -> None:
    rng = random.Random(3)
    files = {
        f"{'ab'[i % 2]}/{i}.txt": rng.randbytes(450_000).hex(" ", 30).encode() for i in range(60)
    }

    report = judge(zipped(files, zipfile.ZIP_STORED), "letters.zip", memory_megabytes=256)

    assert report.verdict == "accepted", report.reason
    assert report.profile["columns"]["text"]["words"]["max"] == 15_000


def test_profile_tells_lengths_and_words(judge: Judge) -> None:
    files = texts() | {"pos/long.txt": "é".encode() * 500, "neg/short.txt": b"x"}

    report = judge(tarred(files), "reviews.tar")

    entry = report.profile["columns"]["text"]
    assert entry["length"]["max"] == 500
    assert entry["words"]["quantiles"]["0.5"] == 13
    assert sum(entry["length"]["histogram"]["counts"]) == report.rows


def test_awkward_texts_survive(judge: Judge, tmp_path: Path) -> None:
    awkward = ['"quoted", and\r\nmore\r', "  spaced  ", "NA", "007", "=1+1", "\ttab\n\n", "ünï🎉"]
    files = texts() | {f"None/{i}.md": text.encode() for i, text in enumerate(awkward)}

    report = judge(zipped(files), "reviews.zip", out=tmp_path / "out")

    assert report.verdict == "accepted", report.reason
    rows = written(tmp_path / "out")
    assert {text: rows[text] for text in awkward} == dict.fromkeys(awkward, "None")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_texts_are_found_by_their_mark(encoding: str, judge: Judge, tmp_path: Path) -> None:
    files = {path: f"é {text.decode()}".encode(encoding) for path, text in TEXTS.items()}

    report = judge(zipped(files), "reviews.zip", out=tmp_path / "out")

    assert report.verdict == "accepted", report.reason
    assert set(written(tmp_path / "out")) == {f"é {text.decode()}" for text in TEXTS.values()}


def test_another_encoding_is_taken_when_stated(judge: Judge, tmp_path: Path) -> None:
    content = zipped(texts() | {"pos/odd.txt": "déjà vu".encode("latin-1")})

    refused = judge(content, "reviews.zip")
    taken = judge(content, "reviews.zip", read={"encoding": "latin-1"}, out=tmp_path / "out")

    assert "'pos/odd.txt', line 1, byte 1: this is not UTF-8" in refused.reason
    assert "read: {encoding: latin-1}" in refused.reason
    assert (taken.verdict, codes(taken)) == ("accepted", set())
    assert "déjà vu" in written(tmp_path / "out")


def test_what_says_nothing_of_archives_is_said_to_be_unused(judge: Judge) -> None:
    report = judge(zipped(IMAGES), "pets.zip", read={"encoding": "latin-1"})

    (finding,) = said(report)
    assert finding.code == "read-unused"
    assert "states encoding, which tells nothing of images" in finding.message


def test_markers_of_operating_systems_are_no_data(judge: Judge) -> None:
    junk = {"__MACOSX/neg/._0.txt": b"\0", "neg/.DS_Store": b"\0", "neg/._0.txt": b"\0"}

    report = judge(zipped(texts() | junk | {"pos/Thumbs.db": b"\0"}), "reviews.zip")

    (note,) = said(report)
    assert (report.rows, note.code) == (40, "markers-skipped")
    assert "4 files" in note.message


def linked(kind: bytes) -> bytes:
    header = tarfile.TarInfo("neg/link.txt")
    header.type, header.linkname = kind, "/etc/passwd"
    return tar_of(header, TEXTS)


def symlink_in_zip() -> bytes:
    out = io.BytesIO(zipped(TEXTS))
    with zipfile.ZipFile(out, "a") as archive:
        info = zipfile.ZipInfo("neg/link.txt")
        info.create_system, info.external_attr = 3, 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
    return out.getvalue()


def encrypted() -> bytes:
    content = bytearray(zipped(TEXTS))
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


def doubled() -> bytes:
    return zipped(texts() | {"neg/xxx.txt": b"again"}).replace(b"xxx.txt", b"001.txt")


def renamed(name: str) -> bytes:
    """A member whose name no packer would write: it is exchanged in the bytes."""
    plain = zipped(texts() | {"neg/" + "x" * (len(name) - 4): b"text"})
    return plain.replace(b"neg/" + b"x" * (len(name) - 4), name.encode("latin-1"))


def with_byte(content: bytes, at: int) -> bytes:
    return content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :]


def animation(frames: int = 2) -> bytes:
    out = io.BytesIO()
    first, *others = [Image.new("L", (4, 4), 9 * i) for i in range(frames)]
    first.save(out, "GIF", save_all=True, append_images=others)
    return out.getvalue()


ZIP = zipped(TEXTS)
TAR = tarred(TEXTS)
PNG = picture(99)


def blank(side: int, kind: str, **options: bool) -> bytes:
    """A square image of one colour, of few bytes."""
    out = io.BytesIO()
    Image.new("1" if kind == "PNG" else "RGB", (side, side)).save(out, kind, **options)
    return out.getvalue()


def claiming(jpeg: bytes, side: int) -> bytes:
    """A progressive JPEG whose header claims a square of other pixels."""
    at = jpeg.index(b"\xff\xc2") + 5
    return jpeg[:at] + 2 * side.to_bytes(2, "big") + jpeg[at + 4 :]


BAD = {
    "no zip": (b"hello " * 99, "a.zip", ["no ZIP archive", "extension"]),
    "no tar": (ZIP, "a.tar", ["no TAR archive", "a ZIP archive"]),
    "tar as zip": (TAR, "a.zip", ["no ZIP archive", "a TAR archive"]),
    "tar as gzip": (TAR, "a.tar.gz", ["no gzip file"]),
    "nothing": (b"", "a.zip", ["the file is empty"]),
    "an empty tar": (tarred({}), "a.tar", ["no file to learn from"]),
    "an empty zip": (zipped({}), "a.zip", ["no file to learn from"]),
    "zip cut in its data": (ZIP[: len(ZIP) // 2], "a.zip", ["cut off", "compare sizes"]),
    "zip cut in its directory": (ZIP[:-200], "a.zip", ["cut off"]),
    "zip that claims more": (
        ZIP[:-22] + ZIP[-22:-14] + b"\x29\0\x29\0" + ZIP[-10:],
        "a.zip",
        ["damaged", "40 members, and its end claims 41"],
    ),
    "zip with a wrong checksum": (with_byte(ZIP, 60), "a.zip", ["member 'pos/000.txt'", "damaged"]),
    "tar cut in its data": (TAR[: 20 * 1024 + 515], "a.tar", ["cut off"]),
    "tar cut between members": (TAR[: 10 * 1024], "a.tar", ["cut off"]),
    "tar with a damaged header": (
        with_byte(TAR, 10 * 1024 + 150),
        "a.tar",
        ["damaged", "no header and no end at byte 10,240"],
    ),
    "tar cut in zstd": (zstd.compress(tarred(TEXTS))[:-9], "a.tar.zst", ["cut off"]),
    "a zip in zstd": (zstd.compress(ZIP), "a.zip.zst", ["a ZIP archive inside of zstd"]),
    "tar cut in gzip": (tarred(TEXTS, "w:gz")[:-9], "a.tgz", ["cut off"]),
    "an absolute name": (renamed("/etc/passwd"), "a.zip", ["'/etc/passwd'", "absolute"]),
    "a name that climbs": (tarred(texts() | {"neg/../../x": b"x"}), "a.tar", ["neg/../../x"]),
    "a backslash": (renamed("neg\\a.txt"), "a.zip", ["backslash", "forward slashes"]),
    "letters of no known encoding": (renamed("neg/\xe9t\xe9.txt"), "a.zip", ["not UTF-8"]),
    "a symbolic link": (linked(tarfile.SYMTYPE), "a.tar", ["'neg/link.txt': this is a link"]),
    "a hard link": (linked(tarfile.LNKTYPE), "a.tar", ["this is a link", "--hard-dereference"]),
    "a device": (linked(tarfile.CHRTYPE), "a.tar", ["a device"]),
    "a link in a zip": (symlink_in_zip(), "a.zip", ["'neg/link.txt': this is a link"]),
    "a password": (encrypted(), "a.zip", ["'pos/000.txt': it is encrypted", "password"]),
    "another compression": (zipped(TEXTS, zipfile.ZIP_BZIP2), "a.zip", ["compression", "deflate"]),
    "a name twice": (doubled(), "a.zip", ["'neg/001.txt'", "two members of this name"]),
    "a name twice in a tar": (TAR[:1024] + TAR, "a.tar", ["'pos/000.txt'", "two members"]),
    "an archive inside": (zipped(texts() | {"neg/b.zip": ZIP}), "a.zip", ["'neg/b.zip'", "inside"]),
    "an archive in disguise": (
        zipped(texts() | {"neg/b.txt": ZIP}),
        "a.zip",
        ["'neg/b.txt'", "a ZIP archive"],
    ),
    "a table among texts": (
        zipped(TEXTS | {"data.csv": b"a,b\n1,2\n"}),
        "a.zip",
        ["'data.csv': a table beside other files", "pack it alone"],
    ),
    "two tables": (
        zipped({"a.csv": b"a,b\n1,2\n", "b.csv": b"a,c\n1,2\n"}),
        "a.zip",
        ["2 tables that are no parts of one: 'a.csv', 'b.csv'", "join them"],
    ),
    "texts among images": (
        zipped(IMAGES | {"dog/notes.txt": b"a dog"}),
        "a.zip",
        ["'dog/notes.txt'", "40 of 41 files", "images only"],
    ),
    "images of another kind": (zipped(IMAGES | {"dog/x.tiff": b"II"}), "a.zip", [".tiff", ".png"]),
    "a file outside": (zipped(texts() | {"notes.txt": b"x"}), "a.zip", ["'notes.txt'", "outside"]),
    "too deep": (
        zipped(texts(top="all/train/") | texts(top="all/test/")),
        "a.zip",
        ["'all/train/pos'", "too deep", "the split is made here"],
    ),
    "one class": (zipped({f"pos/{i}": b"x" for i in range(30)}), "a.zip", ["'pos'", "two classes"]),
    "a class of one file": (
        zipped(texts() | {"meh/only.txt": b"meh"}),
        "a.zip",
        ["'meh/only.txt'", "the only file of the class 'meh'"],
    ),
    "too few": (zipped(texts(12)), "a.zip", ["12 files", "at least 20"]),
    "an empty file": (tarred(texts() | {"neg/a.txt": b""}), "a.tar", ["'neg/a.txt'", "0 bytes"]),
    "a blank file": (tarred(texts() | {"neg/a.txt": b" \n"}), "a.tar", ["blank space (2 bytes)"]),
    "no text": (zipped(texts() | {"neg/a.txt": b"a\n\xff"}), "a.zip", ["line 2, byte 2", "UTF-8"]),
    "a NUL": (zipped(texts() | {"neg/a.txt": b"a\n\0b"}), "a.zip", ["'neg/a.txt', line 2", "NUL"]),
    "a long text": (
        zipped(texts() | {"neg/a.txt": b"na " * 400_000}),
        "a.zip",
        ["'neg/a.txt': 1,200,000 bytes", "at most 1,000,000"],
    ),
    "a cut image": (zipped(IMAGES | {"cat/x.png": PNG[:-30]}), "a.zip", ["'cat/x.png'", "cut off"]),
    "no image": (zipped(IMAGES | {"cat/x.png": b"meow"}), "a.zip", ["'cat/x.png'", "no PNG"]),
    "an icon in disguise": (
        zipped(IMAGES | {"cat/x.png": picture(1, kind="TIFF")}),
        "a.zip",
        ["'cat/x.png'", "no PNG"],
    ),
    "a bomb of pixels": (
        zipped(IMAGES | {"cat/x.png": blank(9000, "PNG")}),
        "a.zip",
        ["'cat/x.png': 9,000 x 9,000 pixels", "at most 50,000,000", "Scale it down"],
    ),
    "a WebP that takes more than its pixels": (
        zipped(IMAGES | {"cat/x.webp": blank(3600, "WEBP", lossless=True)}),
        "a.zip",
        ["'cat/x.webp': 3,600 x 3,600 pixels", "at most 12,500,000 are taken of one WebP"],
    ),
    "a progressive JPEG that takes more than its pixels": (
        zipped(IMAGES | {"cat/x.jpg": claiming(blank(8, "JPEG", progressive=True), 6000)}),
        "a.zip",
        ["'cat/x.jpg': 6,000 x 6,000 pixels", "33,333,333 are taken of one progressive JPEG"],
    ),
    "a bomb of pixels that Pillow knows": (
        zipped(IMAGES | {"cat/x.jpg": claiming(blank(8, "JPEG", progressive=True), 60_000)}),
        "a.zip",
        ["'cat/x.jpg': over 150,000,000 pixels"],
    ),
    "a cut photograph": (
        zipped(IMAGES | {"cat/x.jpg": picture(9, kind="JPEG", size=(200, 200))[:-9]}),
        "a.zip",
        ["'cat/x.jpg'", "cut off"],
    ),
    "a bomb": (
        zipped({f"{'ab'[i % 2]}/{i}.txt": b"0" * 999_999 for i in range(20)}),
        "a.zip",
        ["200 times", "uncompressed .tar"],
    ),
}


@pytest.mark.parametrize("what", BAD)
def test_bad_archive_is_refused_with_member_and_remedy(what: str, judge: Judge) -> None:
    content, name, sentences = BAD[what]

    report = judge(content, name)

    assert report.verdict == "rejected", report.reason
    assert report.findings[0].remedy
    for sentence in [name, *sentences]:
        assert sentence in report.reason


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_every_truncation_is_refused(pack: Callable[[Files], bytes], judge: Judge) -> None:
    content, name = pack(texts(20)), "a.zip" if pack is zipped else "a.tar"
    assert judge(content, name).verdict == "accepted"
    last = len(content) - 1 if pack is zipped else content.rindex(b"neg") + 1024

    for length in [*range(0, last, 509), last]:
        report = judge(content[:length], name)
        assert report.verdict == "rejected", length
        assert report.findings[0].code in ("empty-file", "truncated-archive", "not-zip", "not-tar")


def test_headers_that_claim_much_are_not_read(judge: Judge) -> None:
    header = tarfile.TarInfo("././@LongLink")
    header.type, header.size = tarfile.GNUTYPE_LONGNAME, 900_000_000

    report = judge(tar_of(header, TEXTS), "a.tar")

    assert report.verdict == "rejected"
    assert "900,000,256 bytes" in report.reason


def opening(parts: list[Part], scratch: Path) -> Opening:
    def connect() -> NoReturn:
        raise AssertionError("archives are opened without DuckDB")

    return Opening(parts=parts, scratch=scratch, stated=Spec().read, executor=None, connect=connect)


def test_limit_holds_for_all_archives_together(tmp_path: Path) -> None:
    parts = []
    for i in range(3):
        (tmp_path / f"{i}.zip").write_bytes(zipped(TEXTS))
        parts.append(Part(name=f"{i}.zip", path=tmp_path / f"{i}.zip"))
    size = sum(map(len, TEXTS.values()))

    with pytest.raises(Refused, match=r"1\.zip: its members have"):
        open_archives(opening(parts[1:2], tmp_path), "zip", Limits(bytes=size - 1))
    with pytest.raises(Refused, match=r"2\.zip: with it the files of all archives"):
        open_archives(opening(parts, tmp_path), "zip", Limits(bytes=2 * size))


def test_archives_of_one_folder_are_one_drop(tmp_path: Path) -> None:
    folder = tmp_path / "parts"
    folder.mkdir()
    half = len(TEXTS) // 2
    (folder / "a.zip").write_bytes(zipped(dict(list(TEXTS.items())[:half])))
    (folder / "b.zip").write_bytes(zipped(dict(list(TEXTS.items())[half:])))

    report = validate(folder, name="parts", spec=Spec(), salt="s")

    assert (report.verdict, report.rows) == ("accepted", 40), report.reason


def test_large_images_do_not_wait_in_memory_for_a_full_row_group(
    judge: Judge, tmp_path: Path
) -> None:
    files = {
        f"{'cat' if i % 2 else 'dog'}/{i}.bmp": picture(i, kind="BMP", size=(200, 200))
        for i in range(320)
    }

    report = judge(tarred(files), "pets.tar", out=tmp_path / "out", memory_megabytes=400)

    assert report.verdict == "accepted", report.reason
    query = f"FROM parquet_metadata('{tmp_path}/out/*/*.parquet') SELECT max(row_group_num_rows)"
    (largest,) = duckdb.sql(query).fetchall()[0]
    assert largest < 200  # of some 256 that are trained on


def test_a_few_large_images_among_small_ones_do_not_share_a_row_group(
    judge: Judge, tmp_path: Path
) -> None:
    large = {f"cat/{i}.bmp": picture(i, kind="BMP", size=(600, 600)) for i in range(30)}

    report = judge(tarred(large | pictures(300)), "pets.tar", out=tmp_path / "out")

    assert report.verdict == "accepted", report.reason
    query = f"FROM parquet_metadata('{tmp_path}/out/*/*.parquet') SELECT max(row_group_bytes)"
    (largest,) = duckdb.sql(query).fetchall()[0]
    assert largest < 16_000_000  # of 26 million


def test_one_content_under_two_classes_is_warned_of(judge: Judge) -> None:
    report = judge(zipped(texts() | {"neg/again.txt": TEXTS["pos/000.txt"]}), "reviews.zip")

    (finding,) = said(report)
    assert finding.code == "contradicting-label"
    assert "'neg/again.txt'" in finding.message
    assert "'pos/000.txt'" in finding.message


def test_odd_images_are_noted_by_name(judge: Judge) -> None:
    odd = {"cat/moves.gif": animation(), "cat/x.png": picture(98, kind="JPEG")}

    report = judge(zipped(pictures() | odd), "pets.zip")

    messages = {finding.code: finding.message for finding in said(report)}
    assert set(messages) == {"animated-image", "misnamed-image"}
    assert "'cat/moves.gif'" in messages["animated-image"]
    assert "'cat/x.png' (JPEG)" in messages["misnamed-image"]


def test_a_class_folder_without_files_is_warned_of(judge: Judge) -> None:
    report = judge(zipped({"meh/": b""} | TEXTS), "reviews.zip")

    assert codes(report) == {"empty-class"}
    assert "'meh'" in report.findings[0].message


def test_names_that_macos_packs_are_read_as_utf8(judge: Judge) -> None:
    content = zipped(texts() | {"xxxx/a.txt": b"one", "xxxx/b.txt": b"two"})
    content = content.replace(b"xxxx/", "größ/".encode()[:4] + b"/")  # "grö" in UTF-8, unflagged

    report = judge(content, "reviews.zip")

    assert report.target is not None, report.reason
    assert report.target.classes == ("grö", "neg", "pos")


def test_stated_rules_hold_for_classes_too(judge: Judge) -> None:
    report = judge(
        zipped(TEXTS), "reviews.zip", schema={"columns": {"label": {"allowed": ["pos"]}}}
    )

    assert report.verdict == "rejected"
    assert "member 'neg/001.txt': column 'label'" in report.reason


def test_images_are_stated_as_such(judge: Judge) -> None:
    stated = {"type": "image", "nullable": False}

    report = judge(zipped(IMAGES), "pets.zip", schema={"columns": {"image": stated}})

    assert report.verdict == "accepted", report.reason
    assert (report.task, report.columns[0].type) == ("image", "image")


@pytest.mark.parametrize("column", ["text", "label"])
def test_texts_and_classes_are_not_stated_as_images(column: str, judge: Judge) -> None:
    report = judge(zipped(TEXTS), "reviews.zip", schema={"columns": {column: {"type": "image"}}})

    assert report.verdict == "rejected"
    assert f"'{column}' is of type image, and it holds no images" in report.reason


@pytest.mark.parametrize(
    ("stated", "sentence"),
    [
        ({"type": "text"}, "'image' is stored as BLOB, and sluice.yaml states the type text"),
        ({"range": [0, 1]}, "states a range for 'image'"),
        ({"allowed": ["x"]}, "is not among the allowed"),
        ({"unique": True}, "member 'dog/again.png': column 'image'"),
    ],
)
def test_what_no_image_is_cannot_be_stated_of_it(
    stated: dict[str, object], sentence: str, judge: Judge
) -> None:
    files = IMAGES | {"dog/again.png": IMAGES["dog/000.png"]}

    report = judge(zipped(files), "pets.zip", schema={"columns": {"image": stated}})

    assert report.verdict == "rejected"
    assert sentence in report.reason
    assert len(report.reason) < 400


@pytest.mark.parametrize("target", ["text", "image"])
def test_content_is_no_target(target: str, judge: Judge) -> None:
    report = judge(zipped(TEXTS if target == "text" else IMAGES), "a.zip", target=target)

    assert report.verdict == "rejected"
    assert f"the target '{target}'" in report.reason


def test_equal_files_are_counted_once_and_lie_on_one_side(judge: Judge, tmp_path: Path) -> None:
    again = {f"dog/again-{i}.png": IMAGES["dog/000.png"] for i in range(9)}

    report = judge(zipped(IMAGES | again), "pets.zip", out=tmp_path / "out")

    assert (report.rows, report.profile["columns"]["image"]["distinct"]) == (49, 40)
    assert "duplicate-rows" in codes(report)
    query = "FROM '{}/{}/*.parquet' SELECT DISTINCT image"
    train, holdout = (
        set(duckdb.sql(query.format(tmp_path / "out", side)).fetchall())
        for side in ("train", "holdout")
    )
    assert len(train) + len(holdout) == 40
