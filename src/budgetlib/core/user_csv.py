"""CSV files that people write, in UTF-8 or as Excel in China saves them; what cannot be used is said, with its line."""

from __future__ import annotations

import codecs
import csv
import io
import logging
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from pathlib import Path

from budgetlib.core.errors import BadParameter
from budgetlib.core.files import meant, neutral, replacing, taking_turns

_ENCODINGS = {  # and the characters that tell it is another: control characters; private ones, which Big5 turns into
    "utf-8-sig": re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]"),
    "gb18030": re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ue000-\uf8ff]"),
}
_FAULTS_NAMED = 10
"""In the message about a file of which no row can be used."""

Values = Mapping[str, str]


@dataclass(frozen=True)
class Entry:
    """One row: where it stands, its value in each known column (blank: nothing), and why it cannot be used."""

    where: str
    values: Values
    fault: str | None = None


def read_entries(
    path: Path,
    needed: Sequence[str],
    optional: Sequence[str] = (),
    *,
    key: Sequence[str],
    filled: Collection[str] = (),
    refusal: Callable[[Values], str | None] = lambda _: None,
) -> list[Entry]:
    """The rows of the CSV file `path` in order; blank and repeated ones are left out, other columns ignored.

    None where there is no such file. The columns `needed` must be there, those of `filled` have a value in every row,
    and of one `key` that is not blank there is one row. `refusal` says what else keeps a row from being used.

    Raises `BadParameter` where the file as a whole cannot be used.
    """
    if not path.is_file():
        return []
    name = "/".join(path.absolute().parts[-2:])
    rows = _rows(_text(path, name)[0])
    _, _, header, _ = next(rows, (1, 1, [], None))
    columns = [column.lower() for column in header]
    if not set(needed) <= set(columns):
        there = f"has the columns {', '.join(columns)}" if any(columns) else "has no columns"
        wanted = f"it needs {', '.join(needed)}, separated by commas"
        raise BadParameter(f"{name}, line 1, {there}; {wanted}. Add them or remove the file")
    entries = []
    for line, _, cells, fault in rows:
        where = f"{name}, line {line}"
        given = dict(zip(columns, map(meant, cells), strict=False))
        values = {column: given.get(column, "") for column in (*needed, *optional)}
        if fault:
            fault = f"{where}: {fault}; put a value between quotation marks and double those within it"
        elif any(cells[len(columns) :]):
            fault = f"{where} has {len(cells)} values for {len(columns)} columns; quote a value that has a comma in it"
        elif blank := [column for column in filled if not values[column]]:
            fault = f"{where}: {', '.join(blank)} is empty; fill it in"
        elif why := refusal(values):
            fault = f"{where}: {why}"
        entries.append(Entry(where, values, fault))
    return list(_one_for_each(key, entries))


def usable(entries: Sequence[Entry], *, required: bool = False) -> list[Values]:
    """The values of the entries that can be used; why the others cannot is logged.

    Raises `BadParameter` where that is none of them although some are `required`.
    """
    faults = [entry.fault for entry in entries if entry.fault]
    if required and faults and len(faults) == len(entries):
        raise BadParameter("\n".join(faults[:_FAULTS_NAMED]))
    for fault in faults:
        logging.getLogger(__name__).warning("%s; the row is not used", fault)
    return [entry.values for entry in entries if not entry.fault]


def year_refusal(values: Values, column: str) -> str | None:
    """Why the value in `column` is no year; None where it is one, or blank."""
    year = values[column]
    if not year or re.fullmatch(r"[0-9]{4}", year):
        return None
    return f"{column} is {year!r}; allowed: a year in four digits, without date, separator or unit"


def amend(path: Path, column: str, filled: Mapping[str, Values], added: Sequence[Values] = ()) -> None:
    """Fill in blanks of the CSV file `path`, in the rows that have the keys of `filled` in `column`, and add rows.

    Missing columns are added; every other row, and what is not blank, stays as it is written.
    """
    text, encoding = _text(path, path.name)
    lines, end = _lines(text)
    (first, last, header, _), *rows = _rows(text)
    columns = [name.lower() for name in header]
    new = [name for values in (*filled.values(), *added) for name in values if name not in columns]
    columns += dict.fromkeys(new)
    for begin, until, cells, fault in reversed(rows):
        given = dict(zip(columns, cells, strict=False))
        blanks = {name: value for name, value in filled.get(given.get(column, ""), {}).items() if not given.get(name)}
        if blanks and not fault:
            values = [blanks.get(name, cell) for name, cell in zip_longest(columns, cells, fillvalue="")]
            lines[begin - 1 : until] = [_line(values, end)]
    if new:
        lines[first - 1 : last] = [_line([*header, *columns[len(header) :]], end)]
    lines += [_line([values.get(name, "") for name in columns], end) for values in added]
    with replacing(path) as temporary:
        temporary.write_bytes("".join(lines).encode(encoding))


