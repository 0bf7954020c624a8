"""The way in: language, commands, and what an error becomes.

Exit codes (formats, section 10): 0 good; 1 a verdict that is not; 2 misuse or bad input;
3 the environment. 70 is a fault of ours.
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from typer import rich_utils

from ocoptrace.cli import (
    commands,
    demo_command,
    epcis,
    export,
    gs1,
    key,
    label,
    log,
    serve,
    trust,
    verify,
    witness,
)
from ocoptrace.cli.misuse import misuse
from ocoptrace.cli.passphrase import go_by_file
from ocoptrace.cli.terminal import Terminal
from ocoptrace.errors import InputError, OcopTraceError, StorageError
from ocoptrace.messages import LANGUAGES, choose_language

__all__ = ["build_app", "main"]

_MISUSE, _ENVIRONMENT, _OUR_FAULT, _INTERRUPTED = 2, 3, 70, 130


def build_app(terminal: Terminal) -> typer.Typer:
    """Return the commands, their help in the terminal's language."""
    app = typer.Typer(
        name="ocoptrace",
        help=terminal.text("cli.help"),
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode="rich",
    )

    # Both are looked for before the commands are built; here they are only named and checked.
    @app.callback()
    def options(
        *,
        lang: Annotated[str | None, typer.Option(help=terminal.text("cli.option.lang"))] = None,
        debug: Annotated[  # noqa: ARG001 - read where errors are caught
            bool, typer.Option("--debug", help=terminal.text("cli.option.debug"))
        ] = False,
        passphrase_file: Annotated[
            Path | None, typer.Option(help=terminal.text("cli.option.passphrase_file"))
        ] = None,
    ) -> None:
        if passphrase_file is not None:
            go_by_file(passphrase_file)
        if lang is not None and lang[:2].lower() not in LANGUAGES:
            raise InputError("cli.unknown_language", value=lang, known=", ".join(LANGUAGES))

    for module in (
        demo_command,
        commands,
        export,
        label,
        verify,
        serve,
        key,
        trust,
        log,
        witness,
        gs1,
        epcis,
    ):
        module.add(app, terminal)
    return app


def _speak(terminal: Terminal) -> None:
    """Let typer's own headings speak the terminal's language; it keeps them in globals."""
    rich_utils.ARGUMENTS_PANEL_TITLE = terminal.text("cli.panel.arguments")
    rich_utils.OPTIONS_PANEL_TITLE = terminal.text("cli.panel.options")
    rich_utils.COMMANDS_PANEL_TITLE = terminal.text("cli.panel.commands")


def main(argv: Sequence[str] | None = None) -> None:
    """Run the command line and end the process with its exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # A terminal that cannot show a Vietnamese letter shows "?", and goes on.
            stream.reconfigure(errors="replace")
    terminal = Terminal(choose_language(_given(arguments, "--lang"), os.environ))
    _speak(terminal)
    sys.exit(_run(arguments, terminal, debug="--debug" in arguments))


def _run(arguments: list[str], terminal: Terminal, *, debug: bool) -> int:
    try:
        result: Any = build_app(terminal)(
            args=arguments, prog_name="ocoptrace", standalone_mode=False
        )
    except (KeyboardInterrupt, typer.Abort):
        terminal.note(terminal.text("cli.interrupted"))
        return _INTERRUPTED
    except Exception as error:
        if debug:
            raise
        return _tell(error, terminal)
    return result if isinstance(result, int) else 0


def _tell(error: Exception, terminal: Terminal) -> int:
    """Say what went wrong and what to do, and return the exit code that it means."""
    code = _MISUSE
    match error:
        case OcopTraceError():
            told = error
            if isinstance(error, StorageError):
                code = _ENVIRONMENT
        case typer.TyperException() if not error.format_message():
            return code  # no command was given, so the help was shown
        case typer.TyperException():
            told = misuse(error)
        case OSError():
            told = StorageError("store.file", path=error.filename, reason=error.strerror)
            code = _ENVIRONMENT
        case _:
            told = OcopTraceError("cli.our_fault", kind=type(error).__name__, reason=error)
            code = _OUR_FAULT
    terminal.fail(told)
    return code


def _given(arguments: Sequence[str], option: str) -> str | None:
    """Return the value of an option that is needed before the commands are built."""
    for position, argument in enumerate(arguments):
        if argument == option and position + 1 < len(arguments):
            return arguments[position + 1]
        if argument.startswith(f"{option}="):
            return argument.partition("=")[2]
    return None
