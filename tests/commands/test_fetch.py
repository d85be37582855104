"""`budgetlib fetch` against a real server on this machine, which is slow, broken and hostile as the real ones are."""

from __future__ import annotations

import csv
import gzip
import hashlib
import os
import re
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from ipaddress import ip_address
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, get_args
from urllib.parse import quote

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from budgetlib.commands.cli import main
from budgetlib.commands.fetch import Options, Progress, fetch, is_public
from budgetlib.commands.fetch.outcomes import Outcome
from budgetlib.core.files import held_alone
from tests.commands.web_site import Answer, Site, content, in_turn, redirect, serving, versioned
from tests.strategies import documents

ROOT = Path(__file__).resolve().parents[2]
PDF = b"%PDF-1.7\n" + bytes(range(256)) * 400
NEWER = b"%PDF-1.6\n" + bytes(reversed(range(256))) * 410
PAGE = "<!DOCTYPE html><html><head><title>{}</title></head><body>…</body></html>"
COMMAND = (Path(sys.executable).with_name("budgetlib"), "fetch")
COLUMNS = ("file", "url", "sha256", "kind")


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as one:
        yield one


def write_manifest(folder: Path, *rows: tuple[str, ...], columns: tuple[str, ...] = COLUMNS) -> Path:
    path = folder / "manifest.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([columns, *rows])
    return path


def run(manifest: Path, *options: str) -> Result:
    return CliRunner().invoke(main, ["fetch", str(manifest), "--allow-private", "--pause", "0", *options])


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def record(folder: Path) -> list[dict[str, str]]:
    return table(folder / "fetched.csv")


def originals(folder: Path) -> dict[str, bytes]:
    tables = ("manifest.csv", "fetched.csv")
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file() and path.name not in tables}


def sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def test_an_original_is_fetched_and_where_it_came_from_is_written_down(tmp_path: Path, site: Site) -> None:
    site.pages["/a"] = redirect("/2026/b.pdf")
    site.pages["/2026/b.pdf"] = versioned(PDF, '"one"')
    manifest = write_manifest(tmp_path, ("甲.pdf", site.url("/a"), "", ""))
    result = run(manifest)
    assert result.exit_code == 0, result.output
    assert f"甲.pdf: fetched: {len(PDF):,} bytes" in result.output
    assert originals(tmp_path) == {"甲.pdf": PDF}
    (row,) = record(tmp_path)
    retrieved = row.pop("retrieved")
    assert row == {
        "file": "甲.pdf",
        "url": site.url("/a"),
        "final_url": site.url("/2026/b.pdf"),
        "etag": '"one"',
        "last_modified": "",
        "size": str(len(PDF)),
        "sha256": sha256(PDF),
    }
    (entry,) = table(manifest)
    assert (entry["sha256"], entry["retrieved"]) == (sha256(PDF), retrieved[:10])


def test_the_manifest_keeps_its_encoding_its_line_ends_and_what_is_written_in_it(tmp_path: Path, site: Site) -> None:
    site.pages["/a.pdf"] = content(PDF)
    lines = ["电话,file,url,sha256,retrieved", f'"12,3",甲.pdf, {site.url("/a.pdf")},,昨天', "5,乙.pdf,,,"]
    manifest = tmp_path / "manifest.csv"
    manifest.write_bytes("\r\n".join(lines).encode("gb18030"))
    assert run(manifest).exit_code == 0
    lines[1] = f'"12,3",甲.pdf,{site.url("/a.pdf")},{sha256(PDF)},昨天'
    assert manifest.read_bytes().decode("gb18030") == "\r\n".join([*lines, ""])


def test_a_complete_manifest_is_verified_and_left_as_it_is(tmp_path: Path, site: Site) -> None:
    site.pages["/a.pdf"] = content(PDF)
    columns = ("file", "url", "sha256", "retrieved")
    manifest = write_manifest(tmp_path, ("a.pdf", site.url("/a.pdf"), sha256(PDF), "2026-01-01"), columns=columns)
    before = manifest.read_bytes()
    assert "1 fetched" in run(manifest, "--out", str(tmp_path / "raw")).output
    assert manifest.read_bytes() == before
    assert originals(tmp_path / "raw") == {"a.pdf": PDF}


