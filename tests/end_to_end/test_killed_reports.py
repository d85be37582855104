"""Reports whose run is killed or has no room: nothing half is left, and the next run is as if it had been the first."""

from __future__ import annotations

import os
import random
import subprocess
import time
from pathlib import Path

import pytest

from tests.processes import command

pytestmark = pytest.mark.slow
resource = pytest.importorskip("resource", reason="sends a Unix signal, and limits files")
KILLS = 4
SMALLER_THAN_A_PAGE = 30_000


def report(tidy: Path, out: Path, *options: str) -> list[str]:
    """What makes one report in a process of its own."""
    wanted = ["--department", "示例市示例局", "--year", "2026", "--lang", "zh", "--no-overview", "--jobs", "1"]
    return command("report", "--tidy", tidy, "--out", out, *wanted, *options)


def contents(folder: Path) -> dict[str, bytes]:
    """Every file but the index, which says what a run left unchanged."""
    files = (path for path in folder.rglob("*") if path.is_file() and path != folder / "index.html")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@pytest.fixture(scope="module")
def clean(sample_tidy: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, float]:
    """The report of a run that was left alone, and how many seconds that took."""
    folder, begun = tmp_path_factory.mktemp("reports") / "clean", time.monotonic()
    subprocess.run(report(sample_tidy, folder), check=True, capture_output=True)
    return folder, time.monotonic() - begun


def test_a_run_that_is_killed_at_any_moment_and_run_again_is_as_if_never_killed(
    sample_tidy: Path, clean: tuple[Path, float]
) -> None:
    folder, seconds = clean
    killed = folder.with_name("killed")
    moments = random.Random(12)  # noqa: S311 - to be the same again
    for _ in range(KILLS):
        with subprocess.Popen(
            report(sample_tidy, killed, "--force"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as run:
            time.sleep(moments.uniform(0.1, 1.0) * seconds)
            run.kill()
    subprocess.run(report(sample_tidy, killed), check=True, capture_output=True)
    assert contents(killed) == contents(folder)


def test_a_kernel_that_dies_when_it_starts_is_started_again(
    sample_tidy: Path, clean: tuple[Path, float], tmp_path: Path
) -> None:
    """As one whose port another process took meanwhile."""
    folder, _ = clean
    again, died = folder.with_name("again"), tmp_path / "died"
    startup = tmp_path / "profile_default/startup"
    startup.mkdir(parents=True)
    dies_once = f"import os, pathlib; here = pathlib.Path({str(died)!r}); here.exists() or here.touch() or os._exit(1)"
    (startup / "dies.py").write_text(dies_once, encoding="utf-8")
    env = os.environ | {"IPYTHONDIR": str(tmp_path)}
    subprocess.run(report(sample_tidy, again), check=True, capture_output=True, env=env)
    assert died.exists()
    assert contents(again) == contents(folder)


def test_on_a_full_disk_the_report_that_was_there_stays_and_what_is_wrong_is_said(
    sample_tidy: Path, clean: tuple[Path, float]
) -> None:
    folder, _ = clean
    before = contents(folder)
    run = subprocess.run(
        report(sample_tidy, folder, "--force"),
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (SMALLER_THAN_A_PAGE, SMALLER_THAN_A_PAGE)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1
    assert "File too large" in run.stdout + run.stderr
    assert contents(folder) == before
