"""``label calibrate``: a page to be measured, and the printer's profile from four readings."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ocoptrace.cli.options import configuration, destination
from ocoptrace.cli.plan_folders import plan_folders
from ocoptrace.cli.terminal import Terminal
from ocoptrace.errors import InputError

if TYPE_CHECKING:
    from ocoptrace.labels import PrinterProfile, Stock
    from ocoptrace.labels.stock.calibration import Distances

__all__ = ["add"]

_DPI = 300


def add(label: typer.Typer, terminal: Terminal) -> None:
    """Add the command."""
    text = terminal.text

    @label.command(help=text("cli.calibrate.help"))
    def calibrate(
        stock: Annotated[str, typer.Argument(help=text("cli.calibrate.stock"))],
        *,
        out: Annotated[
            Path | None, typer.Option("--out", "-o", help=text("cli.calibrate.out"))
        ] = None,
        a: Annotated[str | None, typer.Option("--a", help=text("cli.calibrate.a"))] = None,
        b: Annotated[str | None, typer.Option("--b", help=text("cli.calibrate.b"))] = None,
        c: Annotated[str | None, typer.Option("--c", help=text("cli.calibrate.c"))] = None,
        d: Annotated[str | None, typer.Option("--d", help=text("cli.calibrate.d"))] = None,
        save: Annotated[str | None, typer.Option(help=text("cli.calibrate.save"))] = None,
        printer: Annotated[str | None, typer.Option(help=text("cli.calibrate.printer"))] = None,
        dpi: Annotated[int | None, typer.Option(help=text("cli.calibrate.dpi"))] = None,
        workspace: Annotated[
            Path | None, typer.Option("--workspace", "-w", help=text("cli.option.workspace"))
        ] = None,
    ) -> None:
        from ocoptrace.labels import find_printer, find_stock
        from ocoptrace.labels.stock.calibration import calibrate as correcting

        sheet = find_stock(stock, folders=plan_folders("stock", workspace))
        before = (
            find_printer(printer, folders=plan_folders("printers", workspace)) if printer else None
        )
        given = {"a": a, "b": b, "c": c, "d": d}
        if all(value is None for value in given.values()):
            if save is not None:
                raise InputError("cli.readings_missing", missing="--a --b --c --d")
            _write_page(terminal, sheet, before, out or Path("calibration.pdf"))
            return
        missing = " ".join(f"--{name}" for name, value in given.items() if value is None)
        if missing:
            raise InputError("cli.readings_missing", missing=missing)
        read = _distances({name: value or "" for name, value in given.items()})
        place = destination(_place(save or "office"))
        profile = correcting(
            sheet,
            read,
            name=place.stem,
            kind="thermal" if sheet.kind == "roll" else "office",
            dpi=dpi or (before.dpi if before else _DPI),
            printed_with=before,
        )
        _write_profile(terminal, profile, place, sheet)


def _write_page(
    terminal: Terminal, stock: "Stock", printer: "PrinterProfile | None", out: Path
) -> None:
    from ocoptrace.labels import write_pdf
    from ocoptrace.labels.stock.calibration_page import calibration_page
    from ocoptrace.store import write_whole

    destination(out)
    page = calibration_page(stock, printer=printer, language=terminal.language)
    title = terminal.text("stock.calibration.title", stock=stock.name)
    write_whole(out, write_pdf([page], title=title))
    terminal.files([(out, title)])
    terminal.done(terminal.text("cli.calibrate.page_done", stock=stock.name))


def _write_profile(
    terminal: Terminal, profile: "PrinterProfile", place: Path, stock: "Stock"
) -> None:
    from ocoptrace.store import write_whole

    replaced = place.exists()
    write_whole(place, profile.to_toml().encode())
    terminal.rows(
        (terminal.text(f"cli.calibrate.{axis}"), f"{shift / 1000:+.2f} mm", f"{100 * scale:.2f} %")
        for axis, shift, scale in (
            ("across", profile.dx, profile.scale_x),
            ("down", profile.dy, profile.scale_y),
        )
    )
    code = "cli.calibrate.replaced" if replaced else "cli.calibrate.saved"
    terminal.done(terminal.text(code, path=place))
    known = configuration() / "printers" == place.parent
    named = place.stem if known else place
    facts = {"stock": stock.name, "printer": named, "path": place}
    terminal.say(terminal.text("cli.calibrate.next", **facts))


def _place(save: str) -> Path:
    """Return where a profile is kept: a path, or the user's folder for a name.

    Raises:
        InputError: it is neither.
    """
    from ocoptrace.labels.plan_files import is_plan_name

    if save.endswith(".toml"):
        return Path(save)
    if not is_plan_name(save):
        raise InputError("cli.not_a_printer_name", value=save)
    return configuration() / "printers" / f"{save}.toml"


def _distances(given: dict[str, str]) -> "Distances":
    from ocoptrace.labels.stock.calibration import Distances

    return Distances(**{name: _reading(f"--{name}", value) for name, value in given.items()})


def _reading(what: str, words: str) -> float:
    """Return a reading; people of half the world write a comma before the decimals.

    Raises:
        InputError: it is no number.
    """
    try:
        return float(words.replace(",", "."))
    except ValueError as error:
        raise InputError("cli.not_a_reading", what=what, value=words) from error
