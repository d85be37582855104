"""A figure of a file without pages leads to its table, cut out, with its cell marked."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import budgetlib as bl
from budgetlib.commands.pipeline import parse
from budgetlib.report.evidence import exhibits
from budgetlib.tables.corpus import Corpus, load
from tests.once import once
from tests.typesetting import FACTS, read_facts, story
from tests.typesetting.office import as_docx, as_html, as_xlsx, zipped
from tests.typesetting.paper import Layout

WRITERS = {"docx": as_docx, "html": as_html, "xlsx": as_xlsx}


def tidy(kind: str, *, packed: bool = False) -> Path:
    """The tables of the invented department's budget in an office format, beside it."""

    def make(folder: Path) -> None:
        content = WRITERS[kind](story(read_facts(FACTS / "示例市示例局-2026.toml"), Layout()))
        raw = folder / "raw"
        raw.mkdir()
        name, content = ("公开.zip", zipped({f"预算.{kind}": content})) if packed else (f"预算.{kind}", content)
        (raw / name).write_bytes(content)
        parse([raw], folder / "tidy")

    return once(f"excerpts of {kind}{packed}", make) / "tidy"


def cited(corpus: Corpus) -> dict[str, str]:
    return {"places": "expenditure:2:total", "document_id": corpus.documents.document_id.iloc[0]}


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("kind", WRITERS)
def test_the_table_is_cut_out_around_the_figure(kind: str, packed: bool) -> None:
    folder = tidy(kind, packed=packed)
    corpus = load(folder)
    (shown,) = exhibits(corpus, cited(corpus), folder)
    (span,) = shown.spans
    texts = [[cell.text for cell in row] for row in shown.table]
    places = {cell.place: cell.text for row in shown.table for cell in row}
    assert (shown.picture, span.page, span.text) == (None, None, f"一般公共服务支出 {places[span.places[0]]} 万元")
    assert ["科目编码", "科目名称", "合计", "基本支出", "项目支出"] in texts
    assert len(texts) < 8


def test_without_the_file_or_when_it_has_changed_there_are_the_words(tmp_path: Path) -> None:
    corpus = load(tidy("docx"))
    (shown,) = exhibits(corpus, cited(corpus), tmp_path)
    assert (shown.table, shown.spans[0].text.split()[0]) == ((), "一般公共服务支出")


def test_a_report_leads_each_figure_to_its_cell() -> None:
    folder = tidy("xlsx")
    corpus = load(folder)
    display = bl.Display(corpus, "zh")
    figures = bl.key_figures(corpus)
    link = re.search(r'href="#(source-\d+)"', display.table(figures).markup)
    assert link
    markup = display.pages(str(folder)).markup
    mark = rf'<span class="mark" id="{link[1]}"[^>]*data-place="([^"]*)"[^>]*></span>'
    cell = re.search(rf"<td[^>]*>(?:<span[^>]*></span>)*{mark}(?:<span[^>]*></span>)*([^<]*)</td>", markup)
    assert cell
    (line,) = [line for line in corpus.lines.to_dict("records") if cell[1].endswith(line["place"])]
    assert cell[2] == line["published_text"]
