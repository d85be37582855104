"""Work shared among processes: a task that ends its process takes no other along."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from itertools import chain, islice
from multiprocessing import active_children, get_context, parent_process
from typing import Any, Protocol, TypeVar

Result = TypeVar("Result")
Task = tuple[Any, ...]

_TASKS_EACH = 2
"""So many tasks are given to a process at a time: the next is there when one is done, and few are made in advance."""


class Executor(Protocol):
    """Who does tasks."""

    def each(
        self, function: Callable[..., Result], tasks: Iterable[Task], killed: Callable[..., Result]
    ) -> Iterator[Result]:
        """`function(*task)` for each task, as they end; of a task that ends its process `killed(*task)`."""


@dataclass(frozen=True)
class Processes:
    """So many `jobs` of this machine; this process alone, where there is one job or task and it may be done `here`."""

    jobs: int
    here: bool = True

    def each(
        self, function: Callable[..., Result], tasks: Iterable[Task], killed: Callable[..., Result]
    ) -> Iterator[Result]:
        """`function(*task)` for each task, as they end.

        Where a process is killed, the tasks that were begun are done again, each alone; the result of one whose process
        is killed again is `killed(*task)`. Whoever stops asking, or is interrupted, does not wait for the tasks that
        are being done: their processes are ended.
        """
        ahead = iter(tasks)
        first = list(islice(ahead, 2))
        waiting = chain(first, ahead)
        if self.here and (self.jobs == 1 or len(first) == 1):
            return (function(*task) for task in waiting)
        return _in_processes(function, waiting, self.jobs, killed)


def _in_processes(
    function: Callable[..., Result], waiting: Iterator[Task], jobs: int, killed: Callable[..., Result]
) -> Iterator[Result]:
    before = set(active_children())
    pool = _pool(jobs)
    begun: dict[Future[Result], Task] = {}
    try:
        while True:
            for task in islice(waiting, jobs * _TASKS_EACH - len(begun)):
                begun[pool.submit(function, *task)] = task
            if not begun:
                return
            lost = []
            for future in wait(begun, return_when=FIRST_COMPLETED).done:
                task = begun.pop(future)
                try:
                    yield future.result()
                except BrokenProcessPool:
                    lost.append(task)
            if lost:
                lost += begun.values()
                begun.clear()
                pool.shutdown()
                pool = _pool(jobs)
                yield from (_alone(function, task, killed) for task in lost)
    except BaseException:
        for process in set(active_children()) - before:
            process.kill()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _alone(function: Callable[..., Result], task: Task, killed: Callable[..., Result]) -> Result:
    with _pool(1) as pool:
        try:
            return pool.submit(function, *task).result()
        except BrokenProcessPool:
            return killed(*task)


def _pool(jobs: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(jobs, get_context("spawn"), _end_with_parent)


def _end_with_parent() -> None:
    """A process whose parent is killed would wait for ever for the next task; whoever interrupts means the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_exit_after_parent, daemon=True).start()


def _exit_after_parent() -> None:
    if parent := parent_process():
        parent.join()
        os._exit(1)
