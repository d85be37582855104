"""A bundle: complete, the same each time, and whatever is wrong with one is named before anything of it is run."""

from __future__ import annotations

import json
import shutil
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile, ZipInfo

import pandas as pd
import pytest
from click.testing import CliRunner
from rocrate.rocrate import ROCrate

from budgetlib.commands.bundle.archive import pack, unpack
from budgetlib.commands.bundle.comparing import Comparison, compare
from budgetlib.commands.bundle.crate import METADATA, Original, describe
from budgetlib.commands.bundle.environment import installed
from budgetlib.commands.bundle.making import bundle
from budgetlib.commands.bundle.rerun import Settings
from budgetlib.commands.bundle.verifying import Verdict, verify
from budgetlib.commands.cli import main
from budgetlib.commands.fetch import Options, anywhere
from budgetlib.core.errors import BadParameter, NotFound
from budgetlib.core.files import sha256
from budgetlib.report.notebook_files import NOTEBOOKS
from budgetlib.report.run import ReportOptions
from budgetlib.tables.schemas import TABLES
from tests.commands.web_site import content, serving

SETTINGS = Settings(("data/raw",), "never", "pdfium", (), (2026,), ("en",))
ALL_TABLES = len(TABLES) + 1
"""The tidy ones and `NUMBERS`."""
OF_NOBODY = replace(SETTINGS, departments=("nobody",))
ORIGINAL, NUMBERS = "data/raw/示例市水务局-2026.txt", "reports/示例市水务局/2026/tables/spending_change.csv"


@pytest.fixture
def folder(tmp_path: Path, sample_tidy: Path) -> Path:
    """What a bundle is made of, as a run would leave it."""
    folder = tmp_path / "made"
    texts = {
        ORIGINAL: "示例市水务局 <b>2026</b>年部门预算",
        NUMBERS: "\ufeffitem,current_yuan\n办公费,120.50\n",
        "reports/示例市水务局/2026/figures/series.en.png": "a picture",
        "reports/示例市水务局/2026/report.en.html": "<p>120.50</p>",
        "reports/示例市水务局/2026/result.json": '{"total_yuan": "120.50", "versions": {"python": "3.11.7"}}',
        "README.md": "",
        "run.sh": "",
    }
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    shutil.copytree(NOTEBOOKS, folder / "notebooks", ignore=shutil.ignore_patterns(".*"))
    shutil.copytree(sample_tidy, folder / "data/tidy", ignore=shutil.ignore_patterns(".store"))
    return folder


def packed(folder: Path, *, inside: bool = True, url: str | None = None, settings: Settings = SETTINGS) -> Path:
    original = Original(ORIGINAL, "示例市水务局 <i>2026</i>", sha256(folder / ORIGINAL), url)
    describe(folder, settings, [original], inside=inside)
    if not inside:
        (folder / ORIGINAL).unlink()
    pack(folder, folder.parent / "out.zip")
    return folder.parent / "out.zip"


def altered(archive: Path, change: Callable[[Path], object]) -> Path:
    """The bundle with something changed in it after it was made."""
    there = archive.with_suffix("")
    there.mkdir()
    unpack(archive, there)
    change(there)
    pack(there, archive)
    return archive


# as it is written


def test_it_says_of_every_file_what_it_is_and_links_it(folder: Path) -> None:
    packed(folder)
    crate = ROCrate(folder)
    inside = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    named = {str(one["name"]) for one in crate.data_entities if one.get("sha256")}
    assert named == inside - {METADATA, "ro-crate-preview.html"}
    assert all(one["sha256"] == sha256(folder / str(one["name"])) for one in crate.data_entities)
    run = crate.get("#run")
    assert run["instrument"].id == crate.mainEntity.id == "run.sh"
    made = {name for name in inside if name.startswith(("data/tidy", "reports"))}
    assert {one["name"] for one in run["result"]} == made
    assert json.loads((folder / METADATA).read_bytes())["@context"][0].endswith("/ro/crate/1.1/context")


def test_its_page_shows_text_of_documents_as_text(folder: Path) -> None:
    packed(folder)
    page = (folder / "ro-crate-preview.html").read_text(encoding="utf-8")
    assert "示例市水务局 &lt;i&gt;2026&lt;/i&gt;" in page
    assert "default-src &#39;none&#39;" in page or "default-src 'none'" in page
    assert 'href="reports/%E7%A4%BA' in page


