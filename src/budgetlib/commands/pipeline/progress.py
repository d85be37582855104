"""How far reading is: on a terminal a bar, else in each line."""

from __future__ import annotations

import time

from tqdm import tqdm

from budgetlib.commands.pipeline.reading import Reading


class Progress:
    """How far reading is, how fast, and how long it will still take: on a terminal a bar, else in each line."""

    def __init__(self) -> None:
        self._begun = time.monotonic()
        self._read = self._kept = self._pages = 0
        self._bar = tqdm(desc="documents", disable=None, bar_format="{desc}: {bar} {n_fmt} of {total_fmt}{postfix}")

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *error: object) -> None:
        self._bar.close()

    def tell(self, reading: Reading, files: int) -> None:
        """How one of so many `files` ended."""
        self._bar.total = files
        if reading.unchanged:
            self._kept += 1
            self._bar.update()
            return
        self._read += 1
        self._pages += reading.pages or 1
        seconds = time.monotonic() - self._begun
        left = seconds / self._read * (files - self._read - self._kept)
        pace = f"{self._pages} pages, {self._pages / seconds:.1f} a second, {_duration(left)} left"
        self._bar.set_postfix_str(pace, refresh=False)
        self._bar.update()
        line = f"{reading.path}: {reading.outcome}" + (f": {reading.reason}" if reading.reason else "")
        number = f" ({self._read + self._kept} of {files} documents, {pace})" if self._bar.disable else ""
        self._bar.write(line + number)


def _duration(seconds: float) -> str:
    """A time in words.

    >>> _duration(42), _duration(150), _duration(9000)
    ('42 s', '2 min', '2 h 30 min')
    """
    minutes = int(seconds / 60)
    if minutes >= 60:
        return f"{minutes // 60} h {minutes % 60} min"
    return f"{minutes} min" if minutes else f"{seconds:.0f} s"