def put_entry(path: Path, columns: Sequence[str], key: Sequence[str], values: Values) -> None:
    """A row of `values` in the CSV file `path`, made with `columns` where there is none; one with its `key` goes.

    Every other row stays as it is written, and who does the same at the same time waits: no row is lost.
    Raises `BadParameter` where what is there cannot be read.
    """
    with taking_turns(path):
        text, encoding = _text(path, path.name) if path.is_file() else (_line(columns, "\r\n"), "utf-8-sig")
        lines, end = _lines(text)
        (first, last, header, _), *rows = _rows(text)
        there = [name.lower() for name in header]
        new = [name for name in columns if name not in there]
        for begin, until, cells, fault in reversed(rows):
            given = dict(zip(there, map(meant, cells), strict=False))
            if not fault and all(given.get(column, "") == values[column] for column in key):
                del lines[begin - 1 : until]
        if new:
            lines[first - 1 : last] = [_line([*header, *new], end)]
        lines.append(_line([neutral(values.get(name, "")) for name in [*there, *new]], end))
        with replacing(path) as temporary:
            temporary.write_bytes("".join(lines).encode(encoding))


def _lines(text: str) -> tuple[list[str], str]:
    """The lines of a file, the last one ended too, and what ends them."""
    end = "\r\n" if "\r\n" in text else "\n"
    lines = list(io.StringIO(text, newline=""))
    if not text.endswith(("\r", "\n")):
        lines[-1] += end
    return lines, end


def _line(cells: Sequence[str], end: str) -> str:
    line = io.StringIO(newline="")
    csv.writer(line, lineterminator=end).writerow(cells)
    return line.getvalue()


def _text(path: Path, name: str) -> tuple[str, str]:
    """The text of a file, and its encoding as Python calls it: with a byte-order mark where there is one."""
    try:
        content = path.read_bytes()
    except OSError as fault:
        raise BadParameter(f"{name} cannot be read ({fault.strerror}); make it readable or remove it") from fault
    for encoding, impossible in _ENCODINGS.items():
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not impossible.search(text):
            marked = content.startswith(codecs.BOM_UTF8)
            return text, encoding if marked else encoding.removesuffix("-sig")
    raise BadParameter(f"{name}, line 1, is not text in UTF-8 or GB18030; save it as CSV UTF-8")


def _rows(text: str) -> Iterator[tuple[int, int, list[str], str | None]]:
    """First and last line, values and what is wrong with the quotation marks, of each row that is not blank."""
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        line = rows.line_num + 1
        try:
            cells = [cell.strip() for cell in next(rows)]
        except StopIteration:
            return
        except csv.Error as fault:
            yield line, rows.line_num, [], str(fault)
        else:
            if any(cells):
                yield line, rows.line_num, cells, None


def _one_for_each(key: Sequence[str], entries: Sequence[Entry]) -> Iterator[Entry]:
    """`entries` without repetitions; those that say different things of one `key` bear that as their fault."""
    first: dict[tuple[str, ...], dict[tuple[str, ...], Entry]] = defaultdict(dict)
    for entry in entries:
        if not entry.fault:
            first[_of(key, entry)].setdefault(_of(entry.values, entry), entry)
    for entry in entries:
        others = first[_of(key, entry)]
        if entry.fault or not any(_of(key, entry)) or list(others.values()) == [entry]:
            yield entry
        elif others[_of(entry.values, entry)] is entry:
            about = ", ".join(f"{column} {entry.values[column]}" for column in key if entry.values[column])
            lines = ", ".join(other.where.rsplit(maxsplit=1)[-1] for other in others.values())
            yield replace(entry, fault=f"{entry.where}: {about} stands twice (lines {lines}); keep one")


def _of(columns: Iterable[str], entry: Entry) -> tuple[str, ...]:
    return tuple(entry.values[column] for column in columns)
