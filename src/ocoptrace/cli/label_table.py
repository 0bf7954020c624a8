"""``label from-csv``: stickers from a table, without a workspace."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ocoptrace.cli.label_print import ORDERS, printing_by
from ocoptrace.cli.options import choice, destination, located, read_file
from ocoptrace.cli.progress import progress
from ocoptrace.cli.terminal import Terminal
from ocoptrace.errors import LabelError
from ocoptrace.findings import Finding

if TYPE_CHECKING:
    from ocoptrace.labels.rows import LabelRow

__all__ = ["add"]


def add(label: typer.Typer, terminal: Terminal) -> None:
    """Add the command."""
    text = terminal.text

    @label.command("from-csv", help=text("cli.label.from_csv"))
    def from_csv(
        file: Annotated[Path, typer.Argument(help=text("cli.label.table"))],
        *,
        out: Annotated[Path, typer.Option("--out", "-o", help=text("cli.option.out"))] = Path(
            "stickers.pdf"
        ),
        host: Annotated[str, typer.Option(help=text("cli.label.host"))] = "",
        template: Annotated[str, typer.Option(help=text("cli.label.template"))] = "ocop-70x37",
        stock: Annotated[str, typer.Option(help=text("cli.label.stock"))] = "a4-3x8-70x37",
        dpi: Annotated[int | None, typer.Option(help=text("cli.label.dpi"))] = None,
        printer: Annotated[Path | None, typer.Option(help=text("cli.label.printer"))] = None,
        start_slot: Annotated[int, typer.Option(help=text("cli.label.start_slot"))] = 1,
        copies: Annotated[int, typer.Option(help=text("cli.label.copies"))] = 1,
        order: Annotated[str, typer.Option(help=text("cli.label.order"))] = "rows",
        demo: Annotated[bool, typer.Option("--demo", help=text("cli.label.demo"))] = False,
    ) -> None:
        from ocoptrace.labels import preflight
        from ocoptrace.labels.rows import Repeated, read_rows
        from ocoptrace.labels.tables import read_table
        from ocoptrace.verify.policy import civil_date
        from ocoptrace.workspace.print_job import PrintJob, check_output
        from ocoptrace.workspace.run_plan import Printing

        destination(out)
        check_output(out)
        profile, dots = printing_by(printer, dpi)
        printing = Printing(
            template=template,
            stock=stock,
            start_slot=start_slot,
            copies=copies,
            order=choice("--order", order, ORDERS),
            demo=demo,
            printer=profile,
            dpi=dots,
        )
        printing.lay_out(())
        plan, sheets = printing.plans()
        with located(f"{file}: "):
            rows = read_rows(read_table(read_file(file)), host=host)
            found = preflight(
                [row.content for row in rows],
                template=plan,
                stock=sheets,
                dpi=printing.dpi,
                today=civil_date(datetime.now(UTC)),
                demo=demo,
                printer=printing.printer,
            )
            found = [_located(each, rows) for each in found]
            errors = [each for each in found if each.severity == "error"]
            if errors:
                first = errors[0]
                raise LabelError(first.code, place=first.place, findings=found, **first.facts)
        terminal.findings(found)
        stickers = Repeated([(row.content, row.copies * copies) for row in rows])
        title = str(rows[0].content.value("product"))
        with progress(terminal, text("cli.label.writing")) as tell:
            job = PrintJob(out, stickers, printing, title, tell)
            try:
                job.write()
            finally:
                # There are no serials to be told of: it is simply done again.
                job.tidy()
        terminal.files([(out, text("cli.file.pdf", count=len(stickers)))])
        terminal.done(text("cli.label.from_csv_done", rows=len(rows)))


def _located(finding: Finding, rows: Sequence["LabelRow"]) -> Finding:
    """Return a finding of preflight, its place the cell that it is about."""
    number = finding.place.lstrip("/").partition("/")[0]
    return rows[int(number)].located(finding) if number.isdigit() else finding
