"""How often memory is searched for what nothing leads to any more."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_MANY = 100_000
"""Python's own number of new things after which it searches is some hundreds; a document is a million."""


@contextmanager
def seldom_searched() -> Iterator[None]:
    """While it is open, memory is searched seldom; what is counted out is freed at once all the same."""
    before = gc.get_threshold()
    gc.set_threshold(_MANY, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
