"""One file → its records, whatever happens: a file that cannot be read is one row in `documents`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from budgetlib.core.disclosures import of_unit
from budgetlib.core.errors import BadParameter, UnreadableDocument
from budgetlib.core.text import slug
from budgetlib.core.time_limit import time_limit
from budgetlib.core.version import __version__
from budgetlib.extraction.acceptance import accept, pages_of_another_kind, pages_of_other_years
from budgetlib.extraction.annexes import read_annexes
from budgetlib.extraction.enclosures import set_apart
from budgetlib.extraction.forms.lines import form_lines
from budgetlib.extraction.forms.ocr_confirm import confirm_lines, confirm_statements, unconfirmed
from budgetlib.extraction.forms.ocr_repair import repair_amounts, repair_names, repair_prose
from budgetlib.extraction.forms.recognise import recognise
from budgetlib.extraction.forms.stages import settle_stages
from budgetlib.extraction.identity import Identity, identify, settle_identity
from budgetlib.extraction.narrative import read_narrative
from budgetlib.extraction.page_log import Annex, FormReading, log_pages
from budgetlib.extraction.printed_amounts import AmountCount, Span, count_amounts
from budgetlib.extraction.records import LineRecord, PageRecord, Record, Records, TableRecords, spot_of
from budgetlib.extraction.sentences import read_sentences
from budgetlib.pages.archive import unpacked
from budgetlib.pages.ink import DEFAULT_READER
from budgetlib.pages.media_type import PDF, media_type
from budgetlib.pages.model import Page, Spot
from budgetlib.pages.reader import OCR, ocr_engine, read_document
from budgetlib.pages.sources import Source

MAX_BYTES = 300_000_000
"""A larger file is no disclosure: real ones have some millions of bytes."""
SECONDS_PER_DOCUMENT = 600  # without pictures; a document that takes longer hangs
SECONDS_WITH_PICTURES = 3600
"""A document that takes longer is taken to hang; recognising characters takes some seconds a page."""
_NAMED_PAGES = 12
"""So many pages that were not read are named."""


def parse_source(source: Source, ocr: str = "auto", reader: str = DEFAULT_READER) -> Records:
    """The records of one source by table name; every record bears the document_id.

    `ocr` is one of `pages.reader.OCR`, `reader` of `pages.ink.READERS`. Raises `MemoryError` and nothing else.
    """
    document = _document(source, ocr)
    records: TableRecords = {}
    seconds = SECONDS_WITH_PICTURES if ocr != "never" and ocr_engine() else SECONDS_PER_DOCUMENT
    try:
        late = UnreadableDocument("timeout", f"{source.name} took longer than {seconds} s; split the file")
        with time_limit(seconds, late):
            records = _read(source, document, ocr, reader)
    except UnreadableDocument as error:
        document |= {"outcome": error.outcome, "reason": error.reason}
    except MemoryError:
        raise  # another process may have enough
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


def _document(source: Source, ocr: str) -> Record:
    return {
        "path": source.name,
        "sha256": source.sha256,
        "media_type": "application/octet-stream",
        "note": source.note,
        "file_date": source.file_date,
        "manifest_entry": source.manifest_entry,
        "ocr": reading_of_pictures(ocr),
        "parser_version": __version__,
    }


def _marked(source: Source, records: TableRecords) -> Records:
    return {table: [{"document_id": source.document_id, **row} for row in rows] for table, rows in records.items()}


def _pages(source: Source, document: Record, ocr: str, reader: str) -> list[Page]:
    """The pages of a source; what kind of file it is goes into `document`."""
    with unpacked(source.path) as path:
        if (size := path.stat().st_size) > MAX_BYTES:
            raise UnreadableDocument("too_large", f"{source.name} has {size} bytes, at most {MAX_BYTES} are read")
        if size == 0:
            raise UnreadableDocument("empty", f"{source.name} is empty; fetch it again from its publisher")
        document["media_type"] = media_type(path)
        if document["media_type"] == PDF:
            document["reader"] = reader
        pages = list(read_document(path, source.password, ocr, reader))
    if document["media_type"] == PDF:
        document["pages"] = len(pages)
    return pages


def _read(source: Source, document: Record, ocr: str, reader: str) -> TableRecords:
    pages = _pages(source, document, ocr, reader)
    tables, unknown = recognise(pages)
    identity = identify(pages, tables)
    forms = _read_forms(accept(tables, identity, pages))
    lines = [line for form in forms for line in form.lines]
    pages, misread = _repaired(pages, lines)
    another = pages_of_another_kind(tables, identity.document_kind, len(pages))
    others = another | pages_of_other_years(forms, identity.fiscal_year, len(pages))
    of_year = [replace(page, lines=(), grids=()) if i in others else page for i, page in enumerate(pages)]
    own_pages, enclosures = set_apart(of_year)
    stage = "final" if identity.document_kind == "final_accounts" else "budget"
    unit_names = {name for line in lines if (name := line["unit"])}
    narrative = read_narrative(own_pages, stage, unit_names, identity.entity)
    settle_stages(lines, narrative.statements, pages)
    confirm_statements(narrative.statements, lines, {page.number: page.source for page in pages})
    form_places = {place for table in tables for place in table.places}
    annexes = read_annexes(of_year, own_pages, enclosures, form_places, lines)
    notes = annexes.pages | {index: Annex("other", "not_a_form", (reason,)) for index, reason in others.items()}
    for index, remarks in misread.items():
        note = notes.get(index, Annex(None, "read"))
        notes[index] = note._replace(remarks=(*note.remarks, *remarks))
    unread = [grid for grid in unknown if (grid.page_index, grid.grid.box) not in annexes.places]
    counts = _count_amounts(pages, lines, [*narrative.spans, *annexes.spans])
    page_records = log_pages(pages, forms, unread, notes, counts)
    is_disclosure = any((narrative.statements, *annexes.records.values(), *(form.money_unit for form in forms)))
    departments = [row["department"] for row in annexes.records["department_targets"] if row["department"]]
    settled, problems = settle_identity(identity, departments, source)
    problems += dict.fromkeys(
        f"a part {reason}; of it only the forms are read: parse it as its own file" for reason in another.values()
    )
    document |= _description(source, settled, page_records, is_disclosure, problems)
    rows: TableRecords = {"pages": page_records, "lines": lines, "statements": narrative.statements}
    return {**rows, "sentences": read_sentences(own_pages), **annexes.records}


def _read_forms(forms: Sequence[FormReading]) -> list[FormReading]:
    """The forms with their lines, as far as they are accepted; what was misread in pictures is put right first."""
    spending_units = [
        line["item"]
        for form in forms
        if form.money_unit and form.table.form.rows == "units"
        for line in form_lines(form.table, form.money_unit)[0]
    ]
    return [_read_form(form, form.money_unit, spending_units) if form.money_unit else form for form in forms]


def _read_form(form: FormReading, money_unit: str, spending_units: Sequence[str]) -> FormReading:
    table, repaired = repair_amounts(form.table, money_unit, spending_units)
    lines, remarks = form_lines(table, money_unit, spending_units)
    if remarks and not all(part.grid.ruled for part in table.parts):
        return form._replace(money_unit=None, refusal=f"no rules divide it, and so read it is not sound: {remarks[0]}")
    confirm_lines(lines)
    notes = (*form.notes, *repaired, *repair_names(lines), *unconfirmed(lines))
    return form._replace(lines=lines, notes=notes, remarks=remarks)


def _repaired(pages: Sequence[Page], lines: Iterable[LineRecord]) -> tuple[list[Page], dict[int, list[str]]]:
    """The pages with figures put right that were misread in prose, and by index what could not be."""
    amounts = {abs(line["amount_yuan"]) for line in lines}
    repaired = [repair_prose(page, amounts) for page in pages]
    return [page for page, _ in repaired], {index: left for index, (_, left) in enumerate(repaired) if left}


def _count_amounts(
    pages: Sequence[Page], lines: Iterable[LineRecord], spans: Iterable[Span]
) -> list[AmountCount | None]:
    """For each page how many amounts it prints, and how many were taken; None where it has no places."""
    form_spots: dict[int | None, set[Spot | None]] = defaultdict(set)
    for line in lines:
        if spot := spot_of(line):
            form_spots[line["page"]].add(spot)
    on_page: dict[int, list[Span]] = defaultdict(list)
    for span in spans:
        on_page[span.page_index].append(span)
    counts: list[AmountCount | None] = []
    for index, page in enumerate(pages):
        if page.number is None:
            spots = form_spots[None] & {cell.spot for grid in page.grids for cell in grid.cells}
            counts.append(count_amounts(page, spots, on_page[index]) if page.place else None)
        else:
            counts.append(count_amounts(page, form_spots[page.number], on_page[index]))
    return counts


def _description(
    source: Source, identity: Identity, pages: Sequence[PageRecord], is_disclosure: bool, unsaid: Sequence[str]
) -> Record:
    """Who publishes a document and when, and how reading it ended; `unsaid` is what it does not say of itself."""
    problems = []
    if source.expected_sha256 and source.expected_sha256 != source.sha256:
        problems.append("its sha256 is not the one in the manifest: fetch the file again or correct the manifest")
    if source.archive_differs:
        problems.append("the sha256 of its archive is not the one in the manifest: fetch that again or correct this")
    unread = [page for page in pages if page["outcome"] == "unreadable"]
    if unread:
        wheres = [page["page"] or page["place"] for page in unread[:_NAMED_PAGES]]
        numbers = ", ".join(str(where) for where in wheres if where)
        problems.append(f"{len(unread)} of {len(pages)} pages not read ({numbers or 'plain text'}): see table pages")
    if jumps := [str(page["page"]) for page in pages if page["out_of_sequence"]]:
        before = ", ".join(jumps[:_NAMED_PAGES])
        problems.append(f"by their printed numbers pages are missing before page {before}, or stand in another order")
    problems += unsaid
    if not is_disclosure:
        outcome = "not_a_disclosure" if len(unread) < len(pages) else "partial"
        problems.insert(0, f"no statutory form and no figure of a disclosure found in {source.name}")
    else:
        outcome = "partial" if problems else "ok"
    columns = ("entity", "named_by", "entity_kind", "entity_kind_by", "place", "fiscal_year", "dated_by")
    return {
        **{name: getattr(identity, name) for name in (*columns, "document_kind", "version")},
        "department_id": slug(identity.entity or source.document_id),
        "disclosure_id": _disclosure_id(source, identity),
        "outcome": outcome,
        "reason": "; ".join(problems) or None,
    }


def _disclosure_id(source: Source, identity: Identity) -> str:
    """What the files of one disclosure share: publisher, year and kind; a file that does not say them stands alone."""
    if identity.entity is None or identity.fiscal_year is None:
        return source.document_id
    shared = "-".join([slug(identity.entity), str(identity.fiscal_year), identity.document_kind])
    return of_unit(shared) if identity.entity_kind == "unit" else shared
