"""The head of a performance-target table: who, what for, how much money from where, which goals.

Cells are labels and values: a value belongs to the label at its left. Names and telephone numbers of
the officials who signed are not read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from budgetlib.core.money import is_blank, parse_number
from budgetlib.definitions.vocabulary.performance import performance_words
from budgetlib.extraction.forms.titles import find_unit
from budgetlib.extraction.performance.model import PageRef, TargetAmount, TargetTable, Token

_CODED = re.compile(r"(?P<code>\d{3,})[-_—](?P<name>.+)")
_WITH_NUMBER = re.compile(r"(?P<label>\D+?)[:：]?(?P<number>\d[\d,]*(?:\.\d+)?)")
LONG_CODE = re.compile(r"(?P<code>[0-9A-Z]{15,})-(?P<name>.+)")
PLAIN = ("unit", "attribute", "period")


class HeaderLabel(NamedTuple):
    """A printed label: the field of the head, or the source of money, that it names, and its values."""

    name: str
    is_money: bool
    token: Token
    values: list[Token]


def bare(key: str) -> str:
    """A squeezed label without a closing colon and without what stands before a part of a sum.

    >>> bare("其中:中央财政资金"), bare("资金总额:")
    ('中央财政资金', '资金总额')
    """
    return re.sub(r"^其中[:：]?(?=.)", "", key).rstrip(":")


def find_labels(row: Sequence[Token]) -> list[HeaderLabel]:
    """The labels of a row, each with the cells between it and the next one."""
    words = performance_words()
    labels: list[HeaderLabel] = []
    for token in row:
        key = bare(token.key)
        money = words.source(key)
        name = money or words.label(key)
        if name is None and (match := _WITH_NUMBER.fullmatch(key)) and (money := words.source(match["label"])):
            inline = token._replace(text=match["number"], key=match["number"])
            labels.append(HeaderLabel(money, True, token._replace(key=match["label"]), [inline]))
        elif name is not None and not (labels and _is_value(labels[-1], name)):
            labels.append(HeaderLabel(name, money is not None, token._replace(key=key), []))
        elif labels:
            labels[-1].values.append(token)
    return labels


def _is_value(before: HeaderLabel, name: str) -> bool:
    """True where what reads like a label must be the value of the label before it: a project named so."""
    return not before.values and before.name in ("project", "department") and name in ("period", "goal", "other")


def read_head(target: TargetTable, row: Sequence[Token], place: PageRef) -> None:
    """Take what the labels of one row say into `target`; the row may begin with the unit alone."""
    words, labels = performance_words(), find_labels(row)
    money = [label for label in labels if label.is_money]
    if any(label.name == "total" for label in money):
        target.money_scopes = [words.scope(label.token.key) for label in money if label.name == "total"]
    for position, label in enumerate(money):
        _take_amount(target, label, position, place)
    for label in labels:
        if label.is_money:
            continue
        text = label.values[0].text if label.values else ""
        if label.name in ("project", "department") and text:
            _take_name(target, label.name, text)
        elif label.name == "supervisor" and text:
            match = _CODED.fullmatch(text)
            target.fields["supervisor"] = match["name"] if match else text
            if match:
                target.fields["supervisor_code"] = match["code"]
        elif label.name == "goal" and (scope := words.scope(label.token.key)):
            target.goal_scopes += [scope] if scope not in target.goal_scopes else []
        elif label.name in PLAIN:
            _take_plain(target, label, text)
    target.money_unit = (
        find_unit([*(token.key for token in row[:1]), *(label.token.key for label in labels)]) or target.money_unit
    )


def _take_name(target: TargetTable, kind: str, text: str) -> None:
    """The project's name, or the department's, with the code before it apart."""
    match = LONG_CODE.fullmatch(text) or (_CODED.fullmatch(text) if kind == "department" else None)
    target.kind = kind
    target.names[match["name"] if match else text] += 1
    if match and kind == "project":
        target.fields["project_code"] = match["code"]


def _take_plain(target: TargetTable, label: HeaderLabel, text: str) -> None:
    """A field as printed; the period may stand in the cell of its label (项目期 2年)."""
    if not text and label.name == "period":
        text = re.sub(r"^\D+", "", label.token.text)
    if text:
        target.fields.setdefault(label.name, text)


def _take_amount(target: TargetTable, label: HeaderLabel, position: int, place: PageRef) -> None:
    """An amount of the head: its period is what its label says, else that of the total in the same half."""
    scopes = target.money_scopes
    scope = performance_words().scope(label.token.key) or (scopes[position] if position < len(scopes) else None)
    for token in label.values:
        number = parse_number(token.key)
        if number is not None:
            target.amounts.setdefault(
                (scope, label.name), TargetAmount(number, token.text, place.page, token.cell.spot)
            )
            target.take(target.amount_spans, place, [token.cell])
            return
        if not is_blank(token.key) and re.search(r"\d", token.key):
            target.remark(f"{label.token.key}: {token.text[:30]!r} is no amount", place.page_index)
            return


def form_date(row: Sequence[Token]) -> str | None:
    """The day on which the table was filled in (填报日期), as YYYY-MM-DD; None where none can be read."""
    words = performance_words()
    start = next((i for i, token in enumerate(row) if words.form_date.search(token.key)), None)
    if start is None:
        return None
    digits = re.sub(r"\D", "", "".join(token.key for token in row[start:]))
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8])).isoformat()
    except ValueError:
        return None
