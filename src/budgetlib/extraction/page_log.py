"""The page log: for every page what it is, whether it was read, and what was not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import NamedTuple

from budgetlib.core.money import bears_unit, parse_number
from budgetlib.core.text import fold, squeeze
from budgetlib.extraction.contents import contents_pages
from budgetlib.extraction.forms.incomplete import lacks_codes, leaves_out
from budgetlib.extraction.forms.recognise import FormTable, Unknown
from budgetlib.extraction.forms.titles import form_above
from budgetlib.extraction.forms.undivided import is_undivided
from budgetlib.extraction.page_numbers import out_of_sequence
from budgetlib.extraction.printed_amounts import AmountCount
from budgetlib.extraction.records import LineRecord, PageRecord
from budgetlib.pages.model import Line, Page, Spot

_EMPTY_NOTE = re.compile(r"无数据|无此项|无相关|没有.*(安排|支出|数据)|空表|为空|不涉及|未安排")

_IN_A_SENTENCE = re.compile(r"[万亿千]?元|%|[。,;、:]|平方米|个|辆")
_NUMBERS = re.compile(r"(?=.*\d[.,]|.*[.,]\d)[\d.,\s/—-]+")
_LOOSE_ROWS = 3
"""So many lines of amounts outside all rules are a table."""
_TITLES = 400
"""Characters at the end of a page's text that may be titles of the table that begins on it."""
_COVER_WORDS = 200
"""A first page with more characters says something."""
_LISTED = 6
"""A table that names so many tables is a list of them."""


class FormReading(NamedTuple):
    """One form of a document, and how reading it ended.

    `money_unit` is the one its amounts are in, None where it is refused: then `refusal` says why. `notes` are about
    the form as a whole, `remarks` about cells that hold no amount where one is expected.
    """

    table: FormTable
    money_unit: str | None = None
    refusal: str | None = None
    lines: Sequence[LineRecord] = ()
    notes: tuple[str, ...] = ()
    remarks: Sequence[str] = ()


class Annex(NamedTuple):
    """What a page holds besides forms and narrative: a piece of a performance table, of a catalogue, an enclosure.

    `kind` is None where the page mainly is something else; `outcome` is how reading ended, `remarks` what was
    not read, or what the page is.
    """

    kind: str | None
    outcome: str
    remarks: tuple[str, ...] = ()


def _kind(page: Page, index: int, has_form: bool, is_contents: bool) -> str:
    """What a page mainly is."""
    if has_form:
        return "form"
    texts = [squeeze(line.text) for line in page.lines]
    words = "".join(texts)
    cells = "".join(squeeze(cell.text) for grid in page.grids for cell in grid.cells)
    if sum(squeeze(cell.text).endswith("表") for grid in page.grids for cell in grid.cells) >= _LISTED:
        return "contents"
    if page.grids and re.search(r"绩效(目标|指标)|[一二三]级指标", words[-_TITLES:] + cells):
        return "performance"
    if page.grids and "指导性目录" in words + cells:
        return "catalogue"
    if not words and not cells:
        return "blank"
    if is_contents:
        return "contents"
    if index == 0 and len(words) < _COVER_WORDS and not page.grids:
        return "cover"
    return "other" if page.grids and len(cells) > len(words) else "narrative"


def _is_row(line: Line) -> bool:
    """True where a line prints a label and amounts, as a row of a table does, and no sentence."""
    parts = fold(line.text).split()
    amounts = [part for part in parts if "." in part and parse_number(part) is not None]
    words = [part for part in parts if parse_number(part) is None]
    sentence = re.search(r"[。,;:、]$", squeeze(line.text)) or any(_IN_A_SENTENCE.match(word) for word in words)
    return bool(amounts) and len(parts) > 1 and len(words) <= len(amounts) + 1 and not sentence


def _loose_rows(page: Page) -> list[str]:
    """The lines of a page that print a table without rules, in which nothing tells where its columns are.

    Under the title of a form these are also lines of numbers alone, and they need not follow one another.
    """
    rows = [line.text for line in page.lines if _is_row(line) or _NUMBERS.fullmatch(fold(line.text))]
    if len(rows) >= _LOOSE_ROWS and any(form_above([line.text]) for line in page.lines):
        return [squeeze(row) for row in rows]
    runs = [list(run) for is_row, run in groupby(page.lines, key=_is_row) if is_row]
    return [squeeze(line.text) for run in runs if len(run) >= _LOOSE_ROWS for line in run]


@dataclass
class _PageNotes:
    """What is known of one page: what it holds besides forms, how many amounts, its forms, and what was not read."""

    annex: Annex | None
    count: AmountCount | None
    forms: list[FormReading] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    lost: bool = False

    def lose(self, reason: str) -> None:
        """Note a table that was not read."""
        self.reasons.append(reason)
        self.lost = True


