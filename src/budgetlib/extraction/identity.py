"""Who publishes a document, for which year, and what kind of document it is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from pathlib import PurePosixPath

from budgetlib.core.text import squeeze
from budgetlib.extraction.forms.recognise import FormTable
from budgetlib.extraction.forms.titles import clean_title, find_entity, is_organisation
from budgetlib.pages.model import Page
from budgetlib.pages.sources import Source

_COVER_TITLE = re.compile(
    r"^(?!第.{1,3}部分|目录|[一二三四五六七八九十]+、)"
    r"(?:(?P<y1>20\d\d)年度?)?(?P<who>.*?[^\d年度])?(?:\((?P<scope>汇总|本级|部门)\))?(?:(?P<y2>20\d\d)年度?)?"
    r"(?:市级|省级|区级|县级)?(?P<level>部门\(单位\)|部门|单位)(?:综合)?(?P<kind>预算|决算)(?:信息)?"
    r"(?:公开|说明|情况说明|编制说明|文本|及.*)*(?:说明)?(?:\((?P<y3>20\d\d)年度?\))?$"
)
_OF_A_DEPARTMENT = re.compile(r"(?<=.{4})部门$")
"""A cover may print 某市某局部门 above 2026年度部门预算."""
_PLACE = re.compile(
    r"^(?:中共|中国共产党)?(?P<place>.{1,8}?(?:特别行政区|自治区|省|市|自治州|州(?!市)|盟|地区|县|区|旗))"
)
_YEAR = re.compile(r"(20[012]\d)年")
_WRITTEN_YEAR = re.compile(r"二[〇零○Oo0][一二三四五六七八九][〇零○Oo0一二三四五六七八九](?=年)")
_DIGITS = str.maketrans("〇零○Oo一二三四五六七八九", "00000123456789")
_SUFFIX = re.compile(r"(?:[\[(（〔【][^\])）〕】]*[\])）〕】]?|本级|机关|汇总|单位[:：].*)+$")
_TITLE_YEAR = re.compile(r"\(?(20[012]\d)年度?\)?(?:.{2,30}表)?")
"""A year in or below the title of a table."""
_FIRST_PAGES = 3
"""Pages among which the cover is."""
_YEAR_OF_NAME = re.compile(r"(?<!\d)20[012]\d(?!\d)年?度?")
_BETWEEN = re.compile(r"[\s_\-—－（）()【】\[\]《》“”.]+")
_NO_PUBLISHER = re.compile(
    r"(?:附[件表]?\d*|关于|部门|单位|综合|预算|决算|信息|公开|情况|编制|报表|表格|说明|文本|扫描件?|稿|的|及|和)+$"
)
_PUBLISHER = re.compile(
    r"^[一-鿿]{3,}(?:局|厅|委|委员会|办|办公[厅室]|中心|院|处|会|署|部|队|站|校|学|所|馆|公司|政府|街道|镇|乡)(?:本级)?$"
)
_VERSION = re.compile(
    r"更正|更新版|修订[版稿]|[(（]修[订正][)）]|重新公开|第([二三四五]|[2-9])(?:版|次公开)|[vV]([2-9])$"
)
_ORDINALS = {"二": 2, "三": 3, "四": 4, "五": 5}
_VERSION_LINES = 4
"""Lines among which a cover says that it corrects another file."""
_COVER_LINES = 14
"""Lines among which a cover names publisher and year; the contents follow."""
_TITLE_LINES = 3
"""Lines over which the title on a cover may run."""
_TITLES_WITH_NAME = 3
"""So many titles of forms that begin with the same publisher name it."""
_SHORTEST_NAME = 4
"""Characters of a publisher's name: fewer are words such as 部门."""


@dataclass(frozen=True)
class Identity:
    """What a document says about itself; None where it does not say."""

    entity: str | None
    entity_kind: str | None
    fiscal_year: int | None
    document_kind: str
    years: tuple[int, ...]
    """Every year in a form's title, the commonest first."""
    named_by: str | None = None
    """What names the entity: a `page`, the `manifest`, or only the `file`'s name."""
    dated_by: str | None = None
    """The same for the year."""
    entity_kind_by: str | None = None
    """What says `entity_kind`: a `page`; None where a department is assumed."""
    version: int = 1
    """Which version of its disclosure a file says it is: 1 where it says nothing."""

    @property
    def place(self) -> str | None:
        """The province, city or county that the entity's name begins with."""
        match = _PLACE.match(self.entity or "")
        return match["place"] if match else None


