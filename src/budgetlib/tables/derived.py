"""Tables made from tables: figures over the whole corpus, kept with it so that a rank does not take reading it all."""

from __future__ import annotations

from functools import cache

from budgetlib.core.version import fingerprint
from budgetlib.tables.schemas import Table, read_schemas


@cache
def derived_tables() -> dict[str, Table]:
    """The tables of `derived.toml` by name; those that other code made have other files and are not used."""
    made_by = fingerprint("core", "definitions", "tables", "analysis")
    return {
        name: Table(f"{name}-{made_by}", table.row, table.columns)
        for name, table in read_schemas("derived.toml").items()
    }
