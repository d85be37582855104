"""How many people a disclosure says there are, by the words of `staff.toml`."""

from __future__ import annotations

import re
from functools import cache

from budgetlib.core.text import squeeze
from budgetlib.definitions.toml import load


def people(sentence: str) -> int | None:
    """The number of people that a sentence states; None where it states none.

    >>> people("截止2021年底，实有人员582人，其中行政143人。"), people("人员编制618人")
    (582, None)
    """
    match = _words().search(squeeze(sentence))
    return int(match["people"]) if match else None


@cache
def _words() -> re.Pattern[str]:
    return re.compile(load("staff.toml", __package__)["staff"])
