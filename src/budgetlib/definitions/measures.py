"""What each measure of the tables is, in Chinese and English."""

from __future__ import annotations

from functools import cache

from budgetlib.definitions.toml import load

PREVIOUS_YEAR, CHANGE, OTHER = "previous_year:", "change:", "other:"
"""How a measure begins that is of the year before, of the change since, or under a header that no rule knows."""

Words = dict[str, dict[str, str]]
"""Measure → what it is, in Chinese (`zh`) as printed and English (`en`)."""


@cache
def measures() -> dict[str, Words]:
    """Table → measure → what it is."""
    return load("measures.toml", __package__)


def measure_name(measure: str, table: str, language: str) -> str:
    """What a measure of `lines` or `statements` is called in a sentence; a header that no rule knows is quoted."""
    if measure.startswith(OTHER):
        return f"“{measure.removeprefix(OTHER).replace('>', '·')}”"
    worded, known = _names(), measures()[table]
    for beginning, words in worded["beginning"].items():
        if measure.startswith(beginning):
            return words[language].format(of=measure_name(measure.removeprefix(beginning), table, language))
    if name := worded["whole"].get(measure, {}).get(language):
        return name
    if measure not in known:
        return measure
    if language == "zh":
        return known[measure]["zh"].split("、")[0]
    for end, words in worded["end"].items():
        if measure.endswith(end):
            stem = measure.removesuffix(end)
            stem = stem if stem in known else f"{stem}_total"
            return words["en"].format(of=measure_name(stem, table, language))
    text = known[measure]["en"]
    return text[:1].lower() + text[1:].rstrip(".")


@cache
def _names() -> dict[str, Words]:
    return load("measure_names.toml", __package__)
