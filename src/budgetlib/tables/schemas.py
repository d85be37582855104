"""The tidy tables as schemas: columns, types, units and one sentence each.

The data dictionary (`docs/data_dictionary.md`) is printed from here. Text is kept as printed in
`published_*`; keys are normalised; missing is null, never 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd
import pyarrow as pa

from budgetlib.definitions.forms import STAGES

TEXT = pa.string()
WHOLE = pa.int64()
POINTS = pa.float64()
MONEY = pa.decimal128(20, 2)
FIGURE = pa.decimal128(24, 4)
SHARE = pa.float64()
TRUTH = pa.bool_()


@dataclass(frozen=True)
class Column:
    """One column: name, Arrow type, what it says, and which values it may take."""

    name: str
    type: pa.DataType
    sentence: str
    required: bool = False
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """One tidy table: name, what one row is, and its columns in order."""

    name: str
    row: str
    columns: tuple[Column, ...]

    @property
    def file(self) -> str:
        """The name of its file, or folder of partitions."""
        return f"{self.name}.parquet"

    @cached_property
    def schema(self) -> pa.Schema:
        """The Arrow schema, for Parquet."""
        return pa.schema([pa.field(c.name, c.type, nullable=not c.required) for c in self.columns])

    def frame(self, records: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
        """`records` as a frame with exactly the columns of this table, in order.

        Money and figures are `decimal.Decimal`, whole numbers nullable `Int64`, truths nullable `boolean`,
        missing text None.
        Raises `ValueError` as `arrow` does.
        """
        return to_frame(self.arrow(records))

    def arrow(self, records: Iterable[Mapping[str, Any]]) -> pa.Table:
        """`records` as an Arrow table with exactly the columns of this table, in order.

        Raises `ValueError` where a record has another column, misses a required value, or holds
        a value that is not allowed.
        """
        rows = list(records)
        known = set(self.schema.names)
        for row in rows:
            if unknown := set(row) - known:
                raise ValueError(f"table {self.name} has no column {sorted(unknown)}; columns: {self.schema.names}")
        for column in self.columns:
            values = [row.get(column.name) for row in rows]
            if column.required and None in values:
                raise ValueError(f"{self.name}.{column.name} is required and missing in row {values.index(None) + 1}")
            if column.allowed and (wrong := {v for v in values if v is not None} - set(column.allowed)):
                raise ValueError(f"{self.name}.{column.name} is {sorted(wrong)}; allowed: {column.allowed}")
        return pa.Table.from_pylist(rows, schema=self.schema)


def to_frame(table: pa.Table) -> pd.DataFrame:
    """An Arrow table as a frame: `Int64` for whole numbers, `Decimal` for money, None for no text."""
    types = {WHOLE: pd.Int64Dtype(), TRUTH: pd.BooleanDtype()}
    frame: pd.DataFrame = table.to_pandas(types_mapper=types.get)
    for name, kind in zip(table.schema.names, table.schema.types, strict=True):
        if kind == TEXT:
            frame[name] = frame[name].astype(object).where(frame[name].notna(), None)
    return frame


DOCUMENT_ID = Column("document_id", TEXT, "The document: first 16 hex digits of the file's sha256.", required=True)
PAGE = Column("page", WHOLE, "Page, counted from 1 as a PDF viewer does; null for plain-text sources.")

SOURCE = Column("source", TEXT, "Read from the text layer, or from the picture of the page.", allowed=("text", "ocr"))
CONFIRMED = "Read from a picture: whether {}, to the fen; null where it is text."

DOCUMENT_OUTCOMES = ("ok", "partial", "encrypted", "malformed", "empty", "too_large", "timeout", "not_a_disclosure")

DOCUMENTS = Table(
    "documents",
    "one file",
    (
        DOCUMENT_ID,
        Column("path", TEXT, "Where the file lies, relative to the folder that was parsed.", required=True),
        Column("folder", TEXT, "The folder that was parsed, relative to the folder of these tables."),
        Column("sha256", TEXT, "Hash of the file's bytes.", required=True),
        Column("media_type", TEXT, "Kind of file, told by its content.", required=True),
        Column("pages", WHOLE, "Number of pages; null for plain-text sources and files that do not open."),
        Column("entity", TEXT, "The publishing department or unit (部门/单位) as printed, without line breaks."),
        Column("department_id", TEXT, "`entity` as a folder name."),
        Column(
            "named_by",
            TEXT,
            "What names `entity`: a page of the document, the manifest, or nothing but the file's name.",
            allowed=("page", "manifest", "file"),
        ),
        Column(
            "entity_kind",
            TEXT,
            "Whether a department with its units or one unit publishes.",
            allowed=("department", "unit"),
        ),
        Column("place", TEXT, "Province or city that the entity's name begins with."),
        Column("fiscal_year", WHOLE, "The budget year."),
        Column("document_kind", TEXT, "What is disclosed.", allowed=("budget", "final_accounts", "other")),
        Column(
            "disclosure_id",
            TEXT,
            "Shared by the files that make one disclosure: prose, tables and annexes of one publisher, year and kind.",
        ),
        Column("outcome", TEXT, "How reading ended.", required=True, allowed=DOCUMENT_OUTCOMES),
        Column("reason", TEXT, "Why `outcome` is not `ok`, and what to do next."),
        Column("note", TEXT, "The note on the file in the manifest, e.g. that it is re-typeset."),
        Column("manifest_entry", TEXT, "Hash of what the manifest says about the file; null where it says nothing."),
        Column("ocr", TEXT, "Which pages were to be read from their pictures (`--ocr`), and by which engine."),
        Column("reader", TEXT, "What read the PDF (`--reader`).", allowed=("pdfium", "pdfplumber")),
        Column("parser_version", TEXT, "Version of budgetlib that read the file.", required=True),
    ),
)

PAGES = Table(
    "pages",
    "one page, or one form of a plain-text source: the ledger of what was and was not read",
    (
        DOCUMENT_ID,
        PAGE,
        Column(
            "kind",
            TEXT,
            "What the page mainly is.",
            required=True,
            allowed=("cover", "contents", "narrative", "form", "performance", "catalogue", "other", "blank"),
        ),
        Column("form", TEXT, "The forms on the page, separated by commas."),
        Column("source", TEXT, "Where the text comes from.", required=True, allowed=("text", "ocr", "none")),
        Column(
            "outcome",
            TEXT,
            "How reading ended.",
            required=True,
            allowed=("read", "declared_empty", "not_a_form", "unreadable"),
        ),
        Column("reason", TEXT, "What was not read on the page, and why."),
        Column(
            "amounts_printed",
            WHOLE,
            "How many amounts of money the page prints: numbers before a unit of money (thresholds such as 100万元以上 "
            "are none); numbers with decimals or thousands separators and no other unit; whole numbers in a column of "
            "money, which its header tells or such a number in it; and whatever else went into `lines`. Years, dates, "
            "codes, percentages, counts, scores, telephone and page numbers are none. Null for sources without pages.",
        ),
        Column(
            "amounts_taken",
            WHOLE,
            "How many of them went into a table, place by place: a figure that two places print counts twice.",
        ),
        Column("amounts_left", TEXT, "The others as printed, separated by blanks; null where none is left."),
    ),
)

STAGE = Column(
    "stage",
    TEXT,
    "What the figure is: the budget as approved (年初预算), as changed in the year (全年/调整预算), or the "
    "outcome (决算); null where the paper leaves it open.",
    allowed=STAGES,
)

LINES = Table(
    "lines",
    "one amount printed in a statutory form",
    (
        DOCUMENT_ID,
        Column("form", TEXT, "The form (`src/budgetlib/forms/*.toml`).", required=True),
        Column("side", TEXT, "Revenue or expenditure.", required=True, allowed=("revenue", "expenditure")),
        Column("row", WHOLE, "Row within the form, 1…, in printed order.", required=True),
        Column(
            "row_kind",
            TEXT,
            "`line` is a leaf: the leaves of one measure sum to the total.",
            required=True,
            allowed=("total", "subtotal", "line"),
        ),
        STAGE,
        Column("code", TEXT, "Classification code as digits; null where none is printed."),
        Column("item", TEXT, "What the row is about: label without numbering, blanks and line breaks.", required=True),
        Column(
            "gov_item",
            TEXT,
            "The item of the government-budget economic classification, where a form prints it beside.",
        ),
        Column("gov_code", TEXT, "Code of `gov_item`, where one is printed."),
        Column("economic_item", TEXT, "The departmental economic item, where a form by function prints it beside."),
        Column("economic_code", TEXT, "Code of `economic_item`, where one is printed."),
        Column("unit", TEXT, "The spending unit that owns the row."),
        Column("measure", TEXT, "What the column is; `other:<header>` where the header is not known.", required=True),
        Column("amount_yuan", MONEY, "The amount in yuan, exact to the fen.", required=True),
        Column("published_text", TEXT, "The amount as printed.", required=True),
        Column("published_unit", TEXT, "The unit as printed.", required=True),
        SOURCE,
        Column("ocr_confidence", SHARE, "How sure the recognition of the amount is, 0–1; null where it is text."),
        Column("confirmed", TRUTH, CONFIRMED.format("a sum within the form is exact with it")),
        PAGE,
        Column("x0", POINTS, "Left edge of the printed amount, PDF points."),
        Column("top", POINTS, "Upper edge, PDF points from the top of the page."),
        Column("x1", POINTS, "Right edge, PDF points."),
        Column("bottom", POINTS, "Lower edge, PDF points from the top of the page."),
    ),
)

STATEMENTS = Table(
    "statements",
    "one figure stated in the narrative part",
    (
        DOCUMENT_ID,
        Column("section", WHOLE, "Section 1–12 of part three (情况说明).", required=True),
        Column(
            "unit",
            TEXT,
            "The spending unit in whose subsection the figure stands; null for the publisher's own figures.",
        ),
        Column("measure", TEXT, "What is stated.", required=True),
        STAGE,
        Column("value", FIGURE, "The figure, signed: a decrease is negative.", required=True),
        Column("value_unit", TEXT, "Unit of `value`.", required=True, allowed=("yuan", "percent", "count", "m2")),
        Column("item", TEXT, "Function, fund or kind of vehicle that the figure is about."),
        Column("reason", TEXT, "The reason given for a change."),
        Column("sentence", TEXT, "The sentence as printed.", required=True),
        SOURCE,
        Column("confirmed", TRUTH, CONFIRMED.format("the same amount stands in a form")),
        PAGE,
    ),
)

SOURCES = {
    "central": "from the centre (中央财政资金)",
    "province": "from the province (省级财政资金)",
    "local": "from city and county (市县财政资金)",
    "own": "raised by the unit itself (单位自筹)",
    "appropriation": "from the budget, where the paper does not tell levels apart (财政拨款)",
    "special_account": "from the fiscal special account (财政专户拨款)",
    "carryover": "carried over from the year before (上年结转)",
    "other": "from other sources (其他资金)",
}
PERIODS = {"total": "the whole period (实施期)", "annual": "the year (年度)"}

BOX = (
    Column("x0", POINTS, "Left edge, PDF points."),
    Column("top", POINTS, "Upper edge, PDF points from the top of the page."),
    Column("x1", POINTS, "Right edge, PDF points."),
    Column("bottom", POINTS, "Lower edge, PDF points from the top of the page."),
)

SENTENCES = Table(
    "sentences",
    "one sentence outside tables, or of a note in one",
    (
        DOCUMENT_ID,
        Column("section", WHOLE, "Section of the narrative part as in `statements`; null where it stands elsewhere."),
        Column("sentence", TEXT, "As printed, without blanks and line breaks.", required=True),
        PAGE,
    ),
)

PERFORMANCE_PROJECTS = Table(
    "performance_projects",
    "one project's performance-target table (项目支出绩效目标表), over as many pages as it takes",
    (
        DOCUMENT_ID,
        Column("project", TEXT, "The project's name as printed in its head, without line breaks; null where none is."),
        Column("project_code", TEXT, "The code before the name, where one is printed."),
        Column("title", TEXT, "The table's title without blanks: it may be for a fund (专项资金) or for transfers."),
        Column("unit", TEXT, "The unit that carries it out (实施单位)."),
        Column("supervisor_code", TEXT, "Code of the supervising department."),
        Column("supervisor", TEXT, "The supervising department (主管部门)."),
        Column("attribute", TEXT, "Recurrent, continued or once (项目属性), as printed."),
        Column("period", TEXT, "How long it runs (项目期), as printed."),
        *(Column(f"{period}_yuan", MONEY, f"Money for {words}, in yuan.") for period, words in PERIODS.items()),
        *(
            Column(f"{period}_{source}_yuan", MONEY, f"Of the money for {words}: {origin}.")
            for period, words in PERIODS.items()
            for source, origin in SOURCES.items()
        ),
        Column("published_unit", TEXT, "The unit in which the amounts are printed."),
        Column("published_text", TEXT, "The year's amount as printed; where none is, that of the whole period."),
        Column("form_date", TEXT, "The day on which the table was filled in (填报日期), YYYY-MM-DD."),
        Column("page_from", WHOLE, "First page of the table; null for plain-text sources."),
        Column("page_to", WHOLE, "Last page of the table."),
        Column("page", WHOLE, "Page of the amount in `published_text`; the box is its place."),
        *BOX,
    ),
)

SELF_EVALUATION = Table(
    "self_evaluation",
    "one project that a department evaluated itself after the year (绩效自评表), over as many pages as it takes",
    (
        DOCUMENT_ID,
        Column("project", TEXT, "The project's name as printed, without blanks.", required=True),
        Column("unit", TEXT, "The unit that carried it out (实施单位)."),
        Column("budget_yuan", MONEY, "The budget as approved (年初预算数), in yuan."),
        Column("adjusted_yuan", MONEY, "The budget as changed in the year (全年预算数), in yuan."),
        Column("executed_yuan", MONEY, "What was spent (全年执行数), in yuan."),
        Column("rate_pct", FIGURE, "The share of the budget that was spent, as printed (执行率)."),
        Column("score", FIGURE, "The total score that the department gave itself."),
        PAGE,
    ),
)

PERFORMANCE_INDICATORS = Table(
    "performance_indicators",
    "one third-level indicator of a performance-target table, for one period",
    (
        DOCUMENT_ID,
        Column(
            "table_kind",
            TEXT,
            "Whose table it is: a project's, or the whole department's (整体支出绩效目标表).",
            required=True,
            allowed=("project", "department"),
        ),
        Column("project", TEXT, "The project as in `performance_projects`; in a department's table the department."),
        Column("unit", TEXT, "The unit as in `performance_projects`: two units may have projects of one name."),
        Column("scope", TEXT, "Whole period or year.", required=True, allowed=("whole_period", "annual")),
        Column(
            "level1",
            TEXT,
            "First-level indicator as printed, clipped words made whole; else what the form has above `level2`.",
        ),
        Column("level2", TEXT, "Second-level indicator as printed, clipped words made whole."),
        Column("level3", TEXT, "Third-level indicator as printed.", required=True),
        Column(
            "target",
            TEXT,
            "Its target as printed; relation, value and unit joined where they stand in columns of their own.",
        ),
        PAGE,
        *BOX,
    ),
)

DEPARTMENT_TARGETS = Table(
    "department_targets",
    "one key figure, task or goal of a whole-department performance-target table (整体支出绩效目标表)",
    (
        DOCUMENT_ID,
        Column("department", TEXT, "The department, as in `performance_indicators.project`."),
        Column("kind", TEXT, "What is printed.", required=True, allowed=("figure", "task", "goal")),
        Column("section", TEXT, "The part of the table (部门基本信息, 年度预算情况 …)."),
        Column("item", TEXT, "What the figure is of; the task's name; the goal's label."),
        Column("text", TEXT, "The figure, task or goal as printed, without line breaks.", required=True),
        Column("amount_yuan", MONEY, "The figure or the task's money in yuan, where it is money."),
        PAGE,
    ),
)

CATALOGUE = Table(
    "catalogue",
    "one item of a guidance catalogue of government-purchased services (政府购买服务指导性目录) found in a document",
    (
        DOCUMENT_ID,
        Column(
            "edition", TEXT, "Document number of the finance department's covering notice; null where none is there."
        ),
        Column("section", TEXT, "The kind of department the section is for; null where no heading is printed above."),
        Column("code", TEXT, "The item's code as printed.", required=True),
        Column("level", WHOLE, "Level 1–4: the column in which the name is printed, whatever the code.", required=True),
        Column("name", TEXT, "The item's name, without line breaks.", required=True),
        PAGE,
    ),
)

CATALOGUE_DECLARATIONS = Table(
    "catalogue_declarations",
    "one thing that a document says about the guidance catalogue of government-purchased services",
    (
        DOCUMENT_ID,
        Column(
            "kind",
            TEXT,
            "Nothing to declare, an edition cited, an item or project declared, a catalogue attached.",
            required=True,
            allowed=("none", "cited", "items", "attached"),
        ),
        Column("citation", TEXT, "The document number as printed, in its own brackets."),
        Column("section", TEXT, "The catalogue's section, where it is named."),
        Column("code", TEXT, "The declared item's code."),
        Column("name", TEXT, "The declared item's name; the deepest one where all levels are given in prose."),
        Column("path", TEXT, "The names of all levels given in prose, joined by `>`."),
        Column("project", TEXT, "The project that the item is for, or that is said to be a purchased service."),
        Column("sentence", TEXT, "The sentence, project's name or table's title as printed.", required=True),
        PAGE,
    ),
)

CHECKS = Table(
    "checks",
    "one identity tested at one place; an identity that could not be tested in a document is one row that says so",
    (
        DOCUMENT_ID,
        Column("check", TEXT, "Name of the identity (`src/budgetlib/checks/*.toml`).", required=True),
        Column(
            "severity",
            TEXT,
            "`error`: arithmetic that cannot be; `warning`: two places disagree; `note`: worth a question.",
            required=True,
            allowed=("error", "warning", "note"),
        ),
        Column(
            "state",
            TEXT,
            "Whether it holds; `explained`: it does not, and the document says why. Not tested is never a pass.",
            required=True,
            allowed=("pass", "fail", "explained", "not_applicable", "insufficient_data"),
        ),
        Column("form", TEXT, "The form of the tested figure; null for a figure of the narrative part."),
        Column("row", WHOLE, "Its row in `lines`."),
        PAGE,
        Column("expected", FIGURE, "What the identity makes of the other figures, in the unit of `published`."),
        Column("published", FIGURE, "The tested figure: yuan, percent or a count."),
        Column("difference", FIGURE, "`published` less `expected`."),
        Column(
            "tolerance", FIGURE, "How far rounding may move them apart: half of the last digit of each number printed."
        ),
        Column("message_zh", TEXT, "What was found, or what the identity says, in Chinese.", required=True),
        Column("message_en", TEXT, "The same in English.", required=True),
        Column(
            "places",
            TEXT,
            "Of figures that differ: all places tied together: `form:row`, `section:number:measure:item`, "
            "`performance:table`, `department:figure`, `catalogue:code`.",
        ),
        Column("explanation", TEXT, "Of what is explained: the sentence of the document that says why."),
    ),
)

CORRECTIONS = Table(
    "corrections",
    "one published misprint that a researcher overrides (`corrections.csv`); the other tables keep what is printed",
    (
        Column("document_id", TEXT, "The document; null where the file that the correction names is not there."),
        Column("form", TEXT, "The form that prints the figure; null for one of the narrative part."),
        Column("row", WHOLE, "Its row in `lines`."),
        Column("section", WHOLE, "The section of the narrative part that states it."),
        Column("measure", TEXT, "Its measure in `lines` or `statements`."),
        Column("code", TEXT, "Classification code of the row."),
        Column("item", TEXT, "What the row or statement is about."),
        Column("published", FIGURE, "The figure as printed, in `value_unit`."),
        Column(
            "corrected", FIGURE, "What it is taken to be, in `value_unit`; null where the correction is not applied."
        ),
        Column("value_unit", TEXT, "Unit of both.", allowed=("yuan", "percent", "count", "m2")),
        Column("reason", TEXT, "Why, as the researcher says."),
        Column("evidence", TEXT, "On what evidence."),
        Column("outcome", TEXT, "Whether it is applied.", required=True, allowed=("applied", "refused")),
        Column("message", TEXT, "Why it is refused, and what to do next."),
        PAGE,
    ),
)

TABLES = (
    DOCUMENTS,
    PAGES,
    LINES,
    STATEMENTS,
    SENTENCES,
    PERFORMANCE_PROJECTS,
    PERFORMANCE_INDICATORS,
    SELF_EVALUATION,
    DEPARTMENT_TARGETS,
    CATALOGUE,
    CATALOGUE_DECLARATIONS,
    CORRECTIONS,
    CHECKS,
)
