"""TOML beside its code → plain values: the one way in which law enters the program."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Any


def load(name: str, package: str) -> dict[str, Any]:
    """The TOML file `name` of `package` (a module's `__package__`)."""
    return tomllib.loads((files(package) / name).read_text(encoding="utf-8"))
