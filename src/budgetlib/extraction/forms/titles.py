"""What stands above a table: its title, its unit, whose it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from budgetlib.core.money import FACTORS, numbers, parse_number
from budgetlib.core.text import squeeze
from budgetlib.definitions.forms import Form, form_titled
from budgetlib.pages.model import Grid

_LABEL = re.compile(
    r"^(?:附[件录]?\d*[:：]?)?(?:[一-鿿]{0,6}?表(?:[一二三四五六七八九十]+|\d{1,2}?(?=20\d\d)|\d{1,2})|[一-鿿]{0,6}?\d{1,2}表|附[件表]\d{1,2})"
    r"(?:-\d+)?[:：]?"
)
_NUMBER = re.compile(r"^(?:[(（]?[一二三四五六七八九十]+[)）、.]|\d{1,2}[、.．—-]?(?=[^\d年]))")
_TAIL = re.compile(
    r"(?:(?:金额|计量)?单位[:：].*|(?:部门|单位|编制单位|预算单位)(?:名称)?[:：].*"
    r"|[(（](?:续\d*|续表|\d+|[一二三四五六七八九十]{1,2}|[^()（）]{0,6}表\d{1,2}|单位[^)）]*|万元|元)[)）]|续表?)+$"
)
_YEAR = re.compile(r"(20\d\d)年度?")
_UNIT = re.compile(r"(?:单位|计量单位|金额单位)\s*[:：]?\s*(人民币)?(亿元|万元|千元|元)|[(（](亿元|万元|千元|元)[)）]")
_UNIT_AT_THE_END = re.compile(r"[\s　](?:人民币)?(亿元|万元|千元|元)\s*$")
_BRACKETED_UNIT = re.compile(r"[(（](?:单位[:：]?)?(?:人民币)?[亿万千]?元[)）]")
_ENTITY = re.compile(
    r"(?:(?:部门|单位)(?:[(（]单位[)）])?(?:名称)?|编制单位|填报单位|预算单位|填报部门|预算部门)[:：]\s*(?P<entity>.+?)"
    r"(?=[\s　]*(?:金额|计量)?单位\s*[:：]|[\s　]+(?:人民币)?[亿万千]?元\s*$|$)"
)
_MONEY_UNIT = re.compile(r"(人民币)?([亿万千]?元|[亿万千])")
_NOT_A_TITLE = re.compile(r"[。;；]|\.{4,}|…|详见|见附|^注[:：]|^备注")
_TOTALS = re.compile(
    r"(?:本年|当年|本年度|预算)?(?:收支|收入|支出|部门|单位|(?:人员|公用)(?:经费)?|(?:基本|项目)支出)?(?:预算)?(?:合|总|小)计(?:数)?:?"
)
_SECOND_LINE = re.compile(r"\([^()]*(功能|经济|科目|结转|预算)[^()]*\)")
_ORGANISATION = re.compile(
    r"(局|中心|办公室|委员会|委|院|所|队|馆|处|站|校|学|园|会|公司|厅|部|政府|监狱|银行|基地|本级|机关)"
    r"(本级)?([(\[].*[)\]])?$"
)
_BROKEN_UNIT = re.compile(r"单位[:：]?(?:人民币)?([亿万千])$")
_REST_OF_UNIT = re.compile(r"(?:^|[\s　])元\s*$")
_REST_OF_NAME = re.compile(r"(?P<rest>[一-鿿]{1,12}?)(?=单位[:：]|$)")
_MAX_TITLE = 70
"""Characters of a title: more are a sentence."""
_LINES_ABOVE = 12
"""How many lines above a table its title may stand."""
_MAX_LINES = 3
"""Where so many lines are no title, more are none."""
_STATED_AMOUNTS = 2
"""So many amounts that a table and the sentences above it share are no coincidence."""


def clean_title(line: str) -> str:
    """A title as forms know it: squeezed, without label, numbering and year.

    >>> clean_title("预算公开表1 2026年预算收支总表"), clean_title("表2：2026年市级部门收入预算总表")
    ('预算收支总表', '市级部门收入预算总表')
    """
    rest = squeeze(line)
    for pattern in (_LABEL, _NUMBER):
        stripped = pattern.sub("", rest, count=1)
        rest = stripped or rest
    return _TAIL.sub("", _YEAR.sub("", rest)).removeprefix("年度").removeprefix("年")


def years_in(text: str) -> list[int]:
    """The years that `text` names, in order.

    >>> years_in("2025年预算数 2026年预算数")
    [2025, 2026]
    """
    return [int(year) for year in _YEAR.findall(text)]


def without_years(text: str) -> str:
    """`text` without the years it names."""
    return _YEAR.sub("", text)


def without_unit(text: str) -> str:
    """`text` without a money unit in brackets.

    >>> without_unit("基本支出(万元)>小计(单位:万元)")
    '基本支出>小计'
    """
    return _BRACKETED_UNIT.sub("", text)


def is_label(text: str) -> bool:
    """True for a form's label alone, such as 公开02表."""
    return _LABEL.fullmatch(text) is not None


