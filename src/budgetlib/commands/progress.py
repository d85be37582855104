"""How far a run is: on a terminal a bar, else in each line."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click
from tqdm import tqdm

if TYPE_CHECKING:  # each command needs one of them only
    from budgetlib.commands.pipeline.reading import Reading
    from budgetlib.report.index import Report


class Progress:
    """How far a run is, how fast, and how long it will still take: on a terminal a bar, else in each line.

    Where the run is interrupted, how much is done.
    """

    def __init__(self, what: str) -> None:
        self._what = what
        self._begun = time.monotonic()
        self._made = self._kept = self._pages = 0
        self._bar = tqdm(desc=what, disable=None, bar_format="{desc}: {bar} {n_fmt} of {total_fmt}{postfix}")

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, kind: type[BaseException] | None, *error: object) -> None:
        self._bar.close()
        if kind is KeyboardInterrupt:
            done = f"{self._made + self._kept} {self._what} are done and kept"
            click.echo(f"stopped; {done}, the next run goes on from there", err=True)

    def read(self, reading: Reading, files: int) -> None:
        """How reading one of so many `files` ended."""
        self._pages += 0 if reading.unchanged else reading.pages or 1
        rate = f"{self._pages} pages, {self._pages / self._seconds():.1f} a second"
        self._tell(reading.path, reading.outcome, reading.reason, files, kept=reading.unchanged, rate=rate)

    def reported(self, report: Report, reports: int) -> None:
        """How one of so many `reports` ended."""
        about, unchanged = f"{report.name} {report.year or ''}".strip(), report.state == "unchanged"
        rate = f"{self._seconds() / (self._made + 1):.1f} s each"
        self._tell(about, report.state, report.reason, reports, kept=unchanged, rate=rate)

    def _seconds(self) -> float:
        return time.monotonic() - self._begun

    def _tell(self, about: str, outcome: str, reason: str | None, total: int, *, kept: bool, rate: str) -> None:
        self._bar.total = total
        self._kept += kept
        self._made += not kept
        if not kept:
            ended = self._made + self._kept
            pace = f"{rate}, {_duration(self._seconds() / self._made * (total - ended))} left"
            self._bar.set_postfix_str(pace, refresh=False)
            line = f"{about}: {outcome}" + (f": {reason}" if reason else "")
            number = f" ({ended} of {total} {self._what}, {pace})" if self._bar.disable else ""
            self._bar.write(line + number)
        self._bar.update()


def _duration(seconds: float) -> str:
    """A time in words.

    >>> _duration(42), _duration(150), _duration(9000)
    ('42 s', '2 min', '2 h 30 min')
    """
    minutes = int(seconds / 60)
    if minutes >= 60:
        return f"{minutes // 60} h {minutes % 60} min"
    return f"{minutes} min" if minutes else f"{seconds:.0f} s"
