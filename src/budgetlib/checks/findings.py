"""What a check finds: a state, two figures, the places they are printed at, and a sentence in both languages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from typing import Any

from budgetlib.checks.budget import Budget
from budgetlib.checks.figures import Figure, Place
from budgetlib.checks.rules import Rule
from budgetlib.definitions.amounts import exact
from budgetlib.definitions.forms import forms
from budgetlib.definitions.measures import measure_name
from budgetlib.definitions.toml import load
from budgetlib.tables.locators import SENTENCE

LANGUAGES = ("zh", "en")
_NAMED_PLACES = 3  # more in one sentence are not read
_PLACES = Decimal("0.0001")


@dataclass(frozen=True)
class Finding:
    """The outcome of one rule at one place.

    `published` and `expected` are yuan, percent or counts; None where nothing could be compared. `place` is where
    `published` stands, `places` all places that are tied together. `zh` and `en` say what does not hold; `explanation`
    is the sentence of the document that says why.
    """

    rule: Rule
    document_id: str
    state: str
    place: Place | None = None
    published: Decimal | None = None
    expected: Decimal | None = None
    tolerance: Decimal | None = None
    places: tuple[Place, ...] = ()
    zh: str = ""
    en: str = ""
    explanation: str | None = None
    follows_from: Place | None = None
    """Of a failure that is another one's consequence: where that is."""

    @property
    def gap(self) -> Decimal | None:
        """`published` less `expected`."""
        return None if self.published is None or self.expected is None else self.published - self.expected

    def record(self) -> dict[str, Any]:
        """The row of the table `checks`."""
        differs = self.state in ("fail", "explained")
        locators = (place.locator.within(self.document_id) for place in self.places if place.is_within)
        return {
            "document_id": self.document_id,
            "check": self.rule.name,
            "severity": self.rule.severity,
            "state": self.state,
            "form": self.place.form if self.place else None,
            "row": self.place.row if self.place else None,
            "page": self.place.page if self.place else None,
            "expected": _stored(self.expected),
            "published": _stored(self.published),
            "difference": _stored(self.gap),
            "tolerance": _stored(self.tolerance),
            "message_zh": self._message(self.zh, "zh"),
            "message_en": self._message(self.en, "en"),
            "places": " ".join(dict.fromkeys(locators)) if differs else None,
            "explanation": self.explanation,
            "follows_from": self.follows_from.locator.within(self.document_id) if self.follows_from else None,
        }

    def _message(self, differs: str, language: str) -> str:
        """What `differs`; of an identity that holds, or was not tested, that it was not found to fail."""
        if self.state in ("fail", "explained"):
            return differs
        return _template(self.state, language).format(reason=getattr(self.rule, language))


def _stored(value: Decimal | None) -> Decimal | None:
    return None if value is None else value.quantize(_PLACES)


Test = Callable[[Rule, Budget], Iterator[Finding]]


def agree(rule: Rule, published: Figure, expected: Figure) -> bool:
    """Whether they are equal (or, for `at_most`, the first not above) within what rounding may have moved both."""
    slack, gap = published.slack + expected.slack, published.value - expected.value
    return gap <= slack if rule.test == "at_most" else abs(gap) <= slack


def compared(
    rule: Rule, document_id: str, published: Figure, expected: Figure, unit: str = "yuan", wording: str = "equal"
) -> Finding:
    """`published` against `expected`: whether they `agree`."""
    slack, gap = published.slack + expected.slack, published.value - expected.value
    failed = not agree(rule, published, expected)
    tied = published.places + expected.places
    zh = en = ""
    if failed:
        amounts = {"published": published.value, "expected": expected.value, "difference": abs(gap), "tolerance": slack}
        words = {
            name: {language: _quantity(value, unit, language) for language in LANGUAGES}
            for name, value in amounts.items()
        }
        zh, en = _sentences(rule, wording, published.places[:1], expected.places, words)
    if failed and any(place.pictured for place in tied):
        zh, en = zh + _template("pictured", "zh"), en + _template("pictured", "en")
    place, state = published.places[0] if published.places else None, "fail" if failed else "pass"
    return Finding(rule, document_id, state, place, published.value, expected.value, slack, tied, zh, en)


def explained(finding: Finding, sentence: str) -> Finding:
    """A failure for which the document itself gives the reason."""
    zh, en = (_template("explained", language).format(sentence=sentence) for language in LANGUAGES)
    return replace(finding, state="explained", zh=finding.zh + zh, en=finding.en + en, explanation=sentence)


