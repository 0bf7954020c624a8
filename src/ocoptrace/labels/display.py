"""The display list: what stands where on a page, before any file format is chosen.

Lengths are integer micrometres; x grows to the right, y grows downwards. A page has its
origin at its top left corner, the items of a sticker have theirs at the sticker's.
Symbols alone are placed in printer dots, because a module must be a whole number of them.

>>> mm(25.4), dots(25_400, dpi=300)
(25400, 300)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from ocoptrace.labels.symbols import Matrix

__all__ = [
    "MICROMETRES_PER_INCH",
    "Item",
    "Page",
    "Polygon",
    "Sticker",
    "Symbol",
    "Text",
    "dots",
    "mm",
]

MICROMETRES_PER_INCH: Final = 25_400


def mm(millimetres: float) -> int:
    """Return millimetres as whole micrometres."""
    return round(millimetres * 1000)


def dots(micrometres: int, *, dpi: int) -> int:
    """Return the printer dot nearest to a length."""
    return (2 * micrometres * dpi + MICROMETRES_PER_INCH) // (2 * MICROMETRES_PER_INCH)


@dataclass(frozen=True, slots=True)
class Text:
    """One run of text in one font; x and y are the start of its baseline."""

    x: int
    y: int
    size: int
    font: str
    text: str


@dataclass(frozen=True, slots=True)
class Polygon:
    """A closed outline, stroked, and filled where it says so."""

    points: tuple[tuple[int, int], ...]
    stroke: int
    filled: bool


Item = Text | Polygon


@dataclass(frozen=True, slots=True)
class Symbol:
    """A QR symbol on the dot grid of a printer; x and y are its first module's corner.

    Attributes:
        x_dots: dots from the left edge of the page.
        y_dots: dots from the top edge of the page.
        dots_per_module: dots a side of one module.
        dpi: dots per inch of the printer.
        matrix: the modules, quiet zone not included.
    """

    x_dots: int
    y_dots: int
    dots_per_module: int
    dpi: int
    matrix: Matrix

    @property
    def module(self) -> float:
        """Side of one module in millimetres (the X-dimension)."""
        return self.dots_per_module * MICROMETRES_PER_INCH / 1000 / self.dpi

    def box(self, margin: int = 0) -> tuple[int, int, int, int]:
        """Return left, top, right, bottom in micrometres, widened by some modules."""
        pitch = self.dots_per_module
        first = (self.x_dots - margin * pitch, self.y_dots - margin * pitch)
        side = (self.matrix.size + 2 * margin) * pitch
        left, top, right, bottom = (
            round(dot * MICROMETRES_PER_INCH / self.dpi)
            for dot in (*first, first[0] + side, first[1] + side)
        )
        return left, top, right, bottom


@dataclass(frozen=True, slots=True)
class Sticker:
    """One sticker of a page.

    Attributes:
        slot: its place on the page, from 1, row by row.
        x: left edge on the page.
        y: top edge on the page.
        shared: items that most stickers of a run have alike.
        own: items of this sticker alone.
        symbol: its QR symbol, in page coordinates.
    """

    slot: int
    x: int
    y: int
    shared: tuple[Item, ...]
    own: tuple[Item, ...]
    symbol: Symbol


@dataclass(frozen=True, slots=True)
class Page:
    """One page, or one row of a roll."""

    width: int
    height: int
    stickers: tuple[Sticker, ...]
