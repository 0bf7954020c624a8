"""``trust``: which root this machine goes by, pinned by a person, never found by itself."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from ocoptrace.cli.options import find_workspace, open_workspace, read_file
from ocoptrace.cli.terminal import Terminal
from ocoptrace.errors import InputError, SigningError
from ocoptrace.signing import Root, TrustBundle
from ocoptrace.store import write_whole

__all__ = ["add", "load_trust"]


def add(app: typer.Typer, terminal: Terminal) -> None:
    """Add the commands."""
    text = terminal.text
    trust = typer.Typer(help=text("cli.trust.help"), no_args_is_help=True)
    app.add_typer(trust, name="trust")

    @trust.command("pin", help=text("cli.trust.pin"))
    def pin(
        root: Annotated[Path, typer.Argument(help=text("cli.option.root"))],
        bundle: Annotated[Path | None, typer.Option(help=text("cli.option.trust"))] = None,
        yes: Annotated[bool, typer.Option("--yes", help=text("cli.trust.yes"))] = False,  # noqa: FBT002
    ) -> None:
        data = read_file(root)
        pinned = Root.load(data)
        terminal.say(text("cli.trust.fingerprint", fingerprint=pinned.fingerprint))
        if not yes and not typer.confirm(text("cli.trust.ask")):
            raise typer.Exit(2)
        name = pinned.fingerprint.replace(" ", "")[:16]
        folder = _pinned_folder() / name
        if bundle is not None:
            bundle_data = read_file(bundle)
            TrustBundle.load(bundle_data, root=pinned)
            write_whole(folder / "bundle.json", bundle_data)
        write_whole(folder / "root.json", data)
        terminal.done(text("cli.trust.pinned", folder=folder))

    @trust.command("show", help=text("cli.trust.show"))
    def show(
        workspace: Annotated[
            Path | None, typer.Option("--workspace", "-w", help=text("cli.option.workspace"))
        ] = None,
    ) -> None:
        bundle = load_trust(None, None, workspace)
        facts = {"version": bundle.version, "issued": bundle.issued, "expires": bundle.expires}
        terminal.say(text("cli.trust.bundle", **facts))
        terminal.rows(
            (e.role, e.name.get(terminal.language, e.issuer), e.issuer, e.thumbprint[:16])
            for e in bundle.keys
        )


def load_trust(bundle: Path | None, root: Path | None, workspace: Path | None) -> TrustBundle:
    """Return the trust bundle to go by: the file given, the workspace's, or the pinned one.

    Args:
        bundle: a bundle file, or None.
        root: a root file that the user vouches for, or None for what is pinned.
        workspace: a workspace, or None for the usual places.

    Raises:
        InputError: no bundle, or none that a pinned root vouches for.
    """
    if bundle is None and root is None:
        if find_workspace(workspace) is not None:
            return open_workspace(workspace).trust
        for folder in _pinned():
            if (folder / "bundle.json").is_file():
                data = (folder / "bundle.json").read_bytes()
                return TrustBundle.load(data, root=Root.load((folder / "root.json").read_bytes()))
        raise InputError("cli.no_trust")
    if bundle is None:
        raise InputError("cli.root_without_bundle")
    data = read_file(bundle)
    roots = [Root.load(read_file(root))] if root is not None else list(_roots(workspace))
    refused: SigningError | None = None
    for candidate in roots:
        try:
            return TrustBundle.load(data, root=candidate)
        except SigningError as error:
            refused = error
    raise refused or InputError("cli.no_root", path=bundle)


def _roots(workspace: Path | None) -> Iterator[Root]:
    if find_workspace(workspace) is not None:
        yield open_workspace(workspace).root
    for folder in _pinned():
        yield Root.load((folder / "root.json").read_bytes())


def _pinned() -> list[Path]:
    folder = _pinned_folder()
    return sorted(p for p in folder.iterdir() if (p / "root.json").is_file()) if folder.is_dir() else []


def _pinned_folder() -> Path:
    config = os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    return Path(config) / "ocoptrace" / "roots"
