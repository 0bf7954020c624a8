r"""Printers: what one printer does to positions on the page, and how to undo it.

A printer may draw everything a little beside its place and a little too large. A profile
says where to draw so that the ink comes down where it should: a position p is drawn at
``d + scale · p``, in each direction by itself.

>>> profile = PrinterProfile.parse("dx = -0.8\nscale_y = 1.003", name="office")
>>> profile.x(100_000), profile.y(100_000)
(99200, 100300)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final, Literal

from pydantic import BeforeValidator, Field

from ocoptrace.errors import LabelError
from ocoptrace.labels.display import mm
from ocoptrace.labels.plan import Plan, Positive, read_plan_file, read_toml
from ocoptrace.labels.plan_files import own_file, own_names, plan_file

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from ocoptrace.labels.stock.stock import Stock

__all__ = [
    "HEAD_WIDTHS",
    "LARGEST_SCALE",
    "LARGEST_SHIFT",
    "LEAST_SCALE",
    "PrinterProfile",
    "find_printer",
    "load_printer",
    "printer_names",
]

LARGEST_SHIFT: Final = 10_000
"""Micrometres that a profile may move; what is further off is another paper or tray."""
LEAST_SCALE: Final = 0.95
LARGEST_SCALE: Final = 1.05
"""Scales of a profile; what is beyond was printed with "fit to page"."""

HEAD_WIDTHS: Final = {203: 104_000, 300: 105_700}
"""Micrometres that the usual thermal heads print across: 832 dots, and 1,248."""

_MOST_MILLIMETRES: Final = 1000


def _shift(value: object) -> int:
    plain = isinstance(value, int | float) and not isinstance(value, bool)
    if not plain or not abs(value) < _MOST_MILLIMETRES:  # type: ignore[arg-type]
        raise ValueError("a shift in millimetres is a number")
    return mm(value)  # type: ignore[arg-type]


Shift = Annotated[int, BeforeValidator(_shift), Field(ge=-LARGEST_SHIFT, le=LARGEST_SHIFT)]
"""Micrometres, written as millimetres; 10 mm either way."""
Scale = Annotated[float, Field(ge=LEAST_SCALE, le=LARGEST_SCALE, strict=True)]


class PrinterProfile(Plan):
    """One printer with its tray; the default changes nothing.

    Attributes:
        name: how it is asked for.
        kind: ``office`` (sheets, any driver), ``thermal`` (rolls, whole dots).
        dpi: dots per inch.
        dx: added to what is drawn, to the right, in micrometres.
        dy: added to what is drawn, downwards, in micrometres.
        scale_x: of positions, from the page's left edge.
        scale_y: of positions, from the page's top edge.
        head_width: micrometres that a thermal printer prints across; None where not known.
        note: paper, tray and date of the measurement, in the owner's words.
    """

    name: str = "default"
    kind: Literal["office", "thermal"] = "office"
    dpi: Annotated[int, Field(ge=100, le=4800)] = 300
    dx: Shift = 0
    dy: Shift = 0
    scale_x: Scale = 1.0
    scale_y: Scale = 1.0
    head_width: Positive | None = None
    note: str = ""

    @property
    def head(self) -> int | None:
        """What it prints across in micrometres, as it says or as its kind usually has."""
        usual = HEAD_WIDTHS.get(self.dpi) if self.kind == "thermal" else None
        return self.head_width or usual

    def x(self, position: float) -> int:
        """Return where to draw what should stand at a distance from the left edge."""
        return round(self.dx + self.scale_x * position)

    def y(self, position: float) -> int:
        """Return where to draw what should stand at a distance from the top edge."""
        return round(self.dy + self.scale_y * position)

    def corner(self, stock: Stock, slot: int) -> tuple[int, int]:
        """Return where to draw a slot: its middle comes down in the middle of the sticker.

        Only the place is corrected. What stands on the sticker keeps its size, so that the
        modules of symbols stay whole dots.
        """
        left, top = stock.corner(slot)
        across, down = stock.label_width / 2, stock.label_height / 2
        return round(self.x(left + across) - across), round(self.y(top + down) - down)

    @classmethod
    def parse(cls, text: str, *, name: str) -> PrinterProfile:
        """Read a profile from TOML text.

        Raises:
            LabelError: ``label.plan_syntax``, ``label.plan_value``.
        """
        return cls.read({"name": name, **read_toml(text, name=name)}, name=name)

    @classmethod
    def read_file(cls, path: Path) -> PrinterProfile:
        """Read a profile from a TOML file; its name is the file's, unless it has one.

        Raises:
            LabelError: ``label.plan_file``, and as ``parse``.
        """
        return cls.parse(read_plan_file(path), name=path.stem)

    def to_toml(self) -> str:
        """Return the text of a profile file; ``parse`` reads the same profile from it."""
        lines = [
            f'kind = "{self.kind}"',
            f"dpi = {self.dpi}",
            f"dx = {self.dx / 1000}",
            f"dy = {self.dy / 1000}",
            f"scale_x = {self.scale_x}",
            f"scale_y = {self.scale_y}",
        ]
        if self.head_width:
            lines.append(f"head_width = {self.head_width / 1000}")
        if self.note:
            quoted = "".join(
                f"\\U{ord(each):08X}" if each in '"\\' or not each.isprintable() else each
                for each in self.note
            )
            lines.append(f'note = "{quoted}"')
        return "\n".join([*lines, ""])


def load_printer(name: str, *, folders: Iterable[Path]) -> PrinterProfile:
    """Return the profile of a file ``<name>.toml`` in the first folder that has one.

    Raises:
        LabelError: ``label.unknown_printer``; as ``PrinterProfile.read_file``.
    """
    folders = tuple(folders)
    if (path := own_file(name, folders=folders)) is not None:
        return PrinterProfile.read_file(path)
    known = ", ".join(printer_names(folders=folders)) or "–"
    raise LabelError("label.unknown_printer", name=name, known=known)


def printer_names(*, folders: Iterable[Path]) -> tuple[str, ...]:
    """Return the names of the profiles in some folders, sorted."""
    return tuple(sorted(own_names(folders)))


def find_printer(named: str, *, folders: Iterable[Path] = ()) -> PrinterProfile:
    """Return a profile by its name, or by the path of its file; see ``plan_files``.

    Raises:
        LabelError: as ``load_printer``.
    """
    folders = tuple(folders)
    path = plan_file(named, folders=folders)
    return load_printer(named, folders=folders) if path is None else PrinterProfile.read_file(path)
