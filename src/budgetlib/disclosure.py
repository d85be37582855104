"""One file → its records, whatever happens: a file that cannot be read is one row in `documents`."""

from __future__ import annotations

import signal
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from types import FrameType
from typing import Any

from budgetlib import __version__
from budgetlib.annexes import read_annexes
from budgetlib.confirmation import mark, mark_statements, unconfirmed
from budgetlib.documents import Source
from budgetlib.errors import BadParameter, UnreadableDocument
from budgetlib.identify import Identity, identify, is_another
from budgetlib.ledger import Annex, ledger
from budgetlib.mending import mend_amounts, mend_names, mend_prose
from budgetlib.money import FACTORS
from budgetlib.narrative import read_statements
from budgetlib.pages import Page
from budgetlib.readers import OCR, media_type, ocr_engine, read_document
from budgetlib.recognise import Sheet, recognise
from budgetlib.strangers import set_apart
from budgetlib.text import slug
from budgetlib.tidy import tidy

Records = dict[str, list[dict[str, Any]]]

MAX_BYTES = 300_000_000
SECONDS_PER_DOCUMENT = 600
SECONDS_WITH_PICTURES = 3600


def parse_source(source: Source, ocr: str = "auto") -> Records:
    """The records of one source by table name; every record bears the document_id. `ocr` is one of `readers.OCR`."""
    document = _document(source, ocr)
    records: Records = {}
    seconds = SECONDS_WITH_PICTURES if ocr != "never" and ocr_engine() else SECONDS_PER_DOCUMENT
    try:
        with _time_limit(source, seconds):
            records = _read(source, document, ocr)
    except UnreadableDocument as error:
        document |= {"outcome": error.outcome, "reason": error.reason}
    except Exception as error:  # noqa: BLE001 - one bad file never stops the run; the reason is kept
        document |= {
            "outcome": "malformed",
            "reason": f"{source.name} could not be read ({type(error).__name__}: {error}); please report it",
        }
    return _marked(source, {"documents": [document], **records})


def unread(source: Source, ocr: str, outcome: str, reason: str) -> Records:
    """The records of a source of which nothing was read."""
    return _marked(source, {"documents": [_document(source, ocr) | {"outcome": outcome, "reason": reason}]})


def reading_of_pictures(ocr: str) -> str:
    """What decides how pictures of pages are read: the option `ocr` and the engine that is installed.

    Raises `BadParameter` where the option is none of `readers.OCR`.
    """
    if ocr not in OCR:
        raise BadParameter(f"ocr is {ocr!r}; allowed: {', '.join(OCR)}")
    return "never" if ocr == "never" else f"{ocr}: {ocr_engine() or 'no engine'}"


def _document(source: Source, ocr: str) -> dict[str, Any]:
    return {
        "path": source.name,
        "sha256": source.sha256,
        "media_type": "application/octet-stream",
        "note": source.note,
        "manifest_entry": source.manifest_entry,
        "ocr": reading_of_pictures(ocr),
        "parser_version": __version__,
    }


def _marked(source: Source, records: Records) -> Records:
    return {table: [{"document_id": source.document_id, **row} for row in rows] for table, rows in records.items()}


def _read(source: Source, document: dict[str, Any], ocr: str) -> Records:
    if (size := source.path.stat().st_size) > MAX_BYTES:
        raise UnreadableDocument("too_large", f"{source.name} has {size} bytes, at most {MAX_BYTES} are read")
    if size == 0:
        raise UnreadableDocument("empty", f"{source.name} is empty; fetch it again from its publisher")
    document["media_type"] = media_type(source.path)
    pages = list(read_document(source.path, source.password, ocr))
    if document["media_type"] == "application/pdf":
        document["pages"] = len(pages)
    sheets, unknown = recognise(pages)
    who = identify(pages, sheets)
    refused = _settle(sheets, who)
    why_refused = {id(sheet) for sheet, _ in refused}
    taken = [sheet for sheet in sheets if id(sheet) not in why_refused]
    units = [row["item"] for sheet in taken if sheet.form.rows == "units" for row in tidy(sheet)]
    lines: list[dict[str, Any]] = []
    counts: dict[int, int] = {}
    sources = {page.number: page.source for page in pages}
    grids = {id(part.grid) for sheet in sheets for piece in sheet.pieces for part in (piece, *piece.beside)}
    for sheet in taken:
        mend_amounts(sheet, units)
        sheet.remarks.clear()
        own = tidy(sheet, units)
        mark(own, sources)
        sheet.notes += [*mend_names(own), *unconfirmed(own)]
        counts[id(sheet)] = len(own)
        lines += own
    pages, misread = _mended(pages, lines)
    other_years = _pages_of_other_years(sheets, refused, who.fiscal_year, len(pages))
    of_year = [replace(page, lines=(), grids=()) if i in other_years else page for i, page in enumerate(pages)]
    own_pages, strangers = set_apart(of_year)
    statements = read_statements(own_pages)
    mark_statements(statements, lines, sources)
    annexes = read_annexes(of_year, own_pages, strangers, grids, lines)
    notes = annexes.pages | {index: Annex("other", "not_a_form", (said,)) for index, said in other_years.items()}
    for index, said in misread.items():
        note = notes.get(index, Annex(None, "read"))
        notes[index] = note._replace(remarks=(*note.remarks, *said))
    unread = [table for table in unknown if id(table.grid) not in annexes.grids]
    page_records = ledger(pages, sheets, unread, refused, counts, notes)
    found = any((lines, statements, counts, *annexes.records.values()))
    _describe(document, source, who, page_records, found)
    return {"pages": page_records, "lines": lines, "statements": statements, **annexes.records}


