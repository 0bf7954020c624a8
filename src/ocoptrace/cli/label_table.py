"""``label from-csv``: stickers from a table, without a workspace."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ocoptrace.cli.label_options import How, with_how
from ocoptrace.cli.label_print import tell_files
from ocoptrace.cli.options import destination, located, read_file
from ocoptrace.cli.progress import progress
from ocoptrace.cli.terminal import Terminal
from ocoptrace.errors import LabelError
from ocoptrace.findings import Finding

if TYPE_CHECKING:
    from ocoptrace.labels.rows import LabelRow
    from ocoptrace.workspace.printing import Printing

__all__ = ["add"]


def add(label: typer.Typer, terminal: Terminal) -> None:
    """Add the command."""
    text = terminal.text
    out_option = typer.Option("--out", "-o", help=text("cli.label.out"))
    json_option = typer.Option("--json", help=text("cli.option.json"))
    workspace_option = typer.Option("--workspace", "-w", help=text("cli.option.workspace"))

    @label.command("from-csv", help=text("cli.label.from_csv"))
    @with_how(terminal)
    def from_csv(
        file: Annotated[Path, typer.Argument(help=text("cli.label.table"))],
        *,
        out: Annotated[Path, out_option] = Path("stickers.pdf"),
        host: Annotated[str, typer.Option(help=text("cli.label.host"))] = "",
        language: Annotated[str | None, typer.Option(help=text("cli.label.language"))] = None,
        how: How,
        no_check: Annotated[
            bool, typer.Option("--no-check", help=text("cli.label.no_check"))
        ] = False,
        as_json: Annotated[bool, json_option] = False,
        workspace: Annotated[Path | None, workspace_option] = None,
    ) -> None:
        from ocoptrace.labels.rows import Repeated, read_rows
        from ocoptrace.labels.tables import read_table
        from ocoptrace.workspace.print_job import PrintJob, check_output

        destination(out)
        check_output(out)
        printing = how.printing(workspace)
        printing.lay_out(())
        template, _ = printing.plans()
        with located(f"{file}: "):
            rows = read_rows(read_table(read_file(file)), host=host, shown=template.fields)
            if language is not None:
                words = {"language": language}
                rows = [replace(row, content=row.content.saying(words)) for row in rows]
            found = _checked(rows, printing)
        terminal.findings(found)
        stickers = Repeated([(row.content, row.copies * how.copies) for row in rows])
        title = str(rows[0].content.value("product"))
        with progress(terminal, text("cli.label.writing")) as tell:
            files = PrintJob(out, stickers, printing, title, tell).write_all()
        read = None
        if not no_check:
            from ocoptrace.workspace.self_check import check_printed

            with progress(terminal, text("cli.label.checking")) as tell:
                read = check_printed(out, files, stickers, printing, progress=tell)
            if not read.ok:
                terminal.fail(LabelError("label.faulty_table", findings=read.findings, path=out))
                raise typer.Exit(1)
        if as_json:
            told = read and read.to_json(terminal.language)
            terminal.json({"files": [file.model_dump() for file in files], "check": told})
            return
        tell_files(terminal, out, files, read, text("cli.label.from_csv_done", rows=len(rows)))


def _checked(rows: Sequence["LabelRow"], printing: "Printing") -> list[Finding]:
    """Return what the check before printing found, each with the cell that it is about.

    Raises:
        LabelError: an error among it.
    """
    from ocoptrace.labels import preflight
    from ocoptrace.verify.policy import civil_date

    template, stock = printing.plans()
    found = preflight(
        [row.content for row in rows],
        template=template,
        stock=stock,
        dpi=printing.dpi,
        today=civil_date(datetime.now(UTC)),
        demo=printing.demo,
        images=printing.images(),
        printer=printing.printer,
        point_of_sale=printing.point_of_sale,
    )
    found = [_located(each, rows) for each in found]
    errors = [each for each in found if each.severity == "error"]
    if errors:
        first = errors[0]
        raise LabelError(first.code, place=first.place, findings=found, **first.facts)
    return found


def _located(finding: Finding, rows: Sequence["LabelRow"]) -> Finding:
    """Return a finding of preflight, its place the cell that it is about."""
    number = finding.place.lstrip("/").partition("/")[0]
    return rows[int(number)].located(finding) if number.isdigit() else finding
