"""What the library refuses, as the command line says it."""

from __future__ import annotations

from typing import Any

import click

from budgetlib.core.errors import BadParameter, BudgetlibError, NotFound


class Refusing(click.Group):
    """A group of commands whose refusals end in a sentence: exit code 2 for what was asked wrongly, else 1."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command asked for."""
        try:
            return super().invoke(ctx)
        except (NotFound, BadParameter) as refusal:
            raise click.UsageError(str(refusal)) from refusal
        except BudgetlibError as refusal:
            raise click.ClickException(str(refusal)) from refusal
