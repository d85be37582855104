"""Sound final accounts with one fault put in: the checks name the place, and nothing else; a sound one has none."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from budgetlib.commands.pipeline import read
from budgetlib.tables.corpus import Corpus
from tests.checks.test_planted_faults import Fault, another_digit, failures, new_failures, wrong_number
from tests.typesetting import typeset_final_accounts
from tests.typesetting.final_accounts import FINAL_ACCOUNTS, read_final_accounts


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    accounts = read_final_accounts(FINAL_ACCOUNTS / "示例市示例局-2025-决算.toml")
    path = tmp_path_factory.mktemp("sound") / "决算.pdf"
    path.write_bytes(typeset_final_accounts(replace(accounts, misprinted_rates={})))
    return read(path)


def wrong_rate(sound: Corpus, rng: random.Random) -> Fault:
    """A rate misprinted: the sentence says so too."""
    statements = sound.statements.reset_index(drop=True)
    at = rng.choice(list(statements.index[statements.measure == "completion_pct"]))
    rate = statements.loc[at]
    text = another_digit(f"{rate.value:.2f}", rng)
    same = statements.sentence == rate.sentence
    statements.loc[same, "sentence"] = rate.sentence.replace(f"{rate.value:.2f}%", f"{text}%")
    statements.at[at, "value"] = Decimal(text)
    place = f"section:{rate.section}:completion_pct"
    what = f"{rate['item']}: {rate.value} → {text}"
    return Fault(what, replace(sound, statements=statements), frozenset({place}))


def wrong_balance(sound: Corpus, rng: random.Random) -> Fault:
    """The grand total of one side of the summary."""
    return _wrong_total(sound, rng, "final_summary", "总计")


def wrong_total_of_a_form(sound: Corpus, rng: random.Random) -> Fault:
    return _wrong_total(sound, rng, rng.choice(["final_revenue", "final_expenditure"]), "合计")


def wrong_stage(sound: Corpus, rng: random.Random) -> Fault:
    """Plan and outcome of one of the three public expenses change places in its form."""
    lines = sound.lines.reset_index(drop=True)
    own = lines[lines.form == "final_three_public"]
    pairs = [pair.index for _, pair in own.groupby("measure") if pair.amount_yuan.nunique() == 2]
    one, other = rng.choice(pairs)
    for column in ("amount_yuan", "published_text"):
        lines.loc[[one, other], column] = lines.loc[[other, one], column].to_numpy()
    return Fault(f"{lines.at[one, 'measure']}", replace(sound, lines=lines), frozenset({"final_three_public"}))


def _wrong_total(sound: Corpus, rng: random.Random, form: str, item: str) -> Fault:
    lines = sound.lines.reset_index(drop=True)
    own = (lines.form == form) & (lines["item"] == item) & (lines.measure == "total")
    at = rng.choice(list(lines.index[own]))
    line = lines.loc[at]
    lines.at[at, "published_text"] = text = another_digit(line.published_text, rng)
    lines.at[at, "amount_yuan"] = Decimal(text.replace(",", "")) * 10_000
    what = f"{form} row {line.row}: {line.published_text} → {text}"
    return Fault(what, replace(sound, lines=lines), frozenset({f"{form}:{line.row}"}))


KINDS: list[tuple[Callable[[Corpus, random.Random], Fault], int]] = [
    (wrong_rate, 25),
    (wrong_balance, 15),
    (wrong_total_of_a_form, 15),
    (wrong_stage, 5),
    (wrong_number, 60),
]


def test_sound_final_accounts_have_no_finding(sound: Corpus) -> None:
    assert [finding["message_zh"] for finding in failures(sound)] == []


def test_a_plan_whose_stage_the_paper_leaves_open_is_not_held_against_outcomes(sound: Corpus) -> None:
    statements = sound.statements.reset_index(drop=True)
    statements.loc[(statements.measure == "three_public_total") & (statements.stage == "budget"), "stage"] = None
    assert [finding["message_zh"] for finding in failures(replace(sound, statements=statements))] == []


@pytest.mark.parametrize(("plant", "count"), KINDS, ids=[plant.__name__ for plant, _ in KINDS])
def test_a_planted_fault_is_found_where_it_is_and_nothing_else_is_blamed(
    plant: Callable[[Corpus, random.Random], Fault], count: int, sound: Corpus
) -> None:
    missed, unrelated = [], []
    for seed in range(count):
        fault = plant(sound, random.Random(f"{plant.__name__} {seed}"))  # noqa: S311 - the same cases every time
        found = new_failures(fault.corpus, [])
        named = [finding for finding in found if fault.is_named_by(finding)]
        missed += [] if named else [fault.what]
        unrelated += [(fault.what, finding["message_zh"]) for finding in found if finding not in named]
    assert missed == []
    assert unrelated == []
