"""The columns of result frames that tables show, from `columns.toml`: their order, heads, and how they are written."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from budgetlib.definitions.toml import load

_FIGURES = ("money", "estimate", "percent", "quantity")
_STYLES = dict.fromkeys((*_FIGURES, "number", "score"), "number") | {"item": "name", "content": "name"}


@dataclass(frozen=True)
class ResultColumn:
    """One column; `kind` and the flags are explained in `columns.toml`."""

    name: str
    zh: str
    en: str
    kind: str = "text"
    signed: bool = False
    cited: bool = True
    findings: bool = False
    short: dict[str, str] | None = None

    @property
    def leads(self) -> bool:
        """Whether its cells lead to where they are printed."""
        return self.cited and self.kind in (*_FIGURES, "place")

    @property
    def style(self) -> str:
        """How its cells are set: `number`, `name`, `hash` or `text`."""
        return _STYLES.get(self.kind, self.kind if self.kind in ("name", "hash") else "text")


@cache
def result_columns() -> dict[str, ResultColumn]:
    """All columns by name, in the order in which a table shows them."""
    return {name: ResultColumn(name, **about) for name, about in load("columns.toml", __package__).items()}


def compared_shares() -> list[ResultColumn]:
    """The shares in a comparison of budgets, which a heat map has too."""
    return [column for column in result_columns().values() if column.short]
