"""What is costly to make is made once in a test run, by whichever of its processes needs it first."""

from __future__ import annotations

import fcntl
from collections.abc import Callable
from pathlib import Path

import pytest

_folders: list[Path] = []


def share(factory: pytest.TempPathFactory, config: pytest.Config) -> None:
    """Choose the folder that all processes of this test run share."""
    own = factory.getbasetemp()
    _folders.append(own.parent if hasattr(config, "workerinput") else own)


def once(name: str, make: Callable[[Path], object]) -> Path:
    """The folder `name` of this test run: what `make`, given an empty folder, put into it. Only to be read."""
    shared = _folders[-1]
    made, unfinished = shared / name, shared / f"{name}.unfinished"
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            unfinished.mkdir(exist_ok=True)
            make(unfinished)
            unfinished.rename(made)
    return made
