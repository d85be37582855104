"""Sound final accounts with one fault put in: the checks name the place, and nothing else; a sound one has none."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import ROUND_DOWN, Decimal

import pytest

from budgetlib.commands.pipeline import read
from budgetlib.tables.corpus import Corpus
from tests.checks.test_planted_faults import Fault, another_digit, failures, new_failures, wrong_number
from tests.typesetting import FinalLayout, Layout, typeset_final_accounts
from tests.typesetting.final_accounts import FINAL_ACCOUNTS, read_final_accounts

FACTS = FINAL_ACCOUNTS / "示例市示例局-2025-决算.toml"


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    accounts = read_final_accounts(FACTS)
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


def exchanged_in_form(sound: Corpus) -> Iterator[Fault]:
    """Plan and outcome of each column of form 7 change places, or one is printed for both."""
    lines = sound.lines.reset_index(drop=True)
    own = lines[lines.form == "final_three_public"]
    for measure, pair in own.groupby("measure", sort=False):
        if pair.amount_yuan.nunique() == 2:
            at = [*pair.index]
            for values in (at[::-1], [at[0]] * 2, [at[1]] * 2):
                changed = lines.copy()
                for column in ("amount_yuan", "published_text"):
                    changed.loc[at, column] = lines.loc[values, column].to_numpy()
                what = f"form 7, {measure}: {changed.loc[at, 'published_text'].tolist()}"
                yield Fault(what, replace(sound, lines=changed), frozenset({"final_three_public"}))


def exchanged_in_prose(sound: Corpus) -> Iterator[Fault]:
    """Plan and outcome of each phrase of the prose change places, and the rate stays."""
    statements = sound.statements.reset_index(drop=True)
    for _, phrase in statements.groupby("sentence", sort=False):
        at = [*phrase.index[(phrase.value_unit == "yuan")]]
        if (phrase.measure == "completion_pct").any() and phrase.value[at].nunique() == 2:
            changed = statements.copy()
            changed.loc[at, "value"] = statements.loc[at[::-1], "value"].to_numpy()
            first = phrase.loc[at[0]]
            what = f"section {first.section} {first.measure} {first['item']}"
            place = f"section:{first.section}:{first.measure}"
            yield Fault(what, replace(sound, statements=changed), frozenset({place}))


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


LAYOUTS = [
    FinalLayout(university=university, three_public=three_public)
    for university in (False, True)
    for three_public in ("pairs", "blocks", "rows")
]
SPENT = {"overseas": "2.10", "vehicle_purchase": "18.00", "vehicle_running": "6.40", "reception": "1.20"}


@pytest.fixture(scope="module", params=LAYOUTS, ids=lambda one: f"{one.three_public} {one.university and 'university'}")
def laid_out(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """Sound final accounts in one of the layouts of form 7 and one of the sets; no outcome is what was planned."""
    accounts = read_final_accounts(FACTS)
    spent = {part: Decimal(amount) for part, amount in SPENT.items()}
    path = tmp_path_factory.mktemp("laid_out") / "决算.pdf"
    sound = replace(accounts, misprinted_rates={}, three_public=spent)
    path.write_bytes(typeset_final_accounts(sound, Layout(), request.param))
    return read(path)


@pytest.mark.slow
def test_stages_that_change_places_are_found_in_every_layout_of_form_7_and_both_sets_and_nothing_else_is_blamed(
    laid_out: Corpus,
) -> None:
    """The set of the universities has no form 7; meetings and training, beside it in two rows, are repeated nowhere."""
    assert [finding["message_zh"] for finding in failures(laid_out)] == []
    in_form, in_prose = list(exchanged_in_form(laid_out)), list(exchanged_in_prose(laid_out))
    has_form = (laid_out.lines.form == "final_three_public").any()
    assert (len(in_form), len(in_prose)) == (18 if has_form else 0, 7)
    missed, unrelated = [], []
    for fault in (*in_form, *in_prose):
        named = [(fault.is_named_by(one), one["message_zh"]) for one in failures(fault.corpus)]
        missed += [] if any(right for right, _ in named) else [fault.what]
        unrelated += [(fault.what, said) for right, said in named if not right]
    assert missed == []
    assert unrelated == []


def test_sound_final_accounts_have_no_finding(sound: Corpus) -> None:
    assert [finding["message_zh"] for finding in failures(sound)] == []


def test_a_plan_whose_stage_the_paper_leaves_open_is_not_held_against_outcomes(sound: Corpus) -> None:
    statements = sound.statements.reset_index(drop=True)
    statements.loc[(statements.measure == "three_public_total") & (statements.stage == "budget"), "stage"] = None
    assert [finding["message_zh"] for finding in failures(replace(sound, statements=statements))] == []


def test_a_rate_that_is_cut_off_in_place_of_rounded_is_a_note_that_leads_to_the_rate_and_its_amounts(
    sound: Corpus,
) -> None:
    statements = sound.statements.reset_index(drop=True)
    rates = statements[statements.measure == "completion_pct"]
    cut = 0
    for at, rate in rates.iterrows():
        beside = statements[(statements.sentence == rate.sentence) & (statements.value_unit == "yuan")]
        amounts = dict(beside[["stage", "value"]].values)
        exact = 100 * amounts["final"] / amounts["budget"]
        text = str(exact.quantize(Decimal("0.01"), ROUND_DOWN))
        if text == f"{rate.value:.2f}":
            continue
        cut += 1
        changed = statements.copy()
        same = changed.sentence == rate.sentence
        changed.loc[same, "sentence"] = rate.sentence.replace(f"{rate.value:.2f}%", f"{text}%")
        changed.at[at, "value"] = Decimal(text)
        (found,) = failures(replace(sound, statements=changed))
        assert (found["check"], found["severity"]) == ("stated_completion_digit", "note")
        assert found["published"] == Decimal(text)
        assert found["places"].startswith(f"section:{rate.section}:completion_pct:")
        assert all(f"section:{rate.section}:{measure}" in found["places"] for measure in beside.measure)
    assert cut > 0


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
