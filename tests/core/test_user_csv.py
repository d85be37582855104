"""A CSV file that people write: every encoding they use is read, every slip is a sentence with file and line."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pytest

from budgetlib.core.errors import BadParameter
from budgetlib.core.user_csv import Entry, amend, read_entries, usable, year_refusal
from budgetlib.pages.sources import read_manifest
from budgetlib.tables.corrections import read_corrections
from budgetlib.tables.deflator import load_deflator
from budgetlib.tables.matches import COLUMNS as MATCHES
from budgetlib.tables.matches import load_matches

TEXT = "项目,年份,说明\n窗口服务,2026,代办\n"


def read(folder: Path, content: str | bytes) -> list[Entry]:
    path = folder / "list.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_entries(
        path,
        ("项目", "年份"),
        ("说明",),
        key=("项目",),
        filled=("项目",),
        refusal=lambda values: year_refusal(values, "年份"),
    )


def values(folder: Path, content: str | bytes) -> list[tuple[str, ...]]:
    return [tuple(one.values()) for one in usable(read(folder, content))]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_encodings_and_line_ends_of_spreadsheets_are_read(tmp_path: Path, encoding: str, end: str) -> None:
    assert values(tmp_path, TEXT.replace("\n", end).encode(encoding)) == [("窗口服务", "2026", "代办")]


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode("utf-16"),
        TEXT.encode("utf-16-le"),
        "項目,年份,說明\n視窗服務,2026,代辦業務管理局\n".encode("big5"),
        "项目,年份\ncafé,2026\n".encode() + b"\xff",
        b"PK\x03\x04\x14\x00\x06\x00\x08\x00\x00\x00!\x00",
    ],
)
def test_another_encoding_is_refused_with_the_file_and_what_to_do(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(BadParameter, match=rf"{tmp_path.name}/list\.csv, line 1, .*save it as CSV UTF-8"):
        read(tmp_path, content)


def test_a_missing_column_is_refused_with_those_that_are_needed(tmp_path: Path) -> None:
    with pytest.raises(BadParameter, match=r"list\.csv, line 1, has the columns 项目, 说明; it needs 项目, 年份"):
        read(tmp_path, "项目,说明\n窗口服务,代办\n")


@pytest.mark.parametrize("content", ["", "\ufeff", "\n\n"])
def test_an_empty_file_is_refused_with_the_columns_that_are_needed(tmp_path: Path, content: str) -> None:
    with pytest.raises(BadParameter, match=r"line 1, has no columns; it needs 项目, 年份.*remove the file"):
        read(tmp_path, content)


def test_no_file_and_a_file_without_rows_say_nothing(tmp_path: Path) -> None:
    assert read_entries(tmp_path / "none.csv", ("项目",), key=("项目",)) == []
    assert read(tmp_path, "项目,年份\n") == []


def test_further_columns_blank_rows_and_trailing_commas_are_ignored(tmp_path: Path) -> None:
    content = "电话,年份,项目,,\n\n123,2026,窗口服务,,,,\n,,,,\n"
    assert values(tmp_path, content) == [("窗口服务", "2026", "")]


def test_a_column_may_be_missing_at_the_end_of_a_row_as_excel_leaves_it_out(tmp_path: Path) -> None:
    assert values(tmp_path, "项目,年份,说明\n窗口服务,2026\n") == [("窗口服务", "2026", "")]


def test_a_line_break_between_quotation_marks_belongs_to_the_value_and_lines_are_counted_as_in_the_file(
    tmp_path: Path,
) -> None:
    first, second = read(tmp_path, '项目,年份,说明\n窗口服务,2026,"两\n行"\n档案整理,26,\n')
    assert first.values["说明"] == "两\n行"
    assert second.fault == f"{tmp_path.name}/list.csv, line 4: " + (
        "年份 is '26'; allowed: a year in four digits, without date, separator or unit"
    )


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ('窗口服务,2026,"没有完', "line 3: unexpected end of data; put a value between quotation marks"),
        ('"窗口"服务,2026,', "line 3: ',' expected after '\"'"),
        ("窗口服务,2026,1,234.50", r"line 3 has 4 values for 3 columns; quote a value that has a comma"),
        (",2026,代办", "line 3: 项目 is empty; fill it in"),
        ('窗口服务,"2,026",', "line 3: 年份 is '2,026'; allowed: a year in four digits"),
        ("窗口服务,2026/1/1,", "line 3: 年份 is '2026/1/1'; allowed: a year in four digits"),
        ("窗口服务,２０２６,", "line 3: 年份 is '２０２６'; allowed"),
    ],
)
def test_a_row_that_cannot_be_used_is_said_with_its_line_and_the_others_are_used(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, row: str, said: str
) -> None:
    with caplog.at_level(logging.WARNING):
        assert values(tmp_path, f"项目,年份,说明\n档案整理,2025,\n{row}\n")[0] == ("档案整理", "2025", "")
    (message,) = caplog.messages
    assert said in message
    assert message.endswith("the row is not used")


def test_of_two_rows_about_one_thing_neither_is_used_and_both_are_named(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert values(tmp_path, "项目,年份\n档案整理,2025\n窗口服务,2025\n窗口服务,2026\n") == [("档案整理", "2025", "")]
    assert [message.split(";")[0] for message in caplog.messages] == [
        f"{tmp_path.name}/list.csv, line {line}: 项目 窗口服务 stands twice (lines 3, 4)" for line in (3, 4)
    ]


def test_a_row_that_is_repeated_word_for_word_counts_once(tmp_path: Path) -> None:
    assert values(tmp_path, "项目,年份,别\n档案整理,2025,a\n档案整理,2025,b\n") == [("档案整理", "2025", "")]


def test_filling_in_leaves_what_is_written_as_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    rows = ['a,"项""目",3', '  b ,,"两\r\n行"', 'c,"没"有,1', ",,", '"d"', "e,1,2,3"]
    path.write_bytes("\r\n".join(["\ufeffName,项目,Note", *rows]).encode())
    amend(path, "name", {key: {"项目": "新", "date": "2026"} for key in "abc"}, [{"name": "f", "date": "2025"}])
    assert path.read_bytes().decode().split("\r\n") == [
        "\ufeffName,项目,Note,date",
        'a,"项""目",3,2026',
        'b,新,"两',
        '行",2026',
        *rows[2:],
        "f,,,2025",
        "",
    ]


def write(path: Path, *rows: Mapping[str, str] | list[str]) -> Path:
    path.write_text("\n".join(",".join(row) for row in rows), encoding="gb18030")
    return path


def test_a_manifest_in_gb18030_says_what_it_says_and_a_bad_row_of_it_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write(tmp_path / "manifest.csv", ["file", "fiscal_year"], ["甲.pdf", "2026"], ["乙.pdf", "2026年"])
    assert list(read_manifest(tmp_path)) == ["甲.pdf"]
    assert "manifest.csv, line 3: fiscal_year is '2026年'" in caplog.text


def test_a_manifest_may_list_addresses_whose_files_have_no_name_yet(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    rows = ["", "http://example.org/1"], ["", "http://example.org/2"], ["甲.pdf", ""]
    write(tmp_path / "manifest.csv", ["file", "url"], *rows)
    assert list(read_manifest(tmp_path)) == ["甲.pdf"]
    assert caplog.text == ""


def test_corrections_in_gb18030_are_read_and_two_of_one_figure_are_both_refused(tmp_path: Path) -> None:
    columns = ["file", "form", "row", "measure", "old", "new", "reason", "evidence"]
    row = ["甲.pdf", "revenue", "1", "total", "1", "2", "误", "公告"]
    write(tmp_path / "corrections.csv", columns, row, [*row[:5], "3", *row[6:]], [*row[:2], "2", *row[3:]])
    faults = [entry.fault for entry in read_corrections(tmp_path)]
    assert [fault is None for fault in faults] == [False, False, True]
    assert "file 甲.pdf, measure total, old 1, form revenue, row 1 stands twice" in str(faults[0])


def test_reviewed_matches_in_gb18030_are_read_without_the_row_that_has_a_date_for_a_year(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    good = ["示例局", "2026", "", "窗口服务", "", "", "", "", "某人", ""]
    path = write(tmp_path / "catalogue_matches.csv", list(MATCHES), good, [good[0], "2026-01-01", *good[2:]])
    assert load_matches(path)[["project", "fiscal_year", "unit"]].to_numpy().tolist() == [["窗口服务", 2026, None]]
    assert "catalogue_matches.csv, line 3: fiscal_year is '2026-01-01'" in caplog.text


def test_a_price_index_may_have_thousands_separators_and_further_columns(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = write(
        tmp_path / "deflator.csv",
        ["year", "index", "来源"],
        ["2025", '"1,023.5"', "公报"],
        ["2026/1/1", "105", ""],
        ["2024", '"10,23.5"', ""],
    )
    assert load_deflator(path).to_numpy().tolist() == [[2025, Decimal("1023.5")]]
    assert "line 3: year is '2026/1/1'" in caplog.text
    assert "line 4: index is '10,23.5'; allowed: a number above zero" in caplog.text
