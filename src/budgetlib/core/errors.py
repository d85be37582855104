"""What budgetlib refuses to do. A message says: the bad value, what is allowed, where, what next."""

from __future__ import annotations

from pathlib import Path


class BudgetlibError(Exception):
    """Any refusal of this library; the message is written for the person who reads it."""

    def _render_traceback_(self) -> list[str]:
        """What IPython shows of it in a notebook: the sentence, and not where in our code it was raised."""
        return [f"{type(self).__name__}: {self}"]


class UnreadableDocument(BudgetlibError):
    """A document that cannot be read; `outcome` is one of the outcomes in the table `documents`."""

    def __init__(self, outcome: str, reason: str) -> None:
        super().__init__(outcome, reason)
        self.outcome, self.reason = outcome, reason

    def __str__(self) -> str:
        return self.reason


class NotFound(BudgetlibError):
    """A file, department, year or notebook that was asked for and is not there."""


class BadParameter(BudgetlibError):
    """A notebook parameter or an option whose name or value is not allowed."""


class InUse(BudgetlibError):
    """A folder that another process is writing to."""


class Damaged(BudgetlibError):
    """A file of the store, at `path`, that is not what was written there; it is made again."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(path, why)
        self.path = path

    def __str__(self) -> str:
        return f"{self.path.name} in the store {self.args[1]}"
