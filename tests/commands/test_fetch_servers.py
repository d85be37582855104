"""`budgetlib fetch` is polite to servers, and safe from those that are hostile or broken."""

from __future__ import annotations

import gzip
from http.server import BaseHTTPRequestHandler
from ipaddress import ip_address
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from click.testing import CliRunner

from budgetlib.commands.cli import main
from budgetlib.commands.fetch import Options, Progress, fetch, is_public
from tests.commands.fetching import NEWER, PDF, originals, run, table, write_manifest
from tests.commands.web_site import Answer, Site, content, in_turn, redirect, serving

PAGE = "<!DOCTYPE html><html><head><title>{}</title></head><body>…</body></html>"


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:{}/a.pdf",
        "http://localhost:{}/a.pdf",
        "http://2130706433:{}/a.pdf",
        "http://0x7f.1:{}/a.pdf",
        "http://[::1]:{}/a.pdf",
        "http://[::ffff:127.0.0.1]:{}/a.pdf",
        "http://10.0.0.1:{}/a.pdf",
        "http://169.254.169.254:{}/a.pdf",
        "http://[64:ff9b::a00:1]:{}/a.pdf",
        "http://user:secret@127.0.0.1:{}/a.pdf",
        "file:///etc/passwd",
        "ftp://127.0.0.1/a.pdf",
        "a.pdf",
    ],
)
def test_only_web_servers_of_the_public_internet_are_asked(tmp_path: Path, site: Site, address: str) -> None:
    site.pages["/a.pdf"] = content(PDF)
    manifest = write_manifest(tmp_path, ("a.pdf", address.format(site.port), "", ""))
    result = CliRunner().invoke(main, ["fetch", str(manifest)])
    assert "a.pdf: refused" in result.output
    assert "secret" not in result.output
    assert result.exit_code == 1
    assert site.asked == []


def test_only_numbers_of_the_public_internet_are_public() -> None:
    private = "0.0.0.0 10.1.2.3 100.64.1.1 127.1.1.1 169.254.169.254 172.16.0.1 192.168.1.1 224.0.0.1 255.255.255.255"
    private += " :: ::1 ::7f00:1 fc00::1 fe80::1 fec0::1 ff02::1 64:ff9b:1::1"
    private += " ::ffff:10.0.0.1 64:ff9b::a00:1 2002:7f00:1:: 2001::1"
    public = "8.8.8.8 114.114.114.114 2400:3200::1 ::ffff:8.8.8.8 64:ff9b::808:808"
    assert [text for text in private.split() if is_public(ip_address(text))] == []
    assert [text for text in public.split() if not is_public(ip_address(text))] == []


@pytest.mark.parametrize("target", ["http://127.0.0.2:{}/b.pdf", "file:///etc/passwd"])
def test_a_redirect_leads_nowhere_that_may_not_be_asked(tmp_path: Path, site: Site, target: str) -> None:
    site.pages["/a.pdf"] = redirect(target.format(site.port))
    manifest = write_manifest(tmp_path, ("a.pdf", site.url("/a.pdf"), "", ""))
    options = Options(pause=0, permits=lambda address: str(address) == "127.0.0.1")
    (result,) = fetch(manifest, tmp_path, options, Progress())
    assert result.outcome == "refused"
    assert originals(tmp_path) == {}


def test_a_name_that_means_a_private_host_the_next_time_is_refused_then(tmp_path: Path, site: Site) -> None:
    site.pages["/a.pdf"] = content(PDF)
    manifest = write_manifest(tmp_path, ("a.pdf", site.url("/a.pdf"), "", ""))
    answers = iter([True, False])
    (result,) = fetch(manifest, tmp_path, Options(pause=0, permits=lambda _: next(answers)), Progress())
    assert result.outcome == "refused"
    assert [asked.path for asked in site.asked] == ["/robots.txt"]


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (content(b"", 404), "not_found"),
        (content(PAGE.format("404 您访问的页面不存在").encode("gbk")), "not_found"),
        (content(PAGE.format("示例市财政局").encode()), "wrong_type"),
        (content(b"\x89PNG\r\n\x1a\n\0\0"), "wrong_type"),
        (content(b""), "wrong_type"),
        (content(b"", 403), "forbidden"),
        (content(b"", 500), "unreachable"),
        (redirect("/a.pdf"), "unreachable"),
    ],
    ids=["404", "404 as 200", "web page", "picture", "empty", "403", "500", "redirects for ever"],
)
def test_what_is_not_the_original_ends_in_a_typed_outcome_and_nothing_is_kept(
    tmp_path: Path, site: Site, answer: Answer, outcome: str
) -> None:
    site.pages["/a.pdf"] = answer
    result = run(write_manifest(tmp_path, ("", site.url("/a.pdf"), "", "")))
    assert f"/a.pdf: {outcome}: " in result.output
    assert result.exit_code == 1
    assert originals(tmp_path) == {}
    assert list((tmp_path / ".fetch").iterdir()) == [tmp_path / ".fetch" / "lock"]


