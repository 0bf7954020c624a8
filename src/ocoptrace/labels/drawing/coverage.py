"""Coverage: how much of each printer dot an item of a display list covers.

FreeType draws the letters at the size of the dots and with the font's own hints: they lay
the strokes on whole rows of dots, which keeps the stacked marks of ``ỗ`` and ``ặ`` apart in
print of 0.9 mm x-height at 203 dpi, where plain sampling runs them together. Each letter
stands on the dot nearest to where the PDF file has it. Upright lines and boxes have whole
dots, and no line is thinner than one.

>>> line = Polygon.rectangle(0, 0, 10_000, 50)
>>> mask = of_polygon(line, x=0, y=0, dpi=203, room=(240, 400))
>>> mask.top, mask.covered.shape, int(mask.covered.min())
(0, (1, 80), 255)
"""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO
from itertools import pairwise
from math import floor, hypot
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import PIL.Image
from PIL import ImageDraw, ImageFont

from ocoptrace.errors import LabelError
from ocoptrace.labels import fonts
from ocoptrace.labels.display import MICROMETRES_PER_INCH, Polygon, dots

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ocoptrace.labels.display import Text

__all__ = ["Mask", "of_polygon", "of_text"]

_MAX_LETTER: Final = 8_000
"""Dots of the largest type size; that of a page of 100 × 150 mm at 600 dpi is less."""
_FINE: Final = 8
"""Parts a side into which a dot is cut for slanted edges."""
_MAX_FINE: Final = 8_000_000
"""Parts of dots that are counted at once; a larger shape is drawn in bands."""
_MITRE_LIMIT: Final = 2
"""Length of a corner, in widths of the stroke, beyond which it is cut off. PDF has 10, but at
203 dpi the long tips of one star would run into the next."""
_THIN: Final = 8
"""Dots up to which lines are equally thick wherever they stand; wider boxes meet their edges."""
_FULL: Final = 255
_CORNERS: Final = 4

_Point = tuple[float, float]


class Mask(NamedTuple):
    """What an item covers.

    Attributes:
        left: column of its first dot.
        top: row of its first dot.
        covered: rows of dots, 0 (not covered) to 255 (wholly covered).
    """

    left: int
    top: int
    covered: NDArray[np.uint8]


