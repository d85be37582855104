"""Runs that are killed at random moments, and the run after each: nothing is lost, nothing is half.

    python benchmarks/killed_runs.py 150 [--reports 50] [--seed 1]

Of the parses one in six ends at a moment in time, with two processes at work, the others by turns at some operation on
files (opening, renaming, linking, removing) and at one near the switch of tables. Reports end at an operation, every
second one near the moment at which a report is put in its place. After each parse the tables must be those of one
complete run; and a run that is left alone must give what a first run gives. Ends with code 1 where it does not.
"""

from __future__ import annotations

import argparse
import os
import pickle
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

import budgetlib as bl
import budgetlib.commands.pipeline
import budgetlib.report.notebook
import budgetlib.report.run
from budgetlib.tables.schemas import TABLES

DEPARTMENTS = 6
AROUND = 12
"""Operations before and after the switch that count as near it."""
OPERATIONS = ("open", "os.rename", "os.link", "os.symlink", "os.remove", "os.rmdir", "os.mkdir", "shutil.rmtree")
TEXT = """示例市第{number}局
{year}年部门预算
第三部分 情况说明
一、部门预算收支数据变动情况及原因
{year}年度示例市第{number}局预算收入总计{total}.50万元，比上年增加{change}万元，增长8.30%。
"""
PARSE = [sys.executable, "-c", "from budgetlib.commands.cli import main; main()", "parse", "--jobs", "2"]


def disclose(raw: Path, choice: random.Random, departments: int = DEPARTMENTS) -> None:
    """Another set of files than before: some new, some changed, some gone."""
    raw.mkdir(exist_ok=True)
    for number in range(departments):
        for year in (2025, 2026):
            path = raw / f"{number}-{year}.txt"
            if number and choice.random() < 0.2:
                path.unlink(missing_ok=True)
            elif choice.random() < 0.4 or not path.exists():
                text = TEXT.format(number=number, year=year, total=choice.randrange(100, 999), change=number)
                path.write_text(text, encoding="utf-8")


