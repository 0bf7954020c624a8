"""``log``: the public log: publish it, look at all of it anew, show an entry, its keys."""

import base64
from pathlib import Path
from typing import Annotated, Any

import typer

from ocoptrace.cli import log_audit, log_receipts, log_submission, log_witnesses
from ocoptrace.cli.options import open_workspace
from ocoptrace.cli.terminal import Terminal
from ocoptrace.signing import base64url
from ocoptrace.store import Stored
from ocoptrace.transparency import LogProof

__all__ = ["add"]

_BAD = 1


def add(app: typer.Typer, terminal: Terminal) -> None:
    """Add the group ``log``."""
    log = typer.Typer(help=terminal.text("cli.log.help"), no_args_is_help=True)
    app.add_typer(log, name="log")
    _add_publish(log, terminal)
    _add_verify(log, terminal)
    _add_show(log, terminal)
    _add_vkey(log, terminal)
    log_receipts.add(log, terminal)
    log_audit.add(log, terminal)
    log_witnesses.add(log, terminal)
    log_submission.add(log, terminal)


def _add_publish(log: typer.Typer, terminal: Terminal) -> None:
    text = terminal.text

    @log.command("publish", help=text("cli.log.publish"))
    def publish(
        place: Annotated[str, typer.Argument(metavar="FOLDER|s3://…", help=text("cli.log.place"))],
        *,
        rebuild: Annotated[bool, typer.Option("--rebuild", help=text("cli.log.rebuild"))] = False,
        workspace: Annotated[
            Path | None, typer.Option("--workspace", "-w", help=text("cli.option.workspace"))
        ] = None,
        as_json: Annotated[bool, typer.Option("--json", help=text("cli.option.json"))] = False,
    ) -> None:
        made = open_workspace(workspace, terminal).publish_log(place, rebuild=rebuild)
        facts = {"size": made.size, "before": made.before, "tiles": made.tiles}
        if as_json:
            terminal.json(facts)
            return
        terminal.done(text("cli.log.published", place=place, **facts))


def _add_verify(log: typer.Typer, terminal: Terminal) -> None:
    text = terminal.text

    @log.command("verify", help=text("cli.log.verify"))
    def verify(
        place: Annotated[
            str | None, typer.Argument(metavar="FOLDER|s3://…", help=text("cli.log.verify_place"))
        ] = None,
        *,
        workspace: Annotated[
            Path | None, typer.Option("--workspace", "-w", help=text("cli.option.workspace"))
        ] = None,
        as_json: Annotated[bool, typer.Option("--json", help=text("cli.option.json"))] = False,
    ) -> int:
        found = open_workspace(workspace).check_log(place)
        facts: dict[str, Any] = {
            "origin": found.origin,
            "size": found.size,
            "checkpoints": found.checkpoints,
            "tiles": found.tiles,
        }
        if as_json:
            findings = [each.to_json(terminal.language) for each in found.findings]
            terminal.json(facts | {"findings": findings})
        elif not found.findings:
            terminal.done(text("cli.log.whole", **facts))
        else:
            terminal.findings(found.findings)
            terminal.say(text("cli.log.not_whole", count=len(found.findings), **facts))
        return _BAD if found.findings else 0


def _add_show(log: typer.Typer, terminal: Terminal) -> None:
    text = terminal.text

    @log.command("show", help=text("cli.log.show"))
    def show(
        position: Annotated[int, typer.Argument(help=text("cli.log.position"))],
        *,
        workspace: Annotated[
            Path | None, typer.Option("--workspace", "-w", help=text("cli.option.workspace"))
        ] = None,
        as_json: Annotated[bool, typer.Option("--json", help=text("cli.option.json"))] = False,
    ) -> None:
        stored, proof = open_workspace(workspace).log_entry(position)
        if as_json:
            terminal.json(_json(stored, proof))
            return
        statement = stored.statement
        terminal.rows(
            (text(f"cli.log.row.{name}"), str(value))
            for name, value in (
                ("kind", statement.kind),
                ("issuer", statement.issuer),
                ("subject", statement.subject),
                ("time", f"{statement.issued_at:%Y-%m-%dT%H:%M:%SZ}"),
                ("key", statement.kid.hex()),
                ("id", statement.id.hex()),
            )
        )
        if proof is None:
            terminal.say(text("cli.log.uncovered"))
        else:
            terminal.say(text("cli.log.proof", index=position, size=proof.checkpoint.size))
            for node in proof.path:
                terminal.say(f"  {base64.b64encode(node).decode()}")
        if stored.payload is None:
            terminal.say(text("cli.log.withheld"))
        else:
            terminal.say(stored.payload.decode())


def _json(stored: Stored, proof: LogProof | None) -> dict[str, object]:
    """Return an entry, decoded, with its proof, as a record writes them."""
    statement = stored.statement
    return {
        "position": stored.position,
        "id": statement.id.hex(),
        "kind": statement.kind,
        "issuer": statement.issuer,
        "subject": statement.subject,
        "issued_at": f"{statement.issued_at:%Y-%m-%dT%H:%M:%SZ}",
        "kid": statement.kid.hex(),
        "cose": base64url.encode(statement.cose),
        "payload": None if stored.payload is None else stored.payload.decode(),
        "salt": None if stored.salt is None else base64url.encode(stored.salt),
        "proof": None
        if proof is None
        else {
            "checkpoint": str(proof.checkpoint),
            "index": proof.index,
            "path": [base64url.encode(node) for node in proof.path],
        },
    }


def _add_vkey(log: typer.Typer, terminal: Terminal) -> None:
    text = terminal.text

    @log.command("vkey", help=text("cli.log.vkey"))
    def vkey(
        *,
        workspace: Annotated[
            Path | None, typer.Option("--workspace", "-w", help=text("cli.option.workspace"))
        ] = None,
        as_json: Annotated[bool, typer.Option("--json", help=text("cli.option.json"))] = False,
    ) -> None:
        ws = open_workspace(workspace, terminal)
        own, *witnesses = (str(key) for key in ws.log_keys())
        if as_json:
            terminal.json({"origin": ws.log_origin, "vkey": own, "witnesses": witnesses})
            return
        for key in (own, *witnesses):
            terminal.say(key)
