"""Names of purchased services → what they say, from `services.toml`: activity, object, and the letters between."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from budgetlib.definitions.toml import load, patterns

_SHORTEST_NAME = 5
"""Characters of a name that stands within another: fewer tell too little of a service."""


@dataclass(frozen=True)
class ServiceWords:
    """The words of names of services; `words` are the synonyms, longest first, each with its terms."""

    prefix: re.Pattern[str]
    owner: re.Pattern[str]
    goods_or_works: re.Pattern[str]
    general: re.Pattern[str]
    enumeration: re.Pattern[str]
    parts: re.Pattern[str]
    service: re.Pattern[str]
    words: tuple[tuple[str, frozenset[str]], ...]
    activities: frozenset[str]
    objects: frozenset[str]
    forwarded: Mapping[str, str]

    @staticmethod
    def key(text: str) -> str:
        """A name in one way of writing: full-width forms folded, no blanks."""
        return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))

    def names(self, printed: str) -> list[str]:
        """A printed name without its prefix, and the names that stand in it between brackets and commas.

        >>> service_words().names("Z律师顾问费（含诉讼代理）")
        ['律师顾问费(含诉讼代理)', '律师顾问费', '含诉讼代理']
        """
        name = self.prefix.sub("", self.key(printed))
        parts = [part for part in self.parts.split(name) if len(part) >= _SHORTEST_NAME]
        return list(dict.fromkeys([name, *parts]))

    def wordings(self, item: str) -> list[frozenset[str]]:
        """Features of an item's name, of the name without its brackets, and of each thing that it enumerates.

        >>> [sorted(wording) for wording in service_words().wordings("热线及网站宣传服务")[2:]]
        [['hotline'], ['publicity', 'systems']]
        """
        name = self.key(item)
        plain = re.sub(r"\([^()]*\)", "", name)
        whole = self.features(plain)
        things = [self.features(thing) for thing in self.enumeration.split(plain)]
        done = [thing if thing & self.activities else thing | whole & self.activities for thing in things if thing]
        return [self.features(name), whole, *done]

    def features(self, name: str) -> frozenset[str]:
        """Terms of a name, and pairs of neighbouring characters of what is no term.

        >>> sorted(service_words().features("常年律师顾问费"))
        ['advice', 'law', '常年']
        """
        rest, features = self.owner.sub("", self.key(name)), set[str]()
        for word, terms in self.words:
            if word in rest:
                rest = rest.replace(word, " ")
                features |= terms
        for run in re.findall(r"[一-鿿]+|[A-Za-z0-9]+", self.general.sub(" ", rest)):
            pairs = {run[i : i + 2] for i in range(len(run) - 1)} if not run[0].isascii() else set()
            features |= pairs or {run}
        return frozenset(features)

    def is_goods_or_works(self, name: str) -> bool:
        """True where a project's name ends in words for works, goods or what is still owed for them.

        >>> [service_words().is_goods_or_works(name) for name in ("大厅改造项目（二期）", "改造咨询费")]
        [True, False]
        """
        return self.goods_or_works.search(self.key(name)) is not None

    def looks_like_service(self, name: str) -> bool:
        """True where a project's name speaks of a service or of what services do."""
        return self.service.search(name) is not None or bool(self.features(name) & self.activities)


@cache
def service_words() -> ServiceWords:
    """The words of `services.toml`."""
    data = patterns(load("services.toml", __package__))
    activities, objects, forwarded = (data.pop(name) for name in ("activity", "object", "forwarded"))
    words: dict[str, set[str]] = {}
    for term, ways in (activities | objects).items():
        for word in ways:
            words.setdefault(word, set()).add(term)
    return ServiceWords(
        **data,
        words=tuple((word, frozenset(words[word])) for word in sorted(words, key=len, reverse=True)),
        activities=frozenset(activities),
        objects=frozenset(objects),
        forwarded={one["notice"]: one["edition"] for one in forwarded},
    )
