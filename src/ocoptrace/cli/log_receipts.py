"""``log receipt``, ``log check-receipt``: the log's word for an entry, as SCITT tools read it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from ocoptrace.cli.authorities import authorities
from ocoptrace.cli.options import destination, open_workspace, read_file
from ocoptrace.cli.terminal import Terminal
from ocoptrace.errors import InputError, ProofError, SigningError
from ocoptrace.signing.bundle import Log
from ocoptrace.signing.note import VerifierKey
from ocoptrace.store import write_whole
from ocoptrace.transparency.proof import Tree
from ocoptrace.transparency.receipt import Inclusion, Receipt
from ocoptrace.transparency.transparent_statement import TransparentStatement
from ocoptrace.verify.receipts import vouched_tree

__all__ = ["add"]

_BAD = 1


def add(log: typer.Typer, terminal: Terminal) -> None:
    """Add the commands to the group ``log``."""
    _add_receipt(log, terminal)
    _add_check(log, terminal)


def _add_receipt(log: typer.Typer, terminal: Terminal) -> None:
    text = terminal.text

    @log.command("receipt", help=text("cli.log.receipt"))
    def receipt(
        position: Annotated[int, typer.Argument(help=text("cli.log.position"))],
        *,
        out: Annotated[
            Path | None, typer.Option("--out", "-o", help=text("cli.log.receipt_out"))
        ] = None,
        with_statement: Annotated[
            bool, typer.Option("--with-statement", help=text("cli.log.with_statement"))
        ] = False,
        workspace: Annotated[
            Path | None, typer.Option("--workspace", "-w", help=text("cli.option.workspace"))
        ] = None,
    ) -> None:
        path = destination(out or Path(f"receipt-{position}.cose"))
        stored, made = open_workspace(workspace, terminal).log_receipt(position)
        data = made.encode()
        if with_statement:
            data = TransparentStatement(stored.statement.cose, (made,)).encode()
        write_whole(path, data)
        facts = {"index": position, "size": made.shown.size, "path": path}
        terminal.done(text("cli.log.receipt_made", **facts))


def _add_check(log: typer.Typer, terminal: Terminal) -> None:
    text = terminal.text

    @log.command("check-receipt", help=text("cli.log.check_receipt"))
    def check_receipt(
        file: Annotated[Path, typer.Argument(help=text("cli.log.receipt_file"))],
        statement: Annotated[
            Path | None, typer.Argument(help=text("cli.log.receipt_statement"))
        ] = None,
        *,
        trust: Annotated[Path | None, typer.Option(help=text("cli.option.trust"))] = None,
        root: Annotated[Path | None, typer.Option(help=text("cli.option.root"))] = None,
        vkey: Annotated[list[str] | None, typer.Option(help=text("cli.log.audit_vkey"))] = None,
        workspace: Annotated[
            Path | None, typer.Option("--workspace", "-w", help=text("cli.option.workspace"))
        ] = None,
        as_json: Annotated[bool, typer.Option("--json", help=text("cli.option.json"))] = False,
    ) -> int:
        data, entry = read_file(file), None if statement is None else read_file(statement)
        keys = [VerifierKey.parse(each) for each in vkey or ()]
        offices = [] if keys else authorities(trust, root, workspace)
        logs = [log for office in offices for log in office.bundle.logs]
        try:
            receipt, (origin, size, tree_root) = _holding(data, entry, logs=logs, keys=keys)
        except (ProofError, SigningError) as error:
            if as_json:
                terminal.json({"holds": False, "code": error.code})
            else:
                terminal.fail(error)
            return _BAD
        shown = receipt.shown
        index = shown.index if isinstance(shown, Inclusion) else None
        facts = {"origin": origin, "index": index, "size": size, "root": tree_root.hex()}
        if as_json:
            terminal.json({"holds": True, "subject": receipt.subject} | facts)
            return 0
        terminal.done(text("cli.log.receipt_holds", **facts))
        terminal.say(text("cli.log.receipt_shows"))
        return 0


def _holding(
    data: bytes, entry: bytes | None, *, logs: Sequence[Log], keys: Sequence[VerifierKey]
) -> tuple[Receipt, Tree]:
    """Return the first receipt of a file that holds, and the tree that it vouches for.

    Raises:
        InputError: a receipt by itself, without its statement.
        ProofError: none holds; or what is there is neither a receipt nor a transparent statement.
    """
    if entry is None:
        try:
            carrying = TransparentStatement.decode(data)
        except ProofError as error:
            Receipt.decode(data)
            raise InputError("cli.log.no_statement") from error
        receipts, entry = carrying.receipts, carrying.statement
    else:
        receipts = (Receipt.decode(data),)
    refused = ProofError("proof.receipt_signature", issuer="–")
    for receipt in receipts:
        try:
            return receipt, vouched_tree(receipt, entry, logs=logs, keys=keys)
        except ProofError as error:
            refused = error
    raise refused
