"""Names of purchased services → what they say, from `services.toml`: activity, object, and the letters between."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from budgetlib.vocabulary.words import read_words


@dataclass(frozen=True)
class ServiceWords:
    """The words of names of services; `words` are the synonyms, longest first, each with its term."""

    prefix: re.Pattern[str]
    general: re.Pattern[str]
    parts: re.Pattern[str]
    service: re.Pattern[str]
    words: tuple[tuple[str, str], ...]
    terms: frozenset[str]
    activities: frozenset[str]
    forwarded: Mapping[str, str]

    @staticmethod
    def key(text: str) -> str:
        """A name in one way of writing: full-width forms folded, no blanks."""
        return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))

    def names(self, printed: str) -> list[str]:
        """A printed name without its prefix, and the names that stand in it between brackets and commas.

        >>> service_words().names("Z律师顾问费（含诉讼）")
        ['律师顾问费(含诉讼)', '律师顾问费', '含诉讼']
        """
        name = self.prefix.sub("", self.key(printed))
        parts = [part for part in self.parts.split(name) if len(part) >= 3]
        return list(dict.fromkeys([name, *parts]))

    def features(self, name: str) -> frozenset[str]:
        """Terms of a name, and pairs of neighbouring characters of what is no term.

        >>> sorted(service_words().features("律师顾问费"))
        ['advice', 'law', '费']
        """
        rest, found = self.general.sub(" ", self.key(name)), set()
        for word, term in self.words:
            if word in rest:
                rest = rest.replace(word, " ")
                found.add(term)
        for run in re.findall(r"[一-鿿]+|[A-Za-z0-9]+", rest):
            pairs = {run[i : i + 2] for i in range(len(run) - 1)} if ord(run[0]) > 0x7F else set()
            found |= pairs or {run}
        return frozenset(found)

    def looks_like_service(self, name: str) -> bool:
        """True where a project's name speaks of a service or of what services do."""
        return self.service.search(name) is not None or bool(self.features(name) & self.activities)


@cache
def service_words() -> ServiceWords:
    """The words of `services.toml`."""
    data = read_words("services.toml")
    terms = {"activity": data["activity"], "object": data["object"]}
    words = [(word, term) for group in terms.values() for term, ways in group.items() for word in ways]
    return ServiceWords(
        **{name: re.compile(data[name]) for name in ("prefix", "general", "parts", "service")},
        words=tuple(sorted(words, key=lambda pair: -len(pair[0]))),
        terms=frozenset(term for _, term in words),
        activities=frozenset(data["activity"]),
        forwarded={one["notice"]: one["edition"] for one in data["forwarded"]},
    )
