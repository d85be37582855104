"""Classification codes and their names (政府收支分类科目), as data.

`names.csv` holds pairs as disclosures of 2017 to 2026 print them: expenditure by function (支出功能分类, classes
201–234), departmental economic items (部门预算支出经济分类, 301–399) and governmental ones (政府预算支出经济分类,
501–599). A code bears more than one name where its name was changed. The list is not complete. `reforms.toml` holds
what regulations changed.

In: `names.csv`, `reforms.toml`. Out: what a code is called, and what it was called before.
Must not know: pages, forms.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from functools import cache
from importlib.resources import files
from operator import ne
from typing import NamedTuple

from budgetlib.core.text import squeeze
from budgetlib.definitions.toml import load

_ONE_IN = 5
"""So many characters of a name may hold one that was misread."""


class Recoding(NamedTuple):
    """What a regulation made of one item from `year` on: code and name `was` and `now`; a new item was nothing."""

    year: int
    regulation: dict[str, str]
    was: tuple[str, str] | None
    now: tuple[str, str]


@cache
def recodings() -> tuple[Recoding, ...]:
    """All changes of `reforms.toml`, the earliest first."""
    return tuple(
        Recoding(
            reform["year"],
            {language: reform[language] for language in ("zh", "en")},
            tuple(change["was"]) if "was" in change else None,
            tuple(change["now"]),
        )
        for reform in load("reforms.toml", __package__)["reform"]
        for change in reform["changes"]
    )


@cache
def _names() -> dict[str, list[str]]:
    names: dict[str, list[str]] = defaultdict(list)
    for row in csv.DictReader((files(__package__) / "names.csv").read_text(encoding="utf-8").splitlines()):
        names[row["code"]].append(row["name"])
    return dict(names)


def name_meant(code: str, recognised: str) -> str | None:
    """The name of `code` that was printed where `recognised` was recognised in a picture; None where nothing proves it.

    A name of the same length counts, with at most one character in five another, and one in a short name.

    >>> name_meant("2010302", "一般行政管埋事务"), name_meant("2010302", "管理事务"), name_meant("2010301", "行政运行")
    ('一般行政管理事务', None, None)
    """
    key = squeeze(recognised)
    known = {squeeze(name): name for name in _names().get(code, ())}
    if key in known:
        return None
    as_long = {other: name for other, name in known.items() if len(other) == len(key)}
    most = max(1, len(key) // _ONE_IN)
    near = [name for other, name in as_long.items() if sum(map(ne, other, key)) <= most]
    return near[0] if len(near) == 1 else None
