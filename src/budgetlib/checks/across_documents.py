"""One document against others of the corpus: its department, its year before; and which others these are."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from budgetlib.checks.budget import Budget, Form, Record, Row
from budgetlib.checks.expressions import evaluate, expression, published
from budgetlib.checks.figures import Figure
from budgetlib.checks.findings import Finding, best, compared, failure, holding
from budgetlib.checks.rules import Rule, rules
from budgetlib.core.text import document_number, squeeze

_SCOPE = re.compile(r"[\[(](部门|单位|本级|汇总)[\])]$")


@dataclass(frozen=True)
class Ties:
    """Which others a document is tested against, beside those of its own department.

    Those that offer a name that it seeks; and of the catalogue, wherever it is printed, the editions it cites.
    """

    seeks: frozenset[str] = frozenset()
    offers: frozenset[str] = frozenset()
    cites: frozenset[str] = frozenset()


def ties(document: Record, tables: Mapping[str, Sequence[Record]]) -> Ties:
    """The ties of a `document`, given its `lines` and `catalogue_declarations`."""
    year, kind = document["fiscal_year"], document["entity_kind"]
    seeks, offers = set(), set()
    if kind == "unit" and document["entity"]:
        seeks = {_name(document["entity"])}
    if kind == "department":
        lines = [line for line in tables["lines"] if line["form"] in _forms_with_units()]
        offers = {_name(line.get(column)) for line in lines for column in ("item", "unit")}
    cited = {document_number(declared.get("citation") or "") for declared in tables["catalogue_declarations"]}
    return Ties(
        frozenset(f"{year}:{name}" for name in seeks),
        frozenset(f"{year}:{name}" for name in offers if name),
        frozenset(number for number in cited if number),
    )


@cache
def _forms_with_units() -> frozenset[str]:
    return frozenset(rule.data["form"] for rule in rules() if rule.test in ("unit", "unit_items"))


def unit(rule: Rule, budget: Budget) -> Iterator[Finding]:
    """A unit's total against the row that its department prints for it."""
    (term,) = expression(rule.data["published"])
    for rows in _departments(rule, budget):
        heads = [row for row in rows if row.kind != "total" and _name(row.item) == _name(budget.record["entity"])]
        for figure in published(term, budget):
            if heads and "total" in heads[0].amounts:
                yield compared(rule, budget.document_id, figure, heads[0].amounts["total"])


def unit_items(rule: Rule, budget: Budget) -> Iterator[Finding]:
    """Each of a unit's projects against the same one in its department's form."""
    (term,) = expression(rule.data["published"])
    for rows in _departments(rule, budget):
        of_unit = [row for row in rows if row.kind == "line" and _name(row.unit) == _name(budget.record["entity"])]
        for figure in published(term, budget):
            same = [row for row in of_unit if squeeze(row.item) == squeeze(figure.places[0].item or "")]
            if same and "total" in same[0].amounts:
                yield compared(rule, budget.document_id, figure, same[0].amounts["total"])


def year(rule: Rule, budget: Budget) -> Iterator[Finding]:
    """The figure of the year less its stated change against what the same department disclosed the year before."""
    now, change = (evaluate(expression(rule.data[key]), budget) for key in ("now", "change"))
    previous = _year_before(budget)
    if not now or not change or previous is None:
        return
    implied = now - change
    values = [value for text in rule.data["before"] if (value := evaluate(expression(text), previous))]
    tested = [compared(rule, budget.document_id, implied, value, wording="before") for value in values]
    if tested:
        yield best(tested)


def versions(rule: Rule, budget: Budget) -> Iterator[Finding]:
    """Each amount of a form against the same form in an earlier or equal version of the same disclosure."""
    before = [budget.document_id == one.document_id for one in budget.siblings]
    for other in budget.siblings[before.index(True) + 1 :] if True in before else ():
        same = other.record["disclosure_id"] == budget.record["disclosure_id"]
        for form in budget.own_forms() if same else ():
            counterpart = other.forms.get(form.name)
            if counterpart and form.rows and counterpart.rows:
                yield from _differences(rule, budget, form, counterpart)


def _differences(rule: Rule, budget: Budget, form: Form, other: Form) -> Iterator[Finding]:
    """What differs between a form as two files print it, amount by amount; that it is the same, where nothing does."""
    ours, theirs = _amounts(form), _amounts(other)
    tested = [compared(rule, budget.document_id, ours[key], theirs[key]) for key in ours if key in theirs]
    failed = [finding for finding in tested if finding.state == "fail"]
    only = [figure for one, two in ((ours, theirs), (theirs, ours)) for key, figure in one.items() if key not in two]
    yield from failed
    if only:
        yield failure(rule, budget.document_id, [place for figure in only for place in figure.places], "asked")
    if tested and not failed and not only:
        yield holding(rule, budget.document_id, (form.place(),))


def _amounts(form: Form) -> dict[tuple[object, ...], Figure]:
    """The amounts of a form that are not zero, by what they are about and how many were about the same before."""
    amounts: dict[tuple[object, ...], Figure] = {}
    seen: Counter[tuple[object, ...]] = Counter()
    for row in form.rows:
        for measure, figure in row.amounts.items():
            if figure.value:
                about = (row.side, row.code, squeeze(row.item), squeeze(row.unit or ""), row.stage, measure)
                amounts[about, seen[about]] = figure
                seen[about] += 1
    return amounts


def _year_before(budget: Budget) -> Budget | None:
    """The first budget of the same department and kind for the year before."""
    wanted = budget.record["department_id"], (budget.record["fiscal_year"] or 0) - 1, budget.record["document_kind"]
    keys = ("department_id", "fiscal_year", "document_kind")
    return next((other for other in budget.everyone if tuple(other.record[key] for key in keys) == wanted), None)


def _departments(rule: Rule, budget: Budget) -> Iterator[tuple[Row, ...]]:
    """The rows of a form in every department's disclosure of the same year."""
    if budget.record["entity_kind"] != "unit" or not budget.record["entity"]:
        return
    for other in budget.everyone:
        form = other.forms.get(rule.data["form"])
        same_year = other.record["fiscal_year"] == budget.record["fiscal_year"]
        if form and same_year and other.record["entity_kind"] == "department" and form.document_id == other.document_id:
            yield form.rows


def _name(entity: str | None) -> str:
    """A unit's name without what says whether it stands for its units too."""
    return _SCOPE.sub("", squeeze(entity or ""))
