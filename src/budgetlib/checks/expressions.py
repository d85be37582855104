"""The notation of the identities (explained in `across_forms.toml`): an expression read once, evaluated in a budget."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from budgetlib.checks.budget import Budget, Form, Row, Statement
from budgetlib.checks.figures import NOTHING, Figure, Place, total
from budgetlib.core.text import squeeze
from budgetlib.definitions.forms import forms
from budgetlib.definitions.toml import load

_TERM = re.compile(
    r"(?P<source>§[\d,]*|[a-z_]+)(/(?P<side>revenue|expenditure))?(\[(?P<row>.+)\])?\.(?P<measures>[a-z_|]+)"
    r"(\[(?P<item>.+)\])?(?P<optional>\?)?"
)
_LEVEL = re.compile(r"[(（][类款项][)）]")
_CLASS_DIGITS = 3
"""Digits of a class (类) of the classification by function."""
_FAMILIES = (
    ("general_public_budget", "government_funds", "state_capital", "fiscal_special_account", "unit_funds"),
    ("basic", "project"),
)


@dataclass(frozen=True)
class Term:
    """One selection of figures: from a form's rows (`section` is None) or from the statements of sections."""

    sign: int
    form: str
    side: str | None
    sections: tuple[int, ...] | None
    measures: tuple[str, ...]
    rows: str | None
    optional: bool

    @property
    def each(self) -> bool:
        """Whether the term stands for every row or statement, one after the other."""
        return self.rows in ("code", "item")


Expression = tuple[Term, ...]


@cache
def expression(text: str) -> Expression:
    """`text` as terms with their signs.

    Raises `ValueError` where it is not in the notation.

    >>> [term.form for term in expression("revenue.total + revenue[same].carryover?")]
    ['revenue', 'revenue']
    """
    parts = re.split(r" ([+-]) ", text)
    signs = ["+", *parts[1::2]]
    return tuple(_term(part, -1 if sign == "-" else 1) for sign, part in zip(signs, parts[::2], strict=True))


def _term(text: str, sign: int) -> Term:
    match = _TERM.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is no term; write form/side[row].measure or §section.measure[item]")
    source = match["source"]
    stated = source.startswith("§")
    sections = tuple(int(number) for number in source[1:].split(",") if number) if stated else None
    selected = match["item"] if stated else match["row"]
    return Term(
        sign, source, match["side"], sections, tuple(match["measures"].split("|")), selected, bool(match["optional"])
    )


def evaluate(terms: Expression, budget: Budget, same: Place | None = None) -> Figure | None:
    """The sum of `terms`, or None where one that is needed (or every one) is not printed.

    `same` is the place whose row `[same]` means.
    """
    figures = [_figure(term, budget, same) for term in terms]
    lacking = any(figure is None and not term.optional for term, figure in zip(terms, figures, strict=True))
    if lacking or not any(figures):
        return None
    return total(figure if term.sign > 0 else -figure for term, figure in zip(terms, figures, strict=True) if figure)


def published(term: Term, budget: Budget) -> list[Figure]:
    """The figures that a term stands for, each to be tested."""
    if term.sections is not None:
        return [statement.figure for statement in stated(term, budget)]
    form = budget.forms.get(term.form)
    if form is None:
        return []
    if not term.each:
        is_there = term.rows is None or not form.rows or _rows(form, term, None)
        return [figure] if is_there and (figure := _figure(term, budget, None)) else []
    groups: dict[tuple[str, str], list[Figure]] = {}
    for row in form.side(term.side):
        key = row.code if term.rows == "code" else row.item
        if row.kind != "total" and key and (figure := _amount(form, row, term.measures)):
            groups.setdefault((key, row.kind), []).append(figure)
    return [total(figures) for figures in groups.values()]


def stated(term: Term, budget: Budget) -> list[Statement]:
    """The statements that a term selects; without a selection those that are about no item."""
    chosen = of_measures(term, budget)
    if term.rows is None:
        return [s for s in chosen if s.item is None]
    if term.each:
        return [s for s in chosen if s.item is not None]
    words = re.compile(term.rows[1:])
    return [s for s in chosen if s.item is not None and words.fullmatch(squeeze(s.item))]


def of_measures(term: Term, budget: Budget) -> list[Statement]:
    """The statements of the measures and sections of a term, whatever they are about."""
    of_sections = [s for s in budget.statements if not term.sections or s.section in term.sections]
    return [s for s in of_sections if s.measure in term.measures]


