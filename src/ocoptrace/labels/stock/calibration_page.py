"""The page that is measured: cuts, rulers, crosses, and words that tell what to do.

>>> from ocoptrace.labels.stock.stock import load_stock
>>> page = calibration_page(load_stock("a4-3x8-70x37"), language="en")
>>> [mark.text for mark in page.marks if isinstance(mark, Text)][-4:]
['A', 'B', 'C', 'D']
"""

from __future__ import annotations

from math import cos, pi, sin
from typing import TYPE_CHECKING, Final

from ocoptrace import messages
from ocoptrace.labels import fonts
from ocoptrace.labels.display import Page, Polygon, Text, mm
from ocoptrace.labels.stock.calibration import distances
from ocoptrace.labels.stock.printer import PrinterProfile
from ocoptrace.labels.typeset import fit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ocoptrace.labels.display import Box, Item
    from ocoptrace.labels.fonts import Face
    from ocoptrace.labels.stock.calibration import Distances
    from ocoptrace.labels.stock.stock import Stock
    from ocoptrace.messages import Language

__all__ = ["calibration_page"]

_HAIR: Final = 100
_LINE: Final = 180
_ARC: Final = 6
_WORDS: Final = ("title", "print", "hold", "measure", "a", "b", "c", "d", "enter")
_X_HEIGHT: Final = 1500
_LEAST_X_HEIGHT: Final = 900
_LINES: Final = 8
_PADDING: Final = 2500
_BETWEEN: Final = 1200
_NUMBER: Final = 2000
_LEAST_BOX: Final = (15_000, 4_000)
# Of an A4 page, whose crosses stand 20 mm from the edges; smaller pages have smaller marks.
_ARM: Final = 4000
_LEAST_ARM: Final = 1200
_LETTER: Final = 4200
_LEAST_LETTER: Final = 2000
_TICKS: Final = {10: 4000, 5: 2800, 1: 1600}
_INSET: Final = 20_000
_LEAST_SCALE_FOR_NUMBERS: Final = 0.5


def calibration_page(
    stock: Stock, *, printer: PrinterProfile | None = None, language: Language = "vi"
) -> Page:
    """Return the page that ``calibrate`` reads distances of.

    Args:
        stock: whose cuts are shown.
        printer: what corrects the page, to see whether it is right now; None corrects nothing.
        language: of the words.
    """
    drawing = _Drawing(stock, printer or PrinterProfile(), language)
    return Page(stock.page_width, stock.page_height, (), tuple(drawing.items()))


