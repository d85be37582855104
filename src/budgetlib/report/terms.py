"""A finished page → the same, each term of the glossary explained where it first stands."""

from __future__ import annotations

import re

from markupsafe import Markup

from budgetlib.definitions.glossary import glossary

_EXPLAINED = Markup(
    '<button type="button" class="term" popovertarget="{name}">{term}</button>'
    '<span popover class="meaning" id="{name}">{means}</span>'
)
_TAG = re.compile(r"(<[^>]*>)")
_CLOSED = frozenset({"a", "button", "summary", "label", "table", "svg", "pre", "blockquote", "figure"})
"""Elements in which nothing is explained: they lead elsewhere, are a document's own words, or are no sentences."""


_VERBATIM = re.compile(r'<p class="(?:rows|printed|entity|place|what)"')
"""Paragraphs of names and heads, of a document's words, and of what a script reads."""


def explained(html: str, language: str) -> str:
    """`html` with a button at the first of each term in its paragraphs that shows what the term means."""
    terms = {_escaped(term): _escaped(means) for term, means in glossary(language).items()}
    parts = _TAG.split(html)
    open_tags: list[str] = []
    for place, part in enumerate(parts):
        if part.startswith("<"):
            _follow(open_tags, part)
        elif terms and "p" in open_tags and _CLOSED.isdisjoint(open_tags):
            parts[place] = _with_buttons(part, terms)
    return "".join(parts)


def _follow(open_tags: list[str], tag: str) -> None:
    """Keep account of the paragraphs and of the elements in which nothing is explained."""
    name = re.match(r"</?([a-z0-9]+)", tag)
    if name is None or name[1] not in _CLOSED | {"p"} or _VERBATIM.match(tag):
        return
    if not tag.startswith("</"):
        open_tags.append(name[1])
    elif name[1] in open_tags:
        del open_tags[len(open_tags) - 1 - open_tags[::-1].index(name[1]) :]


def _with_buttons(text: str, terms: dict[str, str]) -> str:
    """A text with the terms that stand in it explained; these are taken out of `terms`."""
    found = re.search("|".join(re.escape(term) for term in sorted(terms, key=len, reverse=True)), text, re.IGNORECASE)
    if found is None:
        return text
    term = next(one for one in terms if one.lower() == found[0].lower())
    means, name = terms.pop(term), f"term-{len(terms)}"
    button = str(_EXPLAINED.format(name=name, term=Markup(found[0]), means=Markup(means)))  # noqa: S704 - both are escaped
    after = _with_buttons(text[found.end() :], terms) if terms else text[found.end() :]
    return text[: found.start()] + button + after


def _escaped(text: str) -> str:
    return str(Markup.escape(text))
