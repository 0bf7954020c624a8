"""``trust pin``, ``update``, ``show``: whom this machine goes by; a person decides it, once."""

from pathlib import Path
from typing import Annotated

import typer

from ocoptrace.cli import certificates, office, root_ceremony
from ocoptrace.cli.authorities import authorities, of_workspace, update_pinned
from ocoptrace.cli.authority import Authority
from ocoptrace.cli.key_names import holder_of
from ocoptrace.cli.options import find_workspace, located, open_workspace, read_file
from ocoptrace.cli.pinned_roots import PinnedRoot, following, pinned_as
from ocoptrace.cli.terminal import Terminal
from ocoptrace.messages import Language
from ocoptrace.signing import Root, TrustBundle

__all__ = ["add"]


def add(app: typer.Typer, terminal: Terminal) -> None:
    """Add the group ``trust``, the office's commands included."""
    trust = typer.Typer(help=terminal.text("cli.trust.help"), no_args_is_help=True)
    app.add_typer(trust, name="trust")
    _add_pin(trust, terminal)
    _add_update(trust, terminal)
    _add_show(trust, terminal)
    office.add(trust, terminal)
    root_ceremony.add(trust, terminal)
    certificates.add(trust, terminal)


def _add_pin(trust: typer.Typer, terminal: Terminal) -> None:
    text = terminal.text

    @trust.command("pin", help=text("cli.trust.pin"))
    def pin(
        root: Annotated[Path, typer.Argument(help=text("cli.option.root"))],
        *,
        bundle: Annotated[Path | None, typer.Option(help=text("cli.option.trust"))] = None,
        yes: Annotated[bool, typer.Option("--yes", help=text("cli.trust.yes"))] = False,
    ) -> None:
        data = read_file(root)
        bundle_data = None if bundle is None else read_file(bundle)
        with located(f"{root}: "):
            given = Root.load(data)
            pinned = pinned_as(given) or following(data)
        terminal.say(text("cli.trust.fingerprint", fingerprint=given.fingerprint))
        if pinned is None:
            if not yes:
                typer.confirm(text("cli.trust.ask"), abort=True)
            if bundle_data is not None:
                # Two files of different offices are refused before one of them is pinned.
                with located(f"{bundle}: "):
                    TrustBundle.load(bundle_data, root=given)
            pinned = PinnedRoot.new(data)
        if bundle_data is not None:
            with located(f"{bundle}: "):
                pinned.load(bundle_data)
        terminal.done(text("cli.trust.pinned", folder=pinned.folder))


def _add_update(trust: typer.Typer, terminal: Terminal) -> None:
    text = terminal.text
    workspace_option = typer.Option("--workspace", "-w", help=text("cli.option.workspace"))

    @trust.command("update", help=text("cli.trust.update"))
    def update(
        files: Annotated[list[Path], typer.Argument(help=text("cli.trust.files"))],
        *,
        workspace: Annotated[Path | None, workspace_option] = None,
    ) -> None:
        data = {path: read_file(path) for path in files}
        found = find_workspace(workspace)
        ws = None if found is None else open_workspace(found)
        # A workspace that happens to be here, with an office of its own, is not meant.
        if ws is not None and (workspace is not None or not ws.has_office):
            ws.update_trust(data.values())
            offices = [of_workspace(ws)]
        else:
            offices = update_pinned(data)
        for office_ in offices:
            terminal.done(text("cli.trust.updated", **office_.facts(terminal.language)))
        if not offices:
            terminal.done(text("cli.trust.updated_roots"))


def _add_show(trust: typer.Typer, terminal: Terminal) -> None:
    text = terminal.text
    workspace_option = typer.Option("--workspace", "-w", help=text("cli.option.workspace"))

    @trust.command("show", help=text("cli.trust.show"))
    def show(
        *,
        workspace: Annotated[Path | None, workspace_option] = None,
        as_json: Annotated[bool, typer.Option("--json", help=text("cli.option.json"))] = False,
    ) -> None:
        found = authorities(None, None, workspace)
        if as_json:
            terminal.json([_json(authority, terminal.language) for authority in found])
            return
        for authority in found:
            terminal.say(text("cli.trust.office", **authority.facts(terminal.language)))
            terminal.say(text("cli.trust.bundle", **authority.facts(terminal.language)))
            terminal.rows(
                (e.role, holder_of(e, terminal.language)[0], e.issuer, e.thumbprint[:16])
                for e in authority.bundle.keys
            )
        if find_workspace(workspace) is not None:
            terminal.findings(open_workspace(workspace).due())


def _json(authority: Authority, language: Language) -> dict[str, object]:
    """Return the trust bundle as it was signed, with the office that it is of."""
    bundle = authority.bundle.model_dump(mode="json", by_alias=True)
    return bundle | {"stated_by": authority.to_json(language)}
