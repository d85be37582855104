"""Purchased services: which catalogue applies, which project is which item, and what is said where that is unknown."""

import csv
import json
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from budgetlib.analysis.catalogue_changes import edition_changes
from budgetlib.analysis.catalogue_coverage import catalogue_coverage, catalogue_items, coverage_shares
from budgetlib.analysis.catalogue_edition import guidance
from budgetlib.analysis.catalogue_matcher import THRESHOLD, Matcher
from budgetlib.core.errors import BadParameter
from budgetlib.tables.corpus import Corpus
from budgetlib.tables.matches import COLUMNS, load_matches
from budgetlib.tables.schemas import CATALOGUE, CATALOGUE_DECLARATIONS
from tests.invented import CENTRE, ENTITY
from tests.shared_material import files, needs_shared, records

EDITION = "例财综〔2026〕1号"
NOW, BEFORE = f"{2026:016d}", f"{2025:016d}"
WINDOW, PLATFORM = "J综合窗口服务费", "Z示例市政务服务一体化平台升级改造及三年运行维护服务项目"
NOBODY = load_matches("no such file.csv")


def item(code: str, name: str, **more: Any) -> dict[str, Any]:
    level = {1: 1, 3: 2, 5: 3, 7: 4}[len(code)]
    about = {"document_id": NOW, "edition": EDITION, "section": "示例局", "page": 20}
    return {**about, "code": code, "level": level, "name": name, **more}


ITEMS = [
    item("A18", "其他公共服务"),
    item("A1806", "窗口受理服务"),
    item("A180601", "综合窗口服务"),
    item("A180602", "帮办代办服务"),
    item("A1807", "热线服务"),
    item("A150401", "信息化项目运维服务"),
]


def said(**about: Any) -> dict[str, Any]:
    return {"document_id": NOW, "kind": "cited", "sentence": "…", **about}


def listing(corpus: Corpus, items: list[dict[str, Any]], *declared: dict[str, Any]) -> tuple[Corpus, Corpus]:
    """The corpus with a catalogue and declarations, and the budget of 2026 in it."""
    frames = {"catalogue": CATALOGUE.frame(items), "catalogue_declarations": CATALOGUE_DECLARATIONS.frame(declared)}
    whole = replace(corpus, **frames)
    return whole, whole.select(department=ENTITY, year=2026)


def matched(whole: Corpus, budget: Corpus, reviewed: pd.DataFrame = NOBODY) -> dict[tuple[str, str], dict[Any, Any]]:
    rows = catalogue_coverage(whole, budget, guidance(whole, budget), reviewed).to_dict("records")
    return {(row["project"], row["unit"]): row for row in rows}


def test_the_section_named_like_the_department_applies(corpus: Corpus) -> None:
    other = [{**one, "section": "另一局"} for one in ITEMS]
    applying = guidance(*listing(corpus, other + ITEMS))
    assert (applying.basis, applying.edition, applying.section) == ("own", EDITION, "示例局")


def test_items_are_the_fourth_level_and_what_has_none_below(corpus: Corpus) -> None:
    assert list(guidance(*listing(corpus, ITEMS)).items.code) == ["A180601", "A180602", "A1807", "A150401"]


@pytest.mark.parametrize("citation", ["例财综【2026】1号", "例财综[2026] 1号"])
def test_an_edition_cited_in_any_brackets_is_found_in_another_document(corpus: Corpus, citation: str) -> None:
    elsewhere = [{**one, "document_id": BEFORE} for one in ITEMS]
    applying = guidance(*listing(corpus, elsewhere, said(citation=citation)))
    assert (applying.basis, applying.section) == ("cited", "示例局")
    assert set(applying.items.file) == {f"{ENTITY}-2025.pdf"}


def test_a_unit_goes_by_the_catalogue_of_the_department_above_it(corpus: Corpus) -> None:
    documents = corpus.documents.copy()
    documents.loc[documents.document_id == BEFORE, ["entity", "department_id", "fiscal_year"]] = [CENTRE, CENTRE, 2026]
    whole, _ = listing(replace(corpus, documents=documents), ITEMS, said(citation=EDITION))
    applying = guidance(whole, whole.select(department=CENTRE))
    assert (applying.basis, applying.section) == ("department", "示例局")


@pytest.mark.parametrize(
    ("items", "declared", "basis"),
    [
        ([], [], "uncited"),
        ([], [said(citation="例财综〔2024〕9号")], "unheld"),
        ([{**one, "section": "另一厅（室）"} for one in ITEMS], [], "unsectioned"),
    ],
)
def test_where_no_section_is_known_nothing_is_matched_and_no_share_is_made(
    corpus: Corpus, items: list[dict[str, Any]], declared: list[dict[str, Any]], basis: str
) -> None:
    whole, budget = listing(corpus, items, *declared)
    applying = guidance(whole, budget)
    services = catalogue_coverage(whole, budget, applying, NOBODY)
    assert applying.basis == basis
    assert len(services) == 3
    assert (set(services.basis), services.score.notna().any(), services.code.notna().any()) == ({"none"}, False, False)
    assert coverage_shares(services, applying).empty


