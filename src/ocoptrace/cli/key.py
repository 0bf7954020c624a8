"""``key``: make keys, lock them, tell what they are, hand out their public halves."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, get_args

import typer

from ocoptrace.cli import key_bindings, key_succession, key_tokens
from ocoptrace.cli.key_names import KnownKey, find_key, keys_here
from ocoptrace.cli.options import choice, destination, open_workspace
from ocoptrace.cli.passphrase import given_passphrase, new_passphrase
from ocoptrace.cli.terminal import Terminal
from ocoptrace.errors import InputError
from ocoptrace.signing import PublicKey, SoftwareSigner
from ocoptrace.signing.keys import Algorithm
from ocoptrace.store import write_key, write_whole

__all__ = ["add"]

_FORMATS = ("pem", "jwk", "cose")


def add(app: typer.Typer, terminal: Terminal) -> None:
    """Add the group ``key``."""
    key = typer.Typer(help=terminal.text("cli.key.help"), no_args_is_help=True)
    app.add_typer(key, name="key")
    _add_making(key, terminal)
    _add_telling(key, terminal)
    key_succession.add(key, terminal)
    key_tokens.add(key, terminal)
    key_bindings.add(key, terminal)


def _add_making(key: typer.Typer, terminal: Terminal) -> None:
    text = terminal.text
    workspace_option = typer.Option("--workspace", "-w", help=text("cli.option.workspace"))

    @key.command("new", help=text("cli.key.new"))
    def new(
        file: Annotated[Path, typer.Argument(help=text("cli.key.file"))],
        *,
        algorithm: Annotated[str, typer.Option(help=text("cli.key.algorithm"))] = "ES256",
        pkcs11: Annotated[str | None, typer.Option(help=text("cli.key.new_pkcs11"))] = None,
    ) -> None:
        kind: Algorithm = choice(
            "--algorithm", algorithm, get_args(Algorithm) if pkcs11 is None else ("ES256",)
        )
        destination(file)
        if pkcs11 is not None:
            key_tokens.make(terminal, file, pkcs11)
            return
        passphrase = new_passphrase(terminal, given=given_passphrase())
        signer = SoftwareSigner.generate(kind)
        write_key(file, signer, passphrase=passphrase)
        facts = {"algorithm": kind, "thumbprint": signer.public_key.thumbprint.hex()}
        terminal.done(text("cli.key.made", file=file, **facts))
        if passphrase is None:
            terminal.note(text("cli.key.unlocked"))

    @key.command("lock", help=text("cli.key.lock"))
    def lock(
        *,
        file: Annotated[
            Path | None,
            typer.Option("--new-passphrase-file", help=text("cli.key.new_passphrase_file")),
        ] = None,
        unlock: Annotated[bool, typer.Option("--unlock", help=text("cli.key.unlock"))] = False,
        workspace: Annotated[Path | None, workspace_option] = None,
    ) -> None:
        ws = open_workspace(workspace, terminal)
        passphrase = None if unlock else new_passphrase(terminal, file=file)
        if passphrase is None and not unlock:
            raise InputError("cli.no_new_passphrase")
        count = len(ws.relock(passphrase))
        terminal.done(text("cli.key.opened" if unlock else "cli.key.locked", count=count))


def _add_telling(key: typer.Typer, terminal: Terminal) -> None:
    text = terminal.text
    which_argument = typer.Argument(help=text("cli.key.which"))
    json_option = typer.Option("--json", help=text("cli.option.json"))
    workspace_option = typer.Option("--workspace", "-w", help=text("cli.option.workspace"))

    @key.command("list", help=text("cli.key.list"))
    def list_(
        *,
        workspace: Annotated[Path | None, workspace_option] = None,
        as_json: Annotated[bool, json_option] = False,
    ) -> None:
        ws = open_workspace(workspace)
        found = keys_here(ws)
        if as_json:
            terminal.json([each.to_json(terminal.language) for each in found])
            return
        terminal.rows(each.row(terminal) for each in found)
        terminal.findings(ws.due())

    @key.command("show", help=text("cli.key.show"))
    def show(
        key: Annotated[str, which_argument],
        *,
        workspace: Annotated[Path | None, workspace_option] = None,
        as_json: Annotated[bool, json_option] = False,
    ) -> None:
        found = find_key(key, workspace, now=datetime.now(UTC))
        if as_json:
            terminal.json([each.to_json(terminal.language) for each in found])
            return
        for number, each in enumerate(found):
            if number:
                terminal.say()
            terminal.rows(each.table(terminal))

    @key.command("export", help=text("cli.key.export"))
    def export(
        key: Annotated[str, which_argument],
        *,
        format_: Annotated[str, typer.Option("--format", help=text("cli.key.format"))] = "pem",
        out: Annotated[
            Path | None, typer.Option("--out", "-o", help=text("cli.option.out"))
        ] = None,
        workspace: Annotated[Path | None, workspace_option] = None,
    ) -> None:
        choice("--format", format_, _FORMATS)
        public = _the_one(key, find_key(key, workspace, now=datetime.now(UTC)))
        path = destination(out or Path(f"{public.thumbprint.hex()[:16]}.{format_}"))
        write_whole(path, _written(public, format_))
        terminal.done(text("cli.key.exported", path=path, thumbprint=public.thumbprint.hex()))


def _the_one(words: str, found: list[KnownKey]) -> PublicKey:
    keys = {each.key for each in found if each.key is not None}
    if not keys:
        raise InputError("cli.key_is_locked", value=words)
    if len(keys) > 1:
        known = ", ".join(sorted(key.thumbprint.hex()[:16] for key in keys))
        raise InputError("cli.not_one_key", value=words, count=len(keys), known=known)
    return keys.pop()


def _written(key: PublicKey, format_: str) -> bytes:
    match format_:
        case "pem":
            return key.to_pem()
        case "jwk":
            return json.dumps(key.to_jwk()).encode() + b"\n"
        case _:
            return key.cose_key
