"""What each measure of the tables is, in Chinese and English."""

from __future__ import annotations

from functools import cache

from budgetlib.definitions.toml import load


@cache
def measures() -> dict[str, dict[str, dict[str, str]]]:
    """Table → measure → what it is, in Chinese (`zh`) as printed and English (`en`)."""
    return load("measures.toml", __package__)
