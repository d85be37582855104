"""Which files make one disclosure: its id, and what a file that does not say whose it is takes from the others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

_UNIT = "-unit"


def of_unit(disclosure_id: str) -> str:
    """The id of a unit's disclosure, where `disclosure_id` is that of a department of its name."""
    return disclosure_id + _UNIT


def of_either(disclosure_id: str) -> str:
    """What the ids of a department's disclosure and of a unit's of its name share."""
    return disclosure_id.removesuffix(_UNIT)


def put_together(documents: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The rows of the table `documents`: tables alone do not say that they are a unit's, the prose beside them does.

    Where a department of its name discloses too, such a file stays the department's.

    >>> prose = {"disclosure_id": "中心-2026-budget-unit", "entity_kind": "unit", "entity_kind_by": "page"}
    >>> tables = {"disclosure_id": "中心-2026-budget", "entity_kind": "department", "entity_kind_by": None}
    >>> [(one["disclosure_id"], one["entity_kind"]) for one in put_together([prose, tables])]
    [('中心-2026-budget-unit', 'unit'), ('中心-2026-budget-unit', 'unit')]
    """
    said: dict[str, set[str]] = defaultdict(set)
    for one in documents:
        if one["entity_kind_by"]:
            said[of_either(one["disclosure_id"])].add(one["entity_kind"])
    return [
        {**one, "entity_kind": "unit", "disclosure_id": of_unit(one["disclosure_id"])}
        if one["entity_kind"] and not one["entity_kind_by"] and said[one["disclosure_id"]] == {"unit"}
        else dict(one)
        for one in documents
    ]
