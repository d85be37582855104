"""Exports hold what the tables hold, for each tool in its own way, and nothing in them runs."""

import csv
import json
import re
import zipfile
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import duckdb
import pytest
from click.testing import CliRunner, Result

from budgetlib.commands.cli import main
from budgetlib.tables import workbook
from budgetlib.tables.export import EXPORTED, FORMATS
from budgetlib.tables.fiscal import BUDGET_LINES
from budgetlib.tables.heads import head, title
from budgetlib.tables.schemas import TABLES, Table
from tests import invented
from tests.invented import ENTITY

HOSTILE = ["=cmd()", "<script>alert(1)</script>", "../../x", "[看](javascript:alert(1))|", "名" * 300]
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.fixture(scope="module")
def tidy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two years of the invented department; in the second, items and the entity have hostile names."""
    tables = [
        invented.tables(2025),
        invented.tables(2026, entity=HOSTILE[3], department_id=HOSTILE[2], path=HOSTILE[1]),
    ]
    lines = tables[1]["lines"]
    lines.loc[lines.index[: len(HOSTILE)], "item"] = HOSTILE
    folder = tmp_path_factory.mktemp("export") / "tidy"
    invented.write_tables(folder, tables)
    return folder


def run(tidy: Path, out: Path, form: str) -> Result:
    return CliRunner().invoke(main, ["export", "--tidy", str(tidy), "--out", str(out), "--format", form])


@pytest.fixture(scope="module", params=FORMATS)
def exported(request: pytest.FixtureRequest, tidy: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    out = tmp_path_factory.mktemp(request.param) / "out"
    result = run(tidy, out, request.param)
    assert result.exit_code == 0, result.output
    return request.param, out


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def test_every_export_stays_in_its_folder_and_has_a_readme(exported: tuple[str, Path]) -> None:
    _, out = exported
    assert [path.name for path in out.parent.iterdir()] == ["out"]
    assert list(out.rglob(".*")) == []
    readme = (out / "README.md").read_text(encoding="utf-8")
    for table in EXPORTED:
        assert f"## {table.name}\n" in readme
        assert all(f"| `{column.name}` | {column.sentence}" in readme for column in table.columns)


def test_a_readme_shows_names_of_documents_and_makes_no_link_of_them(exported: tuple[str, Path]) -> None:
    readme = (exported[1] / "README.md").read_text(encoding="utf-8")
    assert "<script" not in readme.replace("\\<script", "")
    assert re.findall(r"(?<!\\)\]\(", readme) == []
    assert "\\[看\\]" in readme


def test_csv_holds_every_row_exactly_and_nothing_that_runs(tidy: Path, tmp_path: Path) -> None:
    assert run(tidy, tmp_path / "out", "csv").exit_code == 0
    lines = rows(tmp_path / "out/lines.csv")
    assert sum(Decimal(one["amount_yuan"]) for one in lines) == sum(
        line.amount_yuan for year in (2025, 2026) for line in invented.tables(year)["lines"].itertuples()
    )
    assert (tmp_path / "out/lines.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert "'=cmd()" in {one["item"] for one in lines}
    assert not [value for one in lines for value in one.values() if value.startswith(("=", "@", "+"))]


def test_a_workbook_has_a_sheet_for_each_table_a_frozen_header_and_no_formula(tidy: Path, tmp_path: Path) -> None:
    assert run(tidy, tmp_path / "out", "xlsx").exit_code == 0
    with zipfile.ZipFile(tmp_path / "out/budgetlib.xlsx") as book:
        names = re.findall(r'<sheet name="([^"]+)"', book.read("xl/workbook.xml").decode())
        sheets = [book.read(f"xl/worksheets/sheet{number}.xml").decode() for number in range(1, len(names) + 1)]
        assert not [name for name in book.namelist() if "externalLink" in name]
    assert names == [workbook.READ_ME, "budget_lines", *(table.name for table in TABLES)]
    for name, sheet in zip(names[1:], sheets[1:], strict=True):
        assert 'state="frozen"' in sheet, name
        assert "<autoFilter" in sheet or sheet.count("<row ") == 1, name
    assert not [sheet for sheet in sheets if "<f>" in sheet or "<hyperlink" in sheet]
    (lines,) = (ElementTree.fromstring(sheet) for sheet, name in zip(sheets, names, strict=True) if name == "lines")  # noqa: S314
    texts = {text.text for text in lines.iter(f"{SHEET}t")}
    assert {"'=cmd()", "名" * 300, "J综合窗口服务费"} <= texts


def test_a_workbook_is_made_for_people(tidy: Path, tmp_path: Path) -> None:
    assert run(tidy, tmp_path / "out", "xlsx").exit_code == 0
    with zipfile.ZipFile(tmp_path / "out/budgetlib.xlsx") as book:
        texts = [book.read(f"xl/worksheets/sheet{number}.xml").decode() for number in range(1, len(EXPORTED) + 2)]
        styles = book.read("xl/styles.xml").decode()
    explained = {text.text or "" for text in ElementTree.fromstring(texts[0]).iter(f"{SHEET}t")}  # noqa: S314
    assert {column.sentence for table in EXPORTED for column in table.columns} <= explained
    sheet = ElementTree.fromstring(texts[1])  # noqa: S314
    heads = [cell.text or "" for cell in sheet.iter(f"{SHEET}t")][: len(BUDGET_LINES.columns)]
    assert "年度\nfiscal_year" in heads
    assert "金额（元）\namount_yuan" in heads
    widths = {int(column.attrib["min"]) - 1: column.attrib for column in sheet.iter(f"{SHEET}col")}
    hidden = {BUDGET_LINES.columns[place].name for place, column in widths.items() if column.get("hidden")}
    assert hidden == {"department_id"}
    assert len({column["width"] for column in widths.values()}) > 3
    assert '"#,##0.00"' in styles
    assert all('orientation="landscape"' in text and 'fitToHeight="0"' in text for text in texts)


@pytest.mark.parametrize("table", EXPORTED, ids=lambda table: table.name)
def test_every_table_and_column_has_a_chinese_name_of_its_own(table: Table) -> None:
    heads = [head(table, column) for column in table.columns]
    assert title(table) != table.name
    assert [name for name in heads if name in table.schema.names] == []
    assert len(set(heads)) == len(heads)


def test_a_table_longer_than_a_sheet_is_divided_by_year_and_the_readme_says_so(
    tidy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "SHEET_ROWS", 40)
    assert run(tidy, tmp_path / "out", "xlsx").exit_code == 0
    with zipfile.ZipFile(tmp_path / "out/budgetlib.xlsx") as book:
        names = re.findall(r'<sheet name="([^"]+)"', book.read("xl/workbook.xml").decode())
        sheets = [book.read(f"xl/worksheets/sheet{number}.xml").decode() for number in range(1, len(names) + 1)]
    parts = {name: sheet.count("<row ") for name, sheet in zip(names, sheets, strict=True) if name.startswith("lines")}
    assert "budget_lines 2026" in names
    assert list(parts) == ["lines 2025", "lines 2025 (2)", "lines 2026", "lines 2026 (2)"]
    assert max(parts.values()) == 40
    assert sum(parts.values()) - len(parts) == sum(len(invented.tables(year)["lines"]) for year in (2025, 2026))
    assert "documents" in names
    assert "`lines` has more rows than a sheet holds" in (tmp_path / "out/README.md").read_text(encoding="utf-8")


def test_a_database_keeps_exact_amounts_text_as_printed_and_sentences(tidy: Path, tmp_path: Path) -> None:
    assert run(tidy, tmp_path / "out", "duckdb").exit_code == 0
    with duckdb.connect(str(tmp_path / "out/budgetlib.duckdb"), read_only=True) as database:
        tables = {name for (name,) in database.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
        assert tables == {table.name for table in EXPORTED}
        total = database.execute(
            "SELECT amount_yuan, typeof(amount_yuan) FROM lines JOIN documents USING (document_id) "
            "WHERE form = 'budget_summary' AND side = 'revenue' AND fiscal_year = 2025"
        ).fetchall()
        assert total == [(Decimal("6000000.00"), "DECIMAL(20,2)")]
        spent = "SELECT typeof(amount_yuan) FROM budget_lines WHERE fiscal_year = 2025 AND entity = ?"
        assert set(database.execute(spent, [ENTITY]).fetchall()) == {("DECIMAL(20,2)",)}
        assert database.execute("SELECT count(*) FROM lines WHERE item = '=cmd()'").fetchone() == (1,)
        comments = database.execute("SELECT comment FROM duckdb_columns() WHERE table_name = 'lines'").fetchall()
        assert all(comment for (comment,) in comments)


def test_a_data_package_is_valid(tidy: Path, tmp_path: Path) -> None:
    frictionless = pytest.importorskip("frictionless", reason="pip install frictionless; it brings a GPL package along")
    out = tmp_path / "out"
    assert run(tidy, out, "datapackage").exit_code == 0
    report = frictionless.validate(str(out / "datapackage.json"))
    assert report.valid, report.to_summary()


def test_a_data_package_names_every_file_and_types_every_fiscal_column(tidy: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert run(tidy, out, "datapackage").exit_code == 0
    package = json.loads((out / "datapackage.json").read_text(encoding="utf-8"))
    assert {resource["path"] for resource in package["resources"]} == {
        f"data/{path.name}" for path in (out / "data").iterdir()
    }
    (budget,) = (one for one in package["resources"] if one["name"] == "budget-lines")
    types = {field["columnType"] for field in budget["schema"]["fields"] if "columnType" in field}
    kinds = {"administrative-classification", "functional-classification", "economic-classification"}
    assert kinds <= {one.split(":")[0] for one in types}
    assert package["licenses"][0]["name"] == "MIT"
    sources = [source["title"] for source in package["sources"]]
    assert [ENTITY in source for source in sources] == [True, False]
    assert all("sha256:" in source for source in sources)
    for resource in package["resources"]:
        with (out / resource["path"]).open(encoding=resource["encoding"], newline="") as stream:
            assert next(csv.reader(stream)) == [field["name"] for field in resource["schema"]["fields"]]
    assert {"date:fiscal-year", "direction", "phase:id", "value"} <= types


def test_budget_lines_say_which_classification_a_code_is_of(tidy: Path, tmp_path: Path) -> None:
    assert run(tidy, tmp_path / "out", "datapackage").exit_code == 0
    lines = [one for one in rows(tmp_path / "out/data/budget_lines.csv") if one["fiscal_year"] == "2025"]
    assert {one["entity"] for one in lines} == {ENTITY}
    functions = {one["function_code"]: one["function_item"] for one in lines if one["function_code"]}
    assert functions["2010301"] == "行政运行"
    economic = {one["economic_item"] for one in lines if one["economic_item"]}
    assert {"基本工资", "办公费"} <= economic
    assert not economic & set(functions.values())
    assert {one["direction"] for one in lines} == {"revenue", "expenditure"}


def test_an_export_without_tables_says_what_to_do_and_writes_nothing(tmp_path: Path) -> None:
    result = run(tmp_path / "nowhere", tmp_path / "out", "csv")
    assert result.exit_code == 2
    assert "budgetlib parse" in result.output
    assert not (tmp_path / "out").exists()


def test_budget_lines_hold_outcomes_beside_plans_each_in_its_stage(sample_tidy: Path, tmp_path: Path) -> None:
    assert run(sample_tidy, tmp_path / "out", "datapackage").exit_code == 0
    lines = [one for one in rows(tmp_path / "out/data/budget_lines.csv") if one["fiscal_year"] == "2025"]
    assert {(one["stage"], one["phase"]) for one in lines} == {("budget", "approved"), ("final", "executed")}
    spent = [one for one in lines if one["form"] == "final_expenditure" and one["function_code"] == "2010306"]
    assert [(one["measure"], one["phase"], one["amount_yuan"]) for one in spent] == [
        ("total", "executed", "2364000.00"),
        ("project", "executed", "2364000.00"),
    ]