def test_a_similar_name_is_matched_with_its_score_and_another_is_not(corpus: Corpus) -> None:
    found = matched(*listing(corpus, ITEMS))
    window, platform = found[WINDOW, ENTITY], found[PLATFORM, ENTITY]
    assert (window["basis"], window["code"]) == ("similar", "A180601")
    assert window["score"] >= THRESHOLD
    assert (platform["basis"], platform["code"]) == ("similar", "A150401")
    without = matched(*listing(corpus, [one for one in ITEMS if one["code"] != "A150401"]))[PLATFORM, ENTITY]
    assert (without["basis"], without["code"]) == ("none", None)
    assert without["score"] < THRESHOLD


def test_what_the_department_declares_comes_before_what_is_similar(corpus: Corpus) -> None:
    declared = said(kind="items", project=WINDOW.removeprefix("J"), section="示例局", name="帮办代办服务")
    window = matched(*listing(corpus, ITEMS, declared))[WINDOW, ENTITY]
    assert (window["basis"], window["code"], window["score"]) == ("declared", "A180602", 1)


def test_a_declared_code_that_no_edition_lists_is_kept_as_declared(corpus: Corpus) -> None:
    declared = said(kind="items", project=WINDOW, code="A999999", name="别的服务")
    window = matched(*listing(corpus, ITEMS, declared))[WINDOW, ENTITY]
    assert (window["basis"], window["code"], window["name"]) == ("declared", "A999999", "别的服务")


def test_a_person_s_word_comes_first_for_the_unit_it_names_also_that_nothing_fits(
    corpus: Corpus, tmp_path: Path
) -> None:
    file = tmp_path / "catalogue_matches.csv"
    rows = [
        [ENTITY, "2026", CENTRE, WINDOW, "", "", "", "", "某人", "no service"],
        [ENTITY, "2026", "", PLATFORM, EDITION, "示例局", "A1807", "热线服务", "某人", ""],
        [ENTITY, "2025", ENTITY, WINDOW, "", "", "", "", "某人", "another year"],
    ]
    file.write_text("\n".join(map(",".join, [list(COLUMNS), *rows])), encoding="utf-8-sig")
    found = matched(*listing(corpus, ITEMS), load_matches(file))
    assert (found[WINDOW, CENTRE]["basis"], found[WINDOW, CENTRE]["code"]) == ("reviewed", None)
    assert (found[PLATFORM, ENTITY]["basis"], found[PLATFORM, ENTITY]["code"]) == ("reviewed", "A1807")
    assert found[WINDOW, ENTITY]["basis"] == "similar"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("a,b", "it needs department"),
        (f"{','.join(COLUMNS)}\n{ENTITY},2026,,,,,,,某人,", "line 2: project is empty"),
        (f"{','.join(COLUMNS)}\n{ENTITY},zwei,,{WINDOW},,,,,某人,", "fiscal_year is 'zwei'"),
        (f"{','.join(COLUMNS)}\n{ENTITY},2026,,{WINDOW},,,A1807,,某人,", "an item needs code and name"),
    ],
)
def test_a_reviewed_match_that_cannot_be_meant_is_refused_with_its_line(tmp_path: Path, row: str, said: str) -> None:
    file = tmp_path / "catalogue_matches.csv"
    file.write_text(row, encoding="utf-8")
    with pytest.raises(BadParameter, match=said):
        load_matches(file)


def test_coverage_three_ways_is_counted_and_summed_exactly(corpus: Corpus) -> None:
    whole, budget = listing(corpus, ITEMS[:-1])
    applying = guidance(whole, budget)
    services = catalogue_coverage(whole, budget, applying, NOBODY)
    shares = coverage_shares(services, applying).set_index("coverage")
    assert tuple(shares.loc["items", ["part", "whole", "share_pct"]]) == (1, 3, Decimal("33.33"))
    assert tuple(shares.loc["money", ["part", "whole"]]) == (Decimal("1152500.00"), Decimal("2452500.00"))
    assert tuple(shares.loc["services", ["part", "whole", "share_pct"]]) == (2, 3, Decimal("66.67"))


def test_listed_and_never_bought_are_the_items_without_a_project(corpus: Corpus) -> None:
    whole, budget = listing(corpus, ITEMS)
    applying = guidance(whole, budget)
    items = catalogue_items(catalogue_coverage(whole, budget, applying, NOBODY), applying)
    assert dict(zip(items.code, items.projects, strict=True)) == {"A180601": 2, "A180602": 0, "A1807": 0, "A150401": 1}
    assert list(items.amount_yuan.isna()) == [False, True, True, False]


