"""The tidy tables of many disclosures as one object to choose from."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from budgetlib.core.errors import BadParameter, NotFound
from budgetlib.tables.corrections import FIGURES
from budgetlib.tables.derived import derived_tables
from budgetlib.tables.reads import Read, ReadDerived, by_document, by_first_document, having, kept, remembered
from budgetlib.tables.schemas import DOCUMENTS, TABLES
from budgetlib.tables.store import Tables


class _Unread:
    __slots__ = ("_corrected", "_derived", "_read", "made_from")
    _read: Read
    _derived: ReadDerived
    _corrected: bool
    made_from: str | None


@dataclass(frozen=True, eq=False, repr=False)
class Corpus(_Unread):
    """Tidy tables that belong together, one frame each; columns and units in the data dictionary.

    Of tables on disk (`load`) each is read when it is first asked for, and only what is about the documents chosen.

    `documents` stands in the order in which its files are believed where several say the same: a later version before
    an earlier one, then a file of a later day, read in full before read in part, with pages before plain text, by path.
    """

    documents: pd.DataFrame
    pages: pd.DataFrame
    lines: pd.DataFrame
    statements: pd.DataFrame
    sentences: pd.DataFrame
    performance_projects: pd.DataFrame
    performance_indicators: pd.DataFrame
    self_evaluation: pd.DataFrame
    self_evaluation_indicators: pd.DataFrame
    department_targets: pd.DataFrame
    catalogue: pd.DataFrame
    catalogue_declarations: pd.DataFrame
    corrections: pd.DataFrame
    checks: pd.DataFrame

    def __repr__(self) -> str:
        return f"<Corpus of {len(self.documents)} documents>"

    if not TYPE_CHECKING:  # the fields are what there is

        def __getattr__(self, name: str) -> pd.DataFrame:
            """A table that was not asked for before."""
            if name not in _NAMES or not hasattr(self, "_read"):
                raise AttributeError(f"a corpus has no {name}; it has {', '.join(_NAMES)}")
            object.__setattr__(self, name, self.rows(name))
            return vars(self)[name]

    def rows(self, table: str, columns: Sequence[str] | None = None, **equal: object) -> pd.DataFrame:
        """The rows of a `table` whose columns have the values `equal`, with all `columns` or some; no more is read.

        `corpus.rows("lines", ["document_id", "amount_yuan"], form="budget_summary", row_kind="total")`
        """
        return self._rows(table, self.documents, columns, **equal)

    def derived(self, name: str, **among: Collection[str] | Collection[int]) -> pd.DataFrame | None:
        """A table of `tables/derived.toml` as it is kept in the store, or its rows with one of some values.

        None of a part of a corpus, of tables without a store, and of amounts as printed: those kept are corrected.
        """
        if not hasattr(self, "_derived") or (name in _OF_AMOUNTS and not self._corrected):
            return None
        return self._derived(name, **among)

    def part(self, document_ids: Iterable[str]) -> Corpus:
        """The part about some documents."""
        return _lazy(self.documents[self.documents.document_id.isin(set(document_ids))], self._rows)

    def held(self) -> Corpus:
        """The same with its tables in memory: for a part whose documents are asked about one by one."""
        return _lazy(self.documents, by_document({name: getattr(self, name) for name in _NAMES}))

    def remembering(self, derived: Mapping[str, pd.DataFrame]) -> Corpus:
        """The same with some rows of `derived` tables in memory, for whoever asks for no others."""
        corpus = _lazy(self.documents, self._rows)
        if hasattr(self, "_derived"):
            read = remembered(derived, self._derived)
            _remember(corpus, _derived=read, _corrected=self._corrected, made_from=self.made_from)
        return corpus

    def select(
        self,
        department: str | None = None,
        year: int | str | None = None,
        form: str | None = None,
        kind: str | None = None,
    ) -> Corpus:
        """The part about one `department` (department_id or name as printed), fiscal `year`, `form` or document `kind`.

        `form` chooses among the lines; everything else chooses documents, with all that belongs to them.

        Raises `NotFound`, naming what there is, where nothing fits, and `BadParameter` for a year that is none.
        """
        documents = self.documents
        if department is not None:
            fits = (documents.department_id == department) | (documents.entity == department)
            documents = _fitting(documents, fits, "department", department, documents.department_id)
        of_year = None if year is None else fiscal_year(year)
        for what, wanted, column in (("year", of_year, "fiscal_year"), ("kind", kind, "document_kind")):
            if wanted is not None:
                documents = _fitting(documents, documents[column] == wanted, what, wanted, documents[column])
        part = _lazy(documents, self._rows)
        if form is None:
            return part
        lines = part.rows("lines", form=form)
        if lines.empty:
            printed = part.rows("lines", ["form"])
            _fitting(printed, printed.form == form, "form", form, printed.form)
        object.__setattr__(part, "lines", lines)
        return part

    def corrected(self) -> Corpus:
        """The same with the figures of `corrections` in place of what is printed; `published_text` stays as printed."""

        def read(
            name: str, documents: pd.DataFrame, columns: Sequence[str] | None = None, **equal: object
        ) -> pd.DataFrame:
            if name not in FIGURES:
                return self._rows(name, documents, columns, **equal)
            applied = self._rows("corrections", documents, outcome="applied")
            column, keys = FIGURES[name]
            rows = self._rows(name, documents, None, **equal)
            corrected = _overridden(rows, column, keys, applied[applied.form.notna() == (name == "lines")])
            return corrected if columns is None else corrected[list(columns)]

        corpus = _lazy(self.documents, read)
        if hasattr(self, "_derived"):
            _remember(corpus, _derived=self._derived, _corrected=True, made_from=self.made_from)
        return corpus

    def read_budgets(self) -> pd.DataFrame:
        """The rows of `documents` that are budgets, read at least in part, of a known department and year."""
        return self.read_disclosures("budget")

    def read_disclosures(self, *kinds: str) -> pd.DataFrame:
        """The rows of `documents` of some `kinds`, read at least in part, of a known department and year."""
        documents = self.documents
        read = documents.document_kind.isin(kinds) & documents.outcome.isin(["ok", "partial"])
        return documents[read & documents.department_id.notna() & documents.fiscal_year.notna()]

    def first(self, column: str) -> Any:
        """The first known value in a column of `documents`; None where none is known."""
        known = self.documents[column].dropna()
        return known.iloc[0] if len(known) else None

    @property
    def name(self) -> str:
        """Whose disclosures these are, as printed, or else as a key."""
        return str(self.first("entity") or self.first("department_id"))

    def year_before(self, budget: Corpus) -> Corpus | None:
        """The same department's budget (final accounts) of the year before `budget`; None where there is none."""
        document = budget.documents.iloc[0]
        if pd.isna(document.fiscal_year):
            return None
        try:
            return self.select(document.department_id, int(document.fiscal_year) - 1, kind=document.document_kind)
        except NotFound:
            return None

    def _rows(
        self, name: str, documents: pd.DataFrame, columns: Sequence[str] | None = None, **equal: object
    ) -> pd.DataFrame:
        frame: pd.DataFrame | None = vars(self).get(name)
        if frame is None:
            return self._read(name, documents, columns, **equal)
        if documents is not self.documents:
            frame = frame[frame.document_id.isin(set(documents.document_id))]
        return having(frame, columns, equal)

    def form(self, form: str) -> pd.DataFrame:
        """The lines of one `form` as one document prints it: the first that does, in the order of `documents`."""
        return self._forms(form)

    def has_read(self, form: str) -> bool:
        """Whether `form` was read: it has lines, or a page that declares it empty."""
        declared_empty = self.pages[self.pages.outcome == "declared_empty"].form.dropna()
        return bool((self.lines.form == form).any() or declared_empty.str.split(r",\s*").explode().eq(form).any())

    def section(self, section: int) -> pd.DataFrame:
        """The publisher's own statements in one `section` (1–12), from the first document that has any."""
        return self._sections(section)

    @cached_property
    def _forms(self) -> Callable[[str], pd.DataFrame]:
        return by_first_document(self.lines, "form", self.documents.document_id)

    @cached_property
    def _sections(self) -> Callable[[int], pd.DataFrame]:
        of_publisher = self.statements[self.statements.unit.isna()]
        return by_first_document(of_publisher, "section", self.documents.document_id)


