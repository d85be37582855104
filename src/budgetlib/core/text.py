"""Printed labels → keys that can be compared. Strings only: no files, no tables."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

# NFKC folds the Kangxi block but only two code points of U+2E80–2EFF; the rest of those that
# stand for a whole character (Unicode, EquivalentUnifiedIdeograph.txt):
_RADICALS = str.maketrans(
    "⺁⺄⺅⺆⺈⺉⺊⺌⺍⺎⺐⺒⺓⺕⺖⺗⺘⺙⺜⺝⺠⺡⺣⺧⺨⺬⺭⺮⺰⺶⺷⺸⺻⺼⺽⺾⺿⻀⻁⻂⻄⻅⻆⻈⻉⻋⻌⻍⻎⻏⻐⻑⻓⻔⻖⻗⻘⻙⻚⻛⻜⻝⻠⻡⻢⻣⻤⻥⻦⻧⻨⻩⻪⻬⻮⻰",
    "厂乙亻冂刀刂卜小小兀尢巳幺彐忄心扌攵日月民氵灬牛犭示礻竹纟羊羊羊聿月臼艹艹艹虎衤西见角讠贝车辶辶辶邑钅長长门阝雨青韦页风飞食饣首马骨鬼鱼鸟卤麦黄黾齐齿龙",
)
_MARK = re.compile("([⁰¹²³⁴-⁹₀-₉①-⑳⓪-⓴⓵-⓾❶-❿➀-➓])")
_NUMBERING = re.compile(
    r"""^(?:
        [(（]?[一二三四五六七八九十百]+[)）、.．]     # 一、 （一） 十二．
      | [①②③④⑤⑥⑦⑧⑨⑩]
      | [(（]?\d{1,2}[)）、．]                        # 1、 （1）
      | \d{1,2}\.(?!\d)                               # 1.  but not 1.5
      | 其中[:：]?
      | [(（][一二三四五六七八九十\d]+[)）]
    )""",
    re.VERBOSE,
)


def fold(text: str) -> str:
    """Compatibility forms and CJK radical code points replaced by the characters they look like.

    Digits that mark a note or number a list are no digits of the number beside them.

    >>> fold("⼈⼒资源　１２３（元）"), fold("①3.20万元；15.00²")
    ('人力资源 123(元)', '①3.20万元;15.00²')
    """
    if text.isascii():
        return text
    plain = text.translate(_RADICALS)
    if _MARK.search(plain) is None:
        return unicodedata.normalize("NFKC", plain)
    return "".join(one if _MARK.fullmatch(one) else unicodedata.normalize("NFKC", one) for one in _MARK.split(plain))


class _OneToOne(dict[int, int]):
    """Compatibility forms, one character for one: offsets in them are offsets in the printed text."""

    def __missing__(self, code: int) -> int:
        plain = fold(chr(code))
        keep = len(plain) != 1 or unicodedata.category(chr(code)) == "No"
        self[code] = code if keep else ord(plain)
        return self[code]


_PLAIN = _OneToOne()


def fold_each(text: str) -> str:
    """`text` folded character by character: offsets stay those of the printed text.

    >>> fold_each("①１２３（元）…")
    '①123(元)…'
    """
    return text.translate(_PLAIN)


_UNSEEN = re.compile(r"[\s\u200b\ufeff]+")
_LABELS = 1 << 15
"""So many labels are remembered: a document asks for each of its own some ten times."""


@lru_cache(_LABELS)
def squeeze(text: str) -> str:
    """`text` folded and without any white space: the form in which labels are compared.

    >>> squeeze("合　 计\\n")
    '合计'
    """
    return _UNSEEN.sub("", fold(text))


def strip_numbering(text: str) -> str:
    """What a row is about: as printed, without blanks, line breaks and leading numbering.

    >>> names = "一、一般公共\\n服务支出", "②公务用车运行维护费", "其中：（1）购置费"
    >>> tuple(map(strip_numbering, names))
    ('一般公共服务支出', '公务用车运行维护费', '购置费')
    """
    rest = _UNSEEN.sub("", text)
    while match := _NUMBERING.match(rest):
        if match.end() == len(rest):
            break
        rest = rest[match.end() :]
    return rest


def grand_total(labels: Sequence[str]) -> int:
    """Which of a form's totals is that of all: the last called 总计, else the last.

    >>> grand_total(["本年支出合计", "支出总计", "合计"]), grand_total(["合计"])
    (1, 0)
    """
    return max(range(len(labels)), key=lambda index: ("总计" in labels[index], index))


def document_number(printed: str) -> str:
    """A document number as a key, whatever its brackets: no blanks, the year in 〔〕.

    >>> document_number("晋财综【2025】 28号") == document_number("晋财综[2025]第28号") == "晋财综〔2025〕28号"
    True
    """
    return re.sub(r"[〔\[【(（﹝](20\d\d)[〕\]】)）﹞]第?", r"〔\1〕", squeeze(printed))


_WIDE = str.maketrans("()", "（）")
"""Brackets are of either width in one name, from file to file."""
_DEPARTMENT = re.compile(r"[\[(（【](?:部门|汇总)[\])）】]$")
_BRACKETS = re.compile(r"[\[\]()（）【】〔〕]+")


def slug(name: str) -> str:
    """A folder name for `name`: stable, readable, unique, and harmless on every system.

    A department's name does without the bracket that says it is one. Brackets and other characters than letters, digits
    and CJK become `-`; where that loses more than brackets, six hex digits of the name's hash are added.

    >>> slug("晋城市行政审批服务管理局")
    '晋城市行政审批服务管理局'
    >>> slug("../x").startswith("x-"), slug("大同市人民政府办公室[部门]"), slug("示例局（本级）")
    (True, '大同市人民政府办公室', '示例局-本级')
    """
    folded = _BRACKETS.sub("-", _DEPARTMENT.sub("", squeeze(name))).strip("-")
    plain = re.sub(r"[^\w]+|_+", "-", folded).strip("-")[:60].strip("-")
    if plain and plain == folded:
        return plain
    digest = hashlib.sha256(name.translate(_WIDE).encode("utf-8")).hexdigest()[:6]
    return f"{plain}-{digest}" if plain else digest
