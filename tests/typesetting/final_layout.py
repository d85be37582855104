"""Every way to set the forms of final accounts: what their tables look like, whatever stands in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tests.typesetting.disclosure import Row
from tests.typesetting.paper import ABOVE, LEFT

UNIVERSITIES = ("final_summary", "final_revenue", "final_expenditure", "final_appropriation_expenditure")
_LEVELS = ("类", "款", "项")
_ENDS = (3, 5, 7)
"""Digits of the code of a class, a section and an item."""


@dataclass(frozen=True)
class FinalLayout:
    """How final accounts are set; they say the same but for totals that are printed again."""

    university: bool = False
    """The set of the universities: four forms with numbers before their titles."""
    three_public: str = "pairs"
    """Form 7: `pairs` of plan and outcome under each item; two `blocks`; two `rows`, with meetings and training."""
    codes: str = "whole"
    """`whole`; `levels`: class, section and item in three columns; `spanning`: whole, over these three."""
    total: str = "first"
    """`first`; `last`; `head`: in the last row of the head, beside the merged heads of the codes."""
    row_numbers: bool = False
    """The rows of the two summaries are numbered (行次)."""
    rows_per_page: int = 0
    """After so many rows of a form by codes the page ends; title, head and total are printed again. 0: never."""
    units: tuple[str, ...] = ()
    """The units of one form after the other; without them that of the `Layout`."""

    def sheets(self, rows: Sequence[Row]) -> list[list[Row]]:
        """The rows of a form by codes, the total first or last on each sheet; of a form without any the one, empty."""
        if not rows:
            return [[]]
        total, *others = rows
        size = self.rows_per_page or len(others)
        parts = [others[start : start + size] for start in range(0, len(others), size)]
        return [[*part, total] if self.total == "last" else [total, *part] for part in parts]

    def labels(self, row: Row, numbers: bool) -> list[str]:
        """The cells of a row of a form by codes that hold no amount; `numbers` are printed below its columns."""
        if row.code is None:
            cells = 1 if self.codes == "whole" else len(_ENDS)
            if self.total == "head":
                return [*([ABOVE] * cells if numbers or cells == 1 else _LEVELS), row.item]
            return [row.item, *[LEFT] * cells]
        if self.codes == "whole":
            return [row.code, row.item]
        if self.codes == "spanning":
            return [row.code, LEFT, LEFT, row.item]
        starts = (0, *_ENDS[:-1])
        return [*(row.code[start:end] for start, end in zip(starts, _ENDS, strict=True)), row.item]

    def head(self, header: Sequence[Sequence[str]], numbers: bool) -> list[list[str]]:
        """The head of a form by codes; `numbers` are printed below its columns."""
        amounts = len(header[0]) - 2
        numbered = [str(number) for number in range(1, amounts + 1)] if numbers else [ABOVE] * amounts
        if self.codes == "whole":
            label = [ABOVE, "栏次"] if self.total == "head" else ["栏次", LEFT]
            return [*map(list, header), *([[*label, *numbered]] if numbers else [])]
        wide: list[list[str]] = [
            [first, *[first if first == ABOVE else LEFT] * 2, *others] for first, *others in header
        ]
        if self.total == "head" and not numbers:
            return wide
        return [*wide, [*_LEVELS, "栏次" if numbers else ABOVE, *numbered]]
