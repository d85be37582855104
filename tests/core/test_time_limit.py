"""What takes too long ends, in whichever thread it runs; what does not is left alone."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from budgetlib.core.errors import UnreadableDocument
from budgetlib.core.time_limit import time_limit

LATE = UnreadableDocument("timeout", "too long")


def without_end() -> None:
    with time_limit(0.1, LATE):
        while True:
            pass


def in_time() -> int:
    with time_limit(60, LATE):
        return sum(range(1000))


def here(work: Callable[[], object]) -> object:
    return work()


def in_a_thread(work: Callable[[], object]) -> object:
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(work).result()


@pytest.mark.parametrize("run", [here, in_a_thread])
def test_what_takes_too_long_is_refused(run: Callable[[Callable[[], object]], object]) -> None:
    with pytest.raises(UnreadableDocument, match="too long"):
        run(without_end)
    assert run(in_time) == 499_500
