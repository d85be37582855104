"""Papers bound in with a disclosure that are no part of it: a covering notice, a budget approval letter.

Their running text is set apart, so that it is not read as the disclosure's own; the ledger says what they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from budgetlib.core.text import squeeze
from budgetlib.definitions.vocabulary import StrangerWords, catalogue_words
from budgetlib.pages.model import Line, Page

_TITLE_LINES = 3
_LINES_ABOVE = 4
_ADDRESSEE = 80


class Stranger(NamedTuple):
    """One such paper: what it is, its document number as printed, and the pages (by index) it stands on.

    `edition` says that the number is that of an edition of the guidance catalogue.
    """

    what: str
    number: str | None
    edition: bool
    first: int
    last: int

    @property
    def sentence(self) -> str:
        """What the ledger says of it."""
        return f"{self.what}{f' ({self.number})' if self.number else ''}, no part of the disclosure"


class _Row(NamedTuple):
    key: str
    page_index: int
    line: Line


def set_apart(pages: Sequence[Page]) -> tuple[list[Page], list[Stranger]]:
    """The pages without the lines of strangers, and the strangers; grids stay where they are."""
    rows = [_Row(squeeze(b.text), i, b) for i, page in enumerate(pages) for b in page.blocks if isinstance(b, Line)]
    strangers: list[Stranger] = []
    foreign: set[int] = set()
    index = 0
    while index < len(rows):
        begun = _begins(rows, index) if "关于" in rows[index].key else None
        if begun is None:
            index += 1
            continue
        start, words, number = begun
        end = _end(rows, index)
        foreign |= {id(row.line) for row in rows[start:end]}
        strangers.append(Stranger(words.what, number, words.edition, rows[start].page_index, rows[end - 1].page_index))
        index = end
    if not strangers:
        return list(pages), []
    return [replace(p, lines=tuple(line for line in p.lines if id(line) not in foreign)) for p in pages], strangers


def _begins(rows: Sequence[_Row], index: int) -> tuple[int, StrangerWords, str | None] | None:
    """Where the stranger begins whose title is at `index`, how it is titled, and its document number.

    A title alone may be a quotation: a number or a letterhead stands above it, or an addressee below.
    """
    words = catalogue_words()
    above = range(max(0, index - _LINES_ABOVE), index)
    numbers = [i for i in above if words.is_number(rows[i].key)]
    head = numbers + [i for i in above if words.letterhead.search(rows[i].key)]
    for count in range(1, _TITLE_LINES + 1):
        title = "".join(row.key for row in rows[index : index + count])
        below = [row.key for row in rows[index + count : index + count + 1]]
        addressed = any(key.endswith((":", "：")) and len(key) < _ADDRESSEE for key in below)
        for stranger in words.strangers:
            if stranger.title.search(title) and (head or (addressed and not stranger.with_number)):
                return min([*head, index]), stranger, rows[numbers[-1]].key if numbers else None
    return None


def _end(rows: Sequence[_Row], start: int) -> int:
    """Where a stranger ends: before the next part of the disclosure, or after the line that closes it."""
    words = catalogue_words()
    for index in range(start + 1, len(rows)):
        if words.ends_before.search(rows[index].key):
            return index
        if words.ends_with.search(rows[index].key):
            return index + 1
    return len(rows)
