"""An end to what takes too much memory."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.platform != "win32":
    import resource

_DATA = 5
"""The place in `/proc/self/statm` of the pages of data."""


@contextmanager
def memory_limit(size: int, refusal: Exception) -> Iterator[None]:
    """Raises `refusal` where the process would have `size` bytes of data more than now; only Linux counts them.

    Code that is not Python's may end the process instead.
    """
    if sys.platform != "linux":
        yield
        return
    there = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[_DATA]) * resource.getpagesize()
    before, most = resource.getrlimit(resource.RLIMIT_DATA)
    given = [limit for limit in (before, most) if limit != resource.RLIM_INFINITY]
    resource.setrlimit(resource.RLIMIT_DATA, (min([there + size, *given]), most))
    try:
        yield
    except MemoryError:
        raise refusal from None
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (before, most))