def test_a_table_that_excel_saved_as_a_web_page_is_no_error_page(tmp_path: Path, site: Site) -> None:
    saved = PAGE.format("收支总表").replace("<html>", '<html xmlns:x="urn:schemas-microsoft-com:office:excel">')
    site.pages |= {"/b.xls": content(PAGE.format("示例市财政局").encode()), "/c.xls": content(b'{"code": 500}')}
    site.pages["/a.xls"] = content(saved.encode())
    result = run(write_manifest(tmp_path, *(("", site.url(path), "", "") for path in site.pages)))
    assert "(2 wrong_type, 1 fetched)" in result.output
    assert originals(tmp_path) == {"a.xls": saved.encode()}


def test_a_server_that_is_not_there_ends_in_a_typed_outcome_and_the_others_are_fetched(
    tmp_path: Path, site: Site
) -> None:
    site.pages["/a.pdf"] = content(PDF)
    with serving() as gone:
        pass
    rows = ("b.pdf", gone.url("/b.pdf"), "", ""), ("a.pdf", site.url("/a.pdf"), "", "")
    result = run(write_manifest(tmp_path, *rows))
    assert "b.pdf: unreachable" in result.output
    assert "2 addresses (1 unreachable, 1 fetched)" in result.output
    assert result.exit_code == 0


NAME = "示例局2026年预算（公开）.pdf"


@pytest.mark.parametrize(
    ("path", "disposition", "expected"),
    [
        ("/down?id=1", f'attachment; filename="{NAME.encode("gbk").decode("latin-1")}"', NAME),
        ("/down?id=1", f'attachment; filename="{NAME.encode().decode("latin-1")}"', NAME),
        ("/down?id=1", f"attachment; filename*=GBK''{quote(NAME, encoding='gbk')}; filename=x.pdf", NAME),
        ("/down?id=1", f"attachment; filename=x.pdf; filename*=UTF-8''{quote(NAME)}", NAME),
        ("/down?id=1", f"attachment; filename={quote(NAME, encoding='gbk')}", NAME),
        (f"/{quote(NAME, encoding='gbk')}", None, NAME),
        ("/down?id=1", 'attachment; filename="../../../etc/cron.d/x.pdf"', "etc-cron.d-x.pdf"),
        ("/down?id=1", 'attachment; filename="C:\\Windows\\x.pdf"', "C-Windows-x.pdf"),
        ("/down?id=1", 'attachment; filename="manifest.csv"', "manifest.pdf"),
        ("/down?id=1", 'attachment; filename=".bashrc"', "bashrc.pdf"),
        ("/down?id=1", 'attachment; filename="x.exe"', "x.pdf"),
        ("/down?id=1", f'attachment; filename="{"预" * 300}.pdf"'.encode().decode("latin-1"), "预" * 73 + ".pdf"),
        ("/", None, "original.pdf"),
    ],
    ids=range(13),
)
def test_the_name_that_a_server_gives_is_readable_and_harmless(
    tmp_path: Path, site: Site, path: str, disposition: str | None, expected: str
) -> None:
    site.pages[path] = content(PDF, **({"Content_Disposition": disposition} if disposition else {}))
    manifest = write_manifest(tmp_path / "", ("", site.url(path), "", ""))
    assert run(manifest).exit_code == 0
    assert originals(tmp_path) == {expected: PDF}
    assert table(manifest)[0]["file"] == expected


def test_two_originals_of_one_name_are_both_kept(tmp_path: Path, site: Site) -> None:
    site.pages |= {"/a/x.pdf": content(PDF), "/b/x.pdf": content(NEWER)}
    manifest = write_manifest(tmp_path, ("", site.url("/a/x.pdf"), "", ""), ("", site.url("/b/x.pdf"), "", ""))
    run(manifest)
    run(manifest)
    files = originals(tmp_path)
    assert sorted(files.values()) == sorted([PDF, NEWER])
    assert [files[row["file"]] for row in table(manifest)] == [PDF, NEWER]


def test_an_answer_of_two_gigabytes_is_not_waited_for(tmp_path: Path, site: Site) -> None:
    site.pages["/a.pdf"] = content(PDF, claimed=2_000_000_000)
    result = run(write_manifest(tmp_path, ("a.pdf", site.url("/a.pdf"), "", "")))
    assert "a.pdf: too_large: the server sends 2,000.0 MB or more; the limit is 200 MB (--max-size)" in result.output
    assert len(site.asked_for("/a.pdf")) == 1


def test_an_answer_that_never_ends_is_ended(tmp_path: Path, site: Site) -> None:
    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        while True:
            handler.wfile.write(PDF)

    site.pages["/a.pdf"] = endless
    result = run(write_manifest(tmp_path, ("a.pdf", site.url("/a.pdf"), "", "")), "--max-size", "1")
    assert "a.pdf: too_large" in result.output
    assert list((tmp_path / ".fetch").iterdir()) == [tmp_path / ".fetch" / "lock"]


