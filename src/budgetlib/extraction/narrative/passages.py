"""Pages → passages: the running text of the narrative part, section by section.

Wrapped lines are joined, over page ends too. Running heads, page numbers, tables, the table of
contents and the glossary are left out. A section is known by the words of its heading
(`phrases/headings.toml`), not by its number: places count differently.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from budgetlib.core.text import squeeze
from budgetlib.definitions.phrases import headings
from budgetlib.pages.model import Grid, Line, Page

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
_CONTENTS = re.compile(r"[.．…·]{4,}\s*\d+$|[.．…·]{8,}$")
_PAGE_NUMBER = re.compile(r"[-—–―_~·]+\s*\d[\d\s]{0,4}[-—–―_~·]+|第\s*\d+\s*页(?:\s*[,，/]?\s*共\s*\d+\s*页)?")
_BARE_PAGE_NUMBER = re.compile(r"\d[\d\s]{0,4}(?:/\s*\d+)?")
_FIGURE = re.compile(r"\d(?:万元|亿元|元|%|个|辆|台|平方米)")
_AMOUNT = re.compile(r"-?[\d,.]+(?:万元|亿元|元|%)")
_HINT = re.compile(r"\((?:详?见|参见)[^()]*\)$")
_BLANK = re.compile(r"(?<![0-9A-Za-z０-９])[\s\u200b\ufeff]+|[\s\u200b\ufeff]+(?![0-9A-Za-z０-９])")
_NARROWEST_TEXT = 0.65
"""Share of a page's width that running text reaches at least."""
_LONGEST_HEADING = 30
"""Characters of a heading that no phrase knows or that text follows; longer is a sentence."""
_LONGEST_ALONE = 45
"""Characters of a known heading on lines of its own: some enumerate what they are about."""
_LONGEST_SECOND_LINE = 18
"""Characters of a heading that wrap onto its second line."""
_EDGE = 0.12
"""Share of a page's height at top and bottom in which running heads stand."""
_REPEATED = 3, 0.3
"""Pages, and share of the pages with text, on which a line at the edge is a running head."""
_WORD_END, _WORD_START = re.compile(r"[A-Za-z]$"), re.compile(r"[A-Za-z]")


@dataclass(frozen=True)
class Passage:
    """The running text of one section, as printed, without the blanks and breaks of the line wrapping.

    `section` is 1–12 as in the table `statements`; a line break in `text` stands where a numbered
    item begins. `starts` and `pages` say which page the text from each offset on is printed on.
    """

    section: int
    heading: str
    text: str
    starts: tuple[int, ...]
    pages: tuple[int | None, ...]

    def page_at(self, offset: int) -> int | None:
        """The page on which the character at `offset` is printed; None in plain-text sources."""
        return self.pages[max(0, bisect_right(self.starts, offset) - 1)]


class _TextLine(NamedTuple):
    """One line of text on its way into a passage."""

    text: str
    plain: str
    page: int | None
    full: bool
    after_table: bool


class _Heading(NamedTuple):
    """A heading: its level in the numbering, its words, and where it leads."""

    level: int
    words: str
    section: int | None
    outside: bool
    run_in: bool = False


class _Outline:
    """Where reading stands in the numbered outline of a document."""

    def __init__(self) -> None:
        self._open: list[_Heading] = []
        self.section: int | None = None

    def enter(self, heading: _Heading) -> bool:
        """Go on to `heading`; False where it is but a detail of the section that is open."""
        known = heading.section is not None or heading.outside
        above = self._open[-1] if self._open else None
        if not known and above and (heading.level > above.level or above.level == _DEEPEST):
            return False
        while self._open and self._open[-1].level >= heading.level:
            self._open.pop()
        parent = self._open[-1] if self._open else None
        if known and not (parent and parent.outside):
            self._open.append(heading)
            parent = heading
        self.section = parent.section if parent else None
        return True


def read_passages(pages: Sequence[Page]) -> list[Passage]:
    """The passages of the narrative part in printed order; sections without running text are left out."""
    passages: list[Passage] = []
    outline = _Outline()
    title, rows = "", list[_TextLine]()
    for row in _whole_headings(_rows(pages)):
        heading, section = _heading(row), outline.section
        if heading and outline.enter(heading):
            if section and rows:
                passages.append(_passage(section, title, rows))
            title, rows = heading.words, [row] if heading.run_in else []
        elif section:
            rows.append(row)
    if outline.section and rows:
        passages.append(_passage(outline.section, title, rows))
    return passages


