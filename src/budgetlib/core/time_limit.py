"""An end to what takes too long."""

from __future__ import annotations

import ctypes
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def time_limit(seconds: float, refusal: Exception) -> Iterator[None]:
    """Raises `refusal` after `seconds`."""
    is_main = threading.current_thread() is threading.main_thread()
    with _alarm(seconds, refusal) if is_main and hasattr(signal, "SIGALRM") else _timer(seconds, refusal):
        yield


@contextmanager
def _alarm(seconds: float, refusal: Exception) -> Iterator[None]:
    def stop(signum: int, frame: FrameType | None) -> None:
        raise refusal

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


class _TimeIsUp(BaseException):
    """Raised in the thread whose time is up; a class, since that is what Python takes for it."""


@contextmanager
def _timer(seconds: float, refusal: Exception) -> Iterator[None]:
    """As `_alarm`, where there is none, as in a thread that is not the first of its process."""
    thread, ending, ended = threading.get_ident(), threading.Lock(), threading.Event()

    def stop() -> None:
        with ending:
            if not ended.is_set():
                ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(_TimeIsUp))

    timer = threading.Timer(seconds, stop)
    timer.daemon = True
    timer.start()
    try:
        try:
            yield
        finally:
            with ending:
                ended.set()
            timer.cancel()
    except _TimeIsUp:
        raise refusal from None
