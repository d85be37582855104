"""What is painted on a page is read as a viewer shows it, whichever reader gives the ink."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from reportlab.lib import colors
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from budgetlib.core.text import squeeze
from budgetlib.pages.ink import READERS
from budgetlib.pages.model import Page
from budgetlib.pages.pdf import read_writing
from budgetlib.pages.reader import read_document
from tests.typesetting.paper import FONT, register_font

ROOT = Path(__file__).resolve().parents[2]
WIDTH, HEIGHT = 400.0, 300.0
SIZE = 10.0

Draw = Callable[[Canvas], object]


@pytest.fixture(autouse=True)
def _font() -> None:
    register_font()


def drawn(folder: Path, draw: Draw, reader: str = "pdfium") -> Page:
    """The one page that `draw` paints."""
    canvas = Canvas(str(folder / "ink.pdf"), pagesize=(WIDTH, HEIGHT))
    canvas.setFont(FONT, SIZE)
    draw(canvas)
    canvas.save()
    (page,) = read_document(folder / "ink.pdf", ocr="never", reader=reader)
    return page


def texts(page: Page) -> list[str]:
    return [squeeze(line.text) for line in page.lines]


def cells(page: Page) -> list[list[str]]:
    return [[squeeze(cell.text) for row in range(grid.row_count) for cell in grid.row(row)] for grid in page.grids]


def clipped(canvas: Canvas, box: tuple[float, float, float, float], paint: Draw) -> None:
    canvas.saveState()
    frame = canvas.beginPath()
    frame.rect(*box)
    canvas.clipPath(frame, stroke=0, fill=0)
    paint(canvas)
    canvas.restoreState()


def mode(canvas: Canvas, render: int, said: str, y: float) -> None:
    text = canvas.beginText(50, y)
    text.setTextRenderMode(render)
    text.textOut(said)
    canvas.drawText(text)


def picture(colour: tuple[int, ...]) -> ImageReader:
    stream = io.BytesIO()
    Image.new("RGB" if len(colour) == 3 else "RGBA", (40, 40), colour).save(stream, "PNG")
    return ImageReader(stream)


def test_text_outside_its_frame_is_not_read_and_said(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        clipped(canvas, (50, 190, 42, 30), lambda inner: inner.drawString(50, 200, "看得见看不见"))
        clipped(canvas, (50, 100, 200, 30), lambda inner: inner.drawString(50, 150, "全都看不见"))

    page = drawn(tmp_path, draw)
    assert texts(page) == ["看得见看"]
    assert page.remarks == ("7 characters outside their frame are not seen and not read: 不见全都看不见",)


def test_what_a_cell_cuts_off_does_not_reach_the_cell_beside_it(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.grid([50, 100, 200], [180, 200, 220])
        clipped(canvas, (50, 200, 50, 20), lambda inner: inner.drawString(52, 205, "城乡社区规划支出"))
        canvas.drawString(102, 205, "12.50")

    assert cells(drawn(tmp_path, draw)) == [["城乡社区规", "12.50", "", ""]]


def test_a_number_of_which_a_part_is_cut_off_is_no_number(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.grid([50, 100, 200], [180, 200, 220])
        clipped(canvas, (100, 200, 30, 20), lambda inner: inner.drawString(102, 205, "1234567.89"))

    (row,) = cells(drawn(tmp_path, draw))
    assert row[1].endswith("\ufffd")
    assert row[1][:-1].isdigit()


def unpainted(canvas: Canvas) -> None:
    mode(canvas, 3, "没有墨迹", 200)


def white(canvas: Canvas) -> None:
    canvas.setFillColor(colors.white)
    canvas.drawString(50, 200, "没有墨迹")


def below_a_picture(canvas: Canvas) -> None:
    canvas.drawString(50, 200, "没有墨迹")
    canvas.drawImage(picture((0, 120, 0)), 40, 190, 90, 30)


def painted_over(canvas: Canvas) -> None:
    canvas.drawString(50, 200, "没有墨迹")
    canvas.setFillColor(colors.white)
    canvas.rect(40, 190, 90, 30, stroke=0, fill=1)


@pytest.mark.parametrize(
    ("paint", "reason"),
    [
        (unpainted, "painted without ink"),
        (white, "painted white on white"),
        (below_a_picture, "below a picture or an area"),
        (painted_over, "below a picture or an area"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_text_that_leaves_no_ink_is_not_read_and_said(tmp_path: Path, paint: Draw, reason: str) -> None:
    page = drawn(tmp_path, lambda canvas: (canvas.drawString(50, 100, "看得见"), paint(canvas)))
    assert texts(page) == ["看得见"]
    assert page.remarks == (f"4 characters {reason} are not seen and not read: 没有墨迹",)


@pytest.mark.parametrize("reader", READERS)
def test_white_text_on_a_dark_area_is_read(tmp_path: Path, reader: str) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFillColor(colors.darkblue)
        canvas.rect(40, 190, 90, 30, stroke=0, fill=1)
        canvas.setFillColor(colors.white)
        canvas.drawString(50, 200, "收支总表")

    assert texts(drawn(tmp_path, draw, reader)) == ["收支总表"]


def a_tint(canvas: Canvas) -> None:
    canvas.setFillColor(colors.red, alpha=0.4)
    canvas.rect(40, 190, 90, 30, stroke=0, fill=1)


def a_seal(canvas: Canvas) -> None:
    canvas.drawImage(picture((200, 0, 0, 90)), 40, 190, 90, 30, mask="auto")


@pytest.mark.parametrize("paint", [a_tint, a_seal])
def test_text_below_what_lets_it_through_is_read(tmp_path: Path, paint: Draw) -> None:
    page = drawn(tmp_path, lambda canvas: (canvas.drawString(50, 200, "收支总表"), paint(canvas)))
    assert texts(page) == ["收支总表"]


def test_a_recognised_text_behind_a_picture_is_not_the_text_of_the_page(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        mode(canvas, 3, "识别的文字123.45", 200)
        canvas.drawImage(picture((255, 255, 255)), 0, 0, WIDTH, HEIGHT)

    page = drawn(tmp_path, draw)
    assert page.source == "none"
    assert "picture without a text layer" in (page.fault or "")
    assert "识别的文字" in page.remarks[0]


def test_what_is_written_in_one_go_is_not_torn_apart_by_a_rule(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.grid([50, 100, 200], [180, 200, 220])
        canvas.drawString(52, 205, "城乡社区规划")
        canvas.drawString(140, 205, "12.50")

    assert cells(drawn(tmp_path, draw)) == [["城乡社区规划", "12.50", "", ""]]


def one_by_one(canvas: Canvas, x: float, y: float, said: str) -> None:
    for character in said:
        canvas.drawString(x, y, character)
        x += canvas.stringWidth(character, FONT, SIZE)


@pytest.mark.parametrize("reader", READERS)
def test_a_number_written_character_by_character_is_not_torn_apart_by_a_rule(tmp_path: Path, reader: str) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.grid([50, 100, 200], [180, 200, 220])
        one_by_one(canvas, 52, 205, "合计")
        one_by_one(canvas, 92, 205, "1,234,567.89")

    assert cells(drawn(tmp_path, draw, reader)) == [["合计", "1,234,567.89", "", ""]]


@pytest.mark.parametrize("reader", READERS)
def test_numbers_that_touch_are_not_one_number(tmp_path: Path, reader: str) -> None:
    def draw(canvas: Canvas) -> None:
        width = canvas.stringWidth("1,234.56", FONT, SIZE)
        canvas.grid([50, 50 + width, 50 + 2 * width], [180, 200, 220])
        one_by_one(canvas, 50, 205, "1,234.567,890.12")

    assert cells(drawn(tmp_path, draw, reader)) == [["1,234.56", "7,890.12", "", ""]]


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_sheet_that_lies_on_its_side_or_head_is_read_as_upright(tmp_path: Path, reader: str, degrees: int) -> None:
    def upright(canvas: Canvas) -> None:
        canvas.drawString(60, 150, "收支总表")
        canvas.grid([50, 100, 150], [80, 100, 120])
        canvas.drawString(52, 105, "合计")
        canvas.drawString(102, 105, "12.50")

    def turned(canvas: Canvas) -> None:
        canvas.translate(WIDTH / 2, HEIGHT / 2)
        canvas.rotate(degrees)
        canvas.translate(-WIDTH / 2, -HEIGHT / 2)
        upright(canvas)

    page = drawn(tmp_path, turned, reader)
    assert page.turn == degrees
    assert texts(page) == ["收支总表"]
    assert cells(page) == [["合计", "12.50", "", ""]]


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("degrees", [0, 90])
def test_where_one_reader_read_a_figure_the_other_finds_all_that_touches_it(
    tmp_path: Path, reader: str, degrees: int
) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.translate(WIDTH / 2, HEIGHT / 2)
        canvas.rotate(degrees)
        width = canvas.stringWidth("1,234.56", FONT, SIZE)
        canvas.grid([0, width, 2 * width], [0, 20, 40])
        for _ in "bold":
            one_by_one(canvas, 0, 25, "1,234.567,890.12")
        canvas.drawString(2, 8, "35.60")
        canvas.drawString(2, 1, "7")
        canvas.drawString(width + 2, 8, "8.90")

    page = drawn(tmp_path, draw, reader)
    (other,) = READERS.keys() - {reader}
    (writing,) = read_writing(tmp_path / "ink.pdf", None, other, [1])
    read = {squeeze(cell.text): squeeze(writing.at(cell.box)) for cell in page.grids[0].cells if cell.text and cell.box}
    assert read == {"1,234.56": "1,234.567,890.12", "7,890.12": "1,234.567,890.12", "35.607": "35.607", "8.90": "8.90"}


@pytest.mark.parametrize("reader", READERS)
def test_ink_in_a_form_object_stands_where_its_matrix_puts_it(tmp_path: Path, reader: str) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.beginForm("table")
        canvas.setFont(FONT, SIZE)
        canvas.grid([0, 50, 100], [0, 20, 40])
        canvas.drawString(2, 25, "合计")
        canvas.drawString(52, 25, "12.50")
        canvas.endForm()
        canvas.translate(100, 100)
        canvas.scale(2, 2)
        canvas.doForm("table")

    page = drawn(tmp_path, draw, reader)
    assert cells(page) == [["合计", "12.50", "", ""]]
    box = page.grids[0].box
    assert box is not None
    assert (box.x0, box.top, box.x1, box.bottom) == pytest.approx((100, 120, 300, 200), abs=1)


@pytest.mark.parametrize("reader", READERS)
def test_places_count_from_the_corner_that_a_viewer_shows(tmp_path: Path, reader: str) -> None:
    from pypdf import PdfReader, PdfWriter
    from pypdf.generic import RectangleObject

    drawn(tmp_path, lambda canvas: canvas.drawString(150, 200, "收支总表"))
    writer = PdfWriter(clone_from=PdfReader(tmp_path / "ink.pdf"))
    writer.pages[0].cropbox = RectangleObject((100, 50, 350, 250))
    writer.write(tmp_path / "cropped.pdf")
    (page,) = read_document(tmp_path / "cropped.pdf", ocr="never", reader=reader)
    box = page.lines[0].box
    assert box is not None
    assert (page.width, page.height) == (250, 200)
    assert (box.x0, box.x1) == pytest.approx((50, 90), abs=0.5)
    assert box.top < 50 < box.bottom


def test_both_readers_give_the_same_lines_and_cells_of_a_sound_disclosure() -> None:
    path = ROOT / "data/raw/示例市示例局-2026.pdf"
    first, second = (list(read_document(path, ocr="never", reader=reader)) for reader in READERS)
    assert len(first) == len(second) > 0
    for one, other in zip(first, second, strict=True):
        assert texts(one) == texts(other)
        assert cells(one) == cells(other)
