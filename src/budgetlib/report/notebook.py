"""A notebook → an executed notebook and a page for readers. The only file that knows papermill and nbconvert."""

from __future__ import annotations

import atexit
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

from jupyter_client.client import KernelClient
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import default

from budgetlib.core.errors import BadParameter, BudgetlibError
from budgetlib.core.files import write_bytes
from budgetlib.definitions.labels import LANGUAGES, label
from budgetlib.report.fonts import font_face
from budgetlib.report.index import SCRIPT, policy
from budgetlib.report.notebook_files import check_notebook
from budgetlib.report.terms import explained

_UNASKED = "rfc3987_syntax"
"""jsonschema, which nbformat needs, imports it where it is there: over a second, for a test that no notebook needs."""
sys.modules.setdefault(_UNASKED, None)  # type: ignore[arg-type] # an import of it fails, which jsonschema allows for
try:
    import nbformat
    import papermill
    from nbconvert import TemplateExporter
    from papermill.exceptions import PapermillExecutionError
    from papermill.iorw import load_notebook_node
finally:
    if sys.modules[_UNASKED] is None:
        del sys.modules[_UNASKED]

_TEMPLATES = Path(__file__).resolve().parent / "templates"
_SECONDS_PER_CELL = 600
"""No cell of ours takes a tenth of it; one that takes more hangs."""
_HEADING = re.compile(rf"(?P<level>#+) {' · '.join(f'(?P<{language}>.+)' for language in LANGUAGES)}")
_DEEPEST = 3
"""Levels of headings."""
_KERNEL = ["--log-level=ERROR", "--HistoryManager.enabled=False"]
"""That a kernel ends with its process is no news, and nobody looks up what a notebook of ours was asked."""
_STARTS = 3
"""So often a kernel is started: another process may take a port that it was given."""
_FORGET = """
import os, sys
os.chdir({folder!r})
for module in list(sys.modules.values()):
    vars(module).get("__warningregistry__", {{}}).clear()
get_ipython().reset()
"""


def run_notebook(notebook: Path, folder: Path, name: str, title: str, parameters: Mapping[str, Any]) -> None:
    """Execute `notebook` in `folder` in a kernel of this Python; write it there as `<name>.ipynb` and `<name>.html`.

    Of a heading in several languages (`## 来源 · Sources`) that of the parameter `language` stays.

    Raises `BadParameter` for an unknown parameter, and `BudgetlibError` where a cell fails.
    """
    check_parameters(notebook, parameters)
    language = parameters["language"]
    nb = load_notebook_node(str(notebook))
    for cell in nb.cells:
        if cell.cell_type == "markdown" and (heading := _HEADING.fullmatch(cell.source)):
            cell.source = f"{heading['level']} {heading[language]}"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        executed = papermill.execute_notebook(
            nb,
            None,
            dict(parameters),
            kernel_name="python3",
            language="python",
            progress_bar=False,
            cwd=folder,
            execution_timeout=_SECONDS_PER_CELL,
            km=_warm_kernel(folder),
        )
    except PapermillExecutionError as failure:
        raise BudgetlibError(
            f"{notebook.name} stopped in cell [{failure.exec_count}]: {failure.ename}: {failure.evalue}"
        ) from None
    except BaseException:
        _end_kernel()
        raise
    _forget_this_run(executed)
    executed.cells = _without_empty_chapters(executed.cells)
    written = nbformat.writes(executed)  # type: ignore[no-untyped-call]
    write_bytes(written.encode("utf-8"), folder / f"{name}.ipynb")
    write_bytes(_html(executed, title, language).encode("utf-8"), folder / f"{name}.html")


def known_parameters(notebook: Path) -> list[str]:
    """The names of the parameters that `notebook` has.

    Raises `NotFound` where there is no such notebook.
    """
    check_notebook(notebook)
    return list(papermill.inspect_notebook(notebook))


def check_parameters(notebook: Path, names: Iterable[str]) -> None:
    """Refuse `names` of parameters that `notebook` does not have; papermill would only warn.

    Raises `NotFound` where there is no such notebook, and `BadParameter`.
    """
    known = known_parameters(notebook)
    if unknown := [name for name in names if name not in known]:
        raise BadParameter(f"{notebook.name} has no parameter {', '.join(unknown)}; allowed: {', '.join(known)}")


class _ThisPython(KernelManager):
    """Starts kernels with the Python that runs this, whatever kernels are installed elsewhere, and talks in cipher.

    One client at a time talks to its kernel.
    """

    _client: KernelClient | None = None

    @default("kernel_spec_manager")
    def _only_the_native_kernel(self) -> KernelSpecManager:
        return KernelSpecManager(kernel_dirs=[])

    @default("transport_encryption")
    def _where_the_kernel_can(self) -> str:
        return "auto"

    @default("client_class")
    def _as_papermill_talks(self) -> str:
        return "jupyter_client.asynchronous.AsyncKernelClient"

    def client(self, **arguments: Any) -> Any:
        """The next client; the one before has ended."""
        self.end_client()
        self._client = super().client(**arguments)
        return self._client

    def end_client(self) -> None:
        """Close what the client before has open."""
        if self._client is not None:
            self._client.stop_channels()
            self._client = None