def is_total(label: str) -> bool:
    """True for 合计, 部门合计, 本年支出合计, 收入总计 and their kin."""
    return _TOTALS.fullmatch(label) is not None


def is_organisation(name: str) -> bool:
    """True where `name` ends as the names of departments and units do."""
    return _ORGANISATION.search(name) is not None


def form_above(lines: Sequence[str]) -> tuple[Form, str] | None:
    """The form whose title stands nearest above, and the title as printed; a title may run over several lines.

    A second line in brackets belongs to its title: of two forms under one name it says which.
    """
    squeezed: list[str] = []
    for line in map(squeeze, lines):
        if squeezed and squeezed[-1].endswith("表") and _SECOND_LINE.fullmatch(line):
            squeezed[-1] += line
        else:
            squeezed.append(line)
    for last in range(len(squeezed) - 1, max(-1, len(squeezed) - _LINES_ABOVE), -1):
        if titled := _ending_in(squeezed[: last + 1]):
            return titled
    return None


def _ending_in(lines: Sequence[str]) -> tuple[Form, str] | None:
    """The form whose title ends in the last of `lines`; it reaches up while one more line makes it another form's."""
    titled: tuple[Form, str] | None = None
    title = ""
    for count, line in enumerate(reversed(lines), 1):
        if title and (line.endswith("表") or (count > _MAX_LINES and not titled)):
            break
        title = line + title
        form = _form_of(title)
        if titled and form in (None, titled[0]):
            break
        titled = (form, title) if form else None
    return titled


def _form_of(line: str) -> Form | None:
    if len(line) > _MAX_TITLE or _NOT_A_TITLE.search(line):
        return None
    return form_titled(clean_title(line))


def find_unit(texts: Iterable[str]) -> str | None:
    """The money unit that `texts` state last (it stands nearest to the table); None where none is stated.

    A cell may have cut 元 off behind 单位：万.

    >>> find_unit(["支出预算表", "单位：万", "元"]), find_unit(["支出预算表（单", "位：万元）"])
    ('万元', '万元')
    """
    unit, begun, before, cut = None, "", "", None
    for text in texts:
        for match in _UNIT.finditer(before + squeeze(text)):
            if match.start() >= len(before) or (match.end() > len(before) and re.search(r"[:：(（]", match[0])):
                unit = match[2] or match[3]
        before = squeeze(text)
        if begun and _REST_OF_UNIT.search(text):
            unit = f"{begun}元"
        elif (alone := _UNIT_AT_THE_END.search(text)) and _ENTITY.search(text):
            unit = alone[1]
        broken = _BROKEN_UNIT.search(before)
        begun = broken[1] if broken else ""
        cut = f"{begun}元" if begun else cut
    return unit or cut


def stated_unit(texts: Sequence[str], grids: Iterable[Grid]) -> str | None:
    """The money unit in which the sentences above a table state amounts that it prints; None where they do not."""
    cells = [cell for grid in grids for cell in grid.cells]
    printed = {number for cell in cells if (number := parse_number(cell.text)) and "." in cell.text}
    stated = {(number, unit) for _, _, number, unit in numbers("".join(map(squeeze, texts))) if number in printed}
    units = {unit for _, unit in stated} & FACTORS.keys()
    return units.pop() if len(units) == 1 and len(stated) >= _STATED_AMOUNTS else None


def find_entity(texts: Iterable[str]) -> str | None:
    """The department or unit that the lines above a form name, as printed; a name may go on in a further line.

    >>> find_entity(["收入预算总表", "部门：示例市委员会办", "单位：万元", "公厅"])
    '示例市委员会办公厅'
    """
    entity = None
    for text in texts:
        match = _ENTITY.search(text.strip())
        named = re.sub(r"\s+", "", match["entity"]) if match else ""
        if named and not _MONEY_UNIT.fullmatch(named):
            entity = named
        elif entity and not is_organisation(entity) and (more := _REST_OF_NAME.match(squeeze(text))):
            entity += more["rest"] if is_organisation(entity + more["rest"]) else ""
    return entity
