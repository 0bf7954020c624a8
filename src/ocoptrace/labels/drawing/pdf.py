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

import zlib
from dataclasses import replace
from io import BytesIO
from operator import itemgetter
from typing import TYPE_CHECKING, Final, TypeVar

from reportlab import rl_config
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase.pdfdoc import PDFDictionary, PDFName, PDFStream, xObjectName
from reportlab.pdfgen.canvas import Canvas

from ocoptrace.errors import LabelError
from ocoptrace.labels.display import BLACK, Picture, Polygon, Text
from ocoptrace.labels.drawing.pdf_fonts import registered
from ocoptrace.labels.images import pillow
from ocoptrace.labels.symbols.rectangles import rectangles

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ocoptrace.labels.display import Box, Image, Ink, Item, Page, Sticker, Symbol

__all__ = ["write_pdf"]

_POINTS_PER_INCH: Final = 72
_POINTS_PER_MICROMETRE: Final = _POINTS_PER_INCH / 25_400
Drawn = TypeVar("Drawn")

_MITRE_JOIN: Final = 0
# Of places in points: a third of a micrometre.
_DECIMALS: Final = 3
_AT_ONCE: Final = 240
# zlib's usual 6 takes twice the time, which is more than all else that a page takes, and
# makes a file smaller by a tenth.
_COMPRESSION: Final = 5
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
    canvas = _Canvas(
        out,
        pageCompression=1,
        invariant=1,
        # Else the file names Helvetica, which it does not carry, and print shops refuse it.
        initialFontName=registered("BeVietnamPro-Regular").fontName,
        pdfVersion=_PDF_VERSION,
    )
    canvas.setTitle(title.encode(errors="replace").decode())
    canvas.setAuthor("")
    canvas.setSubject("")
    canvas.setCreator("ocoptrace")
    canvas.setViewerPreference("PrintScaling", "None")
    writer = _Writer(canvas)
    for some in _batches(pages):
        writer.draw(some)
    if not writer.pages:
        raise LabelError("label.no_pages")
    writer.canvas.save()
    return out.getvalue()


def _points(micrometres: int) -> float:
    return micrometres * _POINTS_PER_MICROMETRE


class _Canvas(Canvas):  # type: ignore[misc] # reportlab ships no types
    """A canvas for many pages of many small things."""

    def showPage(self) -> None:  # noqa: N802 - reportlab's name
        """End a page, and keep it as small as it will be in the file."""
        super().showPage()
        page = self._doc.Pages.pages[-1]
        packed = zlib.compress(page.stream.encode(), _COMPRESSION)
        page.stream = None
        page.Contents = PDFStream(PDFDictionary({"Filter": PDFName("FlateDecode")}), packed)

    def stamp(self, forms: Iterable[tuple[str, float, float]]) -> None:
        """Draw forms with their origins at (x, y)."""
        # What saveState would keep besides is not touched by a form.
        self._code.append("q")
        for step, form in _steps(forms):
            self._code.append(f"1 0 0 1 {step} cm /{xObjectName(form)} Do")
            self._formsinuse.append(form)
        self._code.append("Q")

    def show(self, texts: Sequence[tuple[Text, float, float]]) -> None:
        """Draw texts whose baselines start at (x, y), as one text object."""
        if not texts:
            return
        self._code.append("BT")
        last: tuple[str, int, int] | None = None
        for step, text in _steps(texts):
            font = registered(text.font)
            self._code.append(f"{step} Td")
            for subset, codes in font.splitString(text.text, self._doc):
                if last != (text.font, text.size, subset):
                    last = text.font, text.size, subset
                    name = font.getSubsetInternalName(subset, self._doc)
                    self._code.append(f"{name} {_points(text.size):.{_DECIMALS}f} Tf")
                self._code.append(f"({self._escape(codes)}) Tj")
        self._code.append("ET")


def _steps(placed: Iterable[tuple[Drawn, float, float]]) -> Iterator[tuple[str, Drawn]]:
    """Yield the way to each place from the one before, and what stands there.

    From sticker to sticker they are alike, and compress better than places.
    """
    left = low = 0.0
    for drawn, x, y in placed:
        across, up = round(x, _DECIMALS), round(y, _DECIMALS)
        yield f"{across - left:.{_DECIMALS}f} {up - low:.{_DECIMALS}f}", drawn
        left, low = across, up


