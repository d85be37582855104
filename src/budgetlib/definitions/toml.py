"""TOML beside its code → plain values: the one way in which law enters the program."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files
from typing import Any


def load(name: str, package: str) -> dict[str, Any]:
    """The TOML file `name` of `package` (a module's `__package__`)."""
    return tomllib.loads((files(package) / name).read_text(encoding="utf-8"))


def patterns(entries: dict[str, Any]) -> dict[str, Any]:
    """The texts among `entries`, and those in the tables among them, as regular expressions; the rest as it is.

    Line breaks in a text only make it readable.
    """
    kinds: dict[type, Any] = {str: lambda text: re.compile(text.replace("\n", "")), dict: patterns}
    return {name: kinds.get(type(value), lambda other: other)(value) for name, value in entries.items()}
