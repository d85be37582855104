"""Work shared among processes: what one task takes too much of, the others do not lack. And among threads: in order."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator

import pytest

from budgetlib.core.time_limit import time_limit
from budgetlib.core.workers import Processes, by_threads

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


def rested(seconds: float) -> float:
    time.sleep(seconds)
    return seconds


def test_threads_give_results_in_the_order_of_their_tasks() -> None:
    seconds = [0.03, 0.0, 0.02, 0.0, 0.01, 0.0]
    assert list(by_threads(rested, ((each,) for each in seconds), threads=3)) == seconds


def test_of_the_tasks_for_threads_few_are_made_in_advance() -> None:
    made = []

    def tasks() -> Iterator[tuple[float]]:
        for number in range(100):
            made.append(number)
            yield (0.0,)

    next(by_threads(rested, tasks(), threads=2))
    assert len(made) <= 4


def test_a_time_limit_ends_the_work_of_threads_with_the_tasks_that_were_begun() -> None:
    begun = []
    with pytest.raises(TimeoutError), time_limit(0.05, TimeoutError()):
        list(by_threads(lambda number: begun.append(number) or time.sleep(0.1), ((i,) for i in range(100)), threads=2))
    assert len(begun) <= 4