@pytest.mark.parametrize(
    ("headers", "outcome"),
    [
        ({"Content_Encoding": "gzip"}, "unreachable"),
        ({"Content_Encoding": "gzip", "body": gzip.compress(bytes(50_000_000))}, "too_large"),
        ({"status": 503, "Retry_After": "soon"}, "unreachable"),
        ({"status": 302}, "forbidden"),
        ({"status": 304}, "unreachable"),
        ({"status": 206, "Content_Range": "bytes 5-9/10"}, "unreachable"),
        ({"status": 416}, "unreachable"),
        ({"claimed": "9" * 5000}, "fetched"),
        ({"ETag": '=cmd|"\x01\x85', "Content_Disposition": "attachment; filename*=x''%00%01%C2%85.pdf"}, "fetched"),
    ],
    ids=range(9),
)
def test_no_header_of_a_server_upsets_a_run(tmp_path: Path, site: Site, headers: dict[str, Any], outcome: str) -> None:
    site.pages["/a"] = content(**{"body": PDF} | headers)
    manifest = write_manifest(tmp_path, ("", site.url("/a"), "", ""))
    result = run(manifest, "--max-size", "1")
    assert f"1 addresses (1 {outcome})" in result.output
    assert "report it" not in result.output
    assert run(manifest).exit_code in (0, 1)


def test_a_redirect_in_gbk_is_followed(tmp_path: Path, site: Site) -> None:
    site.pages[f"/{quote(NAME, encoding='gbk')}"] = content(PDF)
    site.pages["/a"] = redirect(f"/{NAME.encode('gbk').decode('latin-1')}")
    run(write_manifest(tmp_path, ("", site.url("/a"), "", "")))
    assert list(originals(tmp_path).values()) == [PDF]


def test_robots_txt_is_heeded_also_behind_a_redirect(tmp_path: Path, site: Site) -> None:
    site.pages["/robots.txt"] = content(b"User-agent: *\nDisallow: /closed/\n")
    site.pages |= {"/closed/a.pdf": content(PDF), "/b.pdf": redirect("/closed/a.pdf"), "/c.pdf": content(PDF)}
    paths = ("/closed/a.pdf", "/b.pdf", "/c.pdf")
    result = run(write_manifest(tmp_path, *(("", site.url(path), "", "") for path in paths)))
    assert "3 addresses (2 forbidden, 1 fetched)" in result.output
    assert site.asked_for("/closed/a.pdf") == []
    assert len(site.asked_for("/robots.txt")) == 1


def test_a_site_whose_robots_txt_cannot_be_read_is_left_alone(tmp_path: Path, site: Site) -> None:
    site.pages |= {"/robots.txt": content(b"", 503), "/a.pdf": content(PDF)}
    rows = [(name, site.url(f"/{name}"), "", "") for name in ("a.pdf", "b.pdf")]
    assert "2 addresses (2 unreachable)" in run(write_manifest(tmp_path, *rows)).output
    assert [asked.path for asked in site.asked] == ["/robots.txt"] * 4


def test_a_host_is_asked_one_thing_at_a_time_with_a_pause_after_each(tmp_path: Path, site: Site) -> None:
    site.pages |= {
        "/a.pdf": content(PDF),
        "/b.pdf": redirect("/a.pdf"),
        "/c.pdf": in_turn(content(b"", 500), content(PDF)),
    }
    site.seconds = 0.05
    rows = [("", site.url(path), "", "") for path in site.pages]
    manifest = write_manifest(tmp_path, *rows)
    assert run(manifest, "--pause", "0.1").exit_code == 0
    assert len(site.asked) == 6
    assert all(one.answered + 0.1 <= other.came for one, other in pairwise(site.asked))


@pytest.mark.parametrize(
    "pages",
    [
        {"/robots.txt": content(b"User-agent: *\nCrawl-delay: 1\n"), "/a.pdf": content(PDF)},
        {"/a.pdf": in_turn(content(b"", 429, Retry_After="1"), content(PDF))},
    ],
    ids=["crawl-delay", "retry-after"],
)
def test_a_pause_that_a_server_asks_for_is_granted(tmp_path: Path, site: Site, pages: dict[str, Answer]) -> None:
    site.pages |= pages
    assert run(write_manifest(tmp_path, ("a.pdf", site.url("/a.pdf"), "", ""))).exit_code == 0
    assert site.asked[-2].answered + 1 <= site.asked[-1].came


def test_a_server_is_told_who_asks(tmp_path: Path, site: Site) -> None:
    site.pages["/a.pdf"] = content(PDF)
    manifest = write_manifest(tmp_path, ("a.pdf", site.url("/a.pdf"), "", ""))
    assert run(manifest, "--contact", "me@example.org").exit_code == 0
    told = {asked.headers["User-Agent"] for asked in site.asked}
    (version,) = [line.split()[-1] for line in CliRunner().invoke(main, ["--version"]).output.splitlines()]
    assert told == {f"budgetlib/{version} (research on budget disclosures; me@example.org)"}
    assert run(manifest, "--contact", "me\r\nCookie: x").exit_code == 2
