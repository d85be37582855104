"""What the rules prescribe, or the document's own contents promise, and the document lacks."""

from __future__ import annotations

import re
from collections.abc import Iterator

from budgetlib.checks.budget import Budget, is_read_whole
from budgetlib.checks.figures import Place
from budgetlib.checks.findings import Finding, judged, untested
from budgetlib.checks.rules import Rule
from budgetlib.core.text import squeeze
from budgetlib.definitions.forms import form_titled, forms

_FEWEST_FORMS = 6
"""A document with fewer forms is a part of a disclosure, or was not read."""

_FEWEST_SENTENCES = 30
"""Narrative sentences of a document whose chapters can be missed."""

_LEADER = re.compile(r"[.·…\d]+$")
"""Dots and the page number at the end of an entry of the contents."""

_TITLE_END = 20
"""Characters at the end of a line in which the word 表 of a title stands."""


def prescribed(rule: Rule, budget: Budget) -> Iterator[Finding]:
    """Every form that is prescribed, under one of its names, in a disclosure all of whose tables were read."""
    if len(budget.own_forms()) < _FEWEST_FORMS or budget.record["document_kind"] != rule.data["kind"]:
        return
    there = budget.form_names | _titled(budget)
    for names in rule.data["forms"]:
        form = forms()[names[0]]
        words = {"zh": form.label_zh, "en": form.label_en}
        yield _printed(rule, budget, Place(budget.document_id), there & set(names), words)


def chapters(rule: Rule, budget: Budget) -> Iterator[Finding]:
    """Every subject on which the narrative part has to say something."""
    narrative = [record for record in budget.rows("sentences") if record["section"] is not None]
    if len(narrative) < _FEWEST_SENTENCES or budget.unread or budget.record["document_kind"] != rule.data["kind"]:
        return
    treated = {subject["pattern"]: budget.sentence(subject["pattern"]) for subject in rule.data["subjects"]}
    if 2 * list(treated.values()).count(None) > len(treated):  # the paper follows other rules, as those of universities
        return
    for subject in rule.data["subjects"]:
        places = (Place(budget.document_id),)
        yield judged(rule, budget.document_id, places, treated[subject["pattern"]], "lacking", words=subject)


def listed(rule: Rule, budget: Budget) -> Iterator[Finding]:
    """Every form that the contents list, in a file that holds tables: those of prose may be in another."""
    if not budget.own_forms():
        return
    contents = _contents(budget)
    there = budget.form_names | _titled(budget)
    for record in budget.rows("sentences"):
        title = _LEADER.sub("", squeeze(record["sentence"]))
        form = form_titled(title) if record["page"] in contents and title.endswith("表") else None
        if form:
            yield _printed(rule, budget, Place(budget.document_id, record["page"]), form.name in there, title)


def empty_notes(rule: Rule, budget: Budget) -> Iterator[Finding]:
    """The note under a form that is printed empty: it speaks of this form's money, not of another's."""
    for page in budget.rows("pages"):
        subject = rule.data["subjects"].get(page["form"] or "")
        if page["outcome"] != "declared_empty" or subject is None:
            continue
        place = Place(budget.document_id, page["page"], form=page["form"])
        others = [pattern for form, pattern in rule.data["subjects"].items() if form != page["form"]]
        notes = [
            text
            for record in budget.rows("sentences")
            if record["page"] == page["page"] and re.search(rule.data["note"], text := squeeze(record["sentence"]))
        ]
        elsewhere = [note for note in notes if any(re.search(other, note) for other in others)]
        if notes:
            about = not elsewhere or any(re.search(subject, note) for note in notes)
            yield judged(rule, budget.document_id, (place,), about, "worded", words=next(iter(elsewhere), ""))


def _printed(rule: Rule, budget: Budget, place: Place, there: object, words: object) -> Finding:
    """Whether something is `there`; not tested where it may stand in what was not read."""
    if there or (budget.rows("pages") and all(map(is_read_whole, budget.rows("pages")))):
        return judged(rule, budget.document_id, (place,), there, "lacking", words=words)
    return untested(rule, budget.document_id, "insufficient_data")


def _contents(budget: Budget) -> set[int | None]:
    return {page["page"] for page in budget.rows("pages") if page["kind"] == "contents"}


def _titled(budget: Budget) -> set[str]:
    """The forms that a page holds, empty ones too, or whose titles stand anywhere but in the contents."""
    contents = _contents(budget)
    on_pages = {name for page in budget.rows("pages") for name in (page["form"] or "").split(",") if name}
    lines = [record["sentence"] for record in budget.rows("sentences") if record["page"] not in contents]
    titles = {_LEADER.sub("", squeeze(line)) for line in lines if "表" in line[-_TITLE_END:]}
    return on_pages | {form.name for title in titles if (form := form_titled(title))}