def test_what_changed_between_editions_is_told_by_name(corpus: Corpus) -> None:
    old = [{**one, "edition": None, "document_id": BEFORE} for one in ITEMS[:-1]]
    old.append(item("A180603", "邮寄服务", edition=None, document_id=BEFORE))
    whole, budget = listing(corpus, ITEMS + old)
    changes = edition_changes(whole, guidance(whole, budget))
    assert list(zip(changes["name"], changes.status, strict=True)) == [
        ("信息化项目运维服务", "new"),
        ("邮寄服务", "dropped"),
    ]


def test_an_item_under_another_code_in_other_words_or_divided_is_neither_new_nor_dropped(corpus: Corpus) -> None:
    before = {"edition": None, "document_id": BEFORE}
    now = [item("A160101", "规划研究服务"), item("A1601", "行业规划服务"), item("A150402", "12345热线便民服务")]
    old = [item("A1601", "行业规划服务", **before), item("A150402", "12345便民热线服务", **before)]
    moved = [item("A180101", "邮寄服务"), item("A180109", "邮寄服务", **before)]
    whole, budget = listing(corpus, now + old + moved)
    changes = edition_changes(whole, guidance(whole, budget))
    found = changes[["name", "status", "previous_code", "previous_name"]].to_numpy().tolist()
    assert found == [
        ["规划研究服务", "new", None, None],
        ["12345热线便民服务", "reworded", None, "12345便民热线服务"],
        ["邮寄服务", "recoded", "A180109", None],
        ["行业规划服务", "divided", None, None],
    ]


NAMES = ("公共资源交易平台评价服务", "公共资源交易平台维护服务")


def test_names_that_share_all_but_what_is_done_are_not_the_same_service() -> None:
    done = {name: Matcher({"A170106": name}, "").best("公共资源交易平台维护费") for name in NAMES}
    evaluated, maintained = (match.score if match else 0 for match in done.values())
    assert evaluated < THRESHOLD < maintained


@pytest.mark.parametrize(
    "project", ["示例市行政审批局信息中心2025-2027年信息化运维服务项目", "政务信息化系统运维费（第二年）"]
)
def test_whose_it_is_and_of_when_makes_no_service_another(project: str) -> None:
    best = Matcher({"A150401": "政务信息化项目运维服务", "A160101": "专项规划研究服务"}, "").best(project)
    assert best is not None
    assert (best.code, best.score >= THRESHOLD) == ("A150401", True)


@pytest.mark.parametrize("project", ["一体化平台升级改造项目", "信息化运维设备购置费", "运维服务尾款"])
def test_works_goods_and_what_is_still_owed_for_them_are_like_no_item(project: str) -> None:
    assert Matcher({"A150401": "政务信息化项目运维服务", "A150402": "一体化平台服务"}, "").best(project) is None


def test_what_an_item_says_in_brackets_is_not_asked_of_a_project() -> None:
    best = Matcher({"A150403": "政务信息化（数字政府建设）运营服务", "A150402": "政企通运营服务"}, "").best(
        "政务信息化运营费"
    )
    assert best == ("A150403", 1.0)


Labels = list[tuple[str, str, str, list[str]]]
"""Document that prints the catalogue, section, project, the codes that are right (empty: none is)."""


def shared_labels() -> Labels:
    labels = [json.loads(path.read_text(encoding="utf-8")) for path in files("labels/*.json")]
    return [
        ("003_beaac8d7b742075a", one["section"], project, accepted)
        for one in labels
        for project, accepted in one["projects"].items()
        if accepted is not None
    ]


def own_labels() -> Labels:
    """Labels given by reading the names; `?` where people may differ is left out."""
    with (Path(__file__).parents[1] / "gold/service_labels.csv").open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["codes"] != "?"]
    return [(row["catalogue_of"], row["section"], row["project"], row["codes"].split()) for row in rows]


def matcher(document: str, section: str) -> Matcher:
    (source,) = [path for path in files("seeds/*.txt") if path.stem == document]
    rows = [row for row in records(source)["catalogue"] if row["section"] == section]
    return Matcher({row["code"]: row["name"] for row in rows if row["level"] == 4}, section)


@needs_shared
@pytest.mark.parametrize(("labels", "items"), [(shared_labels, 12), (own_labels, 89)])
def test_names_are_matched_with_the_catalogue_as_people_match_them(labels: Callable[[], Labels], items: int) -> None:
    """F1 over projects: a listed code is a hit; another, or one where none fits, false; a missing one missed."""
    matchers = {key: matcher(*key) for key in {(document, section) for document, section, _, _ in labels()}}
    hits = false = missed = 0
    for document, section, project, accepted in labels():
        best = matchers[document, section].best(project)
        code = best.code if best and best.score >= THRESHOLD else None
        hits += code in accepted
        false += code is not None and code not in accepted
        missed += bool(accepted) and code not in accepted
    assert hits + missed == items
    assert 2 * hits / (2 * hits + false + missed) >= 0.85
