"""How to print, as users say it: names and paths, looked up where they keep their own.

A template is a file of ``templates`` in one of the user's folders, a stock one of ``stock``, a
printer one of ``printers``; else it is built in. What ends as such a file does is its path. A
picture that a template names stands beside it, unless another file is given for it.

>>> found = printing_of({"stock": "roll-50x30", "template": "ocop-50x30", "dpi": 203})
>>> found.stock, found.dpi
('roll-50x30', 203)
>>> printing_of({"template": "ocop-50x30", "stock": "cut"}).crop
True
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, TypedDict

from ocoptrace.errors import LabelError
from ocoptrace.labels import PrinterProfile, find_printer
from ocoptrace.labels.plan import read_plan_file
from ocoptrace.labels.plan_files import plan_file
from ocoptrace.labels.template import ENDINGS
from ocoptrace.workspace.printing import CUT, OwnPlan, PictureFile, Printing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["PrintingOptions", "printing_of"]

_PICTURES: Final = (".png", ".jpg", ".jpeg")


class PrintingOptions(TypedDict, total=False):
    """The members of ``Printing``, as users say them.

    Template, stock and printer may be names, paths, or values; ``dpi`` is the printer's where
    it is left out or None; ``images`` are the files of pictures by their names.
    """

    template: str | Path | OwnPlan
    stock: str | Path | OwnPlan
    dpi: int | None
    start_slot: int
    copies: int
    order: Literal["rows", "columns"]
    used: tuple[int, ...]
    skip: tuple[int, ...]
    printer: str | Path | PrinterProfile | None
    images: Mapping[str, Path | str]
    crop: bool
    sealed: int | None
    demo: bool
    point_of_sale: bool


def printing_of(
    options: PrintingOptions, *, homes: Sequence[Path] = (), base: Printing | None = None
) -> Printing:
    """Return how to print, with the files of the user's own read.

    Args:
        options: what is asked for.
        homes: folders in which ``templates``, ``stock`` and ``printers`` of the user stand, the
            first one first.
        base: what holds where nothing is asked for.

    Raises:
        LabelError: ``label.unknown_printer``, ``label.image_unused``, as
            ``Printing.plans`` for what is neither a file nor built in, and for files that are
            not what they should be.
    """
    members: dict[str, Any] = dict(options)
    base = base or Printing()
    given = members.pop("images", {})
    beside: Path | None = None
    if (template := members.get("template")) is not None and not isinstance(template, OwnPlan):
        folders = [home / "templates" for home in homes]
        path = plan_file(str(template), folders=folders, endings=ENDINGS)
        members["template"] = str(template) if path is None else _own(path)
        beside = None if path is None else path.parent
    if (stock := members.get("stock")) is not None and not isinstance(stock, OwnPlan):
        path = plan_file(str(stock), folders=[home / "stock" for home in homes])
        members["stock"] = str(stock) if path is None else _own(path)
        # Nobody cuts by eye what was made to be cut.
        members["crop"] = members.get("crop", False) or members["stock"] == CUT
    printer = members.get("printer")
    if isinstance(printer, str | Path):
        folders = [home / "printers" for home in homes]
        printer = members["printer"] = find_printer(str(printer), folders=folders)
    if members.get("dpi") is None:
        members.pop("dpi", None)
        if printer is not None:
            members["dpi"] = printer.dpi
    printing = replace(base, **members)
    wanted, _ = printing.plans()
    for name in given:
        if name not in wanted.images:
            known = ", ".join(sorted(wanted.images)) or "–"
            raise LabelError("label.image_unused", name=name, template=wanted.name, known=known)
    chosen = {name: Path(path) for name, path in given.items()}
    kept = {each.name: each for each in printing.pictures if each.name in wanted.images}
    for name in sorted(wanted.images):
        if (path := chosen.get(name) or _beside(beside, name)) is not None:
            kept[name] = PictureFile.of(name, path)
    return replace(printing, pictures=tuple(kept[name] for name in sorted(kept)))


def _own(path: Path) -> OwnPlan:
    return OwnPlan(path.stem, read_plan_file(path))


def _beside(folder: Path | None, name: str) -> Path | None:
    """Return the picture that stands in a template's folder under its name."""
    if folder is None or Path(name).name != name:
        return None
    files = (folder / f"{name}{ending}" for ending in ("", *_PICTURES))
    return next((file for file in files if file.is_file()), None)
