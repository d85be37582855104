"""What was read is kept: no run reads a file twice, none loses what another read, none shows half of its tables."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner

from budgetlib.checks import check_records
from budgetlib.commands.cli import main
from budgetlib.commands.pipeline import index, parse
from budgetlib.commands.pipeline.reading import Options, as_record, keep, read_source
from budgetlib.core.errors import NotFound
from budgetlib.core.files import held_alone, sha256
from budgetlib.pages.ink import DEFAULT_READER
from budgetlib.pages.sources import File
from budgetlib.tables import partitions as partitioning
from budgetlib.tables.corpus import load
from budgetlib.tables.generations import Store
from budgetlib.tables.partitions import WHOLE, holds, partitions
from budgetlib.tables.schemas import CHECKS, TABLES
from tests.processes import command

ROOT = Path(__file__).resolve().parents[2]
EVER_NEW = Path("/proc/sys/kernel/random/uuid")
DAY_BEFORE = 1_700_000_000
SENTENCE = "{year}年度{name}预算收入总计{total}万元，比上年增加10万元，增长8.30%。"


def disclose(folder: Path, name: str, year: int = 2026, total: str = "120.50") -> Path:
    """A few lines of a disclosure, in a file that was not changed just now."""
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}-{year}.txt"
    heading = "第三部分 情况说明\n一、部门预算收支数据变动情况及原因\n"
    sentence = SENTENCE.format(name=name, year=year, total=total)
    path.write_text(f"{name}\n{year}年部门预算\n{heading}{sentence}\n", encoding="utf-8")
    os.utime(path, (DAY_BEFORE, DAY_BEFORE))
    return path


def frames(tables_dir: Path) -> dict[str, pd.DataFrame]:
    return {table.name: pd.read_parquet(tables_dir / table.file) for table in TABLES}


def same(one: dict[str, pd.DataFrame], other: dict[str, pd.DataFrame]) -> bool:
    return all(one[name].equals(other[name]) for name in one)


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    for name in ("示例市水务局", "示例市教育局", "示例市卫生局"):
        disclose(tmp_path / "raw", name)
    return tmp_path / "raw"


def read_again(raw: Path, tables_dir: Path) -> list[str]:
    """The files that a run reads, of those in `raw`."""
    return [reading.path for reading in parse([raw], tables_dir) if not reading.unchanged]


def test_a_file_is_read_once_whatever_happens_to_the_others(raw: Path, tmp_path: Path) -> None:
    assert len(read_again(raw, tmp_path / "tidy")) == 3
    assert read_again(raw, tmp_path / "tidy") == []
    disclose(raw, "示例市民政局")
    assert read_again(raw, tmp_path / "tidy") == ["示例市民政局-2026.txt"]
    (raw / "示例市水务局-2026.txt").unlink()
    assert read_again(raw, tmp_path / "tidy") == []
    assert set(load(tmp_path / "tidy").documents.entity) == {"示例市民政局", "示例市教育局", "示例市卫生局"}


def test_a_file_that_comes_back_is_not_read_again(raw: Path, tmp_path: Path) -> None:
    parse([raw], tmp_path / "tidy")
    parse([raw / "示例市水务局-2026.txt"], tmp_path / "tidy")
    assert len(load(tmp_path / "tidy").documents) == 1
    assert read_again(raw, tmp_path / "tidy") == []
    assert len(load(tmp_path / "tidy").documents) == 3


def test_a_file_of_the_same_length_and_age_with_another_content_is_read_again(raw: Path, tmp_path: Path) -> None:
    parse([raw], tmp_path / "tidy")
    disclose(raw, "示例市水务局", total="120.60")
    assert read_again(raw, tmp_path / "tidy") == ["示例市水务局-2026.txt"]


def test_tables_that_would_be_the_same_are_not_written_again(
    raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "_SETTLED_NS", -1)  # else it is a new generation in which the files have settled
    parse([raw], tmp_path / "tidy")
    before = Store(tmp_path / "tidy").current().folder
    parse([raw], tmp_path / "tidy")
    assert Store(tmp_path / "tidy").current().folder == before


def test_the_tables_are_those_of_a_first_run_whatever_was_there_before(raw: Path, tmp_path: Path) -> None:
    parse([raw], tmp_path / "grown")
    disclose(raw, "示例市民政局")
    disclose(raw, "示例市水务局", 2025, "110.40")
    parse([raw], tmp_path / "grown")
    parse([raw], tmp_path / "first")
    assert same(frames(tmp_path / "grown"), frames(tmp_path / "first"))


def test_one_document_more_makes_the_figures_of_its_department_only(raw: Path, tmp_path: Path) -> None:
    store = tmp_path / "tidy/.store"
    parse([raw], tmp_path / "tidy")
    before = {kind: {path.name for path in (store / kind).glob("*/*")} for kind in ("findings", "budgets")}
    disclose(raw, "示例市民政局")
    parse([raw], tmp_path / "tidy")
    for kind, names in before.items():
        after = {path.name for path in (store / kind).glob("*/*")}
        assert names < after
        assert len(after) == len(names) + 1


def test_every_table_is_found_under_its_name_by_any_tool(raw: Path, tmp_path: Path) -> None:
    parse([raw], tmp_path / "tidy")
    assert {path.name for path in (tmp_path / "tidy").glob("*.parquet")} == {table.file for table in TABLES}
    assert len(pd.read_parquet(tmp_path / "tidy/documents.parquet")) == 3


def test_a_folder_of_tables_can_be_moved(raw: Path, tmp_path: Path) -> None:
    parse([raw], tmp_path / "tidy")
    shutil.move(tmp_path / "tidy", tmp_path / "elsewhere")
    assert len(load(tmp_path / "elsewhere").documents) == 3


def test_tables_of_a_version_before_the_store_give_way(raw: Path, tmp_path: Path) -> None:
    (tmp_path / "tidy").mkdir()
    (tmp_path / "tidy/lines.parquet").write_bytes(b"of another version")
    parse([raw], tmp_path / "tidy")
    assert len(load(tmp_path / "tidy").statements) == len(pd.read_parquet(tmp_path / "tidy/statements.parquet")) > 0
    assert (tmp_path / "tidy/lines.parquet").is_symlink()


# two processes


def test_a_second_run_on_one_folder_says_so_and_stops(raw: Path, tmp_path: Path) -> None:
    with held_alone(Store(tmp_path / "tidy").folder):
        run = subprocess.run(
            command("parse", raw, "--out", tmp_path / "tidy"), capture_output=True, text=True, check=False
        )
    assert run.returncode == 1
    assert f"process {os.getpid()} on " in run.stderr
    assert "wait until it has ended" in run.stderr
    assert not list((tmp_path / "tidy").glob("*.parquet"))


@pytest.mark.slow
def test_a_killed_run_holds_nothing_and_the_next_goes_on_where_it_was(raw: Path, tmp_path: Path) -> None:
    for number in range(12):
        disclose(raw, f"示例市第{number}局")
    with subprocess.Popen(
        command("parse", raw, "--out", tmp_path / "tidy", "--jobs", 1),
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    ) as run:
        assert run.stdout is not None
        read = [next(run.stdout) for _ in range(3)]
        run.send_signal(signal.SIGKILL)
        read += run.stdout.readlines()
    assert not list((tmp_path / "tidy").glob("*.parquet"))
    left = read_again(raw, tmp_path / "tidy")
    assert len(left) <= 15 - len(read)
    parse([raw], tmp_path / "clean")
    assert same(frames(tmp_path / "tidy"), frames(tmp_path / "clean"))


def test_links_and_folders_that_a_killed_run_left_unfinished_are_removed(raw: Path, tmp_path: Path) -> None:
    parse([raw], tmp_path / "tidy")
    store = Store(tmp_path / "tidy")
    left = [store.folder / ".current.1.part", tmp_path / "tidy/.lines.parquet.1.part", store.folder / ".folder.1.part"]
    left[0].symlink_to(store.current().folder)
    left[1].symlink_to(store.current().folder / "lines.parquet")
    left[2].mkdir()
    assert read_again(raw, tmp_path / "tidy") == []
    assert not any(path.is_symlink() or path.exists() for path in left)
    assert len(load(tmp_path / "tidy").documents) == 3


def test_the_processes_of_a_killed_run_end_with_it(raw: Path, tmp_path: Path) -> None:
    for number in range(200):
        disclose(raw, f"示例市第{number}局")
    with subprocess.Popen(
        command("parse", raw, "--out", tmp_path / "tidy", "--jobs", 2),
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        start_new_session=True,
    ) as run:
        assert run.stdout is not None
        next(run.stdout)
        run.send_signal(signal.SIGKILL)
        run.stdout.read()  # ends when no process holds it open


@pytest.mark.slow
def test_a_reader_sees_one_run_or_the_other_while_tables_are_switched(raw: Path, tmp_path: Path) -> None:
    script = (
        "import sys, budgetlib as bl\n"
        "for _ in range(20):\n"
        "    for total in ('1.00', '2.00'):\n"
        "        text = open(sys.argv[1]).read()\n"
        "        open(sys.argv[2] + '/a.txt', 'w').write(text.replace('120.50', total))\n"
        "        bl.parse([sys.argv[2]], sys.argv[3])\n"
    )
    (tmp_path / "one").mkdir()
    parse([raw / "示例市水务局-2026.txt"], tmp_path / "tidy")
    arguments = [raw / "示例市水务局-2026.txt", tmp_path / "one", tmp_path / "tidy"]
    with subprocess.Popen([sys.executable, "-c", script, *map(str, arguments)]) as writer:
        seen = set()
        while writer.poll() is None:
            corpus = load(tmp_path / "tidy")
            (document,) = corpus.documents.document_id
            assert {document} == set(corpus.statements.document_id) == set(corpus.checks.document_id)
            seen.add(document)
    assert writer.returncode == 0
    assert len(seen) > 1


@pytest.mark.slow
def test_after_thirty_random_kills_the_next_run_is_as_a_first_one(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, str(ROOT / "benchmarks/killed_runs.py"), "30"], capture_output=True, text=True, check=False
    )
    assert run.stdout == "30 moments, 0 faults\n\n"
    assert run.returncode == 0


def test_a_disk_that_is_full_when_tables_are_put_together_leaves_those_of_before(raw: Path, tmp_path: Path) -> None:
    """What was read is there; the system lets no file grow to the size of a table."""
    parse([raw], tmp_path / "tidy")
    parse([disclose(tmp_path / "one", "示例市民政局")], tmp_path / "tidy")
    before = frames(tmp_path / "tidy")
    run = subprocess.run(
        command("parse", raw, "--out", tmp_path / "tidy", "--jobs", 1),
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, 1_000)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1
    assert "nothing there was changed" in run.stderr
    assert same(frames(tmp_path / "tidy"), before)
    assert read_again(raw, tmp_path / "tidy") == []


# damage


def records(tables_dir: Path) -> Iterator[Path]:
    return (path for path in (tables_dir / ".store/records").rglob("*") if path.is_file())


@pytest.mark.parametrize("damage", ["truncated", "empty", "changed", "gone"])
def test_what_was_kept_of_a_document_and_is_damaged_is_read_again_and_said(
    raw: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture, damage: str
) -> None:
    parse([raw], tmp_path / "tidy")
    before = frames(tmp_path / "tidy")
    record = next(records(tmp_path / "tidy"))
    content = record.read_bytes()
    if damage == "gone":
        record.unlink()
    else:
        middle = len(content) // 2
        changed = content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
        record.write_bytes({"truncated": content[:-100], "empty": b"", "changed": changed}[damage])
    disclose(raw, "示例市民政局")
    readings = parse([raw], tmp_path / "tidy")
    assert sum(not reading.unchanged for reading in readings) >= 1
    assert ("read again" in caplog.text) == (damage != "gone")
    after = frames(tmp_path / "tidy")
    ids = set(before["documents"].document_id)
    assert (
        after["statements"][after["statements"].document_id.isin(ids)]
        .reset_index(drop=True)
        .equals(before["statements"])
    )
    assert record.read_bytes() == content


def test_a_table_that_was_changed_on_disk_is_made_again_and_said(
    raw: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    parse([raw], tmp_path / "tidy")
    before = frames(tmp_path / "tidy")
    (tmp_path / "tidy/statements.parquet").write_bytes(b"PAR1")
    assert read_again(raw, tmp_path / "tidy") == []
    assert "statements.parquet is not as it was written" in caplog.text
    assert same(frames(tmp_path / "tidy"), before)


@pytest.mark.slow
def test_whichever_file_of_the_store_is_cut_off_the_next_run_makes_it_again(raw: Path, tmp_path: Path) -> None:
    store = Store(tmp_path / "tidy")

    def made() -> dict[str, bytes]:
        """All tables, those derived from others as well."""
        files = store.current().folder.glob("*.parquet")
        return {path.name: path.read_bytes() for path in files if path.name != "index.parquet"}

    parse([raw], tmp_path / "tidy")
    before = made()
    files = [path for path in store.folder.rglob("*") if path.is_file() and path.name != "lock"]
    for name in sorted(path.relative_to(store.folder) for path in files):
        file = store.current().folder / name.name if name.parts[0] == "generations" else store.folder / name
        os.truncate(file, file.stat().st_size // 2)
        parse([raw], tmp_path / "tidy")
        assert made() == before, name


@pytest.mark.parametrize("content", [b"", b"{}", b'{"layout": 99, "files": {}}', b"\xff"])
def test_a_store_of_another_version_is_no_obstacle(raw: Path, tmp_path: Path, content: bytes) -> None:
    parse([raw], tmp_path / "tidy")
    before = frames(tmp_path / "tidy")
    (Store(tmp_path / "tidy").current().folder / "contents.json").write_bytes(content)
    parse([raw], tmp_path / "tidy")
    assert same(frames(tmp_path / "tidy"), before)


def test_what_another_version_read_is_not_used_and_goes(raw: Path, tmp_path: Path) -> None:
    parse([raw], tmp_path / "tidy")
    (version,) = (tmp_path / "tidy/.store/records").iterdir()
    version.rename(version.with_name("0123456789abcdef"))
    assert len(read_again(raw, tmp_path / "tidy")) == 3
    assert [path.name for path in (tmp_path / "tidy/.store/records").iterdir()] == [version.name]


def test_without_symbolic_links_the_tables_are_copies(
    raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*arguments: object, **options: object) -> None:
        raise OSError("symbolic links are not allowed here")

    monkeypatch.setattr(os, "symlink", refused)
    monkeypatch.setattr(partitioning, "DOCUMENTS", 1)
    for expected in (3, 4):
        parse([raw], tmp_path / "tidy")
        assert not (tmp_path / "tidy/documents.parquet").is_symlink()
        assert len(load(tmp_path / "tidy").documents) == expected
        disclose(raw, "示例市民政局")
    assert read_again(raw, tmp_path / "tidy") == []


# files that are not what they were


def test_a_file_that_is_gone_when_its_turn_comes_is_said(tmp_path: Path) -> None:
    source = File(tmp_path / "gone.pdf", "gone.pdf", {}).source("0" * 64)
    reading, _ = read_source(source, Options("never", "pdfplumber"))
    assert (reading.outcome, reading.reason) == (
        "malformed",
        "gone.pdf cannot be opened (No such file or directory); put it back or make it readable",
    )


def test_a_file_that_was_changed_after_it_was_listed_is_read_as_it_is_now(tmp_path: Path) -> None:
    path = disclose(tmp_path / "raw", "示例市水务局")
    stale = File(path, path.name, {}).source("0" * 64)
    reading, _ = read_source(stale, Options("never", "pdfplumber"))
    assert reading.sha256 != stale.sha256
    assert reading.outcome in ("ok", "partial")


@pytest.mark.skipif(not EVER_NEW.is_file(), reason="there is no file that is another each time")
def test_a_file_that_changes_without_end_is_given_up(tmp_path: Path) -> None:
    source = File(EVER_NEW, "growing.txt", {}).source("0" * 64)
    reading, _ = read_source(source, Options("never", "pdfplumber"))
    assert (reading.outcome, reading.reason) == (
        "malformed",
        "growing.txt changes while it is read; wait until it is complete and read it again",
    )


def test_two_files_of_one_content_are_one_document(raw: Path, tmp_path: Path) -> None:
    shutil.copy(raw / "示例市水务局-2026.txt", raw / "a.txt")
    assert parse([raw], tmp_path / "tidy")[0].path == "a.txt"
    assert len(load(tmp_path / "tidy").documents) == 3


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="there is no folder that nobody can write to")
def test_a_folder_that_cannot_be_written_is_said_before_anything_is_read(raw: Path) -> None:
    result = CliRunner().invoke(main, ["parse", str(raw), "--out", "/proc/budgetlib", "--jobs", "1"])
    assert result.exit_code == 1
    (said,) = result.output.splitlines()
    assert "the tables cannot be written to /proc/budgetlib" in said


# partitions


def test_departments_are_kept_together_and_a_partition_is_small() -> None:
    departments = [f"局{number // 3}" for number in range(3000)]
    parts = partitions(departments)
    assert sorted(place for places in parts.values() for place in places) == list(range(3000))
    assert max(map(len, parts.values())) <= partitioning.DOCUMENTS
    for part, places in parts.items():
        assert all(holds(part, [departments[place]]) for place in places)
        assert not any(holds(other, [departments[places[0]]]) for other in parts if other != part)


def test_one_document_more_changes_one_partition_or_divides_it() -> None:
    departments = [f"局{number}" for number in range(1000)]
    before, after = (
        {tuple(places) for places in partitions(named).values()} for named in (departments[:-1], departments)
    )
    assert len(before - after) == 1


def test_few_documents_are_one_file_and_a_department_of_any_size_is_one_partition() -> None:
    assert list(partitions(["局"] * 3)) == [WHOLE]
    assert sorted(map(len, partitions(["大局"] * 500 + ["小局"]).values())) == [1, 500]


def test_tables_in_partitions_hold_the_same_as_in_one_file(
    raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parse([raw], tmp_path / "whole")
    monkeypatch.setattr(partitioning, "DOCUMENTS", 1)
    parse([raw], tmp_path / "divided")
    assert len(list((tmp_path / "divided/lines.parquet").iterdir())) == 3
    whole, divided = frames(tmp_path / "whole"), frames(tmp_path / "divided")
    for name in ("documents", "statements", "checks"):
        order = ["document_id"]
        assert (
            divided[name]
            .sort_values(order, kind="stable", ignore_index=True)
            .equals(whole[name].sort_values(order, kind="stable", ignore_index=True))
        )


def test_a_part_of_the_documents_is_read_from_the_partitions_that_hold_it(
    raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(partitioning, "DOCUMENTS", 1)
    parse([raw], tmp_path / "tidy")
    whole, part = load(tmp_path / "tidy"), load(tmp_path / "tidy").select(department="示例市水务局")
    (water,) = part.documents.document_id
    for path in (tmp_path / "tidy/statements.parquet").iterdir():
        if water not in pd.read_parquet(path).document_id.to_list():
            path.write_bytes(b"not to be opened")
    assert set(part.statements.document_id) == {water}
    assert part.rows("statements", ["measure"], section=1).columns.to_list() == ["measure"]
    assert part.rows("statements", measure="nothing").empty
    with pytest.raises(NotFound, match=r"statements\.parquet is not the table"):
        _ = whole.statements


@pytest.mark.slow
def test_tables_that_are_in_use_stay_until_they_are_not(raw: Path, tmp_path: Path) -> None:
    parse([raw], tmp_path / "tidy")
    corpus, folder = load(tmp_path / "tidy"), Store(tmp_path / "tidy").current().folder
    for name in ("示例市民政局", "示例市商务局", "示例市林业局"):
        disclose(raw, name)
        parse([raw], tmp_path / "tidy")
    assert len(corpus.statements) < len(load(tmp_path / "tidy").statements)
    del corpus
    disclose(raw, "示例市农业局")
    parse([raw], tmp_path / "tidy")
    assert not folder.exists()


def keep_as_read(raw: Path, tables_dir: Path, name: str, **tables: list[dict[str, Any]]) -> None:
    """A file, and what reading it would have kept: the disclosure for 2026 of the department or unit `name`."""
    raw.mkdir(exist_ok=True)
    path = raw / f"{name}.txt"
    path.write_text(repr(tables), encoding="utf-8")
    source = File(path, path.name, {}).source(sha256(path))
    document = {
        "path": path.name,
        "sha256": source.sha256,
        "media_type": "text/plain",
        "entity": name,
        "department_id": name,
        "entity_kind": "unit" if name.endswith("中心") else "department",
        "fiscal_year": 2026,
        "document_kind": "budget",
        "outcome": "ok",
        "parser_version": "0",
    }
    rows = {"documents": [document], **tables}
    marked = {table: [{"document_id": source.document_id, **row} for row in own] for table, own in rows.items()}
    keep(*as_record(source, marked, Options("auto", DEFAULT_READER)), Store(tables_dir).folder / "records")


def project(row: int, kind: str, item: str, printed: str) -> dict[str, Any]:
    about = {"form": "projects", "side": "expenditure", "measure": "total", "published_unit": "万元", "page": 1}
    amount = Decimal(printed) * 10_000
    return {**about, "row": row, "row_kind": kind, "item": item, "published_text": printed, "amount_yuan": amount}


def states(tables_dir: Path, name: str, rule: str) -> list[str]:
    corpus = load(tables_dir)
    checks = corpus.select(department=name).checks
    return checks.state[checks.check == rule].to_list()


def test_a_unit_is_checked_again_when_its_department_discloses_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(partitioning, "DOCUMENTS", 1)
    raw, tidy = tmp_path / "raw", tmp_path / "tidy"
    own = [project(1, "total", "合计", "30.00"), project(2, "line", "热线", "30.00")]
    for printed, expected in (("30.00", "pass"), ("31.00", "fail")):
        keep_as_read(raw, tidy, "示例市服务中心", lines=own)
        units = [project(1, "total", "合计", printed), project(2, "subtotal", "示例市服务中心", printed)]
        keep_as_read(raw, tidy, "示例市示例局", lines=[*units, project(3, "line", "热线", printed)])
        assert read_again(raw, tidy) == []
        assert states(tidy, "示例市服务中心", "unit_projects_in_department") == [expected]


def test_a_declared_service_is_checked_again_when_another_department_prints_the_edition(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(partitioning, "DOCUMENTS", 1)
    raw, tidy = tmp_path / "raw", tmp_path / "tidy"
    declared = {
        "kind": "items",
        "code": "A160501",
        "name": "热线服务",
        "citation": "示财综【2025】6号",
        "sentence": "热线",
        "page": 1,
    }
    keep_as_read(raw, tidy, "示例市示例局", catalogue_declarations=[declared])
    parse([raw], tidy)
    assert states(tidy, "示例市示例局", "service_in_catalogue") == ["insufficient_data"]
    for name, expected in (("热线服务", "pass"), ("会议服务", "fail")):
        item = {
            "edition": "示财综〔2025〕6号",
            "section": "示例局",
            "code": "A160501",
            "level": 4,
            "name": name,
            "page": 1,
        }
        keep_as_read(raw, tidy, "示例市财政局", catalogue=[item])
        assert read_again(raw, tidy) == []
        assert states(tidy, "示例市示例局", "service_in_catalogue") == [expected]


def test_a_year_is_checked_again_when_the_year_before_is_disclosed(raw: Path, tmp_path: Path) -> None:
    parse([raw], tmp_path / "tidy")
    assert states(tmp_path / "tidy", "示例市水务局", "revenue_year_before") == ["not_applicable"]
    disclose(raw, "示例市水务局", 2025, "150.00")
    assert read_again(raw, tmp_path / "tidy") == ["示例市水务局-2025.txt"]
    assert set(states(tmp_path / "tidy", "示例市水务局", "revenue_year_before")) == {"fail", "not_applicable"}


def test_checks_by_department_are_those_of_the_whole_corpus(
    sample_tidy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sample has a unit and its department, two years of one, and editions of the catalogue."""
    monkeypatch.setattr(partitioning, "DOCUMENTS", 1)
    shutil.copytree(sample_tidy / ".store/records", tmp_path / "tidy/.store/records")
    parse([ROOT / "data/raw"], tmp_path / "tidy")
    corpus = load(tmp_path / "tidy")
    order = ["document_id"]
    expected = CHECKS.frame(check_records(corpus)).sort_values(order, kind="stable", ignore_index=True)
    pd.testing.assert_frame_equal(corpus.checks.sort_values(order, kind="stable", ignore_index=True), expected)
    across = corpus.checks[corpus.checks.check.isin(["unit_projects_in_department", "revenue_year_before"])]
    assert set(across.state) >= {"pass"}
