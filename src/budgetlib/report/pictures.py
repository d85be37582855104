"""Pictures of pages beside a report, which a browser loads when they are opened; without a folder within it."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from pathlib import Path

from budgetlib.core.files import write_bytes

FOLDER = "evidence"


@dataclass(frozen=True)
class Pictures:
    """Where pictures go: into the folder `out`, from which `base` leads to it, or into the page itself."""

    out: str = ""
    base: str = ""

    def address(self, png: bytes, name: str) -> str:
        """What a page has as the address of a picture; with a folder it is written there under its `name`."""
        if not self.out:
            return f"data:image/png;base64,{base64.b64encode(png).decode('ascii')}"
        if self.drawn(name) != png:
            write_bytes(png, self._file(name))
        return f"{self.base}{FOLDER}/{name}.png"

    def drawn(self, name: str) -> bytes | None:
        """The picture `name` that lies there, as of the report in another language; None where there is none."""
        file = self._file(name)
        return file.read_bytes() if self.out and file.is_file() else None

    def _file(self, name: str) -> Path:
        return Path(self.out, FOLDER, f"{name}.png")
