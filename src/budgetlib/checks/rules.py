"""The rules as data: each a name, what it ties together, how it is tested, how grave a breach is, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from budgetlib.definitions.toml import load

SEVERITIES = ("error", "warning", "note")
_OWN = {"name", "test", "severity", "zh", "en"}


@dataclass(frozen=True)
class Rule:
    """One identity that must hold, or one thing that must be there.

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
def rules() -> tuple[Rule, ...]:
    """All rules, file by file in the order of their names.

    Raises `ValueError` for an unknown severity or a name given twice.
    """
    listed = [
        _rule(entry)
        for file in sorted(files(__package__).iterdir(), key=lambda file: file.name)
        if file.name.endswith(".toml")
        for entry in load(file.name, __package__).get("rule", ())
    ]
    names = [rule.name for rule in listed]
    if twice := {name for name in names if names.count(name) > 1}:
        raise ValueError(f"rules named twice: {sorted(twice)}")
    return tuple(listed)


def _rule(entry: dict[str, Any]) -> Rule:
    if entry["severity"] not in SEVERITIES:
        raise ValueError(f"rule {entry['name']}: severity {entry['severity']!r}; allowed: {', '.join(SEVERITIES)}")
    data = {key: value for key, value in entry.items() if key not in _OWN}
    return Rule(**{key: entry[key] for key in _OWN}, data=data)
