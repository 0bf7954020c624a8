"""What the parser of the command line refuses, in words of ours and in both languages."""

import re
from typing import Any

import typer

from ocoptrace.errors import InputError

__all__ = ["misuse"]

# By name: typer offers the classes themselves only in part.
_CODES = {
    "BadOptionUsage": "cli.option_alone",
    "BadParameter": "cli.not_a_number",
    "MissingParameter": "cli.argument_missing",
    "NoSuchOption": "cli.no_such_option",
}
_QUOTED = re.compile(r"'(.+)'|\((.+)\)")


def misuse(error: typer.TyperException) -> InputError:
    """Return what the parser refuses as an error with a message and a remedy."""
    context: Any = getattr(error, "ctx", None)
    command = context.command_path if context else "ocoptrace"
    known = ", ".join(getattr(context and context.command, "commands", ()))
    otherwise = "cli.no_such_command" if known else "cli.too_much"
    code = _CODES.get(type(error).__name__, otherwise)
    return InputError(code, what=_what(error), command=command, known=known)


def _what(error: Any) -> str:
    """Return the word that the parser stumbled over."""
    if option := getattr(error, "option_name", None):
        return str(option)
    if parameter := getattr(error, "param", None):
        return str(parameter.opts[0])
    quoted = _QUOTED.search(error.message)
    return next(filter(None, quoted.groups())) if quoted else str(error.message)
