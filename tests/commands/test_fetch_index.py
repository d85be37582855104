"""`budgetlib fetch` searches index pages for links; a person confirms them in the manifest."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from budgetlib.commands.cli import main
from tests.commands.fetching import PDF, originals, run, table, write_manifest
from tests.commands.web_site import Site, content

ROOT = Path(__file__).resolve().parents[2]
INDEX = """<html><head><title>示例市2026年部门预算公开</title><meta charset="gbk"></head><body>
<a href="/">首页</a> <a href="/yjs/">部门预决算公开</a> <a href="javascript:go('2026年预算')">2026年预算</a>
<ul>
<li><a href="2026/a.html" title="示例市示例局2026年部门预算">示例市示例局…</a> <span>2026-02-13</span></li>
<li><a href="./b.pdf#page=1">示例市水务局2026年度部门预算</a></li>
<li><a href="c.pdf">示例市水务局二〇二五年度部门预算</a></li>
<li><a href="d.html">示例市水务局2024年部门决算</a> <span>2026-02-13</span></li>
<li><a href="e.xlsx">附件1</a></li>
<li><a href="f.html">2026年工作要点</a></li>
</ul></body></html>"""


def test_an_index_page_is_searched_and_nothing_is_downloaded_before_a_person_has_confirmed_it(
    tmp_path: Path, site: Site
) -> None:
    site.pages["/list/"] = content(INDEX.encode("gbk"))
    site.pages |= {"/list/b.pdf": content(PDF), "/list/e.xlsx": content(PDF)}
    columns = ("file", "url", "kind", "fiscal_year", "publisher")
    manifest = write_manifest(tmp_path, ("", site.url("/list/"), "index", "2026", "示例市"), columns=columns)
    assert "searched: 3 links to disclosures of 2026; confirm them" in run(manifest).output
    _, *found = table(manifest)
    assert [(row["url"], row["kind"], row["fiscal_year"], row["publisher"]) for row in found] == [
        (site.url(path), "found", "2026", "示例市") for path in ("/list/2026/a.html", "/list/b.pdf", "/list/e.xlsx")
    ]
    assert found[1]["note"] == f"示例市水务局2026年度部门预算 ({site.url('/list/')})"
    before = manifest.read_bytes()
    assert "1 searched, 3 to_confirm" in ", ".join(
        sorted(run(manifest).output.rpartition("(")[2].partition(")")[0].split(", "))
    )
    assert manifest.read_bytes() == before
    assert originals(tmp_path) == {}
    confirmed = before.decode().replace(f"{site.url('/list/b.pdf')},found", f"{site.url('/list/b.pdf')},document")
    manifest.write_text(confirmed.replace(f"{site.url('/list/e.xlsx')},found", f"{site.url('/list/e.xlsx')},rejected"))
    run(manifest)
    assert originals(tmp_path) == {"b.pdf": PDF}


@pytest.mark.parametrize(
    ("years", "found"),
    [((), {"a.html", "b.pdf", "c.pdf", "d.html", "e.xlsx"}), (("2025", "2024"), {"c.pdf", "d.html"})],
)
def test_the_years_wanted_may_be_said(tmp_path: Path, site: Site, years: tuple[str, ...], found: set[str]) -> None:
    site.pages["/list/"] = content(INDEX.encode("gbk"))
    manifest = write_manifest(tmp_path, ("", site.url("/list/"), "", "index"))
    run(manifest, *(word for year in years for word in ("--year", year)))
    assert {row["url"].rpartition("/")[2] for row in table(manifest)[1:]} == found


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_no_link_of_a_page_spoils_the_manifest(tmp_path: Path, site: Site, encoding: str) -> None:
    hrefs = [
        "/a\x01b.pdf",
        "/c&#1;d.pdf",
        '/e",\n"f.pdf',
        "/预 算.pdf?x=\ue000",
        "http://[::1",
        "http://h\x02/2026.pdf",
    ]
    links = "".join(f'<a href="{href.replace(chr(34), "&quot;")}">=\x01\ue001\u202e2026年预算</a>' for href in hrefs)
    site.pages["/"] = content(f"<html><body>{links}</body></html>".encode())
    manifest = tmp_path / "manifest.csv"
    manifest.write_bytes(f"备注,kind,url\n=甲,index,{site.url('/')}\n".encode(encoding))
    run(manifest)
    before = manifest.read_bytes()
    result = run(manifest)
    assert "1 searched" in result.output
    assert "4 to_confirm" in result.output
    assert manifest.read_bytes() == before
    assert before.decode(encoding).count("'=2026年预算") == 4


def test_what_was_fetched_is_parsed_and_what_is_only_listed_is_no_document(tmp_path: Path, site: Site) -> None:
    sound = (ROOT / "data/raw/示例市示例局-2026.pdf").read_bytes()
    site.pages |= {"/a.pdf": content(sound), "/list/": content(INDEX.encode("gbk"))}
    run(write_manifest(tmp_path, ("", site.url("/a.pdf"), "", ""), ("", site.url("/list/"), "", "index")))
    result = CliRunner().invoke(main, ["parse", str(tmp_path), "--out", str(tmp_path / "tidy"), "--jobs", "1"])
    assert "1 documents (1 ok)" in result.output
    assert "manifest.csv" not in result.output
