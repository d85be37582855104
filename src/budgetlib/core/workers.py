"""Work shared among processes: a task that ends its process, or needs too much memory, takes no other along.

Among threads what spends its time in libraries that let the others go on.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from itertools import chain, islice
from multiprocessing import active_children, get_context, parent_process
from pathlib import Path
from typing import Any, Protocol, TypeVar

if sys.platform == "linux":
    import resource

Result = TypeVar("Result")
Task = tuple[Any, ...]

_TASKS_EACH = 2
"""So many tasks are given to a process at a time: the next is there when one is done, and few are made in advance."""


_DATA = 5
"""The place in `/proc/self/statm` of the pages of data; libraries that are loaded take some already."""


def by_threads(function: Callable[..., Result], tasks: Iterable[Task], threads: int) -> Iterator[Result]:
    """`function(*task)` for each task, in their order; tasks are made by who asks, few of them in advance."""
    begun: deque[Future[Result]] = deque()
    pool = ThreadPoolExecutor(threads)
    try:
        for task in tasks:
            begun.append(pool.submit(function, *task))
            if len(begun) == threads * _TASKS_EACH:
                yield begun.popleft().result()
        while begun:
            yield begun.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


class Executor(Protocol):
    """Who does tasks."""

    def each(
        self, function: Callable[..., Result], tasks: Iterable[Task], killed: Callable[..., Result]
    ) -> Iterator[Result]:
        """`function(*task)` for each task, as they end; `killed(*task)` where it ends its process or has no memory."""


@dataclass(frozen=True)
class Processes:
    """So many `jobs` of this machine; this process alone, where there is one job or task and it may be done `here`.

    Other processes have at most so many bytes of `memory` more than they begin with; only Linux counts them.
    """

    jobs: int
    here: bool = True
    memory: int | None = None

    def each(
        self, function: Callable[..., Result], tasks: Iterable[Task], killed: Callable[..., Result]
    ) -> Iterator[Result]:
        """`function(*task)` for each task, as they end.

        Where a process is killed, or has not enough memory, the tasks that were begun are done again, each alone; the
        result of one for which that happens again is `killed(*task)`. Whoever stops asking, or is interrupted, does not
        wait for the tasks that are being done: their processes are ended.
        """
        ahead = iter(tasks)
        first = list(islice(ahead, 2))
        waiting = chain(first, ahead)
        if self.here and (self.jobs == 1 or len(first) == 1):
            return (_here(function, task, killed) for task in waiting)
        return _in_processes(function, waiting, self, killed)


def _here(function: Callable[..., Result], task: Task, killed: Callable[..., Result]) -> Result:
    try:
        return function(*task)
    except MemoryError:
        return killed(*task)


def _in_processes(
    function: Callable[..., Result], waiting: Iterator[Task], processes: Processes, killed: Callable[..., Result]
) -> Iterator[Result]:
    before = set(active_children())
    jobs, memory = processes.jobs, processes.memory
    pool = _pool(jobs, memory)
    begun: dict[Future[Result], Task] = {}
    try:
        while True:
            for task in islice(waiting, jobs * _TASKS_EACH - len(begun)):
                begun[pool.submit(_enough, function, *task)] = task
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
                pool = _pool(jobs, memory)
                yield from (_alone(function, task, killed, memory) for task in lost)
    except BaseException:
        for process in set(active_children()) - before:
            process.kill()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _alone(function: Callable[..., Result], task: Task, killed: Callable[..., Result], memory: int | None) -> Result:
    with _pool(1, memory) as pool:
        try:
            return pool.submit(_enough, function, *task).result()
        except BrokenProcessPool:
            return killed(*task)


def _enough(function: Callable[..., Result], *task: object) -> Result:
    """`function(*task)`; a process that had not enough memory for it may not have enough for the next one either."""
    try:
        return function(*task)
    except MemoryError:
        os._exit(1)


def _pool(jobs: int, memory: int | None) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(jobs, get_context("spawn"), _begin, (memory,))


def _begin(memory: int | None) -> None:
    """A process whose parent is killed would wait for ever for the next task; whoever interrupts means the parent."""
    if memory and sys.platform == "linux":
        most = memory + int(Path("/proc/self/statm").read_text("ascii").split()[_DATA]) * resource.getpagesize()
        given = [limit for limit in resource.getrlimit(resource.RLIMIT_DATA) if limit != resource.RLIM_INFINITY]
        resource.setrlimit(resource.RLIMIT_DATA, (min([most, *given]),) * 2)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_exit_after_parent, daemon=True).start()


def _exit_after_parent() -> None:
    if parent := parent_process():
        parent.join()
        os._exit(1)
