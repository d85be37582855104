"""Files without pages: what Word, workbooks and web pages show is read, with the place that the format has."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
import xlsxwriter

from budgetlib.core.errors import UnreadableDocument
from budgetlib.pages.model import UNREAD, Page
from budgetlib.pages.reader import read_document
from budgetlib.pages.unpaged.number_format import shown
from tests.typesetting.office import docx_of, word, zipped


def pages(folder: Path, content: bytes) -> list[Page]:
    path = folder / "file"
    path.write_bytes(content)
    return list(read_document(path))


def texts(page: Page) -> list[list[str]]:
    (grid,) = page.grids
    return [[cell.text for cell in grid.row(row)] for row in range(grid.row_count)]


def lines(page: Page) -> list[str]:
    return [line.text for line in page.lines]


def workbook(fill: Callable[[xlsxwriter.Workbook], object]) -> bytes:
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        fill(book)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        ("1234.5", "General", "1234.5"),
        ("1234.5", "#,##0.00", "1,234.50"),
        ("-1234.5", "#,##0.00;[Red]-#,##0.00", "-1,234.50"),
        ("-1234.5", "#,##0.00_);(#,##0.00)", "(1,234.50) "),
        ("0", '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ', "-"),
        ("0", "#,##0.00;-#,##0.00;", ""),
        ("0", "0.00", "0.00"),
        ("0.005", "0.00", "0.01"),
        ("609.02999999999997", "General", "609.03"),
        ("33.333333333333336", "General", "33.33333333"),
        ("3", "00", "03"),
        ("2010301", "0_ ", "2010301 "),
        ("0.1234", "0.00%", "12.34%"),
        ("123456", "#,##0.00,", "123.46"),
        ("12345", '0!.0,"万"', "1.2万"),
        ("7", "#.##", "7."),
        ("46023", 'yyyy"年"m"月"d"日"', "2026年1月1日"),
        ("46023", "yyyy-mm-dd", "2026-01-01"),
        ("5", '[>=10]0.0;[<10]"少"', "少"),
        ("5", "[$¥-804]#,##0.00", "¥5.00"),
    ],
)
def test_a_number_is_what_the_sheet_shows(value: str, code: str, text: str) -> None:
    assert shown(Decimal(value), code).strip() == text.strip()


def test_a_sheet_may_hold_text_and_several_tables(tmp_path: Path) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet("表")
        sheet.merge_range(0, 0, 0, 2, "表一 收入总表")
        sheet.write_row(1, 0, ["项目", "合计", "基本"])
        sheet.write_row(2, 0, ["合计", 1, 2])
        sheet.merge_range(3, 0, 3, 2, "表二 支出总表")
        sheet.write_row(4, 0, ["项目", "合计"])
        sheet.write_row(5, 0, ["合计", 3])
        sheet.write(7, 0, "本年支出比上年增加。")

    first, second, rest = pages(tmp_path, workbook(fill))
    assert (lines(first), texts(first)) == (["表一 收入总表"], [["项目", "合计", "基本"], ["合计", "1", "2"]])
    assert (lines(second), texts(second)) == (["表二 支出总表"], [["项目", "合计"], ["合计", "3"]])
    assert (lines(rest), rest.place) == (["本年支出比上年增加。"], "表!A8")
    assert [cell.place for cell in second.grids[0].row(1)] == ["表!A6", "表!B6"]


def test_what_is_hidden_is_not_read_and_said(tmp_path: Path) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet("支出总表")
        sheet.write_row(0, 0, ["项目", "底稿", "合计"])
        sheet.write_row(1, 0, ["合计", 8, 1])
        sheet.write_row(2, 0, ["核对", 9, 9])
        sheet.set_row(2, None, None, {"hidden": True})
        sheet.set_column(1, 1, None, None, {"hidden": True})
        book.add_worksheet("底稿").hide()

    shown_sheet, hidden = pages(tmp_path, workbook(fill))
    assert (lines(shown_sheet), texts(shown_sheet)) == (["支出总表"], [["项目", "合计"], ["合计", "1"]])
    assert shown_sheet.remarks == (
        "hidden and not read: 1 rows, the first is row 3",
        "hidden and not read: 1 columns, the first is column B",
    )
    assert (hidden.place, hidden.remarks) == ("底稿", ("a hidden sheet, not read",))


def test_a_merged_cell_whose_first_row_is_hidden_is_read_where_it_is_seen(tmp_path: Path) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()
        sheet.merge_range(0, 0, 1, 0, "项目")
        sheet.write_row(0, 1, ["x", "y"])
        sheet.write_row(1, 1, ["合计", "基本"])
        sheet.write_row(2, 0, ["办公费", 1, 1])
        sheet.set_row(0, None, None, {"hidden": True})

    (page,) = pages(tmp_path, workbook(fill))
    assert texts(page) == [["项目", "合计", "基本"], ["办公费", "1", "1"]]


def test_formulas_give_their_stored_values_and_one_without_any_is_unread(tmp_path: Path) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["项目", "合计"])
        sheet.write(1, 0, "甲")
        sheet.write_formula(1, 1, "=1+1", None, 2)
        sheet.write(2, 0, "乙")
        sheet.write_formula(2, 1, "=cmd|'/c calc'!A0", None, "")

    content = workbook(fill)
    (page,) = pages(tmp_path, content)
    assert texts(page)[1] == ["甲", "2"]
    (page,) = pages(tmp_path, without_values(content))
    assert texts(page)[1] == ["甲", UNREAD]
    assert page.remarks == ("2 formulas without a stored value: open and save it in a spreadsheet program",)


def without_values(content: bytes) -> bytes:
    """A workbook as programs write it that compute nothing."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    sheet = members["xl/worksheets/sheet1.xml"].decode()
    members["xl/worksheets/sheet1.xml"] = re.sub(r'( t="str")?><f>(.*?)</f><v>.*?</v>', r"><f>\2</f>", sheet).encode()
    return zipped(dict(members))


