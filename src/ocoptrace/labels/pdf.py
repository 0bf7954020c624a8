"""Drawing a display list as PDF; with pdf_fonts the home of reportlab.

The bytes depend on nothing but the pages and the title. Everything is K black
(0, 0, 0, 100): a sticker printed in four inks would have coloured edges. What the stickers
of a run share is written once, as a Form XObject; a symbol is one fill of whole-numbered
rectangles under a matrix that maps one unit to one module, so that no renderer sees a seam.

>>> from ocoptrace.labels.display import Page
>>> write_pdf([Page(210_000, 297_000, ())], title="Tem lô L1")[:8]
b'%PDF-1.6'
"""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING, Final

from reportlab import rl_config
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from ocoptrace.errors import LabelError
from ocoptrace.labels.display import BLACK, Picture, Polygon, Text
from ocoptrace.labels.images import pillow
from ocoptrace.labels.pdf_fonts import registered

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ocoptrace.labels.display import Image, Ink, Item, Page, Sticker, Symbol

__all__ = ["write_pdf"]

_POINTS_PER_INCH: Final = 72
_POINTS_PER_MICROMETRE: Final = _POINTS_PER_INCH / 25_400
_MITRE_JOIN: Final = 0
# The first version that knows PrintScaling.
_PDF_VERSION: Final = (1, 6)

# A process-wide setting of reportlab, and off by default only there: streams as ASCII take
# a quarter more bytes and half of the time.
rl_config.useA85 = 0


def write_pdf(pages: Iterable[Page], *, title: str) -> bytes:
    """Return a PDF file of the pages; print it at 100 %.

    Args:
        pages: as ``lay_out`` yields them; at least one.
        title: what a viewer shows as the document's name.

    Raises:
        LabelError: ``label.no_pages``.
    """
    out = BytesIO()
    canvas = Canvas(
        out,
        pageCompression=1,
        invariant=1,
        # Else the file names Helvetica, which it does not carry, and print shops refuse it.
        initialFontName=registered("BeVietnamPro-Regular"),
        pdfVersion=_PDF_VERSION,
    )
    canvas.setTitle(title.encode(errors="replace").decode())
    canvas.setAuthor("")
    canvas.setSubject("")
    canvas.setCreator("ocoptrace")
    canvas.setViewerPreference("PrintScaling", "None")
    writer = _Writer(canvas)
    for page in pages:
        writer.draw_page(page)
    if not writer.pages:
        raise LabelError("label.no_pages")
    writer.canvas.save()
    return out.getvalue()


def _points(micrometres: int) -> float:
    return micrometres * _POINTS_PER_MICROMETRE


class _Writer:
    """One document under way."""

    def __init__(self, canvas: Canvas) -> None:
        self.canvas = canvas
        self.pages = 0
        self._forms: dict[tuple[Item, ...], str] = {}
        self._images: dict[Image, ImageReader] = {}

    def draw_page(self, page: Page) -> None:
        self.canvas.setPageSize((_points(page.width), _points(page.height)))
        self._start()
        for sticker in page.stickers:
            self._draw_sticker(sticker, page)
        for mark in page.marks:
            self._draw(mark, 0, _points(page.height))
        self.canvas.showPage()
        self.pages += 1

    def _draw_sticker(self, sticker: Sticker, page: Page) -> None:
        x, y = _points(sticker.x), _points(page.height - sticker.y)
        if sticker.shared:
            form = self._form(sticker.shared, page)
            self.canvas.saveState()
            self.canvas.translate(x, y)
            self.canvas.doForm(form)
            self.canvas.restoreState()
        for item in sticker.own:
            self._draw(item, x, y)
        for symbol in sticker.symbols:
            self.canvas.addLiteral(_symbol(symbol, _points(page.height)))

    def _form(self, items: tuple[Item, ...], page: Page) -> str:
        """Return the name of the form that draws shared items, writing it when it is new."""
        name = self._forms.get(items)
        if name is None:
            name = self._forms[items] = f"sticker{len(self._forms)}"
            width, height = _points(page.width), _points(page.height)
            self.canvas.beginForm(name, lowerx=0, lowery=-height, upperx=width, uppery=0)
            self._start()
            for item in items:
                self._draw(item, 0, 0)
            self.canvas.endForm()
        return name

    def _start(self) -> None:
        self._dip(BLACK)
        self.canvas.setLineJoin(_MITRE_JOIN)

    def _dip(self, ink: Ink) -> None:
        parts = [percent / 100 for percent in ink]
        self.canvas.setFillColorCMYK(*parts)
        self.canvas.setStrokeColorCMYK(*parts)

    def _draw(self, item: Item, x: float, y: float) -> None:
        """Draw an item of a sticker whose top left corner is at (x, y), in points."""
        match item:
            case Picture(image=image):
                left, top = x + _points(item.x), y - _points(item.y)
                width, height = _points(item.width), _points(item.height)
                self.canvas.drawImage(self._image(image), left, top - height, width, height)
            case Text() | Polygon() if item.ink != BLACK:
                self.canvas.saveState()
                self._dip(item.ink)
                self._draw(replace(item, ink=BLACK), x, y)
                self.canvas.restoreState()
            case Text():
                self.canvas.setFont(registered(item.font), _points(item.size))
                self.canvas.drawString(x + _points(item.x), y - _points(item.y), item.text)
            case Polygon():
                path = self.canvas.beginPath()
                first, *others = (
                    (x + _points(right), y - _points(down)) for right, down in item.points
                )
                path.moveTo(*first)
                for point in others:
                    path.lineTo(*point)
                path.close()
                self.canvas.setLineWidth(_points(item.stroke))
                self.canvas.drawPath(path, stroke=int(item.stroke > 0), fill=int(item.filled))

    def _image(self, image: Image) -> ImageReader:
        reader = self._images.get(image)
        if reader is None:
            reader = self._images[image] = ImageReader(pillow(image))
        return reader


def _symbol(symbol: Symbol, page_height: float) -> str:
    """Return the operators that draw a symbol: one unit is one module, y points down."""
    dot = _POINTS_PER_INCH / symbol.dpi
    module = symbol.dots_per_module * dot
    left, top = symbol.x_dots * dot, page_height - symbol.y_dots * dot
    matrix = f"{module:.8g} 0 0 {-module:.8g} {left:.8g} {top:.8g} cm"
    rectangles = "".join(map(_RECTANGLES.__getitem__, symbol.matrix.runs()))
    return f"q {matrix}\n{rectangles}f Q"


class _Rectangles(dict[tuple[int, int, int], str]):
    """The operator of each dark run; a run of stickers meets the same few over and over."""

    def __missing__(self, run: tuple[int, int, int]) -> str:
        x, y, length = run
        operator = self[run] = f"{x} {y} {length} 1 re\n"
        return operator


_RECTANGLES: Final = _Rectangles()
