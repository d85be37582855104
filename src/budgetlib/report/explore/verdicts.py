"""What does not add up in a budget, each with both places; what a person decides about it is written down."""

from __future__ import annotations

from typing import Any

import pandas as pd
from ipywidgets import HTML, Button, HBox, Layout, Text, ToggleButtons, VBox

from budgetlib.analysis.data_quality import failures
from budgetlib.core.errors import BadParameter
from budgetlib.core.user_csv import usable
from budgetlib.definitions.labels import label
from budgetlib.pages.archive import on_disk
from budgetlib.report.explore.desk import Desk, side_by_side
from budgetlib.report.findings import finding_cards, verdict_in_words
from budgetlib.report.html import block
from budgetlib.report.pictures import Pictures
from budgetlib.tables.corpus import Corpus
from budgetlib.tables.schemas import CHECKS, to_frame
from budgetlib.tables.verdicts import VERDICTS, judged, read_verdicts, write_verdict


class Verdicts:
    """Chooses a finding, shows its places, and writes what `reviewer` decides about it."""

    def __init__(self, desk: Desk, reviewer: Text) -> None:
        self._desk, self._reviewer = desk, reviewer
        self._part = desk.corpus.part([])
        self._failed: pd.DataFrame = CHECKS.frame([])
        self._chosen: int | None = None
        self._verdict = ToggleButtons(
            options=[(label(f"verdict.{one}", desk.language), one) for one in VERDICTS],
            style={"button_width": "auto"},
        )
        self._why = Text(placeholder=desk.say("why"), layout=Layout(width="auto", flex="1 1 12rem"))
        self._save = Button(description=desk.say("mark"), button_style="primary")
        self._note, self._places = HTML(), HTML()
        self._save.on_click(lambda _: desk.attempt(self._note, self._write))
        self._table = desk.table(self._choose)
        wrapped = Layout(flex_flow="row wrap")
        decide = VBox([HBox([self._verdict, self._why, self._save], layout=wrapped), self._note, self._places])
        self.widget = VBox([side_by_side(self._table, decide)])

    def show(self, part: Corpus) -> None:
        """The findings in a part of the tables, with what was decided about them up to now."""
        self._part, self._chosen = part, None
        decided = [
            (document["document_id"], values)
            for document in part.documents.to_dict("records")
            for folder, file in [self._file(document)]
            for values in usable(read_verdicts(folder))
            if values["file"] == file
        ]
        self._failed = to_frame(judged(CHECKS.of_frame(failures(part)), decided))
        self._list()
        self._note.value = self._places.value = ""

    def _list(self) -> None:
        language = self._desk.language
        self._desk.fill(
            self._table,
            [
                {
                    label("column.severity", language): label(f"severity.{one['severity']}", language),
                    label("column.finding", language): one[f"message_{language}"],
                    self._desk.say("verdict"): verdict_in_words(one, language),
                }
                for one in self._failed.to_dict("records")
            ],
        )

    def _choose(self, chosen: int) -> None:
        self._chosen = chosen
        cells = self._desk.cells(self._part)
        finding = self._failed.iloc[[chosen]]
        cards = finding_cards(cells, self._desk.corpus, finding, str(self._desk.tables_dir), Pictures())
        self._places.value = block("findings", "", cards).markup
        self._note.value = ""

    def _write(self) -> str:
        if self._chosen is None:
            raise BadParameter(self._desk.say("choose_finding"))
        if not self._reviewer.value.strip():
            raise BadParameter(self._desk.say("who"))
        finding: dict[Any, Any] = self._failed.iloc[self._chosen].to_dict()
        documents = self._part.documents
        (document,) = documents[documents.document_id == finding["document_id"]].to_dict("records")
        folder, file = self._file(document)
        decided = (self._verdict.value, self._reviewer.value.strip(), self._why.value.strip())
        write_verdict(folder, file, finding, *decided)
        for column, value in zip(("verdict", "reviewer", "verdict_note"), decided, strict=True):
            self._failed.loc[self._failed.index[self._chosen], column] = value or None
        self._list()
        self._choose(self._chosen)
        return self._desk.say("written", file=file)

    def _file(self, document: dict[Any, Any]) -> tuple[Any, str]:
        """The folder on the disk that holds a document, and what it is called there."""
        path = self._desk.tables_dir / (document["folder"] or "") / document["path"]
        folder = on_disk(path).parent
        return folder, path.relative_to(folder).as_posix()
