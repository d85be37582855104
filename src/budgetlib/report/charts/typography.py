"""How text is set in charts: one font with Chinese glyphs, widths in points, lines of a given width."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from matplotlib.font_manager import FontProperties, fontManager, get_font

from budgetlib.report.fonts import FAMILY, font_file

TITLE, TEXT, SMALL = 15.0, 13.0, 11.5  # points: sizes that a phone shows legibly
LINE = 1.3  # of the size, from one line to the next
INK, GREY = "#222222", "#5d6673"
_MISSING_GLYPH = "〓"  # what Chinese typesetters put for a character their font lacks
_SHARES = range(50, 101, 2)  # percent of the width: the narrowest that needs no more lines makes them equally long
INCH, _SUBPIXELS = 72, 64  # points; parts of a point in which FreeType counts
_MEASURED = 100.0  # points: the size at which widths are measured once

# Latin words, blanks, and single Chinese characters, never parted from the punctuation that opens or closes them.
_WORD = re.compile(r"[\x21-\x7e]{1,16}|\s+|[（“《〔【]*[^\x00-\x7f\s][）、，。”》〕】／]*")


def lettering(size: float) -> dict[str, Any]:
    """How text of `size` points is set: the font with Chinese glyphs, no `$` taken for a formula."""
    return {"fontproperties": _font(size), "parse_math": False}


def drawable(text: str) -> str:
    """`text` with a mark for every character that the font cannot draw."""
    return "".join(char if ord(char) in _glyphs() or char == "\n" else _MISSING_GLYPH for char in text)


def measure(text: str, size: float) -> float:
    """The width in points of the widest line of `text`."""
    return max((_advance(line) for line in drawable(text).split("\n")), default=0.0) * size / _MEASURED


def wrapped(text: str, width: float, size: float, lines: int = 99) -> str:
    """`text` in lines of at most `width` points, broken between words, Chinese anywhere; what `lines` lack is cut.

    The lines are about as long as one another.
    """
    full = _lines(text, width, size)
    even = next(even for part in _SHARES if len(even := _lines(text, width * part / 100, size)) == len(full))
    if len(full) <= lines:
        return "\n".join(even)
    return "\n".join([*full[: lines - 1], f"{full[lines - 1][:-1]}…"])


def _lines(text: str, width: float, size: float) -> list[str]:
    lines, used = [""], 0.0
    for word in re.findall(_WORD, drawable(text)):
        length = measure(word, size)
        if used and used + length > width:
            lines, used = [*lines, ""], 0.0
        if used or not word.isspace():
            lines[-1] += word
            used += length
    return [line.rstrip() for line in lines]


def height(text: str, size: float) -> float:
    """The height in points of all lines of `text`."""
    return LINE * size * (text.count("\n") + 1)


@cache
def _font(size: float) -> FontProperties:
    _glyphs()
    return FontProperties(family=FAMILY, size=size)


@cache
def _glyphs() -> frozenset[int]:
    """The characters that the font can draw; the font is made known to matplotlib."""
    fontManager.addfont(font_file())
    return frozenset(get_font(str(font_file())).get_charmap())


@cache
def _advance(line: str) -> float:
    font = get_font(str(font_file()))
    font.set_size(_MEASURED, INCH)
    font.set_text(line)
    return float(font.get_width_height()[0]) / _SUBPIXELS
