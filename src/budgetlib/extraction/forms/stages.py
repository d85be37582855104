"""What 预算数 means where final accounts leave it open: the budget as approved, or as changed in the year."""

from __future__ import annotations

import re
from collections.abc import Sequence

from budgetlib.core.text import squeeze
from budgetlib.definitions.forms import stage_of
from budgetlib.extraction.records import LineRecord, StatementRecord
from budgetlib.pages.model import Page

_NOTE = re.compile(r"预算数[^。；;]*?(?:为|是|指|反映)(?P<meaning>[^。；;]*)")


def settle_stages(lines: Sequence[LineRecord], statements: Sequence[StatementRecord], pages: Sequence[Page]) -> None:
    """Set the stage of lines that leave it open: as a note on their page says, else as a stated total does.

    A stated total settles it where the narrative part gives the form's total as a plan of one stage alone.
    """
    open_lines = [line for line in lines if line["stage"] is None]
    for form in {line["form"] for line in open_lines}:
        of_form = [line for line in open_lines if line["form"] == form]
        stage = _noted(of_form, pages) or _stated(of_form, statements)
        for line in of_form if stage else ():
            line["stage"] = stage


def _noted(lines: Sequence[LineRecord], pages: Sequence[Page]) -> str | None:
    numbers = {line["page"] for line in lines}
    text = "".join(squeeze(line.text) for page in pages if page.number in numbers for line in page.lines)
    stages = [stage_of(note["meaning"]) for note in _NOTE.finditer(text)]
    return next((stage[0] for stage in stages if stage and stage[0]), None)


def _stated(lines: Sequence[LineRecord], statements: Sequence[StatementRecord]) -> str | None:
    totals = {line["amount_yuan"] for line in lines if line["measure"] == "total"}
    stages = {
        one["stage"]
        for one in statements
        if one["stage"] not in (None, "final") and one["value_unit"] == "yuan" and one["value"] in totals
    }
    return stages.pop() if len(stages) == 1 else None
