"""A number and its format → what a spreadsheet shows: the number that was published, however exact the cell is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from functools import cache
from typing import NamedTuple

GENERAL = "General"
BUILT_IN = {
    0: GENERAL,
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    9: "0%",
    10: "0.00%",
    14: "yyyy/m/d",
    15: "d-m-yy",
    16: "d-m",
    17: "m-yy",
    20: "h:mm",
    21: "h:mm:ss",
    22: "yyyy/m/d h:mm",
    27: 'yyyy"年"m"月"',
    28: 'm"月"d"日"',
    29: 'm"月"d"日"',
    31: 'yyyy"年"m"月"d"日"',
    37: "#,##0;-#,##0",
    38: "#,##0;-#,##0",
    39: "#,##0.00;-#,##0.00",
    40: "#,##0.00;-#,##0.00",
    41: '#,##0;-#,##0;"-"',
    42: '#,##0;-#,##0;"-"',
    43: '#,##0.00;-#,##0.00;"-"',
    44: '#,##0.00;-#,##0.00;"-"',
    49: "@",
    57: 'yyyy"年"m"月"',
    58: 'm"月"d"日"',
}
"""The formats that workbooks name only by a number, as Excel in Chinese shows them."""

_KNOWN = Context(prec=15, rounding=ROUND_HALF_UP)
"""So many digits of a number a spreadsheet knows; what is beyond comes of the binary system."""
_WIDEST = 11
"""Characters of a number without a format of its own."""
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|[\\!](?P<escaped>.)|_.|\*.|\[(?P<bracket>[^\]]*)\]|(?P<general>General|G/通用格式)'
    r"|(?P<date>AM/PM|上午/下午|y+|m+|d+|h+|s+|b+|a{3,4})|(?P<mark>[0#?.,%@/]|[eE][+-])|(?P<plain>.)",
    re.IGNORECASE | re.DOTALL,
)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)(-?\d+(?:\.\d+)?)")
_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - a date without a time of day has no zone


class _Token(NamedTuple):
    """A piece of a format: `kind` is `text`, `date`, `general`, or the mark itself, such as `0`, `#` or `%`."""

    kind: str
    text: str = ""


@dataclass(frozen=True)
class _Section:
    """What a format says for some numbers; `condition` is which, None where their sign decides."""

    tokens: tuple[_Token, ...]
    condition: tuple[str, Decimal] | None

    def has(self, *kinds: str) -> bool:
        return any(token.kind in kinds for token in self.tokens)


def known(value: Decimal) -> Decimal:
    """A stored number in the digits that a spreadsheet knows."""
    return _KNOWN.plus(value)


def shown(value: Decimal, code: str = GENERAL) -> str:
    """What a cell with this value and this format shows.

    >>> shown(Decimal("1234.5"), "#,##0.00"), shown(Decimal("2010301")), shown(Decimal("609.02999999999997"), "0.00")
    ('1,234.50', '2010301', '609.03')
    >>> shown(Decimal(0), '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ').strip(), shown(Decimal("12345"), "0!.0,")
    ('-', '1.2')
    """
    value = known(value)
    sections = _sections(code)
    section, bare = _chosen(sections, value)
    if section is None or section.has("general") or (not section.tokens and len(sections) == 1):
        return _general(value)
    if section.has("date"):
        return _date(section, value)
    if section.has("@", "/", "e"):
        return _general(value)
    return _number(section, value, bare)


@cache
def _sections(code: str) -> tuple[_Section, ...]:
    sections: list[_Section] = []
    tokens: list[_Token] = []
    condition: tuple[str, Decimal] | None = None
    for match in _TOKEN.finditer(code):
        if match["plain"] == ";":
            sections.append(_Section(tuple(tokens), condition))
            tokens, condition = [], None
        elif match["bracket"] is not None:
            if compared := _CONDITION.fullmatch(match["bracket"]):
                condition = compared[1], Decimal(compared[2])
            elif match["bracket"].startswith("$"):
                tokens.append(_Token("text", match["bracket"][1:].split("-")[0]))
        elif match["general"]:
            tokens.append(_Token("general"))
        elif match["date"]:
            tokens.append(_Token("date", match["date"].lower()))
        elif match["mark"]:
            tokens.append(_Token(match["mark"][0].lower()))
        else:
            tokens.append(_Token("text", match["quoted"] or match["escaped"] or match["plain"] or ""))
    return (*sections, _Section(tuple(tokens), condition))


def _chosen(sections: Sequence[_Section], value: Decimal) -> tuple[_Section | None, bool]:
    """The section for a value, and whether its sign is said by being there."""
    if any(section.condition for section in sections):
        fits = (s for s in sections if s.condition is None or _holds(value, *s.condition))
        return next(fits, None), False
    numeric = sections[:3]
    if value < 0 and len(numeric) > 1:
        return numeric[1], True
    if value == 0 and len(numeric) > 2:
        return numeric[2], False
    return numeric[0], False


def _holds(value: Decimal, sign: str, bound: Decimal) -> bool:
    return {
        "<": value < bound,
        "<=": value <= bound,
        ">": value > bound,
        ">=": value >= bound,
        "=": value == bound,
        "<>": value != bound,
    }[sign]


def _general(value: Decimal) -> str:
    """A number as a cell without a format shows it; long codes stay whole."""
    if value == value.to_integral_value():
        return format(value.to_integral_value(), "f")
    whole = len(format(abs(value).to_integral_value(rounding="ROUND_DOWN"), "f"))
    rounded = round(value, max(_WIDEST - 1 - whole, 0))
    return format(rounded, "f").rstrip("0").rstrip(".")


def _number(section: _Section, value: Decimal, bare: bool) -> str:
    """A number in the digits that a section has places for."""
    kinds = [token.kind for token in section.tokens]
    places = [i for i, kind in enumerate(kinds) if kind in ("0", "#", "?")]
    if not places:
        return "".join(token.text for token in section.tokens)
    point = kinds.index(".") if "." in kinds else len(kinds)
    before, after = [i for i in places if i < point], [i for i in places if i > point]
    commas = [i for i, kind in enumerate(kinds) if kind == ","]
    grouped = any(before and before[0] < i < before[-1] for i in commas)
    scale = sum(i > max(before or places) and not any(i < j for j in places) for i in commas)
    scaled = abs(value).scaleb(2 * kinds.count("%") - 3 * scale)
    rounded = scaled.quantize(Decimal(1).scaleb(-len(after)), ROUND_HALF_UP)
    whole, _, decimals = format(rounded, "f").partition(".")
    needed = sum(kinds[i] == "0" for i in before)
    digits = ("" if whole == "0" else whole).rjust(needed, "0")
    apart = any(section.tokens[i].text for i in range(before[0], before[-1])) if before else False
    written = dict(zip(before, _spread(digits, len(before)), strict=True)) if before else {}
    if grouped and not apart:
        written = dict.fromkeys(before, "") | {before[0]: format(int(digits), ",") if digits else ""}
    kept = len(decimals.rstrip("0"))
    for number, i in enumerate(after):
        written[i] = decimals[number] if kinds[i] == "0" or number < kept else ""
    marks = {".": ".", "%": "%"}
    text = "".join(written.get(i, marks.get(kind, section.tokens[i].text)) for i, kind in enumerate(kinds))
    negative = value < 0 and not bare and rounded != 0
    return f"-{text.lstrip()}" if negative else text


def _spread(digits: str, places: int) -> list[str]:
    """Digits over places, from the right; the first place takes all that are left."""
    cut = max(len(digits) - places + 1, 0)
    rest = digits[cut:]
    return [digits[:cut], *[""] * (places - 1 - len(rest)), *rest]


def _date(section: _Section, value: Decimal) -> str:
    """A day and time of day as a section writes it; in digits where there is no such day."""
    try:
        moment = _EPOCH + timedelta(days=float(value))
    except (OverflowError, InvalidOperation):
        return _general(value)
    hours = any(token.kind == "date" and token.text[0] == "h" for token in section.tokens)
    parts: list[str] = []
    minutes = False
    for token in section.tokens:
        if token.kind != "date":
            parts.append(token.text or (token.kind if token.kind in ".,/%" else ""))
            continue
        parts.append(_part(token.text, moment, minutes and hours))
        minutes = token.text[0] == "h" or (minutes and token.text[0] != "m")
    return "".join(parts)


def _part(text: str, moment: datetime, minutes: bool) -> str:
    number = {
        "y": moment.year if len(text) > 2 else moment.year % 100,
        "m": moment.minute if minutes else moment.month,
        "d": moment.day,
        "h": moment.hour,
        "s": moment.second,
    }.get(text[0])
    return "" if number is None else str(number).rjust(2 if len(text) == 2 else 1, "0")
