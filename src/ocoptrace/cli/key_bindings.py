"""``key binding``, ``key bind``: the holder of a CA's certificate signs for a key."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from ocoptrace.cli.key_names import find_key
from ocoptrace.cli.options import destination, located, read_file
from ocoptrace.cli.terminal import Terminal
from ocoptrace.errors import InputError
from ocoptrace.store import write_whole
from ocoptrace.verify.policy import civil_date

__all__ = ["add"]


def add(key: typer.Typer, terminal: Terminal) -> None:
    """Add the commands to the group ``key``."""
    text = terminal.text
    workspace_option = typer.Option("--workspace", "-w", help=text("cli.option.workspace"))

    @key.command("binding", help=text("cli.key.binding"))
    def binding(
        key: Annotated[str, typer.Argument(help=text("cli.key.which"))],
        *,
        out: Annotated[Path, typer.Option("--out", "-o", help=text("cli.option.out"))] = Path(
            "binding.txt"
        ),
        workspace: Annotated[Path | None, workspace_option] = None,
    ) -> None:
        from ocoptrace.signing.key_binding import key_text

        now = datetime.now(UTC)
        found = find_key(key, workspace, now=now)
        listed = [e.entry for e in found if e.entry is not None and e.status != "revoked"]
        if len({entry.issuer for entry in listed}) != 1:
            raise InputError("cli.key_not_listed", value=key)
        # Of a producer's keys, the one that signs now.
        entry = max(listed, key=lambda each: each.sign_from)
        path = write_whole(
            destination(out), key_text(entry.thumbprint, entry.issuer, civil_date(now))
        )
        terminal.done(text("cli.key.binding_made", path=path))
        terminal.say(text("cli.key.binding_next", path=path))

    @key.command("bind", help=text("cli.key.bind"))
    def bind(
        text_file: Annotated[Path, typer.Argument(metavar="TEXT", help=text("cli.key.bind_text"))],
        signature: Annotated[Path, typer.Argument(help=text("cli.key.bind_signature"))],
        certificate: Annotated[Path, typer.Argument(help=text("cli.key.bind_certificate"))],
        *,
        out: Annotated[Path, typer.Option("--out", "-o", help=text("cli.option.out"))] = Path(
            "binding.json"
        ),
    ) -> None:
        from ocoptrace.signing.certificate import read_certificates
        from ocoptrace.signing.key_binding import KeyBinding

        destination(out)
        with located(f"{certificate}: "):
            chain = read_certificates(read_file(certificate))
        bound = KeyBinding.of(read_file(text_file), read_file(signature), chain)
        path = write_whole(out, bound.to_bytes())
        facts = {"subject": chain[0].subject, "ca": chain[0].issuer, "end": chain[0].ends}
        terminal.done(text("cli.key.bound", path=path, **facts))
