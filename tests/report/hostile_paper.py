"""A disclosure whose projects are called what would do harm if it were more than text."""

from __future__ import annotations

from dataclasses import replace

from tests.typesetting import typeset
from tests.typesetting.disclosure import FACTS, Row, read_facts

EXAMPLE = "示例市示例局"
HOSTILE = (
    "<script>document.title='taken'</script>",
    "=cmd()",
    "../../x",
    "[链接](javascript:document.title='taken')",
    "</script><img src=x onerror=document.title='taken'>",
    "长" * 300,
)


def hostile_paper() -> bytes:
    """The sample's budget for 2026 as a PDF, its first projects called `HOSTILE`."""
    sound = read_facts(FACTS / f"{EXAMPLE}-2026.toml")
    rows = list(sound.rows("projects"))
    named = [number for number, row in enumerate(rows) if row.unit and row.item not in (row.unit, EXAMPLE)]
    for number, name in zip(named, HOSTILE, strict=False):
        rows[number] = replace(rows[number], item=name)
    spoiled = replace(sound, forms={**sound.forms, ("projects", "expenditure"): tuple[Row, ...](rows)})
    return typeset(spoiled)
