"""The tutorial, run in a real kernel: what it shows is what the page prints, and the planted misprint is found."""

import re
from pathlib import Path
from typing import Any

import nbformat
import papermill
import pypdfium2
import pytest
from papermill.exceptions import PapermillExecutionError

from budgetlib import Display, Steps, check, failures, plot_spending_by_function, read, spending_by_function
from budgetlib.core.errors import NotFound

ROOT = Path(__file__).resolve().parents[2]
TUTORIAL = ROOT / "notebooks/read_one_document.ipynb"
SAMPLE = ROOT / "data/raw/示例市示例局-2026.pdf"


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What each cell of the tutorial shows, as text, by the cell's id."""
    done = tmp_path_factory.mktemp("tutorial") / "done.ipynb"
    run = papermill.execute_notebook(TUTORIAL, done, cwd=TUTORIAL.parent, progress_bar=False)
    return {cell.id: "".join(map(said, cell.outputs)) for cell in run.cells if cell.cell_type == "code"}


@pytest.fixture(scope="module")
def steps() -> Steps:
    return Steps(SAMPLE)


def said(output: Any) -> str:
    data = output.get("data", {})
    return str(output.get("text") or data.get("text/html") or "picture" * ("image/png" in data) or data["text/plain"])


def test_it_is_stored_without_outputs_and_in_both_languages() -> None:
    cells = nbformat.read(TUTORIAL, 4).cells
    assert not [cell.id for cell in cells if cell.get("outputs")]
    texts = {cell.id for cell in cells if cell.cell_type == "markdown"}
    assert texts == {f"{name[:-3]}-{language}" for name in texts for language in ("zh", "en")}


def test_each_page_is_shown(shown: dict[str, str]) -> None:
    pictures = {name for name, output in shown.items() if output == "picture"}
    assert pictures == {"paper-picture", "words-picture", "number-picture", "check-picture", "misprint-plant"}


def test_the_number_it_shows_is_the_one_printed_at_the_place_it_shows(shown: dict[str, str]) -> None:
    cells = re.findall(r"<td>(.*?)</td>", shown["number-row"])
    code, _, measure, text, unit, yuan, page = cells[:7]
    left, top, right, bottom = map(float, cells[7:])
    assert (code, measure, text, unit, yuan) == ("20103", "total", "1337.77", "万元", "13377700.00")
    with pypdfium2.PdfDocument(SAMPLE) as document:
        sheet = document[int(page) - 1]
        height = sheet.get_height()
        printed = sheet.get_textpage().get_text_bounded(left - 1, height - bottom - 1, right + 1, height - top + 1)
    assert printed.strip() == text


def test_the_items_it_adds_up_by_hand_are_the_section(shown: dict[str, str]) -> None:
    assert re.findall(r"→ ([\d,.]+)", shown["check-sum"]) == ["13,377,700.00", "13,377,700.00"]
    assert shown["check-table"].count("<td>pass</td>") == 3


def test_the_planted_misprint_is_found_at_its_row_and_gone_when_put_back(shown: dict[str, str]) -> None:
    found = shown["misprint-found"]
    assert "第 6 行“政务公开审批”合计（第 7 页）为 221.15 万元，而相应各行或各栏之和为 212.15 万元" in found
    assert shown["misprint-back"] == shown["check-counts"]


def test_a_figure_changed_by_hand_fails_when_checked_again_and_nothing_else_does() -> None:
    corpus = read(SAMPLE)
    before = set(failures(corpus).check)
    reception = (corpus.lines.form == "three_public") & (corpus.lines["item"] == "公务接待费")
    corpus.lines.loc[reception & (corpus.lines.measure == "total"), "amount_yuan"] += 100_00
    again = failures(check(corpus))
    assert set(again[again.severity == "error"].form) == {"three_public"}
    assert before < set(again.check)


@pytest.mark.parametrize(
    ("what", "said"),
    [
        (lambda steps: steps.picture(99), "no page 99"),
        (lambda steps: steps.grid(1), "no table is drawn on page 1"),
        (lambda steps: steps.form(2), "forms are on 5, 6, 7"),
        (lambda steps: steps.picture(7, steps.texts(7).iloc[:0]), "nothing to mark on page 7"),
    ],
)
def test_a_step_that_shows_nothing_says_why(steps: Steps, what: Any, said: str) -> None:
    with pytest.raises(NotFound, match=said):
        what(steps)


def test_a_chart_in_a_notebook_is_one_drawing_without_links() -> None:
    """JupyterLab shows an error in place of a drawing with links, and a drawing for phones beside that for pages."""
    corpus = read(SAMPLE)
    html = Display(corpus, "en").chart(plot_spending_by_function, spending_by_function(corpus)).markup
    drawing = html[html.index("<svg") : html.rindex("</svg>")]
    assert html.count("<svg") == 1
    assert "<a " not in drawing


def test_a_refusal_in_a_notebook_is_its_sentence_and_no_traceback(tmp_path: Path) -> None:
    asks = f"import budgetlib as bl\nbl.read({str(tmp_path / 'missing.pdf')!r})"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(asks)])
    nbformat.write(notebook, tmp_path / "asks.ipynb")
    with pytest.raises(PapermillExecutionError) as failure:
        papermill.execute_notebook(
            tmp_path / "asks.ipynb", tmp_path / "done.ipynb", kernel_name="python3", progress_bar=False
        )
    (sentence,) = failure.value.traceback
    assert sentence.startswith("NotFound: ")
    assert "missing.pdf" in sentence
