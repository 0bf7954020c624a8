"""``trust``: which root this machine goes by, pinned by a person, never found by itself."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from ocoptrace.cli.options import find_workspace, located, open_workspace, read_file
from ocoptrace.cli.terminal import Terminal
from ocoptrace.errors import InputError, OcopTraceError, SigningError
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
        *,
        bundle: Annotated[Path | None, typer.Option(help=text("cli.option.trust"))] = None,
        yes: Annotated[bool, typer.Option("--yes", help=text("cli.trust.yes"))] = False,
    ) -> None:
        data = read_file(root)
        with located(f"{root}: "):
            pinned = Root.load(data)
        terminal.say(text("cli.trust.fingerprint", fingerprint=pinned.fingerprint))
        if not yes and not typer.confirm(text("cli.trust.ask")):
            raise typer.Exit(2)
        name = pinned.fingerprint.replace(" ", "")[:16]
        folder = _pinned_folder() / name
        if bundle is not None:
            bundle_data = read_file(bundle)
            kept = folder / "bundle.json"
            seen = _vouched(kept, [pinned]).version if kept.is_file() else None
            with located(f"{bundle}: "):
                TrustBundle.load(bundle_data, root=pinned, previous_version=seen)
            write_whole(folder / "bundle.json", bundle_data)
        write_whole(folder / "root.json", data)
        terminal.done(text("cli.trust.pinned", folder=folder))

    @trust.command("show", help=text("cli.trust.show"))
    def show(
        *,
        workspace: Annotated[
            Path | None, typer.Option("--workspace", "-w", help=text("cli.option.workspace"))
        ] = None,
        as_json: Annotated[bool, typer.Option("--json", help=text("cli.option.json"))] = False,
    ) -> None:
        bundle = load_trust(None, None, workspace)
        if as_json:
            terminal.json(bundle.model_dump(mode="json", by_alias=True))
            return
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
                return _vouched(folder / "bundle.json", [_root(folder / "root.json")])
        raise InputError("cli.no_trust")
    if bundle is None:
        raise InputError("cli.root_without_bundle")
    return _vouched(bundle, [_root(root)] if root is not None else list(_roots(workspace)))


def _vouched(path: Path, roots: Sequence[Root]) -> TrustBundle:
    """Return the bundle of a file, by the first root that vouches for it."""
    data = read_file(path)
    refused: OcopTraceError = InputError("cli.no_root", path=path)
    for root in roots:
        try:
            with located(f"{path}: "):
                return TrustBundle.load(data, root=root)
        except SigningError as error:
            refused = error
    raise refused


def _root(path: Path) -> Root:
    data = read_file(path)
    with located(f"{path}: "):
        return Root.load(data)


def _roots(workspace: Path | None) -> Iterator[Root]:
    if find_workspace(workspace) is not None:
        yield open_workspace(workspace).root
    for folder in _pinned():
        yield _root(folder / "root.json")


def _pinned() -> list[Path]:
    folder = _pinned_folder()
    return sorted(file.parent for file in folder.glob("*/root.json"))


def _pinned_folder() -> Path:
    config = os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    return Path(config) / "ocoptrace" / "roots"
