"""A printed place in a few letters: what is written is read again, and leads to one row."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgetlib.core.text import squeeze
from budgetlib.tables.corpus import Corpus
from budgetlib.tables.locators import Locator, places, written

names = st.from_regex(r"[a-z_]{1,20}", fullmatch=True)
printed = st.text(min_size=1, max_size=20).map(squeeze).filter(bool)
forms = names.filter(lambda name: name not in ("section", "catalogue"))
lines = st.builds(Locator, st.just("0a1b"), forms, st.integers(1, 999), printed, st.just(""))
statements = st.builds(Locator, st.just("0a1b"), st.just("section"), st.integers(1, 12), names, st.just("") | printed)
codes = st.builds(Locator, st.just("0a1b"), st.just("catalogue"), st.none(), st.just(""), printed)


@given(lines | statements | codes)
def test_a_locator_is_read_as_it_was_written_in_its_own_document_and_in_another(place: Locator) -> None:
    assert Locator.read(place.within("0a1b"), "0a1b") == place
    assert Locator.read(place.within("2c3d"), "2c3d") == place


@given(st.lists(lines | statements, max_size=3), st.lists(lines | statements, min_size=1, max_size=3))
def test_a_column_with_places_of_its_own_has_these_and_others_have_those_of_the_row(
    own: list[Locator], basic: list[Locator]
) -> None:
    row = {"document_id": "2c3d", "places": written(own, basic_yuan=basic)}
    assert places(row, "basic_yuan") == list(dict.fromkeys(basic))
    assert places(row, "share_pct") == list(dict.fromkeys(own or basic))


def test_every_row_of_lines_and_statements_is_a_place_that_is_written_and_read(corpus: Corpus) -> None:
    for table in (corpus.lines, corpus.statements):
        for row in table.to_dict("records"):
            (place,) = places(row)
            assert Locator.read(place.within(""), "") == place


@pytest.mark.parametrize("text", ["", ":3", "a/", "expenditure:three"])
def test_what_is_no_locator_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"locator|invalid literal"):
        Locator.read(text, "0a1b")
