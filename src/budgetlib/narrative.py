"""Pages → `statements`: one record per figure stated in the narrative part.

A figure is understood from the words before it (`phrases/figures.toml`): they name what it is, or
say that it is a change, a share or the money of what was named before. What no phrase knows is left out.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from budgetlib.money import FACTORS
from budgetlib.pages import Page
from budgetlib.phrases import Subject, phrases
from budgetlib.prose import Passage, read_passages
from budgetlib.text import fold, label

UNITS = {"%": "percent", "平方米": "m2", "㎡": "m2"} | dict.fromkeys(FACTORS, "yuan")
_REACH = 110
"""How many characters before a figure may say what it is."""
_YEAR = re.compile(r"(20\d\d)年")
_BUDGET_YEAR = re.compile(r"(?<![比较与同和至])\s?(20\d\d)\s?年")
_PAUSE = re.compile(r"[,;。:()、\n]")
_SENTENCE_END = re.compile(r"。(?!\))|(?<![,;:、])\n")
_PUNCTUATION = "。；，、：;,.:!！ \n"


def read_statements(pages: Sequence[Page]) -> list[dict[str, Any]]:
    """The figures of the narrative part as records of the table `statements`, without `document_id`.

    `value` is an exact `Decimal`, signed, in `value_unit` (money in yuan). A figure that a section
    states twice is one record. Pages without a narrative part give an empty list.
    """
    year = _fiscal_year(pages)
    records: dict[tuple[Any, ...], dict[str, Any]] = {}
    for passage in read_passages(pages):
        for record in _Reading(passage, year).records():
            key = record["section"], record["measure"], record["item"], record["value"]
            first = records.setdefault(key, record)
            first["reason"] = first["reason"] or record["reason"]
    return list(records.values())


def _fiscal_year(pages: Sequence[Page]) -> str | None:
    """The year that lines about a budget name most often, comparisons with another year aside."""
    lines = (line.text for page in pages for line in page.lines if "预算" in line.text)
    years = Counter(year for line in lines for year in _BUDGET_YEAR.findall(line))
    return max(years, key=lambda year: (years[year], year), default=None)


def _closed(text: str) -> bool:
    """True where `text` ends with a bracket that it does not open."""
    return text[-1:] in (")", "）") and len(re.findall("[)）]", text)) > len(re.findall("[(（]", text))


class _OneToOne(dict[int, int]):
    """Compatibility forms, one character for one: offsets in them are offsets in the printed text."""

    def __missing__(self, code: int) -> int:
        plain = fold(chr(code))
        keep = len(plain) != 1 or unicodedata.category(chr(code)) == "No"
        self[code] = code if keep else ord(plain)
        return self[code]


_PLAIN = _OneToOne()


class _Lead(NamedTuple):
    """The words before a figure, and where they begin and end."""

    text: str
    start: int
    end: int

    def until(self, length: int) -> _Lead:
        return _Lead(self.text[:length], self.start, self.start + length)


class _Topic(NamedTuple):
    """What the text is about at some place."""

    subject: Subject
    measures: tuple[str, ...]
    amount: str | None
    item: str | None


class _Reading:
    """One passage read from left to right.

    It knows what the text is about (`topic`), what that is a part of (`whole`), the last subject with
    parts of its own (`head`), and the changes that wait for a reason (`unexplained`).
    """

    def __init__(self, passage: Passage, year: str | None) -> None:
        self.passage = passage
        self.year = year
        self.plain = passage.text.translate(_PLAIN)
        self.stops = [0, *(match.end() for match in _SENTENCE_END.finditer(self.plain)), len(self.plain)]
        self.subjects = [s for s in phrases().subjects if passage.section in s.sections]
        self.topic: _Topic | None = None
        self.whole: _Topic | None = None
        self.head: _Topic | None = None
        self.read_until = 0
        self.unexplained: list[dict[str, Any]] = []
        self.brackets: list[tuple[int, _Topic | None, _Topic | None, list[dict[str, Any]]]] = []
        self.found: list[dict[str, Any]] = []

    def records(self) -> list[dict[str, Any]]:
        """The records of the passage, in printed order."""
        position = 0
        while match := phrases().token.search(self.plain, position):
            position = match.end()
            if match["figure"]:
                self._figure(match)
            elif match["same"]:
                self._same(match)
            elif match["reason"]:
                position = self._reason(match)
            elif match["open"]:
                self.brackets.append((position, self.topic, self.whole, self.unexplained))
            elif match["close"]:
                self._close(position)
            elif not phrases().goes_on.match(self.plain, match.start()):
                self.topic = self.whole = None
        return self.found

    def _close(self, position: int) -> None:
        """After a bracket the text is about what it was about before."""
        if self.brackets:
            opened, *before = self.brackets.pop()
            if position - opened < 2 * _REACH:
                self.topic, self.whole, self.unexplained = before

    def _figure(self, match: re.Match[str]) -> None:
        """Understand one figure from the words before it."""
        lead = self._lead(match.start())
        self.read_until = match.end()
        unit = UNITS.get(match["unit"], "count")
        value = Decimal(match["number"].replace(",", "")) * FACTORS.get(match["unit"], Decimal(1))
        topic = self.topic
        if unit in ("yuan", "percent") and (change := phrases().change.search(lead.text)):
            self._change(match, lead.until(change.start()), change["direction"] or change["reversed"], value, unit)
        elif unit == "percent":
            if topic and topic.subject.shared and phrases().share.search(lead.text):
                self._state(match, topic, [f"{m.removesuffix('_total')}_pct" for m in topic.measures], value, unit)
        elif unit == "yuan" and topic and topic.amount and phrases().amount.search(lead.text):
            self._state(match, topic, [topic.amount], value, unit)
        elif not (unit == "yuan" and phrases().previous.search(lead.text)):
            self._value(match, lead, value, unit)

    def _lead(self, end: int) -> _Lead:
        start = max(self.read_until, end - _REACH)
        return _Lead(self.plain[start:end], start, end)

    def _value(self, match: re.Match[str], lead: _Lead, value: Decimal, unit: str) -> None:
        """A figure that says how much something is; money of an unknown kind ends the topic."""
        topic = self._named(lead, unit, match.end())
        if topic is None and unit != "yuan":
            return
        if phrases().part.search(lead.text):
            self.whole = self.topic
        if topic and self.whole and not topic.subject.unless_part_of.isdisjoint(self.whole.measures):
            topic = None
        self.topic, self.unexplained = topic, []
        if topic:
            self.head = topic if topic.subject.head else self.head
            self._state(match, topic, topic.measures, value, unit)

    def _named(self, lead: _Lead, unit: str, end: int) -> _Topic | None:
        """What the words at the end of `lead` name; of several phrases the longest counts."""
        best: tuple[int, Subject, re.Match[str]] | None = None
        for subject in self.subjects:
            match = subject.pattern.search(lead.text) if subject.unit == unit and self._fits(subject) else None
            if match is None or (subject.unless and subject.unless.search(lead.text[: match.start()])):
                continue
            if subject.after and not subject.after.search(self.plain[end : end + _REACH]):
                continue
            if best is None or match.start() < best[0]:
                best = match.start(), subject, match
        if best is None or (unit == "yuan" and self._of_another_year(lead.text, best[0])):
            return None
        return self._topic(best[1], best[2], lead.start)

    def _fits(self, subject: Subject) -> bool:
        """True where `subject` may be named here: a part only of its whole."""
        if not subject.within:
            return True
        if self.head is None:
            return subject.measures != ("@head",)
        return not subject.within.isdisjoint(self.head.measures)

    def _of_another_year(self, lead: str, start: int) -> bool:
        """True where the sentence names another year than the fiscal year before a figure."""
        clause = max(lead.rfind(mark, 0, start) for mark in ";。\n")
        years = _YEAR.findall(lead, clause + 1)
        return bool(years) and self.year not in years

    def _topic(self, subject: Subject, match: re.Match[str], offset: int) -> _Topic:
        item = None
        if "item" in match.groupdict():
            printed = self.passage.text[offset + match.start("item") : offset + match.end("item")]
            item = label(printed).removesuffix(subject.item_ending) + subject.item_ending
        if subject.measures == ("@head",) and self.head:
            return _Topic(subject, self.head.measures, self.head.amount, item)
        return _Topic(subject, subject.measures, subject.amount, item)

    def _change(self, match: re.Match[str], lead: _Lead, direction: str, value: Decimal, unit: str) -> None:
        """A figure that says by how much something changed; `lead` are the words before 比上年增加."""
        self.topic = topic = self._compared(lead)
        down = direction in phrases().decrease
        if topic and not (down and value < 0):
            ending = "change" if unit == "yuan" else "change_pct"
            measures = [f"{m.removesuffix('_total')}_{ending}" for m in topic.measures]
            self.unexplained = self.unexplained + self._state(match, topic, measures, -value if down and value else value, unit)

    def _compared(self, lead: _Lead) -> _Topic | None:
        """What a comparison is about: what its words name, or else the topic or what that is a part of."""
        if lead.text and not _PAUSE.match(lead.text[-1]):
            named = self._named(lead, "yuan", lead.end)
            if named and named.subject.head:
                self.head = named
            return named if named and named.subject.compared else None
        topic = self.topic if self.topic is None or self.topic.subject.compared else self.whole
        return topic if topic and topic.subject.compared else None

    def _same(self, match: re.Match[str]) -> None:
        """与上年预算数相同: a change of nothing."""
        lead = self._lead(match.start())
        self.read_until = match.end()
        topic = self._compared(lead) if not lead.text or _PAUSE.match(lead.text[-1]) else None
        if topic and topic.subject.unit == "yuan":
            measures = [f"{m.removesuffix('_total')}_change" for m in topic.measures]
            self.unexplained = self.unexplained + self._state(match, topic, measures, Decimal(0), "yuan")

    def _reason(self, match: re.Match[str]) -> int:
        """Give the changes before it their reason; figures within a reason are no statements."""
        about = self._about(match.start())
        weak = match["reason"].startswith("主要") and "原因" not in match["reason"]
        if weak and (about or not any(record["value"] for record in self.unexplained)):
            return match.end()
        text = phrases().reason_text.match(self.plain, match.end())
        end = text.end() if text else match.end()
        reason = self.passage.text[match.end() : end].strip(_PUNCTUATION).replace("\n", "")
        if _closed(reason):
            reason = reason[:-1]
        if reason and reason != "无":
            for record in self._changes(about):
                record["reason"] = record["reason"] or reason
        self.unexplained = []
        self.read_until = end
        return end

    def _about(self, end: int) -> str:
        """The words before 的主要原因是 that say what the reason is for; empty where they only say 增加."""
        clause = _PAUSE.split(self.plain[max(self.read_until, end - _REACH) : end])[-1]
        change = phrases().change.search(clause)
        return clause[: change.start()] if change else clause

    def _changes(self, about: str) -> Iterable[dict[str, Any]]:
        if not about:
            return self.unexplained
        if not phrases().both_sides.search(about):
            return []
        sides = ("revenue_change", "expenditure_change", "appropriation_change")
        return [record for record in self.found if record["measure"].startswith(sides)]

    def _state(
        self, match: re.Match[str], topic: _Topic, measures: Iterable[str], value: Decimal, unit: str
    ) -> list[dict[str, Any]]:
        """Record a figure once for each of `measures`."""
        start = max(stop for stop in self.stops if stop <= match.start())
        end = min(stop for stop in self.stops if stop >= match.end())
        records = [
            {
                "section": self.passage.section,
                "measure": measure,
                "value": value,
                "value_unit": unit,
                "item": topic.item,
                "reason": None,
                "sentence": self.passage.text[start:end].replace("\n", ""),
                "page": self.passage.page_at(match.start()),
            }
            for measure in measures
        ]
        self.found += records
        return records
