"""What a page end cuts off the last row above it stands in the first row overleaf."""

from __future__ import annotations

from collections.abc import Sequence

from budgetlib.definitions.vocabulary.performance import performance_words
from budgetlib.extraction.performance.model import Token
from budgetlib.pages.model import Cell, Grid

_ROOM = 2.2
"""A line is full where less than this many characters more would fit: the next word wrapped."""
_SHORT = 4
"""Characters of a unit or a mark that may stand beside what a page end cut off."""
_HAN, _LATIN = 0x2E7F, 0.55
"""The last code point below those of Chinese characters, and the width of others beside theirs."""


class LastRow:
    """The row of indicators read last: which cell of it holds what of which indicator."""

    def __init__(self, grid: Grid) -> None:
        self.grid = grid
        self.cells: dict[int, tuple[int, str, Cell]] = {}

    def note(self, index: int, third: Token, target: Token | None) -> None:
        """An indicator of the row, by its index among those of the table."""
        self.cells[third.cell.column] = index, "level3", third.cell
        if target:
            self.cells[target.cell.column] = index, "target", target.cell

    def continuation(self, row: Sequence[Token], grid: Grid) -> list[tuple[int, str, str]]:
        """What a row adds to the indicators of this one: (index, `level3` or `target`, text); empty for a new row.

        What a page end cut off has no words of the levels. Where it has an indicator and a target side by side, it is
        it only if the lines above were full.
        """
        if grid.column_count != self.grid.column_count or any(performance_words().is_level(t.key) for t in row):
            return []
        known = [token for token in row if token.cell.column in self.cells]
        if any(len(token.key) > _SHORT for token in row if token not in known):
            return []
        added = [(*self.cells[token.cell.column][:2], token.text) for token in known]
        whole = {index for index, role, _ in added if role == "level3"} & {
            i for i, role, _ in added if role == "target"
        }
        if whole and not all(self._is_full(self.cells[token.cell.column][2]) for token in known):
            return []
        return added

    def _is_full(self, cell: Cell) -> bool:
        """True where the last printed line of a cell leaves no room for another word."""
        edges = self.grid.edges
        if cell.box is None or not edges:
            return False
        lines = [_width(line) for line in cell.text.split("\n") if line.strip()]
        character = (cell.box.x1 - cell.box.x0) / max(lines, default=1)
        space = edges[cell.column + cell.columns] - edges[cell.column]
        return space - lines[-1] * character < _ROOM * character


def _width(line: str) -> float:
    """The width of a line in Chinese characters; others are about half as wide."""
    return sum(1.0 if ord(character) > _HAN else _LATIN for character in line.strip()) or 1.0
