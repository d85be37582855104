"""What the words before a figure name: subjects of `phrases/figures.toml` found in one passage."""

from __future__ import annotations

import re
from typing import NamedTuple

from budgetlib.core.text import fold_each, strip_numbering
from budgetlib.definitions.phrases import Subject, phrases
from budgetlib.extraction.narrative.passages import Passage

REACH = 110
"""How many characters before a figure may say what it is."""
_YEAR = re.compile(r"(20\d\d)年")
_YEAR_BEFORE = re.compile(r"(?:^|[(,;])(?:上年|去年)(?!结转|结余|实户|末|同)[^(,;]*$")
_PAUSE = re.compile(r"[,;。:()、\n]")


class Lead(NamedTuple):
    """The words before a figure, and where they begin in the passage."""

    text: str
    start: int

    @property
    def ended(self) -> bool:
        """True where nothing is said after the last pause."""
        return not self.text or _PAUSE.match(self.text[-1]) is not None


class Topic(NamedTuple):
    """What the text is about at some place."""

    subject: Subject
    measures: tuple[str, ...]
    amount: str | None
    item: str | None

    def varied(self, ending: str) -> list[str]:
        """The measures of its `change`, `change_pct` or share (`pct`)."""
        return [f"{measure.removesuffix('_total')}_{ending}" for measure in self.measures]


class Topics:
    """The subjects that a passage may name. `plain` is its text in compatibility forms, offset for offset."""

    def __init__(self, passage: Passage, year: str | None) -> None:
        self.printed = passage.text
        self.plain = fold_each(passage.text)
        self.year = year
        self.subjects = [s for s in phrases().subjects if passage.section in s.sections]

    def named(self, lead: Lead, unit: str, head: Topic | None, after: str = "") -> Topic | None:
        """What the words at the end of `lead` name; of several phrases the longest counts.

        `head` is the last subject with parts of its own, `after` the text behind the figure.
        """
        best: tuple[int, Subject, re.Match[str]] | None = None
        for subject in self.subjects:
            match = subject.pattern.search(lead.text) if subject.unit == unit and _fits(subject, head) else None
            if match is None or (subject.unless and subject.unless.search(lead.text[: match.start()])):
                continue
            if subject.after and not subject.after.search(after):
                continue
            if best is None or match.start() < best[0]:
                best = match.start(), subject, match
        if best is None or (unit == "yuan" and self._of_another_year(lead.text, best[0])):
            return None
        return self._topic(best[1], best[2], lead.start, head)

    def _of_another_year(self, lead: str, start: int) -> bool:
        """True where the clause that names a subject at `start` gives another year than the fiscal year.

        The year that it is compared with (与上年相比，…) is no year of the figure.
        """
        clause = max(lead.rfind(mark, 0, start) for mark in ";。\n")
        years = _YEAR.findall(phrases().compared_with.sub("", lead[clause + 1 :]))
        return (bool(years) and self.year not in years) or _YEAR_BEFORE.search(lead, clause + 1, start) is not None

    def _topic(self, subject: Subject, match: re.Match[str], offset: int, head: Topic | None) -> Topic:
        item = None
        if "item" in match.groupdict():
            printed = self.printed[offset + match.start("item") : offset + match.end("item")]
            item = strip_numbering(printed).removesuffix(subject.item_ending) + subject.item_ending
        if subject.measures == ("@head",) and head:
            return Topic(subject, head.measures, head.amount, item)
        return Topic(subject, subject.measures, subject.amount, item)


def _fits(subject: Subject, head: Topic | None) -> bool:
    """True where `subject` may be named after `head`: a part only of its whole."""
    if not subject.within:
        return True
    if head is None:
        return subject.measures != ("@head",)
    return not subject.within.isdisjoint(head.measures)
