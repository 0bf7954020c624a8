"""``serve``: the origin pages of a workspace."""

from pathlib import Path
from typing import Annotated

import typer

from ocoptrace.cli.options import open_workspace
from ocoptrace.cli.terminal import Terminal
from ocoptrace.errors import WorkspaceError

__all__ = ["add"]


def add(app: typer.Typer, terminal: Terminal) -> None:
    """Add the command."""
    text = terminal.text

    @app.command("serve", help=text("cli.serve.help"))
    def serve(
        *,
        workspace: Annotated[
            Path | None, typer.Option("--workspace", "-w", help=text("cli.option.workspace"))
        ] = None,
        bind: Annotated[str, typer.Option(help=text("cli.serve.bind"))] = "127.0.0.1",
        port: Annotated[int, typer.Option(help=text("cli.serve.port"))] = 8000,
    ) -> None:
        try:
            # Here, because it is an extra, and slow to come in.
            from ocoptrace.web.serve import run
        except ModuleNotFoundError as error:
            raise WorkspaceError("cli.no_web", module=error.name) from error
        ws = open_workspace(workspace)
        for batch in ws.batches():
            path = batch.id.partition("//")[2].partition("/")[2]
            terminal.say(f"http://{bind}:{port}/{path}")
        if ws.public_checkpoint() is not None:
            terminal.say(text("cli.serve.log", url=f"http://{bind}:{port}/log"))
        terminal.note(text("cli.serve.stop"))
        run(ws, bind=bind, port=port)
