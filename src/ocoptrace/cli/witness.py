"""``witness``: be one. Its key, the logs that it knows, and the server that signs for them."""

from pathlib import Path
from typing import Annotated

import typer

from ocoptrace.cli.passphrase import given_passphrase, passphrase_of
from ocoptrace.cli.terminal import Terminal

__all__ = ["add"]


def add(app: typer.Typer, terminal: Terminal) -> None:
    """Add the group ``witness``."""
    text = terminal.text
    witness = typer.Typer(help=text("cli.witness.help"), no_args_is_help=True)
    app.add_typer(witness, name="witness")
    folder_argument = typer.Argument(help=text("cli.witness.folder"))

    @witness.command("init", help=text("cli.witness.init"))
    def init(
        folder: Annotated[Path, folder_argument],
        name: Annotated[str, typer.Argument(help=text("cli.witness.name"))],
    ) -> None:
        # Here, and below, because no other command needs a server.
        from ocoptrace.cli.witness_server import LocalWitness

        made = LocalWitness.create(folder, name, passphrase=given_passphrase())
        terminal.done(text("cli.witness.made", folder=folder))
        terminal.say(str(made.signer.verifier_key))

    @witness.command("add", help=text("cli.witness.add"))
    def add_log(
        folder: Annotated[Path, folder_argument],
        vkey: Annotated[str, typer.Argument(help=text("cli.witness.log_vkey"))],
    ) -> None:
        from ocoptrace.cli.witness_server import LocalWitness

        opened = LocalWitness.open(folder, passphrase=_passphrase(folder, terminal))
        terminal.done(text("cli.witness.added", origin=opened.add_log(vkey).name))

    @witness.command("serve", help=text("cli.witness.serve"))
    def serve(
        folder: Annotated[Path, folder_argument],
        *,
        bind: Annotated[str, typer.Option(help=text("cli.serve.bind"))] = "127.0.0.1",
        port: Annotated[int, typer.Option(help=text("cli.serve.port"))] = 8080,
    ) -> None:
        from ocoptrace.cli.witness_server import LocalWitness, server

        opened = LocalWitness.open(folder, passphrase=_passphrase(folder, terminal))
        with server(opened, bind, port) as serving:
            where = f"http://{bind}:{serving.server_address[1]}"
            terminal.say(text("cli.witness.serving", where=where, name=opened.signer.name))
            terminal.note(text("cli.serve.stop"))
            serving.serve_forever()


def _passphrase(folder: Path, terminal: Terminal) -> bytes | None:
    return passphrase_of(folder.glob("*.pem"), terminal)
