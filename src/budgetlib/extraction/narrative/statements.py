"""One passage of the narrative part, read from left to right → its statements."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

from budgetlib.core.money import FACTORS
from budgetlib.definitions.phrases import phrases
from budgetlib.extraction.narrative.passages import Passage
from budgetlib.extraction.narrative.subjects import REACH, Lead, Topic, Topics
from budgetlib.extraction.records import StatementRecord

UNITS = {"%": "percent", "平方米": "m2", "㎡": "m2"} | dict.fromkeys(FACTORS, "yuan")
DECIMALS = 4
"""A figure with more decimals does not fit the column `value` and is left out."""
_PAUSE = re.compile(r"[,;。:()、\n]")
_SENTENCE_END = re.compile(r"。(?!\))|(?<![,;:、])\n")
_PUNCTUATION = "。；，、：;,.:!！ \n"


class _Aside(NamedTuple):
    """What the text was about when a bracket opened."""

    start: int
    topic: Topic | None
    whole: Topic | None
    unexplained: list[StatementRecord]


class _Change(NamedTuple):
    """What was just said to have changed, and whether it became less: its percentage may follow in brackets."""

    topic: Topic
    down: bool

    def signed(self, value: Decimal) -> Decimal:
        """The percentage with the sign of the change."""
        return -value if self.down and value else value


class PassageReader:
    """A passage and how far it is understood.

    `topic` is what the text is about, `whole` what that is a part of (其中), `parted` that of this sentence, `head`
    the last subject with parts of its own, `changed` the last change, `base` what it is measured from; `unexplained`
    are the changes that wait for a reason.
    `executed` are the spans of phrases that are read otherwise (`execution.py`), `taken` the offsets of what
    went into records.
    """

    def __init__(
        self, passage: Passage, year: str | None, stage: str = "budget", executed: Sequence[tuple[int, int]] = ()
    ) -> None:
        self.passage = passage
        self.stage = stage
        self.executed = executed
        self.topics = Topics(passage, year)
        self.plain = self.topics.plain
        self.stops = [0, *(match.end() for match in _SENTENCE_END.finditer(self.plain)), len(self.plain)]
        self.topic: Topic | None = None
        self.whole: Topic | None = None
        self.parted: Topic | None = None
        self.head: Topic | None = None
        self.understood = 0
        self.asides: list[_Aside] = []
        self.changed: _Change | None = None
        self.base: str | None = None
        self.unexplained: list[StatementRecord] = []
        self.statements: list[StatementRecord] = []
        self.taken: list[tuple[int, int]] = []

    def records(self) -> list[StatementRecord]:
        """The records of the passage, in printed order."""
        position = 0
        while match := phrases().token.search(self.plain, position):
            position = match.end()
            if span := next((span for span in self.executed if span[0] <= match.start() < span[1]), None):
                position = self.understood = span[1]
            elif match["figure"]:
                self._figure(match)
            elif match["same"]:
                self._same(match)
            elif match["reason"]:
                position = self._reason(match)
            elif match["open"]:
                self.asides.append(_Aside(position, self.topic, self.whole, self.unexplained))
            elif match["close"]:
                self._close(position)
            else:
                self._end(match)
        return self.statements

    def _end(self, match: re.Match[str]) -> None:
        """After a sentence the topic ends, unless the next goes on; one that compares means the whole of 其中 in it."""
        on = phrases().goes_on.match(self.plain, match.start())
        if on is None:
            self.topic = self.whole = None
        elif on["compared"] and self.parted:
            self.topic = self.parted
        self.parted = self.base = None

    def _close(self, position: int) -> None:
        """After a bracket the text is about what it was about before."""
        if self.asides:
            aside = self.asides.pop()
            if position - aside.start < 2 * REACH:
                self.topic, self.whole, self.unexplained = aside.topic, aside.whole, aside.unexplained

    def _figure(self, match: re.Match[str]) -> None:
        """Understand one figure from the words before it."""
        lead = self._lead(match.start())
        self.understood = match.end()
        unit = UNITS.get(match["unit"], "count")
        value = Decimal(match["number"].replace(",", "")) * FACTORS.get(match["unit"], Decimal(1))
        topic, words = self.topic, phrases()
        if value != round(value, DECIMALS):
            self.topic = None
        elif unit in ("yuan", "percent") and (change := words.change.search(lead.text)):
            self._change(match, lead._replace(text=lead.text[: change.start()]), change, value, unit)
        elif unit == "percent" and lead.text == "(" and self.changed:
            self._state(
                match, self.changed.topic, self.changed.topic.varied("change_pct"), self.changed.signed(value), unit
            )
        elif unit == "percent":
            if topic and topic.subject.shared and words.share.search(lead.text):
                self._state(match, topic, topic.varied("pct"), value, unit)
        elif unit == "yuan" and topic and topic.amount and words.amount.search(lead.text):
            self._state(match, topic, [topic.amount], value, unit)
        elif (
            unit == "yuan" and topic and (again := words.again.search(lead.text)) and again["year"] == self.topics.year
        ):
            self._state(match, topic, topic.measures, value, unit)
        elif not (unit == "yuan" and words.previous.search(lead.text)):
            self._value(match, lead, value, unit)

    def _lead(self, end: int) -> Lead:
        start = max(self.understood, end - REACH)
        return Lead(self.plain[start:end], start)

    def _value(self, match: re.Match[str], lead: Lead, value: Decimal, unit: str) -> None:
        """A figure that says how much something is; money of an unknown kind ends the topic."""
        topic = self.topics.named(lead, unit, self.head, self.plain[match.end() :])
        if topic is None and unit != "yuan":
            return
        if phrases().part.search(lead.text):
            self.whole = self.topic
            self.parted = None if "。" in lead.text else self.topic
        if topic and self.whole and not topic.subject.unless_part_of.isdisjoint(self.whole.measures):
            topic = None
        if topic and topic.item is None and self.whole and self.whole.measures == ("function",):
            topic = topic._replace(item=self.whole.item)
        self.topic, self.unexplained, self.changed, self.base = topic, [], None, None
        if topic:
            self.head = topic if topic.subject.head else self.head
            self._state(match, topic, topic.measures, value, unit)

    def _change(self, match: re.Match[str], lead: Lead, change: re.Match[str], value: Decimal, unit: str) -> None:
        """A figure that says by how much something changed; `lead` are the words before 比上年增加."""
        self.topic = self._compared(lead)
        if compared := change["compared"] or change["year_before"]:
            self.base = _base(compared)
        down = (change["direction"] or change["reversed"]) in phrases().decrease
        if self.topic and not (down and value < 0):
            measures = self.topic.varied("change" if unit == "yuan" else "change_pct")
            self.changed = _Change(self.topic, down) if unit == "yuan" else None
            signed = -value if down and value else value
            self.unexplained = self.unexplained + self._state(match, self.topic, measures, signed, unit)

    def _compared(self, lead: Lead) -> Topic | None:
        """What a comparison is about: what its words name, or else the topic or what that is a part of."""
        if lead.ended:
            topic = self.topic if self.topic is None or self.topic.subject.compared else self.whole
        else:
            topic = self.topics.named(lead, "yuan", self.head)
            self.head = topic if topic and topic.subject.head else self.head
        return topic if topic and topic.subject.compared else None

    def _same(self, match: re.Match[str]) -> None:
        """与上年预算数相同: a change of nothing."""
        lead = self._lead(match.start())
        self.understood, self.base = match.end(), _base(match["same"])
        topic = self._compared(lead) if lead.ended else None
        if topic and topic.subject.unit == "yuan":
            self.unexplained = self.unexplained + self._state(match, topic, topic.varied("change"), Decimal(0), "yuan")

    def _reason(self, match: re.Match[str]) -> int:
        """Give the changes before it their reason; figures within a reason are no statements."""
        about = self._about(match.start())
        weak = "原因" not in match["reason"]
        if weak and (about or not any(record["value"] for record in self.unexplained)):
            return match.end()
        text = phrases().reason_text.match(self.plain, match.end())
        end = text.end() if text else match.end()
        reason = _trimmed(self.passage.text[match.end() : end])
        for record in self._changes(about) if reason else ():
            record["reason"] = record["reason"] or reason
            self.taken.append((match.end(), end))
        self.unexplained = []
        self.understood = end
        return end

    def _about(self, end: int) -> str:
        """The words before 的主要原因是 that say what the reason is for; empty where they only say 增加."""
        clause = _PAUSE.split(self.plain[max(self.understood, end - REACH) : end])[-1]
        change = phrases().change.search(clause)
        return clause[: change.start()] if change else clause

    def _changes(self, about: str) -> Iterable[StatementRecord]:
        if not about:
            return self.unexplained
        if not phrases().both_sides.search(about):
            return []
        sides = ("revenue_change", "expenditure_change", "appropriation_change")
        return [record for record in self.statements if record["measure"].startswith(sides)]

    def _state(
        self, match: re.Match[str], topic: Topic, measures: Iterable[str], value: Decimal, unit: str
    ) -> list[StatementRecord]:
        """Record a figure once for each of `measures`."""
        start = self.stops[bisect_right(self.stops, match.start()) - 1]
        end = self.stops[bisect_left(self.stops, match.end())]
        where = self.passage.where(match.start())
        records: list[StatementRecord] = [
            {
                "section": self.passage.section,
                "heading": self.passage.printed_heading,
                "unit": self.passage.unit,
                "measure": measure,
                "stage": self.stage,
                "value": value,
                "value_unit": unit,
                "item": topic.item,
                "reason": None,
                "base": self.base if "_change" in measure else None,
                "sentence": self.passage.text[start:end].replace("\n", ""),
                "page": where.page,
                "place": where.place,
            }
            for measure in measures
        ]
        self.statements += records
        self.taken.append((match.start(), match.end()))
        return records


def _base(compared: str) -> str | None:
    """Which figure of the year before the words of a comparison name.

    >>> _base("比上年执行数"), _base("较2025年年初预算"), _base("比上年")
    ('execution', 'budget', None)
    """
    named = phrases().base.match(compared)
    return named.lastgroup if named else None


def _trimmed(reason: str) -> str | None:
    """A reason without punctuation at its ends; None where it says nothing."""
    text = reason.strip(_PUNCTUATION).replace("\n", "")
    if text.endswith((")", "）")) and len(re.findall("[)）]", text)) > len(re.findall("[(（]", text)):
        text = text[:-1]
    return None if text in ("", "无") else text