def _cover(pages: Sequence[Page]) -> list[str]:
    lines: list[str] = []
    for page in pages[:_FIRST_PAGES]:
        texts = (squeeze(line.text) for line in page.lines[:_COVER_LINES])
        lines += [_WRITTEN_YEAR.sub(lambda year: year[0].translate(_DIGITS), text) for text in texts]
        if len(lines) >= _COVER_LINES:
            break
    return lines[:_COVER_LINES]


def _cover_title(pages: Sequence[Page]) -> re.Match[str] | None:
    """The title on the cover, over one line or several."""
    lines = _cover(pages)
    for count in range(1, _TITLE_LINES + 1):
        for start in range(len(lines) - count + 1):
            match = _COVER_TITLE.match("".join(lines[start : start + count]))
            if match and match["who"] and len(match["who"]) >= _SHORTEST_NAME:
                return match
    for line in lines:
        if match := _COVER_TITLE.match(line):
            return match
    return None


def _commonest(names: Iterable[str | None]) -> str | None:
    """The name that is given most often, the first of those as frequent; None where none is given."""
    counts = Counter(name for name in names if name)
    return counts.most_common(1)[0][0] if counts else None


def _named_in_titles(tables: Iterable[FormTable]) -> str | None:
    """The publisher with whose name, and its place, the titles of several forms begin: 示例市示例局收支总表."""
    titles = {(clean_title(table.title), table.form) for table in tables}
    before = [title[: len(title) - form.titled(title)].split("部门")[0] for title, form in titles]
    begins = Counter(words[:end] for words in before for end in range(_SHORTEST_NAME, len(words) + 1))
    names = [
        (count, len(begin), begin)
        for begin, count in begins.items()
        if count >= _TITLES_WITH_NAME
        and (place := _PLACE.match(begin))
        and is_organisation(begin.removeprefix(place[0]))
        and not begin.endswith("本级")
    ]
    return max(names)[-1] if names else None


def settle_identity(identity: Identity, departments: Sequence[str], source: Source) -> tuple[Identity, list[str]]:
    """Who and when where forms and cover do not say, and what the document leaves unsaid.

    First the whole-department performance tables (`departments`), then the manifest, last the file's name.
    """
    problems: list[str] = []
    of_file, year_of_file = identity_of_name(source.name)
    named = [("page", identity.entity or _commonest(departments)), ("manifest", source.publisher), ("file", of_file)]
    named_by, entity = next(((by, name) for by, name in named if name), (None, None))
    dated = [("page", identity.fiscal_year), ("manifest", source.fiscal_year), ("file", year_of_file)]
    dated_by, year = next(((by, year) for by, year in dated if year), (None, None))
    version = max(identity.version, version_in(PurePosixPath(source.name).stem))
    if named_by in ("file", None):
        guess = f"; its file's name says {entity}" if entity else ""
        problems.append(f"does not name its publisher{guess}: put it into the manifest's column publisher")
    if not (identity.fiscal_year or source.fiscal_year):
        guess = f"; its file's name says {year}" if year else ""
        problems.append(f"does not say its year{guess}: put it into the manifest's column fiscal_year")
    identity = replace(identity, entity=entity, fiscal_year=year, named_by=named_by)
    return replace(identity, dated_by=dated_by, version=version), problems


def identify(pages: Sequence[Page], tables: Sequence[FormTable]) -> Identity:
    """The identity of a document, from the lines above its forms, else from its cover."""
    title = _cover_title(pages)
    entity = _commonest(table.entity for table in tables)
    if entity is None and title and title["who"]:
        entity = _OF_A_DEPARTMENT.sub("", title["who"]) + (f"({title['scope']})" if title["scope"] == "本级" else "")
    entity = entity or find_entity(line.text for page in pages[:_FIRST_PAGES] for line in page.lines[:_COVER_LINES])
    entity = entity or _named_in_titles(tables)
    kind = _document_kind(title, tables, pages)
    of_kind = [table for table in tables if table.form.document_kind == kind] or tables
    years = Counter(table.year for table in of_kind if table.year)
    ordered = tuple(year for year, _ in years.most_common())
    stated = _stated_year(title, pages)
    year = stated if stated in ordered or not ordered else ordered[0]
    version = max((version_in(line) for line in _cover(pages)[:_VERSION_LINES]), default=1)
    stated_kind = _stated_kind(entity, title)
    entity_kind = stated_kind or ("department" if tables else None)
    said_by = "page" if stated_kind else None
    return Identity(entity, entity_kind, year, kind, ordered, version=version, entity_kind_by=said_by)


