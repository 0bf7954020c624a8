"""``init``, ``import``, ``record``, ``accept``, ``erase``: a workspace, and what is kept in it."""

from pathlib import Path
from typing import Annotated

import typer

from ocoptrace.cli.authorities import authorities, of_workspace
from ocoptrace.cli.options import kind_of, located, open_workspace, read_file, statement_id
from ocoptrace.cli.passphrase import given_passphrase
from ocoptrace.cli.terminal import Terminal
from ocoptrace.epcis import read_document
from ocoptrace.errors import InputError
from ocoptrace.workspace import Workspace

__all__ = ["add"]


def add(app: typer.Typer, terminal: Terminal) -> None:
    """Add the commands."""
    _add_init(app, terminal)
    _add_filling(app, terminal)
    _add_keeping(app, terminal)


def _add_init(app: typer.Typer, terminal: Terminal) -> None:
    text = terminal.text

    @app.command("init", help=text("cli.init.help"))
    def init(
        folder: Annotated[Path, typer.Argument(help=text("cli.init.folder"))] = Path("ocop"),
        *,
        host: Annotated[str | None, typer.Option(help=text("cli.option.host"))] = None,
        root: Annotated[Path | None, typer.Option(help=text("cli.init.root"))] = None,
        trust: Annotated[Path | None, typer.Option(help=text("cli.init.trust"))] = None,
    ) -> None:
        ws = Workspace.create(
            folder,
            host=host,
            root=None if root is None else read_file(root),
            bundle=None if trust is None else read_file(trust),
            passphrase=given_passphrase(),
        )
        facts = {"folder": folder, "host": ws.host, "log": ws.log_origin}
        if ws.has_office:
            terminal.done(text("cli.init.done", **facts))
            terminal.say(text("cli.init.keys", folder=folder / "keys"))
            terminal.say(text("cli.init.next", folder=folder))
            return
        office = of_workspace(ws).facts(terminal.language)
        terminal.done(
            text("cli.init.done_under", office=office["name"], root=office["root"], **facts)
        )
        terminal.say(text("cli.init.keys_under", folder=folder / "keys"))
        terminal.say(text("cli.init.next_under", folder=folder))


def _add_filling(app: typer.Typer, terminal: Terminal) -> None:
    text = terminal.text
    workspace_option = typer.Option("--workspace", "-w", help=text("cli.option.workspace"))
    json_option = typer.Option("--json", help=text("cli.option.json"))

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
        registry = open_workspace(workspace, terminal).import_registry(data)
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
        ws = open_workspace(workspace, terminal)
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


def _add_keeping(app: typer.Typer, terminal: Terminal) -> None:
    text = terminal.text
    workspace_option = typer.Option("--workspace", "-w", help=text("cli.option.workspace"))

    @app.command("accept", help=text("cli.accept.help"))
    def accept(
        files: Annotated[list[Path], typer.Argument(help=text("cli.accept.files"))],
        *,
        trust: Annotated[Path | None, typer.Option(help=text("cli.option.trust"))] = None,
        root: Annotated[Path | None, typer.Option(help=text("cli.option.root"))] = None,
        workspace: Annotated[Path | None, workspace_option] = None,
    ) -> None:
        records = {path: read_file(path) for path in files}
        ws = open_workspace(workspace)
        bundle = None if trust is root is None else authorities(trust, root, workspace)[0].bundle
        for path, data in records.items():
            with located(f"{path}: "):
                taken = ws.accept(data, trust=bundle)
            facts = {"path": path, "new": len(taken.added), "shown": len(taken.shown)}
            terminal.done(text("cli.accept.done", **facts))
            terminal.say(taken.verdict.headline(terminal.language))

    @app.command("erase", help=text("cli.erase.help"))
    def erase(
        ids: Annotated[list[str], typer.Argument(help=text("cli.erase.ids"))],
        *,
        yes: Annotated[bool, typer.Option("--yes", help=text("cli.option.yes"))] = False,
        workspace: Annotated[Path | None, workspace_option] = None,
    ) -> None:
        named = [statement_id(words) for words in ids]
        ws = open_workspace(workspace)
        if not yes:
            typer.confirm(text("cli.erase.ask", count=len(set(named))), abort=True)
        terminal.done(text("cli.erase.done", count=ws.erase(named)))
