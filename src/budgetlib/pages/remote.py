"""A file at an address (https://, s3://): a copy of it is on the disk for as long as it is read.

Needs the extra `cluster`. In a path an address has one slash where it has two: `s3:/bucket/2026/附件.pdf`.
"""

from __future__ import annotations

import errno
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

from budgetlib.core.errors import BadParameter, NotFound

_PROTOCOL = re.compile(r"[a-z][a-z\d+.-]+:")  # two letters at least; one is a drive
_SAYS_WHICH = ("ETag", "LastModified", "Last-Modified", "mtime")
"""What a server says of a file that is another when its content is."""


def address(path: Path) -> str | None:
    """The address that a path was made from; None where it is one of this machine.

    >>> address(Path("s3://bucket/2026/a.pdf")), address(Path("data/raw/a.pdf"))
    ('s3://bucket/2026/a.pdf', None)
    """
    protocol, *rest = path.parts or ("",)
    return f"{protocol}//{'/'.join(rest)}" if _PROTOCOL.fullmatch(protocol) else None


def files(folder: str) -> list[str]:
    """The addresses of the files below one, in order; of a web page or a file its own.

    Raises `NotFound` where there is none, `BadParameter` where nothing here can open such an address.
    """
    system, name = _opened(folder)
    if "https" in system.protocol:
        return [folder]
    try:
        listed = system.find(name)
    except Exception as fault:  # each system has errors of its own
        raise NotFound(f"{folder} cannot be listed ({fault}); give an address that can be read") from fault
    return [system.unstrip_protocol(one) for one in sorted(listed)]


def is_listed(file: str) -> bool:
    """Whether a file is there, in a system that lists its files: a web server may answer with any page."""
    system, name = _opened(file)
    return "https" not in system.protocol and bool(system.exists(name))


def state(file: str) -> tuple[int, int] | None:
    """The size of a file, and a number that is another when its content is; None where its server does not say."""
    system, name = _opened(file)
    try:
        about = system.info(name)
    except Exception:  # noqa: BLE001 - what is wrong is said when it is read
        return None
    parts = [str(about[key]) for key in _SAYS_WHICH if about.get(key)]
    tag = int.from_bytes(sha256(repr(parts).encode()).digest()[:7])
    return (about["size"], tag) if parts and about.get("size") is not None else None


@contextmanager
def copied(file: str, most_bytes: int) -> Iterator[Path]:
    """A copy of a file, under its name and its folder's, for as long as the block lasts.

    Raises `OSError` where it cannot be had or has more than `most_bytes`.
    """
    system, name = _opened(file)
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, *Path(name).parts[-2:])
        copy.parent.mkdir(exist_ok=True)
        try:
            if (system.info(name)["size"] or 0) > most_bytes:
                raise OSError(errno.EFBIG, f"more than {most_bytes} bytes")
            system.get_file(name, str(copy))
        except OSError as fault:
            raise OSError(fault.errno, fault.strerror or str(fault)) from fault
        except Exception as fault:  # each system has errors of its own
            raise OSError(errno.EIO, str(fault) or type(fault).__name__) from fault
        yield copy


def _opened(file: str) -> tuple[Any, str]:
    """The system of files at an address, and the name of the file in it."""
    try:
        from fsspec.core import url_to_fs

        system, name = url_to_fs(file)
    except ImportError as missing:
        raise BadParameter(
            f"{file} needs the extra cluster ({missing}); install it with: pip install 'budgetlib[cluster]'"
        ) from missing
    except ValueError as fault:
        raise BadParameter(
            f"{file} cannot be opened ({fault}); give a path, or an address such as s3:// or https://"
        ) from fault
    return system, name
