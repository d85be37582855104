"""An end to reading a document that takes too long."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from budgetlib.core.errors import UnreadableDocument


@contextmanager
def time_limit(seconds: int, name: str) -> Iterator[None]:
    """Stop reading the document `name` after `seconds`, where the system has alarms.

    Raises `UnreadableDocument` then.
    """
    if not hasattr(signal, "SIGALRM"):
        yield
        return

    def stop(signum: int, frame: FrameType | None) -> None:
        raise UnreadableDocument("timeout", f"{name} took longer than {seconds} s; split the file")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
