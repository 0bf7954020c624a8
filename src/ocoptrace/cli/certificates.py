"""``trust certify``: whom a licensed CA names as the holder of a key, noted in the trust bundle."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from ocoptrace.cli.key_names import held_by, holder_of
from ocoptrace.cli.office import hand_out
from ocoptrace.cli.options import located, open_workspace, read_file
from ocoptrace.cli.terminal import Terminal
from ocoptrace.errors import WorkspaceError

__all__ = ["add"]

Item = TypeVar("Item")


def add(trust: typer.Typer, terminal: Terminal) -> None:
    """Add the commands to the group ``trust``."""
    text = terminal.text
    workspace_option = typer.Option("--workspace", "-w", help=text("cli.option.workspace"))

    @trust.command("certify", help=text("cli.trust.certify"))
    def certify(
        binding: Annotated[Path, typer.Argument(help=text("cli.trust.binding"))],
        *,
        ca: Annotated[list[Path], typer.Option(help=text("cli.trust.ca"))],
        between: Annotated[list[Path] | None, typer.Option(help=text("cli.trust.between"))] = None,
        crl: Annotated[list[Path] | None, typer.Option(help=text("cli.trust.crl"))] = None,
        status_seen: Annotated[
            bool, typer.Option("--status-seen", help=text("cli.trust.status_seen"))
        ] = False,
        yes: Annotated[bool, typer.Option("--yes", help=text("cli.option.yes"))] = False,
        workspace: Annotated[Path | None, workspace_option] = None,
    ) -> None:
        # What reads certificates is loaded by the commands that do.
        from ocoptrace.signing.certificate import read_certificates
        from ocoptrace.signing.certificate_chain import read_revocation_lists
        from ocoptrace.signing.key_binding import KeyBinding
        from ocoptrace.workspace.certifying import note_of

        data = read_file(binding)
        with located(f"{binding}: "):
            bound = KeyBinding.parse(data)
        ws = open_workspace(workspace, terminal)
        note = note_of(
            bound,
            anchors=_read(ca, read_certificates),
            between=_read(between or (), read_certificates),
            lists=_read(crl or (), read_revocation_lists),
            status_seen=status_seen,
            now=datetime.now(UTC),
        )
        listed = held_by(ws.trust, bound.thumbprint)
        if not listed:
            facts = {"key": bound.thumbprint[:16], "issuer": bound.issuer}
            raise WorkspaceError("workspace.binding_of_another", **facts)
        name, code = holder_of(listed[0], terminal.language)
        terminal.say(text("cli.trust.certifying", name=name, code=code))
        terminal.say(text("cli.trust.certified_as", subject=note.subject, ca=note.issuer))
        if not yes:
            typer.confirm(text("cli.trust.ask_certify"), abort=True)
        ws.office.certify(bound, note)
        terminal.done(text("cli.trust.certified", serial=note.serial))
        hand_out(ws, terminal)

    @trust.command("uncertify", help=text("cli.trust.uncertify"))
    def uncertify(
        key: Annotated[str, typer.Argument(help=text("cli.argument.key"))],
        *,
        workspace: Annotated[Path | None, workspace_option] = None,
    ) -> None:
        ws = open_workspace(workspace, terminal)
        name, code = holder_of(ws.office.drop_certificate(key), terminal.language)
        terminal.done(text("cli.trust.uncertified", name=name, code=code))
        hand_out(ws, terminal)


def _read(paths: Sequence[Path], read: Callable[[bytes], tuple[Item, ...]]) -> list[Item]:
    """Return what stands in some files."""
    found: list[Item] = []
    for path in paths:
        with located(f"{path}: "):
            found += read(read_file(path))
    return found
