"""What the symbols bring about: modules and whole dots, room, logo, sizes at a till.

>>> from ocoptrace.labels.content import LabelContent
>>> from ocoptrace.labels.template import load_template
>>> measured = Measured(load_template("ocop-50x30"), dpi=203)
>>> list(measured.take(LabelContent(link="HTTPS://ID.EXAMPLE/01/09521234543213", product="x"), ""))
[]
>>> [room.version for room in measured.rooms]
[2]
>>> [finding.code for finding in check_symbols(measured, point_of_sale=True)]
[]
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ocoptrace.errors import LabelError
from ocoptrace.findings import Finding
from ocoptrace.labels.display import MICROMETRES_PER_INCH
from ocoptrace.labels.layout import dots_per_module
from ocoptrace.labels.symbols import encode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ocoptrace.labels.content import LabelContent
    from ocoptrace.labels.elements import Qr
    from ocoptrace.labels.template import Template

__all__ = [
    "GOOD_MODULE",
    "LEAST_DOTS",
    "LEAST_MODULE",
    "POINT_OF_SALE_MODULES",
    "RESERVED_VERSION",
    "Measured",
    "check_symbols",
]

GOOD_MODULE: Final = 0.33
"""Module side in millimetres that phones read easily."""
LEAST_MODULE: Final = 0.25
"""Module side in millimetres below which phones fail."""
LEAST_DOTS: Final = 3
"""Printer dots a module needs: of two, one that bleeds fills the gap."""
POINT_OF_SALE_MODULES: Final = (0.396, 0.990)
"""X-dimension in millimetres of a QR code at retail point of sale (GS1 General
Specifications, symbol specification table 1)."""
RESERVED_VERSION: Final = 8
"""Version for which a template keeps room: a sealed link of a long host."""


@dataclass
class MeasuredRoom:
    """A room for a QR symbol and the largest symbol that a run puts there.

    Attributes:
        room: of the template.
        place: its JSON pointer in the template.
        size: modules a side, without quiet zone; 0 where the run has none there.
    """

    room: Qr
    place: str
    size: int = 0

    @property
    def version(self) -> int:
        """Version of the largest symbol."""
        return (self.size - 17) // 4


class Measured:
    """The symbols of a run, as they are taken in; only the largest of each room is kept."""

    def __init__(self, template: Template, dpi: int) -> None:
        self.dpi = dpi
        self.rooms = [
            MeasuredRoom(element, f"/element/{number}")
            for number, element in enumerate(template.element)
            if element.kind == "qr"
        ]

    def take(self, content: LabelContent, place: str) -> Iterator[Finding]:
        """Measure one sticker; yield what cannot be encoded."""
        for measured in self.rooms:
            room = measured.room
            text = room.data.text(content, content.language) if room.when.holds(content) else None
            if text is not None:
                try:
                    measured.size = max(measured.size, encode(text, room.level).size)
                except LabelError as error:
                    yield Finding(error.code, "error", f"{place}/link", error.facts)


def check_symbols(measured: Measured, *, point_of_sale: bool) -> Iterator[Finding]:
    """Yield what is wrong with the symbols of a run.

    Args:
        measured: the run.
        point_of_sale: whether they are scanned at a till.
    """
    for room in measured.rooms:
        if room.size:
            yield from _module(room, measured.dpi, point_of_sale=point_of_sale)


def _module(room: MeasuredRoom, dpi: int, *, point_of_sale: bool) -> Iterator[Finding]:
    dots = dots_per_module(room.size, room.room.side, dpi=dpi)
    module = dots * MICROMETRES_PER_INCH / 1000 / dpi
    facts: dict[str, object] = {
        "module": round(module, 3),
        "dots": dots,
        "dpi": dpi,
        "version": room.version,
        "reserved": RESERVED_VERSION,
    }
    if dots == 0:
        facts = {"modules": room.size, "side": room.room.side / 1000, "dpi": dpi}
        yield Finding("label.symbol_too_large", "error", "", facts)
        return
    if module < LEAST_MODULE or dots < LEAST_DOTS:
        facts |= {"least": LEAST_MODULE, "least_dots": LEAST_DOTS}
        yield Finding("label.module_too_small", "error", "", facts)
    elif module < GOOD_MODULE:
        yield Finding("label.module_small", "warning", "", facts | {"least": GOOD_MODULE})
    least, most = POINT_OF_SALE_MODULES
    if point_of_sale and not least <= module <= most:
        facts |= {"least": least, "most": most}
        yield Finding("label.point_of_sale_module", "error", "", facts)