class _Drawing:
    """One calibration page; lengths in micrometres."""

    def __init__(self, stock: Stock, printer: PrinterProfile, language: Language) -> None:
        self.stock, self.printer, self.language = stock, printer, language
        self.distances: Distances = distances(stock)
        each = self.distances
        self.a, self.b, self.c, self.d = map(mm, (each.a, each.b, each.c, each.d))
        self.scale = min(self.a, self.c, _INSET) / _INSET

    def items(self) -> Iterator[Item]:
        for slot in range(1, self.stock.slots + 1):
            yield self._cut(slot)
            yield from self._slot_number(slot)
        yield from self._words()
        yield from self._rulers()
        yield from self._crosses()

    def _cut(self, slot: int) -> Polygon:
        left, top = self.printer.corner(self.stock, slot)
        right, bottom = left + self.stock.label_width, top + self.stock.label_height
        radius = self.stock.corner_radius
        if not radius:
            return Polygon.rectangle(left, top, right, bottom, stroke=_HAIR)
        corners = (
            (right - radius, top + radius, -pi / 2),
            (right - radius, bottom - radius, 0),
            (left + radius, bottom - radius, pi / 2),
            (left + radius, top + radius, pi),
        )
        points = tuple(
            (round(x + radius * cos(angle)), round(y + radius * sin(angle)))
            for x, y, first in corners
            for angle in (first + pi / 2 * step / _ARC for step in range(_ARC + 1))
        )
        return Polygon(points, _HAIR, filled=False)

    def _slot_number(self, slot: int) -> Iterator[Text]:
        left, top = self.printer.corner(self.stock, slot)
        small = min(self.stock.label_width, self.stock.label_height) // 10
        size = min(_NUMBER, 2 * small)
        wide = fonts.width(str(slot), "figures") * size // 1000
        x, y = left + self.stock.label_width - small - wide, top + self.stock.label_height - small
        if y - size < self.printer.y(self.d) < y + size // 2:
            # Not where the line to the lower cross runs through it.
            y -= 2 * size
        yield from _text(str(slot), "figures", x, y, size)

    def _words(self) -> Iterator[Item]:
        """Set the sentences on the stickers that have most room for them."""
        sentences = [self._sentence(key) for key in _WORDS]
        whole, parts = self._rooms()
        if not parts:
            return
        largest = max(map(_area, parts))
        roomy = [room for room in parts if 2 * _area(room) >= largest]
        for rooms in (whole, roomy, [max(parts, key=_area)]):
            if columns := _spread(sentences, rooms):
                yield from columns
                return
        yield from _column([self._sentence("short")], max(parts, key=_area))

    def _sentence(self, key: str) -> str:
        each = self.distances
        facts = {"a": each.a, "b": each.b, "c": each.c, "d": each.d}
        whole = {letter: f"{distance:g}" for letter, distance in facts.items()}
        return messages.text(
            f"stock.calibration.{key}", self.language, stock=self.stock.name, **whole
        )

    def _rooms(self) -> tuple[list[Box], list[Box]]:
        """Return the room for words on stickers: those clear of all marks, and all there is."""
        clear = round(1.5 * max(_LEAST_ARM, _ARM * self.scale))
        left, right = self.a + clear, self.b - clear
        top, bottom = self.c + clear, self.d - clear
        whole, parts = [], []
        for slot in range(1, self.stock.slots + 1):
            x1, y1, x2, y2 = self.stock.box(slot)
            padding = min(_PADDING, (x2 - x1) // 12, (y2 - y1) // 12)
            inner = (x1 + padding, y1 + padding, x2 - padding, y2 - padding)
            room = (
                max(inner[0], left), max(inner[1], top),
                min(inner[2], right), min(inner[3], bottom),
            )  # fmt: skip
            if room[2] - room[0] >= _LEAST_BOX[0] and room[3] - room[1] >= _LEAST_BOX[1]:
                parts.append(room)
                if room == inner:
                    whole.append(room)
        return whole, parts

    def _rulers(self) -> Iterator[Item]:
        middle_x, middle_y = self.a // 2, self.c // 2
        for along, millimetres in enumerate((self.stock.page_width, self.stock.page_height)):
            for position in range(millimetres // 1000 + 1):
                length = round(self._tick(position) * self.scale)
                place = 1000 * position
                if along == 0:
                    ends = ((place, middle_y), (place, middle_y - length))
                else:
                    ends = ((middle_x, place), (middle_x - length, place))
                yield self._line(*ends, stroke=_HAIR)
                if position % 10 == 0 and self.scale >= _LEAST_SCALE_FOR_NUMBERS:
                    yield from self._ruler_number(position, along, middle_x, middle_y)

    @staticmethod
    def _tick(position: int) -> int:
        return next(length for step, length in _TICKS.items() if position % step == 0)

    def _ruler_number(self, position: int, along: int, x: int, y: int) -> Iterator[Text]:
        """Write a number behind its tick, where no line runs; none where the rulers cross."""
        size = round(_NUMBER * 1.2 * self.scale)
        gap = size // 4
        place = 1000 * position
        if place not in (0, y if along else x):
            left = self.printer.x(x if along else place) + gap
            baseline = self.printer.y(place) - gap if along else self.printer.y(y) + size
            yield from _text(str(position), "figures", left, baseline, size)

    def _crosses(self) -> Iterator[Item]:
        a, b, c, d = self.a, self.b, self.c, self.d
        arm = max(_LEAST_ARM, round(_ARM * self.scale))
        for x, y in ((a, c), (b, d)):
            yield self._line((x - arm, y), (x + arm, y), stroke=_LINE)
            yield self._line((x, y - arm), (x, y + arm), stroke=_LINE)
        yield self._line((0, c), (a, c), stroke=_LINE)
        yield self._line((0, d), (b, d), stroke=_LINE)
        yield self._line((a, 0), (a, c), stroke=_LINE)
        yield self._line((b, 0), (b, d), stroke=_LINE)
        size = max(_LEAST_LETTER, round(_LETTER * self.scale))
        gap = size // 4
        wide = fonts.width("A", "bold") * size // 1000
        yield from self._letter("A", a - gap - wide, c - gap, size)
        yield from self._letter("B", b - arm - gap - wide, d - gap, size)
        yield from self._letter("C", a + gap, c - arm, size)
        yield from self._letter("D", b - gap - wide, d - 2 * arm, size)

    def _letter(self, letter: str, x: int, y: int, size: int) -> Iterator[Text]:
        yield from _text(letter, "bold", self.printer.x(x), self.printer.y(y), size)

    def _line(self, start: tuple[int, int], end: tuple[int, int], *, stroke: int) -> Polygon:
        points = tuple((self.printer.x(x), self.printer.y(y)) for x, y in (start, end))
        return Polygon(points, stroke, filled=False)


def _area(box: Box) -> int:
    return (box[2] - box[0]) * (box[3] - box[1])


def _spread(sentences: Sequence[str], rooms: Sequence[Box]) -> list[Text]:
    """Share sentences evenly among rooms; none where they do not fit."""
    each = -(-len(sentences) // max(1, len(rooms)))
    groups = [sentences[first : first + each] for first in range(0, len(sentences), each)]
    columns = [_column(group, room) for group, room in zip(groups, rooms, strict=False)]
    return [text for column in columns for text in column] if all(columns) else []


def _column(sentences: Sequence[str], room: Box) -> list[Text]:
    """Set sentences below one another; none where they do not fit."""
    left, top, right, bottom = room
    for x_height in (_X_HEIGHT, (_X_HEIGHT + _LEAST_X_HEIGHT) // 2, _LEAST_X_HEIGHT):
        items: list[Text] = []
        y, cut = top, False
        for sentence in sentences:
            setting = fit(
                [("regular", sentence)],
                width=right - left, x_height=x_height, least=x_height, lines=_LINES,
            )  # fmt: skip
            items += setting.items(x=left, y=y, width=right - left, align="left")
            y += setting.height + _BETWEEN
            cut |= setting.overflow
        if not cut and y - _BETWEEN <= bottom:
            return items
    return []


def _text(text: str, face: Face, x: int, y: int, size: int) -> Iterator[Text]:
    for run in fonts.runs(text, face):
        yield Text(x, y, size, run.font.name, run.text)
        x += fonts.width(run.text, face) * size // 1000