def of_text(item: Text, *, x: int, y: int, dpi: int) -> list[Mask]:
    """Return what the letters of a text cover, those without ink left out.

    Args:
        item: in micrometres from the corner of its sticker.
        x: left edge of the sticker.
        y: top edge of the sticker.
        dpi: dots per inch.

    Raises:
        LabelError: ``label.too_many_pixels``; ``label.font_unreadable``, for a user's own
            font.
    """
    measures = fonts.font(item.font)
    baseline = dots(y + item.y, dpi=dpi)
    masks: list[Mask] = []
    advance = 0
    for character in item.text:
        # From the start of the text each time, so that no rounding adds up.
        pen = dots(x + item.x + (advance * item.size + 500) // 1000, dpi=dpi)
        left, top, covered = _letter(item.font, item.size, dpi, character)
        if covered.size:
            masks.append(Mask(pen + left, baseline + top, covered))
        advance += measures.glyph(character).advance
    return masks


@lru_cache(maxsize=4096)
def _letter(font_name: str, size: int, dpi: int, character: str) -> Mask:
    """Return a letter whose pen stands at (0, 0)."""
    font = fonts.font(font_name)
    if dots(size, dpi=dpi) > _MAX_LETTER:
        raise LabelError("label.too_many_pixels", limit=_MAX_LETTER**2 // 10**6)
    try:
        freetype = _freetype(font_name, size, dpi, "" if font.as_filed else character)
        left, top, right, bottom = map(round, freetype.getbbox(character, anchor="ls"))
        picture = PIL.Image.new("L", (right - left, bottom - top))
        ImageDraw.Draw(picture).text((-left, -top), character, _FULL, freetype, anchor="ls")
    except OSError as error:
        reason = str(error)
        raise LabelError("label.font_unreadable", path=font.path.name, reason=reason) from error
    return Mask(left, top, np.array(picture))


@lru_cache(maxsize=256)
def _freetype(font_name: str, size: int, dpi: int, character: str) -> ImageFont.FreeTypeFont:
    """Return a font, or one of a single character where its file by itself is not the font."""
    font = fonts.font(font_name)
    source = str(font.path) if font.as_filed else BytesIO(fonts.embeddable(font_name, character))
    # Letters are placed one by one; the other engine would shape them.
    basic = ImageFont.Layout.BASIC
    return ImageFont.truetype(source, size * dpi / MICROMETRES_PER_INCH, layout_engine=basic)


def of_polygon(item: Polygon, *, x: int, y: int, dpi: int, room: tuple[int, int]) -> Mask:
    """Return what a polygon covers of a page.

    Args:
        item: in micrometres from the corner of its sticker.
        x: left edge of the sticker.
        y: top edge of the sticker.
        dpi: dots per inch.
        room: rows and columns of the page, beyond which nothing is drawn.
    """
    points = [(x + right, y + down) for right, down in item.points]
    draw = _upright if _is_upright(points) else _slanted
    return draw(item, points, dpi, room)


def _is_upright(points: list[tuple[int, int]]) -> bool:
    """Tell whether points are the corners of a box, or the ends of an upright line."""
    closed = [*points, points[0]]
    return len(points) in {2, _CORNERS} and all(
        (one[0] == other[0]) != (one[1] == other[1]) for one, other in pairwise(closed)
    )


def _upright(item: Polygon, points: list[tuple[int, int]], dpi: int, room: tuple[int, int]) -> Mask:
    across, down = zip(*points, strict=True)
    half = item.stroke / 2
    is_line = len(points) < _CORNERS
    # A line ends where its points are; a box has its outline on both sides of the edge.
    beside = 0 if is_line and across[0] != across[1] else half
    above = 0 if is_line and down[0] != down[1] else half
    left, right = _span(min(across) - beside, max(across) + beside, dpi)
    top, bottom = _span(min(down) - above, max(down) + above, dpi)
    width = max(1, dots(item.stroke, dpi=dpi))
    rows, columns = (
        np.arange(max(0, first), max(0, first, min(last, most)))
        for first, last, most in ((top, bottom, room[0]), (left, right, room[1]))
    )
    covered = np.full((rows.size, columns.size), _FULL, np.uint8)
    if not item.filled and not is_line:
        inner_rows = (rows >= top + width) & (rows < bottom - width)
        inner_columns = (columns >= left + width) & (columns < right - width)
        covered[np.ix_(inner_rows, inner_columns)] = 0
    return Mask(max(0, left), max(0, top), covered)


def _span(first: float, last: float, dpi: int) -> tuple[int, int]:
    """Return the dots from one edge to another, at least one."""
    start = dots(floor(first), dpi=dpi)
    length = dots(round(last - first), dpi=dpi)
    if length > _THIN:
        length = dots(floor(last), dpi=dpi) - start
    return start, start + max(1, length)


def _slanted(item: Polygon, points: list[tuple[int, int]], dpi: int, room: tuple[int, int]) -> Mask:
    scale = dpi / MICROMETRES_PER_INCH
    corners = [(across * scale, down * scale) for across, down in points]
    shapes = [corners] if item.filled else []
    if item.stroke:
        shapes += _outline(corners, max(1, item.stroke * scale) / 2)
    across, down = zip(*(point for shape in shapes for point in shape), strict=True)
    left, top = max(0, floor(min(across))), max(0, floor(min(down)))
    width = min(room[1], floor(max(across)) + 1) - left
    height = min(room[0], floor(max(down)) + 1) - top
    if min(width, height) < 1:
        return Mask(left, top, np.zeros((0, 0), np.uint8))
    step = max(1, _MAX_FINE // (width * _FINE * _FINE))
    bands = [
        _fine(shapes, left, first, width, min(step, top + height - first))
        for first in range(top, top + height, step)
    ]
    return Mask(left, top, np.concatenate(bands))


def _fine(
    shapes: list[list[_Point]], left: int, top: int, width: int, height: int
) -> NDArray[np.uint8]:
    """Return how much of each dot shapes cover together, counted in parts of a dot."""
    fine = PIL.Image.new("L", (width * _FINE, height * _FINE))
    pen = ImageDraw.Draw(fine)
    for shape in shapes:
        # Pillow's points are middles of pixels, ours are corners.
        middles = [
            (round((across - left) * _FINE - 0.5), round((down - top) * _FINE - 0.5))
            for across, down in shape
        ]
        pen.polygon(middles, fill=_FULL)
    return np.array(fine.reduce(_FINE))


def _outline(corners: list[_Point], half: float) -> list[list[_Point]]:
    """Return shapes that together are the outline: a bar for each edge, and the corners."""
    shapes: list[list[_Point]] = []
    closed = [*corners, corners[0]]
    normals = [_normal(one, other, half) for one, other in pairwise(closed)]
    for (one, other), (across, down) in zip(pairwise(closed), normals, strict=True):
        shapes.append(
            [
                (one[0] + across, one[1] + down),
                (other[0] + across, other[1] + down),
                (other[0] - across, other[1] - down),
                (one[0] - across, one[1] - down),
            ]
        )
    for corner, before, after in zip(corners, normals[-1:] + normals[:-1], normals, strict=True):
        shapes += _mitre(corner, before, after, half)
    return shapes


def _normal(one: _Point, other: _Point, half: float) -> _Point:
    across, down = other[0] - one[0], other[1] - one[1]
    length = hypot(across, down) or 1
    return -down / length * half, across / length * half


def _mitre(corner: _Point, before: _Point, after: _Point, half: float) -> list[list[_Point]]:
    """Return what the outline has at a corner beyond its two bars, on the outer side."""
    across, down = before[0] + after[0], before[1] + after[1]
    square = across * across + down * down
    # The tip is half / cos(turn / 2) from the corner, and the sum is 2 * half * cos(turn / 2).
    if square * _MITRE_LIMIT**2 < 4 * half * half:
        return []
    side = -1 if before[0] * after[1] > before[1] * after[0] else 1
    reach = 2 * half * half / square
    sides = (before, (across * reach, down * reach), after)
    return [[corner, *((corner[0] + side * x, corner[1] + side * y) for x, y in sides)]]