def test_another_file_than_the_manifests_is_kept_under_a_name_of_its_own_and_none_is_there_as_wanted(
    tmp_path: Path, site: Site
) -> None:
    site.pages["/a.pdf"] = content(PDF)
    manifest = write_manifest(tmp_path, ("a.pdf", site.url("/a.pdf"), "0" * 64, ""))
    for _ in range(2):
        result = run(manifest)
        assert "a.pdf: mismatch" in result.output
        assert result.exit_code == 1
        assert originals(tmp_path) == {f"a.{sha256(PDF)[:8]}.pdf": PDF}


@pytest.mark.parametrize("etag", [True, False])
def test_a_changed_original_is_kept_beside_the_old_one_and_said_each_time(
    tmp_path: Path, site: Site, etag: bool
) -> None:
    site.pages["/a.pdf"] = versioned(PDF, '"one"') if etag else content(PDF)
    manifest = write_manifest(tmp_path, ("a.pdf", site.url("/a.pdf"), "", ""))
    run(manifest)
    assert "a.pdf: unchanged" in run(manifest).output
    before = manifest.read_bytes()
    site.pages["/a.pdf"] = versioned(NEWER, '"two"') if etag else content(NEWER)
    for _ in range(2):
        result = run(manifest)
        assert f"a.pdf: changed: the server has another by now; it is kept beside as a.{sha256(NEWER)[:8]}.pdf" in (
            result.output
        )
        assert result.exit_code == 0
        assert originals(tmp_path) == {"a.pdf": PDF, f"a.{sha256(NEWER)[:8]}.pdf": NEWER}
    assert manifest.read_bytes() == before
    assert [row["sha256"] for row in record(tmp_path)] == [sha256(PDF), sha256(NEWER)]


def test_what_is_there_is_not_downloaded_again_where_the_server_can_say_that_it_has_no_other(
    tmp_path: Path, site: Site
) -> None:
    site.pages["/a.pdf"] = versioned(PDF, '"one"')
    manifest = write_manifest(tmp_path, ("a.pdf", site.url("/a.pdf"), "", ""))
    run(manifest)
    assert "a.pdf: unchanged" in run(manifest).output
    assert [asked.headers.get("If-None-Match") for asked in site.asked_for("/a.pdf")] == [None, '"one"']


def test_a_file_that_was_deleted_is_fetched_again(tmp_path: Path, site: Site) -> None:
    site.pages["/a.pdf"] = versioned(PDF, '"one"')
    manifest = write_manifest(tmp_path, ("a.pdf", site.url("/a.pdf"), "", ""))
    run(manifest)
    (tmp_path / "a.pdf").unlink()
    assert "a.pdf: fetched" in run(manifest).output
    assert originals(tmp_path) == {"a.pdf": PDF}


def test_a_download_that_is_cut_is_continued(tmp_path: Path, site: Site) -> None:
    site.pages["/a.pdf"] = versioned(PDF, '"one"', cut_at=5000)
    result = run(write_manifest(tmp_path, ("a.pdf", site.url("/a.pdf"), "", "")))
    assert "continued after 5,000 bytes" in result.output
    assert originals(tmp_path) == {"a.pdf": PDF}
    assert site.asked_for("/a.pdf")[1].headers["Range"] == "bytes=5000-"


def test_a_run_that_is_stopped_is_continued_by_the_next_and_a_slow_server_is_not_waited_for(
    tmp_path: Path, site: Site
) -> None:
    end = threading.Event()
    site.pages["/a.pdf"] = versioned(PDF, '"one"', cut_at=5000, then=end.wait)
    manifest = write_manifest(tmp_path, ("a.pdf", site.url("/a.pdf"), "", ""))
    first = run(manifest, "--time-limit", "1")
    end.set()
    assert "a.pdf: timeout: it took longer than 1 s" in first.output
    assert first.exit_code == 1
    assert originals(tmp_path) == {}
    assert "continued after 5,000 bytes" in run(manifest).output
    assert originals(tmp_path) == {"a.pdf": PDF}


