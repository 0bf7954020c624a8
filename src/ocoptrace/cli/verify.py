"""``verify``: a record, a sheet, a photo or a link, against a trust bundle."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from ocoptrace.cli.options import kind_of, read_file
from ocoptrace.cli.terminal import Terminal
from ocoptrace.cli.trust import load_trust
from ocoptrace.errors import InputError, LabelError
from ocoptrace.signing import TrustBundle
from ocoptrace.verify import Verdict, verify_label, verify_record
from ocoptrace.verify.verdict import OVERALL

__all__ = ["add", "verdicts_on"]

_MOST_CHECKLISTS = 3


def add(app: typer.Typer, terminal: Terminal) -> None:
    """Add the command."""
    text = terminal.text

    @app.command("verify", help=text("cli.verify.help"))
    def verify(
        target: Annotated[str, typer.Argument(help=text("cli.verify.target"))],
        *,
        trust: Annotated[Path | None, typer.Option(help=text("cli.option.trust"))] = None,
        root: Annotated[Path | None, typer.Option(help=text("cli.option.root"))] = None,
        workspace: Annotated[
            Path | None, typer.Option("--workspace", "-w", help=text("cli.option.workspace"))
        ] = None,
        strict: Annotated[bool, typer.Option("--strict", help=text("cli.verify.strict"))] = False,
        as_json: Annotated[bool, typer.Option("--json", help=text("cli.option.json"))] = False,
    ) -> int:
        data = None if _is_link(target) else read_file(Path(target))
        bundle = load_trust(trust, root, workspace)
        try:
            verdicts = verdicts_on(target, data, bundle, now=datetime.now(UTC))
        except LabelError as error:
            # A picture that cannot be read is a verdict, not misuse (formats, section 10).
            terminal.fail(error)
            return 1
        if as_json:
            terminal.json([verdict.to_json(terminal.language) for _, verdict in verdicts])
        else:
            _show(verdicts, terminal)
        return max(verdict.exit_code(strict=strict) for _, verdict in verdicts)


def verdicts_on(
    target: str, data: bytes | None, trust: TrustBundle, *, now: datetime
) -> list[tuple[str, Verdict]]:
    """Return what was found in a target and the verdict on each.

    Args:
        target: a link, or the path of a file.
        data: the file's bytes; None for a link.
        trust: the trust bundle.
        now: the time, aware.

    Raises:
        LabelError: a picture or PDF that cannot be read, or without a code.
        InputError: a file of no kind that is read here.
    """
    if data is None:
        return [(target, verify_label(target.strip(), trust=trust, now=now))]
    match kind_of(data, Path(target)):
        case "record":
            return [(target, verify_record(data, trust=trust, now=now))]
        case "pdf" | "png" | "jpeg":
            from ocoptrace.labels import scan_file

            scans = scan_file(data)
            if not scans:
                raise LabelError("label.no_code", path=target)
            return [(s.text, verify_label(s.text, trust=trust, now=now)) for s in scans]
        case "text" if links := _links(data):
            return [(link, verify_label(link, trust=trust, now=now)) for link in links]
        case _:
            raise InputError("cli.not_checkable", path=target)


def _links(data: bytes) -> list[str]:
    lines = data.decode("utf-8-sig").splitlines()
    return [line.strip() for line in lines if _is_link(line)]


def _is_link(target: str) -> bool:
    return target.strip().lower().startswith(("https://", "http://"))


def _show(verdicts: list[tuple[str, Verdict]], terminal: Terminal) -> None:
    """Print the checklists of a few, or of the worst and a count of the rest."""
    ranked = sorted(verdicts, key=lambda pair: OVERALL.index(pair[1].overall))
    if len(ranked) <= _MOST_CHECKLISTS:
        for target, verdict in verdicts:
            terminal.verdict(verdict, title=_short(target))
        return
    terminal.say(terminal.text("cli.verify.codes", count=len(ranked)))
    for word in OVERALL:
        group = [pair for pair in ranked if pair[1].overall == word]
        if group:
            target, verdict = group[0]
            facts = {"count": len(group), "word": word}
            terminal.heading(terminal.text("cli.verify.group", **facts))
            terminal.verdict(verdict, title=_short(target))


def _short(target: str) -> str:
    link, hash_, seal = target.partition("#")
    return f"{link}{hash_}{seal[:8]}…" if len(seal) > 8 else target  # noqa: PLR2004
