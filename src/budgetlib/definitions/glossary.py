"""Terms of departmental budgets and what they mean, from `glossary.toml`."""

from __future__ import annotations

from functools import cache

from budgetlib.definitions.toml import load


@cache
def glossary(language: str) -> dict[str, str]:
    """What each term means, in one language.

    >>> glossary("en")["carryover"]
    'Money of last year that is still to be spent this year for the same purpose.'
    """
    return {term[language]: term[f"{language}_means"] for term in load("glossary.toml", __package__)["term"]}