def test_a_run_that_is_killed_is_continued_by_the_next(tmp_path: Path, site: Site) -> None:
    came, end = threading.Event(), threading.Event()

    def stall() -> None:
        came.set()
        end.wait()

    site.pages["/a.pdf"] = versioned(PDF, '"one"', cut_at=50_000, then=stall)
    manifest = write_manifest(tmp_path, ("a.pdf", site.url("/a.pdf"), "", ""))
    process = subprocess.Popen([*COMMAND, manifest, "--allow-private", "--pause", "0"])
    came.wait()
    while not any(part.stat().st_size for part in (tmp_path / ".fetch").glob("*.part")):
        time.sleep(0.01)
    process.kill()
    process.wait()
    end.set()
    assert "continued after" in run(manifest).output
    assert originals(tmp_path) == {"a.pdf": PDF}


@pytest.mark.parametrize("rest", [versioned(NEWER, '"two"'), content(NEWER)], ids=["another version", "no version"])
def test_parts_of_two_versions_are_never_put_together(tmp_path: Path, site: Site, rest: Answer) -> None:
    site.pages["/a.pdf"] = in_turn(versioned(PDF, '"one"', cut_at=5000), rest)
    result = run(write_manifest(tmp_path, ("a.pdf", site.url("/a.pdf"), "", "")))
    assert "begun anew: the server has another version" in result.output
    assert originals(tmp_path) == {"a.pdf": NEWER}


def part(body: bytes, begin: int, etag: str) -> Answer:
    span = f"bytes {begin}-{len(body) - 1}/{len(body)}"
    return content(body[begin:], 206, ETag=etag, Content_Range=span)


@pytest.mark.parametrize(
    "wrong", [part(NEWER, 5000, '"two"'), part(PDF, 4000, '"one"')], ids=["another version", "another place"]
)
def test_a_part_that_is_not_the_rest_of_what_came_is_not_taken(tmp_path: Path, site: Site, wrong: Answer) -> None:
    site.pages["/a.pdf"] = in_turn(versioned(PDF, '"one"', cut_at=5000), wrong, versioned(PDF, '"one"'))
    run(write_manifest(tmp_path, ("a.pdf", site.url("/a.pdf"), "", "")))
    assert originals(tmp_path) == {"a.pdf": PDF}


@st.composite
def troubled(draw: st.DrawFn) -> Answer:
    """Answers that send either of two versions, cut anywhere, with and without ETags that a server heeds or not."""

    def one() -> Answer:
        body, etag = draw(st.sampled_from([(PDF, '"one"'), (NEWER, '"two"')]))
        cut = draw(st.integers(0, len(body)))
        match draw(st.sampled_from(["parts", "no parts", "no version", "wrong part"])):
            case "parts":
                return versioned(body, etag, cut_at=cut)
            case "no parts":
                return content(body, sent=cut, ETag=etag)
            case "no version":
                return content(body, sent=cut)
        return part(body, cut, etag) if cut < len(body) else content(b"", 503)

    return in_turn(*(one() for _ in range(draw(st.integers(1, 6)))), versioned(PDF, '"one"'))


@documents
@given(troubled())
def test_whatever_a_server_does_an_original_is_there_whole_or_not_at_all(answer: Answer) -> None:
    with serving() as site, TemporaryDirectory() as folder:
        site.pages["/a.pdf"] = answer
        manifest = write_manifest(Path(folder), ("a.pdf", site.url("/a.pdf"), "", ""))
        for _ in range(3):
            run(manifest)
            assert set(originals(Path(folder)).values()) <= {PDF, NEWER}
        assert PDF in originals(Path(folder)).values()


