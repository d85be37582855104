"""The statutory forms as data: titles, header words → measures, how rows nest. One TOML file each.

A new wording is a new line of TOML; nothing here knows how a table is drawn.

In: the TOML files of this folder. Out: forms, by name, title or header.
Must not know: pages, what any document says.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from math import inf
from typing import Any

from budgetlib.definitions.toml import load

ROLES = (
    "class",
    "section",
    "item_code",
    "code",
    "gov_code",
    "item",
    "gov_item",
    "economic",
    "unit_code",
    "unit",
    "project",
    "year",
    "skip",
)
_HEADERS, _TITLE_PARTS = "headers.toml", "titles.toml"
STAGES = ("budget", "adjusted_budget", "final")
ROWS = ("codes", "groups", "summary", "units", "projects", "flat")


@dataclass(frozen=True)
class Header:
    """Header words and the role or measure of a column under them."""

    pattern: re.Pattern[str]
    role: str | None
    measure: str | None


@dataclass(frozen=True)
class Form:
    """One statutory form.

    `side` is `revenue`, `expenditure` or `panels` (halves side by side, each with its own);
    `rows` says how totals, subtotals and leaves are told apart; `reference` is the regulation. `stage` is what its
    figures are where no header says otherwise, one of `STAGES`.
    """

    name: str
    label_zh: str
    label_en: str
    reference: str
    side: str
    rows: str
    titles: tuple[re.Pattern[str], ...]
    unless: tuple[re.Pattern[str], ...] = ()
    headers: tuple[Header, ...] = ()
    number: int | None = None
    stage: str = "budget"
    headed: re.Pattern[str] | None = None
    """The headers, one after the other, by which the form is known where no title stands above it."""

    @property
    def document_kind(self) -> str:
        """In which kind of document it is printed."""
        return "final_accounts" if self.stage == "final" else "budget"

    def titled(self, line: str) -> int:
        """How many characters at the end of `line` (squeezed, without label and year) are a title of this form."""
        longest = max((len(match[0]) for title in self.titles if (match := title.search(line))), default=0)
        return 0 if longest and any(word.search(line) for word in self.unless) else longest

    def column(self, header: str) -> Header | None:
        """What the column under `header` (joined by `>`) is; None where no rule knows it."""
        for rule in (*self.headers, *_shared_headers()):
            if rule.pattern.search(header):
                return rule
        return None


def _header(rule: dict[str, Any]) -> Header:
    role, measure = rule.get("role"), rule.get("measure")
    if (role is None) == (measure is None) or (role is not None and role not in ROLES):
        raise ValueError(f"header rule {rule}: give one of role ({', '.join(ROLES)}) and measure")
    return Header(re.compile(rule["pattern"]), role, measure)


@cache
def _shared() -> dict[str, Any]:
    return load(_HEADERS, __package__)


@cache
def _shared_headers() -> tuple[Header, ...]:
    return tuple(_header(rule) for rule in _shared()["header"])


def panel_measure(header: str, before: str = "", taken: Collection[str] = ()) -> str | None:
    """The measure that stands for `total` in a panel whose label column is under `header`; None for the usual.

    `before` are the headers of the panels before it, `taken` the measures that these have.
    """
    for panel in _shared()["panel"]:
        fits = re.search(panel["pattern"], header) and re.search(panel.get("after", ""), before)
        if fits and panel["measure"] not in taken:
            return str(panel["measure"])
    return None


def stage_of(words: str) -> tuple[str, str] | None:
    """The stage that the words of a header or label name, and these words without it; None where they name none.

    An empty stage is one that the words leave open.

    >>> stage_of("公务接待费>决算数"), stage_of("预算数>合计"), stage_of("公务接待费")
    (('final', '公务接待费'), ('', '>合计'), None)
    """
    for rule in _shared()["stage"]:
        if match := re.search(rule["pattern"], words):
            return rule["stage"], words[: match.start()] + words[match.end() :]
    return None


@cache
def _title_parts() -> dict[str, str]:
    """What stands for a name in braces in a title."""
    return load(_TITLE_PARTS, __package__)


def _title(pattern: str) -> re.Pattern[str]:
    """A title as a regular expression that ends where the line ends."""
    for name, part in _title_parts().items():
        pattern = pattern.replace(f"{{{name}}}", part)
    return re.compile(f"(?:{pattern})$")


def _form(data: dict[str, Any]) -> Form:
    if data["rows"] not in ROWS:
        raise ValueError(f"form {data['name']}: rows is {data['rows']!r}; allowed: {', '.join(ROWS)}")
    compiled = {
        "titles": tuple(map(_title, data["titles"])),
        "unless": tuple(map(re.compile, data.get("unless", ()))),
        "headers": tuple(map(_header, data.pop("header", ()))),
        "headed": re.compile(data["headed"]) if "headed" in data else None,
    }
    return Form(**data | compiled)


@lru_cache
def form_titled(line: str) -> Form | None:
    """The form with the longest title at the end of `line` (squeezed, without label and year)."""
    best = max(forms().values(), key=lambda form: form.titled(line))
    return best if best.titled(line) else None


def form_headed(headers: Sequence[str]) -> Form | None:
    """The form that is known by its `headers` alone: by their words, and a rule of it knows every one."""
    for form in forms().values():
        if form.headed and form.headed.search(" ".join(headers)) and all(map(form.column, headers)):
            return form
    return None


@cache
def forms() -> dict[str, Form]:
    """All forms by name, Shanxi's thirteen first in their printed order."""
    unsorted = [
        _form(load(file.name, __package__))
        for file in files(__package__).iterdir()
        if file.name.endswith(".toml") and file.name not in (_HEADERS, _TITLE_PARTS)
    ]
    return {form.name: form for form in sorted(unsorted, key=lambda form: (form.number or inf, form.name))}
