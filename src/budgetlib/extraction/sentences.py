"""Pages → `sentences`: the running text outside tables and the notes in them, a sentence a record.

What a document says about its own figures can be looked up there: what it withholds, how it rounds, what it lists.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from budgetlib.core.text import squeeze
from budgetlib.extraction.forms.titles import form_above, is_label
from budgetlib.extraction.narrative.passages import Passage, read_passages
from budgetlib.extraction.narrative.running_text import PAGE_NUMBER
from budgetlib.extraction.records import Record
from budgetlib.pages.model import Line, Page, Spot

_BEGINS = re.compile(
    r"第[一二三四五六七八九十]+(部分|章|篇)|[一二三四五六七八九十]+[、.．]|[(（]([一二三四五六七八九十]+|\d{1,2})[)）]"
    r"|\d{1,2}[、.．](?!\d)|[①-⑩]|(备?注|说明)[:：\d]"
)
_END = re.compile(r"(?<=[。；;！!？?])(?![。；;！!？?”’）)])")
_NOTE = re.compile(r"(备?注|说明)\d?[:：、.．]")
_BLANK = re.compile(r"[\s\u200b\ufeff]+")
_BARE_PAGE_NUMBER = re.compile(r"\d{1,4}")
_CONTENT = re.compile(r"[\u4e00-\u9fff]")


def read_sentences(pages: Sequence[Page]) -> list[Record]:
    """The sentences of all pages in printed order; `section` where one is part of the narrative."""
    narrative = [_Text.of(passage) for passage in read_passages(pages)]
    records: list[Record] = []
    for index, page in enumerate(pages):
        texts = [text for text in narrative if index in text.page_indexes]
        for paragraph, place in (*_paragraphs(page.lines), *_notes(page)):
            for sentence in _END.split(paragraph):
                if _CONTENT.search(sentence):
                    section = next((text.section for text in texts if text.holds(sentence, place)), None)
                    records.append({"section": section, "sentence": sentence, "page": page.number, "place": place})
    return records


class _Text(NamedTuple):
    """A passage of the narrative: what it says, and where."""

    section: int
    plain: str
    page_indexes: set[int]
    spots: set[Spot | None]

    @classmethod
    def of(cls, passage: Passage) -> _Text:
        lines = passage.lines
        spots = {line.spot for line in lines}
        return cls(passage.section, squeeze(passage.text), {line.page_index for line in lines}, spots)

    def holds(self, sentence: str, place: str | None) -> bool:
        """Whether a sentence on one of its pages is part of it."""
        return place in self.spots if place else squeeze(sentence) in self.plain


def _paragraphs(lines: Sequence[Line]) -> Iterator[tuple[str, str | None]]:
    """Lines without their blanks, those joined that go on in the next; each with the place of the first."""
    edge = max((line.box.x1 for line in lines if line.box), default=0.0)
    paragraph, place = "", None
    for line in lines:
        text = _BLANK.sub("", line.text)
        if PAGE_NUMBER.fullmatch(text) or _BARE_PAGE_NUMBER.fullmatch(text):
            continue
        if paragraph and (_BEGINS.match(text) or is_label(squeeze(text)) or form_above([text])):
            yield paragraph, place
            paragraph = ""
        place = place if paragraph else line.place
        paragraph += text
        if not line.reaches(edge):
            yield paragraph, place
            paragraph = ""
    if paragraph:
        yield paragraph, place


def _notes(page: Page) -> Iterator[tuple[str, str | None]]:
    """The notes that stand in cells of tables, each with its place."""
    for grid in page.grids:
        for cell in grid.cells:
            if _NOTE.match(text := _BLANK.sub("", cell.text)):
                yield text, cell.place
