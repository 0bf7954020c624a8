"""``epcis``: documents on the command line: validated, converted, hashed, checked, shown."""

import os
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from ocoptrace.cli.epcis_files import (
    STANDARD_STREAM,
    check_output,
    events_of,
    placed_events,
    whole_document,
    write_output,
)
from ocoptrace.cli.epcis_timeline import event_json, show_timeline
from ocoptrace.cli.options import choice, located
from ocoptrace.cli.terminal import Terminal
from ocoptrace.epcis import check_document, event_hash, event_prehash, write_json, write_xml
from ocoptrace.epcis.event_hash import PROFILES, ProfileName
from ocoptrace.epcis.faults import findings_of
from ocoptrace.errors import EpcisError, Gs1Error, InputError
from ocoptrace.findings import Finding

__all__ = ["add"]

_BAD_INPUT, _NOT_RIGHT = 2, 1
_PREFIX_LENGTHS = range(4, 13)
_WRITERS = {"json": write_json, "xml": write_xml}
_PROFILES: tuple[ProfileName, ...] = tuple(PROFILES)

_Row = dict[str, Any]


def add(app: typer.Typer, terminal: Terminal) -> None:
    """Add the commands."""
    epcis = typer.Typer(help=terminal.text("cli.epcis.help"), no_args_is_help=True)
    app.add_typer(epcis, name="epcis")
    _add_reading(epcis, terminal)
    _add_convert(epcis, terminal)
    _add_hash(epcis, terminal)
    _add_check(epcis, terminal)


def _add_reading(epcis: typer.Typer, terminal: Terminal) -> None:
    text = terminal.text
    files_argument = typer.Argument(help=text("cli.epcis.files"))
    json_option = typer.Option("--json", help=text("cli.option.json"))

    @epcis.command("validate", help=text("cli.epcis.validate"))
    def validate(
        files: Annotated[list[Path], files_argument],
        *,
        as_json: Annotated[bool, json_option] = False,
    ) -> int:
        def work(file: Path, row: _Row) -> int:
            row |= {"valid": False, "events": None}
            row["events"] = sum(1 for _ in events_of(file))
            row["valid"] = True
            if not as_json:
                terminal.done(text("cli.epcis.valid", path=file, count=row["events"]))
            return 0

        return _each(files, work, terminal, as_json=as_json)

    @epcis.command("show", help=text("cli.epcis.show"))
    def show(
        files: Annotated[list[Path], files_argument],
        *,
        as_json: Annotated[bool, json_option] = False,
    ) -> int:
        def work(file: Path, row: _Row) -> int:
            events = sorted(events_of(file), key=lambda event: event.when)
            if as_json:
                row["events"] = [event_json(event, terminal.language) for event in events]
            else:
                terminal.heading(text("cli.epcis.shown", path=file, count=len(events)))
                show_timeline(events, terminal)
            return 0

        return _each(files, work, terminal, as_json=as_json)


def _add_convert(epcis: typer.Typer, terminal: Terminal) -> None:
    text = terminal.text

    @epcis.command("convert", help=text("cli.epcis.convert"))
    def convert(
        file: Annotated[Path, typer.Argument(help=text("cli.epcis.file"))],
        *,
        to: Annotated[str, typer.Option(help=text("cli.epcis.to"))],
        out: Annotated[Path | None, typer.Option("--out", "-o", help=text("cli.epcis.out"))] = None,
    ) -> None:
        write = _WRITERS[choice("--to", to, tuple(_WRITERS))]
        to_file = out if out != STANDARD_STREAM else None
        if to_file is not None:
            check_output(to_file, source=file)
        try:
            document = whole_document(file)
            data = write(document)
        except EpcisError as error:
            raise _located(file, error) from error
        write_output(to_file, data)
        if to_file is None:
            return
        terminal.done(text("cli.epcis.converted", path=to_file, count=len(document.events)))