def identity_of_name(name: str) -> tuple[str | None, int | None]:
    """The publisher and the year that a file's name gives: the last resort, where no page says them.

    >>> identity_of_name("示例-数据管理局-2026-说明-扫描件.pdf"), identity_of_name("scan0001.pdf")
    (('示例数据管理局', 2026), (None, None))
    """
    stem = re.sub(r"\.[A-Za-z]{2,5}$", "", name.rsplit("/", 1)[-1])
    year = _YEAR_OF_NAME.search(stem)
    parts = (_NO_PUBLISHER.sub("", part) for part in _BETWEEN.split(_YEAR_OF_NAME.sub("-", stem)))
    entity = "".join(squeeze(part) for part in parts)
    return entity if _PUBLISHER.search(entity) else None, int(year[0][:4]) if year else None


def version_in(text: str) -> int:
    """Which version of a disclosure the name of a file, or a line of its cover, says it is; 1 where it says nothing.

    >>> [version_in(name) for name in ("示例局2026年预算", "示例局2026年预算（更正）", "预算-第三版", "预算 v2")]
    [1, 2, 3, 2]
    """
    match = _VERSION.search(squeeze(text))
    return max((_ORDINALS.get(one) or int(one) for one in match.groups() if one), default=2) if match else 1


def is_another(named: str | None, entity: str | None) -> bool:
    """True where a form clearly names another department or unit than the document's `entity`.

    A suffix (部门, 本级, 单位：万元), a place before the name and a difference of one character are the same name.

    >>> is_another("示例市示例局", "示例市示例局[部门]"), is_another("示例市示例局政务中心", "示例市示例局[部门]")
    (False, True)
    """
    one, other = (_SUFFIX.sub("", squeeze(name or "")) for name in (named, entity))
    longer, shorter = (one, other) if len(one) >= len(other) else (other, one)
    before = longer.removesuffix(shorter)
    if not shorter or not before or (before != longer and _PLACE.fullmatch(before)):
        return False
    shared = SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks()
    return sum(block.size for block in shared) < max(len(one), len(other)) - 1


def _stated_year(title: re.Match[str] | None, pages: Sequence[Page]) -> int | None:
    if title and (stated := title["y1"] or title["y2"] or title["y3"]):
        return int(stated)
    for page in pages[:_FIRST_PAGES]:
        for line in page.lines:
            if match := _YEAR.search(squeeze(line.text)):
                return int(match[1])
    titled = Counter(
        int(match[1]) for page in pages for line in page.lines if (match := _TITLE_YEAR.fullmatch(squeeze(line.text)))
    )
    return max(titled, key=lambda year: (titled[year], year), default=None)


def _stated_kind(entity: str | None, title: re.Match[str] | None) -> str | None:
    name = entity or ""
    if re.search(r"[\[(（](部门|汇总)[\])）]$", name):
        return "department"
    if re.search(r"[\[(（](单位|本级)[\])）]$", name):
        return "unit"
    if title:
        return "department" if title["level"].startswith("部门") else "unit"
    return None


def _document_kind(title: re.Match[str] | None, tables: Sequence[FormTable], pages: Sequence[Page]) -> str:
    if title:
        return "budget" if title["kind"] == "预算" else "final_accounts"
    kinds = Counter(table.form.document_kind for table in tables)
    names = "".join([table.title for table in tables] + _cover(pages))
    if kinds["final_accounts"] > kinds["budget"] or ("决算" in names and "预算" not in names) or "自评" in names:
        return "final_accounts"
    return "budget" if "预算" in names or "绩效目标" in names else "other"
