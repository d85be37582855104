"""Tasks → the workers of a dask cluster, on this machine or on others: an executor beside `core.workers.Processes`.

Needs the extra `cluster`. Only what a task is made of goes to a worker and only its result comes back, so a worker
needs no store; files it opens by their paths, which lead to the same everywhere, or at their addresses.
"""

from __future__ import annotations

import threading
from asyncio import CancelledError
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import TypeVar

from distributed import Client, Future, KilledWorker, LocalCluster, wait
from distributed.comm import CommClosedError

from budgetlib.core.errors import BadParameter, BudgetlibError, NotFound
from budgetlib.core.version import __version__, fingerprint
from budgetlib.core.workers import Task
from budgetlib.extraction.document import reading_of_pictures

Result = TypeVar("Result")

_TRIED_AGAIN = 2
"""A task whose worker died is done again so often."""
_PATIENCE = 30
"""Seconds to wait for a scheduler, or for a first worker."""
_alone = threading.Lock()
"""pdfium reads one document at a time in a process, however many threads a worker has."""


@dataclass(frozen=True)
class Cluster:
    """The workers that the scheduler of `client` has at any time."""

    client: Client

    @property
    def dashboard(self) -> str:
        """Where a browser shows what the workers do."""
        return str(self.client.dashboard_link)

    def each(
        self, function: Callable[..., Result], tasks: Iterable[Task], killed: Callable[..., Result]
    ) -> Iterator[Result]:
        """`function(*task)` for each task, as they end, one at a time for each worker there is.

        A task whose worker died, or had not enough memory, is done again, with no other beside it that could be the
        reason; when that has happened too often, its result is `killed(*task)`.

        Raises `BadParameter` where a worker has another budgetlib, `BudgetlibError` where all workers or the
        scheduler are gone.
        """
        ahead = iter(tasks)
        begun: dict[Future, tuple[Task, int]] = {}
        suspects: list[tuple[Task, int]] = []
        try:
            while True:
                if not suspects:
                    for task in islice(ahead, max(0, self._workers() - len(begun))):
                        begun[self._submit(function, task)] = task, 0
                elif not begun:
                    task, again = suspects.pop()
                    begun[self._submit(function, task)] = task, again + 1
                if not begun:
                    return
                for future in self._ended(begun):
                    task, again = begun.pop(future)
                    try:
                        yield future.result()
                    except (KilledWorker, MemoryError):
                        if again == _TRIED_AGAIN:
                            yield killed(*task)
                        else:
                            suspects.append((task, again))
        except (CancelledError, CommClosedError) as fault:
            raise BudgetlibError(
                "the scheduler is gone; start it and its workers and run this again: what was read is kept"
            ) from fault
        finally:
            self.client.cancel(list(begun))

    def _submit(self, function: Callable[..., Result], task: Task) -> Future:
        return self.client.submit(_done, _made_of(), function, *task, pure=False)

    def _workers(self) -> int:
        return max(1, len(self.client.nthreads()))

    def _ended(self, begun: Iterable[Future]) -> list[Future]:
        while True:
            try:
                return list(wait(list(begun), timeout=_PATIENCE, return_when="FIRST_COMPLETED").done)
            except TimeoutError as fault:
                if not self.client.nthreads():
                    raise BudgetlibError(
                        "all workers are gone; start workers and run this again: what was read is kept"
                    ) from fault


@contextmanager
def cluster(workers: int | None = None, scheduler: str | None = None) -> Iterator[Cluster]:
    """So many `workers` of this machine, or those of the dask `scheduler` at an address such as tcp://host:8786.

    Raises `BadParameter` where the address is none, `NotFound` where no scheduler answers there or it has no workers.
    """
    if scheduler:
        with _client(scheduler) as client:
            yield Cluster(client)
    else:
        of_one = {"threads_per_worker": 1, "scheduler_kwargs": {"allowed_failures": 0}}
        with (
            LocalCluster(n_workers=workers, dashboard_address="127.0.0.1:0", **of_one) as local,
            Client(local) as client,
        ):
            yield Cluster(client)


@contextmanager
def _client(scheduler: str) -> Iterator[Client]:
    try:
        client = Client(scheduler, timeout=_PATIENCE)
    except ValueError as fault:
        raise BadParameter(f"{scheduler!r} is no address of a scheduler; allowed: tcp://HOST:PORT") from fault
    except OSError as fault:
        why = f"no scheduler answers at {scheduler}; start one with: dask scheduler"
        raise NotFound(why) from fault
    with client:
        try:
            client.wait_for_workers(1, timeout=_PATIENCE)
        except TimeoutError as fault:
            why = f"the scheduler at {scheduler} has no workers; start some with: dask worker {scheduler} --nthreads 1"
            raise NotFound(why) from fault
        yield client


def _done(expected: str, function: Callable[..., Result], *task: object) -> Result:
    """`function(*task)`, on a worker that has the same budgetlib."""
    if (found := _made_of()) != expected:
        raise BadParameter(f"a worker has {found}, this machine {expected}; install the same on all machines")
    with _alone:
        return function(*task)


@cache
def _made_of() -> str:
    """What decides what this machine makes."""
    code = fingerprint("core", "definitions", "pages", "extraction", "tables", "checks", "analysis")
    return f"budgetlib {__version__} with code {code} and pictures read {reading_of_pictures('auto')}"
