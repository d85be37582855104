"""`import budgetlib as bl`: what the stub names is there, documented, and imported only when it is used."""

import subprocess
import sys

import pytest

import budgetlib as bl


@pytest.mark.parametrize("name", [name for name in dir(bl) if not name.startswith("__")])
def test_every_public_name_is_there_and_says_what_it_gives(name: str) -> None:
    assert getattr(bl, name).__doc__


def test_another_name_is_refused_as_python_does() -> None:
    with pytest.raises(AttributeError, match="module 'budgetlib' has no attribute 'spendings'"):
        bl.spendings  # type: ignore[attr-defined]  # noqa: B018


def test_reading_does_not_wait_for_the_drawing_of_charts() -> None:
    code = (
        "import sys, budgetlib; budgetlib.parse_document; print('pandas' in sys.modules, 'matplotlib' in sys.modules)"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True).split() == ["True", "False"]
