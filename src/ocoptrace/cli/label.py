"""``label``: stickers of a batch, as a PDF and a picture."""

from pathlib import Path
from typing import Annotated

import typer

from ocoptrace.cli.options import destination, open_workspace
from ocoptrace.cli.terminal import Terminal

__all__ = ["add"]


def add(app: typer.Typer, terminal: Terminal) -> None:
    """Add the commands."""
    text = terminal.text
    label = typer.Typer(help=text("cli.label.help"), no_args_is_help=True)
    app.add_typer(label, name="label")
    out_option = typer.Option("--out", "-o", help=text("cli.option.out"))
    json_option = typer.Option("--json", help=text("cli.option.json"))

    @label.command("print", help=text("cli.label.print"))
    def print_(
        batch: Annotated[str, typer.Argument(help=text("cli.argument.batch"))],
        *,
        count: Annotated[int, typer.Option("--count", "-n", help=text("cli.label.count"))] = 24,
        out: Annotated[Path, out_option] = Path("stickers.pdf"),
        png: Annotated[Path | None, typer.Option(help=text("cli.label.png"))] = None,
        template: Annotated[str, typer.Option(help=text("cli.label.template"))] = "ocop-70x37",
        stock: Annotated[str, typer.Option(help=text("cli.label.stock"))] = "a4-3x8-70x37",
        sealed: Annotated[int | None, typer.Option(help=text("cli.label.sealed"))] = None,
        dpi: Annotated[int, typer.Option(help=text("cli.label.dpi"))] = 300,
        start_slot: Annotated[int, typer.Option(help=text("cli.label.start_slot"))] = 1,
        demo: Annotated[bool, typer.Option("--demo", help=text("cli.label.demo"))] = False,
        workspace: Annotated[
            Path | None, typer.Option("--workspace", "-w", help=text("cli.option.workspace"))
        ] = None,
    ) -> None:
        # A serial that is issued is spent: first see that there is a place for the stickers.
        destination(out)
        if png is not None:
            destination(png)
        run = open_workspace(workspace, terminal).label_run(
            batch,
            count=count,
            template=template,
            stock=stock,
            sealed=sealed,
            dpi=dpi,
            start_slot=start_slot,
            demo=demo,
        )
        terminal.findings(run.findings)
        rows = [(run.write_pdf(out), text("cli.file.pdf", count=count))]
        if png is not None:
            rows.append((run.write_png(png), text("cli.file.png")))
        terminal.files(rows)
        terminal.done(text("cli.label.done", count=count, batch=run.batch))

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
