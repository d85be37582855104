"""`budgetlib fetch`: originals from a real server on this machine, their record, and what a broken download leaves."""

from __future__ import annotations

import os
import re
import subprocess
import termios
import threading
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgetlib.commands.fetch.outcomes import Outcome
from budgetlib.core.files import held_alone
from budgetlib.pages.sources import find_sources
from tests.commands.fetching import COMMAND, NEWER, PDF, originals, record, run, sha256, table, write_manifest
from tests.commands.web_site import Answer, Site, content, in_turn, redirect, serving, versioned
from tests.strategies import documents

ROOT = Path(__file__).resolve().parents[2]


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


def test_an_original_is_of_the_day_that_its_server_says_else_of_that_it_was_fetched(tmp_path: Path, site: Site) -> None:
    site.pages["/a.pdf"] = content(PDF, Last_Modified="Tue, 10 Feb 2026 08:00:00 GMT")
    site.pages["/b.pdf"] = content(NEWER)
    run(write_manifest(tmp_path, *((f"{one}.pdf", site.url(f"/{one}.pdf"), "", "") for one in "ab")))
    retrieved = record(tmp_path)[1]["retrieved"]
    assert [source.file_date for source in find_sources([tmp_path])] == ["2026-02-10", retrieved[:10]]


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


def test_on_a_terminal_a_bar_shows_how_much_is_there(tmp_path: Path, site: Site) -> None:
    site.pages["/a.pdf"] = content(PDF)
    manifest = write_manifest(tmp_path, ("a.pdf", site.url("/a.pdf"), "", ""))
    ours, its = os.openpty()
    termios.tcsetwinsize(its, (24, 100))
    subprocess.run([*COMMAND, manifest, "--allow-private", "--pause", "0"], stdout=its, stderr=its, check=True)
    os.close(its)
    assert "1 of 1" in os.read(ours, 1 << 16).decode()
    os.close(ours)
