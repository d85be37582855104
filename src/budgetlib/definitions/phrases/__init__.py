"""The set phrases of the narrative part (情况说明) as data: how sections are headed, how figures are stated.

A new wording is a new line of TOML; nothing here knows a page.

In: the TOML files of this folder. Out: compiled phrases.
Must not know: pages, what any document says.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from budgetlib.definitions.toml import load, patterns


@dataclass(frozen=True)
class Headings:
    """How the sections of the narrative part are headed."""

    unless: re.Pattern[str]
    unnumbered: re.Pattern[str]
    table: re.Pattern[str]
    ending: re.Pattern[str]
    unit: re.Pattern[str]
    of_a_unit: re.Pattern[str]
    sections: tuple[tuple[re.Pattern[str], int | None], ...]

    def find(self, words: str) -> tuple[int | None, bool]:
        """The section that `words` (squeezed, without numbering) open, and whether they lead out of the narrative.

        >>> headings().find("一般公共预算基本支出情况说明"), headings().find("名词解释")
        ((6, False), (None, True))
        >>> headings().find("总体工作情况")
        (None, False)
        """
        if not self.unless.search(words):
            for pattern, section in self.sections:
                if pattern.search(words):
                    return section, section is None
        return None, False


@dataclass(frozen=True)
class Subject:
    """What a figure may be about.

    `pattern` ends where the figure begins, `after` is what must follow it. `measures` are what the
    figure is then; `("@head",)` are those of the head it belongs to, none means known but not stated.
    `compared` and `shared` say whether changes and shares are stated of it; `amount` is the measure of
    the money named after a count. A `head` has parts; a part is one `within` certain heads only, or
    is none after 其中 where the whole is one of `unless_part_of`.
    """

    sections: frozenset[int]
    pattern: re.Pattern[str]
    measures: tuple[str, ...]
    unit: str = "yuan"
    unless: re.Pattern[str] | None = None
    after: re.Pattern[str] | None = None
    item_ending: str = ""
    amount: str | None = None
    within: frozenset[str] = frozenset()
    unless_part_of: frozenset[str] = frozenset()
    head: bool = False
    compared: bool = True
    shared: bool = False


@dataclass(frozen=True)
class Phrases:
    """How figures are stated: what may be counted, compared and explained, and in which words."""

    subjects: tuple[Subject, ...]
    token: re.Pattern[str]
    change: re.Pattern[str]
    base: re.Pattern[str]
    previous: re.Pattern[str]
    compared_with: re.Pattern[str]
    goes_on: re.Pattern[str]
    again: re.Pattern[str]
    amount: re.Pattern[str]
    share: re.Pattern[str]
    part: re.Pattern[str]
    reason_text: re.Pattern[str]
    both_sides: re.Pattern[str]
    decrease: frozenset[str]


@dataclass(frozen=True)
class ExecutionSubject:
    """What a plan or an outcome may be about: its words and its measure."""

    words: re.Pattern[str]
    measure: str


@dataclass(frozen=True)
class ExecutionPhrases:
    """How final accounts set an outcome against its plan, and why they differ."""

    executed: re.Pattern[str]
    reason: re.Pattern[str]
    subjects: tuple[ExecutionSubject, ...]


@cache
def execution_phrases() -> ExecutionPhrases:
    """The phrases of final accounts, from `execution.toml`."""
    data = patterns(load("execution.toml", __package__))
    subjects = tuple(ExecutionSubject(_pattern(rule["words"]), rule["measure"]) for rule in data.pop("subject"))
    return ExecutionPhrases(subjects=subjects, **data)


@cache
def headings() -> Headings:
    """The headings, from `headings.toml`."""
    data = patterns(load("headings.toml", __package__))
    sections = tuple((_pattern(rule["words"]), rule.get("section")) for rule in data.pop("heading"))
    return Headings(sections=sections, **data)


def _pattern(words: str) -> re.Pattern[str]:
    """A pattern of the data; line breaks in it only make it readable."""
    return re.compile(words.replace("\n", ""))


@cache
def phrases() -> Phrases:
    """The phrases around figures, from `figures.toml`."""
    data = load("figures.toml", __package__)
    subjects = data.pop("subject")
    data = {name: pattern.replace("\n", "") for name, pattern in data.items()}
    words = f"(?:{data['last_year_words']})*"
    last_year = rf"(?:{data['year_before']}|20\d\d年){words}"
    compared = f"{data['comparison']}{last_year}"
    direction = f"(?P<direction>{data['increase']}|{data['decrease']})(?:了|额|数|率|幅度)?(?:为|达)?"
    same = f"{compared}(?:{data['same']})|等于{last_year}"
    return Phrases(
        subjects=tuple(_subject(rule, data["link"]) for rule in subjects),
        token=re.compile(
            f"(?P<figure>{data['figure']})|(?P<same>{same})|(?P<reason>{data['reason']})"
            r"|(?P<open>\()|(?P<close>\))|(?P<end>。(?!\))|\n)"
        ),
        change=re.compile(
            rf"(?:(?P<compared>{compared})?{data['each']}{direction}|(?P<year_before>{data['reversed']}{last_year}))\Z"
        ),
        previous=re.compile(rf"(?:{compared}|(?:{data['year_before']}){words}|{data['executed_before']})为?\Z"),
        compared_with=re.compile(rf"{compared}(?:(?<=相比)|(?<=比较)|(?<=对比)),"),
        goes_on=re.compile(rf"[。\n]*(?:{data['part']}|{data['goes_on']}|(?P<compared>{compared}))"),
        both_sides=re.compile(data["both_sides"]),
        decrease=frozenset(data["decrease"].split("|")),
        **{name: re.compile(data[name]) for name in ("again", "amount", "base", "share", "part", "reason_text")},
    )


def _subject(rule: dict[str, Any], link: str) -> Subject:
    kinds: dict[str, Callable[[Any], Any]] = {"measures": tuple, "unless": _pattern, "after": _pattern}
    kinds |= dict.fromkeys(("sections", "within", "unless_part_of"), frozenset)
    words = rule.pop("words")
    about = {name: kinds[name](value) if name in kinds else value for name, value in rule.items()}
    return Subject(pattern=_pattern(f"(?:{words})(?:{link})*\\Z"), **about)
