"""Office files of today (.docx, .xlsx, .ods): a zip of XML parts. Nothing outside the file is ever fetched."""

from __future__ import annotations

import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import IO

from lxml import etree

from budgetlib.core.errors import UnreadableDocument

MOST_BYTES = 250_000_000
"""Of one part that is read element by element, unpacked: a sheet of a million empty rows has some fifty."""
MOST_BYTES_OF_TREE = 40_000_000
"""Of one part that is read as a whole; a disclosure of 300 pages has ten."""

_DOCUMENT = "officeDocument"


def local(element: etree._Element) -> str:
    """The name of an element without its namespace: Office knows two for each; empty for a comment."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def child(element: etree._Element | None, name: str) -> etree._Element | None:
    """The first child with a local name; None where there is none, or no element."""
    return None if element is None else next((one for one in element if local(one) == name), None)


def children(element: etree._Element | None, name: str) -> list[etree._Element]:
    """What is in the first child with a local name; nothing where there is none."""
    parent = child(element, name)
    return [] if parent is None else list(parent)


def attribute(element: etree._Element | None, name: str) -> str | None:
    """An attribute by its local name; None where there is none, or no element."""
    if element is None:
        return None
    return next((str(value) for key, value in element.items() if str(key).rpartition("}")[2] == name), None)


class Package:
    """The parts of the file at `path`, by name."""

    def __init__(self, path: Path) -> None:
        self._name = path.name
        try:
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, OSError) as error:
            raise self._damaged(error) from error
        self.parts = {info.filename.lstrip("/"): info for info in self._zip.infolist()}

    def __enter__(self) -> Package:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._zip.close()

    def is_encrypted(self) -> bool:
        """Whether an open document says that its parts are encrypted."""
        manifest = "META-INF/manifest.xml"
        if manifest not in self.parts:
            return False
        return any(local(one) == "encryption-data" for one in self.xml(manifest).iter())

    def document(self) -> str:
        """The name of the part that everything else hangs on."""
        documents = [part for part, kind in self._related("").values() if kind == _DOCUMENT]
        if not documents:
            raise UnreadableDocument("malformed", f"{self._name} says not where its text is; save it again")
        return documents[0]

    def related(self, part: str) -> dict[str, str]:
        """The parts that a part leads to, by the id it calls them; what lies outside the file is none."""
        return {key: target for key, (target, _) in self._related(part).items()}

    def related_as(self, part: str, kind: str) -> str | None:
        """The part that is to a part what `kind` says, such as `styles`; None where there is none."""
        return next((target for target, of_part in self._related(part).values() if of_part == kind), None)

    def _related(self, part: str) -> dict[str, tuple[str, str]]:
        folder, name = posixpath.split(part)
        relations = posixpath.join(folder, "_rels", f"{name}.rels")
        if relations not in self.parts:
            return {}
        return {
            one.get("Id", ""): (
                posixpath.normpath(posixpath.join("/", folder, one.get("Target", ""))).lstrip("/"),
                one.get("Type", "").rpartition("/")[2],
            )
            for one in self.xml(relations)
            if local(one) == "Relationship" and one.get("TargetMode") != "External"
        }

    def open(self, part: str, most: int = MOST_BYTES) -> IO[bytes]:
        """The bytes of a part, at most so many.

        Raises `UnreadableDocument` (malformed, too_large, encrypted).
        """
        info = self.parts.get(part)
        if info is None:
            raise UnreadableDocument("malformed", f"{self._name} lacks its part {part}; fetch it again")
        if info.file_size > most:
            why = f"{self._name} has a part of {info.file_size} bytes unpacked, at most {most} are read"
            raise UnreadableDocument("too_large", why)
        try:
            return self._zip.open(info)
        except RuntimeError as error:
            raise UnreadableDocument("encrypted", f"{self._name} is encrypted; save it without a password") from error
        except (zipfile.BadZipFile, NotImplementedError, OSError) as error:
            raise self._damaged(error) from error

    def xml(self, part: str) -> etree._Element:
        """A part as a tree."""
        with self.open(part, MOST_BYTES_OF_TREE) as file:
            try:
                return etree.parse(file, etree.XMLParser(resolve_entities=False, no_network=True)).getroot()
            except (etree.XMLSyntaxError, zipfile.BadZipFile, zlib.error, OSError) as error:
                raise self._damaged(error) from error

    def elements(self, part: str, *names: str) -> Iterator[etree._Element]:
        """The elements of a part with these local names as they end; each is forgotten when the next one comes."""
        tags = [f"{{*}}{name}" for name in names]
        with self.open(part) as file:
            try:
                for _, element in etree.iterparse(file, tag=tags, resolve_entities=False, no_network=True):
                    yield element
                    element.clear(keep_tail=False)
                    while element.getprevious() is not None:
                        del element.getparent()[0]
            except (etree.XMLSyntaxError, zipfile.BadZipFile, zlib.error, OSError) as error:
                raise self._damaged(error) from error

    def _damaged(self, error: Exception) -> UnreadableDocument:
        return UnreadableDocument("malformed", f"{self._name} is damaged ({error}); fetch it again from its publisher")
