"""One file → its records, whatever happens: a file that cannot be read is one row in `documents`."""

from __future__ import annotations

import signal
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from types import FrameType
from typing import Any, NamedTuple

from budgetlib.core.errors import BadParameter, UnreadableDocument
from budgetlib.core.text import slug
from budgetlib.core.version import __version__
from budgetlib.extraction.acceptance import pages_of_other_years, settle
from budgetlib.extraction.catalogue import read_catalogue
from budgetlib.extraction.declarations import read_declarations, unlisted
from budgetlib.extraction.enclosures import Stranger, set_apart
from budgetlib.extraction.forms.lines import tidy
from budgetlib.extraction.forms.ocr_confirm import mark, mark_statements, unconfirmed
from budgetlib.extraction.forms.ocr_repair import mend_amounts, mend_names, mend_prose
from budgetlib.extraction.forms.recognise import recognise
from budgetlib.extraction.identity import Identity, identify
from budgetlib.extraction.narrative import read_statements
from budgetlib.extraction.narrative.passages import read_passages
from budgetlib.extraction.page_log import Annex, ledger
from budgetlib.extraction.performance import read_performance
from budgetlib.pages.model import Page
from budgetlib.pages.reader import OCR, media_type, ocr_engine, read_document
from budgetlib.pages.sources import Source

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
    refused = settle(sheets, who)
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
    other_years = pages_of_other_years(sheets, refused, who.fiscal_year, len(pages))
    of_year = [replace(page, lines=(), grids=()) if i in other_years else page for i, page in enumerate(pages)]
    own_pages, strangers = set_apart(of_year)
    statements = read_statements(own_pages)
    mark_statements(statements, lines, sources)
    annexes = _read_annexes(of_year, own_pages, strangers, grids, lines)
    notes = annexes.pages | {index: Annex("other", "not_a_form", (said,)) for index, said in other_years.items()}
    for index, said in misread.items():
        note = notes.get(index, Annex(None, "read"))
        notes[index] = note._replace(remarks=(*note.remarks, *said))
    unread = [table for table in unknown if id(table.grid) not in annexes.grids]
    page_records = ledger(pages, sheets, unread, refused, counts, notes)
    found = any((lines, statements, counts, *annexes.records.values()))
    _describe(document, source, who, page_records, found)
    return {"pages": page_records, "lines": lines, "statements": statements, **annexes.records}


def _mended(pages: Sequence[Page], lines: Sequence[Mapping[str, Any]]) -> tuple[list[Page], dict[int, list[str]]]:
    """The pages with figures put right that were misread in prose, and by index what could not be."""
    amounts = {abs(line["amount_yuan"]) for line in lines}
    mended = [mend_prose(page, amounts) for page in pages]
    return [page for page, _ in mended], {index: left for index, (_, left) in enumerate(mended) if left}


class Annexes(NamedTuple):
    """The records of the annexes by table, and what the ledger says of each page (by index) that holds one.

    `grids` are the grids (by `id`) that were read as annexes.
    """

    records: Records
    pages: dict[int, Annex]
    grids: set[int]


def _read_annexes(
    pages: Sequence[Page],
    own: Sequence[Page],
    strangers: Iterable[Stranger],
    taken: Collection[int],
    lines: Iterable[Mapping[str, Any]],
) -> Annexes:
    """The annexes of a document.

    `own` are its pages without the lines of `strangers`, `taken` the grids (by `id`) read as forms, `lines`
    the records of the forms: the names of projects stand there too.
    """
    bound_in = list(strangers)
    performance = read_performance(own, taken)
    catalogue = read_catalogue(pages, next((one.number for one in bound_in if one.edition), None), taken)
    projects = [(line["item"], line["page"]) for line in lines if line["form"].startswith("projects")]
    projects += [(row["project"], row["page_from"]) for row in performance.projects if row["project"]]
    declarations = read_declarations(read_passages(own), projects, catalogue)
    if codes := unlisted(declarations, catalogue):
        first = min(catalogue.remarks)
        catalogue.remarks[first].append(f"declared, but not among the items printed here: {', '.join(codes)}")
    notes = {
        index: Annex("performance", "declared_empty" if index in performance.empty else "read", tuple(said))
        for index, said in performance.remarks.items()
    }
    notes |= {index: Annex("catalogue", "read", tuple(said)) for index, said in catalogue.remarks.items()}
    for stranger in bound_in:
        for index in range(stranger.first, stranger.last + 1):
            notes[index] = _with(stranger, notes.get(index), own[index])
    records = {
        "performance_projects": performance.projects,
        "performance_indicators": performance.indicators,
        "department_targets": performance.departments,
        "catalogue": catalogue.items,
        "catalogue_declarations": declarations,
    }
    return Annexes(records, notes, performance.grids)


def _with(stranger: Stranger, annex: Annex | None, page: Page) -> Annex:
    """What the ledger says of a page with a stranger: the page may hold something of the disclosure as well."""
    if annex:
        return annex._replace(remarks=(*annex.remarks, f"with {stranger.sentence}"))
    if page.lines:
        return Annex(None, "read", (f"with {stranger.sentence}",))
    return Annex("other", "not_a_form", (stranger.sentence,))


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
