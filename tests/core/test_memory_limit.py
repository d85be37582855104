"""What takes too much memory ends, in whichever thread it runs; what does not is left alone."""

from __future__ import annotations

import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from budgetlib.core.errors import UnreadableDocument
from budgetlib.core.memory_limit import memory_limit

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux counts the data of a process")

MEGABYTES = 1_000_000


def taken(megabytes: int) -> int:
    with memory_limit(200 * MEGABYTES, UnreadableDocument("too_large", "too much")):
        return len([bytearray(MEGABYTES) for _ in range(megabytes)])


def here(work: Callable[[], object]) -> object:
    return work()


def in_a_thread(work: Callable[[], object]) -> object:
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(work).result()


@pytest.mark.parametrize("run", [here, in_a_thread])
def test_what_takes_too_much_memory_is_refused(run: Callable[[Callable[[], object]], object]) -> None:
    with pytest.raises(UnreadableDocument, match="too much"):
        run(lambda: taken(400))
    assert run(lambda: taken(50))


def test_the_limit_ends_with_what_it_is_for() -> None:
    taken(50)
    assert len([bytearray(MEGABYTES) for _ in range(400)]) == 400
