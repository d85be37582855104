"""Files at an address are read like those on the disk, from a real object store and a real web server."""

from __future__ import annotations

import shutil
import sys
import threading
import zipfile
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from budgetlib.commands.pipeline import parse
from budgetlib.core.errors import BadParameter, NotFound
from budgetlib.tables.corpus import load
from budgetlib.tables.schemas import TABLES
from tests.commands.pipeline.disclosures import SAMPLE, disclose

fsspec = pytest.importorskip("fsspec", reason="the extra cluster is not installed")
pytest.importorskip("s3fs", reason="the extra cluster is not installed")

from moto.server import ThreadedMotoServer  # noqa: E402 - only where there is something to serve


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(endpoint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The object store with an empty bucket `disclosures`."""
    for name, value in {"ENDPOINT_URL": endpoint, "ACCESS_KEY_ID": "x", "SECRET_ACCESS_KEY": "x"}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    fsspec.filesystem("s3").clear_instance_cache()
    store = fsspec.filesystem("s3")
    if store.exists("disclosures"):
        store.rm("disclosures", recursive=True)
    store.mkdir("disclosures")
    return store


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    for name in ("示例市水务局", "示例市教育局"):
        disclose(tmp_path / "raw/2026", name)
    shutil.copy(SAMPLE, tmp_path / "raw/2026")
    return tmp_path / "raw"


def rows(tables_dir: Path) -> dict[str, pd.DataFrame]:
    """All tables, but for where the files lie and what that decides."""
    corpus = load(tables_dir)
    return {
        table.name: getattr(corpus, table.name).drop(columns=["path", "folder"], errors="ignore") for table in TABLES
    }


def test_a_folder_in_an_object_store_gives_the_tables_of_one_on_the_disk(
    bucket: Any, raw: Path, tmp_path: Path
) -> None:
    bucket.put(str(raw / "2026"), "disclosures/2026", recursive=True)
    parse([raw], tmp_path / "here", ocr="never")
    parse(["s3://disclosures/2026"], tmp_path / "there", ocr="never")
    here, there = rows(tmp_path / "here"), rows(tmp_path / "there")
    assert len(here["lines"]) > 100
    for name in here:
        pd.testing.assert_frame_equal(here[name], there[name])
    documents = load(tmp_path / "there").documents
    assert sorted(documents.path) == sorted(f"s3://disclosures/2026/{path.name}" for path in raw.glob("2026/*"))
    assert set(documents.folder) == {None}


def test_a_manifest_in_an_object_store_is_used_and_what_is_wrong_with_it_is_said(
    bucket: Any, raw: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    named = '示例市水务局-2026.txt,由示例市水务局公开\n示例市教育局-2026.txt,"一\n'
    (raw / "2026/manifest.csv").write_text(f"file,note\n{named}", encoding="utf-8")
    bucket.put(str(raw / "2026"), "disclosures/2026", recursive=True)
    parse(["s3://disclosures/2026"], tmp_path / "tidy", ocr="never")
    notes = load(tmp_path / "tidy").documents.set_index("entity").note
    assert notes["示例市水务局"] == "由示例市水务局公开"
    assert notes["示例市教育局"] is None
    assert "2026/manifest.csv, line 3" in caplog.text


@pytest.mark.slow
def test_workers_of_a_cluster_fetch_what_they_read(bucket: Any, raw: Path, tmp_path: Path) -> None:
    from budgetlib.commands.pipeline.cluster import cluster

    bucket.put(str(raw / "2026"), "disclosures/2026", recursive=True)
    parse(["s3://disclosures"], tmp_path / "one", ocr="never")
    with cluster(workers=2) as machines:
        parse(["s3://disclosures"], tmp_path / "many", ocr="never", executor=machines)
    one, many = rows(tmp_path / "one"), rows(tmp_path / "many")
    for name in one:
        pd.testing.assert_frame_equal(one[name], many[name])


def test_only_what_changed_in_an_object_store_is_read_again(bucket: Any, raw: Path, tmp_path: Path) -> None:
    (raw / "2026" / SAMPLE.name).unlink()
    address = "s3://disclosures"
    bucket.put(str(raw), "disclosures", recursive=True)
    assert len(parse([address], tmp_path / "tidy")) == 2
    assert all(reading.unchanged for reading in parse([address], tmp_path / "tidy"))
    changed = disclose(raw / "2026", "示例市水务局", total="130.50")
    bucket.put(str(changed), f"disclosures/2026/{changed.name}")
    again = [reading.path for reading in parse([address], tmp_path / "tidy") if not reading.unchanged]
    assert again == [f"s3://disclosures/2026/{changed.name}"]


def test_an_address_where_nothing_is_ends_in_a_sentence(bucket: Any, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no file to read in s3://disclosures/none"):
        parse(["s3://disclosures/none"], tmp_path / "tidy")
    with pytest.raises(NotFound, match="s3://nowhere cannot be listed"):
        parse(["s3://nowhere"], tmp_path / "tidy")
    with pytest.raises(BadParameter, match="nothing://at all cannot be opened"):
        parse(["nothing://at all"], tmp_path / "tidy")


def test_an_archive_in_an_object_store_is_not_opened_and_the_way_out_is_said(bucket: Any, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.txt", "预算")
    bucket.put(str(tmp_path / "a.zip"), "disclosures/a.zip")
    (unread,) = parse(["s3://disclosures"], tmp_path / "tidy")
    assert (unread.outcome, unread.reason) == (
        "malformed",
        "a.zip is an archive within an archive or at an address; unpack it",
    )


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def site(raw: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(raw)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_file_on_the_web_is_read_and_one_that_is_not_there_is_said(site: str, raw: Path, tmp_path: Path) -> None:
    shutil.copy(raw / "2026/示例市水务局-2026.txt", raw / "water.txt")
    there, missing = f"{site}/water.txt", f"{site}/none.txt"
    read, unread = parse([there, missing], tmp_path / "tidy")
    assert (read.path, read.outcome) == (there, "ok")
    assert (unread.path, unread.outcome) == (missing, "malformed")
    assert "cannot be opened" in str(unread.reason)


def test_without_the_extra_an_address_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "fsspec.core", None)
    with pytest.raises(BadParameter, match=r"pip install 'budgetlib\[cluster\]'"):
        parse(["s3://disclosures"], tmp_path / "tidy")
