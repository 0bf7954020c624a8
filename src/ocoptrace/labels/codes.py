"""Codes: the symbols of a template's rooms, made for many stickers at once, and where they go.

>>> from ocoptrace.labels.content import LabelContent
>>> from ocoptrace.labels.template import load_template
>>> template = load_template("ocop-50x30")
>>> content = LabelContent(link="HTTPS://ID.EXAMPLE/01/09521234543213", product="x")
>>> codes = Codes.of(template.symbols[0], (1_200, 1_200, 25_500, 25_500), [content])
>>> symbol = codes.placed(0, x=0, y=0, dots_per_module=codes.dots_per_module([0], dpi=300), dpi=300)
>>> symbol.matrix.version, symbol.dots_per_module, symbol.module
(2, 8, 0.6773333333333333)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ocoptrace.errors import InputError, LabelError
from ocoptrace.labels.display import MICROMETRES_PER_INCH, WHITE, Picture, Polygon, Symbol, dots
from ocoptrace.labels.elements import Barcode, Qr
from ocoptrace.labels.symbols import encode_micro
from ocoptrace.labels.symbols.batch import encode_many
from ocoptrace.labels.symbols.gs1_symbols import ean, gs1_128, gs1_datamatrix, human_readable
from ocoptrace.labels.typeset import fit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ocoptrace.labels.content import LabelContent
    from ocoptrace.labels.display import Box, Image, Item, Text
    from ocoptrace.labels.symbols import Matrix

__all__ = ["DIGITS_HEIGHT", "Codes", "whole_dots"]

DIGITS_HEIGHT: Final = 3_300
"""Micrometres that the human readable digits take below the bars."""
_DIGITS_X_HEIGHT: Final = 1_400
_DIGITS_LEAST: Final = 900
_LOGO_MARGIN: Final = 0.15


@dataclass(frozen=True, slots=True)
class Codes:
    """A room of the template, and the symbol that each of some stickers has there.

    Attributes:
        element: the room.
        box: its place on the sticker in micrometres.
        matrices: a symbol for each sticker; None where it has none.
    """

    element: Qr | Barcode
    box: Box
    matrices: tuple[Matrix | None, ...]

    @classmethod
    def of(cls, element: Qr | Barcode, box: Box, contents: Sequence[LabelContent]) -> Codes:
        """Encode what some stickers have in a room.

        Raises:
            LabelError: ``label.link_too_long``, ``label.link_characters`` and others of
                ``symbols``, or the code of a ``Gs1Error``; its place is ``/<number from 0>``.
        """
        said = [
            element.data.text(content, content.language) if element.when.holds(content) else None
            for content in contents
        ]
        if isinstance(element, Qr):
            numbers = [number for number, text in enumerate(said) if text is not None]
            matrices: list[Matrix | None] = [None] * len(said)
            for number, matrix in zip(
                numbers, encode_many([said[n] or "" for n in numbers], element.level), strict=True
            ):
                matrices[number] = matrix
            return cls(element, box, tuple(matrices))
        drawn: dict[str, Matrix] = {}
        for number, text in enumerate(said):
            if text is not None and text not in drawn:
                try:
                    drawn[text] = _encode(element, text)
                except InputError as error:
                    raise LabelError(error.code, place=f"/{number}", **error.facts) from error
        return cls(element, box, tuple(None if text is None else drawn[text] for text in said))

    def dots_per_module(self, numbers: Iterable[int], *, dpi: int) -> int:
        """Return the dots of a module of some stickers' symbols: all are equally large.

        Raises:
            LabelError: ``label.symbol_too_large``.
        """
        shown = [matrix for number in numbers if (matrix := self.matrices[number]) is not None]
        if not shown:
            return 0
        least = min(whole_dots(matrix, self.box, dpi=dpi) for matrix in shown)
        if least == 0:
            modules = max(matrix.size for matrix in shown)
            side = (self.box[2] - self.box[0]) / 1000
            raise LabelError("label.symbol_too_large", modules=modules, side=side, dpi=dpi)
        return least

    def placed(
        self, number: int, *, x: int, y: int, dots_per_module: int, dpi: int
    ) -> Symbol | None:
        """Return a sticker's symbol in the middle of its room, each edge on the nearest dot.

        Args:
            number: of the sticker.
            x: left edge of the sticker on the page.
            y: top edge of the sticker on the page.
            dots_per_module: as of all symbols of the page.
            dpi: dots per inch of the printer.
        """
        matrix = self.matrices[number]
        if matrix is None:
            return None
        left, top, right, bottom = self.box
        white_left, _, white_right, _ = matrix.quiet_zone
        module = dots_per_module * MICROMETRES_PER_INCH
        across = (matrix.width + white_left + white_right) * module // dpi
        spare = (right - left - across) // 2 + white_left * module // dpi
        bar_dots = 0
        if matrix.height == 1:
            down = 0
            bar_dots = dots(bottom - top - self._digits_height(matrix), dpi=dpi)
        else:
            down = (bottom - top - matrix.height * module // dpi) // 2
        x_dots = dots(x + left + spare, dpi=dpi)
        y_dots = dots(y + top + down, dpi=dpi)
        return Symbol(x_dots, y_dots, dots_per_module, dpi, matrix, bar_dots)

    def digits(self, number: int) -> tuple[Text, ...]:
        """Return the human readable text below a sticker's bars, from the sticker's corner."""
        matrix = self.matrices[number]
        if matrix is None or not self._digits_height(matrix):
            return ()
        left, _, right, bottom = self.box
        setting = fit(
            [("figures", " ".join(human_readable(matrix)))],
            width=right - left,
            x_height=_DIGITS_X_HEIGHT,
            least=_DIGITS_LEAST,
            lines=1,
        )
        top = bottom - setting.height
        return tuple(setting.items(x=left, y=top, width=right - left, align="centre"))

    def _digits_height(self, matrix: Matrix) -> int:
        shown = isinstance(self.element, Barcode) and self.element.digits and matrix.height == 1
        return DIGITS_HEIGHT if shown else 0

    def logo(self, symbol: Symbol, image: Image, *, x: int, y: int) -> Iterator[Item]:
        """Yield a picture on white in the middle of a QR symbol, from the sticker's corner."""
        if isinstance(self.element, Qr):
            left, top, right, bottom = symbol.box
            side = (right - left) * (self.element.logo_share / 100) ** 0.5
            scale = side / max(image.width, image.height)
            across, down = (left + right) / 2 - x, (top + bottom) / 2 - y
            half = side / 2
            yield Polygon.rectangle(
                *(round(edge) for edge in (across - half, down - half, across + half, down + half)),
                ink=WHITE,
            )
            scale *= 1 - _LOGO_MARGIN
            width, height = image.width * scale, image.height * scale
            yield Picture(
                round(across - width / 2),
                round(down - height / 2),
                round(width),
                round(height),
                image,
            )


def whole_dots(matrix: Matrix, box: Box, *, dpi: int) -> int:
    """Return the most dots a module may have for a symbol with its quiet zone to fit a room.

    Args:
        matrix: the symbol.
        box: the room in micrometres.
        dpi: dots per inch of the printer.
    """
    left, top, right, bottom = matrix.quiet_zone
    across = (box[2] - box[0]) * dpi // MICROMETRES_PER_INCH // (matrix.width + left + right)
    if matrix.height == 1:
        return across
    down = (box[3] - box[1]) * dpi // MICROMETRES_PER_INCH // (matrix.height + top + bottom)
    return min(across, down)


def _encode(element: Barcode, text: str) -> Matrix:
    match element.symbology:
        case "ean-13" | "ean-8":
            return ean(text)
        case "gs1-128":
            return gs1_128(text)
        case "gs1-datamatrix":
            return gs1_datamatrix(text)
        case "micro-qr":
            return encode_micro(text)
