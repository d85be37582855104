"""Things in order → groups of neighbours that belong together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")


def in_groups(items: Iterable[Item], goes_on: Callable[[Item, Item], bool]) -> Iterator[list[Item]]:
    """`items` in their order, those together of which each goes on from the one before.

    >>> list(in_groups([1, 2, 4, 5, 9], lambda before, item: item == before + 1))
    [[1, 2], [4, 5], [9]]
    """
    group: list[Item] = []
    for item in items:
        if group and not goes_on(group[-1], item):
            yield group
            group = []
        group.append(item)
    if group:
        yield group
