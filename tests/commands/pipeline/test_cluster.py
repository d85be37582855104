"""A dask cluster reads as one process does; whichever of its workers dies, nothing else is lost."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from budgetlib.commands.cli import main
from budgetlib.commands.pipeline import parse
from budgetlib.core.errors import BadParameter, BudgetlibError, NotFound
from budgetlib.report.run import ReportOptions, write_reports
from budgetlib.tables.corpus import load
from tests.commands.pipeline.disclosures import ROOT, SAMPLE, disclose

distributed = pytest.importorskip("distributed", reason="the extra cluster is not installed")

from budgetlib.commands.pipeline.cluster import Cluster, cluster  # noqa: E402 - only where dask is installed

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="sends Unix signals"),
]
NAMES = [f"示例市第{number}局" for number in range(6)]
BY_RUN = ("lock", "contents.json", "index.parquet")
"""What names the process, or holds the times of files."""


@pytest.fixture(scope="module")
def machines() -> Iterator[Cluster]:
    with cluster(workers=2) as both:
        yield both


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    for name in NAMES:
        disclose(tmp_path / "raw", name)
    shutil.copy(SAMPLE, tmp_path / "raw")
    return tmp_path / "raw"


def contents(tables_dir: Path) -> dict[str, bytes]:
    """Every file of a store and its tables, but for what is another in each run."""
    files = (path for path in tables_dir.rglob("*") if path.is_file() and path.name not in BY_RUN)
    return {path.relative_to(tables_dir).as_posix(): path.read_bytes() for path in files}


def kill_one(machines: Cluster) -> None:
    pids = machines.client.run(os.getpid)
    os.kill(min(pids.values()), signal.SIGKILL)


def test_a_cluster_gives_the_same_store_and_tables_as_one_process(machines: Cluster, raw: Path, tmp_path: Path) -> None:
    parse([raw], tmp_path / "one", ocr="never")
    parse([raw], tmp_path / "many", ocr="never", executor=machines)
    one = contents(tmp_path / "one")
    assert any(".store/records" in name for name in one)
    assert contents(tmp_path / "many") == one


def test_a_worker_that_is_killed_in_mid_run_loses_nothing(machines: Cluster, raw: Path, tmp_path: Path) -> None:
    ended: list[str] = []

    def done(reading: Any, files: int) -> None:
        ended.append(reading.path)
        if len(ended) == 2:
            kill_one(machines)

    parse([raw], tmp_path / "one", ocr="never")
    parse([raw], tmp_path / "many", ocr="never", done=done, executor=machines)
    assert sorted(ended) == sorted(path.name for path in raw.iterdir())
    assert contents(tmp_path / "many") == contents(tmp_path / "one")


def unless_it_kills(number: int, tries: Path) -> str:
    with (tries / str(number)).open("a") as file:
        file.write(".")
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return f"{number} done"


def is_killed(number: int, tries: Path) -> str:
    return f"{number} killed"


def test_a_task_that_kills_its_workers_is_tried_again_twice_and_takes_no_other_along(
    machines: Cluster, tmp_path: Path
) -> None:
    tasks = [(number, tmp_path) for number in range(8)]
    results = sorted(machines.each(unless_it_kills, tasks, is_killed))
    assert results == [f"{number} {'killed' if number == 3 else 'done'}" for number in range(8)]
    assert (tmp_path / "3").read_text() == "..."


def test_reports_of_a_cluster_are_those_of_one_process(machines: Cluster, sample_tidy: Path, tmp_path: Path) -> None:
    options = ReportOptions(["示例市示例局"], languages=["zh"], overview=False)
    states = [report.state for report in write_reports(sample_tidy, tmp_path / "one", options)]
    many = write_reports(sample_tidy, tmp_path / "many", options, executor=machines)
    assert [report.state for report in many] == states == ["done"] * len(states)
    assert contents(tmp_path / "many") == contents(tmp_path / "one")


# clusters that are not what they should be


@contextmanager
def running(module: str, *arguments: str, **how: Any) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", f"distributed.cli.{module}", *arguments]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, **how) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture
def scheduler() -> Iterator[tuple[str, subprocess.Popen[str]]]:
    with running("dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard") as process:
        assert process.stderr is not None
        line = next(line for line in process.stderr if "Scheduler at:" in line)
        yield line.split()[-1], process


def worker(address: str, **how: Any) -> Any:
    return running("dask_worker", address, "--nthreads", "1", "--no-dashboard", "--no-nanny", **how)


def with_path(folder: Path) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(folder)}


def test_a_worker_with_another_budgetlib_is_refused(scheduler: Any, raw: Path, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "src", tmp_path / "other")
    (tmp_path / "other/budgetlib/core/money.py").open("a").write("\n# another version\n")
    address, _ = scheduler
    with (
        worker(address, env=with_path(tmp_path / "other")),
        cluster(scheduler=address) as machines,
        pytest.raises(BadParameter, match=r"a worker has budgetlib .*, this machine budgetlib .*; install the same"),
    ):
        parse([raw], tmp_path / "tidy", ocr="never", executor=machines)


@pytest.mark.skipif(not Path("/proc/self/cwd").exists(), reason="needs a path that leads elsewhere in each process")
def test_files_that_a_worker_does_not_have_are_not_taken_for_damaged(
    scheduler: Any, raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, _ = scheduler
    monkeypatch.chdir(tmp_path)
    with (
        worker(address, env=with_path(ROOT / "src"), cwd=ROOT),
        cluster(scheduler=address) as machines,
        pytest.raises(NotFound, match="is here and cannot be opened by a worker"),
    ):
        parse(["/proc/self/cwd/raw"], tmp_path / "tidy", ocr="never", executor=machines)
    assert len(parse(["/proc/self/cwd/raw"], tmp_path / "tidy", ocr="never")) == len(NAMES) + 1
    assert set(load(tmp_path / "tidy").documents.outcome) == {"ok"}


def test_a_scheduler_that_goes_in_mid_run_is_said_and_what_was_read_is_kept(
    scheduler: Any, raw: Path, tmp_path: Path
) -> None:
    address, process = scheduler
    with (
        worker(address, env=with_path(ROOT / "src")),
        cluster(scheduler=address) as machines,
        pytest.raises(BudgetlibError, match="the scheduler is gone"),
    ):
        parse([raw], tmp_path / "tidy", ocr="never", done=lambda reading, files: process.kill(), executor=machines)
    again = parse([raw], tmp_path / "tidy", ocr="never")
    assert [reading.unchanged for reading in again].count(True) == 1


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("budgetlib.commands.pipeline.cluster._PATIENCE", 2)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--scheduler", "tcp://127.0.0.1:9"], "no scheduler answers at tcp://127.0.0.1:9; start one with"),
        (["--scheduler", "nowhere"], "'nowhere' is no address of a scheduler; allowed: tcp://HOST:PORT"),
        (["--scheduler", "tcp://127.0.0.1:9", "--cluster", "2"], "--cluster and --scheduler are both given"),
    ],
)
def test_a_cluster_that_is_not_there_ends_in_a_sentence(
    given: list[str], said: str, raw: Path, tmp_path: Path, impatient: None
) -> None:
    result = CliRunner().invoke(main, ["parse", str(raw), "--out", str(tmp_path / "tidy"), *given])
    assert result.exit_code == 2
    assert said in " ".join(result.output.split())


def test_a_scheduler_without_workers_ends_in_a_sentence(scheduler: Any, impatient: None) -> None:
    address, _ = scheduler
    with pytest.raises(NotFound, match="has no workers; start some with: dask worker"), cluster(scheduler=address):
        pass


def test_the_command_line_reads_with_a_cluster_and_names_its_dashboard(raw: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-c", "from budgetlib.commands.cli import main; main()", "parse", str(raw)]
    options = ["--out", str(tmp_path / "tidy"), "--ocr", "never", "--cluster", "2"]
    run = subprocess.run([*command, *options], capture_output=True, text=True, check=True)
    assert "dashboard: http://127.0.0.1:" in run.stderr
    assert f"{len(NAMES) + 1} documents ({len(NAMES) + 1} ok)" in run.stdout


def test_without_the_extra_a_cluster_is_refused(monkeypatch: pytest.MonkeyPatch, raw: Path, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "budgetlib.commands.pipeline.cluster", None)
    monkeypatch.delattr("budgetlib.commands.pipeline.cluster")
    result = CliRunner().invoke(main, ["parse", str(raw), "--out", str(tmp_path / "tidy"), "--cluster", "2"])
    assert result.exit_code == 2
    assert "pip install 'budgetlib[cluster]'" in " ".join(result.output.split())