class _Writer:
    """One document under way."""

    def __init__(self, canvas: _Canvas) -> None:
        self.canvas = canvas
        self.pages = 0
        self._forms: dict[tuple[Item, ...], str] = {}
        self._images: dict[Image, ImageReader] = {}

    def draw(self, pages: Sequence[Page]) -> None:
        """Draw some pages, their symbols made ready at once."""
        symbols = [symbol for page in pages for each in page.stickers for symbol in each.symbols]
        operators = iter(rectangles([symbol.matrix for symbol in symbols]))
        for page in pages:
            self._draw_page(page, operators)

    def _draw_page(self, page: Page, operators: Iterator[str]) -> None:
        height = _points(page.height)
        self.canvas.setPageSize((_points(page.width), height))
        self.canvas.setTrimBox(page.trim and _from_below(page.trim, height))
        self.canvas.setBleedBox(page.bleed and _from_below(page.bleed, height))
        self._start()
        symbols: list[tuple[int, str]] = []
        self._draw_shared(page)
        self._draw_own(page.stickers, height)
        for sticker in page.stickers:
            for symbol, drawn in zip(sticker.symbols, operators, strict=False):
                place = f"q {_matrix(symbol, height)} cm\n{drawn}f Q"
                symbols.append((symbol.matrix.mask or 0, place))
        # Symbols of one mask look alike: side by side they compress better.
        for _, drawn in sorted(symbols, key=itemgetter(0)):
            self.canvas.addLiteral(drawn)
        for sticker in page.stickers:
            for item in sticker.over:
                self._draw(item, _points(sticker.x), height - _points(sticker.y))
        for mark in page.marks:
            self._draw(mark, 0, height)
        self.canvas.showPage()
        self.pages += 1

    def _draw_shared(self, page: Page) -> None:
        forms: list[tuple[str, float, float]] = []
        drawn: tuple[Item, ...] = ()
        form = ""
        for sticker in page.stickers:
            if sticker.shared is not drawn:
                drawn, form = sticker.shared, self._form(sticker.shared, page)
            if drawn:
                forms.append((form, _points(sticker.x), _points(page.height - sticker.y)))
        self.canvas.stamp(forms)

    def _draw_own(self, stickers: Sequence[Sticker], height: float) -> None:
        """Draw what stickers have of their own, black texts in a row as one text object."""
        texts: list[tuple[Text, float, float]] = []
        for sticker in stickers:
            x, y = _points(sticker.x), height - _points(sticker.y)
            for item in sticker.own:
                if isinstance(item, Text) and item.ink == BLACK:
                    texts.append((item, x + _points(item.x), y - _points(item.y)))
                    continue
                self.canvas.show(texts)
                texts.clear()
                self._draw(item, x, y)
        self.canvas.show(texts)

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
                self.canvas.show([(item, x + _points(item.x), y - _points(item.y))])
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


def _from_below(box: Box, height: float) -> tuple[float, float, float, float]:
    """Return a box in points from the lower left corner of a page."""
    left, top, right, bottom = (_points(edge) for edge in box)
    return left, height - bottom, right, height - top


def _matrix(symbol: Symbol, height: float) -> str:
    """Return the matrix under which one unit is one module and y points down."""
    dot = _POINTS_PER_INCH / symbol.dpi
    across = symbol.dots_per_module * dot
    down = (symbol.bar_dots or symbol.dots_per_module) * dot
    left, top = symbol.x_dots * dot, height - symbol.y_dots * dot
    return f"{across:.8g} 0 0 {-down:.8g} {left:.8g} {top:.8g}"


def _batches(pages: Iterable[Page]) -> Iterator[list[Page]]:
    """Gather pages until their symbols are worth drawing at once."""
    some: list[Page] = []
    symbols = 0
    for page in pages:
        some.append(page)
        symbols += sum(len(sticker.symbols) for sticker in page.stickers)
        if symbols >= _AT_ONCE:
            yield some
            some, symbols = [], 0
    if some:
        yield some
