"""Words of self-evaluation tables, from `self_evaluation.toml`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from budgetlib.definitions.toml import load


@dataclass(frozen=True)
class SelfEvaluationWords:
    """Regular expressions over cells without blanks; `column` names the columns of money beside what was executed."""

    project: re.Pattern[str]
    unit: re.Pattern[str]
    executed: re.Pattern[str]
    total: re.Pattern[str]
    score: re.Pattern[str]
    column: Mapping[str, re.Pattern[str]]


@cache
def self_evaluation_words() -> SelfEvaluationWords:
    """The words of `self_evaluation.toml`."""
    data = load("self_evaluation.toml", __package__)
    columns = {name: re.compile(words) for name, words in data.pop("column").items()}
    return SelfEvaluationWords(column=columns, **{name: re.compile(words) for name, words in data.items()})
