"""Each CSV file that a user writes, with each slip of spreadsheets: a sentence with file and line, or no harm."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from budgetlib.core.errors import BadParameter
from budgetlib.core.user_csv import usable
from budgetlib.pages.sources import find_sources, read_manifest
from budgetlib.tables.corrections import correction, read_corrections
from budgetlib.tables.deflator import load_deflator
from budgetlib.tables.matches import load_matches
from budgetlib.tables.verdicts import read_verdicts

Row = dict[str, str]


class Kind(NamedTuple):
    """A file by its name: how it is read, a row that can be used, the column with a year, and one of text."""

    read: Callable[[Path], list[Any]]
    row: Row
    year: str
    text: str
    needed: str
    differing: str
    """Two rows that differ in this column alone are about the same thing."""


def manifest(path: Path) -> list[Any]:
    return [dict(values) for values in read_manifest(path.parent).values()]


def corrections(path: Path) -> list[Any]:
    return [dict(entry.values) for entry in read_corrections(path.parent) if not entry.fault]


def matches(path: Path) -> list[Any]:
    return load_matches(path).to_dict("records")


def findings(path: Path) -> list[Any]:
    return list(usable(read_verdicts(path.parent)))


def deflator(path: Path) -> list[Any]:
    return load_deflator(path).to_dict("records")


FILES = {
    "manifest.csv": Kind(
        manifest,
        {"file": "甲.pdf", "publisher": "示例局", "fiscal_year": "2026", "note": "原件"},
        year="fiscal_year",
        text="note",
        needed="file",
        differing="publisher",
    ),
    "corrections.csv": Kind(
        corrections,
        {
            "file": "甲.pdf",
            "form": "revenue",
            "row": "1",
            "measure": "total",
            "old": "1",
            "new": "2",
            "reason": "误",
            "evidence": "公告",
        },
        year="",
        text="reason",
        needed="measure",
        differing="new",
    ),
    "catalogue_matches.csv": Kind(
        matches,
        {
            "department": "示例局",
            "fiscal_year": "2026",
            "project": "窗口服务",
            "code": "B0101",
            "name": "窗口",
            "reviewer": "某人",
            "note": "看过",
        },
        year="fiscal_year",
        text="note",
        needed="reviewer",
        differing="reviewer",
    ),
    "findings.csv": Kind(
        findings,
        {
            "file": "甲.pdf",
            "check": "leaves_add_up",
            "form": "revenue",
            "row": "1",
            "page": "6",
            "places": "revenue:1:total",
            "published": "10",
            "expected": "11",
            "verdict": "confirmed",
            "reviewer": "某人",
            "note": "看过",
        },
        year="",
        text="note",
        needed="verdict",
        differing="reviewer",
    ),
    "deflator.csv": Kind(
        deflator,
        {"year": "2026", "index": "102.3", "来源": "公报"},
        year="year",
        text="来源",
        needed="index",
        differing="index",
    ),
}
every_file = pytest.mark.parametrize("name", FILES)
with_a_year = pytest.mark.parametrize("name", [name for name, kind in FILES.items() if kind.year])


def write(folder: Path, name: str, *rows: Mapping[str, str], encoding: str = "utf-8") -> Path:
    text = io.StringIO(newline="")
    table = csv.DictWriter(text, rows[0])
    table.writeheader()
    table.writerows(rows)
    path = folder / name
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def sentences(path: Path, kind: Kind, caplog: pytest.LogCaptureFixture) -> str:
    """What is said of the rows that cannot be used, whether they are refused, logged or noted."""
    try:
        kind.read(path)
    except BadParameter as refusal:
        return str(refusal)
    faults = [entry.fault for entry in read_corrections(path.parent) if entry.fault]
    return "\n".join([*caplog.messages, *faults])


@every_file
@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_another_encoding_of_excel_reads_the_same(tmp_path: Path, name: str, encoding: str) -> None:
    kind = FILES[name]
    expected = kind.read(write(tmp_path, name, kind.row))
    assert expected
    assert kind.read(write(tmp_path, name, kind.row, encoding=encoding)) == expected


@every_file
def test_an_encoding_that_is_none_of_these_is_refused(tmp_path: Path, name: str) -> None:
    path = write(tmp_path, name, FILES[name].row, encoding="utf-16")
    with pytest.raises(BadParameter, match=rf"{name}, line 1, is not text in UTF-8 or GB18030; save it as CSV UTF-8"):
        FILES[name].read(path)


@every_file
def test_a_missing_column_is_named(tmp_path: Path, name: str) -> None:
    row = {column: value for column, value in FILES[name].row.items() if column != FILES[name].needed}
    with pytest.raises(BadParameter, match=rf"{name}, line 1, has the columns .*; it needs .*{FILES[name].needed}"):
        FILES[name].read(write(tmp_path, name, row))


@every_file
def test_an_extra_column_changes_nothing(tmp_path: Path, name: str) -> None:
    kind = FILES[name]
    expected = kind.read(write(tmp_path, name, kind.row))
    assert kind.read(write(tmp_path, name, {"电话": "123", **kind.row, "备注二": "x"})) == expected


@every_file
def test_an_empty_file_is_refused_with_what_it_needs(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.touch()
    with pytest.raises(BadParameter, match=rf"{name}, line 1, has no columns; it needs .*remove the file"):
        FILES[name].read(path)


@every_file
def test_a_quoted_newline_is_part_of_its_value_and_lines_are_counted(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    kind = FILES[name]
    first = {**kind.row, kind.text: "两\n行"}
    assert len(kind.read(write(tmp_path, name, first))) == 1
    path = write(tmp_path, name, first, first | {kind.differing: "105"})
    assert "(lines 2, 4)" in sentences(path, kind, caplog)


@every_file
def test_two_rows_about_one_thing_are_both_named(tmp_path: Path, caplog: pytest.LogCaptureFixture, name: str) -> None:
    kind = FILES[name]
    path = write(tmp_path, name, kind.row, kind.row | {kind.differing: "105"})
    message = sentences(path, kind, caplog)
    for line in (2, 3):
        assert f"{name}, line {line}: " in message
    assert message.count("stands twice (lines 2, 3); keep one") == 2


@with_a_year
@pytest.mark.parametrize("year", ["2,026", "2026/1/1", "2026-01-01", "Jan-26"])
def test_a_year_with_a_thousands_separator_or_as_an_excel_date_is_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, name: str, year: str
) -> None:
    kind = FILES[name]
    message = sentences(write(tmp_path, name, kind.row | {kind.year: year}), kind, caplog)
    assert f"{name}, line 2: {kind.year} is {year!r}; allowed: a year in four digits" in message


def test_a_price_index_with_a_thousands_separator_is_a_number(tmp_path: Path) -> None:
    path = write(tmp_path, "deflator.csv", {"year": "2026", "index": "1,023.5"})
    assert deflator(path)[0]["index"] == Decimal("1023.5")


@pytest.mark.parametrize(
    ("slip", "sentence"),
    [
        ({"old": "12,345.00", "new": "12,354.00"}, None),
        ({"old": "2026/1/1"}, "old is '2026/1/1', printed is 123450000"),
        ({"old": "12,345.00", "new": "Jan-26"}, "new is 'Jan-26'; write a number"),
        ({"old": "12,345.00", "row": "1月1日"}, "there is no such figure; take form, row"),
    ],
)
def test_a_correction_takes_thousands_separators_and_says_what_an_excel_date_is_in_place_of(
    tmp_path: Path, slip: Row, sentence: str | None
) -> None:
    write(tmp_path, "corrections.csv", FILES["corrections.csv"].row | slip)
    (entry,) = read_corrections(tmp_path)
    line = {"form": "revenue", "row": 1, "measure": "total", "item": "合计", "page": 1, "code": None}
    record = correction(
        entry, "0a1b", {"lines": [line | {"amount_yuan": Decimal("123450000.00"), "published_unit": "万元"}]}
    )
    if sentence is None:
        assert (record["outcome"], record["corrected"]) == ("applied", Decimal(123_540_000))
    else:
        assert record["outcome"] == "refused"
        assert "corrections.csv, line 2: 甲.pdf, revenue, total: " in record["message"]
        assert sentence in record["message"]


def test_a_file_is_of_the_day_that_the_manifest_says(tmp_path: Path) -> None:
    (tmp_path / "manifest.csv").write_text("file,retrieved\n甲.txt,2026-02-10\n乙.txt,昨天\n", encoding="utf-8")
    for name in ("甲.txt", "乙.txt"):
        (tmp_path / name).write_text(name, encoding="utf-8")
    assert {one.name: one.file_date for one in find_sources([tmp_path])} == {"甲.txt": "2026-02-10", "乙.txt": None}
