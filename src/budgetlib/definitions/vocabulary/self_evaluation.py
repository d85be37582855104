"""Words of self-evaluation tables, from `self_evaluation.toml`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from budgetlib.definitions.toml import load, patterns


@dataclass(frozen=True)
class SelfEvaluationWords:
    """Regular expressions over cells without blanks.

    `column` names the columns of money beside what was executed, `indicator` those of the indicators; `sum` is the
    row below the indicators where it does not call itself a score.
    """

    project: re.Pattern[str]
    department: re.Pattern[str]
    unit: re.Pattern[str]
    executed: re.Pattern[str]
    total: re.Pattern[str]
    score: re.Pattern[str]
    sum: re.Pattern[str]
    column: Mapping[str, re.Pattern[str]]
    indicator: Mapping[str, re.Pattern[str]]


@cache
def self_evaluation_words() -> SelfEvaluationWords:
    """The words of `self_evaluation.toml`."""
    return SelfEvaluationWords(**patterns(load("self_evaluation.toml", __package__)))