def in_a_process(function: Callable[..., Any], *arguments: object) -> Any:
    """What a function gives in a process of its own, which begins with all imports; None where that was killed."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        with os.fdopen(writing, "wb") as there:
            pickle.dump(function(*arguments), there)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as here:
        given = here.read()
    ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if ended not in (0, -signal.SIGKILL):
        raise RuntimeError(f"{function.__name__} ended with {ended}")
    return pickle.loads(given) if ended == 0 else None  # noqa: S301 - written by ourselves


def counted(work: Callable[..., object], last: int | None, *arguments: object) -> list[str]:
    """The operations on files that `work` takes, each with what it is about; the process is killed at the `last`."""
    seen: list[str] = []

    def count(event: str, about: tuple[object, ...]) -> None:
        if event in OPERATIONS:
            seen.append(f"{event} {' '.join(map(str, about[:2]))}")
            if len(seen) == last:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count)
    work(*arguments)
    return [*seen]


def moment(operations: list[str], switch: str, choice: random.Random, *, near: bool) -> int:
    """The number of some operation, or of one `near` a rename to `switch`."""
    switches = [
        number for number, one in enumerate(operations, 1) if one.startswith("os.rename") and one.endswith(switch)
    ]
    if near and switches:
        return max(1, choice.choice(switches) + choice.randint(-AROUND, AROUND))
    return choice.randint(1, len(operations))


def parse(raw: Path, tidy: Path) -> None:
    """Read all files of a folder."""
    bl.parse([raw], tidy)


def frames(tidy: Path) -> Mapping[str, pd.DataFrame]:
    """All tables of a folder."""
    corpus = bl.load(tidy)
    return {table.name: getattr(corpus, table.name) for table in TABLES}


def parsed(raw: Path, tidy: Path) -> Mapping[str, pd.DataFrame]:
    """All tables of the files of a folder."""
    parse(raw, tidy)
    return frames(tidy)


def same(one: Mapping[str, pd.DataFrame], other: Mapping[str, pd.DataFrame]) -> bool:
    """Whether all tables are the same."""
    return all(one[name].equals(other[name]) for name in one)


def kill_after(seconds: float, raw: Path, tidy: Path) -> None:
    """A parse in two processes that is killed after some time, where it has not ended before."""
    command = [*PARSE, str(raw), "--out", str(tidy)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as run:
        time.sleep(seconds)
        run.kill()


def faults_of_parse(folder: Path, choice: random.Random, number: int) -> Iterator[str]:
    """What is wrong after one parse that was killed; nothing, as it should be."""
    raw, tidy, clean, probe = (folder / name for name in ("raw", "tidy", "clean", "probe"))
    before = in_a_process(frames, tidy)
    disclose(raw, choice)
    for earlier in (clean, probe):
        shutil.rmtree(earlier, ignore_errors=True)
    expected = in_a_process(parsed, raw, clean)
    if number % 6 == 5:
        killed = f"after {(wait := choice.uniform(0.5, 6)):.2f} s"
        kill_after(wait, raw, tidy)
    else:
        shutil.copytree(tidy, probe, symlinks=True)
        operations = in_a_process(counted, parse, None, raw, probe)
        last = moment(operations, "current", choice, near=bool(number % 2))
        killed = f"at operation {last} of {len(operations)}"
        in_a_process(counted, parse, last, raw, tidy)
    left = in_a_process(frames, tidy)
    if not same(left, before) and not same(left, expected):
        yield f"killed {killed}: the tables are of no run"
    if not same(in_a_process(parsed, raw, tidy), expected):
        yield f"killed {killed}: the next run is not as a first one"
    if rests := [path.name for path in tidy.rglob(".*.part")]:
        yield f"killed {killed}: there is left: {', '.join(rests)}"


def report(tidy: Path, out: Path) -> None:
    """The report of one department in one language."""
    options = budgetlib.report.run.ReportOptions(languages=("zh",), years=(2026,), overview=False)
    budgetlib.report.run.write_reports(tidy, out, options)
    budgetlib.report.notebook._end_kernel()  # a process that is forked calls nothing at its exit


def contents(folder: Path) -> dict[str, bytes]:
    """Every file but the index, which says what a run left unchanged."""
    files = (path for path in folder.rglob("*") if path.is_file() and path != folder / "index.html")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def faults_of_reports(folder: Path, choice: random.Random, moments: int) -> Iterator[str]:
    """What is wrong after reports that were killed, each made from other tables than the one before."""
    tidy, killed_in = folder / "tidy", folder / "killed"
    raws, expected, operations = [folder / "raw0", folder / "raw1"], [], []
    for number, raw in enumerate(raws):
        disclose(raw, choice, departments=1)
        in_a_process(parse, raw, tidy)
        in_a_process(report, tidy, folder / f"clean{number}")
        expected.append(contents(folder / f"clean{number}"))
        operations = in_a_process(counted, report, None, tidy, folder / "probe")
    for number in range(moments):
        in_a_process(parse, raws[number % 2], tidy)
        last = moment(operations, "2026", choice, near=bool(number % 4 > 1))
        in_a_process(counted, report, last, tidy, killed_in)
        in_a_process(report, tidy, killed_in)
        if contents(killed_in) != expected[number % 2]:
            yield f"report killed at operation {last} of {len(operations)}: the next run is not as a first one"


def main() -> int:
    """Kill, look, go on; say what was found."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("moments", type=int)
    arguments.add_argument("--reports", type=int, default=0)
    arguments.add_argument("--seed", type=int, default=1)
    given = arguments.parse_args()
    choice = random.Random(given.seed)  # noqa: S311 - to be the same again
    found = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        disclose(folder / "raw", choice)
        in_a_process(parse, folder / "raw", folder / "tidy")
        for number in range(given.moments):
            found += faults_of_parse(folder, choice, number)
    if given.reports:
        with tempfile.TemporaryDirectory() as name:
            found += faults_of_reports(Path(name), choice, given.reports)
    print(f"{given.moments + given.reports} moments, {len(found)} faults")
    print(*found, sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
