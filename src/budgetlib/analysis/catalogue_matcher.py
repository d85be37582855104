"""Which item of a catalogue a project's name is most like."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from math import log
from typing import NamedTuple

from budgetlib.definitions.vocabulary.services import service_words

THRESHOLD = 0.40
"""Similarity from which a project counts as an item of the catalogue; how it was chosen: docs/design.md."""

_ITEM_WEIGHT = 0.7  # what the catalogue's name has and the project's lacks; the rest: what the project's has besides
_TERM_WEIGHT = 1.6  # of a word for an activity or object, against two letters
_SMOOTHING = 0.5  # added to how many items have a feature, as BM25 does: one that none has weighs most, not endlessly
_OTHER_KIND = 0.5  # where the item says what is done, or to what, and the project says something else or nothing


class Match(NamedTuple):
    """The most similar item of a catalogue and its score, 0–1."""

    code: str
    score: float


class Matcher:
    """Compares names with the items of one section of a catalogue.

    `items` are names by code; `section` is for whom: what its name says, all items have in common. A feature weighs
    the more, the fewer items have it (inverse document frequency), and known terms more than letters; similarity is
    Tversky's index of the weights, halved where the item names activities and the project shares none of them, and
    again so for objects. Goods and works are no services (财预〔2017〕87号, 三): they are like no item.
    """

    def __init__(self, items: Mapping[str, str], section: str) -> None:
        words = service_words()
        self._section = words.key(section)
        self._common = words.features(section)
        self._kinds = (words.activities, words.objects)
        self._items = {
            code: [wording - self._common for wording in words.wordings(self._without_section(name))]
            for code, name in items.items()
        }
        self._holding = Counter(feature for wordings in self._items.values() for feature in wordings[0])

    def best(self, project: str) -> Match | None:
        """The item most like a project's name or one of the names in it; None where nothing is like it."""
        words = service_words()
        if words.is_goods_or_works(project):
            return None
        names = [words.features(self._without_section(name)) - self._common for name in words.names(project)]
        matches = [
            Match(code, self._similarity(name, wording))
            for name in names
            for code, wordings in self._items.items()
            for wording in wordings
        ]
        best = max(matches, key=lambda match: match.score, default=None)
        return best if best is not None and best.score > 0 else None

    def _without_section(self, name: str) -> str:
        key = service_words().key(name)
        return key.replace(self._section, " ") if self._section else key

    def _similarity(self, project: frozenset[str], item: frozenset[str]) -> float:
        shared = self._weight(project & item)
        if not shared:
            return 0.0
        missing = (1 - _ITEM_WEIGHT) * self._weight(project - item) + _ITEM_WEIGHT * self._weight(item - project)
        others = sum(bool(item & kind) and not item & kind & project for kind in self._kinds)
        return shared / (shared + missing) * _OTHER_KIND**others

    def _weight(self, features: frozenset[str]) -> float:
        return sum(map(self._weight_of, features))

    def _weight_of(self, feature: str) -> float:
        rarity = log(1 + len(self._items) / (self._holding[feature] + _SMOOTHING))
        return rarity * (_TERM_WEIGHT if any(feature in kind for kind in self._kinds) else 1)
