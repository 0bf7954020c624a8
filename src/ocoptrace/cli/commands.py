"""``init``, ``import``, ``record``: making a workspace and filling it."""

from pathlib import Path
from typing import Annotated

import typer

from ocoptrace.cli.options import kind_of, located, open_workspace, passphrase, read_file
from ocoptrace.cli.terminal import Terminal
from ocoptrace.epcis import read_document
from ocoptrace.errors import InputError
from ocoptrace.workspace import Workspace
from ocoptrace.workspace.workspace import DEFAULT_HOST

__all__ = ["add"]


def add(app: typer.Typer, terminal: Terminal) -> None:
    """Add the commands."""
    text = terminal.text
    workspace_option = typer.Option("--workspace", "-w", help=text("cli.option.workspace"))
    json_option = typer.Option("--json", help=text("cli.option.json"))

    @app.command("init", help=text("cli.init.help"))
    def init(
        folder: Annotated[Path, typer.Argument(help=text("cli.init.folder"))] = Path("ocop"),
        *,
        host: Annotated[str, typer.Option(help=text("cli.option.host"))] = DEFAULT_HOST,
    ) -> None:
        ws = Workspace.create(folder, host=host, passphrase=passphrase())
        terminal.done(text("cli.init.done", folder=folder, host=ws.host, log=ws.log_origin))
        terminal.say(text("cli.init.keys", folder=folder / "keys"))
        terminal.say(text("cli.init.next", folder=folder))

    @app.command("import", help=text("cli.import.help"))
    def import_(
        file: Annotated[Path, typer.Argument(help=text("cli.import.file"))],
        *,
        workspace: Annotated[Path | None, workspace_option] = None,
        as_json: Annotated[bool, json_option] = False,
    ) -> None:
        data = read_file(file)
        if kind_of(data) not in {"story", "json"}:
            raise InputError("cli.not_importable", path=file)
        registry = open_workspace(workspace).import_registry(data)
        terminal.findings(registry.findings)
        counts = {
            "places": len(registry.places),
            "products": len(registry.products),
            "materials": len(registry.materials),
            "grades": len(registry.grades),
            "batches": len(registry.batches),
        }
        if as_json:
            terminal.json({"producer": registry.producer.id} | counts)
            return
        name = registry.producer.names.text(terminal.language)
        terminal.done(text("cli.import.done", name=name, code=registry.producer.id, **counts))

    @app.command("record", help=text("cli.record.help"))
    def record(
        file: Annotated[Path, typer.Argument(help=text("cli.record.file"))],
        *,
        workspace: Annotated[Path | None, workspace_option] = None,
        producer: Annotated[str | None, typer.Option(help=text("cli.option.producer"))] = None,
        as_json: Annotated[bool, json_option] = False,
    ) -> None:
        data = read_file(file)
        ws = open_workspace(workspace)
        before = ws.log_size
        match kind_of(data):
            case "story":
                story = ws.read_story(data)
                terminal.findings(story.findings)
                ids = ws.record(story.events, producer=story.producer.id)
            case "json":
                document = read_document(data)
                with located(document.place):
                    ids = ws.record(document.events, producer=producer)
            case _:
                raise InputError("cli.not_recordable", path=file)
        # Others may write at the same time: what is new is counted, not how the log has grown.
        new = sum(ws.log_position(statement_id) >= before for statement_id in set(ids))
        if as_json:
            terminal.json({"statements": [i.hex() for i in ids], "new": new})
            return
        facts = {"count": len(ids), "new": new, "known": len(ids) - new}
        terminal.done(text("cli.record.done", log=ws.log_origin, size=ws.log_size, **facts))
