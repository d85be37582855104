"""A sound disclosure with one fault put in: the checks name the place, and nothing else.

The disclosure is that of the invented 示例市示例局 for 2026. Most faults are put into its tables, some onto its paper.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from budgetlib.checks import check_records
from budgetlib.commands.pipeline import parse
from budgetlib.tables.corpus import Corpus, load
from tests.typesetting import typeset
from tests.typesetting.disclosure import FACTS, Disclosure, Row, read_facts

DEPARTMENT, YEAR = "示例市示例局", 2026

# Counts that no other figure of a disclosure repeats: nothing can contradict them.
TIED_TO_NOTHING = {"vehicle_quota", "equipment"}

Finding = Mapping[str, Any]

_DOCUMENT = re.compile(r"^[^:/]+/")
"""How a place begins that is in another document of the disclosure."""


@dataclass(frozen=True)
class Fault:
    """A corpus with one fault, and what a finding about it names: one of these places, or these words."""

    what: str
    corpus: Corpus
    places: frozenset[str]
    words: str | None = None

    def is_named_by(self, finding: Finding) -> bool:
        parts = [_DOCUMENT.sub("", place).split(":") for place in finding["places"].split()]
        tied = {":".join(place[:length]) for place in parts for length in (1, 2, 3)}
        return bool(tied & self.places) or (self.words is not None and self.words in finding["message_zh"])


@pytest.fixture(scope="module")
def sound(sample_tidy: Path) -> Corpus:
    return load(sample_tidy).select(department=DEPARTMENT, year=YEAR)


def failures(corpus: Corpus) -> list[Finding]:
    return [one for one in check_records(corpus) if one["state"] == "fail" and one["follows_from"] is None]


def new_failures(corpus: Corpus, before: Iterable[Finding]) -> list[Finding]:
    known = {(finding["check"], finding["places"]) for finding in before}
    return [finding for finding in failures(corpus) if (finding["check"], finding["places"]) not in known]


def another_digit(text: str, rng: random.Random) -> str:
    """`text` with one digit replaced, not the last: what is left of that may be rounding."""
    digits = [position for position, character in enumerate(text[:-1]) if character.isdigit()] or [0]
    position = rng.choice(digits)
    digit = rng.choice([digit for digit in "123456789" if digit != text[position]])
    return f"{text[:position]}{digit}{text[position + 1 :]}"


def wrong_number(sound: Corpus, rng: random.Random) -> Fault:
    lines = sound.lines.reset_index(drop=True)
    at = rng.randrange(len(lines))
    line = lines.loc[at]
    text = another_digit(line.published_text, rng)
    lines.at[at, "published_text"] = text
    lines.at[at, "amount_yuan"] = Decimal(text.replace(",", "")) * 10_000
    what = f"{line.form} row {line.row} {line.measure}: {line.published_text} → {text}"
    return Fault(what, replace(sound, lines=lines), frozenset({f"{line.form}:{line.row}"}))


def wrong_percentage(sound: Corpus, rng: random.Random) -> Fault:
    return _wrong_statement(sound, rng, "percent", lambda value: Decimal(another_digit(f"{value:.2f}", rng)))


def wrong_count(sound: Corpus, rng: random.Random) -> Fault:
    return _wrong_statement(sound, rng, "count", lambda value: value + rng.randint(1, 9))


def _wrong_statement(sound: Corpus, rng: random.Random, unit: str, wrong: Callable[[Decimal], Decimal]) -> Fault:
    statements = sound.statements.reset_index(drop=True)
    fitting = statements[(statements.value_unit == unit) & ~statements.measure.isin(TIED_TO_NOTHING)]
    at = rng.choice(list(fitting.index))
    stated = statements.loc[at]
    value = wrong(stated.value)
    statements.at[at, "value"] = value
    what = f"section {stated.section} {stated.measure} {stated['item'] or ''}: {stated.value} → {value}"
    place = f"section:{stated.section}:{stated.measure}"
    return Fault(what, replace(sound, statements=statements), frozenset({place}))


def wrong_unit_of_money(sound: Corpus, rng: random.Random) -> Fault:
    lines = sound.lines.reset_index(drop=True)
    form = rng.choice(sorted(set(lines.form)))
    own = lines.form == form
    lines.loc[own, "published_unit"] = "元"
    lines.loc[own, "amount_yuan"] = [(amount / 10_000).quantize(Decimal("0.01")) for amount in lines.amount_yuan[own]]
    return Fault(f"{form}: 元 for 万元", replace(sound, lines=lines), frozenset({form}))


def wrong_unit_of_a_table(sound: Corpus, rng: random.Random) -> Fault:
    tables = sound.performance_projects.reset_index(drop=True)
    at = rng.randrange(len(tables))
    others = [unit for unit in dict.fromkeys(tables.unit) if unit != tables.at[at, "unit"]]
    unit = rng.choice([*others, "另一地区审计局"])
    what = f"performance table {tables.at[at, 'project']}: {tables.at[at, 'unit']} → {unit}"
    tables.at[at, "unit"] = unit
    return Fault(what, replace(sound, performance_projects=tables), frozenset({f"performance:{at + 1}"}))


def dropped_row(sound: Corpus, rng: random.Random) -> Fault:
    """Rows that hold money of their own, and the classes and sections above them.

    A total, or a department's or year's sum, that is left out can be made up from the rows that stay; a head that
    several units print stands for all of them.
    """
    lines = sound.lines
    rows = lines.drop_duplicates(["form", "row"])
    heads = (rows.row_kind == "subtotal") & rows.code.notna() & ~rows.duplicated(["form", "code"], keep=False)
    rows = rows[(rows.row_kind == "line") | heads]
    row = rows.iloc[rng.randrange(len(rows))]
    kept = lines[(lines.form != row.form) | (lines.row != row.row)]
    what = f"{row.form} row {row.row} {row['item']} left out"
    return Fault(what, replace(sound, lines=kept), frozenset({row.form}), row["item"])


def swapped_columns(sound: Corpus, rng: random.Random) -> Fault:
    lines = sound.lines.reset_index(drop=True)
    pairs = [
        (form, side, one, other)
        for (form, side), own in lines.groupby(["form", "side"], sort=True)
        for one in own.measure.unique()
        for other in own.measure.unique()
        if one < other and _printed(own, one) != _printed(own, other)
    ]
    form, side, one, other = rng.choice(pairs)
    own = (lines.form == form) & (lines.side == side)
    lines.loc[own, "measure"] = lines.measure[own].replace({one: other, other: one})
    return Fault(f"{form}: {one} ↔ {other}", replace(sound, lines=lines), frozenset({form}))


def _printed(lines: pd.DataFrame, measure: str) -> dict[int, Decimal]:
    own = lines[lines.measure == measure]
    return dict(zip(own.row, own.amount_yuan, strict=True))


KINDS: list[tuple[Callable[[Corpus, random.Random], Fault], int]] = [
    (wrong_number, 90),
    (wrong_percentage, 30),
    (wrong_count, 25),
    (wrong_unit_of_money, 12),
    (wrong_unit_of_a_table, 13),
    (dropped_row, 40),
    (swapped_columns, 30),
]


def test_every_planted_fault_is_found_where_it_is_and_nothing_else_is_blamed(
    sound: Corpus, capsys: pytest.CaptureFixture[str]
) -> None:
    before = failures(sound)
    missed, unrelated, findings, cases = [], [], 0, 0
    for plant, count in KINDS:
        for seed in range(count):
            fault = plant(sound, random.Random(f"{plant.__name__} {seed}"))  # noqa: S311 - the same cases every time
            found = new_failures(fault.corpus, before)
            named = [finding for finding in found if fault.is_named_by(finding)]
            cases, findings = cases + 1, findings + len(found)
            missed += [] if named else [fault.what]
            unrelated += [(fault.what, finding["message_zh"]) for finding in found if finding not in named]
    with capsys.disabled():
        recall, precision = 1 - len(missed) / cases, 1 - len(unrelated) / findings
        print(  # noqa: T201 - the measure is what this test is for
            f"\n{cases} planted faults: recall {recall:.3f}; {findings} findings: precision {precision:.3f}"
        )
    assert cases >= 200
    assert missed == []
    assert unrelated == []


def test_the_sound_disclosure_has_no_error_and_no_warning(sound: Corpus) -> None:
    assert [finding["message_zh"] for finding in failures(sound) if finding["severity"] != "note"] == []


def on_paper(disclosure: Disclosure, folder: Path) -> Corpus:
    (folder / "raw").mkdir()
    (folder / "raw/disclosure.pdf").write_bytes(typeset(disclosure))
    parse([folder / "raw"], folder / "tidy")
    return load(folder / "tidy")


def with_row(disclosure: Disclosure, form: str, item: str, change: Callable[[Row], Row | None]) -> Disclosure:
    """`disclosure` with the first row about `item` changed, or left out where `change` gives None."""
    rows = list(disclosure.rows(form))
    at = next(number for number, row in enumerate(rows) if row.item == item)
    changed = change(rows[at])
    rows[at : at + 1] = [changed] if changed else []
    return replace(disclosure, forms={**disclosure.forms, (form, "expenditure"): tuple(rows)})


def amounts(row: Row, **wrong: str) -> Row:
    return replace(row, amounts={**row.amounts, **{measure: Decimal(text) for measure, text in wrong.items()}})


def nothing(row: Row) -> None:
    """A row left out."""


def swapped(row: Row) -> Row:
    return replace(row, amounts={"total": row.amounts["total"], "project": row.amounts["basic"]})


FAULTS_ON_PAPER: dict[str, tuple[Callable[[Disclosure], Disclosure], str]] = {
    "a number of a leaf": (
        partial(with_row, form="expenditure", item="事业运行", change=partial(amounts, basic="91.71")),
        "《预算支出总表》第 7 行“事业运行”",
    ),
    "a total": (
        partial(with_row, form="general_public_expenditure", item="合计", change=partial(amounts, total="1632.99")),
        "《一般公共预算支出预算表》第 1 行“合计”",
    ),
    "a project's amount": (
        partial(with_row, form="projects", item="法律顾问示例服务费", change=partial(amounts, total="80.00")),
        "“法律顾问示例服务费”",
    ),
    "a row left out": (
        partial(with_row, form="basic_by_economic", item="工会经费", change=nothing),
        "“商品和服务支出”",
    ),
    "a figure in the wrong column": (
        partial(with_row, form="expenditure", item="住房公积金", change=swapped),
        "《预算支出总表》第 23 行“住房公积金”",
    ),
    "a percentage": (
        lambda sound: replace(sound, narrative={**sound.narrative, "revenue_change_pct": "72.20"}),
        "收入比上年增减率",
    ),
    "a count": (
        lambda sound: replace(sound, narrative={**sound.narrative, "projects_disclosed": "12"}),
        "公开绩效目标的项目个数",
    ),
}


@pytest.mark.parametrize("fault", FAULTS_ON_PAPER)
def test_a_fault_on_paper_is_found_and_named(fault: str, sound: Corpus, tmp_path: Path) -> None:
    spoil, place = FAULTS_ON_PAPER[fault]
    spoiled = on_paper(spoil(read_facts(FACTS / f"{DEPARTMENT}-{YEAR}.toml")), tmp_path)
    known = {finding["check"] for finding in failures(sound)}
    found = [finding for finding in failures(spoiled) if finding["check"] not in known]
    assert any(place in finding["message_zh"] for finding in found), [finding["message_zh"] for finding in found]
