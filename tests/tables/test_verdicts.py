"""findings.csv: what a person decided about a finding shows wherever the finding does, and outlives no figure."""

from __future__ import annotations

import csv
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import budgetlib as bl
from budgetlib.checks.console import listing
from budgetlib.commands.pipeline import parse
from budgetlib.core.errors import BadParameter
from budgetlib.tables.corpus import Corpus, faults, load
from budgetlib.tables.verdicts import COLUMNS, VERDICTS, read_verdicts, write_verdict

RAW = Path(__file__).resolve().parents[2] / "data/raw"
FILE = "示例市示例局-2025-决算.pdf"
NOTE = "=HYPERLINK(1), 电话核实"


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    """A folder with one file of the sample in which something does not add up."""
    (tmp_path / "raw").mkdir()
    shutil.copy(RAW / FILE, tmp_path / "raw")
    return tmp_path / "raw"


def tables(raw: Path) -> Corpus:
    parse([raw], raw.parent / "tidy", ocr="never")
    return load(raw.parent / "tidy")


@pytest.fixture(scope="module")
def findings(sample_tidy: Path) -> list[Any]:
    """What does not add up in the file, as rows of the table `checks`."""
    corpus = load(sample_tidy)
    of_file = corpus.documents[corpus.documents.path == FILE].document_id
    return faults(corpus.part(of_file).checks).to_dict("records")


def test_a_verdict_shows_in_the_table_on_the_terminal_and_in_the_report(raw: Path, findings: list[Any]) -> None:
    write_verdict(raw, FILE, findings[0], "confirmed", "李四", NOTE)
    corpus = tables(raw)
    finding = faults(corpus.checks).iloc[0]
    assert (finding.verdict, finding.reviewer, finding.verdict_note) == ("confirmed", "李四", NOTE)
    assert corpus.checks.verdict.notna().sum() == 1
    assert [line for line in listing(corpus) if finding.check in line and line.endswith(", confirmed")]
    shown = str(bl.Display(corpus, "zh").findings(bl.failures(corpus), ""))
    assert f"已核实（李四）：{NOTE}" in shown


def test_a_verdict_on_figures_that_have_changed_is_said_and_not_used(
    raw: Path, findings: list[Any], caplog: pytest.LogCaptureFixture
) -> None:
    finding = dict(findings[0])
    finding["published"] += 1
    write_verdict(raw, FILE, finding, "wrong", "李四", "")
    assert tables(raw).checks.verdict.isna().all()
    assert f"{FILE}: no finding of {finding['check']}" in caplog.text


def test_a_verdict_on_a_file_that_is_not_there_is_said(
    raw: Path, findings: list[Any], caplog: pytest.LogCaptureFixture
) -> None:
    write_verdict(raw, "别.pdf", findings[0], "wrong", "李四", "")
    tables(raw)
    assert "there is no file 别.pdf beside it" in caplog.text


def test_a_later_verdict_takes_the_place_of_an_earlier_one_and_others_stay(raw: Path, findings: list[Any]) -> None:
    write_verdict(raw, FILE, findings[0], "wrong", "李四", "")
    write_verdict(raw, FILE, findings[0] | {"check": "another"}, "wrong", "张三", "")
    write_verdict(raw, FILE, findings[0], "explained", "王五", "")
    said = [(entry.values["check"], entry.values["reviewer"]) for entry in read_verdicts(raw)]
    assert said == [("another", "张三"), (findings[0]["check"], "王五")]


def test_whoever_writes_at_the_same_time_loses_nothing(raw: Path, findings: list[Any]) -> None:
    def write(number: int) -> None:
        write_verdict(raw, FILE, findings[0] | {"check": f"c{number}"}, "confirmed", "李四", "")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(40)))
    assert {entry.values["check"] for entry in read_verdicts(raw)} == {f"c{number}" for number in range(40)}


def test_a_spreadsheet_runs_nothing_of_what_is_written(raw: Path, findings: list[Any]) -> None:
    write_verdict(raw, FILE, findings[0], "confirmed", "李四", NOTE)
    with (raw / "findings.csv").open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert tuple(row) == COLUMNS
    assert row["note"] == f"'{NOTE}"


@pytest.mark.parametrize("verdict", ["", "maybe"])
def test_another_verdict_is_refused_with_those_allowed(
    raw: Path, findings: list[Any], verdict: str, caplog: pytest.LogCaptureFixture
) -> None:
    write_verdict(raw, FILE, findings[0], verdict, "李四", "")
    assert tables(raw).checks.verdict.isna().all()
    assert (", ".join(VERDICTS) if verdict else "verdict is empty") in caplog.text


def test_a_file_without_its_columns_is_refused_before_anything_is_read(raw: Path) -> None:
    (raw / "findings.csv").write_text("file,verdict\n")
    with pytest.raises(BadParameter, match=r"findings\.csv, line 1, has the columns file, verdict"):
        tables(raw)
    assert not (raw.parent / "tidy").exists()
