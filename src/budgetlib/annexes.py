"""What a disclosure holds besides forms and narrative: performance tables, the guidance catalogue, strangers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from budgetlib.catalogue import read_catalogue
from budgetlib.declarations import read_declarations, unlisted
from budgetlib.ledger import Annex
from budgetlib.pages import Page
from budgetlib.performance import read_performance
from budgetlib.prose import read_passages
from budgetlib.strangers import Stranger

Records = dict[str, list[dict[str, Any]]]


class Annexes(NamedTuple):
    """The records of the annexes by table, and what the ledger says of each page (by index) that holds one.

    `grids` are the grids (by `id`) that were read as annexes.
    """

    records: Records
    pages: dict[int, Annex]
    grids: set[int]


def read_annexes(
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
