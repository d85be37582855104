"""Reports whose run is killed: nothing half is left, and the next run is as if it had been the first."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

KILLS = 4


def contents(folder: Path) -> dict[str, bytes]:
    """Every file but the index, which says what a run left unchanged."""
    files = (path for path in folder.rglob("*") if path.is_file() and path != folder / "index.html")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="sends a Unix signal")
def test_a_run_that_is_killed_at_any_moment_and_run_again_is_as_if_never_killed(
    sample_tidy: Path, tmp_path: Path
) -> None:
    report = [sys.executable, "-c", "from budgetlib.commands.cli import main; main()", "report", "--jobs", "1"]
    wanted = ["--tidy", sample_tidy, "--department", "示例市示例局", "--year", "2026", "--lang", "zh", "--no-overview"]
    begun = time.monotonic()
    subprocess.run([*report, *wanted, "--out", tmp_path / "clean"], check=True, capture_output=True)
    seconds = time.monotonic() - begun
    moments = random.Random(12)  # noqa: S311 - to be the same again
    for _ in range(KILLS):
        command = [*report, *wanted, "--force", "--out", tmp_path / "killed"]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as run:
            time.sleep(moments.uniform(0.1, 1.0) * seconds)
            run.kill()
    subprocess.run([*report, *wanted, "--out", tmp_path / "killed"], check=True, capture_output=True)
    assert contents(tmp_path / "killed") == contents(tmp_path / "clean")
