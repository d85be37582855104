"""What a disclosure says about the guidance catalogue → `catalogue_declarations`.

Section twelve says it, or section nine, or a project's name: a project called 政府购买服务项目 is a declaration.
Nothing is guessed: a code is kept as it stands, whatever any edition lists.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from budgetlib.core.text import squeeze
from budgetlib.definitions.vocabulary.catalogue import catalogue_words
from budgetlib.extraction.catalogue import Catalogue
from budgetlib.extraction.narrative.passages import Passage
from budgetlib.extraction.records import Record, Where

_PROCUREMENT, _PURCHASED_SERVICES = 9, 12  # sections as in the table `statements`
SECTIONS = (_PROCUREMENT, _PURCHASED_SERVICES)
"""The sections of `statements` in which services are declared."""
_SENTENCE = re.compile(r"[^。\n]*[。\n]?")
_SEPARATORS = "、，,;；:： 和及\n。"


def read_declarations(
    passages: Sequence[Passage], projects: Iterable[tuple[str, Where]], catalogue: Catalogue
) -> list[Record]:
    """The declarations of a document as records without `document_id`.

    `projects` are the names of its projects and where they stand. Kinds: `none`, `cited`, `items`, `attached`.
    """
    records = [record for passage in passages if passage.section in SECTIONS for record in _of_passage(passage)]
    if catalogue.items:
        title = catalogue.title or "政府购买服务指导性目录"
        records.append(_record("attached", title, catalogue.where, citation=catalogue.number))
    named = {squeeze(record["project"]) for record in records if record["project"]}
    for name, where in projects:
        if "政府购买服务" in squeeze(name) and squeeze(name) not in named:
            named.add(squeeze(name))
            records.append(_record("items", name, where, project=name))
    return records


def unlisted(records: Iterable[Record], catalogue: Catalogue) -> list[str]:
    """The declared codes that the catalogue printed in the same document does not list; none where it prints none."""
    listed = {item["code"] for item in catalogue.items}
    codes = dict.fromkeys(record["code"] for record in records if record["code"])
    return [code for code in codes if listed and code not in listed]


def _record(kind: str, sentence: str, where: Where, **fields: str | None) -> Record:
    names = ("citation", "section", "code", "name", "path", "project")
    return {"kind": kind, **{name: fields.get(name) for name in names}, "sentence": sentence, **where._asdict()}


def _of_passage(passage: Passage) -> Iterator[Record]:
    """The declarations of one section: items sentence by sentence; else what the section says as a whole."""
    words = catalogue_words()
    headed = words.about.search(passage.heading) is not None
    declared = False
    for match in _SENTENCE.finditer(passage.text):
        sentence = match[0].strip()
        if sentence and (headed or words.about.search(sentence)):
            where = passage.where(match.start())
            cites = headed and passage.section == _PURCHASED_SERVICES
            records = list(_items(sentence, where)) or list(_citations(sentence, where, cites))
            declared = declared or bool(records)
            yield from records
    if headed and not declared and passage.section == _PURCHASED_SERVICES:
        text = passage.text.strip()
        where = passage.where(0)
        if words.none.search(squeeze(text)):
            yield _record("none", text, where)
        elif words.attached.search(text):
            yield _record("attached", text, where)
        elif text:
            yield _record("cited", text, where)


def _items(sentence: str, where: Where) -> Iterator[Record]:
    """Declared items: codes with names, or all levels in prose, or a project said to be a purchased service."""
    words = catalogue_words()
    citation = next(words.numbers(sentence), None)
    projects = list(words.purchased.finditer(sentence))
    paths = list(words.path.finditer(sentence))
    codes = list(words.item_code.finditer(sentence))
    for match in paths:
        names = [name for name in match.groups() if name]
        section = words.section.search(sentence[: match.start()])
        named = {"section": section["section"] if section else None, "path": ">".join(names), "name": names[-1]}
        project = _before(projects, match.start())
        code = words.item_code.match(names[-1])
        if code:
            named["name"] = names[-1][code.end() :].strip(_SEPARATORS)
        yield _record("items", sentence, where, citation=citation, project=project, code=_code(code), **named)
    if paths:
        return
    ends = [code.start() for code in codes[1:]] + [len(sentence)] * bool(codes)
    for match, end in zip(codes, ends, strict=True):
        name = re.split(r"[。；;]", sentence[match.end() : end])[0].strip(_SEPARATORS)
        project = _before(projects, match.start())
        named = {"code": _code(match), "name": re.sub(r"\s+", "", name) or None}
        yield _record("items", sentence, where, citation=citation, project=project, **named)
    if not codes:
        for match in projects:
            yield _record("items", sentence, where, citation=citation, project=match["project"].strip())


def _code(match: re.Match[str] | None) -> str | None:
    return squeeze(match[0]) if match else None


def _before(projects: Sequence[re.Match[str]], place: int) -> str | None:
    """The project named last before a place."""
    names = [match["project"].strip() for match in projects if match.end() <= place]
    return names[-1] if names else None


def _citations(sentence: str, where: Where, headed: bool) -> Iterator[Record]:
    """Editions cited: document numbers in a sentence about the catalogue."""
    words = catalogue_words()
    if headed or "指导性目录" in sentence:
        for number in words.numbers(sentence):
            yield _record("cited", sentence, where, citation=number)