_OF_AMOUNTS = ("budgets", "catalogue_classes", "execution")
_NAMES = tuple(field.name for field in fields(Corpus))


def corpus_of(records: Mapping[str, Iterable[Mapping[str, Any]]]) -> Corpus:
    """Records, one list for each table, as a corpus; a table without a list is empty."""
    return Corpus(**{table.name: table.frame(records.get(table.name, [])) for table in TABLES})


def _lazy(documents: pd.DataFrame, read: Read) -> Corpus:
    corpus = object.__new__(Corpus)
    _remember(corpus, documents=documents, _read=read)
    return corpus


def _remember(corpus: Corpus, **values: object) -> None:
    for name, value in values.items():
        object.__setattr__(corpus, name, value)


def load(tidy: str | Path) -> Corpus:
    """The tables in the folder `tidy`, written by `budgetlib parse`.

    Raises `NotFound` where the folder or a table is not there.
    """
    if not (folder := Path(tidy)).is_dir():
        raise NotFound(f"there is no folder {folder}; read some disclosures first: budgetlib parse --out {folder}")
    tables = Tables(folder)
    for table in TABLES:
        tables.check(table)
    whole = _most_credible_first(tables.read(DOCUMENTS))
    by_name = {table.name: table for table in TABLES}

    def read(name: str, documents: pd.DataFrame, columns: Sequence[str] | None = None, **equal: object) -> pd.DataFrame:
        return tables.read(by_name[name], None if documents is whole else documents, columns, **equal)

    def derived(name: str, **among: Collection[str] | Collection[int]) -> pd.DataFrame | None:
        return tables.derived(derived_tables()[name], **among)

    corpus = _lazy(whole, kept(read))
    _remember(corpus, _derived=derived, _corrected=False, made_from=tables.made_from)
    return corpus


