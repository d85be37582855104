"""The explorer: choose place, department and year; then pages, findings and projects."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from ipywidgets import HTML, Box, Combobox, Dropdown, Layout, Tab, Text, VBox
from markupsafe import Markup

from budgetlib.core.errors import BadParameter
from budgetlib.definitions.labels import LANGUAGES
from budgetlib.report.explore.desk import Desk
from budgetlib.report.explore.paper import Paper
from budgetlib.report.explore.projects import Projects
from budgetlib.report.explore.services import Services
from budgetlib.report.explore.verdicts import Verdicts
from budgetlib.tables.corpus import load

OFFERED = 50
"""Departments that are offered at once: those that have the typed words in their name."""


def explore(tidy: str | Path, matches: str | Path, language: str = "zh") -> VBox:
    """A widget to look at the tables in the folder `tidy` beside their pages, and to mark what was found.

    What is decided about findings goes into `findings.csv` beside the files, about the guidance catalogue into
    `matches`: what `budgetlib parse` and `budgetlib report` read. Only the tables of the department chosen are loaded.
    Needs the extra `explore`.

    Raises `NotFound` where the tables are not there, `BadParameter` for another language.
    """
    if language not in LANGUAGES:
        raise BadParameter(f"language is {language!r}; allowed: {', '.join(LANGUAGES)}")
    return _Explorer(Desk(load(tidy), Path(tidy), Path(matches), language)).widget


class _Explorer:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        known = desk.corpus.documents
        self._shown: tuple[str, int | None] = ("", None)
        self._known = known[known.department_id.notna() & known.fiscal_year.notna()]
        reviewer = Text(placeholder=desk.say("who"), description=desk.say("reviewer"))
        places = [
            (desk.say("all_places"), ""),
            *((place, place) for place in sorted(self._known.place.dropna().unique())),
        ]
        self._place = Dropdown(description=desk.say("place"), options=places)
        self._department = Combobox(description=desk.say("department"), placeholder=desk.say("type"))
        self._year = Dropdown(description=desk.say("year"))
        self._note = HTML()
        self._paper, self._verdicts = Paper(desk), Verdicts(desk, reviewer)
        self._services, self._projects = Services(desk, reviewer), Projects(desk, self._open)
        parts = (self._paper, self._verdicts, self._services, self._projects)
        self._tabs = Tab([part.widget for part in parts])
        self._tabs.titles = [desk.say(key) for key in ("pages", "findings", "services", "projects")]
        self._place.observe(lambda _: self._offer(), "value")
        self._department.observe(lambda _: self._offer(), "value")
        self._year.observe(lambda _: self._show(), "value")
        wrapped = Layout(display="flex", flex_flow="row wrap")
        choices = Box([self._place, self._department, self._year, reviewer], layout=wrapped)
        choices.add_class("choices")
        style = Markup("<style>{}</style>").format(Markup(files(__package__).joinpath("style.css").read_text("utf-8")))  # noqa: S704 - our own
        self.widget = VBox([HTML(style), choices, self._note, self._tabs])
        self.widget.add_class("explorer")
        self._offer()

    def _offer(self) -> None:
        """Offer the departments of the place that have what is typed in their name; of one that is whole its years."""
        of_place = self._known[self._known.place == self._place.value] if self._place.value else self._known
        typed = self._department.value.strip()
        names = of_place.department_id.drop_duplicates()
        if (names == typed).any():
            years = sorted({int(year) for year in of_place.fiscal_year[of_place.department_id == typed]}, reverse=True)
            self._year.options, self._year.value = years, years[0]
            self._show()
            return
        fitting = names[names.str.contains(typed, regex=False)]
        self._department.options = tuple(sorted(fitting.head(OFFERED)))
        more = self._desk.say("more", count=len(fitting), most=OFFERED) if len(fitting) > OFFERED else ""
        self._note.value = Markup("<p>{}</p>").format(more or self._desk.say("start"))

    def _show(self) -> None:
        chosen = (self._department.value.strip(), self._year.value)
        if self._year.value is not None and chosen != self._shown:
            self._shown = chosen
            self._desk.attempt(self._note, lambda: self._show_budget(*chosen))

    def _show_budget(self, department: str, year: int) -> str:
        part = self._desk.corpus.select(department, year)
        for panel in (self._paper, self._verdicts, self._services):
            panel.show(part)
        return " · ".join([part.name, str(year), *part.documents.path])

    def _open(self, department: str, year: int, document_id: str, page: int) -> None:
        self._place.value, self._department.value = "", department
        self._year.value = year
        self._paper.turn_to(document_id, page)
        self._tabs.selected_index = 0
