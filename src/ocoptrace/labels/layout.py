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

from itertools import islice
from typing import TYPE_CHECKING, Final

from ocoptrace.errors import LabelError
from ocoptrace.labels.compose import Composer
from ocoptrace.labels.display import (
    MICROMETRES_PER_INCH,
    Page,
    Sticker,
    Symbol,
    dots,
)
from ocoptrace.labels.symbols import qr

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ocoptrace.labels.content import LabelContent
    from ocoptrace.labels.stock import Stock
    from ocoptrace.labels.symbols import Matrix
    from ocoptrace.labels.template import Room, Template

__all__ = ["MAX_DPI", "MIN_DPI", "dots_per_module", "lay_out"]

MIN_DPI: Final = 100
MAX_DPI: Final = 4800


def lay_out(
    contents: Iterable[LabelContent],
    *,
    template: Template,
    stock: Stock,
    dpi: int = 300,
    start_slot: int = 1,
) -> Iterator[Page]:
    """Yield the pages of a run, one in memory at a time.

    The modules of all symbols on a page are equally large: as large as whole printer dots
    and the page's largest symbol allow in the template's room. Text that does not fit is
    cut with an ellipsis; ``preflight`` tells beforehand.

    Args:
        contents: the stickers, in printing order.
        template: the drawing plan; it stands in the middle of a larger sticker.
        stock: what is printed on.
        dpi: dots per inch of the printer.
        start_slot: first unused slot of the first page, counted from 1.

    Raises:
        LabelError: ``label.template_too_large``, ``label.start_slot``, ``label.dpi`` at
            once; ``label.symbol_too_large``, ``label.link_too_long`` and
            ``label.missing_glyph`` when the page is reached.
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
    if not 1 <= start_slot <= stock.slots:
        raise LabelError("label.start_slot", slot=start_slot, slots=stock.slots)
    return _pages(iter(contents), Composer(template), stock, dpi, start_slot)


def _pages(
    contents: Iterator[LabelContent], composer: Composer, stock: Stock, dpi: int, slot: int
) -> Iterator[Page]:
    while batch := list(islice(contents, stock.slots - slot + 1)):
        stickers = _stickers(batch, composer, stock, dpi, slot)
        yield Page(stock.page_width, stock.page_height, tuple(stickers))
        slot = 1


def _stickers(
    contents: list[LabelContent], composer: Composer, stock: Stock, dpi: int, slot: int
) -> Iterator[Sticker]:
    template = composer.template
    matrices = [qr.encode(content.link) for content in contents]
    largest = max(matrix.size for matrix in matrices)
    pitch = dots_per_module(largest, template.symbol, dpi=dpi)
    if pitch == 0:
        side = template.symbol.side / 1000
        raise LabelError("label.symbol_too_large", modules=largest, side=side, dpi=dpi)
    for number, (content, matrix) in enumerate(zip(contents, matrices, strict=True), start=slot):
        left, top = stock.corner(number)
        x = left + (stock.label_width - template.width) // 2
        y = top + (stock.label_height - template.height) // 2
        art = composer.art(content)
        symbol = _place(matrix, template.symbol, x=x, y=y, pitch=pitch, dpi=dpi)
        yield Sticker(number, x, y, art.shared.items, art.own.items, symbol)


def _place(matrix: Matrix, room: Room, *, x: int, y: int, pitch: int, dpi: int) -> Symbol:
    """Put a symbol in the middle of its room, each edge on the nearest dot."""
    white = (room.side - matrix.size * pitch * MICROMETRES_PER_INCH // dpi) // 2
    x_dots = dots(x + room.x + white, dpi=dpi)
    y_dots = dots(y + room.y + white, dpi=dpi)
    return Symbol(x_dots, y_dots, pitch, dpi, matrix)


def dots_per_module(size: int, room: Room, *, dpi: int) -> int:
    """Return the most dots a module may have for a symbol to fit its room.

    Args:
        size: modules a side, without the quiet zone.
        room: the template's room, quiet zone included.
        dpi: dots per inch of the printer.
    """
    return room.side * dpi // MICROMETRES_PER_INCH // (size + 2 * qr.QUIET_ZONE)