_kernels: list[_ThisPython] = []
"""The one kernel of this process: to start it and to import takes longer than most notebooks do."""


def _warm_kernel(folder: Path) -> _ThisPython:
    """The kernel of this process, as if it were new and had been started in `folder`.

    Raises `BudgetlibError` where none starts.
    """
    for _ in range(_STARTS + 1):
        if _kernels and _kernels[0].is_alive() and _as_new(_kernels[0], folder):
            return _kernels[0]
        _end_kernel()
        _kernels.append(_ThisPython(kernel_name="python3"))
        _kernels[0].start_kernel(extra_arguments=_KERNEL, cwd=str(folder))
    raise BudgetlibError("no process to run notebooks in could be started; what it says stands above: try again")


def _as_new(kernel: _ThisPython, folder: Path) -> bool:
    """Whether a kernel answers, and has forgotten the notebook before: its names, numbers and warnings."""
    client = kernel.blocking_client()
    client.start_channels()
    try:
        client.wait_for_ready(_SECONDS_PER_CELL)
        reply = client.execute(_FORGET.format(folder=str(folder)), silent=True, reply=True, timeout=_SECONDS_PER_CELL)
    except (TimeoutError, RuntimeError):
        return False
    finally:
        client.stop_channels()
    return bool(reply["content"]["status"] == "ok")


@atexit.register
def _end_kernel() -> None:
    """End the kernel of this process at once: it may not answer."""
    while _kernels:
        kernel = _kernels.pop()
        kernel.end_client()
        if isinstance(kernel.provisioner, LocalProvisioner) and kernel.provisioner.process:
            kernel.provisioner.process.kill()
        kernel.cleanup_connection_file()


def _without_empty_chapters(cells: Sequence[nbformat.NotebookNode]) -> list[nbformat.NotebookNode]:
    """`cells` without the headings under which none shows anything: the paper does not have what they ask for."""
    kept: list[nbformat.NotebookNode] = []
    shown = dict.fromkeys(range(1, _DEEPEST + 1), False)
    for cell in reversed(cells):
        level = len(cell.source) - len(cell.source.lstrip("#")) if cell.cell_type == "markdown" else 0
        if not level:
            shown = dict.fromkeys(shown, True) if _shows(cell) else shown
        elif not shown[level]:
            continue
        else:
            shown |= dict.fromkeys(range(level, _DEEPEST + 1), False)
        kept.append(cell)
    return kept[::-1]


def _shows(cell: nbformat.NotebookNode) -> bool:
    """Whether a reader sees anything of what a cell gives."""
    outputs = cell.get("outputs", ())
    return any(output.get("data", {}).get("text/html", "x") or output.get("text") for output in outputs)


def _forget_this_run(nb: nbformat.NotebookNode) -> None:
    """Leave out what differs from run to run: times, paths, Pythons, random names; undo papermill's escapes."""
    nb.metadata.pop("papermill", None)
    nb.metadata.language_info.pop("version", None)
    for cell in nb.cells:
        cell.metadata = {"tags": cell.metadata["tags"]} if cell.metadata.get("tags") else {}
        if "injected-parameters" in cell.metadata.get("tags", ()):
            cell.id = "injected-parameters"
            cell.source = re.sub(r"\\u([0-9a-f]{4})", lambda escape: chr(int(escape[1], 16)), cell.source)


def _html(nb: nbformat.NotebookNode, title: str, language: str) -> str:
    """The notebook as one file that loads nothing; glyphs for its Chinese text are in it."""
    style = "".join((_TEMPLATES / sheet).read_text(encoding="utf-8") for sheet in ("style.css", "dark.css"))
    script = SCRIPT.read_text(encoding="utf-8")
    words = {name: label(f"report.{name}", language) for name in ("code", "its_code", "close", "sort", "contents")}
    words |= {name: label(f"citing.{name}", language) for name in ("cite", "copied")}
    words |= {"lang": language, "title": title, "style": style, "script": script, "policy": policy(script)}
    html, _ = _exporter().from_notebook_node(nb, resources=words)
    html = re.sub(r'<a class="anchor-link"[^>]*>[^<]*</a>', "", str(html))
    html = explained(html, language)
    return html.replace("</style>", f"{font_face(unescape(html))}</style>", 1)


@cache
def _exporter() -> TemplateExporter:
    """What fills the template of a page, which is read once."""
    return TemplateExporter(  # type: ignore[no-untyped-call]
        extra_template_basedirs=[str(_TEMPLATES)],
        template_name="report",
        file_extension=".html",
        optimistic_validation=True,  # once, not after each of eleven steps that change nothing
    )
