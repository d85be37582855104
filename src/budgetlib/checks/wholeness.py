"""Which forms and pages of a document were not read whole, or not told apart: nothing there is the paper's fault."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from budgetlib.checks.budget import Form, Record, amounts_left, is_read_whole
from budgetlib.definitions.forms import forms as definitions


def not_read_whole(pages: Sequence[Record], forms: Iterable[Form], repeated: Iterable[Form]) -> Iterator[str | int]:
    """The names of forms, and the numbers of pages of performance targets; `repeated` forms bear a name of others."""
    yield from _interrupted(pages)
    yield from _untold(forms)
    yield from _pieces(repeated)


def _interrupted(pages: Sequence[Record]) -> Iterator[str | int]:
    """The forms on pages not read whole; where such a page has none, the last one before it and the first after.

    These two also where a page may be missing between theirs. Also undivided and incomplete forms, and the numbers of
    pages of performance targets with an amount left over.
    """
    by_page: list[tuple[bool, list[str]]] = []
    for page in pages:
        by_page += [(False, [])] if page["out_of_sequence"] else []
        by_page.append((is_read_whole(page), page["form"].split(",") if page["form"] else []))
    for whole, forms in by_page:
        yield from () if whole else forms
    for (whole_before, before), (whole_after, after) in pairwise(by_page):
        yield from () if whole_after or after else before[-1:]
        yield from () if whole_before or before else after[:1]
    listed = (page[column] for page in pages for column in ("undivided", "incomplete"))
    yield from (form for names in listed if names for form in names.split(","))
    yield from (page["page"] for page in pages if page["kind"] == "performance" and page["page"] and amounts_left(page))


def _untold(forms: Iterable[Form]) -> Iterator[str]:
    """The forms in which money stands in rows that do not say what they are about, or what they are part of.

    Their labels were not all read. Of flat forms no row need say it, nor of those that print codes alone; a total is
    known by its sum, and where a column adds up, so are the rows that make it up.
    """
    for form in forms:
        known = definitions().get(form.name)
        rows = [
            row for row in form.rows if row.kind != "total" and any(figure.value for figure in row.amounts.values())
        ]
        if known is None or not rows:
            continue
        named = [row.item != known.label_zh or (row.unit is not None and row.code is None) for row in rows]
        coded = any(row.code for row in rows)
        unnamed = not all(named) and (any(named) or (known.rows != "flat" and not coded))
        nested = coded or len(rows) == 1 or any(row.unit or row.kind == "subtotal" for row in rows)
        if unnamed or (known.rows == "codes" and not nested and not _adds_up(form)):
            yield form.name


def _pieces(repeated: Iterable[Form]) -> Iterator[str]:
    """The forms of which several stand in a document, and one is a piece of another.

    A side of it has a total and no money that makes it up, or none where that of another has one.
    """
    kinds: dict[tuple[str, str], list[set[str]]] = defaultdict(list)
    for form in repeated:
        for side in form.sides():
            rows = form.side(side)
            printed = {row.kind for row in rows if any(figure.value for figure in row.amounts.values())}
            if printed:
                kinds[form.name, side].append(printed)
    for (name, _), of_name in kinds.items():
        totalled = any("total" in printed for printed in of_name)
        if any("line" not in printed or (totalled and "total" not in printed) for printed in of_name):
            yield name


def _adds_up(form: Form) -> bool:
    """Whether in some column the rows of a form that have no parts make up its total."""
    return any(
        figure.value and form.adds_up(side, measure)
        for side in form.sides()
        if (head := form.total_row(side))
        for measure, figure in head.amounts.items()
    )
