"""Final accounts as they should not be: bound with a budget, misnamed, incomplete, below zero, by a new name."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pypdfium2
import pytest

import budgetlib as bl
from tests.typesetting import FACTS, FinalLayout, Layout, read_facts, typeset, typeset_final_accounts
from tests.typesetting.final_accounts import FINAL_ACCOUNTS, FinalAccounts, Spent, read_final_accounts

ENTITY = "示例市示例局"


@pytest.fixture(scope="module")
def accounts() -> FinalAccounts:
    sound = read_final_accounts(FINAL_ACCOUNTS / f"{ENTITY}-2025-决算.toml")
    return replace(sound, misprinted_rates={})


def written(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def joined(*documents: bytes, pages: Iterable[int] | None = None) -> bytes:
    """The pages of several documents, or some of one, as one."""
    whole = pypdfium2.PdfDocument.new()
    for document in documents:
        whole.import_pages(pypdfium2.PdfDocument(document), None if pages is None else list(pages))
    stream = io.BytesIO()
    whole.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize("first", ["final_accounts", "budget"])
def test_a_budget_and_final_accounts_in_one_file_are_not_mixed(
    accounts: FinalAccounts, tmp_path: Path, first: str
) -> None:
    parts = {
        "final_accounts": typeset_final_accounts(accounts),
        "budget": typeset(read_facts(FACTS / f"{ENTITY}-2026.toml")),
    }
    last = next(kind for kind in parts if kind != first)
    alone = bl.read(written(tmp_path, "alone.pdf", parts[first]))
    corpus = bl.read(written(tmp_path, "both.pdf", joined(parts[first], parts[last])))
    assert corpus.documents.document_kind.tolist() == [first]
    assert corpus.documents.fiscal_year.tolist() == alone.documents.fiscal_year.tolist()
    assert f"another kind of document: {last}" in corpus.documents.reason.iloc[0]
    final = corpus.lines.form.str.startswith("final_")
    assert set(corpus.lines[final & (corpus.lines.form != "final_three_public")].stage) == {"final"}
    assert set(corpus.lines[~final].stage) == {"budget"}
    said = ["section", "measure", "stage", "value"]
    assert corpus.statements[said].values.tolist() == alone.statements[said].values.tolist()
    assert set(corpus.checks[corpus.checks.state == "fail"].severity) <= {"note"}


def test_final_accounts_whose_file_and_folder_say_budget_of_another_year_are_what_their_pages_say(
    accounts: FinalAccounts, tmp_path: Path
) -> None:
    path = written(tmp_path, f"2026年部门预算/{ENTITY}-2026年部门预算公开.pdf", typeset_final_accounts(accounts))
    document = bl.read(path).documents.iloc[0]
    assert (document.document_kind, document.fiscal_year, document.entity) == ("final_accounts", 2025, ENTITY)


def test_final_accounts_without_a_cover_are_known_by_their_forms(accounts: FinalAccounts, tmp_path: Path) -> None:
    content = typeset_final_accounts(accounts)
    pages = range(2, len(pypdfium2.PdfDocument(content)))
    document = bl.read(written(tmp_path, "决算.pdf", joined(content, pages=pages))).documents.iloc[0]
    assert document.document_kind == "final_accounts"


def test_a_form_that_is_missing_is_named_and_the_others_are_read(accounts: FinalAccounts, tmp_path: Path) -> None:
    content = typeset_final_accounts(accounts)
    whole = bl.read(written(tmp_path, "whole.pdf", content))
    form = "final_general_public_expenditure"
    missing = set(whole.pages[whole.pages.form == form].page)
    kept = [page - 1 for page in whole.pages.page if page not in missing]
    corpus = bl.read(written(tmp_path, "part.pdf", joined(content, pages=kept)))
    assert set(whole.lines.form) - set(corpus.lines.form) == {form}
    assert corpus.checks[corpus.checks.state == "fail"].message_zh.str.contains("一般公共预算财政拨款支出决算表").any()
    execution = bl.budget_execution(corpus, ENTITY, 2025)
    said = execution[(execution.dimension == "function") & (execution["item"] == "政务公开审批")].iloc[0]
    assert (said.budget_yuan, said.final_yuan) == (Decimal("1900000.00"), Decimal("2364000.00"))


def test_an_outcome_below_zero_is_read_and_its_rate_is_below_zero(accounts: FinalAccounts, tmp_path: Path) -> None:
    back = Spent("2010399", received=Decimal("1.00"), project=Decimal("-12.30"), reason="收回以前年度支出")
    others = tuple(spent for spent in accounts.spending if spent.code != back.code)
    path = written(tmp_path, "below.pdf", typeset_final_accounts(replace(accounts, spending=(*others, back))))
    corpus = bl.read(path)
    execution = bl.budget_execution(corpus, ENTITY, 2025)
    row = execution[execution.code == back.code].iloc[0]
    assert (row.final_yuan, row.rate_pct) == (Decimal("-123000.00"), Decimal("-4.57"))
    assert row.published_rate_pct == row.rate_pct
    assert corpus.checks[corpus.checks.state == "fail"].message_zh.tolist() == []


def test_a_rate_of_a_plan_of_nothing_is_neither_computed_nor_blamed(accounts: FinalAccounts, tmp_path: Path) -> None:
    unplanned = Spent("2070110", received=Decimal("8.00"), project=Decimal("8.00"))
    content = typeset_final_accounts(replace(accounts, spending=(*accounts.spending, unplanned)))
    corpus = bl.read(written(tmp_path, "unplanned.pdf", content))
    row = bl.budget_execution(corpus, ENTITY, 2025).set_index("code").loc[unplanned.code]
    assert (row.budget_yuan, row.final_yuan, row.rate_pct) == (Decimal("0.00"), Decimal("80000.00"), None)
    assert corpus.checks[corpus.checks.state == "fail"].message_zh.tolist() == []


def test_forms_in_yuan_and_in_ten_thousands_by_turns_say_the_same(accounts: FinalAccounts, tmp_path: Path) -> None:
    turns, usual = (
        bl.read(
            written(tmp_path, f"{len(units)}.pdf", typeset_final_accounts(accounts, Layout(), FinalLayout(units=units)))
        )
        for units in (("元", "万元"), ())
    )
    assert turns.lines.amount_yuan.tolist() == usual.lines.amount_yuan.tolist()
    assert set(turns.lines.published_unit) == {"元", "万元"}
    assert set(turns.checks[turns.checks.state == "fail"].check) == set()


NEW_NAME = "示例市示例和数据局"


@pytest.mark.parametrize("before", [[ENTITY], [ENTITY, "示例市数据局"]], ids=["renamed", "merged"])
def test_a_department_renamed_or_merged_in_the_year_takes_no_plan_of_another_name_and_the_report_says_so(
    accounts: FinalAccounts, tmp_path: Path, before: list[str]
) -> None:
    after = replace(accounts, budget=replace(accounts.budget, entity=NEW_NAME))
    files = [written(tmp_path, "决算.pdf", typeset_final_accounts(after))]
    files += [written(tmp_path, f"{old}.pdf", typeset(replace(accounts.budget, entity=old))) for old in before]
    bl.parse(files, tmp_path / "tidy")
    corpus = bl.load(tmp_path / "tidy")
    execution = bl.budget_execution(corpus, NEW_NAME, 2025)
    assert execution[execution.budget_yuan.notna()].document_id.nunique() == 1
    assert execution[execution.dimension == "kind"].budget_yuan.isna().all()
    said = _chapter(corpus, NEW_NAME)
    assert f"没有以“{NEW_NAME}”名义公开的 2025 年预算" in said
    assert "示例大厅延时服务经费" in said, "what the final accounts say of their plan is told"
    for old in before:
        assert bl.budget_execution(corpus, old, 2025).empty
        assert "资料中没有这一年度的决算" in _chapter(corpus, old)


def _chapter(corpus: bl.Corpus, department: str) -> str:
    """What the report of a department says of the execution of its budget."""
    show = bl.Display(corpus.select(department=department), "zh", corpus=corpus)
    execution, years = bl.budget_execution(corpus, department, 2025), bl.execution_years(corpus, department)
    return show.execution(execution, years).markup