def _add_hash(epcis: typer.Typer, terminal: Terminal) -> None:
    text = terminal.text

    @epcis.command("hash", help=text("cli.epcis.hash"))
    def hash_(
        files: Annotated[list[Path], typer.Argument(help=text("cli.epcis.files"))],
        *,
        profile: Annotated[str, typer.Option(help=text("cli.epcis.profile"))] = _PROFILES[0],
        prehash: Annotated[bool, typer.Option("--prehash", help=text("cli.epcis.prehash"))] = False,
        as_json: Annotated[bool, typer.Option("--json", help=text("cli.option.json"))] = False,
    ) -> int:
        chosen = choice("--profile", profile, _PROFILES)
        text_of = event_prehash if prehash else event_hash
        member = "prehash" if prehash else "hash"

        def work(file: Path, row: _Row) -> int:
            row["events"] = []
            for place, event in placed_events(file):
                try:
                    said = text_of(event, profile=chosen)
                except EpcisError as error:
                    error.place = place + error.place
                    raise
                if as_json:
                    row["events"].append({"place": place, member: said})
                else:
                    terminal.exact(said if prehash else f"{said}  {file}: {place}")
            return 0

        return _each(files, work, terminal, as_json=as_json)


def _add_check(epcis: typer.Typer, terminal: Terminal) -> None:
    text = terminal.text

    @epcis.command("check", help=text("cli.epcis.check"))
    def check(
        files: Annotated[list[Path], typer.Argument(help=text("cli.epcis.files"))],
        *,
        company_prefix: Annotated[
            list[str] | None, typer.Option(help=text("cli.epcis.company_prefix"))
        ] = None,
        as_json: Annotated[bool, typer.Option("--json", help=text("cli.option.json"))] = False,
    ) -> int:
        prefixes = [_company_prefix(digits) for digits in company_prefix or ()]

        def work(file: Path, row: _Row) -> int:
            document = whole_document(file)
            now = datetime.now(UTC)
            found = check_document(document, now=now, company_prefixes=prefixes)
            errors = sum(finding.severity == "error" for finding in found)
            counts = {"events": len(document.events), "errors": errors}
            counts["warnings"] = len(found) - errors
            row |= counts | {"findings": _as_json(found, terminal)}
            if not as_json:
                code = "cli.epcis.not_sound" if errors else "cli.epcis.sound"
                terminal.say(text(code, path=file, **counts))
                terminal.findings([replace(each, place=_place(file, each.place)) for each in found])
            return _NOT_RIGHT if errors else 0

        return _each(files, work, terminal, as_json=as_json)


def _each(
    files: Iterable[Path],
    work: Callable[[Path, _Row], int],
    terminal: Terminal,
    *,
    as_json: bool,
) -> int:
    """Do a piece of work for each file; what is refused is told, and the others go on.

    Args:
        files: to work on.
        work: fills the row of a file for programs, and returns an exit code.
        terminal: where it is told.
        as_json: whether only the rows are told.
    """
    rows, worst = [], 0
    for file in files:
        row: _Row = {"file": os.fsencode(file).decode(errors="replace")}
        rows.append(row)
        try:
            code = work(file, row)
        except InputError as error:
            code = _BAD_INPUT
            row["findings"] = _as_json(findings_of(error), terminal)
            if not as_json:
                terminal.fail(_located(file, error))
        row.setdefault("findings", [])
        worst = max(worst, code)
    if as_json:
        terminal.json(rows)
    return worst


def _located(file: Path, error: InputError) -> InputError:
    """Return what is wrong inside a file, with the file as its place."""
    if not isinstance(error, EpcisError):
        return error  # about the file itself, which it names
    try:
        with located(_place(file, "")):
            raise error
    except InputError as told:
        return told


def _place(file: Path, place: str) -> str:
    return f"{file}: {place}"


def _as_json(found: Iterable[Finding], terminal: Terminal) -> list[dict[str, object]]:
    return [finding.to_json(terminal.language) for finding in found]


def _company_prefix(digits: str) -> str:
    """Return a GS1 Company Prefix.

    Raises:
        Gs1Error: it is none.
    """
    if not (digits.isascii() and digits.isdigit() and len(digits) in _PREFIX_LENGTHS):
        raise Gs1Error("gs1.company_prefix_digits", value=digits[:60])
    return digits
