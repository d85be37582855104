"""What several tests share: an invented corpus, the sample data as tables, a browser, the number of examples."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants
from selenium import webdriver

from budgetlib.commands.cli import main
from budgetlib.tables.corpus import Corpus
from tests import invented, once
from tests.browser import Open, chromium, show

ROOT = Path(__file__).resolve().parents[1]

# The same examples every time: whoever runs the tests sees what everybody sees. .ci/run asks for many with
# `--hypothesis-profile many`. Of examples that are whole documents (tests/strategies.py) there are a tenth.
# Hypothesis would draw numbers and words of the modules that happen to be loaded, too: other examples in every process.
providers._get_local_constants = Constants
_SLOW_TO_DRAW = (HealthCheck.too_slow, HealthCheck.data_too_large)
settings.register_profile("few", max_examples=40, deadline=None, derandomize=True, suppress_health_check=_SLOW_TO_DRAW)
settings.register_profile("many", settings.get_profile("few"), max_examples=400)
settings.load_profile("few")


@pytest.fixture(scope="session", autouse=True)
def _shared_by_all_processes(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> None:
    once.share(tmp_path_factory, pytestconfig)


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """Two years of an invented department; a test that needs others has its own."""
    return invented.corpus(tmp_path_factory.mktemp("tidy"))


@pytest.fixture(scope="session")
def budget(corpus: Corpus) -> Corpus:
    """The later year of the invented department."""
    return corpus.select(department=invented.ENTITY, year=2026)


@pytest.fixture(scope="session")
def sample_tidy() -> Path:
    """The folder of tables that `budgetlib parse` makes of data/raw; only to be read."""

    def parse(folder: Path) -> None:
        result = CliRunner().invoke(main, ["parse", str(ROOT / "data/raw"), "--out", str(folder / "tidy")])
        assert result.exit_code == 0, result.output

    return once.once("sample", parse) / "tidy"


@pytest.fixture(scope="session")
def browser() -> Iterator[webdriver.Chrome]:
    with chromium() as chrome:
        yield chrome


@pytest.fixture
def opened(browser: webdriver.Chrome) -> Open:
    """Opens a file as `show` does and gives the browser."""

    def load(path: Path, width: int = 1440, **how: Any) -> webdriver.Chrome:
        show(browser, path, width, **how)
        return browser

    return load
