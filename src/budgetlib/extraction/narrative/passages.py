"""Pages → passages: the running text of the narrative part, section by section.

Wrapped lines are joined, over page ends too; the glossary is left out. A section is known by the words of its
heading (`phrases/headings.toml`), not by its number: places count differently. A heading that names a spending
unit opens that unit's own subsection.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from budgetlib.definitions.phrases import headings
from budgetlib.extraction.narrative.running_text import TextLine, text_lines
from budgetlib.extraction.narrative.unit_names import UnitNames
from budgetlib.extraction.printed_amounts import Span
from budgetlib.extraction.records import Where
from budgetlib.pages.model import Page

_LEVELS = tuple(
    re.compile(pattern)
    for pattern in (
        r"第[一二三四五六七八九十]+(?:部分|章|篇)[:、]?",
        r"[一二三四五六七八九十]+[、.]",
        r"\([一二三四五六七八九十]+\)[、.]?",
        r"[1-9]\d?[、.](?=\D)",
        r"\(\d{1,2}\)[、.]?|\d{1,2}\)",
    )
)
_DEEPEST = len(_LEVELS)
_FIGURE = re.compile(r"\d(?:万元|亿元|元|%|个|辆|台|平方米)")
_AMOUNT = re.compile(r"-?[\d,.]+(?:万元|亿元|元|%)")
_HINT = re.compile(r"\((?:详?见|参见)[^()]*\)$")
_LONGEST_HEADING = 30
"""Characters of a heading that no phrase knows or that text follows; longer is a sentence."""
_LONGEST_ALONE = 45
"""Characters of a known heading on lines of its own: some enumerate what they are about."""
_LONGEST_SECOND_LINE = 18
"""Characters of a heading that wrap onto its second line."""
_WORD_END, _WORD_START = re.compile(r"[A-Za-z]$"), re.compile(r"[A-Za-z]")


@dataclass(frozen=True)
class Passage:
    """The running text of one section, as printed, without the blanks and breaks of the line wrapping.

    `section` is 1–12 as in the table `statements`, `unit` the spending unit whose subsection it is, `heading` its words
    and `printed_heading` these with their number; a line break in `text` stands where a numbered item begins. `lines`
    are the printed lines, `starts` where each begins in `text`.
    """

    section: int
    unit: str | None
    heading: str
    printed_heading: str
    text: str
    starts: tuple[int, ...]
    lines: tuple[TextLine, ...]

    def where(self, offset: int) -> Where:
        """Where the character at `offset` is printed; nowhere in plain-text sources."""
        line = self.lines[self._line_at(offset)]
        return Where.of(line.page, line.spot)

    def spans(self, start: int, end: int) -> Iterator[Span]:
        """Where the characters from `start` to `end` are printed, line by line; none in plain-text sources."""
        for index in range(self._line_at(start), self._line_at(end - 1) + 1):
            line, first = self.lines[index], self.starts[index]
            if line.spot and first < end:
                begin, stop = max(start - first, 0), min(end - first, len(line.text))
                yield Span(line.page_index, line.spot, line.printed_offset(begin), line.printed_offset(stop - 1) + 1)

    def _line_at(self, offset: int) -> int:
        return max(0, bisect_right(self.starts, offset) - 1)


class _Heading(NamedTuple):
    """A heading: its level in the numbering, its words, where it leads, and its `number` as printed."""

    level: int
    words: str
    section: int | None
    outside: bool
    run_in: bool = False
    unit: str | None = None
    number: str = ""

    @property
    def printed(self) -> str:
        """Number and words."""
        return self.number + self.words


class _Outline:
    """Where reading stands in the numbered outline of a document: in which section, in which unit's subsection."""

    def __init__(self) -> None:
        self._open: list[_Heading] = []
        self.section: int | None = None
        self.unit: str | None = None

    def enter(self, heading: _Heading) -> bool:
        """Go on to `heading`; False where it is but a detail of the section that is open."""
        known = heading.section is not None or heading.outside or heading.unit is not None
        above = self._open[-1] if self._open else None
        if not known and above and (heading.level > above.level or above.level == _DEEPEST):
            return False
        while self._open and self._open[-1].level >= heading.level:
            self._open.pop()
        parent = self._open[-1] if self._open else None
        if known and not (parent and parent.outside):
            section = heading.section if heading.unit is None or parent is None else parent.section
            unit = heading.unit or (parent.unit if parent else None)
            self._open.append(heading._replace(section=section, unit=unit))
            parent = self._open[-1]
        self.section = parent.section if parent else None
        self.unit = parent.unit if parent else None
        return True