def faults(checks: pd.DataFrame) -> pd.DataFrame:
    """The failed rows of the table `checks` that follow from no other: one for each fault."""
    return checks[(checks.state == "fail") & checks.follows_from.isna()]


def _overridden(rows: pd.DataFrame, column: str, keys: tuple[str, ...], corrections: pd.DataFrame) -> pd.DataFrame:
    """`rows` with corrected values in `column`, where `keys` and the published value are those of a correction."""
    if corrections.empty:
        return rows
    named = ("document_id", *keys)
    new = {(*(one[key] for key in named), one["published"]): one["corrected"] for one in corrections.to_dict("records")}
    old = zip(*(rows[key] for key in named), rows[column], strict=True)
    return rows.assign(**{column: [new.get(key, key[-1]).quantize(key[-1]) for key in old]})


def _most_credible_first(documents: pd.DataFrame) -> pd.DataFrame:
    order = {"version": False, "file_date": False, "outcome": False, "pages": False, "path": True}
    is_whole, paged = documents.outcome == "ok", documents.pages.notna()
    keys = documents.assign(version=documents.version.fillna(1), outcome=is_whole, pages=paged)
    return documents.loc[keys.sort_values([*order], ascending=[*order.values()]).index].reset_index(drop=True)


def fiscal_year(year: int | str) -> int:
    """A year, also where a notebook has it as text; raises `BadParameter` for anything else.

    >>> fiscal_year("2026")
    2026
    """
    try:
        return int(year)
    except ValueError:
        raise BadParameter(f"year is {year!r}; give it in digits, as in 2026") from None


def _fitting(rows: pd.DataFrame, fits: pd.Series, what: str, value: object, known: pd.Series) -> pd.DataFrame:
    fitting = rows[fits.fillna(False).astype(bool)]
    if fitting.empty:
        allowed = sorted(str(one) for one in known.dropna().unique())
        raise NotFound(f"no {what} {value!r}; there is: {', '.join(allowed) or 'none'}")
    return fitting