def log_pages(
    pages: Sequence[Page],
    forms: Sequence[FormReading],
    unknown: Sequence[Unknown],
    annexes: Mapping[int, Annex],
    counts: Sequence[AmountCount | None],
) -> list[PageRecord]:
    """The records of the table `pages`.

    `annexes` is what else was found, by page index; `counts` how many amounts each page prints and how many were
    taken, None where it has no places.
    """
    notes = [_PageNotes(annexes.get(index), count) for index, count in enumerate(counts)]
    for form in forms:
        name = form.table.form.name
        for index in dict.fromkeys(part.page_index for part in form.table.parts):
            if form.refusal:
                notes[index].lose(f"{name}: {form.refusal}")
            else:
                notes[index].forms.append(form)
        first = notes[form.table.pieces[0].page_index].reasons
        if kept := [c.header for c in form.table.columns if c.is_other]:
            first.append(f"{name}: unknown columns kept as other: {', '.join(kept)}")
        if any(map(is_undivided, form.table.parts)):
            first.append(f"{name}: a cell reaches over several rows or columns; its figures are not blamed")
        if lacks_codes(form.table):
            first.append(f"{name}: nothing stands under its head for codes; its figures are not blamed")
        first += [f"{name}: {remark}" for remark in (*form.notes, *form.remarks)]
    for grid in unknown:
        notes[grid.page_index].lose(grid.reason)
    for page, note in zip(pages, notes, strict=True):
        note.reasons += page.remarks
        if loose := _loose_rows(page):
            note.lose(f"{len(loose)} rows of a table without rules, not read; the first: {loose[0][:60]}")
    contents, unordered = contents_pages(pages), out_of_sequence(pages)
    for index in unordered:
        notes[index].reasons.append("by the printed numbers, pages are missing before it or stand in another order")
    records: list[PageRecord] = []
    for index, (page, note) in enumerate(zip(pages, notes, strict=True)):
        named = note.annex.kind if note.annex and not note.forms else None
        kind = named or _kind(page, index, bool(note.forms), index in contents)
        records.append(_record(page, kind, note, out_of_sequence=index in unordered))
    return records


def _record(page: Page, kind: str, note: _PageNotes, *, out_of_sequence: bool) -> PageRecord:
    """The record of a page that mainly is of `kind`.

    A page of amounts of which none was taken is unreadable, where they were expected to be part of the disclosure.
    """
    annex, count = note.annex, note.count
    of_tables = [one.spot for one in count.left if not bears_unit(one.text)] if count else []
    reasons = [*note.reasons, *(annex.remarks if annex else ())]
    if page.source == "none":
        outcome, kind = "unreadable", "other"
        reasons.insert(0, page.fault or "no text")
    elif any(form.lines for form in note.forms):
        outcome = "read"
    elif note.forms:
        outcome = "unreadable" if any(form.remarks for form in note.forms) else "declared_empty"
        if outcome == "declared_empty" and not any(_EMPTY_NOTE.search(line.text) for line in page.lines):
            reasons.append("printed empty, without a note saying so")
    elif note.lost:
        outcome = "unreadable"
    elif annex and annex.kind:
        outcome = annex.outcome
    elif kind == "narrative":
        outcome = "read"
    else:
        outcome = "not_a_form"
        if kind in ("performance", "catalogue") and not reasons:
            reasons.append("has the words of such a table, but no piece of one was recognised")
    if count and count.left:
        reasons.append(f"{len(count.left)} of {count.printed} amounts went into no table")
        expected = annex is None or annex.outcome == "declared_empty"
        many = count.taken == 0 and count.printed >= _LOOSE_ROWS
        if expected and many and outcome in ("not_a_form", "declared_empty"):
            outcome = "unreadable"
    return {
        "page": page.number,
        "place": page.place,
        "kind": kind,
        "form": _names(note.forms),
        "undivided": _names(form for form in note.forms if any(map(is_undivided, form.table.parts))),
        "incomplete": _names(form for form in note.forms if _is_incomplete(form, page, of_tables)),
        "out_of_sequence": out_of_sequence,
        "source": page.source,
        "outcome": outcome,
        "reason": "; ".join(reasons) or None,
        "amounts_printed": count.printed if count else None,
        "amounts_taken": count.taken if count else None,
        "amounts_left": " ".join("".join(one.text.split()) for one in count.left) or None if count else None,
    }


def _is_incomplete(form: FormReading, page: Page, left: Sequence[Spot]) -> bool:
    """Whether something in the table of a form was not read; `left` are the amounts that went into no table."""
    here = (part for part in form.table.parts if part.page is page)
    return lacks_codes(form.table) or any(leaves_out(part, left) for part in here)


def _names(forms: Iterable[FormReading]) -> str | None:
    return ",".join(dict.fromkeys(form.table.form.name for form in forms)) or None