def _heading(row: _TextLine) -> _Heading | None:
    """What heading a line is or begins with; None for running text."""
    for level, numbering in enumerate(_LEVELS):
        if match := numbering.match(row.plain):
            return _numbered(level, row.plain[match.end() :])
    words = row.plain.rstrip("。:")
    if headings().unnumbered.search(words):
        section, outside = headings().find(words)
        return _Heading(0, words, section, outside)
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


def _whole_headings(rows: Iterator[_TextLine]) -> Iterator[_TextLine]:
    """`rows` with headings that wrap onto a second line in one piece."""
    heading: _TextLine | None = None
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


def _rows(pages: Sequence[Page]) -> Iterator[_TextLine]:
    """The lines of running text of all pages, without running heads, page numbers and contents entries."""
    heads = _running_heads(pages)
    after_table = False
    for page in _after_contents(pages):
        blocks = [block for block in map(_as_line, page.blocks) if not isinstance(block, Line) or squeeze(block.text)]
        texts = [i for i, block in enumerate(blocks) if isinstance(block, Line)]
        edge = max([_NARROWEST_TEXT * page.width, *(line.box.x1 for line in page.lines if line.box)])
        for i, block in enumerate(blocks):
            if isinstance(block, Grid):
                after_table = True
                continue
            plain = squeeze(block.text)
            bare = page.number is not None and i in (texts[0], texts[-1]) and _BARE_PAGE_NUMBER.fullmatch(block.text)
            if bare or plain in heads or _PAGE_NUMBER.fullmatch(block.text) or _CONTENTS.search(block.text):
                continue
            full = block.box is not None and block.box.x1 > edge - 1.5 * (block.box.bottom - block.box.top)
            yield _TextLine(block.text, plain, page.number, full, after_table)
            after_table = False


def _after_contents(pages: Sequence[Page]) -> Iterator[Page]:
    """`pages` without the table of contents: the page titled 目录 and those after it that hold no sentence."""
    contents = False
    for page in pages:
        contents = page.number is not None and (
            any(squeeze(line.text) == "目录" for line in page.lines)
            or (contents and not page.grids and not any("。" in line.text for line in page.lines))
        )
        if not contents:
            yield page


def _as_line(block: Line | Grid) -> Line | Grid:
    """A grid of a single row is a highlighted line of running text."""
    if isinstance(block, Grid) and block.row_count == 1 and block.box:
        return Line("".join(cell.text for cell in block.row(0)), block.box)
    return block


def _running_heads(pages: Sequence[Page]) -> set[str]:
    """Texts repeated at the upper or lower edge of many pages; titles of tables are none."""
    printed: Counter[str] = Counter()
    for page in pages:
        margin = _EDGE * page.height
        edge = {
            squeeze(line.text)
            for line in page.lines
            if line.box and (line.box.top < margin or line.box.bottom > page.height - margin)
        }
        printed.update(edge)
    count, share = _REPEATED
    many = max(count, share * sum(bool(page.lines) for page in pages))
    return {text for text, times in printed.items() if times >= many and not headings().table.search(text)}


def _passage(section: int, heading: str, rows: Sequence[_TextLine]) -> Passage:
    """One passage of `rows`: wrapped lines joined, numbered items on lines of their own."""
    parts: list[str] = []
    starts: list[int] = []
    length = 0
    for before, row in zip((None, *rows), rows, strict=False):
        text = _BLANK.sub("", row.text)
        if before is not None:
            text = _break(before, row, parts[-1]) + text
        parts.append(text)
        starts.append(length)
        length += len(text)
    return Passage(section, heading, "".join(parts), tuple(starts), tuple(row.page for row in rows))


def _break(before: _TextLine, row: _TextLine, printed: str) -> str:
    """What stands between two lines: a line break, a blank between two words of Latin script, or nothing."""
    numbered = any(numbering.match(row.plain) for numbering in _LEVELS)
    title = _is_title(before.plain) and not before.full and not _AMOUNT.match(row.plain)
    if row.after_table or numbered or title:
        return "\n"
    return " " if _WORD_END.search(printed) and _WORD_START.match(row.text) else ""


def _is_title(plain: str) -> bool:
    """True for a numbered line without punctuation: a heading within the section."""
    return any(n.match(plain) for n in _LEVELS) and not re.search(r"[,;。]", plain)
