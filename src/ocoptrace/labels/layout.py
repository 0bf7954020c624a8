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
from ocoptrace.labels.compose import Composer
from ocoptrace.labels.display import (
    MICROMETRES_PER_INCH,
    Page,
    Sticker,
    Symbol,
    dots,
)
from ocoptrace.labels.symbols.batch import encode_many
from ocoptrace.labels.symbols.qr import QUIET_ZONE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ocoptrace.labels.content import LabelContent
    from ocoptrace.labels.display import Box, Image
    from ocoptrace.labels.elements import Qr
    from ocoptrace.labels.stock import Stock
    from ocoptrace.labels.symbols import Matrix
    from ocoptrace.labels.template import Template

__all__ = ["MAX_DPI", "MIN_DPI", "dots_per_module", "lay_out"]

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

    Raises:
        LabelError: ``label.template_too_large``, ``label.start_slot``, ``label.dpi``,
            ``label.no_image`` at once; ``label.symbol_too_large``, ``label.link_too_long``
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
    if not 1 <= start_slot <= stock.slots:
        raise LabelError("label.start_slot", slot=start_slot, slots=stock.slots)
    return _pages(iter(contents), _Press(Composer(template, images), stock, dpi), start_slot)


@dataclass(frozen=True, slots=True)
class _Press:
    """What all pages of a run have in common."""

    composer: Composer
    stock: Stock
    dpi: int


def _pages(contents: Iterator[LabelContent], press: _Press, slot: int) -> Iterator[Page]:
    template, stock = press.composer.template, press.stock
    # Many symbols are encoded at once; a page is never parted.
    while some := list(islice(contents, max(1, _AT_ONCE // stock.slots) * stock.slots - slot + 1)):
        codes = [_Codes.of(room, some, template) for room in template.symbols]
        taken = 0
        while taken < len(some):
            page = range(taken, min(len(some), taken + stock.slots - slot + 1))
            stickers = _stickers(page, some, codes, press, slot)
            yield Page(stock.page_width, stock.page_height, tuple(stickers))
            taken, slot = page.stop, 1


@dataclass(frozen=True, slots=True)
class _Codes:
    """A room for symbols, and the symbol that each of some stickers has there."""

    room: Qr
    box: Box
    matrices: tuple[Matrix | None, ...]

    @classmethod
    def of(cls, room: Qr, contents: Sequence[LabelContent], template: Template) -> _Codes:
        said = [room.data.text(c, c.language) if room.when.holds(c) else None for c in contents]
        drawn = iter(encode_many([text for text in said if text is not None], room.level))
        matrices = tuple(None if text is None else next(drawn) for text in said)
        return cls(room, room.box(*template.size), matrices)

    def pitch(self, page: range, dpi: int) -> int:
        """Return the dots of a module of all symbols of a page."""
        sizes = [matrix.size for n in page if (matrix := self.matrices[n]) is not None]
        pitch = dots_per_module(max(sizes, default=0), self.room.side, dpi=dpi)
        if pitch == 0:
            side = self.room.side / 1000
            raise LabelError("label.symbol_too_large", modules=max(sizes), side=side, dpi=dpi)
        return pitch


def _stickers(
    page: range,
    contents: Sequence[LabelContent],
    codes: Sequence[_Codes],
    press: _Press,
    slot: int,
) -> Iterator[Sticker]:
    composer, stock, dpi = press.composer, press.stock, press.dpi
    width, height = composer.template.size
    pitches = [code.pitch(page, dpi) for code in codes]
    for at, number in enumerate(page, start=slot):
        left, top = stock.corner(at)
        x = left + (stock.label_width - width) // 2
        y = top + (stock.label_height - height) // 2
        art = composer.art(contents[number])
        symbols = tuple(
            _place(matrix, code.box, x=x, y=y, pitch=pitch, dpi=dpi)
            for code, pitch in zip(codes, pitches, strict=True)
            if (matrix := code.matrices[number]) is not None
        )
        yield Sticker(at, x, y, art.shared.items, art.own.items, symbols)


def _place(matrix: Matrix, room: Box, *, x: int, y: int, pitch: int, dpi: int) -> Symbol:
    """Put a symbol in the middle of its room, each edge on the nearest dot."""
    left, top, right, _ = room
    white = (right - left - matrix.size * pitch * MICROMETRES_PER_INCH // dpi) // 2
    x_dots = dots(x + left + white, dpi=dpi)
    y_dots = dots(y + top + white, dpi=dpi)
    return Symbol(x_dots, y_dots, pitch, dpi, matrix)


def dots_per_module(size: int, side: int, *, dpi: int) -> int:
    """Return the most dots a module may have for a symbol to fit its room.

    Args:
        size: modules a side, without the quiet zone.
        side: of the template's room in micrometres, quiet zone included.
        dpi: dots per inch of the printer.
    """
    return side * dpi // MICROMETRES_PER_INCH // (size + 2 * QUIET_ZONE)
