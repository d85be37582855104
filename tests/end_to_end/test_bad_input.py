"""Bad input ends in a typed outcome or a clear sentence; the run goes on, and nothing is half-written."""

from __future__ import annotations

import io
import os
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result
from pypdf import PdfReader, PdfWriter
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

import budgetlib as bl
from budgetlib.commands import pipeline
from budgetlib.commands.cli import main
from budgetlib.extraction.document import Records
from tests.processes import command

ROOT = Path(__file__).resolve().parents[2]
SOUND = ROOT / "data/raw/示例市示例局-2026.pdf"
YEAR_BEFORE = ROOT / "data/raw/示例市示例局-2025.pdf"


def parse(*paths: Path, out: Path) -> Result:
    return CliRunner().invoke(main, ["parse", *map(str, paths), "--out", str(out), "--jobs", "1"])


def outcome(path: Path) -> tuple[str, str]:
    (document,) = bl.parse_document(path)["documents"]
    return document["outcome"], document.get("reason") or ""


@pytest.fixture(scope="module")
def sound() -> Records:
    """The records of the sound disclosure."""
    return bl.parse_document(SOUND)


def rewritten(target: Path, change: Callable[[PdfWriter], Any]) -> Path:
    """The sound disclosure, changed by `change`, as the file `target`."""
    writer = PdfWriter(clone_from=SOUND)
    change(writer)
    writer.write(target)
    return target


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"PK\x03\x04 a zip file, perhaps a Word document", "malformed"),
        (b"", "empty"),
        (b"  \n\n", "empty"),
        (b"%PDF-1.7\n", "malformed"),
        ("预算".encode("gb18030"), "malformed"),
        ("今天没有预算，只有新闻。".encode(), "not_a_disclosure"),
    ],
)
def test_a_file_that_is_no_disclosure_ends_in_a_typed_outcome_that_names_it(
    tmp_path: Path, content: bytes, expected: str
) -> None:
    path = tmp_path / "file.pdf"
    path.write_bytes(content)
    found, reason = outcome(path)
    assert found == expected
    assert "file.pdf" in reason


def test_a_truncated_pdf_is_malformed_and_the_reason_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "cut.pdf"
    path.write_bytes(SOUND.read_bytes()[:20_000])
    found, reason = outcome(path)
    assert found == "malformed"
    assert "fetch it again" in reason


def test_an_encrypted_pdf_without_its_password_is_encrypted_and_points_to_the_manifest(tmp_path: Path) -> None:
    path = rewritten(tmp_path / "locked.pdf", lambda writer: writer.encrypt("秘密", algorithm="AES-128"))
    found, reason = outcome(path)
    assert found == "encrypted"
    assert "manifest" in reason


@pytest.mark.parametrize(("password", "expected"), [("open", "ok"), ("wrong", "encrypted")])
def test_the_password_in_the_manifest_opens_an_encrypted_pdf(tmp_path: Path, password: str, expected: str) -> None:
    rewritten(tmp_path / "locked.pdf", lambda writer: writer.encrypt("open", algorithm="AES-128"))
    (tmp_path / "manifest.csv").write_text(f"file,password\nlocked.pdf,{password}\n", encoding="utf-8")
    assert outcome(tmp_path / "locked.pdf")[0] == expected


def test_a_picture_without_text_layer_is_unreadable_in_the_page_log(tmp_path: Path) -> None:
    from pypdfium2 import PdfDocument

    picture = PdfDocument(SOUND)[5].render(scale=1).to_pil()
    canvas = Canvas(str(tmp_path / "scan.pdf"), pagesize=picture.size)
    canvas.drawImage(ImageReader(picture), 0, 0)
    canvas.save()
    records = bl.parse_document(tmp_path / "scan.pdf", ocr="never")
    assert [page["outcome"] for page in records["pages"]] == ["unreadable"]
    assert "picture" in records["pages"][0]["reason"]
    assert records["documents"][0]["outcome"] == "partial"


def test_a_disclosure_without_some_of_its_forms_keeps_the_others(tmp_path: Path, sound: Records) -> None:
    first = min(line["page"] for line in sound["lines"] if line["form"] == "revenue")

    def without_revenue(writer: PdfWriter) -> None:
        del writer.pages[first - 1]

    records = bl.parse_document(rewritten(tmp_path / "short.pdf", without_revenue))
    assert "revenue" not in {line["form"] for line in records["lines"]}
    assert sum(line["form"] != "revenue" for line in sound["lines"]) == len(records["lines"])


