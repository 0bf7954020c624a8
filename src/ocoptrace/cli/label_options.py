"""What ``label print`` and ``label from-csv`` can both be told: how to print."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ocoptrace.cli.options import choice, configuration, find_workspace
from ocoptrace.errors import InputError

if TYPE_CHECKING:
    from ocoptrace.workspace.print_options import PrintingOptions
    from ocoptrace.workspace.printing import Printing

__all__ = ["ORDERS", "printing", "slots", "texts"]

ORDERS: tuple[Literal["rows", "columns"], ...] = ("rows", "columns")

_SLOTS = re.compile(r"([0-9]{1,4})(?:-([0-9]{1,4}))?")
_NAMED = re.compile(r"([^=]+)=(.*)", re.DOTALL)


def printing(
    workspace: Path | None,
    *,
    template: str,
    stock: str,
    dpi: int | None,
    printer: str | None,
    start_slot: int,
    used: str | None,
    skip: str | None,
    order: str,
    copies: int,
    images: Sequence[str],
    crop: bool,
    point_of_sale: bool,
    demo: bool,
    sealed: int | None = None,
) -> "Printing":
    """Return how to print, as options say it.

    Raises:
        InputError: an option that is not written as it must be.
        LabelError: as ``printing_of``.
    """
    from ocoptrace.workspace.print_options import printing_of

    asked: PrintingOptions = {
        "template": template,
        "stock": stock,
        "dpi": dpi,
        "printer": printer,
        "start_slot": start_slot,
        "used": slots(used),
        "skip": slots(skip),
        "order": choice("--order", order, ORDERS),
        "copies": copies,
        "images": {name: Path(path) for name, path in _pairs("--image", images)},
        "crop": crop,
        "point_of_sale": point_of_sale,
        "demo": demo,
        "sealed": sealed,
    }
    own = find_workspace(workspace)
    homes = [configuration()] if own is None else [own, configuration()]
    return printing_of(asked, homes=homes)


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
