"""``verify``: a record, a sheet, a photo or a link, against a trust bundle."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from ocoptrace.cli.authorities import authorities
from ocoptrace.cli.authority import Authority, judged
from ocoptrace.cli.options import kind_of, read_file
from ocoptrace.cli.terminal import Terminal
from ocoptrace.errors import InputError, LabelError
from ocoptrace.messages import Language
from ocoptrace.verify import Verdict, verify_label, verify_record, verify_statement
from ocoptrace.verify.verdict import OVERALL

__all__ = ["Found", "add", "verdicts_on"]

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
        offices = authorities(trust, root, workspace)
        try:
            found = verdicts_on(target, data, offices, now=datetime.now(UTC))
        except LabelError as error:
            # A picture that cannot be read is a verdict, not misuse (formats, section 10).
            terminal.fail(error)
            return 1
        if as_json:
            terminal.json([each.to_json(terminal.language) for each in found])
        else:
            _show(found, terminal)
        return max(each.verdict.exit_code(strict=strict) for each in found)


@dataclass(frozen=True)
class Found:
    """A link or record that was found, its verdict, and by whose word.

    Attributes:
        target: what was checked.
        verdict: what came of it.
        authority: the office whose root and bundle it goes by.
    """

    target: str
    verdict: Verdict
    authority: Authority

    def to_json(self, language: Language) -> dict[str, object]:
        """Return the verdict as JSON members, with the office that states it."""
        return self.verdict.to_json(language) | {"stated_by": self.authority.to_json(language)}


def verdicts_on(
    target: str, data: bytes | None, offices: Sequence[Authority], *, now: datetime
) -> list[Found]:
    """Return what was found in a target and the verdict on each.

    Args:
        target: a link, or the path of a file.
        data: the file's bytes; None for a link.
        offices: whose word counts.
        now: the time, aware.

    Raises:
        LabelError: a picture or PDF that cannot be read, or without a code.
        InputError: a file of no kind that is read here.
    """

    def label(link: str) -> Found:
        check = partial(verify_label, link, now=now)
        return Found(link, *judged(lambda trust: check(trust=trust), offices))

    if data is None:
        return [label(target.strip())]
    match kind_of(data, Path(target)):
        case "record":
            record = partial(verify_record, data, now=now)
            return [Found(target, *judged(lambda trust: record(trust=trust), offices))]
        case "statement":
            statement = partial(verify_statement, data, now=now)
            return [Found(target, *judged(lambda trust: statement(trust=trust), offices))]
        case "pdf" | "png" | "jpeg":
            from ocoptrace.labels import scan_file

            scans = scan_file(data)
            if not scans:
                raise LabelError("label.no_code", path=target)
            return [label(scan.text) for scan in scans]
        case "text" if links := _links(data):
            return [label(link) for link in links]
        case _:
            raise InputError("cli.not_checkable", path=target)


def _links(data: bytes) -> list[str]:
    lines = data.decode("utf-8-sig").splitlines()
    return [line.strip() for line in lines if _is_link(line)]


def _is_link(target: str) -> bool:
    return target.strip().lower().startswith(("https://", "http://"))


def _show(found: list[Found], terminal: Terminal) -> None:
    """Print the checklists of a few, or of the worst and a count of the rest."""
    if len(found) <= _MOST_CHECKLISTS:
        for each in found:
            _checklist(each, terminal)
        return
    terminal.say(terminal.text("cli.verify.codes", count=len(found)))
    for word in OVERALL:
        group = [each for each in found if each.verdict.overall == word]
        if group:
            facts = {"count": len(group), "word": word}
            terminal.heading(terminal.text("cli.verify.group", **facts))
            _checklist(group[0], terminal)


def _checklist(found: Found, terminal: Terminal) -> None:
    terminal.verdict(found.verdict, title=_short(found.target))
    if found.verdict.overall == "malformed":
        return  # nobody's word was needed
    terminal.say(terminal.text("cli.verify.stated_by", **found.authority.facts(terminal.language)))


def _short(target: str) -> str:
    link, hash_, seal = target.partition("#")
    return f"{link}{hash_}{seal[:8]}…" if len(seal) > 8 else target  # noqa: PLR2004
