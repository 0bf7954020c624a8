"""``key request``, ``key rotate``: a key is asked for, or follows another."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from ocoptrace.cli.key_names import holder_of
from ocoptrace.cli.office import hand_out, in_languages
from ocoptrace.cli.options import destination, open_workspace, read_file
from ocoptrace.cli.pin import module_named
from ocoptrace.cli.terminal import Terminal
from ocoptrace.errors import WorkspaceError
from ocoptrace.signing import Root
from ocoptrace.signing.bundle import KeyEntry
from ocoptrace.signing.registration import RegistrationRequest
from ocoptrace.store import write_whole
from ocoptrace.workspace import Workspace
from ocoptrace.workspace.gate import keys_of

__all__ = ["add"]

_MOST_DAYS = 3650
_REQUEST = Path("request.json")


def add(key: typer.Typer, terminal: Terminal) -> None:
    """Add the commands to the group ``key``."""
    text = terminal.text
    workspace_option = typer.Option("--workspace", "-w", help=text("cli.option.workspace"))
    pkcs11_option = typer.Option("--pkcs11", help=text("cli.key.pkcs11"))
    out_option = typer.Option("--out", "-o", help=text("cli.key.request_out"))

    @key.command("request", help=text("cli.key.request"))
    def request(
        *,
        name: Annotated[str, typer.Option(help=text("cli.option.name"))],
        name_en: Annotated[str | None, typer.Option(help=text("cli.option.name_en"))] = None,
        gtin_prefix: Annotated[
            list[str] | None, typer.Option(help=text("cli.option.gtin_prefix"))
        ] = None,
        gtin: Annotated[list[str] | None, typer.Option(help=text("cli.option.gtin"))] = None,
        pkcs11: Annotated[str | None, pkcs11_option] = None,
        out: Annotated[Path, out_option] = _REQUEST,
        workspace: Annotated[Path | None, workspace_option] = None,
    ) -> None:
        destination(out)
        ws = open_workspace(workspace, terminal)
        data = ws.request_registration(
            name=in_languages(name, name_en),
            gtin_prefixes=gtin_prefix or (),
            gtins=gtin or (),
            held=None if pkcs11 is None else module_named(pkcs11),
        )
        _hand_in(ws, write_whole(out, data), terminal)

    @key.command("rotate", help=text("cli.key.rotate"))
    def rotate(
        code: Annotated[str | None, typer.Argument(help=text("cli.key.rotate_code"))] = None,
        *,
        request: Annotated[Path | None, typer.Option(help=text("cli.key.rotate_request"))] = None,
        overlap: Annotated[
            int, typer.Option(min=0, max=_MOST_DAYS, help=text("cli.key.overlap"))
        ] = 30,
        office: Annotated[
            bool, typer.Option("--office", help=text("cli.key.rotate_office"))
        ] = False,
        drop_old: Annotated[
            bool, typer.Option("--drop-old", help=text("cli.key.drop_old"))
        ] = False,
        yes: Annotated[bool, typer.Option("--yes", help=text("cli.option.yes"))] = False,
        pkcs11: Annotated[str | None, pkcs11_option] = None,
        out: Annotated[Path, out_option] = _REQUEST,
        workspace: Annotated[Path | None, workspace_option] = None,
    ) -> None:
        ws = open_workspace(workspace, terminal)
        held = None if pkcs11 is None else module_named(pkcs11)
        if office:
            if not yes:
                typer.confirm(text("cli.key.ask_office"), abort=True)
            days = timedelta(days=overlap)
            root = ws.office.rotate_own(overlap=days, keep_old=not drop_old, pkcs11=held)
            _rotated_office(ws, root, terminal)
        elif ws.has_office or request is not None:
            data = None if request is None else read_file(request)
            days = timedelta(days=overlap)
            entry = ws.office.rotate(code or _the_one(ws), data, overlap=days, pkcs11=held)
            _rotated(ws, entry, terminal)
        else:
            destination(out)
            _hand_in(ws, write_whole(out, ws.request_next_key(code, held=held)), terminal)


def _rotated_office(ws: Workspace, root: Root, terminal: Terminal) -> None:
    facts = {"version": root.version, "fingerprint": root.fingerprint}
    terminal.done(terminal.text("cli.key.rotated_office", **facts))
    terminal.say(terminal.text("cli.key.hand_out_root"))
    hand_out(ws, terminal)


def _the_one(ws: Workspace) -> str:
    codes = ws.office.codes()
    if len(codes) != 1:
        raise WorkspaceError("workspace.which_producer", codes=", ".join(codes) or "–")
    return codes[0]


def _rotated(ws: Workspace, entry: KeyEntry, terminal: Terminal) -> None:
    name, code = holder_of(entry, terminal.language)
    facts = {"name": name, "code": code, "key": entry.thumbprint[:16]}
    terminal.done(terminal.text("cli.key.rotated", **facts))
    trust = ws.trust
    before = keys_of(trust, entry.issuer)[1]
    if not trust.revocations_of(before):
        terminal.say(terminal.text("cli.key.retires", until=before.sign_until))
    hand_out(ws, terminal)


def _hand_in(ws: Workspace, path: Path, terminal: Terminal) -> None:
    """Say that a request was written, for which key, and what becomes of it."""
    key = RegistrationRequest.parse(path.read_bytes()).public_key
    terminal.done(terminal.text("cli.key.requested", path=path, key=key.thumbprint.hex()[:16]))
    terminal.say(terminal.text("cli.key.request_next", folder=ws.folder))
