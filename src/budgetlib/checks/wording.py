"""Words that should not stand in a disclosure, or say the opposite of the figure beside them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from budgetlib.checks.budget import Budget
from budgetlib.checks.figures import Place
from budgetlib.checks.findings import Finding, failure, holding, judged
from budgetlib.checks.rules import Rule

_AROUND = 12
"""Characters shown on each side of what was found."""

_HUNDRED = Decimal(100)


def worded(rule: Rule, budget: Budget) -> Iterator[Finding]:
    """Every sentence in which the pattern of the rule is found, the same words once; it is written for folded text.

    Titles and notes of tables alone prove nothing of the words of a disclosure.
    """
    pattern = re.compile(rule.data["pattern"])
    shown = set()
    for place, _, text in budget.sentences:
        if (match := pattern.search(text)) and (words := _around(text, match)) not in shown:
            shown.add(words)
            yield failure(rule, budget.document_id, (place,), "worded", words=words)
    if any(sentence["section"] for sentence in budget.rows("sentences")):
        yield holding(rule, budget.document_id)


def years(rule: Rule, budget: Budget) -> Iterator[Finding]:
    """Titles that name the year before the document's own, each once; `unless` says what is no title."""
    pattern, unless = re.compile(rule.data["pattern"]), re.compile(rule.data["unless"])
    fiscal_year = budget.record["fiscal_year"]
    shown = set()
    for place, _, text in budget.sentences if fiscal_year else ():
        match = pattern.search(text)
        if match and not unless.search(text) and len(text) <= rule.data["longest"]:
            if int(match["year"]) == fiscal_year - 1 and text not in shown:
                shown.add(text)
                yield failure(rule, budget.document_id, (place,), "worded", words=text)
            elif int(match["year"]) == fiscal_year:
                yield holding(rule, budget.document_id, (place,))


def directed(rule: Rule, budget: Budget) -> Iterator[Finding]:
    """Whether an outcome is said to be above or below its plan, against the stated rate: 100 may be rounded."""
    pattern = re.compile(rule.data["pattern"])
    last = Place(budget.document_id), "", ""
    for (place, _, text), (_, _, following) in pairwise([*budget.sentences, last]):
        for match in pattern.finditer(text + following):
            if match.start() >= len(text):
                continue
            rate = Decimal(match["rate"])
            true = {"大于": rate >= _HUNDRED, "小于": rate <= _HUNDRED, "等于": rate == _HUNDRED}[match["relation"]]
            yield judged(rule, budget.document_id, (place,), true, "worded", words=match[0])


def _around(text: str, match: re.Match[str]) -> str:
    return text[max(0, match.start() - _AROUND) : match.end() + _AROUND]
