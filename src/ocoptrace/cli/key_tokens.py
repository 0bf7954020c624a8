"""``key tokens``, ``key new --pkcs11``: keys on cards, USB tokens and security modules."""

from pathlib import Path
from typing import Annotated

import typer

from ocoptrace.cli.options import destination
from ocoptrace.cli.pin import module_named, pin_from
from ocoptrace.cli.terminal import Terminal
from ocoptrace.errors import StorageError
from ocoptrace.store import write_token_key
from ocoptrace.store.token_signer import make_token_key, token_keys
from ocoptrace.store.token_uri import SCHEME, TokenUri

__all__ = ["add", "make"]


def add(key: typer.Typer, terminal: Terminal) -> None:
    """Add the command to the group ``key``."""
    text = terminal.text

    @key.command("tokens", help=text("cli.key.tokens"))
    def tokens(
        uri: Annotated[str, typer.Argument(help=text("cli.key.tokens_uri"))] = SCHEME,
        *,
        login: Annotated[bool, typer.Option("--login", help=text("cli.key.login"))] = False,
        as_json: Annotated[bool, typer.Option("--json", help=text("cli.option.json"))] = False,
    ) -> None:
        meant = TokenUri.parse(module_named(uri))
        found = token_keys(meant, pin=pin_from(terminal) if login else None)
        if as_json:
            terminal.json(
                [
                    {"uri": str(each.uri), "thumbprint": each.public_key.thumbprint.hex()}
                    for each in found
                ]
            )
            return
        if not found:
            terminal.say(text("cli.key.no_tokens"))
        for each in found:
            terminal.say(f"{each.public_key.thumbprint.hex()[:16]}  {each.uri}")


def make(terminal: Terminal, file: Path, uri: str) -> None:
    """Make a key on a token, and a key file that says where it is.

    Raises:
        StorageError: the file exists, or the token refuses.
    """
    if destination(file).exists():
        # Asked before the token makes a key that nobody asked for.
        raise StorageError("store.key_exists", path=file)
    signer = make_token_key(TokenUri.parse(module_named(uri)), pin=pin_from(terminal))
    write_token_key(file, signer.uri, signer.public_key)
    facts = {"algorithm": "ES256", "thumbprint": signer.public_key.thumbprint.hex()}
    terminal.done(terminal.text("cli.key.made", file=file, **facts))
    terminal.say(terminal.text("cli.key.on_token", uri=signer.uri))
