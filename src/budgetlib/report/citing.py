"""A page of a disclosure → how to cite it: a sentence, and an entry for BibTeX."""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

import pandas as pd

from budgetlib.core.version import __version__
from budgetlib.definitions.labels import label
from budgetlib.tables.locators import Row

_SPECIAL = re.compile(r"([&%$#_{}])")


class Citation(NamedTuple):
    """How a place is cited: in a sentence, and as an entry for BibTeX."""

    text: str
    bibtex: str


def citation(document: Row, page: int | None, language: str, read: date | None = None) -> Citation:
    """How a row of `documents`, or one `page` of it, is cited: who, what, which file, its hash, what read it when.

    Without the day `read` there is `{date}` in its place.
    """
    day = "{date}" if read is None else read.isoformat()
    year: str = "" if pd.isna(document["fiscal_year"]) else str(int(document["fiscal_year"]))
    kind = label(f"document_kind.{document['document_kind']}", language)
    about = {
        "entity": document["entity"] or document["department_id"],
        "title": label("citing.title", language, year=year, kind=kind).strip(),
        "file": document["path"],
        "page": "" if page is None else label("citing.page", language, page=page),
        "sha256": document["sha256"],
        "version": __version__,
        "date": day,
    }
    text = label("citing.text", language, **about)
    note = label("citing.note", language, **about)
    key = f"{document['document_id']}{'' if page is None else f'-p{page}'}"
    fields = {
        "author": f"{{{_escaped(about['entity'])}}}",
        "title": f"{{{_escaped(about['title'])}}}",
        "year": year,
        "note": _escaped(note),
        "urldate": day,
    }
    listed = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items() if value)
    return Citation(text, f"@misc{{{key},\n{listed}\n}}")


def _escaped(text: str) -> str:
    """Text in which BibTeX takes no character for a command; the place of the date is none."""
    return _SPECIAL.sub(r"\\\1", text).replace(r"\{date\}", "{date}")
