"""``log serve``, ``log destination`` and ``log submit``: logs that more than one states in."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Self

import typer

from ocoptrace.cli.log_witnesses import ask_witness
from ocoptrace.cli.options import open_workspace
from ocoptrace.cli.terminal import Terminal
from ocoptrace.errors import StorageError
from ocoptrace.transparency.submission import MAX_ANSWER_BYTES, MEDIA_TYPE, Reply
from ocoptrace.workspace.retry_schedule import RetrySchedule
from ocoptrace.workspace.submitting import Pacing, SubmissionRound

__all__ = ["Sender", "add"]

_BAD, _OUT_OF_REACH = 1, 3
_MAX_DIGITS = 9


def add(log: typer.Typer, terminal: Terminal) -> None:
    """Add the commands to the group ``log``."""
    _add_serve(log, terminal)
    _add_submit(log, terminal)
    destination = typer.Typer(help=terminal.text("cli.log.destination.help"), no_args_is_help=True)
    log.add_typer(destination, name="destination")
    _add_destinations(destination, terminal)


def _add_serve(log: typer.Typer, terminal: Terminal) -> None:
    text = terminal.text

    @log.command("serve", help=text("cli.log.serve"))
    def serve(
        *,
        workspace: Annotated[
            Path | None, typer.Option("--workspace", "-w", help=text("cli.option.workspace"))
        ] = None,
        bind: Annotated[str, typer.Option(help=text("cli.serve.bind"))] = "127.0.0.1",
        port: Annotated[int, typer.Option(help=text("cli.serve.port"))] = 8090,
        every: Annotated[float, typer.Option(min=0, max=3600, help=text("cli.log.every"))] = 1.0,
    ) -> None:
        # Here, because no other command needs a server.
        from ocoptrace.cli.log_server import LogServer, Signing

        ws = open_workspace(workspace, terminal)
        ws.log_keys()  # what is locked is unlocked before anybody comes
        with (
            LogServer(ws, bind, port, at_once=every == 0, on_trouble=terminal.fail) as serving,
            Signing(serving, ask_witness, every=every or 1.0),
        ):
            where = f"http://{bind}:{serving.server_address[1]}"
            terminal.say(text("cli.log.serving", where=where, origin=ws.log_origin))
            terminal.note(text("cli.serve.stop"))
            serving.serve_forever()


def _add_destinations(destination: typer.Typer, terminal: Terminal) -> None:
    text = terminal.text
    workspace_option = typer.Option("--workspace", "-w", help=text("cli.option.workspace"))
    json_option = typer.Option("--json", help=text("cli.option.json"))

    @destination.command("add", help=text("cli.log.destination.add"))
    def add_destination(
        url: Annotated[str, typer.Argument(help=text("cli.log.destination.url"))],
        *,
        origin: Annotated[str | None, typer.Option(help=text("cli.log.destination.origin"))] = None,
        workspace: Annotated[Path | None, workspace_option] = None,
    ) -> None:
        from ocoptrace.cli.log_source import WebAddress

        WebAddress(url)  # refuses what is no address
        added = open_workspace(workspace).add_destination(url, origin)
        terminal.done(text("cli.log.destination.added", **asdict(added)))

    @destination.command("drop", help=text("cli.log.destination.drop"))
    def drop(
        origin: Annotated[str, typer.Argument(help=text("cli.log.destination.origin"))],
        *,
        workspace: Annotated[Path | None, workspace_option] = None,
    ) -> None:
        open_workspace(workspace).drop_destination(origin)
        terminal.done(text("cli.log.destination.dropped", origin=origin))

    @destination.command("list", help=text("cli.log.destination.list"))
    def list_(
        *,
        workspace: Annotated[Path | None, workspace_option] = None,
        as_json: Annotated[bool, json_option] = False,
    ) -> None:
        states = open_workspace(workspace).submissions()
        if as_json:
            terminal.json(
                [
                    asdict(each.destination)
                    | {
                        "due": each.due,
                        "proven": each.proven,
                        "refused": [
                            {"id": statement_id.hex(), "code": problem.code}
                            for statement_id, problem in each.refused
                        ],
                    }
                    for each in states
                ]
            )
            return
        for each in states:
            facts = {"due": each.due, "proven": each.proven, "refused": len(each.refused)}
            terminal.say(f"{each.destination.origin}  {each.destination.url}")
            terminal.say(f"  {text('cli.log.destination.state', **facts)}")
            for statement_id, problem in each.refused:
                terminal.say(f"  {statement_id.hex()}: {problem.text(terminal.language)}")


def _add_submit(log: typer.Typer, terminal: Terminal) -> None:
    text = terminal.text

    @log.command("submit", help=text("cli.log.submit"))
    def submit(
        *,
        again: Annotated[bool, typer.Option("--again", help=text("cli.log.again"))] = False,
        patience: Annotated[
            float, typer.Option(min=0, max=86400, help=text("cli.log.patience"))
        ] = RetrySchedule().patience,
        workspace: Annotated[
            Path | None, typer.Option("--workspace", "-w", help=text("cli.option.workspace"))
        ] = None,
        as_json: Annotated[bool, typer.Option("--json", help=text("cli.option.json"))] = False,
    ) -> int:
        pacing = Pacing(RetrySchedule(patience=patience))
        with Sender() as send:
            rounds = open_workspace(workspace).submit(send, pacing=pacing, again=again)
        if as_json:
            terminal.json([_json(each, terminal) for each in rounds])
        else:
            for each in rounds:
                _tell(each, terminal)
            if not rounds:
                terminal.say(text("cli.log.no_destination"))
        if any(each.refused or each.faults for each in rounds):
            return _BAD
        return _OUT_OF_REACH if any(each.due for each in rounds) else 0


def _tell(each: SubmissionRound, terminal: Terminal) -> None:
    text = terminal.text
    facts = {"origin": each.origin, "proven": each.proven, "due": each.due}
    done = not (each.refused or each.faults or each.due)
    (terminal.done if done else terminal.say)(text("cli.log.submitted", **facts))
    for statement_id, problem in each.refused:
        terminal.say(f"  {statement_id.hex()}: {problem.text(terminal.language)}")
    for statement_id, error in each.faults:
        words = f"{error.text(terminal.language)} {error.remedy(terminal.language)}".strip()
        terminal.say(f"  {statement_id.hex()}: {words}")
    if each.reason:
        terminal.say(f"  {text('cli.log.submit_later', reason=_reason(each.reason, terminal))}")


def _reason(reason: str, terminal: Terminal) -> str:
    if reason == "promised":
        return terminal.text("cli.log.submit_promised")
    return terminal.text(reason) if reason.startswith("submission.") else reason


def _json(each: SubmissionRound, terminal: Terminal) -> dict[str, object]:
    return {
        "origin": each.origin,
        "proven": each.proven,
        "due": each.due,
        "reason": each.reason,
        "refused": [
            {"id": statement_id.hex(), "code": problem.code, "facts": dict(problem.facts)}
            for statement_id, problem in each.refused
        ],
        "faults": [
            {"id": statement_id.hex(), "code": error.code, "text": error.text(terminal.language)}
            for statement_id, error in each.faults
        ],
    }


class Sender:
    """Sends requests of a submission; one connection to each address is kept."""

    def __init__(self) -> None:
        """Connect to nobody yet."""
        from ocoptrace.cli.log_source import WebAddress

        self._open = WebAddress
        self._addresses: dict[str, WebAddress] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for address in self._addresses.values():
            address.close()

    def __call__(self, method: str, url: str, name: str, body: bytes | None) -> Reply:
        """Send a request; status 0 where nobody answers.

        Raises:
            ProofError: the answer is longer than any.
        """
        address = self._addresses.setdefault(url, self._open(url))
        headers = {} if body is None else {"Content-Type": MEDIA_TYPE}
        try:
            status, data, told = address.exchange(
                method, name, body, limit=MAX_ANSWER_BYTES, headers=headers
            )
        except StorageError as error:
            return Reply(0, reason=str(error.facts.get("reason", error.code)))
        seconds = told.get("Retry-After", "")
        # The other form, a date, is not what a log of ours says.
        is_number = seconds.isascii() and seconds.isdigit() and len(seconds) <= _MAX_DIGITS
        return Reply(status, data, float(seconds) if is_number else 0.0)