def test_numbers_that_a_sheet_shows_rounded_are_taken_so_and_counted(tmp_path: Path) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["项目", "合计"])
        sheet.write(1, 0, "甲")
        sheet.write(1, 1, 12.3456, book.add_format({"num_format": "0.00"}))

    (page,) = pages(tmp_path, workbook(fill))
    assert texts(page)[1] == ["甲", "12.35"]
    assert page.remarks == ("1 numbers are taken as the sheet shows them; their cells hold more digits",)


def test_zeros_that_a_sheet_does_not_show_are_blank(tmp_path: Path) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["项目", "合计", "基本"])
        sheet.write_row(1, 0, ["甲", 0, 1])
        sheet.hide_zero()

    (page,) = pages(tmp_path, workbook(fill))
    assert texts(page)[1] == ["甲", "", "1"]


def test_indentation_in_a_cell_is_kept(tmp_path: Path) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["项目", "合计"])
        sheet.write_row(1, 0, ["甲", 1])
        sheet.write(2, 0, "乙", book.add_format({"indent": 2}))
        sheet.write(2, 1, 1)
        sheet.write_row(3, 0, ["　　丙", 1])

    (page,) = pages(tmp_path, workbook(fill))
    assert [page.grids[0].row(row)[0].indent for row in range(4)] == [0, 0, 18, 18]


_CELL = "<w:tc><w:tcPr>{}</w:tcPr>{}</w:tc>"


