"""Pages → which of them are a table of contents."""

from budgetlib.extraction.contents import contents_pages
from budgetlib.pages.model import Box, Line, Page

PARTS = ("一、部门概况", "二、收支总表", "三、收入总表", "四、支出总表", "五、财政拨款收支总表", "六、名词解释")


def page(*lines: str) -> Page:
    printed = tuple(Line(text, Box(90, 60 + 25 * i, 300, 74 + 25 * i)) for i, text in enumerate(lines))
    return Page(1, 595.0, 842.0, lines=printed)


def test_a_page_titled_contents_and_the_entries_overleaf_are_contents() -> None:
    assert contents_pages(
        [page("目 录", *PARTS[:3]), page(*PARTS[3:5], "- 2 -"), page("一、部门概况", "本部门负责。")]
    ) == {0, 1}


def test_a_list_of_parts_is_contents_without_a_title() -> None:
    assert contents_pages([page("示例局2026年部门预算"), page(*PARTS), page(*PARTS, "本部门负责示例工作。")]) == {1}


def test_entries_with_dots_and_page_numbers_are_contents() -> None:
    assert contents_pages([page(*(f"{part}…………{i}" for i, part in enumerate(PARTS[:3])))]) == {0}


def test_a_list_of_offices_is_no_contents() -> None:
    assert contents_pages([page(*(f"{i}.示例处" for i in range(1, 9)))]) == set()
