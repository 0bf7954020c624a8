"""``log witness`` and ``log cosign``: the log's outside witnesses, and asking them."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from ocoptrace.cli.options import open_workspace
from ocoptrace.cli.terminal import Terminal
from ocoptrace.errors import ProofError, StorageError

__all__ = ["add", "ask_witness"]

_BAD, _OUT_OF_REACH = 1, 3
_MAX_ANSWER_BYTES = 64 * 1024


def add(log: typer.Typer, terminal: Terminal) -> None:
    """Add the commands to the group ``log``."""
    text = terminal.text
    witness = typer.Typer(help=text("cli.log.witness.help"), no_args_is_help=True)
    log.add_typer(witness, name="witness")
    workspace_option = typer.Option("--workspace", "-w", help=text("cli.option.workspace"))
    json_option = typer.Option("--json", help=text("cli.option.json"))

    @witness.command("add", help=text("cli.log.witness.add"))
    def add_witness(
        vkey: Annotated[str, typer.Argument(help=text("cli.log.witness.vkey"))],
        url: Annotated[str, typer.Argument(help=text("cli.log.witness.url"))],
        *,
        workspace: Annotated[Path | None, workspace_option] = None,
    ) -> None:
        from ocoptrace.cli.log_source import WebAddress

        WebAddress(url)  # refuses what is no address
        ws = open_workspace(workspace, terminal)
        ws.add_witness(vkey, url)
        terminal.done(text("cli.log.witness.added", url=url))
        if not ws.has_office:
            terminal.say(text("cli.log.witness.listed_by_office"))

    @witness.command("drop", help=text("cli.log.witness.drop"))
    def drop(
        name: Annotated[str, typer.Argument(help=text("cli.log.witness.name"))],
        *,
        workspace: Annotated[Path | None, workspace_option] = None,
    ) -> None:
        open_workspace(workspace).drop_witness(name)
        terminal.done(text("cli.log.witness.dropped", name=name))

    @witness.command("list", help=text("cli.log.witness.list"))
    def list_(
        *,
        workspace: Annotated[Path | None, workspace_option] = None,
        as_json: Annotated[bool, json_option] = False,
    ) -> None:
        known = open_workspace(workspace).outside_witnesses()
        if as_json:
            terminal.json([asdict(each) for each in known])
            return
        terminal.rows((each.name, each.url, str(each.size)) for each in known)

    _add_cosign(log, terminal)


def _add_cosign(log: typer.Typer, terminal: Terminal) -> None:
    text = terminal.text

    @log.command("cosign", help=text("cli.log.cosign"))
    def cosign(
        *,
        workspace: Annotated[
            Path | None, typer.Option("--workspace", "-w", help=text("cli.option.workspace"))
        ] = None,
        as_json: Annotated[bool, typer.Option("--json", help=text("cli.option.json"))] = False,
    ) -> int:
        answers = open_workspace(workspace, terminal).cosign_log(ask_witness)
        if as_json:
            terminal.json([asdict(each) for each in answers])
        else:
            for each in answers:
                outcome = each.outcome if each.status else "unreachable"
                words = text(f"cli.log.cosigned.{outcome}", **asdict(each))
                (terminal.done if outcome == "signed" else terminal.say)(words)
            if not answers:
                terminal.say(text("cli.log.no_witnesses"))
        if any(each.outcome != "signed" and each.status for each in answers):
            return _BAD
        return _OUT_OF_REACH if any(not each.status for each in answers) else 0


def ask_witness(url: str, body: str) -> tuple[int, str]:
    """Send a request to a witness; status 0 where nobody answers, or not in a witness's words."""
    from ocoptrace.cli.log_source import WebAddress

    try:
        status, data = WebAddress(url).ask(
            "POST", "add-checkpoint", body.encode(), limit=_MAX_ANSWER_BYTES
        )
        return status, data.decode()
    except (StorageError, ProofError, UnicodeDecodeError):
        return 0, ""