def test_of_two_years_in_one_file_one_is_read_and_the_other_is_said(tmp_path: Path, sound: Records) -> None:
    both = PdfWriter()
    both.append(PdfReader(SOUND))
    both.append(PdfReader(YEAR_BEFORE))
    both.write(tmp_path / "two.pdf")
    records = bl.parse_document(tmp_path / "two.pdf")
    assert records["documents"][0]["fiscal_year"] == 2026
    assert records["documents"][0]["outcome"] == "partial"
    for table in ("lines", "statements"):
        assert len(records[table]) == len(sound[table])
    assert any("2025" in (page["reason"] or "") for page in records["pages"])


@pytest.mark.parametrize("degrees", [90, 270])
def test_pages_drawn_sideways_give_the_same_amounts_in_the_place_where_a_viewer_shows_them(
    tmp_path: Path, sound: Records, degrees: int
) -> None:
    """The content is turned, the page is not: the text runs up or down the sheet."""
    from pypdf import Transformation

    def turn(writer: PdfWriter) -> None:
        for page in writer.pages:
            width, height = float(page.mediabox.width), float(page.mediabox.height)
            shift = (height, 0) if degrees == 90 else (0, width)
            page.add_transformation(Transformation().rotate(degrees).translate(*shift))
            page.mediabox.upper_right = (height, width)
            page.cropbox.upper_right = (height, width)

    lines = bl.parse_document(rewritten(tmp_path / "turned.pdf", turn))["lines"]
    upright = sound["lines"]
    key = ("form", "side", "row", "item", "measure", "amount_yuan")
    assert [[line[k] for k in key] for line in lines] == [[line[k] for k in key] for line in upright]
    # A quarter turn: what was a number's height is now its width.
    assert lines[0]["x1"] - lines[0]["x0"] == pytest.approx(upright[0]["bottom"] - upright[0]["top"], abs=0.01)


def test_a_page_turned_by_its_rotate_entry_gives_the_same_amounts(tmp_path: Path, sound: Records) -> None:
    def rotate(writer: PdfWriter) -> None:
        for page in writer.pages:
            page.rotate(90)

    records = bl.parse_document(rewritten(tmp_path / "rotated.pdf", rotate))
    assert [line["amount_yuan"] for line in records["lines"]] == [line["amount_yuan"] for line in sound["lines"]]


def test_a_folder_without_any_file_is_refused_with_a_next_step(tmp_path: Path) -> None:
    result = parse(tmp_path, out=tmp_path / "tidy")
    assert result.exit_code == 2
    assert "put disclosures" in result.output
    assert not (tmp_path / "tidy").exists()


def test_a_path_that_does_not_exist_is_refused_and_named(tmp_path: Path) -> None:
    result = parse(tmp_path / "nowhere", out=tmp_path / "tidy")
    assert result.exit_code == 2
    assert "nowhere" in result.output


def test_one_bad_file_does_not_stop_the_run_and_all_bad_files_fail_it(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "bad.pdf").write_bytes(b"%PDF-1.4 nothing follows")
    assert parse(raw, out=tmp_path / "tidy").exit_code == 1
    shutil.copy(SOUND, raw)
    assert parse(raw, out=tmp_path / "tidy").exit_code == 0
    outcomes = pq.read_table(tmp_path / "tidy/documents.parquet")["outcome"].to_pylist()
    assert sorted(outcomes) == ["malformed", "ok"]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux counts the data of a process")
def test_a_document_that_needs_too_much_memory_is_malformed_and_the_others_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "MOST_MEMORY", 200_000_000)
    large = tmp_path / "large.txt"
    large.write_text("这里只有文字\n" * 2_000_000, encoding="utf-8")
    readings = pipeline.parse([large, SOUND], tmp_path / "tidy", jobs=2, ocr="never")
    assert [(reading.path, reading.outcome) for reading in readings] == [("large.txt", "malformed"), (SOUND.name, "ok")]
    assert "memory" in (readings[0].reason or "")


@pytest.mark.parametrize(("pages", "expected"), [(3_000, "ok"), (3_001, "too_large")])
def test_a_pdf_has_at_most_three_thousand_pages(tmp_path: Path, sound: Records, pages: int, expected: str) -> None:
    def lengthen(writer: PdfWriter) -> None:
        while len(writer.pages) < pages:
            writer.add_blank_page()

    records = bl.parse_document(rewritten(tmp_path / "long.pdf", lengthen), ocr="never")
    assert records["documents"][0]["outcome"] == expected
    assert len(records.get("lines", [])) == (len(sound["lines"]) if expected == "ok" else 0)
    assert len(records.get("pages", [])) in (0, pages)


def test_a_file_that_is_not_the_one_in_the_manifest_is_read_and_said(tmp_path: Path) -> None:
    shutil.copy(SOUND, tmp_path / "a.pdf")
    (tmp_path / "manifest.csv").write_text(f"file,sha256\na.pdf,{'0' * 64}\n", encoding="utf-8")
    found, reason = outcome(tmp_path / "a.pdf")
    assert found == "partial"
    assert "sha256" in reason


