"""``label``: stickers of a batch or of a table, and what they can be printed on."""

import typer

from ocoptrace.cli import (
    label_calibrate,
    label_check,
    label_plans,
    label_preview,
    label_print,
    label_runs,
    label_table,
)
from ocoptrace.cli.terminal import Terminal

__all__ = ["add"]


def add(app: typer.Typer, terminal: Terminal) -> None:
    """Add the commands."""
    label = typer.Typer(help=terminal.text("cli.label.help"), no_args_is_help=True)
    app.add_typer(label, name="label")
    for module in (
        label_print,
        label_runs,
        label_table,
        label_preview,
        label_check,
        label_plans,
        label_calibrate,
    ):
        module.add(label, terminal)
