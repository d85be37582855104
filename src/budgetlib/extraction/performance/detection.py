"""The signs that tell a performance-target table: titles above it, labels and header words in it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from budgetlib.core.text import squeeze
from budgetlib.definitions.vocabulary.performance import performance_words
from budgetlib.extraction.forms.titles import find_entity, find_unit
from budgetlib.extraction.performance.columns import find_layout
from budgetlib.extraction.performance.header import HeaderLabel
from budgetlib.extraction.performance.model import Token, tokens
from budgetlib.pages.model import Grid

TITLE_LINES = 8
"""How many lines above a table may hold its title."""
_ASIDE = re.compile(
    r"[-—–\s]*\d[\d\s]*[-—–\s]*|\(?20\d\d年?度?\)?|\(?20\d\d年?|度\)?|附?表\d*(?:-\d+)?|公开表\d+|第\d+页(?:[,，/]?共\d+页)?"
)
_BARE_UNIT = re.compile(r"(?:^|\s)(亿元|万元|千元|元)$")
_DEPARTMENT = re.compile(r"(?:部门|单位|部门[(（]单位[)）])名称\s+(?P<name>\S.{3,})")
_SHORT = 6
"""Characters of a line that is too short to say anything: a page number, a unit, a clipped title."""


def is_aside(text: str) -> bool:
    """True for a line that may stand between two pieces of a table: a title, unit, year, entity or page number.

    >>> is_aside("- 12 -"), is_aside("第 39 页，共 40 页"), is_aside("十一、国有资产占有使用情况")
    (True, True, False)
    """
    key = squeeze(text)
    if len(key) <= _SHORT or _ASIDE.fullmatch(key) or performance_words().title.search(key):
        return True
    return bool(find_entity([text]) or stated_unit([text]))


def stated_unit(above: Sequence[str]) -> str | None:
    """The money unit stated above a table, also where it stands alone at the end of a line."""
    bare = [match[1] for text in above if (match := _BARE_UNIT.search(text.strip()))]
    return find_unit(above) or (bare[-1] if bare else None)


def title_above(above: Sequence[str]) -> str | None:
    """The title of such a table that stands nearest above, without blanks; None where none does."""
    titles = map(squeeze, reversed(above[-TITLE_LINES:]))
    return next((title for title in titles if performance_words().title.search(title)), None)


def title_name(above: Sequence[str]) -> str | None:
    """The project's name, where the title bears it."""
    name = None
    for text in above:
        if match := performance_words().named_title.search(squeeze(text)):
            name = re.sub(r"\s+", "", text)[: len(match["project"])]
    return name


def names_table(labels: Sequence[HeaderLabel], printed: Sequence[Token], department: bool) -> bool:
    """True where a row begins a table: it names the project, or in a whole-department table the department."""
    named = [label for label in labels if label.name in ("project", "department")]
    if not named or named[0].token.cell is not printed[0].cell or not (named[0].values or len(printed) == 1):
        return False
    return department or named[0].name == "project"


def has_money(labels: Sequence[HeaderLabel], printed: Sequence[Token], department: bool) -> bool:
    """True where a row of a head tells how much: a table that does not name its project begins with it.

    That of a department may begin with its tasks.
    """
    if department and (labels or any(performance_words().task.search(token.key) for token in printed)):
        return True
    return any(label.is_money and label.name == "total" for label in labels)


def department_above(above: Sequence[str]) -> str | None:
    """The department that a line above a table names, with a colon behind the label or a blank."""
    named = [match["name"] for text in above if (match := _DEPARTMENT.fullmatch(text.strip()))]
    return find_entity(above) or (re.sub(r"\s+", "", named[-1]) if named else None)


def has_indicator_header(grid: Grid) -> bool:
    """True where a grid has the words of a performance-target table: a head of indicators, or goals by period."""
    words = performance_words()
    for row in range(grid.row_count):
        printed = tokens(grid, row)
        if find_layout(printed, grid) or any(words.goal_row.search(token.key) for token in printed):
            return True
    return False
