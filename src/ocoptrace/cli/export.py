"""``export``: origin record, EPCIS document and trust files, to be handed on."""

from pathlib import Path
from typing import Annotated

import typer

from ocoptrace.cli.options import destination, open_workspace
from ocoptrace.cli.terminal import Terminal
from ocoptrace.epcis import parse_event, write_json
from ocoptrace.gs1 import parse_name
from ocoptrace.store import write_whole
from ocoptrace.workspace import Workspace

__all__ = ["TRUST_FILES", "add", "write_trust_files"]

TRUST_FILES = {"root": "root.json", "bundle": "bundle.json"}
"""The files that an office hands out, by their kind."""


def add(app: typer.Typer, terminal: Terminal) -> None:
    """Add the commands."""
    text = terminal.text
    export = typer.Typer(help=text("cli.export.help"), no_args_is_help=True)
    app.add_typer(export, name="export")
    about_argument = typer.Argument(help=text("cli.argument.batch"))
    out_option = typer.Option("--out", "-o", help=text("cli.option.out"))
    workspace_option = typer.Option("--workspace", "-w", help=text("cli.option.workspace"))

    @export.command("record", help=text("cli.export.record"))
    def record(
        about: Annotated[str, about_argument],
        *,
        out: Annotated[Path | None, out_option] = None,
        withhold: Annotated[
            list[str] | None, typer.Option(help=text("cli.export.withhold"))
        ] = None,
        workspace: Annotated[Path | None, workspace_option] = None,
    ) -> None:
        last = parse_name(about).canonical().rpartition("/")[2]
        path = destination(out or Path(f"{last}.ocop"))
        made = open_workspace(workspace, terminal).origin_record(about, withhold=withhold or ())
        write_whole(path, made.to_bytes())
        terminal.done(text("cli.export.record_done", path=path, count=len(made.statements)))

    @export.command("epcis", help=text("cli.export.epcis"))
    def epcis(
        about: Annotated[str, about_argument],
        *,
        out: Annotated[Path, out_option] = Path("events.jsonld"),
        workspace: Annotated[Path | None, workspace_option] = None,
    ) -> None:
        made = open_workspace(workspace).origin_record(about, state_complete=False)
        events = [parse_event(value) for _, value in made.payloads("event")]
        path = write_whole(destination(out), write_json(events))
        terminal.done(text("cli.export.epcis_done", path=path, count=len(events)))

    @export.command("trust", help=text("cli.export.trust"))
    def trust(
        *,
        folder: Annotated[Path, out_option] = Path(),
        workspace: Annotated[Path | None, workspace_option] = None,
    ) -> None:
        for name in TRUST_FILES.values():
            destination(folder / name)
        write_trust_files(open_workspace(workspace), folder, terminal)


def write_trust_files(ws: Workspace, folder: Path, terminal: Terminal) -> None:
    """Write root and bundle into a folder, to be handed on, and show the root's fingerprint.

    Beside them go the roots before: who missed one takes them one by one.
    """
    terminal.files(
        (write_whole(folder / name, ws.trust_file(kind)), terminal.text(f"cli.file.{kind}"))
        for kind, name in TRUST_FILES.items()
    )
    terminal.files(
        (write_whole(folder / f"root-{version}.json", data), terminal.text("cli.file.earlier_root"))
        for version, data in ws.earlier_roots().items()
    )
    terminal.say(terminal.text("cli.export.fingerprint", fingerprint=ws.root.fingerprint))
