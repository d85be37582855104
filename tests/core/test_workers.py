"""Work shared among processes: what one task takes too much of, the others do not lack."""

from __future__ import annotations

import sys

import pytest

from budgetlib.core.workers import Processes

MEGABYTE = 1_000_000
MEMORY = 300 * MEGABYTE


def taken(megabytes: int) -> int:
    return len([bytearray(MEGABYTE) for _ in range(megabytes)])


def taken_at_once(size: int) -> int:
    return len(bytearray(size))


def refused(size: int) -> int:
    return -size


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux counts the data of a process")
def test_a_task_that_needs_too_much_memory_takes_no_other_along() -> None:
    tasks = [(size,) for size in (10, 500, 20, 30)]
    assert sorted(Processes(2, memory=MEMORY).each(taken, tasks, refused)) == [-500, 10, 20, 30]


def test_a_task_for_which_this_process_has_not_enough_memory_ends_as_one_that_was_killed() -> None:
    assert list(Processes(1).each(taken_at_once, [(sys.maxsize // 2,), (5,)], refused)) == [-(sys.maxsize // 2), 5]