def test_merged_cells_of_word_are_one_cell(tmp_path: Path) -> None:
    head = _CELL.format('<w:gridSpan w:val="2"/>', word("科目")) + _CELL.format(
        '<w:vMerge w:val="restart"/>', word("合计")
    )
    below = "".join(
        _CELL.format(merge, word(text)) for merge, text in [("", "编码"), ("", "名称"), ("<w:vMerge/>", "")]
    )
    table = f"<w:tbl><w:tr>{head}</w:tr><w:tr>{below}</w:tr></w:tbl>"
    (page,) = pages(tmp_path, docx_of(word("收入总表") + table))
    covered = {cell.text: (cell.rows, cell.columns, cell.place) for cell in page.grids[0].cells}
    assert covered == {
        "科目": (1, 2, "table 1, row 1, column 1"),
        "合计": (2, 1, "table 1, row 1, column 3"),
        "编码": (1, 1, "table 1, row 2, column 1"),
        "名称": (1, 1, "table 1, row 2, column 2"),
    }
    assert [(line.text, line.place) for line in page.lines] == [("收入总表", "paragraph 1")]


def test_deleted_and_hidden_text_of_word_is_not_read_and_text_boxes_are(tmp_path: Path) -> None:
    deleted = "<w:del><w:r><w:delText>999</w:delText></w:r></w:del>"
    hidden = "<w:r><w:rPr><w:vanish/></w:rPr><w:t>888</w:t></w:r>"
    box = f"<w:r><w:pict><w:txbxContent>{word('单位：万元')}</w:txbxContent></w:pict></w:r>"
    kept = "<w:ins><w:r><w:t>收入总表</w:t></w:r></w:ins>"
    (page,) = pages(tmp_path, docx_of(f"<w:p>{deleted}{hidden}{kept}{box}</w:p>"))
    assert lines(page) == ["收入总表", "单位：万元"]
    assert page.remarks == ("1 pieces of hidden text were not read",)


def test_numbers_that_word_puts_before_paragraphs_are_read(tmp_path: Path) -> None:
    def level(number: int, text: str, form: str) -> str:
        about = f'<w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/>'
        return f'<w:lvl w:ilvl="{number}">{about}</w:lvl>'

    numbering = (
        f'<w:abstractNum w:abstractNumId="7">{level(0, "%1、", "chineseCounting")}{level(1, "（%2）", "decimal")}'
        '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num>'
    )
    styles = '<w:style w:styleId="2"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
    listed = '<w:numPr><w:ilvl w:val="1"/><w:numId w:val="1"/></w:numPr>'
    body = [("收入", '<w:pStyle w:val="2"/>'), ("甲", listed), ("乙", listed), ("支出", '<w:pStyle w:val="2"/>')]
    content = docx_of("".join(word(*one) for one in [*body, ("丙", listed)]), numbering=numbering, styles=styles)
    (page,) = pages(tmp_path, content)
    assert lines(page) == ["一、收入", "（1）甲", "（2）乙", "二、支出", "（1）丙"]


def test_tables_that_only_lay_out_a_web_page_are_none(tmp_path: Path) -> None:
    inner = (
        "<table><tr><th rowspan=2>项目<th colspan=2>2026年<tr><td>基本<td>项目<tr><td>合计<td>1.00<td>&nbsp;</table>"
    )
    page = f"<html><table><tr><td><div>收入&nbsp;总表</div><p>单位：<b>万</b>元</p>{inner}<p>注：无</td></tr></table>"
    table, rest = pages(tmp_path, page.encode())
    assert lines(table) == ["收入\xa0总表", "单位：万元"]
    assert texts(table) == [["项目", "2026年"], ["基本", "项目"], ["合计", "1.00", ""]]
    assert lines(rest) == ["注：无"]


def test_scripts_frames_and_what_is_not_displayed_are_not_read(tmp_path: Path) -> None:
    page = (
        "<!DOCTYPE html><script>document.write('1')</script><iframe src='http://192.0.2.1/'>2</iframe>"
        "<p style='display: none'>3</p><p hidden>4</p><p>收入<br>&#25903;&#20986;&lt;3</p>"
    )
    (only,) = pages(tmp_path, page.encode())
    assert lines(only) == ["收入", "支出<3"]
    assert [line.place for line in only.lines] == ["paragraph 1", "paragraph 1, line 2"]
    assert only.remarks == (
        "1 frames are other web pages and not read; save them as files of their own",
        "2 parts that are not displayed were not read",
    )


