"""Typesets departmental budget disclosures (部门预算公开) as PDF, from facts that are data.

For sample data and for tests: `disclosure.py` says what a disclosure is, `facts/` holds six of them,
`forms.py`, `prose.py` and `annexes.py` put them into the statutory shape, `paper.py` knows ink and paper,
`expected.py` says what a correct reader finds. `python -m tests.typesetting` writes `data/raw`.
"""

from __future__ import annotations

from tests.typesetting.annexes import catalogue, performance_targets
from tests.typesetting.disclosure import Disclosure
from tests.typesetting.forms import forms
from tests.typesetting.paper import Layout, new_page, register_font, render
from tests.typesetting.prose import (
    cover,
    glossary,
    mark,
    overview,
    part,
    sections_after_performance_tables,
    sections_before_performance_tables,
)


def typeset(disclosure: Disclosure, layout: Layout | None = None) -> bytes:
    """`disclosure` as a PDF with four parts, the same bytes every time."""
    layout = layout or Layout()
    register_font()
    own = "部门" if disclosure.kind == "department" else "单位"
    story = [
        *cover(disclosure, layout),
        *overview(disclosure),
        *part("二", f"{disclosure.fiscal_year}年{own}预算报表"),
        new_page(),
        *forms(disclosure, layout),
        *sections_before_performance_tables(disclosure),
        *performance_targets(disclosure, layout),
        new_page(),
        *sections_after_performance_tables(disclosure),
        *catalogue(disclosure, layout),
        new_page(),
        *glossary(),
    ]
    return render(story, layout, f"{disclosure.entity} {disclosure.fiscal_year}", mark(disclosure))