def test_without_a_version_a_download_begins_anew_and_says_so(tmp_path: Path, site: Site) -> None:
    site.pages["/a.pdf"] = in_turn(content(PDF, sent=5000), content(PDF))
    result = run(write_manifest(tmp_path, ("a.pdf", site.url("/a.pdf"), "", "")))
    assert "begun anew: the server does not say whether the rest is of the same file" in result.output
    assert originals(tmp_path) == {"a.pdf": PDF}


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
    assert "a.pdf: unreachable" in run(write_manifest(tmp_path, ("a.pdf", site.url("/a.pdf"), "", ""))).output
    assert site.asked_for("/a.pdf") == []


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


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (("../a.pdf", "http://example.org/a.pdf", "", ""), "file is '../a.pdf'; allowed: the name of a file"),
        (("manifest.csv", "http://example.org/a.pdf", "", ""), "file is 'manifest.csv'"),
        (
            ("a.pdf", "http://example.org/a.pdf", "", "page"),
            "kind is 'page'; allowed: document, index, found, rejected",
        ),
    ],
)
def test_a_row_that_cannot_be_used_is_said_with_its_line(tmp_path: Path, row: tuple[str, ...], said: str) -> None:
    result = run(write_manifest(tmp_path, row))
    assert f"refused: {tmp_path.name}/manifest.csv, line 2: {said}" in result.output
    assert result.exit_code == 1


def test_a_manifest_that_is_not_there_or_names_no_address_is_wrong_usage(tmp_path: Path) -> None:
    assert run(tmp_path / "manifest.csv").exit_code == 2
    result = run(write_manifest(tmp_path, ("a.pdf", "", "", "")))
    assert "has no address to fetch from; write one into the column url" in result.output
    assert result.exit_code == 2
    assert run(write_manifest(tmp_path, ("a.pdf",), columns=("file",))).exit_code == 2


def test_every_outcome_is_explained_where_the_manifest_is() -> None:
    explained = (ROOT / "data/raw/README.md").read_text(encoding="utf-8").partition("| outcome |")[2]
    assert set(re.findall(r"`([a-z_]+)`", "".join(re.findall(r"^\|(.*?)\|", explained, re.MULTILINE)))) == set(
        get_args(Outcome)
    )


def test_two_runs_at_once_do_not_mix(tmp_path: Path, site: Site) -> None:
    manifest = write_manifest(tmp_path, ("a.pdf", site.url("/a.pdf"), "", ""))
    with held_alone(tmp_path / ".fetch"):
        assert "is writing to" in run(manifest).output
    assert site.asked == []


def test_what_was_fetched_is_parsed_and_what_is_only_listed_is_no_document(tmp_path: Path, site: Site) -> None:
    sound = (ROOT / "data/raw/示例市示例局-2026.pdf").read_bytes()
    site.pages |= {"/a.pdf": content(sound), "/list/": content(INDEX.encode("gbk"))}
    run(write_manifest(tmp_path, ("", site.url("/a.pdf"), "", ""), ("", site.url("/list/"), "", "index")))
    result = CliRunner().invoke(main, ["parse", str(tmp_path), "--out", str(tmp_path / "tidy"), "--jobs", "1"])
    assert "1 documents (1 ok)" in result.output
    assert "manifest.csv" not in result.output


def test_on_a_terminal_a_bar_shows_how_much_is_there(tmp_path: Path, site: Site) -> None:
    site.pages["/a.pdf"] = content(PDF)
    manifest = write_manifest(tmp_path, ("a.pdf", site.url("/a.pdf"), "", ""))
    ours, its = os.openpty()
    termios.tcsetwinsize(its, (24, 100))
    subprocess.run([*COMMAND, manifest, "--allow-private", "--pause", "0"], stdout=its, stderr=its, check=True)
    os.close(its)
    assert "1 of 1" in os.read(ours, 1 << 16).decode()
    os.close(ours)
