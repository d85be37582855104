"""How far fetching is: on a terminal a bar, else a line for each row of the manifest."""

from __future__ import annotations

from tqdm import tqdm

from budgetlib.commands.fetch.download import MEGABYTE
from budgetlib.commands.fetch.outcomes import Result


class Progress:
    """Shows how each row ends, and meanwhile how much of its file is there."""

    def __init__(self) -> None:
        self._bar = tqdm(desc="addresses", disable=None, bar_format="{desc}: {bar} {n_fmt} of {total_fmt}{postfix}")

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *error: object) -> None:
        self._bar.close()

    def tell(self, result: Result, rows: int) -> None:
        """How one of so many `rows` ended."""
        self._bar.total = rows
        self._bar.set_postfix_str("", refresh=False)
        self._bar.update()
        self._bar.write(f"{result.about}: {result.outcome}: {result.reason}")

    def receive(self, count: int, total: int | None) -> None:
        """So many bytes of a file are there."""
        of = f" of {total / MEGABYTE:.1f}" if total else ""
        self._bar.set_postfix_str(f"{count / MEGABYTE:.1f}{of} MB", refresh=False)
        self._bar.update(0)
