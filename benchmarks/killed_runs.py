"""Parses that are killed at random moments, and the run after each: nothing is lost, nothing is half.

    python benchmarks/killed_runs.py 200 [--seed 1]

Half of the moments are operations on files: the process kills itself at the n-th opening, renaming, linking or
removing, so that the short time in which tables are switched is hit as often as the rest. The others are moments in
time, with two processes at work. After each, the tables must be those of one complete run, and a run that is left alone
must give the tables of a first run. Ends with code 1 where they are not.
"""

from __future__ import annotations

import argparse
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

import budgetlib as bl
from budgetlib.tables.schemas import TABLES

DEPARTMENTS = 6
TEXT = """示例市第{number}局
{year}年部门预算
第三部分 情况说明
一、部门预算收支数据变动情况及原因
{year}年度示例市第{number}局预算收入总计{total}.50万元，比上年增加{change}万元，增长8.30%。
"""
KILLED = """
import os, signal, sys
left = int(sys.argv[1])
def count(event, arguments):
    global left
    if event in ("open", "os.rename", "os.link", "os.symlink", "os.remove", "os.rmdir", "os.mkdir", "shutil.rmtree"):
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)
import budgetlib as bl
import budgetlib.commands.pipeline
sys.addaudithook(count)
bl.parse([sys.argv[2]], sys.argv[3])
print("operations left:", left)
"""


def disclose(raw: Path, choice: random.Random) -> None:
    """Another set of files than before: some new, some changed, some gone."""
    raw.mkdir(exist_ok=True)
    for number in range(DEPARTMENTS):
        for year in (2025, 2026):
            path = raw / f"{number}-{year}.txt"
            if choice.random() < 0.2:
                path.unlink(missing_ok=True)
            elif choice.random() < 0.4 or not path.exists():
                text = TEXT.format(number=number, year=year, total=choice.randrange(100, 999), change=number)
                path.write_text(text, encoding="utf-8")


def frames(tidy: Path) -> Mapping[str, pd.DataFrame]:
    """All tables of a folder."""
    corpus = bl.load(tidy)
    return {table.name: getattr(corpus, table.name) for table in TABLES}


def same(one: Mapping[str, pd.DataFrame], other: Mapping[str, pd.DataFrame]) -> bool:
    """Whether all tables are the same."""
    return all(one[name].equals(other[name]) for name in one)


def kill_at_operation(operation: int, raw: Path, tidy: Path) -> bool:
    """A parse that ends at its n-th operation on files; whether it got so far."""
    command = [sys.executable, "-c", KILLED, str(operation), str(raw), str(tidy)]
    return subprocess.run(command, capture_output=True, check=False).returncode == -signal.SIGKILL


def kill_after(seconds: float, raw: Path, tidy: Path) -> bool:
    """A parse in two processes that is killed after some time; whether it was still running."""
    command = [
        sys.executable,
        "-c",
        "from budgetlib.commands.cli import main; main()",
        "parse",
        str(raw),
        "--out",
        str(tidy),
    ]
    with subprocess.Popen([*command, "--jobs", "2"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as run:
        time.sleep(seconds)
        run.kill()
        return run.wait() == -signal.SIGKILL


def operations(raw: Path, tidy: Path) -> int:
    """How many operations on files a parse takes that is left alone."""
    many = 10**9
    command = [sys.executable, "-c", KILLED, str(many), str(raw), str(tidy)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return many - int(done.stdout.split()[-1])


def faults(folder: Path, choice: random.Random, *, timed: bool) -> list[str]:
    """What is wrong after one run that was killed; nothing, as it should be."""
    raw, tidy, clean = folder / "raw", folder / "tidy", folder / "clean"
    before = frames(tidy)
    disclose(raw, choice)
    shutil.rmtree(clean, ignore_errors=True)
    begun = time.monotonic()
    total = operations(raw, clean)
    seconds = time.monotonic() - begun
    expected = frames(clean)
    if timed:
        moment = f"after {(wait := choice.uniform(0, seconds)):.2f} s"
        killed = kill_after(wait, raw, tidy)
    else:
        moment = f"at operation {(operation := choice.randint(1, total))} of {total}"
        killed = kill_at_operation(operation, raw, tidy)
    found = []
    left = frames(tidy)
    if not same(left, before) and not same(left, expected):
        found.append("the tables are of no run")
    bl.parse([raw], tidy)
    if not same(frames(tidy), expected):
        found.append("the next run is not as a first one")
    if rests := [path.name for path in tidy.rglob(".*.part")]:
        found.append(f"there is left: {', '.join(rests)}")
    return [f"{'killed' if killed else 'ended'} {moment}: {fault}" for fault in found]


def main() -> int:
    """Kill, look, go on; say what was found."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("moments", type=int)
    arguments.add_argument("--seed", type=int, default=1)
    given = arguments.parse_args()
    choice = random.Random(given.seed)  # noqa: S311 - to be the same again
    found = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        disclose(folder / "raw", choice)
        bl.parse([folder / "raw"], folder / "tidy")
        for number in range(given.moments):
            found += faults(folder, choice, timed=bool(number % 2))
    print(f"{given.moments} moments, {len(found)} faults")
    print(*found, sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
