"""Bad office files, web pages and archives end in a typed outcome with a sentence, within 600 MB and 60 s."""

from __future__ import annotations

import hashlib
import io
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

import budgetlib as bl
from budgetlib.commands.cli import main
from budgetlib.core.errors import BadParameter
from budgetlib.pages.media_type import DOC, media_type
from budgetlib.pages.unpaged.libreoffice import command
from tests.typesetting import FACTS, read_facts, story
from tests.typesetting.office import Workbook, as_docx, as_html, as_xlsx, docx_of, word, zipped
from tests.typesetting.paper import Layout

MOST_BYTES, MOST_SECONDS = 600_000_000, 60
TYPESET = FACTS.parent
STORY = story(read_facts(FACTS / "示例市示例局-2026.toml"), Layout())


def outcome(path: Path) -> tuple[str, str]:
    (document,) = bl.parse_document(path)["documents"]
    return document["outcome"], document.get("reason") or ""


def with_parts(content: bytes, **changed: Callable[[bytes], bytes]) -> bytes:
    """An office file with some of its parts, named by the end of their names without suffix, changed."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts: dict[str, str | bytes] = {name: archive.read(name) for name in archive.namelist()}
    for end, change in changed.items():
        (name,) = (one for one in parts if Path(one).stem == end)
        before = parts[name]
        parts[name] = change(before if isinstance(before, bytes) else before.encode())
    return zipped(parts)


def entities(document: bytes) -> bytes:
    """XML whose first text is an entity that stands for a thousand million letters."""
    doubled = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    head = f'<!DOCTYPE x [<!ENTITY e0 "甲乙丙丁戊己庚辛壬癸">{doubled}<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    start = document.index(b"<", document.index(b"?>") + 2 if document.startswith(b"<?xml") else 0)
    body = document[start:].replace(b"</w:t>", b"&e9;&f;</w:t>", 1).replace(b"</t>", b"&e9;&f;</t>", 1)
    return head.encode() + body


def empty_rows(sheet: bytes) -> bytes:
    end = sheet.index(b"</sheetData>")
    rows = b"".join(b'<row r="%d" spans="1:3" ht="15"/>' % number for number in range(5_000, 1_005_000))
    return sheet[:end] + rows + sheet[end:]


HEAVY = {
    "a workbook of a million empty rows": (lambda: with_parts(as_xlsx(STORY), sheet2=empty_rows), "ok", ""),
    "a workbook of a million filled rows": (
        lambda: with_parts(
            as_xlsx(STORY),
            sheet2=lambda sheet: sheet.replace(
                b"</sheetData>",
                b"".join(b'<row r="%d"><c><v>1</v></c></row>' % n for n in range(5_000, 1_005_000)) + b"</sheetData>",
            ),
        ),
        "too_large",
        "more than 500000 cells",
    ),
    "a sheet of zeros that packs well": (
        lambda: with_parts(as_xlsx(STORY), sheet1=lambda _: b"<worksheet>" + b" " * 300_000_000),
        "too_large",
        "bytes unpacked, at most",
    ),
    "entities in a Word document": (
        lambda: with_parts(as_docx(STORY), document=entities),
        "malformed",
        "is damaged",
    ),
    "entities in a workbook": (lambda: with_parts(as_xlsx(STORY), sharedStrings=entities), "malformed", "is damaged"),
    "a web page with cells that span a million places": (
        lambda: ("<table>" + "<tr><td colspan=1000 rowspan=65534>1.00" * 3000 + "</table>").encode(),
        "too_large",
        "columns",
    ),
    "a web page of a hundred thousand levels": (
        lambda: b"<html>" + b"<div>" * 100_000 + as_html(STORY),
        "malformed",
        "levels",
    ),
    "an archive with a file of 400 MB": (lambda: bomb(400_000_000), "too_large", "bytes unpacked, at most"),
}


def bomb(size: int) -> bytes:
    """An archive of one file of zeros."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("预算.txt", "w", force_zip64=True) as file,
    ):
        for _ in range(size // 10_000_000):
            file.write(bytes(10_000_000))
    return buffer.getvalue()


@pytest.mark.slow
@pytest.mark.parametrize("name", HEAVY)
def test_what_would_take_too_much_is_refused_or_read_in_little(name: str, tmp_path: Path) -> None:
    make, expected, why = HEAVY[name]
    path = tmp_path / "file"
    path.write_bytes(make())
    (document,) = documents_within_limits(path, tmp_path / "tidy").values()
    assert document["outcome"] == expected, document["reason"]
    assert why in (document["reason"] or "")


def documents_within_limits(path: Path, tidy: Path) -> dict[str, dict[str, str]]:
    """The table `documents` of what is at `path`, by path, parsed with so much time and memory in all."""
    command = ["budgetlib", "parse", str(path), "--out", str(tidy), "--jobs", "1"]
    run = subprocess.run([sys.executable, "-c", MEASURED, *command], capture_output=True, text=True, check=True)
    seconds, kilobytes = map(float, run.stdout.splitlines()[-1].split())
    assert seconds < MOST_SECONDS
    assert kilobytes * 1024 < MOST_BYTES
    return {one["path"]: one for one in pq.read_table(tidy / "documents.parquet").to_pylist()}


MEASURED = """
import resource, subprocess, sys
parse = "import sys; from budgetlib.commands.cli import main; sys.argv = sys.argv[1:]; main()"
subprocess.run([sys.executable, "-c", parse, *sys.argv[1:]])
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(used.ru_utime + used.ru_stime, used.ru_maxrss)
"""
"""Runs a command from a process that is small: what a process once had counts as its child's."""


def has_calc() -> bool:
    """Whether the part of LibreOffice for workbooks is there."""
    return Path(command() or "").resolve().with_name("libsclo.so").is_file()


def pretending(suffix: str, content: bytes, folder: Path) -> Path:
    path = folder / f"预算{suffix}"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("suffix", [".xls", ".pdf", ".docx", ""])
@pytest.mark.parametrize("write", [as_html, as_docx, as_xlsx])
def test_the_kind_of_a_file_is_told_from_its_content(
    suffix: str, write: Callable[[object], bytes], tmp_path: Path
) -> None:
    assert outcome(pretending(suffix, write(STORY), tmp_path)) == ("ok", "")


def test_a_web_page_saved_as_one_file_is_read(tmp_path: Path) -> None:
    saved = EmailMessage()
    saved["Subject"] = "预算"
    saved.set_content(as_html(STORY, "gbk"), maintype="text", subtype="html", cte="base64")
    saved.add_related(b"\x89PNG", maintype="image", subtype="png")
    assert outcome(pretending(".doc", b"MIME-Version: 1.0\n" + saved.as_bytes(), tmp_path)) == ("ok", "")


@pytest.mark.slow
@pytest.mark.skipif(not has_calc(), reason="LibreOffice Calc is not installed")
def test_a_workbook_saved_as_xml_is_read_by_way_of_libreoffice(tmp_path: Path) -> None:
    space = " ".join(f'xmlns{name}="urn:schemas-microsoft-com:office:spreadsheet"' for name in ("", ":ss"))
    rows = [["2026年收入总表"], ["单位：万元"], ["项目", "合计"], ["一、财政拨款", "1.50"], ["收入总计", "1.50"]]
    cell = '<Cell><Data ss:Type="String">{}</Data></Cell>'
    filled = "".join(f"<Row>{''.join(map(cell.format, row))}</Row>" for row in rows)
    sheet = f'<Worksheet ss:Name="Sheet1"><Table>{filled}</Table></Worksheet>'
    book = f'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook {space}>{sheet}</Workbook>'
    records = bl.parse_document(pretending(".xls", book.encode(), tmp_path))
    assert [(line["published_text"], line["place"]) for line in records["lines"]] == [
        ("1.50", "Sheet1!B4"),
        ("1.50", "Sheet1!B5"),
    ]


@pytest.mark.slow
@pytest.mark.skipif(not has_calc(), reason="LibreOffice Calc is not installed")
def test_a_binary_workbook_gives_what_the_same_workbook_gives_as_xlsx(tmp_path: Path) -> None:
    shown = Workbook(one_sheet=True, hidden=True, codes_as_numbers=True)
    whole = bl.parse_document(pretending(".xlsx", as_xlsx(STORY, shown), tmp_path))["lines"]
    binary = bl.parse_document(TYPESET / "four_forms.xlsb")["lines"]
    forms = {line["form"] for line in binary}
    assert forms == {"budget_summary", "revenue", "expenditure", "appropriation_summary"}
    told = ("form", "side", "row", "code", "item", "measure", "amount_yuan", "published_text", "place")
    as_told = [[line[column] for column in told] for line in whole if line["form"] in forms]
    assert [[line[column] for column in told] for line in binary] == as_told


HOME_PAGE = (
    "<html><title>示例市人民政府</title><ul><li><a href=1>部门预算公开</a><li>通知公告</ul><p>联系我们 1234567</p>"
)


def test_a_home_page_is_no_disclosure(tmp_path: Path) -> None:
    kind, why = outcome(pretending(".html", HOME_PAGE.encode(), tmp_path))
    assert kind == "not_a_disclosure"
    assert "no statutory form" in why


def test_external_links_are_never_followed(tmp_path: Path) -> None:
    relation = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
    outside = '<Relationship Id="r" Type="{}/officeDocument" Target="file:///etc/passwd" TargetMode="External"/>'
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    content = zipped({"word/document.xml": "<x/>", "_rels/.rels": relation.format(outside.format(kind))})
    assert outcome(pretending(".docx", content, tmp_path)) == (
        "malformed",
        "预算.docx says not where its text is; save it again",
    )


def test_a_word_document_with_macros_is_read_and_nothing_of_it_run(tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(as_docx(STORY))) as archive:
        parts: dict[str, str | bytes] = {name: archive.read(name) for name in archive.namelist()}
    assert outcome(pretending(".docm", zipped({**parts, "word/vbaProject.bin": b"\0macro"}), tmp_path)) == ("ok", "")


@pytest.mark.parametrize("cut", [30, 2_000, 9_000])
def test_a_damaged_office_file_is_malformed(cut: int, tmp_path: Path) -> None:
    for content in (as_docx(STORY), as_xlsx(STORY)):
        kind, why = outcome(pretending(".docx", content[:cut] + content[cut + 900 :], tmp_path))
        assert (kind, "damaged" in why or "lacks its part" in why) == ("malformed", True), why


@pytest.mark.slow
def test_each_kind_of_bad_file_ends_in_its_outcome_and_all_of_them_together_take_little(tmp_path: Path) -> None:
    named = {
        "password.xlsx": (compound({"EncryptedPackage": bytes(5000)}), "encrypted", "without one"),
        "password.xls": (compound({"Workbook": biff(0x809, 0x600, 5, 0, 0) + biff(0x2F, 1)}), "encrypted", "without"),
        "password.doc": (compound({"WordDocument": bytes(10) + b"\0\1" + bytes(5000)}), "encrypted", "without"),
        "macros.xlsm": (with_more(as_xlsx(STORY), "xl/vbaProject.bin", b"\0macro"), "ok", ""),
        "external.xlsx": (with_more(as_xlsx(STORY), "xl/externalLinks/externalLink1.xml", EXTERNAL), "ok", ""),
        "dde.docx": (with_parts(as_docx(STORY), document=dde), "ok", ""),
        "uncomputed.xlsx": (with_parts(as_xlsx(STORY), sheet2=uncomputed), "partial", "Sheet2"),
        "html.xls": (as_html(STORY, "gbk"), "ok", ""),
        "doc.docx": (compound({"WordDocument": bytes(5000)}), "malformed", "LibreOffice"),
        "scripts_and_frames.html": (as_html(STORY), "ok", ""),
        "home.html": (HOME_PAGE.encode(), "not_a_disclosure", "no statutory form"),
        "mixed.html": (as_html(STORY) + b"<p>\xff\xfe</p>", "ok", ""),
    }
    (tmp_path / "raw").mkdir()
    for name, (content, _, _) in named.items():
        (tmp_path / "raw" / name).write_bytes(content)
    documents = documents_within_limits(tmp_path / "raw", tmp_path / "tidy")
    assert {name: one["outcome"] for name, one in documents.items()} == {name: to for name, (_, to, _) in named.items()}
    assert [name for name, (_, _, why) in named.items() if why not in (documents[name]["reason"] or "")] == []


EXTERNAL = b'<externalLink><externalBook id="file:///etc/passwd"/></externalLink>'


def with_more(content: bytes, name: str, part: bytes) -> bytes:
    """An office file with one part more."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return zipped({**{name: archive.read(name) for name in archive.namelist()}, name: part})


def biff(kind: int, *words: int) -> bytes:
    """A record of a workbook before 2007."""
    return b"".join(number.to_bytes(2, "little") for number in (kind, 2 * len(words), *words))


def dde(document: bytes) -> bytes:
    field = '<w:p><w:fldSimple w:instr="DDEAUTO cmd.exe /c calc"><w:r><w:t>1.00</w:t></w:r></w:fldSimple></w:p>'
    return document.replace(b"<w:body>", b"<w:body>" + field.encode(), 1)


def uncomputed(sheet: bytes) -> bytes:
    """A sheet whose numbers are formulas that nobody computed."""
    return re.sub(rb'(<c r="[A-Z]+\d+" s="\d+">)<v>(.*?)</v>', rb"\1<f>\2</f>", sheet)


def test_an_encrypted_workbook_says_so(tmp_path: Path) -> None:
    path = tmp_path / "预算.xlsx"
    path.write_bytes(compound({"EncryptedPackage": b"\0" * 5000, "EncryptionInfo": b"\4\0\4\0"}))
    assert outcome(path) == (
        "encrypted",
        "预算.xlsx is encrypted; open it with its password and save it without one",
    )


def compound(streams: dict[str, bytes]) -> bytes:
    """A compound file, as Office files before 2007 and encrypted ones are."""
    sectors = [content.ljust(-(-max(len(content), 4096) // 512) * 512, b"\0") for content in streams.values()]
    entries = [entry("Root Entry", 5, 0xFFFFFFFE, 0, child=1)]
    chain, first = [0xFFFFFFFD, 0xFFFFFFFE], 2
    for number, (name, content) in enumerate(zip(streams, sectors, strict=True), 1):
        count = len(content) // 512
        right = number + 1 if number < len(streams) else 0xFFFFFFFF
        entries.append(entry(name, 2, first, len(content), right=right))
        chain += [*range(first + 1, first + count), 0xFFFFFFFE]
        first += count
    table = b"".join(one.to_bytes(4, "little") for one in chain).ljust(512, b"\xff")
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    head += b"".join(n.to_bytes(2, "little") for n in (0x3E, 3, 0xFFFE, 9, 6)) + bytes(6)
    head += b"".join(n.to_bytes(4, "little") for n in (0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0, 0))
    return head.ljust(512, b"\xff") + table + b"".join(entries).ljust(512, b"\0") + b"".join(sectors)


def entry(name: str, kind: int, first: int, size: int, child: int = 0xFFFFFFFF, right: int = 0xFFFFFFFF) -> bytes:
    """An entry of the directory of a compound file."""
    encoded = name.encode("utf-16-le")
    head = encoded.ljust(64, b"\0") + (len(encoded) + 2).to_bytes(2, "little") + bytes((kind, 1))
    links = b"".join(n.to_bytes(4, "little") for n in (0xFFFFFFFF, right, child))
    return head + links + bytes(36) + first.to_bytes(4, "little") + size.to_bytes(8, "little")


def test_an_encrypted_word_document_of_old_says_so(tmp_path: Path) -> None:
    path = pretending(".doc", compound({"WordDocument": bytes(10) + b"\x00\x01" + bytes(5000)}), tmp_path)
    assert outcome(path) == ("encrypted", "预算.doc is encrypted; save it without a password")


def test_a_wps_document_that_is_no_word_document_inside_is_named_with_the_way_out(tmp_path: Path) -> None:
    """Newer ones are Word documents inside and are read like these: a file's content says what it is."""
    path = pretending(".wps", compound({"CONTENTS": b"CHNKWKS" + bytes(5000)}), tmp_path)
    kind, why = outcome(path)
    assert (kind, why) == (
        "malformed",
        "预算.wps is a WPS document without the parts of a Word document; save it as .docx with its program",
    )
    assert media_type(pretending(".wps", compound({"WordDocument": bytes(5000)}), tmp_path)) == DOC


def test_an_old_word_document_without_libreoffice_names_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    path = pretending(".docx", compound({"WordDocument": bytes(5000)}), tmp_path)
    assert outcome(path) == (
        "malformed",
        "预算.docx is read by way of LibreOffice, which is not here; install its command soffice, or save it as .docx",
    )


@pytest.mark.slow
@pytest.mark.skipif(command() is None, reason="LibreOffice (soffice) is not installed")
def test_an_old_word_document_is_read_by_way_of_libreoffice(tmp_path: Path) -> None:
    rich_text = r"{\rtf1\ansi\ansicpg936 \u39044?\u31639?\par}"
    kind, why = outcome(pretending(".doc", rich_text.encode(), tmp_path))
    assert (kind, "no statutory form" in why) == ("not_a_disclosure", True)
    kind, why = outcome(pretending(".doc", compound({"WordDocument": bytes(5000)}), tmp_path))
    assert (kind, "is damaged, or LibreOffice lacks" in why) == ("malformed", True)


def archive(members: dict[str, bytes], encoding: str = "utf-8") -> bytes:
    """An archive as Windows in China packs it: names in its code page, without a mark."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        for name, content in members.items():
            info = zipfile.ZipInfo("x" * len(name.encode(encoding)))
            packed.writestr(info, content)
    content = buffer.getvalue()
    for name in members:
        encoded = name.encode(encoding)
        content = content.replace(b"x" * len(encoded), encoded, 2)
    return content


def parsed(path: Path, out: Path) -> list[tuple[str, str, str]]:
    run = CliRunner().invoke(main, ["parse", str(path), "--out", str(out), "--jobs", "1"])
    assert run.exception is None or isinstance(run.exception, SystemExit), run.output
    documents = pq.read_table(out / "documents.parquet").to_pylist()
    return [(one["path"], one["outcome"], one["reason"] or "") for one in documents]


def test_each_file_of_an_archive_is_a_document_whatever_the_code_page_of_its_name(tmp_path: Path) -> None:
    path = tmp_path / "公开.zip"
    path.write_bytes(archive({"附件1/表格.xlsx": as_xlsx(STORY), "说明.html": as_html(STORY, "gbk")}, "gbk"))
    assert parsed(path, tmp_path / "tidy") == [
        ("公开.zip/说明.html", "ok", ""),
        ("公开.zip/附件1/表格.xlsx", "ok", ""),
    ]
    with pytest.raises(BadParameter, match="holds 2 documents"):
        bl.parse_document(path)


@pytest.mark.parametrize(
    ("members", "kind", "why"),
    [
        ({"../../etc/passwd": b"1"}, "malformed", "names a place outside itself"),
        ({"/etc/passwd": b"1"}, "malformed", "names a place outside itself"),
        ({"..\\x.txt": b"1"}, "malformed", "names a place outside itself"),
        ({f"{number}.txt": b"1" for number in range(1001)}, "too_large", "holds 1001 files"),
        ({".hidden": b"1"}, "empty", "holds no file"),
        ({"a.zip": zipped({"b.txt": "1"})}, "malformed", "is an archive within an archive"),
    ],
)
def test_an_archive_that_is_not_to_be_unpacked_says_why(
    members: dict[str, str | bytes], kind: str, why: str, tmp_path: Path
) -> None:
    path = tmp_path / "公开.zip"
    path.write_bytes(zipped(members))
    ((_, found, reason),) = parsed(path, tmp_path / "tidy")
    assert (found, why in reason) == (kind, True), reason


def test_an_archive_is_read_once_and_again_when_it_changes(tmp_path: Path) -> None:
    path, out = tmp_path / "公开.zip", tmp_path / "tidy"
    path.write_bytes(zipped({"a.html": as_html(STORY)}))
    os.utime(path, (1, 1))
    parsed(path, out)
    again = CliRunner().invoke(main, ["parse", str(path), "--out", str(out), "--jobs", "1"])
    assert "1 unchanged, not read again" in again.output
    path.write_bytes(zipped({"a.html": as_html(STORY), "b.docx": as_docx(STORY)}))
    assert len(parsed(path, out)) == 2


def test_an_archive_that_is_not_the_one_in_the_manifest_is_read_and_each_of_its_files_says_so(tmp_path: Path) -> None:
    archive = tmp_path / "raw/公开.zip"
    archive.parent.mkdir()
    archive.write_bytes(zipped({"a.docx": as_docx(STORY), "b.html": as_html(STORY)}))
    for digest, said in ((hashlib.sha256(archive.read_bytes()).hexdigest(), False), ("0" * 64, True)):
        archive.with_name("manifest.csv").write_text(f"file,sha256\n公开.zip,{digest}\n", encoding="utf-8")
        parsed(archive.parent, tmp_path / "tidy")
        documents = pq.read_table(tmp_path / "tidy/documents.parquet").to_pylist()
        assert ["of its archive is not the one" in (one["reason"] or "") for one in documents] == [said, said]
        assert {one["outcome"] for one in documents} == {"partial" if said else "ok"}


def test_a_manifest_says_what_is_true_of_each_file_in_an_archive(tmp_path: Path) -> None:
    (tmp_path / "公开.zip").write_bytes(zipped({"a.docx": docx_of(word("一")), "b.docx": docx_of(word("二"))}))
    rows = ["file,publisher,fiscal_year", "公开.zip,示例市示例局,2026", "公开.zip/b.docx,示例市示例厅,2025"]
    (tmp_path / "manifest.csv").write_text("\n".join(rows), encoding="utf-8")
    parsed(tmp_path, tmp_path / "tidy")
    documents = pq.read_table(tmp_path / "tidy/documents.parquet").to_pylist()
    assert [(one["entity"], one["fiscal_year"]) for one in documents] == [
        ("示例市示例局", 2026),
        ("示例市示例厅", 2025),
    ]
