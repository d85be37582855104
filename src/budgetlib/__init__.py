"""Budget disclosures of Chinese government departments as exact, checkable tables.

`__init__.pyi` has the public names. Each is imported when it is first used: reading documents does not wait for the
drawing of charts.
"""

import ast
from importlib import import_module
from importlib.resources import files
from typing import Any

__version__ = "0.1.0"

_STUB = ast.parse((files(__name__) / "__init__.pyi").read_text(encoding="utf-8"))
_MODULES = {name.name: line.module for line in _STUB.body if isinstance(line, ast.ImportFrom) for name in line.names}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(str(_MODULES[name])), name)


def __dir__() -> list[str]:
    return [*_MODULES, "__version__"]
