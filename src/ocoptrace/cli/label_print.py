"""``label print``: serials for stickers of a batch, and the file that shows them."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ocoptrace.cli.label_options import How, texts, with_how
from ocoptrace.cli.options import destination, open_workspace, read_file
from ocoptrace.cli.progress import progress
from ocoptrace.cli.terminal import Terminal

if TYPE_CHECKING:
    from ocoptrace.labels import SelfCheck
    from ocoptrace.labels.manifest import Checked, LabelFile
    from ocoptrace.workspace.label_run import LabelRun

__all__ = ["add", "check_place", "tell_files", "tell_run", "write_run"]

_LISTED = 3


def add(label: typer.Typer, terminal: Terminal) -> None:
    """Add the command."""
    text = terminal.text
    out_option = typer.Option("--out", "-o", help=text("cli.label.out"))
    json_option = typer.Option("--json", help=text("cli.option.json"))
    workspace_option = typer.Option("--workspace", "-w", help=text("cli.option.workspace"))

    @label.command("print", help=text("cli.label.print"))
    @with_how(terminal)
    def print_(
        batch: Annotated[str, typer.Argument(help=text("cli.argument.batch"))],
        *,
        count: Annotated[int, typer.Option("--count", "-n", help=text("cli.label.count"))] = 24,
        serials: Annotated[str | None, typer.Option(help=text("cli.label.serials"))] = None,
        rows: Annotated[Path | None, typer.Option(help=text("cli.label.rows"))] = None,
        set_: Annotated[list[str] | None, typer.Option("--set", help=text("cli.label.set"))] = None,
        language: Annotated[str, typer.Option(help=text("cli.label.language"))] = "vi",
        out: Annotated[Path, out_option] = Path("stickers.pdf"),
        png: Annotated[Path | None, typer.Option(help=text("cli.label.png"))] = None,
        sealed: Annotated[int | None, typer.Option(help=text("cli.label.sealed"))] = None,
        how: How,
        no_check: Annotated[
            bool, typer.Option("--no-check", help=text("cli.label.no_check"))
        ] = False,
        as_json: Annotated[bool, json_option] = False,
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
        printing = how.printing(workspace, sealed=sealed)
        stickers = (count if table is None else len(table.rows)) * how.copies
        check_place(out, pages=printing.page_count(stickers))
        run = open_workspace(workspace, terminal).label_run(
            batch,
            count=count,
            serials=serials,
            rows=table,
            texts=texts(set_ or ()),
            language=language,
            printing=printing,
        )
        terminal.findings(run.findings)
        write_run(terminal, run, out, check=not no_check)
        done = text("cli.label.done", count=len(run.serials), batch=run.batch)
        tell_run(terminal, out, done, png=png and run.write_png(png), as_json=as_json)


def check_place(out: Path, *, pages: int = 1) -> None:
    """Refuse a place where no stickers can be written, before serials are spent on them."""
    from ocoptrace.workspace.label_run import check_free

    destination(out)
    check_free(out, pages=pages)


def write_run(
    terminal: Terminal, run: "LabelRun", out: Path, *, check: bool, again: bool = False
) -> None:
    """Write the file of a run, and read it back.

    Raises:
        typer.Exit: what was printed is not what it must be; that is told.
    """
    from ocoptrace.errors import LabelError

    with (
        progress(terminal, terminal.text("cli.label.writing")) as tell,
        progress(terminal, terminal.text("cli.label.checking")) as checked,
    ):
        write = run.duplicate if again else run.write
        try:
            write(out, check=check, progress=tell, checking=checked)
        except LabelError as error:
            if error.code != "label.faulty":
                raise
            terminal.fail(error)
            raise typer.Exit(1) from error


def tell_run(
    terminal: Terminal, out: Path, done: str, *, png: Path | None = None, as_json: bool = False
) -> None:
    """Tell which files a run has, and what the self-check of them said."""
    from ocoptrace.labels.manifest import Manifest, manifest_path

    beside = manifest_path(out)
    manifest = Manifest.parse(read_file(beside))
    if as_json:
        terminal.json(json.loads(manifest.text()))
        return
    others = [(beside, terminal.text("cli.file.manifest", run=manifest.run))]
    if png is not None:
        others.append((png, terminal.text("cli.file.png")))
    tell_files(terminal, out, manifest.files, manifest.check, done, others=others)


def tell_files(
    terminal: Terminal,
    out: Path,
    files: Sequence["LabelFile"],
    found: "Checked | SelfCheck | None",
    done: str,
    *,
    others: Iterable[tuple[Path, str]] = (),
) -> None:
    """Tell which files were written, and what the self-check of them said."""
    rows = [
        (
            out.with_name(file.name),
            terminal.text("cli.file.stickers", count=file.last - file.first + 1),
        )
        for file in files[:_LISTED]
    ]
    terminal.files([*rows, *others])
    if (more := len(files) - _LISTED) > 0:
        terminal.say(terminal.text("cli.label.more_files", count=more))
    if found is not None:
        pages = sum(file.pages for file in files)
        facts = {"count": found.symbols_read, "pages": found.pages_checked, "of": pages}
        terminal.done(terminal.text("cli.label.checked", **facts))
    terminal.done(done)
