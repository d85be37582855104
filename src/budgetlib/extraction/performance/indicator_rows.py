"""One row of indicators → what each of its halves says: by the columns of the printed head, or by its words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from budgetlib.definitions.vocabulary.performance import performance_words
from budgetlib.extraction.performance.columns import IndicatorLayout
from budgetlib.extraction.performance.model import Token

_WITHOUT_RELATION = {"", "定性"}
_HALF_MISSING = 10  # what an indicator without its target costs a reading: more than cells in the wrong half ever do


class Half(NamedTuple):
    """What one half of a row says: level-2 word, indicator and target, each where printed."""

    level2: Token | None = None
    level3: Token | None = None
    target: Token | None = None

    @property
    def complete(self) -> bool:
        """True where an indicator stands with its target."""
        return self.level3 is not None and self.target is not None


class IndicatorRow(NamedTuple):
    """One row of indicators, understood."""

    level1: str | None
    halves: tuple[Half, ...]


def begins_without_head(row: Sequence[Token]) -> bool:
    """True for a row of indicators without a printed head above: a rubric, levels, an indicator with its target."""
    inner = [token for token in row if not is_rubric(token)]
    if len(inner) == len(row) or not any(performance_words().is_level(token.key) for token in inner):
        return False
    understood = by_words(inner, 2, None)
    return understood is not None and any(half.complete for half in understood.halves)


def spans_all(token: Token, layout: IndicatorLayout | None) -> bool:
    """True for a merged cell beside the indicators: it says what all of them are."""
    return layout is not None and token.cell.rows > 1 and layout.at(token.cell.column) is None


def is_rubric(token: Token) -> bool:
    """True for the word that stands beside the indicators and says what they are (绩效指标)."""
    return performance_words().rubric.search(token.key) is not None and not performance_words().is_level(token.key)


def by_columns(row: Sequence[Token], layout: IndicatorLayout, strict: bool = True) -> IndicatorRow | None:
    """The row as the columns of the printed head have it; None where it does not fit them.

    An indicator stands with its target, and no word of a level in a column of another. Strictly, level columns
    hold words of the vocabulary only.
    """
    if "level3" not in layout.roles:
        return None
    words = performance_words()
    tokens: dict[tuple[str, int], Token] = {}
    for token in row:
        column = layout.at(token.cell.column)
        if column is None or (column.role, column.half) in tokens:
            return None
        if column.role != "skip":
            tokens[column.role, column.half] = token
    first = tokens.get(("level1", 0))
    if first and not words.first_level(first.key) and (strict or words.is_level(first.key)):
        return None
    halves = []
    for half in range(layout.halves):
        second, third, target = tokens.get(("level2", half)), tokens.get(("level3", half)), _target(tokens, half)
        if second and not words.second_level(second.key) and (strict or words.is_level(second.key)):
            return None
        if (third is None) != (target is None) or (target and words.is_level(target.key)):
            return None
        if third and words.is_level(third.key) and (second is None or not words.second_level(third.key)):
            return None
        halves.append(Half(second, third, target))
    return IndicatorRow((words.first_level(first.key) or first.text) if first else None, tuple(halves))


def _only_first(key: str) -> bool:
    words = performance_words()
    return words.first_level(key) is not None and words.second_level(key) is None


def _target(tokens: dict[tuple[str, int], Token], half: int) -> Token | None:
    """The target of a half: relation, value and unit where they stand in columns of their own."""
    value = tokens.get(("target", half))
    relation, unit = tokens.get(("relation", half)), tokens.get(("measure_unit", half))
    if value is None or (relation is None and unit is None):
        return value
    before = relation.text if relation and relation.key not in _WITHOUT_RELATION else ""
    after = unit.text if unit else ""
    return Token(before + value.text + after, before + value.key + after, value.cell)


def by_words(row: Sequence[Token], halves: int, boundary: int | None) -> IndicatorRow | None:
    """The row as its words have it, wherever its cells stand; None where they allow no reading, or several.

    `boundary` is the column in which the second half begins; it decides where a lone half belongs.
    """
    words = performance_words()
    if halves == 1 and len(row) > 1 and row[0].key == row[1].key and performance_words().is_level(row[0].key):
        row = row[1:]
    first = words.first_level(row[0].key)
    if (first is None or words.second_level(row[0].key)) and (read := _best_cut(row, halves, boundary)):
        return IndicatorRow(None, read)
    if first is None:
        return None
    halved = _best_cut(row[1:], halves, boundary)
    if halved is None:
        halved = _best_cut([token for token in row if not _only_first(token.key)], halves, boundary)
    return IndicatorRow(first, halved) if halved else None


def _best_cut(row: Sequence[Token], halves: int, boundary: int | None) -> tuple[Half, ...] | None:
    """The halves of a row without its first level; None where no cut gives two halves, or several do as well."""
    readings: dict[int, list[tuple[Half, ...]]] = {}
    for cut in range(len(row) + 1) if halves == 2 else [len(row)]:
        left, right = _half(row[:cut]), _half(row[cut:])
        if left is None or right is None or (left.level3 and not left.target and not right.level2):
            continue
        wrong = sum(t.cell.column >= boundary for t in row[:cut]) if boundary else 0
        wrong += sum(t.cell.column < boundary for t in row[cut:]) if boundary else int(cut == 0)
        apart = left.level2 is not None and left.level3 is None and right.level2 is None and right.level3 is not None
        cost = _HALF_MISSING * sum(bool(half.level3) and not half.complete for half in (left, right)) + wrong + apart
        readings.setdefault(cost, []).append((left, right)[:halves])
    best = readings[min(readings)] if readings else []
    return best[0] if len(best) == 1 else None


def _half(row: Sequence[Token]) -> Half | None:
    """One half as its words have it: [level 2] [indicator target]; None where they are something else."""
    words = performance_words()
    second = row[0] if row and words.second_level(row[0].key) else None
    rest = row[1:] if second else row
    if len(row) == 2 and second and not performance_words().is_level(row[1].key) and re.search(r"\d|[≥≤%]", row[1].key):
        return Half(None, row[0], row[1])
    if not rest:
        return Half(second)
    if len(rest) == 1 and second and not performance_words().is_level(rest[0].key):
        return Half(second, rest[0])
    if len(rest) == 2 and not performance_words().is_level(rest[1].key) and not _only_first(rest[0].key):
        return Half(second, rest[0], rest[1])
    return None
