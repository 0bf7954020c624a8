"""Laying out: contents, a template and a stock into pages of a display list. Pure.

>>> from ocoptrace.labels import LabelContent, load_stock, load_template
>>> content = LabelContent(
...     link="HTTPS://ID.EXAMPLE/01/09521234543213/10/L1", product="Mắm tôm",
...     producer="HTX", place="Hậu Lộc", lot="L1",
... )
>>> template, stock = load_template("ocop-70x37"), load_stock("a4-3x8-70x37")
>>> pages = list(lay_out([content] * 3, template=template, stock=stock, start_slot=23))
>>> [[sticker.slot for sticker in page.stickers] for page in pages]
[[23, 24], [1]]
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final

from ocoptrace.errors import LabelError
from ocoptrace.labels.codes import Codes
from ocoptrace.labels.compose import Composer
from ocoptrace.labels.crop import crop_marks, cut_boxes
from ocoptrace.labels.display import Page, Sticker
from ocoptrace.labels.stock.printer import PrinterProfile
from ocoptrace.labels.stock.slots import Filling

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ocoptrace.labels.content import LabelContent
    from ocoptrace.labels.display import Image, Item, Symbol
    from ocoptrace.labels.elements import Barcode, Qr
    from ocoptrace.labels.stock.stock import Stock
    from ocoptrace.labels.template import Template

__all__ = ["MAX_DPI", "MIN_DPI", "lay_out"]

MIN_DPI: Final = 100
MAX_DPI: Final = 4800
_AT_ONCE: Final = 512


def lay_out(
    contents: Iterable[LabelContent],
    *,
    template: Template,
    stock: Stock,
    dpi: int = 300,
    start_slot: int = 1,
    images: Mapping[str, Image] | None = None,
    filling: Filling | None = None,
    printer: PrinterProfile | None = None,
    crop: bool = False,
) -> Iterator[Page]:
    """Yield the pages of a run, at most some hundred stickers in memory at a time.

    The modules of all symbols on a page are equally large: as large as whole printer dots
    and the page's largest symbol allow in the template's room. Text that does not fit is
    cut with an ellipsis; ``preflight`` tells beforehand.

    Args:
        contents: the stickers, in printing order.
        template: the drawing plan; it stands in the middle of a larger sticker.
        stock: what is printed on.
        dpi: dots per inch of the printer.
        start_slot: first unused slot of the first page, counted from 1.
        images: the pictures that the template names.
        filling: copies, order and blank slots, in place of ``start_slot``.
        printer: the profile that puts right where the printer draws; None changes nothing.
        crop: whether the page says where to cut, by marks and boxes: for a print shop.

    Raises:
        LabelError: ``label.template_too_large``, ``label.dpi``, ``label.no_image``, and as
            ``Filling.check``, at once; ``label.symbol_too_large``, ``label.link_too_long``
            and ``label.missing_glyph`` when the page is reached.
    """
    if template.width > stock.label_width or template.height > stock.label_height:
        raise LabelError(
            "label.template_too_large",
            template=template.name,
            stock=stock.name,
            width=template.width / 1000,
            height=template.height / 1000,
            label_width=stock.label_width / 1000,
            label_height=stock.label_height / 1000,
        )
    if not MIN_DPI <= dpi <= MAX_DPI:
        raise LabelError("label.dpi", dpi=dpi, least=MIN_DPI, most=MAX_DPI)
    filling = filling or Filling(start_slot=start_slot)
    filling.check(stock)
    profile = printer or PrinterProfile()
    corners = {slot: profile.corner(stock, slot) for slot in range(1, stock.slots + 1)}
    press = _Press(Composer(template, images), stock, dpi, corners, crop)
    return _pages(filling.pages(contents, stock), press)


@dataclass(frozen=True, slots=True)
class _Press:
    """What all pages of a run have in common.

    Attributes:
        composer: of what stands beside the symbols.
        stock: what is printed on.
        dpi: dots per inch of the printer.
        corners: where to draw each slot.
        crop: whether pages say where to cut.
    """

    composer: Composer
    stock: Stock
    dpi: int
    corners: Mapping[int, tuple[int, int]]
    crop: bool


def _pages(pages: Iterator[tuple[tuple[int, LabelContent], ...]], press: _Press) -> Iterator[Page]:
    template, stock = press.composer.template, press.stock
    symbols: tuple[Qr | Barcode, ...] = (*template.symbols, *template.barcodes)
    rooms = [(element, element.box(*template.size)) for element in symbols]
    # Many symbols are encoded at once; a page is never parted.
    while some := list(islice(pages, max(1, _AT_ONCE // stock.slots))):
        contents = [content for page in some for _, content in page]
        codes = [Codes.of(element, box, contents) for element, box in rooms]
        taken = 0
        for page in some:
            slots = {taken + number: slot for number, (slot, _) in enumerate(page)}
            stickers = tuple(_stickers(slots, contents, codes, press))
            yield _page(stickers, press)
            taken += len(page)


def _page(stickers: tuple[Sticker, ...], press: _Press) -> Page:
    width, height = press.stock.page_width, press.stock.page_height
    if not press.crop:
        return Page(width, height, stickers)
    template = press.composer.template
    cuts = [(s.x, s.y, s.x + template.width, s.y + template.height) for s in stickers]
    marks = tuple(mark for cut in cuts for mark in crop_marks(cut, bleed=template.bleed))
    trim, bleed = cut_boxes(cuts, bleed=template.bleed)
    return Page(width, height, stickers, marks, trim, bleed)


def _stickers(
    slots: Mapping[int, int],
    contents: Sequence[LabelContent],
    codes: Sequence[Codes],
    press: _Press,
) -> Iterator[Sticker]:
    """Yield the stickers of a page: those of some numbers, each in its slot."""
    composer, stock, dpi = press.composer, press.stock, press.dpi
    width, height = composer.template.size
    pitches = [code.dots_per_module(slots, dpi=dpi) for code in codes]
    for number, slot in slots.items():
        left, top = press.corners[slot]
        x = left + (stock.label_width - width) // 2
        y = top + (stock.label_height - height) // 2
        art = composer.art(contents[number])
        own: list[Item] = list(art.own.items)
        over: list[Item] = []
        symbols: list[Symbol] = []
        for code, pitch in zip(codes, pitches, strict=True):
            symbol = code.placed(number, x=x, y=y, dots_per_module=pitch, dpi=dpi)
            if symbol is not None:
                symbols.append(symbol)
                own += code.digits(number)
                if (logo := composer.logo(code.element)) is not None:
                    over += code.logo(symbol, logo, x=x, y=y)
        yield Sticker(slot, x, y, art.shared.items, tuple(own), tuple(symbols), tuple(over))
