"""The display list: what stands where on a page, before any file format is chosen.

Lengths are integer micrometres; x grows to the right, y grows downwards. A page has its
origin at its top left corner, the items of a sticker have theirs at the sticker's.
Symbols alone are placed in printer dots, because a module must be a whole number of them.
Inks are percentages of cyan, magenta, yellow and black.

>>> mm(25.4), dots(25_400, dpi=300)
(25400, 300)
>>> Polygon.rectangle(0, 0, 2000, 1000, stroke=150).points
((0, 0), (2000, 0), (2000, 1000), (0, 1000))
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from ocoptrace.labels.symbols import Matrix

__all__ = [
    "BLACK",
    "MICROMETRES_PER_INCH",
    "WHITE",
    "Box",
    "Image",
    "Ink",
    "Item",
    "Page",
    "Picture",
    "Polygon",
    "Sticker",
    "Symbol",
    "Text",
    "dots",
    "mm",
    "overlap",
]

MICROMETRES_PER_INCH: Final = 25_400

Box = tuple[int, int, int, int]
"""Left, top, right, bottom in micrometres."""
Ink = tuple[int, int, int, int]
"""Cyan, magenta, yellow, black, each 0 to 100 %."""
BLACK: Final[Ink] = (0, 0, 0, 100)
WHITE: Final[Ink] = (0, 0, 0, 0)


def mm(millimetres: float) -> int:
    """Return millimetres as whole micrometres."""
    return round(millimetres * 1000)


def dots(micrometres: int, *, dpi: int) -> int:
    """Return the printer dot nearest to a length."""
    return (2 * micrometres * dpi + MICROMETRES_PER_INCH) // (2 * MICROMETRES_PER_INCH)


def overlap(one: Box, other: Box) -> bool:
    """Tell whether two boxes have more in common than an edge."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


@dataclass(frozen=True, slots=True)
class Text:
    """One run of text in one font; x and y are the start of its baseline."""

    x: int
    y: int
    size: int
    font: str
    text: str
    ink: Ink = BLACK


@dataclass(frozen=True, slots=True)
class Polygon:
    """A closed outline; two points make a line.

    Attributes:
        points: its corners.
        stroke: width of the outline, half of it on either side; 0 draws none.
        filled: whether the inside is filled.
        ink: of outline and inside.
    """

    points: tuple[tuple[int, int], ...]
    stroke: int
    filled: bool
    ink: Ink = BLACK

    @classmethod
    def rectangle(
        cls, left: int, top: int, right: int, bottom: int, *, stroke: int = 0, ink: Ink = BLACK
    ) -> Polygon:
        """Return a rectangle: an outline where a stroke is given, else a filled one."""
        points = ((left, top), (right, top), (right, bottom), (left, bottom))
        return cls(points, stroke, filled=not stroke, ink=ink)


@dataclass(frozen=True, slots=True, eq=False)
class Image:
    """A producer's own picture, decoded once and bounded; equal where its digest is.

    Attributes:
        width, height: in pixels.
        channels: 1 (grey) or 3 (RGB); transparency has been laid on white.
        pixels: ``width * height * channels`` bytes, row by row.
        sha256: digest of the file that it came from.
    """

    width: int
    height: int
    channels: int
    pixels: bytes
    sha256: str

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Image) and self.sha256 == other.sha256

    def __hash__(self) -> int:
        return hash(self.sha256)


@dataclass(frozen=True, slots=True)
class Picture:
    """An image in a rectangle whose top left corner is (x, y)."""

    x: int
    y: int
    width: int
    height: int
    image: Image


Item = Text | Polygon | Picture


@dataclass(frozen=True, slots=True)
class Symbol:
    """A symbol on the dot grid of a printer; x and y are its first module's corner.

    Attributes:
        x_dots: dots from the left edge of the page.
        y_dots: dots from the top edge of the page.
        dots_per_module: dots a side of one module (the X-dimension).
        dpi: dots per inch of the printer.
        matrix: the modules, quiet zone not included; the bars of a linear symbol are one row.
        bar_dots: height of that row in dots; 0 where modules are square.
    """

    x_dots: int
    y_dots: int
    dots_per_module: int
    dpi: int
    matrix: Matrix
    bar_dots: int = 0

    @property
    def module(self) -> float:
        """Side of one module in millimetres (the X-dimension)."""
        return self.dots_per_module * MICROMETRES_PER_INCH / 1000 / self.dpi

    @property
    def width_dots(self) -> int:
        """Dots across."""
        return self.matrix.width * self.dots_per_module

    @property
    def height_dots(self) -> int:
        """Dots down."""
        return self.bar_dots or self.matrix.height * self.dots_per_module

    @property
    def box(self) -> Box:
        """Its place on the page in micrometres."""
        return self._box(0, 0, 0, 0)

    @property
    def white(self) -> Box:
        """Its place on the page with its quiet zone."""
        return self._box(*(modules * self.dots_per_module for modules in self.matrix.quiet_zone))

    def _box(self, left: int, top: int, right: int, bottom: int) -> Box:
        edges = (
            self.x_dots - left,
            self.y_dots - top,
            self.x_dots + self.width_dots + right,
            self.y_dots + self.height_dots + bottom,
        )
        return tuple(round(dot * MICROMETRES_PER_INCH / self.dpi) for dot in edges)  # type: ignore[return-value] # of four


@dataclass(frozen=True, slots=True)
class Sticker:
    """One sticker of a page.

    Attributes:
        slot: its place on the page, from 1, row by row.
        x: left edge on the page.
        y: top edge on the page.
        shared: items that most stickers of a run have alike; drawn first.
        own: items of this sticker alone.
        symbols: what a scanner reads, in page coordinates; the QR symbol first.
        over: items on top of the symbols: logos.
    """

    slot: int
    x: int
    y: int
    shared: tuple[Item, ...]
    own: tuple[Item, ...]
    symbols: tuple[Symbol, ...]
    over: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """One page, or one row of a roll.

    Attributes:
        width: of the page.
        height: of the page.
        stickers: in printing order.
        marks: what is printed beside the stickers, in page coordinates: crop marks, rulers.
        trim: where a print shop cuts; None is the whole page.
        bleed: how far art that reaches the cut goes beyond it; None is the trim.
    """

    width: int
    height: int
    stickers: tuple[Sticker, ...]
    marks: tuple[Item, ...] = ()
    trim: Box | None = None
    bleed: Box | None = None
