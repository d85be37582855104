"""Which item of a catalogue a project's name is most like."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from math import log
from typing import NamedTuple

from budgetlib.vocabulary import service_words

THRESHOLD = 0.40
"""Similarity from which a project counts as an item of the catalogue; how it was chosen: docs/design.md."""

_ITEM_WEIGHT = 0.7  # what the catalogue's name has and the project's lacks; the rest: place, year, kind of money
_TERM_WEIGHT = 1.6  # of a word for an activity or object, against two letters
_OTHER_ACTIVITY = 0.5


class Match(NamedTuple):
    """The most similar item of a catalogue and its score, 0–1."""

    code: str
    score: float


class Matcher:
    """Compares names with the items of one section of a catalogue.

    `items` are names by code; `section` is for whom: what its name says, all items have in common. A feature weighs
    the more, the fewer items have it (inverse document frequency), and known terms more than letters; similarity is
    Tversky's index of the weights, halved where the item names activities and the project shares none of them.
    """

    def __init__(self, items: Mapping[str, str], section: str) -> None:
        self._common = service_words().features(section)
        self._items = {code: self._features(name) for code, name in items.items()}
        self._holding = Counter(feature for features in self._items.values() for feature in features)

    def best(self, project: str) -> Match | None:
        """The item most like a project's name or one of the names in it; None where nothing is like it."""
        names = [self._features(name) for name in service_words().names(project)]
        matches = [Match(code, self._similarity(name, item)) for name in names for code, item in self._items.items()]
        best = max(matches, key=lambda match: match.score, default=None)
        return best if best is not None and best.score > 0 else None

    def _features(self, name: str) -> frozenset[str]:
        return service_words().features(name) - self._common

    def _similarity(self, project: frozenset[str], item: frozenset[str]) -> float:
        shared = self._weight(project & item)
        if not shared:
            return 0.0
        missing = (1 - _ITEM_WEIGHT) * self._weight(project - item) + _ITEM_WEIGHT * self._weight(item - project)
        activities = item & service_words().activities
        agreeing = 1.0 if not activities or activities & project else _OTHER_ACTIVITY
        return agreeing * shared / (shared + missing)

    def _weight(self, features: frozenset[str]) -> float:
        return sum(map(self._weight_of, features))

    def _weight_of(self, feature: str) -> float:
        rarity = log(1 + len(self._items) / (self._holding[feature] + 0.5))
        return rarity * (_TERM_WEIGHT if feature in service_words().terms else 1)
