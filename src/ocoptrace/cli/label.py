"""``label``: stickers of a batch or of a table, and what they can be printed on."""

from typing import Annotated

import typer

from ocoptrace.cli import label_print, label_runs, label_table
from ocoptrace.cli.terminal import Terminal

__all__ = ["add"]


def add(app: typer.Typer, terminal: Terminal) -> None:
    """Add the commands."""
    text = terminal.text
    label = typer.Typer(help=text("cli.label.help"), no_args_is_help=True)
    app.add_typer(label, name="label")
    json_option = typer.Option("--json", help=text("cli.option.json"))

    label_print.add(label, terminal)
    label_runs.add(label, terminal)
    label_table.add(label, terminal)

    @label.command("stock", help=text("cli.label.stocks"))
    def stock_(*, as_json: Annotated[bool, json_option] = False) -> None:
        from ocoptrace.labels import load_stock, stock_names

        known = [load_stock(name) for name in stock_names()]
        if as_json:
            terminal.json(
                [
                    {"name": s.name, "kind": s.kind, "labels": s.slots}
                    | _millimetres(s.label_width, s.label_height)
                    for s in known
                ]
            )
            return
        for s in known:
            size = _millimetres(s.label_width, s.label_height)
            terminal.say(text(f"cli.label.{s.kind}", name=s.name, count=s.slots, **size))

    @label.command("templates", help=text("cli.label.templates"))
    def templates(*, as_json: Annotated[bool, json_option] = False) -> None:
        from ocoptrace.labels import load_template, template_names

        known = [load_template(name) for name in template_names()]
        if as_json:
            terminal.json([{"name": t.name} | _millimetres(t.width, t.height) for t in known])
            return
        for t in known:
            terminal.say(text("cli.label.plan", name=t.name, **_millimetres(t.width, t.height)))


def _millimetres(width: int, height: int) -> dict[str, float]:
    """Return the size of a sticker, from micrometres."""
    return {"width_mm": width / 1000, "height_mm": height / 1000}
