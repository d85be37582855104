"""How the fetching of one row of a manifest ends: in one of these words, with a sentence."""

from __future__ import annotations

from dataclasses import dataclass

from budgetlib.core.errors import BudgetlibError

MEGABYTE = 1_000_000
OUTCOMES = {
    "fetched": "the original is there now",
    "unchanged": "the original was there, and the server has no other",
    "changed": "the server has another original than the one that was there; it is kept beside it",
    "searched": "an index page was searched for links",
    "to_confirm": "a link that was found waits for a person",
    "mismatch": "the server sends another file than the manifest's sha256 names; it is kept under a name of its own",
    "not_found": "the server has no such file, or says so in a web page",
    "wrong_type": "the server sends another kind of file than was asked for",
    "too_large": "the file is larger than --max-size",
    "timeout": "it took longer than --time-limit",
    "unreachable": "no answer, or none that could be used, after several tries",
    "forbidden": "the site's robots.txt asks programs to stay away, or the server refuses them",
    "refused": "the manifest asks for what is not allowed",
}
SUCCESSES = {"fetched", "unchanged", "changed", "searched", "to_confirm"}


@dataclass(frozen=True)
class Result:
    """One row of the manifest: what it is about, one of `OUTCOMES`, and a sentence."""

    about: str
    outcome: str
    reason: str = ""


class NotFetched(BudgetlibError):
    """Why something was not fetched; `outcome` is one of `OUTCOMES`."""

    def __init__(self, outcome: str, reason: str) -> None:
        super().__init__(reason)
        self.outcome = outcome
        self.reason = reason
