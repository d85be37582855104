"""Typesets departmental budget disclosures (部门预算公开) as PDF: for the sample data and for tests.

In: a `Disclosure` – what a document says, without how it looks – and a `Layout`, how it is set.
Out: the bytes of a PDF, the same every time; and what a correct reader finds in it.

>>> invented = read_facts(FACTS / "示例市示例局-2026.toml")
>>> typeset(invented, Layout(rules="open", thousands=True))[:5]
b'%PDF-'

| module | what it does |
|---|---|
| `disclosure` | what a disclosure says: forms, narrative, targets, catalogue; `facts/` holds them as TOML |
| `assemble` | from the smallest parts of a budget to the 13 forms, which then add up |
| `stated_figures` | the figures that the narrative part states, from the forms |
| `paper` | ink and paper: font, tables, pages, every way to set them (`Layout`); knows nothing of budgets |
| `office` | the same as a Word document, a web page, a workbook |
| `four_forms.xlsb` | the first four forms of 示例市示例局-2026, a workbook of `office` saved again by SheetJS 0.18.5 |
| `forms`, `prose`, `annexes` | the 13 forms, the words around them, the tables behind them, in the statutory shape |
| `expected` | the lines and statements that a correct reader finds |
| `final_accounts`, `final_prose`, `final_evaluation` | final accounts: what they say, the words, the self-evaluation |
| `final_layout`, `final_forms` | how their forms are set |
| `sample` | the files of `data/raw`; `python -m tests.typesetting` writes them |

It shares no code with budgetlib: a reader that misunderstands a form is not checked by a typesetter that does so too.
"""

from __future__ import annotations

from dataclasses import replace

from reportlab.platypus import Flowable

from tests.typesetting.annexes import catalogue, performance_targets
from tests.typesetting.disclosure import FACTS, Disclosure, read_facts
from tests.typesetting.final_accounts import FinalAccounts
from tests.typesetting.final_evaluation import self_evaluations
from tests.typesetting.final_forms import final_forms
from tests.typesetting.final_layout import FinalLayout
from tests.typesetting.final_prose import final_cover, final_prose
from tests.typesetting.forms import forms
from tests.typesetting.paper import Layout, new_page, register_font, render, text
from tests.typesetting.prose import (
    cover,
    glossary,
    mark,
    overview,
    part,
    sections_after_performance_tables,
    sections_before_performance_tables,
)

__all__ = [
    "FACTS",
    "Disclosure",
    "FinalAccounts",
    "FinalLayout",
    "Layout",
    "read_facts",
    "story",
    "typeset",
    "typeset_apart",
    "typeset_final_accounts",
]


def typeset(disclosure: Disclosure, layout: Layout | None = None) -> bytes:
    """`disclosure` as a PDF with four parts, the same bytes every time."""
    return _set(disclosure, story(disclosure, layout or Layout()), layout or Layout())


def typeset_apart(disclosure: Disclosure, layout: Layout) -> tuple[bytes, bytes]:
    """`disclosure` as two PDFs, its forms and its words, as many departments publish it."""
    register_font()
    words = [*_before_forms(disclosure, layout), *_behind_forms(disclosure, layout)]
    of_forms = _set(disclosure, list(forms(disclosure, layout)), replace(layout, contents=False))
    return of_forms, _set(disclosure, words, layout)


def _set(disclosure: Disclosure, told: list[Flowable], layout: Layout) -> bytes:
    return render(told, layout, f"{disclosure.entity} {disclosure.fiscal_year}", mark(disclosure))


def story(disclosure: Disclosure, layout: Layout) -> list[Flowable]:
    """What `disclosure` prints, before it is set on paper."""
    register_font()
    before, behind = _before_forms(disclosure, layout), _behind_forms(disclosure, layout)
    return [*before, new_page(), *forms(disclosure, layout), *behind]


def _before_forms(disclosure: Disclosure, layout: Layout) -> list[Flowable]:
    own = "部门" if disclosure.kind == "department" else "单位"
    named = part("二", f"{disclosure.fiscal_year}年{own}预算报表")
    return [*cover(disclosure, layout), *overview(disclosure), *named]


def _behind_forms(disclosure: Disclosure, layout: Layout) -> list[Flowable]:
    return [
        *sections_before_performance_tables(disclosure),
        *performance_targets(disclosure, layout),
        new_page(),
        *sections_after_performance_tables(disclosure),
        *catalogue(disclosure, layout),
        new_page(),
        *glossary(),
    ]


def typeset_final_accounts(
    accounts: FinalAccounts, layout: Layout | None = None, final: FinalLayout | None = None
) -> bytes:
    """`accounts` as a PDF with three parts, the same bytes every time."""
    layout = layout or Layout()
    register_font()
    story = [
        *final_cover(accounts, layout),
        text("part", f"第二部分 {accounts.fiscal_year}年度部门决算表"),
        *final_forms(accounts, layout, final or FinalLayout()),
        new_page(),
        *final_prose(accounts),
        *self_evaluations(accounts, layout),
    ]
    return render(story, layout, f"{accounts.entity} {accounts.fiscal_year} 决算", mark(accounts.budget))
