"""The identities as data: each a name, what it ties together, how it is tested, how grave it is, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from budgetlib.definitions.toml import load

SEVERITIES = ("error", "warning", "note")
_OTHER_DATA = ("itemised.toml", "messages.toml")
_OWN = {"name", "test", "severity", "zh", "en"}


@dataclass(frozen=True)
class Identity:
    """One identity.

    `severity`: `error` is arithmetic that cannot be, `warning` two places that disagree, `note` worth a question.
    `test` names the function that tests it; `data` is what that function needs to know.
    """

    name: str
    test: str
    severity: str
    zh: str
    en: str
    data: Mapping[str, Any] = field(default_factory=dict)


@cache
def identities() -> tuple[Identity, ...]:
    """All identities, file by file in the order of their names.

    Raises `ValueError` for an unknown severity or a name given twice.
    """
    found = [
        _identity(entry)
        for file in sorted(files(__package__).iterdir(), key=lambda file: file.name)
        if file.name.endswith(".toml") and file.name not in _OTHER_DATA
        for entry in load(file.name, __package__)["identity"]
    ]
    names = [identity.name for identity in found]
    if twice := {name for name in names if names.count(name) > 1}:
        raise ValueError(f"identities named twice: {sorted(twice)}")
    return tuple(found)


def _identity(entry: dict[str, Any]) -> Identity:
    if entry["severity"] not in SEVERITIES:
        raise ValueError(f"identity {entry['name']}: severity {entry['severity']!r}; allowed: {', '.join(SEVERITIES)}")
    data = {key: value for key, value in entry.items() if key not in _OWN}
    return Identity(**{key: entry[key] for key in _OWN}, data=data)