@pytest.mark.parametrize("name", ["manifest.csv", "corrections.csv", "fetched.csv"])
def test_a_list_beside_the_files_that_cannot_be_used_stops_the_run_before_it_begins(tmp_path: Path, name: str) -> None:
    shutil.copy(SOUND, tmp_path / "a.pdf")
    (tmp_path / name).write_text("文件\na.pdf\n", encoding="gb18030")
    result = parse(tmp_path, out=tmp_path / "tidy")
    assert result.exit_code == 2
    assert f"{name}, line 1, has the columns 文件; it needs file" in result.output.replace("\n", " ")
    assert not (tmp_path / "tidy").exists()


def test_a_bad_row_of_the_manifest_is_said_and_the_run_goes_on_with_the_others(tmp_path: Path) -> None:
    for name in ("甲.pdf", "乙.pdf"):
        (tmp_path / name).write_bytes(SOUND.read_bytes() + name.encode())
    rows = ["file,sha256,note", f"甲.pdf,{'0' * 64},重排", "乙.pdf,,a,b"]
    (tmp_path / "manifest.csv").write_text("\n".join(rows), encoding="gb18030")
    run = subprocess.run(
        command("parse", str(tmp_path), "--out", str(tmp_path / "tidy"), "--jobs", "1"),
        capture_output=True,
        text=True,
        check=True,
    )
    assert "manifest.csv, line 3 has 4 values for 3 columns" in run.stderr
    documents = {row["path"]: row for row in pq.read_table(tmp_path / "tidy/documents.parquet").to_pylist()}
    assert documents["甲.pdf"]["note"] == "重排"
    assert "sha256" in documents["甲.pdf"]["reason"]
    assert documents["乙.pdf"]["outcome"] == "ok"


def test_an_unchanged_file_is_not_read_again_and_the_tables_stay_the_same(tmp_path: Path) -> None:
    shutil.copy(SOUND, tmp_path / "a.pdf")
    parse(tmp_path / "a.pdf", out=tmp_path / "tidy")
    before = {file.name: pq.read_table(file) for file in (tmp_path / "tidy").glob("*.parquet")}
    result = parse(tmp_path / "a.pdf", out=tmp_path / "tidy")
    assert "unchanged, not read again" in result.output
    assert {file.name: pq.read_table(file) for file in (tmp_path / "tidy").glob("*.parquet")} == before


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    shutil.copy(SOUND, tmp_path / "a.pdf")
    parse(tmp_path / "a.pdf", out=tmp_path / "tidy")
    shutil.copy(YEAR_BEFORE, tmp_path / "a.pdf")
    result = parse(tmp_path / "a.pdf", out=tmp_path / "tidy")
    assert "unchanged, not" not in result.output
    assert pq.read_table(tmp_path / "tidy/documents.parquet")["fiscal_year"].to_pylist() == [2025]


def test_a_full_disk_leaves_the_tables_of_the_run_before(tmp_path: Path) -> None:
    """The system refuses to let a file grow beyond a few blocks, as a full disk does."""
    tidy = tmp_path / "tidy"
    parse(YEAR_BEFORE, out=tidy)
    before = {file.name: file.read_bytes() for file in tidy.glob("*.parquet")}
    run = subprocess.run(
        command("parse", str(SOUND), "--out", str(tidy), "--jobs", "1"),
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (8_000, 8_000)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1
    assert "nothing there was changed" in run.stderr
    assert {file.name: file.read_bytes() for file in tidy.glob("*.parquet")} == before


def test_an_interrupted_run_leaves_the_tables_of_the_run_before(tmp_path: Path) -> None:
    raw, tidy = tmp_path / "raw", tmp_path / "tidy"
    raw.mkdir()
    for number in range(12):
        (raw / f"{number:02}.pdf").write_bytes(SOUND.read_bytes() + b"\n%" + bytes([48 + number]))
    parse(YEAR_BEFORE, out=tidy)
    before = {file.name: file.read_bytes() for file in tidy.glob("*.parquet")}
    with subprocess.Popen(
        command("parse", str(raw), "--out", str(tidy), "--jobs", "2"),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        start_new_session=True,
        # A shell that runs the tests in the background lets its children ignore interrupts.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as run:
        assert isinstance(run.stdout, io.TextIOBase)
        for line in run.stdout:
            if ".pdf: ok" in line:
                os.killpg(run.pid, signal.SIGINT)
                break
        run.stdout.read()
        assert run.wait() != 0
    assert {file.name: file.read_bytes() for file in tidy.glob("*.parquet")} == before
