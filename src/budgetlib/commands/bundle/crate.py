"""What is in a bundle, as a Workflow Run RO-Crate: `ro-crate-metadata.json`, and a page that shows it to people."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from jinja2 import Environment, PackageLoader
from packaging.version import InvalidVersion, Version
from rocrate.model import ComputerLanguage, ContextEntity, Entity, SoftwareApplication
from rocrate.model.preview import Preview
from rocrate.rocrate import ROCrate

from budgetlib.commands.bundle.archive import packed_files
from budgetlib.commands.bundle.rerun import NOTEBOOKS, RAW, Settings
from budgetlib.core.errors import BadParameter
from budgetlib.core.files import leads_out, sha256, write_bytes
from budgetlib.core.version import __version__

METADATA, PREVIEW = "ro-crate-metadata.json", Preview.BASENAME
README, WORKFLOW, LOCK = "README.md", "run.sh", "requirements.txt"
_RO_CRATE = "1.1"
_PROFILES = {
    "https://w3id.org/ro/wfrun/process/0.5": "Process Run Crate",
    "https://w3id.org/ro/wfrun/workflow/0.5": "Workflow Run Crate",
    "https://w3id.org/workflowhub/workflow-ro-crate/1.0": "Workflow RO-Crate",
}
_WORKFLOW_PROFILE = "https://bioschemas.org/profiles/ComputationalWorkflow/1.0-RELEASE"
_TERMS = "https://w3id.org/ro/terms/workflow-run/context"
"""Where `sha256` is defined; RO-Crate 1.1 itself has no word for it."""

_TYPES = {
    ".csv": "text/csv",
    ".html": "text/html",
    ".ipynb": "application/x-ipynb+json",
    ".json": "application/json",
    ".md": "text/markdown",
    ".parquet": "application/vnd.apache.parquet",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".sh": "application/x-sh",
    ".txt": "text/plain",
}
_LICENCE = (
    "The originals belong to the departments that published them. Everything else may be used as the MIT licence says; "
    "cite the disclosures with it."
)
_IN_ADDRESS = "%/:?#[]@!$&'()*+,;=~"


@dataclass(frozen=True)
class Original:
    """A document of a bundle: its name in the folder, whose it is, and where and with what hash it was published."""

    name: str
    title: str
    sha256: str
    url: str | None


@dataclass(frozen=True)
class Contents:
    """What a bundle says it has: the hash of each file by name, the originals that are not inside, how it was made."""

    hashes: Mapping[str, str]
    apart: Mapping[str, Original]
    settings: Settings
    version: str


def describe(folder: Path, settings: Settings, originals: list[Original], *, inside: bool) -> None:
    """Write into `folder` what lies there and how it was made; the `originals` are `inside` or only named."""
    crate = ROCrate(version=_RO_CRATE)
    crate.metadata.extra_contexts.append(_TERMS)
    by_name = {one.name: one for one in originals}
    files = [
        name for name in packed_files(folder) if name not in (METADATA, PREVIEW) and (inside or name not in by_name)
    ]
    entities = {name: _file(crate, folder, name, by_name.get(name)) for name in files if name != WORKFLOW}
    entities |= {} if inside else {name: _apart(crate, folder, one) for name, one in by_name.items()}
    made = [name for name in entities if name.startswith(("data/tidy/", "reports/"))]
    given = [name for name in entities if name.startswith((f"{RAW.as_posix()}/", f"{NOTEBOOKS.as_posix()}/"))]
    values = list(_values(crate, settings))
    workflow = _workflow(crate, folder, [*values])
    about = {"@type": "CreateAction", "name": "budgetlib", "description": "; ".join(settings.commands())}
    run = crate.add(ContextEntity(crate, "#run", about))
    run["instrument"] = workflow
    run["object"] = [*(entities[name] for name in given), *values]
    run["result"] = [entities[name] for name in made]
    run["actionStatus"] = "http://schema.org/CompletedActionStatus"
    _about(crate, run)
    entities[README]["about"] = crate.root_dataset
    crate.add(Preview(crate))
    write_bytes(_page(folder, settings, originals, files, inside=inside).encode(), folder / PREVIEW)
    metadata = json.dumps(crate.metadata.generate(), ensure_ascii=False, indent=1)
    write_bytes(f"{metadata}\n".encode(), folder / METADATA)


def read(folder: Path, archive: Path) -> Contents:
    """What the unpacked `archive` in `folder` says it has.

    Raises `BadParameter` where it is no bundle, or one of a newer version.
    """
    try:
        graph = json.loads((folder / METADATA).read_bytes())["@graph"]
        entities = {entity["@id"]: entity for entity in graph}
        version = str(entities["#budgetlib"]["softwareVersion"])
        newer = Version(version) > Version(__version__)
    except (OSError, ValueError, KeyError, TypeError, InvalidVersion) as fault:
        raise BadParameter(f"{archive} is no bundle of budgetlib: {METADATA} is not there or not readable") from fault
    if newer:
        raise BadParameter(
            f"{archive} was made with budgetlib {version} and this is {__version__}; "
            f"install that: pip install budgetlib=={version}"
        )
    try:
        files = [entity for entity in graph if "sha256" in entity]
        given = {entity["name"]: entity["value"] for entity in graph if entity["@type"] == "PropertyValue"}
        settings = Settings(**{one.name: _read_value(given[one.name], one.name) for one in fields(Settings)})
        apart = {
            one["name"]: Original(one["name"], one["about"], one["sha256"], one["@id"]) for one in files if "url" in one
        }
        inside = {unquote(one["@id"]): one["sha256"] for one in files if "url" not in one}
    except (KeyError, TypeError, ValueError) as fault:
        raise BadParameter(f"{archive} is no bundle of budgetlib: {METADATA} lacks {fault}") from fault
    return Contents(inside, apart, settings, version)


def _file(crate: ROCrate, folder: Path, name: str, original: Original | None) -> Entity:
    about = _facts(folder / name) | ({"about": original.title} if original else {})
    return crate.add_file(folder / name, name, properties={"name": name} | about)


def _apart(crate: ROCrate, folder: Path, original: Original) -> Entity:
    address = quote(original.url or "", safe=_IN_ADDRESS)
    about = {"name": original.name, "url": address, "about": original.title}
    return crate.add_file(address, properties=about | _facts(folder / original.name))


def _facts(path: Path) -> dict[str, str]:
    kind = _TYPES.get(path.suffix.lower(), "application/octet-stream")
    return {"encodingFormat": kind, "contentSize": str(path.stat().st_size), "sha256": sha256(path)}


def _values(crate: ROCrate, settings: Settings) -> Iterator[Entity]:
    for one in fields(settings):
        parameter = {"@type": "FormalParameter", "name": one.name, "additionalType": "Text"}
        formal = crate.add(ContextEntity(crate, f"#parameter-{one.name}", parameter))
        value = getattr(settings, one.name)
        if not isinstance(value, str):
            value = value[0] if len(value) == 1 else list(value)
        about = {"@type": "PropertyValue", "name": one.name, "value": value}
        given = crate.add(ContextEntity(crate, f"#value-{one.name}", about))
        given["exampleOfWork"] = formal
        yield given


def _workflow(crate: ROCrate, folder: Path, values: list[Entity]) -> Entity:
    shell = ComputerLanguage(crate, "#sh", {"name": "POSIX shell"})
    crate.add(shell)
    profile = {"@type": "CreativeWork", "name": "ComputationalWorkflow", "version": "1.0-RELEASE"}
    about = {"name": WORKFLOW, "version": __version__} | _facts(folder / WORKFLOW)
    workflow = crate.add_workflow(folder / WORKFLOW, WORKFLOW, properties=about, main=True, lang=shell)
    workflow["conformsTo"] = crate.add(ContextEntity(crate, _WORKFLOW_PROFILE, profile))
    workflow["input"] = [value["exampleOfWork"] for value in values]
    library = {"name": "budgetlib", "softwareVersion": __version__, "runtimePlatform": platform.python_version()}
    workflow["softwareRequirements"] = crate.add(SoftwareApplication(crate, "#budgetlib", library))
    return workflow


def _about(crate: ROCrate, run: Entity) -> None:
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    now = datetime.fromtimestamp(int(epoch), UTC) if epoch else datetime.now(UTC)
    root = crate.root_dataset
    root["name"] = "Budget disclosures of Chinese government departments, read with budgetlib"
    root["description"] = "Documents as tables and reports, and all that is needed to make them again."
    root["datePublished"] = now.date().isoformat()
    root["license"] = crate.add(
        ContextEntity(crate, "#licence", {"@type": "CreativeWork", "name": "Terms of use", "description": _LICENCE})
    )
    run["endTime"] = root["datePublished"]
    root["mentions"] = run
    profiles = [
        crate.add(
            ContextEntity(crate, address, {"@type": "CreativeWork", "name": name, "version": address.rsplit("/")[-1]})
        )
        for address, name in _PROFILES.items()
    ]
    root["conformsTo"] = profiles


def _page(folder: Path, settings: Settings, originals: list[Original], files: list[str], *, inside: bool) -> str:
    environment = Environment(loader=PackageLoader("budgetlib.commands.bundle", "."), autoescape=True)
    shown = [(name, (folder / name).stat().st_size) for name in files]
    return environment.get_template("preview.html.j2").render(
        version=__version__,
        commands=settings.commands(),
        originals=originals,
        inside=inside,
        pages=[name for name in files if name.startswith("reports/") and name.endswith(".html")],
        files=[(name, size) for name, size in shown if not name.startswith("reports/") or not name.endswith(".png")],
    )


def _read_value(value: Any, name: str) -> Any:
    """A setting as `Settings` has it; one that leads out of the folder or is of another kind raises `ValueError`."""
    if name in ("ocr", "reader"):
        if not isinstance(value, str):
            raise ValueError(name)
        return value
    listed = tuple(value if isinstance(value, list) else [value])
    if not all(isinstance(one, int if name == "years" else str) for one in listed):
        raise ValueError(name)
    if name == "folders" and any(map(leads_out, listed)):
        raise ValueError(f"a folder inside: {listed}")
    return listed
