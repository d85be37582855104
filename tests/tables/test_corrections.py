"""corrections.csv: a published misprint is overridden, marked and never forgotten; a wrong correction is refused."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

import budgetlib as bl
from budgetlib.commands.pipeline import parse
from budgetlib.core.errors import BadParameter
from budgetlib.core.user_csv import Entry
from budgetlib.tables.corpus import Corpus, load
from budgetlib.tables.corrections import COLUMNS, correction

RAW = Path(__file__).resolve().parents[2] / "data/raw"
FILE = "示例市示例局-2026.pdf"
RIGHT = {
    "file": FILE,
    "form": "expenditure",
    "row": "7",
    "measure": "basic",
    "old": "91.17",
    "new": "91.71",
    "reason": "两位数字颠倒",
    "evidence": "更正公告",
}
STATED = {
    "file": FILE,
    "section": "1",
    "measure": "revenue_change_pct",
    "old": "7.22%",
    "new": "7.23",
    "reason": "四舍五入有误",
    "evidence": "第一节",
}


def entry(**columns: str) -> Entry:
    return Entry("corrections.csv, line 2", dict.fromkeys(COLUMNS, "") | columns)


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corrections") / "raw"
    folder.mkdir()
    shutil.copy(RAW / FILE, folder)
    with (folder / "corrections.csv").open("w", encoding="utf-8-sig", newline="") as file:
        rows = csv.DictWriter(file, COLUMNS)
        rows.writeheader()
        rows.writerows(
            entry(**row).values for row in [RIGHT, STATED, RIGHT | {"old": "19.17"}, RIGHT | {"file": "别.pdf"}]
        )
    return folder


@pytest.fixture(scope="module")
def corpus(raw: Path) -> Corpus:
    parse([raw], raw.parent / "tidy")
    return load(raw.parent / "tidy")


def figure(corpus: Corpus) -> pd.Series:
    lines = corpus.lines
    return lines[(lines.form == "expenditure") & (lines.row == 7) & (lines.measure == "basic")].iloc[0]


def test_the_table_of_lines_keeps_what_is_printed(corpus: Corpus) -> None:
    assert figure(corpus).amount_yuan == Decimal("911700.00")


def test_the_corrected_corpus_has_the_new_figure_beside_the_printed_text(corpus: Corpus) -> None:
    corrected = figure(corpus.corrected())
    assert (corrected.amount_yuan, corrected.published_text) == (Decimal("917100.00"), "91.17")


def test_a_figure_of_the_narrative_part_is_corrected_in_its_own_unit(corpus: Corpus) -> None:
    stated = corpus.corrected().section(1)
    assert stated.value[stated.measure == "revenue_change_pct"].item() == Decimal("7.23")


def test_only_the_figures_that_are_named_change(corpus: Corpus) -> None:
    before, after = corpus.lines.amount_yuan, corpus.corrected().lines.amount_yuan
    assert (before != after).sum() == 1
    assert (corpus.statements.value != corpus.corrected().statements.value).sum() == 1


def test_a_check_looks_at_what_is_printed_not_at_what_is_corrected(corpus: Corpus) -> None:
    assert not (corpus.checks.state[corpus.checks.severity != "note"] == "fail").any()


def test_a_correction_keeps_who_said_why_and_on_what_evidence(corpus: Corpus) -> None:
    applied = corpus.corrections[corpus.corrections.outcome == "applied"].iloc[0]
    said = (applied.published, applied.corrected, applied.reason, applied.evidence, applied.page)
    assert said == (Decimal("911700"), Decimal("917100"), "两位数字颠倒", "更正公告", figure(corpus).page)


def test_a_correction_of_another_figure_than_the_printed_one_is_refused_and_says_what_is_printed(
    corpus: Corpus,
) -> None:
    (refused,) = corpus.corrections[corpus.corrections.outcome == "refused"].dropna(subset="document_id").itertuples()
    assert "old is '19.17', printed is 911700" in refused.message


def test_a_correction_of_a_file_that_is_not_there_is_said(corpus: Corpus) -> None:
    (refused,) = corpus.corrections[corpus.corrections.document_id.isna()].itertuples()
    assert "别.pdf" in refused.message
    assert "no such file" in refused.message


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"reason": ""}, "reason is blank"),
        ({"evidence": "", "new": ""}, "new, evidence is blank"),
        ({"row": "700"}, "no such figure"),
        ({"row": "第七"}, "no such figure"),
        ({"measure": "total", "form": "no_form"}, "no such figure"),
        ({"new": "九十二"}, "write a number"),
    ],
)
def test_a_correction_that_cannot_be_used_is_refused_with_the_reason(
    corpus: Corpus, wrong: dict[str, str], said: str
) -> None:
    tables = {"lines": corpus.lines.to_dict("records"), "statements": corpus.statements.to_dict("records")}
    refused = correction(entry(**(RIGHT | wrong)), "0" * 16, tables)  # type: ignore[arg-type]
    assert refused["outcome"] == "refused"
    assert said in refused["message"]


def test_corrected_figures_are_marked_wherever_they_are_cited(corpus: Corpus, tmp_path: Path) -> None:
    budget = corpus.corrected()
    show = bl.Display(budget, "en", str(tmp_path))
    items = bl.spending_by_function(budget, level="item")
    rows = [row for row in show.table(items).markup.split("<tr>") if "† corrected by a researcher" in row]
    assert len(rows) == 1
    assert "事业运行" in rows[0]
    show.csv(items, "items")
    marked = [row for row in read_csv(tmp_path / "tables/items.csv") if row["corrected"]]
    assert [row["item"] for row in marked] == ["事业运行"]


def test_a_report_without_corrections_has_no_mark(sample_tidy: Path, tmp_path: Path) -> None:
    budget = load(sample_tidy).corrected().select(department="示例市示例局", year=2026)
    show = bl.Display(budget, "zh", str(tmp_path))
    items = bl.spending_by_function(budget, level="item")
    assert "†" not in show.table(items).markup + show.corrections().markup
    show.csv(items, "items")
    assert "corrected" not in next(iter(read_csv(tmp_path / "tables/items.csv")))


def test_what_a_researcher_writes_is_text_in_the_report(corpus: Corpus) -> None:
    hostile = corpus.corrections.assign(reason="<script>alert(1)</script>")
    html = bl.Display(_with(corpus, hostile), "zh").corrections().markup
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def _with(corpus: Corpus, corrections: pd.DataFrame) -> Corpus:
    return replace(corpus, corrections=corrections)


def test_corrections_in_an_unknown_encoding_stop_the_run_before_it_begins(tmp_path: Path) -> None:
    shutil.copy(RAW / FILE, tmp_path)
    (tmp_path / "corrections.csv").write_bytes("file,form\n示例,支出".encode("utf-16"))
    with pytest.raises(BadParameter, match=r"not text in UTF-8.*CSV UTF-8"):
        parse([tmp_path], tmp_path / "tidy")
    assert not (tmp_path / "tidy").exists()


def read_csv(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)
