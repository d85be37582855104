"""The command line as a process of its own, for tests that end it or limit it."""

import sys


def command(*arguments: object) -> list[str]:
    """What starts budgetlib of this environment with `arguments`."""
    return [sys.executable, "-c", "from budgetlib.commands.cli import main; main()", *map(str, arguments)]
