"""The parts of docs/reference/cli.md that the command line itself tells."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from ocoptrace.cli.main import build_app
from ocoptrace.cli.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator

_WIDTH, _COLUMN = 88, 24
_KINDS = {
    Path: "PATH",
    int: "NUMBER",
    float: "NUMBER",
    str: "TEXT",
    list[Path]: "PATH …",  # given once for each
    list[str]: "TEXT …",
}


def commands() -> dict[str, Any]:
    """Return every command by the words that call it, groups left out."""
    return dict(_leaves(typer.main.get_command(build_app(Terminal("en"))), ()))


def texts() -> dict[str, str]:
    """Return the usage of every command as a fenced block."""
    return {f"command {name}": _usage(name, command) for name, command in commands().items()}


def _leaves(command: Any, path: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    inner = getattr(command, "commands", None)
    if inner is None:
        yield " ".join(path), command
        return
    for name, each in inner.items():
        yield from _leaves(each, (*path, name))


def _usage(name: str, command: Any) -> str:
    given = [each for each in command.params if each.param_type_name == "argument"]
    options = [each for each in command.params if each.param_type_name == "option"]
    words = [each.name.upper() if each.required else f"[{each.name.upper()}]" for each in given]
    usage = " ".join(["ocoptrace", name, *words, *(["[OPTIONS]"] if options else [])])
    rows = [*(_row(each, each.name.upper()) for each in given), *map(_option, options)]
    words = textwrap.wrap(command.help or "", _WIDTH, break_on_hyphens=False)
    lines = [usage, "", *words, *([""] if rows else []), *rows]
    return "\n".join(["```text", *lines, "```"])


def _option(option: Any) -> str:
    names = ", ".join(sorted(option.opts, key=len))
    kind = "" if option.is_flag else f" {_KINDS[option.type_descriptor.annotation]}"
    return _row(option, names + kind)


def _row(parameter: Any, names: str) -> str:
    default = parameter.default
    shown = "" if default in (None, False) or parameter.required else f" [default: {default}]"
    words = f"{parameter.help}{shown}"
    lines = textwrap.wrap(words, _WIDTH - _COLUMN, break_on_hyphens=False)
    head = f"  {names}".ljust(_COLUMN)
    if len(head) > _COLUMN:
        return "\n".join([head, *(" " * _COLUMN + line for line in lines)])
    return head + ("\n" + " " * _COLUMN).join(lines)
