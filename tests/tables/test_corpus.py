"""Tables can be chosen from; files are there in full or not at all."""

import csv
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import budgetlib as bl
from budgetlib.analysis.change import spending_change
from budgetlib.core.errors import BadParameter, NotFound
from budgetlib.core.files import replacing, write_bytes
from budgetlib.tables.corpus import Corpus, load
from budgetlib.tables.schemas import DOCUMENTS, LINES, TABLES
from budgetlib.tables.store import Tables, write_csv, write_table
from tests import invented


def test_a_corpus_holds_every_table_with_its_columns(corpus: Corpus) -> None:
    assert {table.name: list(getattr(corpus, table.name).columns) for table in TABLES} == {
        table.name: table.schema.names for table in TABLES
    }


def test_a_department_is_chosen_by_id_or_by_name_as_printed(tmp_path: Path) -> None:
    corpus = invented.corpus(tmp_path, entity="示例市 示例局[部门]", department_id="示例局-abc123")
    by_id, by_name = corpus.select(department="示例局-abc123"), corpus.select(department="示例市 示例局[部门]")
    assert len(by_id.documents) == len(by_name.documents) == 2


def test_choosing_a_year_takes_along_what_belongs_to_it(corpus: Corpus) -> None:
    part = corpus.select(department=invented.ENTITY, year=2025)
    for table in TABLES:
        assert set(getattr(part, table.name).document_id) <= {"0000000000002025"}
    assert len(part.lines) == (corpus.lines.document_id == "0000000000002025").sum() > 0


def test_choosing_a_form_leaves_its_lines_only(corpus: Corpus) -> None:
    assert set(corpus.select(form="projects").lines.form) == {"projects"}


def test_figures_of_a_unit_are_not_held_against_those_of_its_department(corpus: Corpus) -> None:
    budget = corpus.select(department=invented.ENTITY, year=2026)
    of_a_unit = budget.statements.assign(unit="示例市示例局信息中心", value=1)
    with_units = replace(budget, statements=pd.concat([of_a_unit, budget.statements]))
    assert not with_units.section(9).unit.notna().any()
    assert with_units.section(9).value.tolist() == budget.section(9).value.tolist()
    before, after = bl.check(budget).checks, bl.check(with_units).checks
    assert after.drop(columns="places").equals(before.drop(columns="places"))


@pytest.mark.parametrize(
    ("wanted", "there"),
    [
        ({"department": "某局"}, invented.ENTITY),
        ({"year": 1999}, "2025, 2026"),
        ({"department": invented.ENTITY, "year": 2027}, "2025, 2026"),
        ({"form": "nothing"}, "budget_summary"),
        ({"kind": "final_accounts"}, "budget"),
    ],
)
def test_what_is_not_there_is_refused_with_what_is(corpus: Corpus, wanted: dict[str, str], there: str) -> None:
    with pytest.raises(NotFound, match=there):
        corpus.select(**wanted)  # type: ignore[arg-type]


def test_a_missing_folder_is_refused_with_the_next_step(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="budgetlib parse --out"):
        load(tmp_path / "nowhere")


def test_a_missing_table_is_refused_with_the_next_step(tmp_path: Path) -> None:
    invented.write(tmp_path)
    (tmp_path / "lines.parquet").unlink()
    with pytest.raises(NotFound, match=r"lines\.parquet is not there.*budgetlib parse"):
        load(tmp_path)


@pytest.mark.parametrize("damage", ["not parquet", "another table"])
def test_a_file_that_is_not_the_table_is_refused_with_the_next_step(tmp_path: Path, damage: str) -> None:
    invented.write(tmp_path)
    other = (tmp_path / "pages.parquet").read_bytes() if damage == "another table" else b"PAR1 but not really"
    (tmp_path / "lines.parquet").write_bytes(other)
    with pytest.raises(NotFound, match=r"is not the table 'lines'.*budgetlib parse"):
        load(tmp_path)


def test_of_two_documents_that_print_a_form_one_is_quoted_and_none_added_up(tmp_path: Path) -> None:
    scan = invented.tables(2026, document_id="scan", path="0.pdf", outcome="partial")
    text = invented.tables(2026, document_id="text", path="9.txt", pages=None, outcome="ok")
    for table in TABLES:
        both = [part[table.name].assign(document_id=name) for name, part in (("scan", scan), ("text", text))]
        write_table(pd.concat(both, ignore_index=True), table, tmp_path)
    corpus = load(tmp_path)
    assert set(corpus.form("expenditure").document_id) == {"text"}
    assert len(corpus.lines[corpus.lines.form == "expenditure"]) == 2 * len(corpus.form("expenditure"))


def test_files_are_believed_by_version_then_day_then_how_well_they_were_read(tmp_path: Path) -> None:
    invented.write(tmp_path, others=[])
    document = Tables(tmp_path).read(DOCUMENTS).iloc[[0]]
    differing: dict[str, dict[str, Any]] = {
        "first": {"version": 2, "file_date": None},
        "second": {"file_date": "2026-03-02", "outcome": "partial"},
        "third": {"file_date": "2026-02-10"},
        "fourth": {"pages": None},
        "fifth": {"outcome": "partial"},
    }
    about = {"version": 1, "file_date": None, "pages": 9, "outcome": "ok"}
    rows = [document.assign(document_id=name, **about | columns) for name, columns in sorted(differing.items())]
    write_table(pd.concat(rows, ignore_index=True), DOCUMENTS, tmp_path)
    assert list(load(tmp_path).documents.document_id) == list(differing)


def test_a_form_that_is_declared_empty_was_read(corpus: Corpus) -> None:
    assert corpus.has_read("government_fund_expenditure")
    assert corpus.has_read("projects")
    assert not corpus.has_read("state_capital")


def test_a_table_comes_back_as_it_was_written(tmp_path: Path) -> None:
    lines = invented.tables(2026)["lines"]
    write_table(lines, LINES, tmp_path)
    pd.testing.assert_frame_equal(Tables(tmp_path).read(LINES), lines)


def test_an_interrupted_write_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_bytes(b"old", path)

    def interrupted() -> None:
        with replacing(path) as temporary:
            temporary.write_bytes(b"ne")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_csv_opens_in_a_spreadsheet_and_runs_nothing(tmp_path: Path) -> None:
    frame = pd.DataFrame({"item": ["=cmd()", "@x", "-1+1", '坏"名,\n字', None], "amount": [-1, 2, 3, 4, 5]})
    write_csv(frame, tmp_path / "t.csv")
    raw = (tmp_path / "t.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    assert raw.count(b"\r\n") == 6
    with (tmp_path / "t.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream))
    assert rows == [["item", "amount"], ["'=cmd()", "-1"], ["'@x", "2"], ["'-1+1", "3"], ['坏"名,\n字', "4"], ["", "5"]]


def test_a_year_may_be_text(corpus: Corpus) -> None:
    assert corpus.select(invented.ENTITY, "2026").first("fiscal_year") == 2026
    assert spending_change(corpus, invented.ENTITY, "2026").equals(spending_change(corpus, invented.ENTITY, 2026))
    with pytest.raises(BadParameter, match="'last year'; give it in digits"):
        corpus.select(invented.ENTITY, "last year")