def test_the_same_files_are_packed_to_the_same_bytes(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767225600")
    first = packed(folder).read_bytes()
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(folder, elsewhere / "made", copy_function=shutil.copy)
    assert packed(elsewhere / "made").read_bytes() == first


# bad ones


def test_a_changed_byte_is_named(folder: Path) -> None:
    archive = altered(packed(folder), lambda there: (there / ORIGINAL).write_bytes(b"x"))
    (fault,) = verify(archive).faults
    assert fault.startswith(f"{ORIGINAL} was changed: 1 bytes with the sha256 2d711642")


def test_a_changed_number_is_named(folder: Path) -> None:
    archive = altered(packed(folder), lambda there: (there / NUMBERS).write_text("item,current_yuan\n办公费,120.60\n"))
    assert [fault.split()[0] for fault in verify(archive).faults] == [NUMBERS]


def test_an_original_without_content_is_named(folder: Path) -> None:
    (fault,) = verify(altered(packed(folder), lambda there: (there / ORIGINAL).write_bytes(b""))).faults
    assert f"{ORIGINAL} was changed: 0 bytes" in fault


def test_a_missing_file_and_one_too_many_are_named(folder: Path) -> None:
    def change(there: Path) -> None:
        (there / ORIGINAL).unlink()
        (there / "reports/more.html").write_text("")

    assert verify(altered(packed(folder), change)).faults == (
        f"{ORIGINAL} is missing",
        f"reports/more.html is not in {METADATA}",
    )


def test_an_original_that_is_not_to_be_had_is_named_with_its_address_and_hash(folder: Path, tmp_path: Path) -> None:
    digest = sha256(folder / ORIGINAL)
    archive = packed(folder, inside=False, url="http://localhost:9/预算 1.txt")
    with pytest.raises(NotFound) as refusal:
        verify(archive, tmp_path / "empty")
    assert all(
        said in str(refusal.value) for said in (ORIGINAL, "http://localhost:9/%E9%A2%84%E7%AE%97%201.txt", digest)
    )


def test_an_original_that_is_elsewhere_is_fetched_or_taken_from_a_folder_by_its_hash(
    folder: Path, tmp_path: Path
) -> None:
    """That it is there is told by what comes after: its report is made, for a department that it is not about."""
    name, printed = "any name.txt", (folder / ORIGINAL).read_bytes()
    (tmp_path / "at hand").mkdir()
    (tmp_path / "at hand" / name).write_bytes(printed)
    with serving() as site:
        site.pages["/a.txt"] = content(printed)
        archive = packed(folder, inside=False, url=site.url("/a.txt"), settings=OF_NOBODY)
        with pytest.raises(NotFound, match="no department 'nobody'"):
            verify(archive, fetching=Options(permits=anywhere, pause=0))
        assert site.asked_for("/a.txt")
    with pytest.raises(NotFound, match="no department 'nobody'"):
        verify(archive, tmp_path / "at hand")


def test_a_newer_one_is_refused_with_the_version_to_install(folder: Path) -> None:
    def newer(there: Path) -> None:
        graph = json.loads((there / METADATA).read_bytes())
        next(one for one in graph["@graph"] if one["@id"] == "#budgetlib")["softwareVersion"] = "99.1"
        (there / METADATA).write_text(json.dumps(graph))

    with pytest.raises(BadParameter, match=r"pip install budgetlib==99\.1"):
        verify(altered(packed(folder), newer))


@pytest.mark.parametrize("content", [b"", b"PK", b"%PDF-1.7 no archive"])
def test_what_is_no_archive_is_no_bundle(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "out.zip").write_bytes(content)
    with pytest.raises(BadParameter, match="is no bundle"):
        verify(tmp_path / "out.zip")


@pytest.mark.parametrize("metadata", ["", "[]", "{}", '{"@graph": 1}', '{"@graph": [{"@id": "#budgetlib"}]}'])
def test_an_archive_of_something_else_is_no_bundle(tmp_path: Path, metadata: str) -> None:
    with ZipFile(tmp_path / "out.zip", "w") as archive:
        archive.writestr(METADATA, metadata)
    with pytest.raises(BadParameter, match="is no bundle"):
        verify(tmp_path / "out.zip")


@pytest.mark.parametrize("name", ["../out.txt", "/etc/out.txt", "a/../../out.txt", "C:/out.txt", "..\\out.txt"])
def test_a_path_that_climbs_out_is_named_and_nothing_is_written(tmp_path: Path, name: str) -> None:
    with ZipFile(tmp_path / "out.zip", "w") as archive:
        archive.writestr("first.txt", "")
        entry = ZipInfo("x")
        entry.filename = name
        archive.writestr(entry, "")
    (tmp_path / "here").mkdir()
    with pytest.raises(BadParameter, match="leads out of its folder; nothing was unpacked"):
        unpack(tmp_path / "out.zip", tmp_path / "here")
    assert list((tmp_path / "here").iterdir()) == []


def test_a_link_is_refused(tmp_path: Path) -> None:
    link = ZipInfo("data")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with ZipFile(tmp_path / "out.zip", "w") as archive:
        archive.writestr(link, "/etc")
    with pytest.raises(BadParameter, match="leads out of its folder"):
        verify(tmp_path / "out.zip")


def test_a_bundle_with_a_flipped_bit_names_the_file(folder: Path) -> None:
    archive = packed(folder)
    content = bytearray(archive.read_bytes())
    with ZipFile(archive) as opened:
        entry = opened.getinfo(NUMBERS)
    content[entry.header_offset + 30 + len(entry.filename.encode()) + 40] ^= 1
    archive.write_bytes(content)
    with pytest.raises(BadParameter, match=NUMBERS):
        verify(archive)


def test_notebooks_of_others_are_run_only_when_they_are_trusted(folder: Path) -> None:
    (folder / "notebooks/department.ipynb").write_text("{}")
    with pytest.raises(BadParameter, match=r"department\.ipynb in the bundle is not of this budgetlib"):
        verify(packed(folder))


# what goes in


def test_an_original_that_is_not_where_it_was_read_is_named(sample_tidy: Path, tmp_path: Path) -> None:
    shutil.copytree(sample_tidy, tmp_path / "deeper/tidy", symlinks=True)
    with pytest.raises(NotFound, match=r"大同市人民政府办公室-2024\.pdf is not there as it was read"):
        bundle(tmp_path / "deeper/tidy", tmp_path / "out.zip", ReportOptions())
    assert not (tmp_path / "out.zip").exists()


def test_originals_without_an_address_cannot_be_left_out(sample_tidy: Path, tmp_path: Path) -> None:
    with pytest.raises(BadParameter, match="7 originals have no address"):
        bundle(sample_tidy, tmp_path / "out.zip", ReportOptions(), inside=False)


# the comparison


def test_a_place_that_cannot_be_written_is_said_before_anything_is_made(sample_tidy: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    refused = CliRunner().invoke(main, ["bundle", str(tmp_path / "file/out.zip"), "--tidy", str(sample_tidy)])
    assert refused.exit_code == 1
    (said,) = refused.output.splitlines()
    assert f"the bundle cannot be written to {tmp_path / 'file/out.zip'}" in said


def test_equal_results_are_counted(folder: Path) -> None:
    assert [(one.kind, one.equal, one.of) for one in compare(folder, folder)] == [
        ("tables", ALL_TABLES, ALL_TABLES),
        ("figures", 1, 1),
        ("pages", 2, 2),
    ]


def test_what_differs_is_named_by_value(folder: Path, tmp_path: Path) -> None:
    now = tmp_path / "now"
    shutil.copytree(folder, now)
    lines = pd.read_parquet(now / "data/tidy/lines.parquet")
    published = lines.loc[3, "published_text"]
    lines.loc[3, "published_text"] = "1.23"
    lines.to_parquet(now / "data/tidy/lines.parquet")
    report = now / "reports/示例市水务局/2026"
    (report / "tables/spending_change.csv").write_text("\ufeffitem,current_yuan\n办公费,120.60\n", encoding="utf-8")
    (report / "figures/series.en.png").write_text("another")
    (report / "report.en.html").write_text("<p>120.60</p>")
    (report / "result.json").write_text('{"total_yuan": "120.60", "versions": {"python": "3.13.1"}}')
    tables, figures, pages = compare(folder, now)
    assert (tables.equal, figures.equal, pages.equal) == (ALL_TABLES - 2, 0, 0)
    line, change = tables.differences
    assert f"published_text {published!r} in the bundle, '1.23' now" in line
    assert (
        change == f"{Path(NUMBERS).relative_to('reports')}: 办公费: current_yuan '120.50' in the bundle, '120.60' now"
    )
    assert figures.differences[0].endswith("series.en.png: 9 bytes in the bundle, 7 now")
    assert pages.differences[0].endswith("report.en.html: line 1: '20.50</p>' in the bundle, '20.60</p>' now")
    assert "total_yuan" in pages.differences[1]


def test_a_result_that_differs_is_said_with_the_packages_that_do() -> None:
    differing = Comparison("tables", 1, 2, ("lines: …",))
    said = list(Verdict((), (differing,), ("pandas: 3.0.0 when the bundle was made, 3.1.1 now",)).lines())
    assert said == [
        "lines: …",
        "pandas: 3.0.0 when the bundle was made, 3.1.1 now",
        "not reproduced: 1 of 2 tables equal",
    ]
    assert installed()["pandas"] == pd.__version__


def test_another_python_is_no_difference(folder: Path, tmp_path: Path) -> None:
    now = tmp_path / "now"
    shutil.copytree(folder, now)
    result = now / "reports/示例市水务局/2026/result.json"
    result.write_text(result.read_text().replace("3.11.7", "3.13.1"))
    assert not [one for one in compare(folder, now) if one.differences]


def test_settings_are_read_back_as_commands(folder: Path) -> None:
    assert replace(SETTINGS, departments=("a b",)).commands() == [
        "budgetlib parse data/raw --ocr never --reader pdfium",
        "budgetlib report --department 'a b' --year 2026 --lang en",
    ]