@pytest.mark.parametrize("encoding", ["utf-8", "gb2312", "gbk", "gb18030", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("named", ["utf-8", "gb2312", "x-unknown"])
def test_a_web_page_is_read_in_its_encoding_whichever_it_names(tmp_path: Path, encoding: str, named: str) -> None:
    page = f'<html><head><meta charset="{named}"></head><p>收入预算总表</p>'.encode(encoding)
    (only,) = pages(tmp_path, page)
    assert lines(only) == ["收入预算总表"]


def test_mixed_encodings_leave_what_fits_none_unread_and_say_so(tmp_path: Path) -> None:
    (only,) = pages(tmp_path, "<html><p>收入预算总表</p>".encode() + b"<p>\xff\xfe</p>")
    assert lines(only)[0] == "收入预算总表"
    assert only.remarks == ("2 characters are in no known encoding",)


@pytest.mark.parametrize(
    ("content", "outcome", "way_out"),
    [
        (b"Rar!\x1a\x07\x01\x00", "malformed", "is a RAR archive; unpack it"),
        (b"7z\xbc\xaf\x27\x1c", "malformed", "is a 7z archive; unpack it"),
        (zipped({"OFD.xml": "<ofd/>"}), "malformed", "is an OFD document; print it to a PDF"),
        (b"\x00\x01\x02", "malformed", "is of no kind that is read; save it as a PDF"),
        (b"<html><script>1</script>", "empty", "holds neither text nor tables"),
    ],
)
def test_what_cannot_be_read_is_named_with_the_way_out(
    tmp_path: Path, content: bytes, outcome: str, way_out: str
) -> None:
    with pytest.raises(UnreadableDocument, match=way_out) as refused:
        pages(tmp_path, content)
    assert refused.value.outcome == outcome


def test_an_open_document_workbook_is_read_as_it_is_shown(tmp_path: Path) -> None:
    names = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"'
        for short, long in [("office", "office"), ("table", "table"), ("text", "text"), ("style", "style")]
    )
    hidden = '<style:style style:name="h"><style:table-properties table:display="false"/></style:style>'
    rows = (
        '<table:table-row><table:table-cell table:number-columns-spanned="2"><text:p>项目</text:p></table:table-cell>'
        "<table:covered-table-cell/><table:table-cell><text:p>合计</text:p></table:table-cell></table:table-row>"
        "<table:table-row><table:table-cell><text:p>201</text:p></table:table-cell><table:table-cell><text:p>"
        '<text:s text:c="2"/>服务</text:p></table:table-cell><table:table-cell office:value="1234.5"><text:p>1,234.50'
        "</text:p></table:table-cell></table:table-row>"
        '<table:table-row table:visibility="collapse"><table:table-cell><text:p>底稿</text:p></table:table-cell>'
        '</table:table-row><table:table-row table:number-rows-repeated="1048573"><table:table-cell '
        'table:number-columns-repeated="16384"/></table:table-row>'
    )
    sheets = f'<table:table table:name="支出">{rows}</table:table><table:table table:name="底稿" table:style-name="h"/>'
    content = (
        f"<office:document-content {names}><office:automatic-styles>{hidden}</office:automatic-styles>"
        f"<office:body><office:spreadsheet>{sheets}</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    page, other = pages(tmp_path, zipped({"mimetype": kind, "content.xml": content}))
    assert texts(page) == [["项目", "合计"], ["201", "  服务", "1,234.50"]]
    assert [(cell.place, cell.columns) for cell in page.grids[0].row(0)] == [("支出!A1", 2), ("支出!C1", 1)]
    assert page.grids[0].row(1)[1].indent == 9.0
    assert page.remarks == ("hidden and not read: 1 rows, the first is row 3",)
    assert (other.place, other.remarks) == ("底稿", ("a hidden sheet, not read",))
