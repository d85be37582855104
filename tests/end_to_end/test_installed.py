"""Installed from a built package, in an empty folder, without the clone: everything is there, under each Python.

The environment of this Python is a fresh one that sees its dependencies and nothing else of it. Those of other Pythons,
where there are such, get the pinned versions by pip.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest

from budgetlib.commands.new import SAMPLE
from budgetlib.report.notebook_files import NOTEBOOKS

ROOT = Path(__file__).resolve().parents[2]
NO_NETWORK = {"http_proxy": "localhost:9", "https_proxy": "localhost:9"}
BARE = {"PATH": os.defpath, "LC_ALL": "C", "HOME": os.devnull, **NO_NETWORK}
"""A C locale, and neither a home folder nor a network."""

pytestmark = pytest.mark.slow


def run(*command: object, cwd: Path, **other: str) -> str:
    done = subprocess.run(
        [*map(str, command)], cwd=cwd, env=BARE | other, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist, a wheel made from the project and one made from the sdist."""
    folder = tmp_path_factory.mktemp("built")
    source = folder / "project"
    shutil.copytree(
        ROOT, source, ignore=shutil.ignore_patterns(".git", ".*_cache", ".venv", "tidy", "reports", "tests")
    )
    run(sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", folder, cwd=source)
    (sdist,) = folder.glob("*.tar.gz")
    for name, origin in (("wheel", source), ("wheel_of_sdist", sdist)):
        pip = [
            sys.executable,
            "-m",
            "pip",
            "--no-cache-dir",
            "wheel",
            "--no-deps",
            "--no-build-isolation",
            "--no-index",
        ]
        run(*pip, "--wheel-dir", folder / name, origin, cwd=folder)
    return folder


@pytest.fixture(scope="module")
def programs(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of an environment in which the wheel is installed."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=True)
    (folder / "dependencies").mkdir()
    for entry in Path(sysconfig.get_path("purelib")).iterdir():
        if "budgetlib" not in entry.name:
            (folder / "dependencies" / entry.name).symlink_to(entry)
    (folder / "share").mkdir(exist_ok=True)
    (folder / "share/jupyter").symlink_to(Path(sys.prefix, "share/jupyter"))
    (site,) = folder.glob("lib/*/site-packages")
    (site / "dependencies.pth").write_text(str(folder / "dependencies"))
    (wheel,) = (built / "wheel").iterdir()
    run(folder / "bin/python", "-m", "pip", "--no-cache-dir", "install", "--no-index", wheel, cwd=folder)
    return folder / "bin"


OTHERS = [f"python3.{minor}" for minor in range(11, 15) if minor != sys.version_info.minor]
PINNED = re.compile(r"^[a-z0-9-]+==\S+(?: ; [^\\]+)?", re.MULTILINE)


@pytest.fixture(scope="module", params=["this", *OTHERS])
def of_each_python(
    request: pytest.FixtureRequest, programs: Path, built: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The same of every Python that is here."""
    if request.param == "this":
        return programs
    python = interpreter(request.param)
    folder = tmp_path_factory.mktemp(request.param)
    subprocess.run([python, "-m", "venv", folder], check=True)
    (folder / "pins.txt").write_text("\n".join(PINNED.findall((ROOT / "constraints.txt").read_text(encoding="utf-8"))))
    (wheel,) = (built / "wheel").iterdir()
    pip = [folder / "bin/python", "-m", "pip", "install", "--quiet", "--only-binary", ":all:"]
    done = subprocess.run([*pip, "--constraint", folder / "pins.txt", wheel], capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return folder / "bin"


def interpreter(name: str) -> Path:
    """A Python of a version, on the path or installed beside this one; where there is none the test is skipped."""
    beside = (path / "bin" / name for path in sorted(Path(sys.base_prefix).parent.iterdir()))
    for program in filter(None, [shutil.which(name), *map(str, beside)]):
        with suppress(OSError, subprocess.CalledProcessError):
            subprocess.run([program, "-c", "import ensurepip, venv"], check=True, capture_output=True)
            return Path(program)
    pytest.skip(f"there is no {name} here")


def contents(folder: Path) -> dict[str, bytes]:
    (path,) = folder.iterdir()
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_wheel_has_the_notebooks_the_sample_and_every_file_of_the_package(built: Path) -> None:
    inside = contents(built / "wheel")
    for file in NOTEBOOKS.glob("*.ipynb"):
        assert inside[f"budgetlib/report/notebooks/{file.name}"] == file.read_bytes()
    for file in SAMPLE.iterdir():
        assert inside[f"budgetlib/commands/sample/{file.name}"] == file.read_bytes()
    package = {path.relative_to(ROOT / "src").as_posix() for path in (ROOT / "src").rglob("*") if path.is_file()}
    assert {name for name in package if "__pycache__" not in name} <= inside.keys()


def test_the_sdist_gives_the_same_wheel(built: Path) -> None:
    assert contents(built / "wheel_of_sdist") == contents(built / "wheel")


ELSEWHERE = {"TZ": "Pacific/Auckland", "LC_ALL": "zh_CN.UTF-8", "PYTHONHASHSEED": "7"}
REPRODUCED = re.compile(r"^reproduced: (\d+) of \1 tables, (\d+) of \2 figures, (\d+) of \3 pages equal$", re.MULTILINE)


def found(programs: Path) -> dict[str, str]:
    """What finds `programs` first, and lets pip look for nothing."""
    return {"PATH": f"{programs}{os.pathsep}{os.defpath}", "PIP_NO_INDEX": "1", "PIP_NO_CACHE_DIR": "1"}


def test_the_tutorial_runs_as_it_is_printed(of_each_python: Path, programs: Path, tmp_path: Path) -> None:
    """A result is made without home, locale and network, and reproduced by whoever has others, and this Python."""
    printed = (ROOT / "docs/tutorial/own_pdf.md").read_text(encoding="utf-8")
    *commands, verify = re.findall(r"^```shell\n(.*?)^```", printed, re.MULTILINE | re.DOTALL)
    (shown,) = re.findall(r"^```text\n(.*?)^```", printed, re.MULTILINE | re.DOTALL)
    said = run("bash", "-ec", "\n".join(commands), cwd=tmp_path, **found(of_each_python))
    assert " ".join(shown.split()) in " ".join(said.split())
    assert (tmp_path / "budgets/reports/index.html").is_file()
    (tmp_path / "home").mkdir()
    home = {"HOME": str(tmp_path / "home")}
    said = run("bash", "-ec", verify, cwd=tmp_path / "budgets", **found(programs), **ELSEWHERE, **home)
    assert REPRODUCED.search(said), said


def test_a_project_is_laid_out_with_the_notebooks_and_the_sample(programs: Path, tmp_path: Path) -> None:
    run(programs / "budgetlib", "new", "budgets", "--sample", cwd=tmp_path)
    for there, here in ((NOTEBOOKS, "notebooks"), (SAMPLE, "data/raw")):
        assert {file.name for file in (tmp_path / "budgets" / here).iterdir()} == {
            file.name for file in there.iterdir()
        }
