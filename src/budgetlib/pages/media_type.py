"""What kind of file a file is: its content says so, never its name."""

from __future__ import annotations

import zipfile
from contextlib import suppress
from pathlib import Path

import olefile

from budgetlib.pages.unpaged.html import is_html

PDF, TEXT, HTML = "application/pdf", "text/plain", "text/html"
DOC, XLS = "application/msword", "application/vnd.ms-excel"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
XLSB = "application/vnd.ms-excel.sheet.binary.macroenabled.12"
ODS, ODT = "application/vnd.oasis.opendocument.spreadsheet", "application/vnd.oasis.opendocument.text"
RTF, ZIP, RAR, SEVEN_ZIP = "application/rtf", "application/zip", "application/vnd.rar", "application/x-7z-compressed"
MHTML = "multipart/related"
XML_WORKBOOK, XML_TEXT = "application/vnd.ms-excel.xml", "application/msword.xml"
"""What Office 2003 saves as XML; its files bear the suffixes of workbooks and Word documents."""
WPS = "application/vnd.ms-works"
OFD, LOCKED, UNKNOWN = "application/ofd", "application/x-ole-storage", "application/octet-stream"

_STARTS = {b"{\\rtf": RTF, b"Rar!\x1a\x07": RAR, b"7z\xbc\xaf\x27\x1c": SEVEN_ZIP}
_WITHIN = {
    b"urn:schemas-microsoft-com:office:spreadsheet": XML_WORKBOOK,
    b"http://schemas.microsoft.com/office/word/2003/wordml": XML_TEXT,
}
_OLE, _ZIP = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", (b"PK\x03\x04", b"PK\x05\x06")
_STREAMS = {"EncryptedPackage": LOCKED, "WordDocument": DOC, "Workbook": XLS, "Book": XLS, "CONTENTS": WPS}
_PARTS = {
    "OFD.xml": OFD,
    "word/document.xml": DOCX,
    "xl/workbook.xml": XLSX,
    "xl/workbook.bin": XLSB,
}
_LONGEST_NAME = 100
"""Of a kind of open document in its part `mimetype`."""


def media_type(path: Path) -> str:
    """What the content of `path` says it is; `application/octet-stream` where it says nothing known."""
    with path.open("rb") as file:
        start = file.read(4096)
    if b"%PDF-" in start[:1024]:
        return PDF
    if start.startswith(_OLE):
        return _in_ole(path)
    if start.startswith(_ZIP):
        return _in_zip(path)
    for magic, kind in _STARTS.items():
        if start.startswith(magic):
            return kind
    if start.lstrip()[:13].lower() == b"mime-version:":
        return MHTML
    if start.lstrip(b"\xef\xbb\xbf\r\n ").startswith(b"<?xml"):
        for namespace, kind in _WITHIN.items():
            if namespace in start:
                return kind
    if is_html(start):
        return HTML
    return UNKNOWN if b"\0" in start else TEXT


def _in_ole(path: Path) -> str:
    with suppress(OSError), olefile.OleFileIO(str(path)) as container:
        for stream, kind in _STREAMS.items():
            if container.exists(stream):
                return kind
    return UNKNOWN


def _in_zip(path: Path) -> str:
    with suppress(zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError), zipfile.ZipFile(path) as archive:
        names = set(archive.namelist())
        if "mimetype" in names:
            with archive.open("mimetype") as file:
                return file.read(_LONGEST_NAME).decode("ascii", "replace").strip()
        for part, kind in _PARTS.items():
            if part in names:
                return kind
        if "[Content_Types].xml" in names:
            return UNKNOWN
    return ZIP
