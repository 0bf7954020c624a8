"""What follows ``label print``: resume, reprint, duplicate, runs, prove."""

import re
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from ocoptrace.cli.label_print import check_place, tell_run, write_run
from ocoptrace.cli.options import destination, open_workspace, read_file
from ocoptrace.cli.terminal import Terminal
from ocoptrace.errors import InputError

__all__ = ["add"]

_CODE = re.compile(r"[0-9A-HJKMNP-TV-Z]{12}")
_RANGE = re.compile(r"([0-9]{1,9})(?:-([0-9]{1,9}))?")


def add(label: typer.Typer, terminal: Terminal) -> None:
    """Add the commands."""
    text = terminal.text
    out_option = typer.Option("--out", "-o", help=text("cli.option.out"))
    json_option = typer.Option("--json", help=text("cli.option.json"))
    workspace_option = typer.Option("--workspace", "-w", help=text("cli.option.workspace"))
    check_option = typer.Option("--no-check", help=text("cli.label.no_check"))
    run_argument = typer.Argument(help=text("cli.label.run"))

    @label.command(help=text("cli.label.resume"))
    def resume(
        run: Annotated[str, run_argument],
        *,
        out: Annotated[Path | None, out_option] = None,
        no_check: Annotated[bool, check_option] = False,
        workspace: Annotated[Path | None, workspace_option] = None,
    ) -> None:
        code, path = _run_of(run)
        path = out or path or Path("stickers.pdf")
        destination(path)
        opened = open_workspace(workspace, terminal).label_run_of(code)
        write_run(terminal, opened, path, check=not no_check)
        done = text("cli.label.resumed", run=code, count=len(opened.serials))
        tell_run(terminal, path, done)

    @label.command(help=text("cli.label.duplicate"))
    def duplicate(
        run: Annotated[str, run_argument],
        *,
        out: Annotated[Path, out_option] = Path("stickers.pdf"),
        no_check: Annotated[bool, check_option] = False,
        workspace: Annotated[Path | None, workspace_option] = None,
    ) -> None:
        code, _ = _run_of(run)
        destination(out)
        opened = open_workspace(workspace, terminal).label_run_of(code)
        write_run(terminal, opened, out, check=not no_check, again=True)
        done = text("cli.label.duplicated", run=code, count=len(opened.serials))
        tell_run(terminal, out, done)

    @label.command(help=text("cli.label.reprint"))
    def reprint(
        run: Annotated[str, run_argument],
        *,
        labels: Annotated[str | None, typer.Option(help=text("cli.label.labels"))] = None,
        page: Annotated[int | None, typer.Option(help=text("cli.label.page"))] = None,
        out: Annotated[Path, out_option] = Path("reprint.pdf"),
        no_check: Annotated[bool, check_option] = False,
        workspace: Annotated[Path | None, workspace_option] = None,
    ) -> None:
        from ocoptrace.labels.manifest import manifest_path

        code, path = _run_of(run)
        check_place(out)
        ws = open_workspace(workspace, terminal)
        spoilt = ws.label_run_of(code)
        if (labels is None) == (page is None):
            raise InputError("cli.label_which")
        first, last = _range(labels) if labels else spoilt.labels_on(page or 0)
        new = ws.reprint(code, first=first, last=last)
        terminal.findings(new.findings)
        if path is not None:
            spoilt.renew_manifest(manifest_path(path))
        write_run(terminal, new, out, check=not no_check)
        count = last - first + 1
        tell_run(terminal, out, text("cli.label.reprinted", count=count, run=code, new=new.code))

    @label.command(help=text("cli.label.runs"))
    def runs(
        *,
        as_json: Annotated[bool, json_option] = False,
        workspace: Annotated[Path | None, workspace_option] = None,
    ) -> None:
        found = open_workspace(workspace).label_runs()
        if as_json:
            terminal.json([asdict(line) for line in found])
            return
        for line in found:
            state = text("cli.label.run_printed" if line.is_printed else "cli.label.run_unfinished")
            facts = asdict(line) | {"state": state}
            terminal.say(text("cli.label.run_line", **facts))

    @label.command(help=text("cli.label.prove"))
    def prove(
        item: Annotated[str, typer.Argument(help=text("cli.label.item"))],
        *,
        workspace: Annotated[Path | None, workspace_option] = None,
    ) -> None:
        proof, statement = open_workspace(workspace).prove_issued(item)
        terminal.json(proof.to_json() | {"statement": statement.hex()})


def _run_of(words: str) -> tuple[str, Path | None]:
    """Return the code of a run, and the file that it is printed into, if that is known.

    Args:
        words: the code itself, or a path of the stickers or of their manifest.
    """
    if _CODE.fullmatch(words):
        return words, None
    from ocoptrace.labels.manifest import Manifest, manifest_path

    path = Path(words)
    if not path.name.endswith(".manifest.json"):
        path = manifest_path(path)
    manifest = Manifest.parse(read_file(path))
    return manifest.run, path.with_name(manifest.output)


def _range(words: str) -> tuple[int, int]:
    match = _RANGE.fullmatch(words)
    if match is None:
        raise InputError("cli.label_range", value=words)
    return int(match[1]), int(match[2] or match[1])