def _settle(sheets: Sequence[Sheet], who: Identity) -> list[tuple[Sheet, str]]:
    """Which year and unit each form is in; a form whose amounts cannot be taken is refused with the reason.

    A form that names another department or unit is a stranger: it is refused, so that nothing is mixed.
    A form for another year is refused where the document has the same form for its own year; alone it is
    taken for a misprint and said. A unit that a form does not print is settled by its total.
    """
    refused: list[tuple[Sheet, str]] = []
    own_year = {sheet.form.name for sheet in sheets if sheet.year == who.fiscal_year}
    without_unit = [sheet for sheet in sheets if sheet.unit is None]
    totals = {t for sheet in sheets if without_unit and sheet.unit for t in _totals(sheet, sheet.unit)}
    for sheet in sheets:
        if is_another(sheet.entity, who.entity):
            refused.append((sheet, f"is of {sheet.entity}, the document of {who.entity}; parse it as its own file"))
            continue
        if sheet.year and who.fiscal_year and sheet.year != who.fiscal_year:
            if sheet.form.name in own_year:
                refused.append(
                    (sheet, f"is for {sheet.year}, the document for {who.fiscal_year}; parse it as its own file")
                )
                continue
            sheet.notes.append(f"its title says {sheet.year}, the document is for {who.fiscal_year}")
        if sheet.unit is None:
            fitting = [unit for unit in FACTORS if totals & set(_totals(sheet, unit))]
            if len(fitting) == 1:
                sheet.unit = fitting[0]
                sheet.notes.append(f"states no unit; its total is that of another form in {fitting[0]}")
            elif any(amount for _, amount in _amounts(sheet, "元")):
                refused.append((sheet, "states no unit, and no total of another form settles it"))
            else:
                sheet.unit = "元"
    return refused


def _mended(pages: Sequence[Page], lines: Sequence[Mapping[str, Any]]) -> tuple[list[Page], dict[int, list[str]]]:
    """The pages with figures put right that were misread in prose, and by index what could not be."""
    amounts = {abs(line["amount_yuan"]) for line in lines}
    mended = [mend_prose(page, amounts) for page in pages]
    return [page for page, _ in mended], {index: left for index, (_, left) in enumerate(mended) if left}


def _pages_of_other_years(
    sheets: Sequence[Sheet], refused: Sequence[tuple[Sheet, str]], own_year: int | None, count: int
) -> dict[int, str]:
    """Pages that go with forms of another year, by index, and why: from such a form to the next of the own year."""
    why = {id(sheet): reason for sheet, reason in refused if sheet.year and sheet.year != own_year}
    opens = {sheet.pieces[0].page_index: why.get(id(sheet)) for sheet in sheets if sheet.year}
    strangers: dict[int, str] = {}
    current = opens[min(opens)] if opens else None
    for index in range(count):
        current = opens.get(index, current)
        if current:
            strangers[index] = f"goes with forms of another year: {current}"
    return strangers


def _totals(sheet: Sheet, unit: str) -> list[Decimal]:
    """The non-zero totals of a form if it were in `unit`."""
    return [amount for is_total, amount in _amounts(sheet, unit) if is_total and amount]


def _amounts(sheet: Sheet, unit: str) -> list[tuple[bool, Decimal]]:
    """The amounts of a form if it were in `unit`, and whether each is its total."""
    stated, sheet.unit = sheet.unit, unit
    try:
        rows = tidy(sheet)
    finally:
        sheet.unit = stated
        sheet.remarks.clear()
    return [(row["row_kind"] == row["measure"] == "total", row["amount_yuan"]) for row in rows]


def _describe(
    document: dict[str, Any], source: Source, who: Identity, pages: Sequence[Mapping[str, Any]], found: bool
) -> None:
    """Who and when into `document`, and how reading ended."""
    entity = who.entity or source.publisher
    document |= {
        "entity": entity,
        "department_id": slug(entity or source.document_id),
        "entity_kind": who.entity_kind,
        "place": who.place,
        "fiscal_year": who.fiscal_year or source.fiscal_year,
        "document_kind": who.document_kind,
    }
    problems = []
    if source.expected_sha256 and source.expected_sha256 != source.sha256:
        problems.append("its sha256 is not the one in the manifest: fetch the file again or correct the manifest")
    unread = [page for page in pages if page["outcome"] == "unreadable"]
    if unread:
        numbers = ", ".join(str(page["page"]) for page in unread[:12] if page["page"])
        problems.append(f"{len(unread)} of {len(pages)} pages not read ({numbers or 'plain text'}): see table pages")
    if not entity:
        problems.append("does not name its publisher: put it into the manifest's column publisher")
    if not (who.fiscal_year or source.fiscal_year):
        problems.append("does not say its year: put it into the manifest's column fiscal_year")
    if not found:
        outcome = "not_a_disclosure" if len(unread) < len(pages) else "partial"
        problems.insert(0, f"no statutory form and no figure of a disclosure found in {source.name}")
    else:
        outcome = "partial" if problems else "ok"
    document |= {"outcome": outcome, "reason": "; ".join(problems) or None}


@contextmanager
def _time_limit(source: Source, seconds: int) -> Iterator[None]:
    """Stop reading a document after `seconds`, where the system has alarms."""
    if not hasattr(signal, "SIGALRM"):
        yield
        return

    def stop(signum: int, frame: FrameType | None) -> None:
        raise UnreadableDocument("timeout", f"{source.name} took longer than {seconds} s; split the file")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
