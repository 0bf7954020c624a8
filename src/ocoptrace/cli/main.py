"""The way in: language, commands, and what an error becomes.

Exit codes (formats, section 10): 0 good; 1 a verdict that is not; 2 misuse or bad input;
3 the environment. 70 is a fault of ours.
"""

import os
import sys
from collections.abc import Sequence
from typing import Annotated, Any

import click
import typer

from ocoptrace.cli import commands, demo_command, label, serve, trust, verify
from ocoptrace.cli.terminal import Terminal
from ocoptrace.errors import OcopTraceError, StorageError
from ocoptrace.messages import choose_language

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

    @app.callback()
    def options(
        lang: Annotated[  # noqa: ARG001 - read before the commands are built
            str | None, typer.Option(help=terminal.text("cli.option.lang"))
        ] = None,
        debug: Annotated[  # noqa: ARG001, FBT002 - read where errors are caught
            bool, typer.Option("--debug", help=terminal.text("cli.option.debug"))
        ] = False,
    ) -> None:
        pass

    for module in (demo_command, commands, label, verify, serve, trust):
        module.add(app, terminal)
    return app


def main(argv: Sequence[str] | None = None) -> None:
    """Run the command line and end the process with its exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # A terminal that cannot show a Vietnamese letter shows "?", and goes on.
            stream.reconfigure(errors="replace")
    terminal = Terminal(choose_language(_given(arguments, "--lang"), os.environ))
    sys.exit(_run(arguments, terminal, debug="--debug" in arguments))


def _run(arguments: list[str], terminal: Terminal, *, debug: bool) -> int:
    try:
        result: Any = build_app(terminal)(args=arguments, standalone_mode=False)
    except OcopTraceError as error:
        if debug:
            raise
        terminal.fail(error)
        return _ENVIRONMENT if isinstance(error, StorageError) else _MISUSE
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.ClickException as error:
        error.show(sys.stderr)
        return _MISUSE
    except (KeyboardInterrupt, click.Abort):
        terminal.note(terminal.text("cli.interrupted"))
        return _INTERRUPTED
    except OSError as error:
        if debug:
            raise
        terminal.fail(StorageError("store.file", path=error.filename, reason=error.strerror))
        return _ENVIRONMENT
    except Exception as error:
        if debug:
            raise
        terminal.fail(OcopTraceError("cli.our_fault", kind=type(error).__name__, reason=error))
        return _OUR_FAULT
    return result if isinstance(result, int) else 0


def _given(arguments: Sequence[str], option: str) -> str | None:
    """Return the value of an option that is needed before the commands are built."""
    for position, argument in enumerate(arguments):
        if argument == option and position + 1 < len(arguments):
            return arguments[position + 1]
        if argument.startswith(f"{option}="):
            return argument.partition("=")[2]
    return None
