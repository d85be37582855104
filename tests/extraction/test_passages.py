"""Pages → passages: what belongs to the running text of a section, and on which page it is printed."""

from collections.abc import Sequence

import pytest

from budgetlib.extraction.narrative.passages import Passage, read_passages
from budgetlib.extraction.sentences import read_sentences
from budgetlib.pages.model import Box, Cell, Grid, Line, Page

LEFT, RIGHT, HEIGHT = 90.0, 500.0, 14.0


def sheet(*lines: str, number: int = 1, tables: Sequence[Grid] = ()) -> Page:
    """A page of a PDF: one line below the other; a line that ends with `|` reaches the right margin."""
    printed = []
    for i, line in enumerate(lines):
        right = RIGHT if line.endswith("|") else LEFT + 250
        printed.append(Line(line.rstrip("|"), Box(LEFT, 60 + 25 * i, right, 60 + 25 * i + HEIGHT)))
    return Page(number, 595.0, 842.0, lines=tuple(printed), grids=tuple(tables))


def plain(*lines: str) -> Page:
    return Page(None, lines=tuple(Line(line) for line in lines))


def table(*texts: str, top: float, columns: int = 2) -> Grid:
    cells = tuple(Cell(text, i // columns, i % columns) for i, text in enumerate(texts))
    return Grid(cells, len(texts) // columns, columns, Box(LEFT, top, RIGHT, top + 20))


def only(passages: list[Passage]) -> Passage:
    (passage,) = passages
    return passage


def test_wrapped_lines_are_joined_without_a_blank() -> None:
    passage = only(read_passages([sheet("九、政府采购情况", "本单位今年政府采购预算总额为|", "20.00 万元。")]))
    assert passage.text == "本单位今年政府采购预算总额为20.00万元。"
    assert (passage.section, passage.heading) == (9, "政府采购情况")


def test_a_heading_is_kept_with_its_number_as_printed() -> None:
    passage = only(read_passages([sheet("十二、政府采购情况", "政府采购预算总额为20.00万元。")]))
    assert (passage.section, passage.printed_heading) == (9, "十二、政府采购情况")


@pytest.mark.parametrize("foot", ["─8─", "—8—", "－ 8 －", "·8·", "- 8 -", "8", "第8页"])
def test_a_page_number_is_no_part_of_a_sentence_that_goes_on_over_the_page(foot: str) -> None:
    pages = [
        sheet("九、政府采购情况", "本单位依据第十三届人|", foot, number=8),
        sheet("代会的决定安排政府采购预算20.00万元。", number=9),
    ]
    assert only(read_passages(pages)).text == "本单位依据第十三届人代会的决定安排政府采购预算20.00万元。"


def test_a_number_that_is_cut_by_a_line_break_is_whole_again() -> None:
    passage = only(read_passages([sheet("九、政府采购情况", "采购预算总额4,2|", "94.01万元。")]))
    assert "4,294.01万元" in passage.text


def test_two_numbers_with_a_gap_do_not_become_one() -> None:
    assert "2026 12.50万元" in only(read_passages([plain("九、政府采购情况", "采购预算2026 12.50万元。")])).text


def test_two_words_of_latin_script_keep_their_blank_over_a_line_end() -> None:
    passage = only(read_passages([sheet("十二、其他说明", "系统名为 Open|", "Ledger 平台。")]))
    assert passage.text == "系统名为Open Ledger平台。"


def test_a_sentence_goes_on_over_the_page_end_and_each_half_knows_its_page() -> None:
    pages = [sheet("八、机关运行经费情况", "机关运行经费10万元，|", number=4), sheet("比上年增加2万元。", number=5)]
    passage = only(read_passages(pages))
    assert passage.text == "机关运行经费10万元，比上年增加2万元。"
    assert passage.where(passage.text.index("10万元")).page == 4
    assert passage.where(passage.text.index("2万元")).page == 5


def test_plain_text_has_no_page_numbers() -> None:
    assert only(read_passages([plain("九、政府采购情况", "采购预算1万元。")])).where(0).page is None


@pytest.mark.parametrize("number", ["- 7 -", "—7—", "第 7 页", "7", "1 9", "第7页 共30页", "7/30"])
def test_a_page_number_is_no_text(number: str) -> None:
    pages = [sheet("八、机关运行经费情况", "机关运行经费10万元，|", number), sheet("比上年增加2万元。", number=2)]
    assert only(read_passages(pages)).text == "机关运行经费10万元，比上年增加2万元。"


def test_a_number_alone_on_a_line_of_plain_text_is_no_page_number() -> None:
    assert only(read_passages([plain("十一、国有资产占有使用情况", "共有车辆", "12")])).text == "共有车辆12"


def test_a_running_head_is_no_text() -> None:
    head = "示例市示例局部门预算公开"
    pages = [
        sheet(head, "一、收支变动情况", "收入预算1万元，|", number=1),
        sheet(head, "支出预算1万元，|", number=2),
        sheet(head, "收支平衡。", number=3),
    ]
    assert only(read_passages(pages)).text == "收入预算1万元，支出预算1万元，收支平衡。"


def test_contents_with_dot_leaders_open_no_section() -> None:
    pages = [plain("目 录", "九、政府采购情况.....21", "十、绩效管理情况…………22", "本局职责是办事。")]
    assert read_passages(pages) == []


def test_a_contents_page_without_page_numbers_opens_no_section() -> None:
    pages = [sheet("目 录", "八、机关运行经费", "九、政府采购情况"), sheet("本局职责是办事，经费10万元。", number=2)]
    assert read_passages(pages) == []


def test_the_glossary_is_no_narrative_even_where_it_explains_the_words_of_headings() -> None:
    pages = [
        plain("八、机关运行经费情况", "机关运行经费10万元。"),
        plain("第四部分 名词解释", "一、“三公”经费：指出国、接待、用车三项。", "二、政府采购：指用预算资金买东西。"),
    ]
    assert [p.section for p in read_passages(pages)] == [8]


@pytest.mark.parametrize(
    ("heading", "section"),
    [
        ("一、部门预算收支数据变动情况及原因", 1),
        ("一、2026年度部门预算数据变动情况及原因", 1),
        ("（一）关于示例局2026年收支预算情况的总体说明", 1),
        ("2026年单位预算编制说明", 1),
        ("（二）收入预算情况说明（详见表1-3）", 2),
        ("三、支出预算情况说明", 3),
        ("第三部分 部门预算支出具体情况", 3),
        ("四、财政拨款收支预算总体情况说明", 4),
        ("十、政府性基金预算支出预算情况说明", 4),
        ("二、一般公共预算拨款支出情况", 5),
        ("（五）一般公共预算当年拨款情况说明", 5),
        ("五、一般公共预算拨款基本支出情况", 6),
        ("一、2026年“三公”经费预算情况说明", 7),
        ("十、“三公”经费及会议费、培训费情况说明", 7),
        ("（二）机关运行经费说明", 8),
        ("第四部分 政府采购预算情况", 9),
        ("十五、预算绩效目标设置情况说明", 10),
        ("3.国有资产占有使用情况。", 11),
        ("（四）委托业务费情况", 12),
        ("八、其他重要事项说明", 12),
    ],
)
def test_a_section_is_known_by_the_words_of_its_heading(heading: str, section: int) -> None:
    assert only(read_passages([plain(heading, "无需说明。")])).section == section


@pytest.mark.parametrize("line", ["一、收支预算总表", "第一部分 部门概况", "4.负责部门预算绩效管理工作。"])
def test_forms_and_duties_are_no_sections(line: str) -> None:
    assert read_passages([plain(line, "这里没有说明。")]) == []


def test_a_heading_that_wraps_over_a_page_end_is_read_whole() -> None:
    pages = [
        sheet("九、一般公共预算“三公”经费支出预算情|", number=1),
        sheet("况说明", "“三公”经费预算10万元。", number=2),
    ]
    passage = only(read_passages(pages))
    assert passage.heading == "一般公共预算“三公”经费支出预算情况说明"
    assert passage.text == "“三公”经费预算10万元。"


def test_a_heading_on_the_line_of_its_text_stays_in_the_text() -> None:
    passage = only(read_passages([plain("（二）政府采购情况：今年预算5万元。")]))
    assert (passage.section, passage.text) == (9, "（二）政府采购情况：今年预算5万元。")


def test_two_sections_on_one_page_are_two_passages() -> None:
    passages = read_passages([sheet("八、机关运行经费", "机关运行经费3万元。", "九、政府采购情况", "采购预算2万元。")])
    assert [(p.section, p.text) for p in passages] == [(8, "机关运行经费3万元。"), (9, "采购预算2万元。")]


def test_a_section_without_text_is_left_out() -> None:
    assert [p.section for p in read_passages([plain("八、机关运行经费", "九、政府采购情况", "采购预算2万元。")])] == [9]


def test_an_unknown_heading_of_the_same_level_ends_the_section() -> None:
    pages = [plain("二、国有资产占用情况", "车辆1辆。", "三、党建工作", "今年开会5次。")]
    assert only(read_passages(pages)).text == "车辆1辆。"


def test_a_heading_below_the_section_stays_in_its_text_on_a_line_of_its_own() -> None:
    pages = [sheet("六、“三公”经费支出情况", "（一）公务接待费", "2026年预算安排3万元。")]
    assert only(read_passages(pages)).text == "（一）公务接待费\n2026年预算安排3万元。"


def test_after_an_unknown_subsection_the_section_above_goes_on() -> None:
    whole, part, unknown = "七、一般公共预算支出情况", "（一）一般公共预算当年拨款规模情况", "（二）分科目明细"
    passages = read_passages([plain(whole, part, "共9万元。", unknown, "共8万元。")])
    assert [(p.section, p.text) for p in passages] == [(5, "共9万元。"), (5, "共8万元。")]


def test_what_stands_in_a_table_is_no_prose() -> None:
    grid = table("项目", "金额", "示例经费", "99.00", top=105)
    page = sheet("十、绩效管理情况", "共1个项目。", "", "公开如上。", tables=[grid])
    assert only(read_passages([page])).text == "共1个项目。\n公开如上。"


def test_a_grid_of_one_row_is_a_highlighted_line() -> None:
    grid = table("万元", "，", top=108)
    page = sheet("九、政府采购情况", "采购预算3|", "", "其中货物1万元。", tables=[grid])
    assert only(read_passages([page])).text == "采购预算3万元，其中货物1万元。"


def test_after_the_title_of_a_table_there_is_no_prose_until_the_next_heading() -> None:
    pages = [
        plain("十、绩效管理情况", "共1个项目。", "示例市市级项目支出绩效目标表", "(2026年度)", "总体目标500万元"),
        plain("十一、国有资产占有使用情况", "车辆1辆。"),
    ]
    assert [(p.section, p.text) for p in read_passages(pages)] == [(10, "共1个项目。"), (11, "车辆1辆。")]


def test_a_line_of_a_sentence_that_ends_like_the_title_of_a_table_is_none() -> None:
    passage = only(read_passages([sheet("九、政府采购情况", "明细见公开的政府采购预算明细表|", "，预算1万元。")]))
    assert passage.text == "明细见公开的政府采购预算明细表，预算1万元。"


def test_a_document_without_a_narrative_part_has_no_passages() -> None:
    assert read_passages([]) == []
    assert read_passages([sheet("2026年部门预算", "单位：万元")]) == []


def test_a_note_does_not_go_on_in_the_title_of_the_form_below_it() -> None:
    printed = sheet("注：本表无数据|", "部门公开表9|", "2022年国有资本经营预算收支预算表|")
    texts = [line.text for line in printed.lines]
    assert [record["sentence"] for record in read_sentences([printed])] == texts
