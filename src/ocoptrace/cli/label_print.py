"""``label print``: serials for stickers of a batch, and the file that shows them."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ocoptrace.cli.options import choice, destination, open_workspace, read_file
from ocoptrace.cli.progress import progress
from ocoptrace.cli.terminal import Terminal

if TYPE_CHECKING:
    from ocoptrace.labels.stock.printer import PrinterProfile
    from ocoptrace.workspace.label_run import LabelRun

__all__ = ["ORDERS", "add", "check_place", "printing_by", "tell_files", "write_run"]

ORDERS: tuple[Literal["rows", "columns"], ...] = ("rows", "columns")
_DPI = 300


def add(label: typer.Typer, terminal: Terminal) -> None:
    """Add the command."""
    text = terminal.text
    out_option = typer.Option("--out", "-o", help=text("cli.option.out"))
    workspace_option = typer.Option("--workspace", "-w", help=text("cli.option.workspace"))

    @label.command("print", help=text("cli.label.print"))
    def print_(
        batch: Annotated[str, typer.Argument(help=text("cli.argument.batch"))],
        *,
        count: Annotated[int, typer.Option("--count", "-n", help=text("cli.label.count"))] = 24,
        serials: Annotated[str | None, typer.Option(help=text("cli.label.serials"))] = None,
        rows: Annotated[Path | None, typer.Option(help=text("cli.label.rows"))] = None,
        out: Annotated[Path, out_option] = Path("stickers.pdf"),
        png: Annotated[Path | None, typer.Option(help=text("cli.label.png"))] = None,
        template: Annotated[str, typer.Option(help=text("cli.label.template"))] = "ocop-70x37",
        stock: Annotated[str, typer.Option(help=text("cli.label.stock"))] = "a4-3x8-70x37",
        sealed: Annotated[int | None, typer.Option(help=text("cli.label.sealed"))] = None,
        dpi: Annotated[int | None, typer.Option(help=text("cli.label.dpi"))] = None,
        printer: Annotated[Path | None, typer.Option(help=text("cli.label.printer"))] = None,
        start_slot: Annotated[int, typer.Option(help=text("cli.label.start_slot"))] = 1,
        copies: Annotated[int, typer.Option(help=text("cli.label.copies"))] = 1,
        order: Annotated[str, typer.Option(help=text("cli.label.order"))] = "rows",
        demo: Annotated[bool, typer.Option("--demo", help=text("cli.label.demo"))] = False,
        workspace: Annotated[Path | None, workspace_option] = None,
    ) -> None:
        # A serial that is issued is spent: first see that there is a place for the stickers.
        check_place(out)
        if png is not None:
            destination(png)
        table = None
        if rows is not None:
            from ocoptrace.labels.tables import read_table

            table = read_table(read_file(rows))
        profile, dots = printing_by(printer, dpi)
        run = open_workspace(workspace, terminal).label_run(
            batch,
            count=count,
            serials=serials,
            rows=table,
            template=template,
            stock=stock,
            sealed=sealed,
            start_slot=start_slot,
            copies=copies,
            order=choice("--order", order, ORDERS),
            demo=demo,
            printer=profile,
            dpi=dots,
        )
        terminal.findings(run.findings)
        write_run(terminal, run, out, png=png)
        terminal.done(text("cli.label.done", count=len(run.serials), batch=run.batch))


def printing_by(printer: Path | None, dpi: int | None) -> "tuple[PrinterProfile | None, int]":
    """Return by what it is printed: the profile of a file, and the dots per inch."""
    from ocoptrace.labels.stock.printer import PrinterProfile

    if printer is None:
        return None, _DPI if dpi is None else dpi
    profile = PrinterProfile.read_file(printer)
    return profile, profile.dpi if dpi is None else dpi


def check_place(out: Path) -> None:
    """Refuse a place where no stickers can be written, before serials are spent on them."""
    from ocoptrace.workspace.label_run import check_free

    destination(out)
    check_free(out)


def write_run(terminal: Terminal, run: "LabelRun", out: Path, *, png: Path | None = None) -> None:
    """Write the file of a run, and tell of it."""
    with progress(terminal, terminal.text("cli.label.writing")) as tell:
        run.write(out, progress=tell)
    tell_files(terminal, run, out, png=png)


def tell_files(terminal: Terminal, run: "LabelRun", out: Path, *, png: Path | None = None) -> None:
    """Tell which files a run has."""
    from ocoptrace.labels.manifest import manifest_path

    rows = [
        (out, terminal.text("cli.file.pdf", count=len(run.contents))),
        (manifest_path(out), terminal.text("cli.file.manifest", run=run.code)),
    ]
    if png is not None:
        rows.append((run.write_png(png), terminal.text("cli.file.png")))
    terminal.files(rows)
