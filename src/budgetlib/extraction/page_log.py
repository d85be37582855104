"""The page log: for every page what it is, whether it was read, and what was not."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from budgetlib.core.money import parse_number
from budgetlib.core.text import fold, squeeze
from budgetlib.extraction.contents import contents_pages
from budgetlib.extraction.forms.recognise import FormTable, Unknown
from budgetlib.extraction.forms.titles import form_above
from budgetlib.extraction.printed_amounts import AmountCount
from budgetlib.extraction.records import LineRecord, PageRecord
from budgetlib.pages.model import Line, Page

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
    return bool(amounts) and len(words) <= len(amounts) + 1 and not sentence


def _loose_rows(page: Page) -> list[str]:
    """The lines of a page that print a table without rules, in which nothing tells where its columns are.

    Under the title of a form these are also lines of numbers alone, and they need not follow one another.
    """
    rows = [line.text for line in page.lines if _is_row(line) or _NUMBERS.fullmatch(fold(line.text))]
    if len(rows) >= _LOOSE_ROWS and any(form_above([line.text]) for line in page.lines):
        return [squeeze(row) for row in rows]
    in_runs: list[str] = []
    run: list[str] = []
    for line in [*page.lines, Line("")]:
        if _is_row(line):
            run.append(squeeze(line.text))
        else:
            in_runs += run if len(run) >= _LOOSE_ROWS else []
            run = []
    return in_runs


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
    on_page: dict[int, list[FormReading]] = defaultdict(list)
    reasons: dict[int, list[str]] = defaultdict(list)
    lost: Counter[int] = Counter()
    for form in forms:
        name = form.table.form.name
        for index in dict.fromkeys(part.page_index for part in form.table.parts):
            if form.refusal:
                reasons[index].append(f"{name}: {form.refusal}")
                lost[index] += 1
            else:
                on_page[index].append(form)
        first = reasons[form.table.pieces[0].page_index]
        if headers := form.table.unknown_headers:
            first.append(f"{name}: unknown columns kept as other: {', '.join(headers)}")
        first += [f"{name}: {remark}" for remark in (*form.notes, *form.remarks)]
    for grid in unknown:
        reasons[grid.page_index].append(grid.reason)
        lost[grid.page_index] += 1
    for index, page in enumerate(pages):
        reasons[index] += page.remarks
        if loose := _loose_rows(page):
            reasons[index].append(f"{len(loose)} rows of a table without rules, not read; the first: {loose[0][:60]}")
            lost[index] += 1
    contents = contents_pages(pages)
    records: list[PageRecord] = []
    for index, (page, count) in enumerate(zip(pages, counts, strict=True)):
        annex = annexes.get(index)
        named = annex.kind if annex and not on_page[index] else None
        kind = named or _kind(page, index, bool(on_page[index]), index in contents)
        record = _record(page, kind, on_page[index], reasons[index], lost[index] > 0, annex)
        records.append(_counted(record, count, annex is None or annex.outcome == "declared_empty"))
    return records


def _record(
    page: Page, kind: str, forms: Sequence[FormReading], reasons: list[str], lost: bool, annex: Annex | None
) -> PageRecord:
    if annex:
        reasons = [*reasons, *annex.remarks]
    if page.source == "none":
        outcome, kind = "unreadable", "other"
        reasons = [page.fault or "no text", *reasons]
    elif any(form.lines for form in forms):
        outcome = "read"
    elif forms:
        outcome = "unreadable" if any(form.remarks for form in forms) else "declared_empty"
        if outcome == "declared_empty" and not any(_EMPTY_NOTE.search(line.text) for line in page.lines):
            reasons = [*reasons, "printed empty, without a note saying so"]
    elif lost:
        outcome = "unreadable"
    elif annex and annex.kind:
        outcome = annex.outcome
    elif kind == "narrative":
        outcome = "read"
    else:
        outcome = "not_a_form"
        if kind in ("performance", "catalogue") and not reasons:
            reasons = ["has the words of such a table, but no piece of one was recognised"]
    return {
        "page": page.number,
        "kind": kind,
        "form": ",".join(dict.fromkeys(form.table.form.name for form in forms)) or None,
        "source": page.source,
        "outcome": outcome,
        "reason": "; ".join(reasons) or None,
        "amounts_printed": None,
        "amounts_taken": None,
        "amounts_left": None,
    }


def _counted(record: PageRecord, count: AmountCount | None, expected: bool) -> PageRecord:
    """The record with its amounts counted; what was left is said.

    A page of amounts of which none was taken is unreadable, where they were `expected` to be part of the disclosure.
    """
    if count is None:
        return record
    record = {
        **record,
        "amounts_printed": count.printed,
        "amounts_taken": count.taken,
        "amounts_left": " ".join("".join(text.split()) for text in count.left) or None,
    }
    if count.left:
        said = f"{len(count.left)} of {count.printed} amounts went into no table"
        record["reason"] = f"{record['reason']}; {said}" if record["reason"] else said
        said_empty = record["outcome"] in ("not_a_form", "declared_empty")
        if expected and said_empty and count.taken == 0 and count.printed >= _LOOSE_ROWS:
            record["outcome"] = "unreadable"
    return record
