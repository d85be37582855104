"""What takes too much memory ends, in whichever thread it runs; what does not is left alone."""

from __future__ import annotations

import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context

import pytest

from budgetlib.core.errors import UnreadableDocument
from budgetlib.core.memory_limit import memory_limit

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux counts the data of a process")

MEGABYTES = 1_000_000


def taken(megabytes: int) -> int:
    with memory_limit(200 * MEGABYTES, UnreadableDocument("too_large", "too much")):
        return len([bytearray(MEGABYTES) for _ in range(megabytes)])


def in_a_thread(megabytes: int) -> int:
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(taken, megabytes).result()


def two_after_another(take: Callable[[int], int]) -> tuple[str, int]:
    """What became of what takes too much, and of what does not after it."""
    try:
        take(400)
    except UnreadableDocument as error:
        return error.outcome, take(50)
    return "taken", 0


@pytest.mark.parametrize("take", [taken, in_a_thread])
def test_what_takes_too_much_memory_is_refused(take: Callable[[int], int]) -> None:
    with ProcessPoolExecutor(1, get_context("spawn")) as fresh:  # memory that a process had before counts for nothing
        assert fresh.submit(two_after_another, take).result() == ("too_large", 50)


def test_the_limit_ends_with_what_it_is_for() -> None:
    taken(50)
    assert len([bytearray(MEGABYTES) for _ in range(400)]) == 400
