"""A web site for each test that asks for one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.commands.web_site import Site, serving


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as one:
        yield one
