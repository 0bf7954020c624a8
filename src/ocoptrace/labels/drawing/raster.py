"""Drawing a page as dots: black and white for printing, in colour for looking at.

Symbols are whole dots, exactly where layout put them. Letters and shapes are black where they
cover two fifths of a dot; nothing is dithered but pictures. In black and white, an ink is
black or white by its lightness.

>>> from ocoptrace.labels.display import Page, Polygon
>>> page = Page(10_000, 1_000, (), marks=(Polygon.rectangle(0, 0, 500, 1_000),))
>>> dark = Rasteriser(dpi=203).bitmap(page)
>>> dark.width, dark.height, dark.rows[: dark.row_bytes].hex()
(80, 8, 'f0000000000000000000')
>>> preview(page, dpi=100).shape
(4, 39, 3)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import numpy as np
import PIL.Image

from ocoptrace.errors import LabelError
from ocoptrace.labels.bitmap import COARSEST, MAX_PIXELS, Bitmap
from ocoptrace.labels.display import BLACK, Picture, Polygon, Text, dots
from ocoptrace.labels.drawing import coverage
from ocoptrace.labels.drawing.coverage import Mask
from ocoptrace.labels.images import pillow
from ocoptrace.labels.layout import MAX_DPI, MIN_DPI

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from ocoptrace.labels.display import Ink, Item, Page, Symbol
    from ocoptrace.labels.symbols import Matrix

    Dots = NDArray[np.uint8]

__all__ = ["PictureStyle", "Rasteriser", "preview", "rgb"]

PictureStyle = Literal["dithered", "threshold"]
"""How a picture becomes black and white: by error diffusion (Floyd-Steinberg), or each dot by
its own lightness, which suits line art."""

_COVERED: Final = 100
"""Of 255. Thin strokes that lie across two rows of dots must not vanish: at half, twice as many
Vietnamese letters of 0.9 mm x-height differ by no more than two dots at 203 dpi."""
_LIGHT: Final = 128
_DITHER: Final = {
    "dithered": PIL.Image.Dither.FLOYDSTEINBERG,
    "threshold": PIL.Image.Dither.NONE,
}
_PAPER: Final = 255


def rgb(ink: Ink) -> tuple[int, int, int]:
    """Return the colour of an ink on a screen, without a colour profile."""
    *colours, black = ink
    red, green, blue = (
        round(_PAPER * (100 - colour) * (100 - black) / 10_000) for colour in colours
    )
    return red, green, blue


class Rasteriser:
    """Draws the pages of a run, what its stickers share only once.

    Args:
        dpi: dots per inch of the printer.
        pictures: how pictures become black and white.

    Raises:
        LabelError: ``label.dpi``.
    """

    def __init__(self, *, dpi: int, pictures: PictureStyle = "dithered") -> None:
        if not MIN_DPI <= dpi <= MAX_DPI:
            raise LabelError("label.dpi", dpi=dpi, least=MIN_DPI, most=MAX_DPI)
        self.dpi = dpi
        self._pictures: PictureStyle = pictures
        self._art_key: object = None
        self._art_canvas: Dots = np.zeros((0, 0), np.uint8)
        self._art = Bitmap(1, 1, dpi, b"\0")

    def art(self, page: Page) -> Bitmap:
        """Return the dots of what the stickers share; the same object while that is so.

        Raises:
            LabelError: ``label.too_many_pixels``.
        """
        key = (page.width, page.height, [(part.x, part.y, part.shared) for part in page.stickers])
        if key != self._art_key:
            canvas = np.zeros(_size(page, self.dpi), np.uint8)
            for x, y, shared in key[2]:
                for stamp in self._stamps(shared, x, y, canvas.shape):
                    stamp.press(canvas)
            self._art_key, self._art_canvas = key, canvas
            self._art = Bitmap.from_array(canvas, dpi=self.dpi)
        return self._art

    def bitmap(self, page: Page) -> Bitmap:
        """Return the dots of a page.

        Raises:
            LabelError: ``label.too_many_pixels``; ``label.other_dpi`` where a symbol was
                placed for another printer, because its modules would not be whole dots;
                ``label.font_unreadable``, for a user's own font.
        """
        self.art(page)
        canvas = self._art_canvas.copy()
        for sticker in page.stickers:
            for stamp in self._stamps(sticker.own, sticker.x, sticker.y, canvas.shape):
                stamp.press(canvas)
            for symbol in sticker.symbols:
                if symbol.dpi != self.dpi:
                    raise LabelError("label.other_dpi", dpi=self.dpi, laid_out=symbol.dpi)
                _symbol(symbol, self.dpi).press(canvas)
            for stamp in self._stamps(sticker.over, sticker.x, sticker.y, canvas.shape):
                stamp.press(canvas)
        for stamp in self._stamps(page.marks, 0, 0, canvas.shape):
            stamp.press(canvas)
        return Bitmap.from_array(canvas, dpi=self.dpi)

    def _stamps(
        self, items: Iterable[Item], x: int, y: int, room: tuple[int, int]
    ) -> Iterator[_Stamp]:
        for item in items:
            if isinstance(item, Picture):
                left, top, picture = _scaled(item, x, y, self.dpi)
                white = np.asarray(
                    picture.convert("L").convert("1", dither=_DITHER[self._pictures])
                )
                yield _Stamp(left, top, np.ones(white.shape, bool), (~white).astype(np.uint8))
            else:
                value = np.uint8(_is_dark(item.ink))
                for mask in _masks(item, x, y, self.dpi, room):
                    covered = mask.covered >= _COVERED
                    yield _Stamp(mask.left, mask.top, covered, np.full(covered.shape, value))


class _Stamp(NamedTuple):
    """Dots to be set on a canvas: where, which of them, and to what."""

    left: int
    top: int
    inked: NDArray[np.bool_]
    dark: Dots

    def press(self, canvas: Dots) -> None:
        here, there = _overlap(self.left, self.top, self.inked.shape, canvas.shape)
        np.copyto(canvas[there], self.dark[here], where=self.inked[here])


def preview(page: Page, *, dpi: int) -> Dots:
    """Return a page as rows of pixels in sRGB, smooth, at any resolution.

    Symbols laid out for another resolution keep their size, not the evenness of their modules.

    Raises:
        LabelError: ``label.dpi``, ``label.too_many_pixels``.
    """
    if not COARSEST <= dpi <= MAX_DPI:
        raise LabelError("label.dpi", dpi=dpi, least=COARSEST, most=MAX_DPI)
    canvas = np.full((*_size(page, dpi), 3), _PAPER, np.uint8)
    for sticker in page.stickers:
        for item in (*sticker.shared, *sticker.own):
            _paint(item, sticker.x, sticker.y, canvas, dpi)
        for symbol in sticker.symbols:
            left, top, inked, _ = _symbol(symbol, dpi)
            _blend(Mask(left, top, inked * np.uint8(_PAPER)), rgb(BLACK), canvas)
        for item in sticker.over:
            _paint(item, sticker.x, sticker.y, canvas, dpi)
    for mark in page.marks:
        _paint(mark, 0, 0, canvas, dpi)
    return canvas


def _paint(item: Item, x: int, y: int, canvas: Dots, dpi: int) -> None:
    if isinstance(item, Picture):
        left, top, picture = _scaled(item, x, y, dpi)
        pixels = np.asarray(picture.convert("RGB"))
        here, there = _overlap(left, top, pixels.shape, canvas.shape)
        canvas[there] = pixels[here]
    else:
        for mask in _masks(item, x, y, dpi, canvas.shape[:2]):
            _blend(mask, rgb(item.ink), canvas)


def _blend(mask: Mask, colour: tuple[int, int, int], canvas: Dots) -> None:
    here, there = _overlap(mask.left, mask.top, mask.covered.shape, canvas.shape)
    share = mask.covered[here][..., np.newaxis].astype(np.uint32)
    mixed = canvas[there] * (_PAPER - share) + np.array(colour, np.uint32) * share
    canvas[there] = (mixed + _PAPER // 2) // _PAPER


def _size(page: Page, dpi: int) -> tuple[int, int]:
    height, width = (max(1, dots(side, dpi=dpi)) for side in (page.height, page.width))
    _check_size(height, width)
    return height, width


def _check_size(height: int, width: int) -> None:
    if height * width > MAX_PIXELS:
        raise LabelError("label.too_many_pixels", limit=MAX_PIXELS // 10**6)


def _overlap(
    left: int, top: int, shape: tuple[int, ...], canvas: tuple[int, ...]
) -> tuple[tuple[slice, slice], tuple[slice, slice]]:
    """Return which part of a drawing is on a canvas, in the drawing and on the canvas."""
    spans = [
        (max(0, -start), max(0, min(length, room - start)), start)
        for start, length, room in zip((top, left), shape, canvas, strict=False)
    ]
    rows, columns = (slice(first, max(first, end)) for first, end, _ in spans)
    down, across = (slice(first + start, max(first, end) + start) for first, end, start in spans)
    return (rows, columns), (down, across)


def _masks(item: Text | Polygon, x: int, y: int, dpi: int, room: tuple[int, int]) -> list[Mask]:
    if isinstance(item, Polygon):
        return [coverage.of_polygon(item, x=x, y=y, dpi=dpi, room=room)]
    return coverage.of_text(item, x=x, y=y, dpi=dpi)


def _is_dark(ink: Ink) -> bool:
    red, green, blue = rgb(ink)
    return 299 * red + 587 * green + 114 * blue < 1000 * _LIGHT


def _scaled(item: Picture, x: int, y: int, dpi: int) -> tuple[int, int, PIL.Image.Image]:
    left, top = dots(x + item.x, dpi=dpi), dots(y + item.y, dpi=dpi)
    right = dots(x + item.x + item.width, dpi=dpi)
    bottom = dots(y + item.y + item.height, dpi=dpi)
    size = (max(1, right - left), max(1, bottom - top))
    _check_size(*size)
    return left, top, pillow(item.image).resize(size, PIL.Image.Resampling.BICUBIC)


def _symbol(symbol: Symbol, dpi: int) -> _Stamp:
    """Return a symbol's dark modules; every edge on the nearest dot, exact at its own dpi."""
    modules = _modules(symbol.matrix)
    rows, columns = modules.shape
    pitch = symbol.dots_per_module
    down = _edges(symbol.y_dots, symbol.bar_dots or pitch, rows, symbol.dpi, dpi)
    across = _edges(symbol.x_dots, pitch, columns, symbol.dpi, dpi)
    dark = modules.repeat(np.diff(down), axis=0).repeat(np.diff(across), axis=1)
    return _Stamp(int(across[0]), int(down[0]), dark.astype(np.bool_), dark)


def _edges(first: int, pitch: int, count: int, laid_out: int, dpi: int) -> NDArray[np.int64]:
    places = first + pitch * np.arange(count + 1, dtype=np.int64)
    return (2 * places * dpi + laid_out) // (2 * laid_out)


def _modules(matrix: Matrix) -> Dots:
    return np.frombuffer(matrix.bits, np.uint8).reshape(matrix.height, matrix.width)
