"""`budgetlib diff`: what appeared, went or changed between two parses, and nothing that merely moved."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from budgetlib.commands.cli import main
from budgetlib.commands.diff.showing import compare_folders
from budgetlib.commands.pipeline import check
from budgetlib.tables.schemas import CHECKS
from budgetlib.tables.store import write_table
from tests import invented


@pytest.fixture
def old(tmp_path: Path) -> Path:
    write_table(check(invented.corpus(tmp_path / "old")).checks, CHECKS, tmp_path / "old")
    return tmp_path / "old"


def changed(old: Path, table: str, change: Callable[[pd.DataFrame], pd.DataFrame]) -> Path:
    new = old.with_name("new")
    if not new.exists():
        shutil.copytree(old, new)
    path = new / f"{table}.parquet"
    change(pd.read_parquet(path)).to_parquet(path)
    return new


def test_two_equal_parses_do_not_differ(old: Path) -> None:
    assert compare_folders(old, old).empty


def test_rows_that_moved_do_not_differ(old: Path) -> None:
    new = changed(old, "lines", lambda lines: lines.assign(row=lines.row + 1, page=lines.page + 1).iloc[::-1])
    assert compare_folders(old, new).empty


def test_a_changed_amount_is_named_with_both_values_and_pages(old: Path) -> None:
    def change(lines: pd.DataFrame) -> pd.DataFrame:
        lines.loc[0, "amount_yuan"] = lines.loc[0, "amount_yuan"] + Decimal("0.01")
        return lines

    line = pd.read_parquet(old / "lines.parquet").loc[0]
    (row,) = compare_folders(old, changed(old, "lines", change)).to_dict("records")
    assert (row["kind"], row["change"], row["form"], row["item"]) == ("amount", "changed", line["form"], line["item"])
    assert (row["old"], row["new"]) == (str(line.amount_yuan), str(line.amount_yuan + Decimal("0.01")))
    assert row["old_page"] == row["new_page"] == line.page


def test_one_of_two_equal_amounts_that_went_is_one_that_went(old: Path) -> None:
    lines = pd.read_parquet(old / "lines.parquet")
    twice = changed(old, "lines", lambda lines: pd.concat([lines, lines.iloc[[0]]]))
    (row,) = compare_folders(twice, old).to_dict("records")
    assert (row["change"], row["old"], row["new"]) == ("went", str(lines.amount_yuan[0]), "")


def test_statements_and_findings_are_compared(old: Path) -> None:
    changed(old, "statements", lambda rows: rows.drop(index=0))

    def fail(checks: pd.DataFrame) -> pd.DataFrame:
        held = checks.index[checks.state == "pass"][0]
        checks.loc[held, "state"] = "fail"
        return checks

    found = compare_folders(old, changed(old, "checks", fail))
    assert sorted(zip(found.kind, found.change, strict=True)) == [("finding", "appeared"), ("statement", "went")]


def test_a_replaced_document_is_named_and_compared_with_the_one_before(old: Path) -> None:
    def change(rows: pd.DataFrame) -> pd.DataFrame:
        first = pd.read_parquet(old / "documents.parquet").document_id[0]
        return rows.assign(document_id=rows.document_id.replace(first, "0" * 16))

    for table in ("lines", "statements", "checks"):
        changed(old, table, change)
    new = changed(old, "documents", lambda rows: change(rows).assign(sha256=["f" * 64, *rows.sha256[1:]]))
    (row,) = compare_folders(old, new).to_dict("records")
    assert (row["kind"], row["change"], row["new_document_id"]) == ("document", "changed", "0" * 16)


def test_a_document_of_which_more_is_known_now_is_the_same_document(old: Path) -> None:
    less = changed(old, "documents", lambda rows: rows.assign(department_id=None, fiscal_year=None))
    assert compare_folders(less, old).empty


def test_a_document_that_is_new_is_one_row(old: Path) -> None:
    new = changed(old, "documents", lambda rows: rows.iloc[:-1])
    (row,) = compare_folders(new, old).to_dict("records")
    assert (row["kind"], row["change"]) == ("document", "appeared")


def test_a_parse_of_an_older_version_lacks_a_column_and_is_compared_all_the_same(old: Path) -> None:
    new = changed(old, "lines", lambda lines: lines.drop(columns=["stage", "place"]))
    assert compare_folders(new, new).empty


def test_it_is_printed_and_written_as_csv_and_as_a_page(old: Path, tmp_path: Path) -> None:
    def change(lines: pd.DataFrame) -> pd.DataFrame:
        lines.loc[0, ["amount_yuan", "unit"]] = [Decimal("1.00"), "<script>alert(1)</script>"]
        return lines

    new = changed(old, "lines", change)
    done = CliRunner().invoke(main, ["diff", str(old), str(new), "--out", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    assert "1 amount went, 1 amount appeared" in done.output
    assert "script" in (tmp_path / "out/differences.csv").read_text(encoding="utf-8-sig")
    page = (tmp_path / "out/differences.html").read_text(encoding="utf-8")
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page


def test_a_folder_without_tables_is_named(old: Path, tmp_path: Path) -> None:
    refused = CliRunner().invoke(main, ["diff", str(old), str(tmp_path / "none")])
    assert refused.exit_code == 2
    assert "documents.parquet is not there" in refused.output.replace("\n", " ")


def test_a_place_that_cannot_be_written_is_named(old: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    refused = CliRunner().invoke(main, ["diff", str(old), str(old), "--out", str(tmp_path / "file/out")])
    assert refused.exit_code == 1
    assert "the differences cannot be written to" in refused.output
