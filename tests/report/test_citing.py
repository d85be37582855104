"""A page is cited by what finds it again: who, what, which file with its hash, and what read it when."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import budgetlib as bl
from budgetlib.commands.cli import main
from budgetlib.definitions.labels import LANGUAGES
from budgetlib.report.citing import citation
from tests import invented
from tests.invented import ENTITY

DOCUMENT = f"{2026:016d}"


@pytest.fixture(scope="module")
def tidy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cited")
    invented.corpus(folder)
    return folder


def run(tidy: Path, *arguments: object) -> Any:
    return CliRunner().invoke(main, ["cite", *map(str, arguments), "--tidy", str(tidy)])


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_citation_has_the_publisher_the_file_the_page_the_hash_the_version_and_the_day(
    tidy: Path, language: str
) -> None:
    result = run(tidy, DOCUMENT, "--page", 7, "--lang", language)
    assert result.exit_code == 0, result.output
    text, _, entry = result.output.partition("\n\n")
    sha256 = bl.load(tidy).documents.set_index("document_id").sha256[DOCUMENT]
    for said in (text, entry):
        assert ENTITY in said
        assert f"{ENTITY}-2026.pdf" in said
        assert sha256 in said
        assert bl.__version__ in said
    assert ("第 7 页" if language == "zh" else "p. 7") in text
    assert entry.startswith(f"@misc{{{DOCUMENT}-p7,")


def test_a_file_is_found_by_the_end_of_its_path_where_only_one_has_it(tidy: Path) -> None:
    assert run(tidy, "2026.pdf").output == run(tidy, DOCUMENT).output
    assert run(tidy, ".pdf").exit_code == 2
    assert "document_ids" in run(tidy, ".pdf").output


@pytest.mark.parametrize("arguments", [("nothing.pdf",), (DOCUMENT, "--page", 21), (DOCUMENT, "--page", 0)])
def test_what_is_not_there_is_refused_in_a_sentence(tidy: Path, arguments: tuple[object, ...]) -> None:
    result = run(tidy, *arguments)
    assert result.exit_code == 2
    assert "Traceback" not in result.output


def test_names_are_text_for_bibtex(tidy: Path) -> None:
    document = bl.load(tidy).documents.set_index("document_id", drop=False).loc[DOCUMENT].to_dict()
    entry = citation(document | {"entity": "A & B_{局} 100%", "path": "#1.pdf"}, None, "en").bibtex
    assert r"A \& B\_\{局\} 100\%" in entry
    assert r"\#1.pdf" in entry
    assert "urldate = {{date}}" in entry
