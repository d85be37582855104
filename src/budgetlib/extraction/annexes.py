"""Pages → what a disclosure brings along besides forms and prose: performance targets, self-evaluations, a catalogue.

What an enclosure says belongs to another document; its pages say so in the page log.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from budgetlib.extraction.catalogue import read_catalogue
from budgetlib.extraction.declarations import read_declarations, unlisted
from budgetlib.extraction.enclosures import Enclosure
from budgetlib.extraction.narrative.passages import read_passages
from budgetlib.extraction.page_log import Annex
from budgetlib.extraction.performance import read_performance
from budgetlib.extraction.performance.self_evaluation import read_self_evaluation
from budgetlib.extraction.printed_amounts import Span
from budgetlib.extraction.records import GridPlace, LineRecord, Records, Where
from budgetlib.pages.model import Page


class Annexes(NamedTuple):
    """The records of the annexes by table, what the page log says of each page that holds one, and their places.

    `places` are their grids, `spans` what of them went into the records.
    """

    records: Records
    pages: dict[int, Annex]
    places: set[GridPlace]
    spans: list[Span]


def read_annexes(
    pages: Sequence[Page],
    own_pages: Sequence[Page],
    enclosures: Sequence[Enclosure],
    form_places: Collection[GridPlace],
    lines: Iterable[LineRecord],
) -> Annexes:
    """The annexes of a document.

    `own_pages` are its pages without the lines of `enclosures`, `form_places` the grids read as forms, `lines` the
    records of the forms: the names of projects stand there too.
    """
    evaluated = read_self_evaluation(own_pages, form_places)
    performance = read_performance(own_pages, {*form_places, *evaluated.places})
    edition = next((enclosure.number for enclosure in enclosures if enclosure.edition), None)
    catalogue = read_catalogue(pages, edition, form_places)
    listed = [line for line in lines if line["form"].startswith("projects")]
    projects = [(line["item"], Where(line["page"], line["place"])) for line in listed]
    named = [row for row in performance.projects if row["project"]]
    projects += [(row["project"], Where(row["page_from"], row["place"])) for row in named]
    declarations = read_declarations(read_passages(own_pages), projects, catalogue)
    if codes := unlisted(declarations, catalogue):
        first = min(catalogue.remarks)
        catalogue.remarks[first].append(f"declared, but not among the items printed here: {', '.join(codes)}")
    notes = {
        index: Annex("performance", "declared_empty" if index in performance.empty else "read", tuple(remarks))
        for index, remarks in performance.remarks.items()
    }
    notes |= {index: Annex("performance", "read") for index, _ in evaluated.places if index not in notes}
    notes |= {index: Annex("catalogue", "read", tuple(remarks)) for index, remarks in catalogue.remarks.items()}
    for enclosure in enclosures:
        for index in range(enclosure.first, enclosure.last + 1):
            notes[index] = _with(enclosure, notes.get(index), own_pages[index])
    records = {
        "performance_projects": performance.projects,
        "performance_indicators": performance.indicators,
        "self_evaluation": evaluated.records,
        "self_evaluation_indicators": evaluated.indicators,
        "department_targets": performance.departments,
        "catalogue": catalogue.items,
        "catalogue_declarations": declarations,
    }
    spans = [*performance.spans, *evaluated.spans]
    return Annexes(records, notes, performance.places | evaluated.places, spans)


def _with(enclosure: Enclosure, annex: Annex | None, page: Page) -> Annex:
    """What the page log says of a page with an enclosure: the page may hold something of the disclosure as well."""
    if annex:
        return annex._replace(remarks=(*annex.remarks, f"with {enclosure.sentence}"))
    if page.lines:
        return Annex(None, "read", (f"with {enclosure.sentence}",))
    return Annex("other", "not_a_form", (enclosure.sentence,))