def _figure(term: Term, budget: Budget, same: Place | None) -> Figure | None:
    if term.sections is not None:
        figures = [statement.figure for statement in stated(term, budget)]
        summed = term.rows is not None and term.rows.startswith("+")
        return (total(figures) if summed else figures[0]) if figures else None
    form = budget.forms.get(term.form)
    if form is None:
        return None
    if not form.rows:
        return Figure(NOTHING, NOTHING, (form.place(),))
    if term.rows is None:
        row = form.total_row(term.side, term.measures)
        return _amount(form, row, term.measures) if row else _summed(form, term)
    rows = _rows(form, term, same)
    amounts = [amount for row in rows if (amount := _amount(form, row, term.measures))]
    if not amounts:
        told = same is None or (same.code and any(row.code for row in form.rows))
        return None if term.rows == "same" and not told else _nothing(form, term)
    if term.rows == "same" and len(amounts) > 1 and not form.adds_up(term.side, term.measures[0]):
        return None
    return total(amounts) if term.rows[0] in "+s" else amounts[0]


def _rows(form: Form, term: Term, same: Place | None) -> list[Row]:
    """The rows that `[=words]`, `[+words]` or `[same]` mean."""
    rows = [row for row in form.side(term.side) if row.kind != "total"]
    selected = term.rows or ""
    if selected == "same":
        return _same(rows, same) if same else []
    words = re.compile(selected[1:])
    chosen = [row for row in rows if words.fullmatch(squeeze(row.item))]
    return [row for row in chosen if row.kind == "line"] if selected.startswith("+") else chosen


def _same(rows: Sequence[Row], place: Place) -> list[Row]:
    """The rows about the same thing as `place`: of one code, else of one name (and, where it is given, one parent)."""
    if place.code:
        chosen = [row for row in rows if row.code == place.code]
    else:
        *parents, name = [part for part in _LEVEL.split(squeeze(place.item or "")) if part] or [""]
        above = tuple(row.code for row in rows if row.code and parents and squeeze(row.item) == parents[-1])
        named = [row for row in rows if squeeze(row.item) == name]
        named = [row for row in named if not above or (row.code or "").startswith(above)]
        chosen = [row for row in named if len(row.code or "") == _CLASS_DIGITS] or named
        if len({row.code or row.number for row in chosen}) > 1:
            return []
    return [row for row in chosen if row.kind == "subtotal"] or chosen


def _amount(form: Form, row: Row, measures: Sequence[str]) -> Figure | None:
    """The first of `measures` that the row prints; zero where its total is printed and nothing is left for it."""
    printed = next((row.amounts[measure] for measure in measures if measure in row.amounts), None)
    if printed or "total" not in row.amounts:
        return printed
    if any(measure in form.measures(row.side) for measure in measures) or _exhausted(row, measures[0]):
        return Figure(NOTHING, NOTHING, (form.place(row, measures[0]),))
    return None


def _exhausted(row: Row, measure: str) -> bool:
    """Whether the printed columns of the kind of `measure` make up the row's total."""
    family = next((family for family in _FAMILIES if measure in family), ())
    printed = [row.amounts[measure] for measure in family if measure in row.amounts]
    return bool(printed) and (row.amounts["total"] - total(printed)).is_nothing


def _summed(form: Form, term: Term) -> Figure | None:
    """The sum of the leaves, where a form that is not flat prints no total."""
    known = forms().get(form.name)
    if known is None or known.rows == "flat":
        return None
    rows = [row for row in form.side(term.side) if row.kind == "line"]
    measure = next((measure for measure in term.measures for row in rows if measure in row.amounts), None)
    figures = [row.amounts[measure] for row in rows if measure and measure in row.amounts]
    return total(figures) if figures else None


def _nothing(form: Form, term: Term) -> Figure | None:
    """Zero for a row not printed in a form that is itemised in codes or the usual words and whose leaves are all."""
    rows = form.side(term.side)
    head = form.total_row(term.side, term.measures)
    measure = next((measure for measure in term.measures if head and measure in head.amounts), None)
    words = None if term.rows == "same" else _itemised().get(form.name)
    usual = any(words.fullmatch(squeeze(row.item)) for row in rows) if words else any(row.code for row in rows)
    if head is None or measure is None or not usual:
        return None
    return Figure(NOTHING, NOTHING, (form.place(head, measure),)) if form.adds_up(term.side, measure) else None


@cache
def _itemised() -> dict[str, re.Pattern[str]]:
    words = load("itemised.toml", __package__)["words"]
    return {form: re.compile(pattern) for form, pattern in words.items()}