def with_consequences(finding: Finding, others: Sequence[Finding]) -> Finding:
    """A failure and what follows from it: its places are tied in and named."""
    if not others:
        return finding
    heads = tuple(other.place for other in others if other.place)
    zh, en = (_template("folded", language).format(others=described(heads, language)) for language in LANGUAGES)
    return replace(finding, zh=finding.zh + zh, en=finding.en + en, places=finding.places + heads)


def best(tested: Sequence[Finding]) -> Finding:
    """Of one figure compared with several readings: one that holds, else the nearest, tied to the places of all."""
    if passed := next((finding for finding in tested if finding.state == "pass"), None):
        return passed
    nearest = min(tested, key=lambda finding: abs(finding.gap or Decimal(0)))
    return replace(nearest, places=tuple(place for finding in tested for place in finding.places))


def passed(findings: Iterable[Finding]) -> int:
    """How many hold."""
    return sum(finding.state == "pass" for finding in findings)


def failure(rule: Rule, document_id: str, places: Iterable[Place], wording: str, **words: Any) -> Finding:
    """A failure that is not about two amounts: `wording` is filled with `words` and the first place."""
    tied = tuple(places)
    zh, en = _sentences(rule, wording, tied[:1], tied[1:], words)
    return Finding(rule, document_id, "fail", tied[0] if tied else None, places=tied, zh=zh, en=en)


def holding(rule: Rule, document_id: str, places: Iterable[Place] = ()) -> Finding:
    """A rule that holds and is not about two amounts."""
    tied = tuple(places)
    return Finding(rule, document_id, "pass", tied[0] if tied else None)


def judged(
    rule: Rule, document_id: str, places: Iterable[Place], holds: object, wording: str = "asked", **words: Any
) -> Finding:
    """Whether a rule that is not about two amounts `holds`: `holding`, else a `failure`."""
    return holding(rule, document_id, places) if holds else failure(rule, document_id, places, wording, **words)


def untested(rule: Rule, document_id: str, state: str) -> Finding:
    """A rule that was not tested: `not_applicable`, or `insufficient_data`."""
    return Finding(rule, document_id, state)


def described(places: Iterable[Place], language: str) -> str:
    """Places in words; of many the first few and how many more."""
    texts = list(dict.fromkeys(_place(place, language) for place in places))
    more = len(texts) - _NAMED_PLACES
    listed = _template("join", language).join(texts[:_NAMED_PLACES])
    return listed + _template("more", language).format(count=more) if more > 0 else listed


def _place(place: Place, language: str) -> str:
    about = {"item": place.item or "", "measure": _measure_of(place, language), "page": place.page or ""}
    if place.form:
        known = forms().get(place.form)
        label = place.form if known is None else known.label_zh if language == "zh" else known.label_en
        kind = "row" if place.row else "form"
        text = _template(kind, language).format(form=label, row=place.row, **about)
    elif place.section:
        kind = "about" if not place.measure else "statement_of" if place.item else "statement"
        headed = "headed" if place.heading else "numbered"
        section = _template(headed, language).format(heading=place.heading, section=place.section)
        text = _template(kind, language).format(section=section, **about)
    elif place.table:
        text = _template("sentence" if place.table.kind == SENTENCE else "table", language).format(**about)
    else:
        text = _template("document", language)
    return text + (_template("page", language).format(**about) if place.page else "")


def _measure_of(place: Place, language: str) -> str:
    return measure_name(place.measure, "lines" if place.form else "statements", language) if place.measure else ""


def _quantity(value: Decimal, unit: str, language: str) -> str:
    if unit == "yuan":
        return exact(value, language)
    if unit == "percent":
        return f"{value.quantize(Decimal('0.01')):f}{_template('unit_percent', language)}"
    return f"{value:.0f}"


def _sentences(
    rule: Rule, wording: str, where: Sequence[Place], others: Sequence[Place], words: Mapping[str, Any]
) -> list[str]:
    """A `wording` in each of `LANGUAGES`; a value among `words` may differ between them."""
    texts = [
        _template(wording, language).format(
            where=described(where, language),
            others=described(others, language),
            reason=getattr(rule, language),
            **{name: value[language] if isinstance(value, dict) else value for name, value in words.items()},
        )
        for language in LANGUAGES
    ]
    return [text[:1].upper() + text[1:] for text in texts]


def _template(name: str, language: str) -> str:
    return _messages()[name][language]


@cache
def _messages() -> dict[str, dict[str, str]]:
    return load("messages.toml", __package__)
