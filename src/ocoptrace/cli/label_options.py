"""How to print: the options that several commands of ``label`` share, declared once.

>>> How(used="1-3,7", dpi=203).printing(None).used
(1, 2, 3, 7)
"""

import inspect
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

import typer

from ocoptrace.cli.options import choice, configuration, find_workspace
from ocoptrace.cli.terminal import Terminal
from ocoptrace.errors import InputError

if TYPE_CHECKING:
    from ocoptrace.workspace.print_options import PrintingOptions
    from ocoptrace.workspace.printing import Printing

__all__ = ["ORDERS", "How", "slots", "texts", "with_how"]

ORDERS: tuple[Literal["rows", "columns"], ...] = ("rows", "columns")

_SLOTS = re.compile(r"([0-9]{1,4})(?:-([0-9]{1,4}))?")
_NAMED = re.compile(r"([^=]+)=(.*)", re.DOTALL)

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class How:
    """How to print, in the words of the command line; ``cli.label.<name>`` explains each."""

    template: str = "ocop-70x37"
    stock: str = "a4-3x8-70x37"
    printer: str | None = None
    dpi: int | None = None
    start_slot: int = 1
    used: str | None = None
    skip: str | None = None
    order: str = "rows"
    copies: int = 1
    image: list[str] | None = None
    crop: bool = False
    point_of_sale: bool = False
    demo: bool = False

    def printing(self, workspace: Path | None, *, sealed: int | None = None) -> "Printing":
        """Return how to print.

        Args:
            workspace: whose own templates, stock and printers are meant; None for the usual one.
            sealed: how many of the serials bear a seal; None for all.

        Raises:
            InputError: an option that is not written as it must be.
            LabelError: as ``printing_of``.
        """
        from ocoptrace.workspace.print_options import printing_of

        asked: PrintingOptions = {
            "template": self.template,
            "stock": self.stock,
            "dpi": self.dpi,
            "printer": self.printer,
            "start_slot": self.start_slot,
            "used": slots(self.used),
            "skip": slots(self.skip),
            "order": choice("--order", self.order, ORDERS),
            "copies": self.copies,
            "images": {name: Path(path) for name, path in _pairs("--image", self.image or ())},
            "crop": self.crop,
            "point_of_sale": self.point_of_sale,
            "demo": self.demo,
            "sealed": sealed,
        }
        own = find_workspace(workspace)
        homes = [configuration()] if own is None else [own, configuration()]
        return printing_of(asked, homes=homes)


def with_how(terminal: Terminal) -> Callable[[Callable[..., Result]], Callable[..., Result]]:
    """Return a decorator that gives a command the options of ``How`` for its argument ``how``."""
    options = [
        inspect.Parameter(
            part.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=part.default,
            annotation=Annotated[
                part.type,
                typer.Option(
                    f"--{part.name.replace('_', '-')}",
                    help=terminal.text(f"cli.label.{part.name}"),
                ),
            ],
        )
        for part in fields(How)
    ]

    def decorate(command: Callable[..., Result]) -> Callable[..., Result]:
        @wraps(command)
        def called(**given: Any) -> Result:
            how = How(**{option.name: given.pop(option.name) for option in options})
            return command(**given, how=how)

        parameters = [
            option
            for own in inspect.signature(command).parameters.values()
            for option in (options if own.name == "how" else [own])
        ]
        called.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined] # inspect asks for it
        called.__annotations__ = {option.name: option.annotation for option in parameters}
        return called

    return decorate


def slots(words: str | None) -> tuple[int, ...]:
    """Return the slots of words such as ``3,7-9``.

    Raises:
        InputError: they are not written so.
    """
    found: list[int] = []
    for part in filter(None, (each.strip() for each in (words or "").split(","))):
        match = _SLOTS.fullmatch(part)
        if match is None:
            raise InputError("cli.label_slots", value=part)
        found += range(int(match[1]), int(match[2] or match[1]) + 1)
    return tuple(found)


def texts(given: Iterable[str]) -> dict[str, str | dict[str, str]]:
    """Return the texts of ``storage=…`` and ``storage.ko=…``, by field.

    Raises:
        InputError: one is not written so.
    """
    told: dict[str, str | dict[str, str]] = {}
    for name, words in _pairs("--set", given):
        field, _, language = name.partition(".")
        held = told.get(field)
        if not language and not isinstance(held, dict):
            told[field] = words
        else:
            others = {"vi": held} if isinstance(held, str) else held or {}
            told[field] = others | {language or "vi": words}
    return told


def _pairs(option: str, given: Iterable[str]) -> list[tuple[str, str]]:
    pairs = []
    for each in given:
        match = _NAMED.fullmatch(each)
        if match is None:
            raise InputError("cli.label_named", option=option, value=each)
        pairs.append((match[1].strip(), match[2].strip()))
    return pairs
