"""The TOML files beside this module."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Any


def read_words(name: str) -> dict[str, Any]:
    """The words in the TOML file `name` of this package."""
    return tomllib.loads((files(__package__) / name).read_text(encoding="utf-8"))
