"""How the fetching of one row of a manifest ends: in one of these words, with a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from budgetlib.core.errors import BudgetlibError

MEGABYTE = 1_000_000  # bytes

Outcome = Literal[
    "fetched",  # the original is there now
    "unchanged",  # it was there, and the server has no other
    "changed",  # the server has another than the one that was there
    "searched",  # an index page
    "to_confirm",  # a link that was found there
    "mismatch",  # the server has another than the manifest's sha256 names
    "not_found",
    "wrong_type",
    "too_large",
    "timeout",
    "unreachable",
    "forbidden",  # to programs, by robots.txt or the server
    "refused",  # by budgetlib
]
SUCCESSES: frozenset[Outcome] = frozenset({"fetched", "unchanged", "changed", "searched", "to_confirm"})


@dataclass(frozen=True)
class Result:
    """One row of the manifest: what it is about, how it ended, and a sentence."""

    about: str
    outcome: Outcome
    reason: str = ""


class NotFetched(BudgetlibError):
    """Why something was not fetched."""

    def __init__(self, outcome: Outcome, reason: str) -> None:
        super().__init__(reason)
        self.outcome = outcome
        self.reason = reason