def read_passages(pages: Sequence[Page], unit_names: Collection[str] = ()) -> list[Passage]:
    """The passages of the narrative part in printed order; sections without running text are left out.

    `unit_names` are the spending units that the forms of the document name.
    """
    passages: list[Passage] = []
    printed = [*_whole_headings(text_lines(pages)), None]
    outline, names = _Outline(), UnitNames(unit_names, _units_in_turn(printed))
    title, rows = _Heading(0, "", None, outside=False), list[TextLine]()
    for row, below in pairwise(printed):
        if row is None:
            continue
        heading, section, unit = _heading(row, below, names), outline.section, outline.unit
        if heading and outline.enter(heading):
            if section and rows:
                passages.append(_passage(section, unit, title, rows))
            title, rows = heading, [row] if heading.run_in else []
        elif section:
            rows.append(row)
    if outline.section and rows:
        passages.append(_passage(outline.section, outline.unit, title, rows))
    return passages


def _units_in_turn(rows: Sequence[TextLine | None]) -> set[str]:
    """Names of units that head figures one after the other: several headings of a level that end as units are named."""
    by_level: dict[int, set[str]] = defaultdict(set)
    for row, below in pairwise(rows):
        if row is None or below is None or not _FIGURE.search(below.plain):
            continue
        for level, numbering in enumerate(_LEVELS):
            if (match := numbering.match(row.plain)) and headings().unit.search(words := row.plain[match.end() :]):
                heading = _numbered(level, words)
                if heading and heading.section is None and not heading.outside:
                    by_level[level].add(words)
    return {name for names in by_level.values() if len(names) > 1 for name in names}


def _heading(row: TextLine, below: TextLine | None, names: UnitNames) -> _Heading | None:
    """What heading a line is or begins with; None for running text."""
    for level, numbering in enumerate(_LEVELS):
        if match := numbering.match(row.plain):
            heading = _numbered(level, row.plain[match.end() :])
            if heading is None:
                return None
            if heading.section is None and not heading.outside:
                heading = heading._replace(unit=names.find(heading.words, below.plain if below else ""))
            return heading._replace(number=match[0])
    words = row.plain.rstrip("。:")
    if headings().unnumbered.search(words):
        section, outside = headings().find(words)
        return _Heading(0, words, section, outside)
    if not row.full and (unit := names.find(words)):
        return _Heading(0, words, None, outside=False, unit=unit)
    if headings().table.search(row.plain) and not _FIGURE.search(row.plain) and not row.full:
        return _Heading(_DEEPEST, words, None, outside=True)
    return None


def _numbered(level: int, rest: str) -> _Heading | None:
    """The heading that numbered words make; None where they are a sentence or a numbered paragraph."""
    words, mark, after = re.split(r"([。:]|$)", _HINT.sub("", rest), maxsplit=1)
    if (
        len(words) > (_LONGEST_HEADING if after else _LONGEST_ALONE)
        or _FIGURE.search(words)
        or re.search(r"[,;]", words)
    ):
        return None
    section, outside = headings().find(words)
    if section is None and not outside and (mark or len(words) > _LONGEST_HEADING):
        return None
    return _Heading(level, words, section, outside, run_in=bool(after))


def _whole_headings(rows: Iterable[TextLine]) -> Iterator[TextLine]:
    """`rows` with headings that wrap onto a second line in one piece."""
    heading: TextLine | None = None
    for row in rows:
        if heading and _continues(heading.plain, row.plain):
            heading = heading._replace(text=heading.text + row.text, plain=heading.plain + row.plain, full=False)
            continue
        if heading:
            yield heading
        heading = row
    if heading:
        yield heading


def _continues(first: str, second: str) -> bool:
    """True where `second` is the rest of the numbered heading that `first` begins."""
    numbered = any(numbering.match(first) for numbering in _LEVELS[:4])
    if not numbered or re.search(r"[,;。]|:$", first) or _FIGURE.search(first):
        return False
    if len(second) > _LONGEST_SECOND_LINE or re.search(r"[,;。:]", second) or any(n.match(second) for n in _LEVELS):
        return False
    open_bracket = first.count("(") > first.count(")")
    ending = headings().ending
    return bool(ending.search(second)) and (open_bracket or not ending.search(first))


def _passage(section: int, unit: str | None, heading: _Heading, rows: Sequence[TextLine]) -> Passage:
    """One passage of `rows`: wrapped lines joined, numbered items on lines of their own."""
    text = ""
    starts: list[int] = []
    for before, row in zip((None, *rows), rows, strict=False):
        text += _break(before, row) if before is not None else ""
        starts.append(len(text))
        text += row.text
    return Passage(section, unit, heading.words, heading.printed, text, tuple(starts), tuple(rows))


def _break(before: TextLine, row: TextLine) -> str:
    """What stands between two lines: a line break, a blank between two words of Latin script, or nothing."""
    numbered = any(numbering.match(row.plain) for numbering in _LEVELS)
    title = _is_title(before.plain) and not before.full and not _AMOUNT.match(row.plain)
    if row.after_table or numbered or title:
        return "\n"
    return " " if _WORD_END.search(before.text) and _WORD_START.match(row.printed) else ""


def _is_title(plain: str) -> bool:
    """True for a numbered line without punctuation: a heading within the section."""
    return any(n.match(plain) for n in _LEVELS) and not re.search(r"[,;。]", plain)
