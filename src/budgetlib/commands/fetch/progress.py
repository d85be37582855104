"""How far fetching is: on a terminal a bar, else a line for each row of the manifest."""

from __future__ import annotations

from tqdm import tqdm

from budgetlib.commands.fetch.outcomes import MEGABYTE, Result


class Progress:
    """Shows which row is at work and how much of its file is there, then how it ended."""

    def __init__(self) -> None:
        self._bar = tqdm(desc="addresses", disable=None, bar_format="{desc}: {bar} {n_fmt} of {total_fmt}{postfix}")

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *error: object) -> None:
        self._bar.close()

    def begin(self, about: str, rows: int) -> None:
        """One of so many `rows` is at work."""
        self._bar.total = rows
        self._bar.set_postfix_str(about)

    def receive(self, count: int, total: int | None) -> None:
        """So many bytes of its file are there."""
        of = f" of {total / MEGABYTE:.1f}" if total else ""
        self._bar.set_postfix_str(f"{count / MEGABYTE:.1f}{of} MB", refresh=False)
        self._bar.update(0)

    def end(self, result: Result) -> None:
        """How it ended."""
        self._bar.update()
        self._bar.write(f"{result.about}: {result.outcome}: {result.reason}")
