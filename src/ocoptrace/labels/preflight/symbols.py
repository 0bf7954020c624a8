"""What the symbols bring about: modules and whole dots, room, logo, sizes at a till.

>>> from ocoptrace.labels.content import LabelContent
>>> from ocoptrace.labels.template import load_template
>>> measured = Measured(load_template("ocop-50x30"), dpi=203)
>>> list(measured.take(LabelContent(link="HTTPS://ID.EXAMPLE/01/09521234543213", product="x"), ""))
[]
>>> [finding] = check_symbols(measured, point_of_sale=True)
>>> finding.code, finding.facts["version"], finding.facts["dots"], finding.facts["module"]
('label.symbol', 2, 5, 0.626)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ocoptrace.errors import InputError
from ocoptrace.findings import Finding
from ocoptrace.labels.codes import Codes, whole_dots
from ocoptrace.labels.display import MICROMETRES_PER_INCH
from ocoptrace.labels.elements import Barcode, Qr
from ocoptrace.labels.symbols import MAX_LOGO_SHARES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ocoptrace.labels.content import LabelContent
    from ocoptrace.labels.display import Box
    from ocoptrace.labels.symbols import Kind, Matrix
    from ocoptrace.labels.template import Template

__all__ = [
    "GOOD_MODULE",
    "LEAST_BARS",
    "LEAST_DOTS",
    "LEAST_MODULE",
    "MODULES",
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
MODULES: Final[dict[Kind, tuple[float, float]]] = {
    "ean-13": (0.264, 0.660),
    "ean-8": (0.264, 0.660),
    "gs1-128": (0.495, 1.016),
}
"""Least and greatest X-dimension in millimetres of bars (GS1 General Specifications, symbol
specification tables 1 and 2: EAN at retail, GS1-128 on cartons)."""
POINT_OF_SALE_MODULES: Final = (0.396, 0.990)
"""X-dimension in millimetres of a two-dimensional symbol at retail point of sale (GS1 General
Specifications, symbol specification table 1)."""
LEAST_BARS: Final[dict[Kind, float]] = {"gs1-128": 31.75}
"""Least height of bars in millimetres (the same, table 2)."""
RESERVED_VERSION: Final = 8
"""Version for which a template keeps room: a sealed link of a long host."""


@dataclass
class _MeasuredRoom:
    """A room, and the largest symbol that a run puts there."""

    element: Qr | Barcode
    box: Box
    largest: Matrix | None = None


class Measured:
    """The symbols of a run, as they are taken in; only the largest of each room is kept."""

    def __init__(self, template: Template, dpi: int) -> None:
        self.dpi = dpi
        elements: tuple[Qr | Barcode, ...] = (*template.symbols, *template.barcodes)
        self.rooms = [_MeasuredRoom(each, each.box(*template.size)) for each in elements]

    def take(self, content: LabelContent, place: str) -> Iterator[Finding]:
        """Measure one sticker; yield what cannot be encoded."""
        for room in self.rooms:
            try:
                (matrix,) = Codes.of(room.element, room.box, [content]).matrices
            except InputError as error:
                field = next(iter(sorted(room.element.data.fields)), "")
                yield Finding(error.code, "error", f"{place}/{field}", error.facts)
            else:
                if matrix and (room.largest is None or matrix.width > room.largest.width):
                    room.largest = matrix


def check_symbols(measured: Measured, *, point_of_sale: bool) -> Iterator[Finding]:
    """Yield what is known about the symbols of a run, and what is wrong with them.

    Args:
        measured: the run.
        point_of_sale: whether they are scanned at a till.
    """
    for room in measured.rooms:
        if room.largest is not None:
            yield from _modules(room.largest, room.box, measured.dpi, point_of_sale=point_of_sale)
            if isinstance(room.element, Qr) and room.element.logo:
                yield from _logo(room.element)


def _modules(matrix: Matrix, box: Box, dpi: int, *, point_of_sale: bool) -> Iterator[Finding]:
    dots = whole_dots(matrix, box, dpi=dpi)
    module = dots * MICROMETRES_PER_INCH / 1000 / dpi
    facts: dict[str, object] = {"module": round(module, 3), "dots": dots, "dpi": dpi}
    facts |= {"modules": matrix.width, "kind": matrix.kind}
    if dots == 0:
        side = (box[2] - box[0]) / 1000
        yield Finding("label.symbol_too_large", "error", "", facts | {"side": side})
        return
    if matrix.kind in MODULES:
        yield from _bars(matrix, box, facts, module)
        return
    if module < LEAST_MODULE or dots < LEAST_DOTS:
        least = {"least": LEAST_MODULE, "least_dots": LEAST_DOTS}
        yield Finding("label.module_too_small", "error", "", facts | least)
    elif module < GOOD_MODULE:
        yield Finding("label.module_small", "warning", "", facts | {"least": GOOD_MODULE})
    if point_of_sale and not POINT_OF_SALE_MODULES[0] <= module <= POINT_OF_SALE_MODULES[1]:
        yield _out_of("label.point_of_sale_module", facts, POINT_OF_SALE_MODULES)
    if matrix.kind == "qr":
        version = {"version": matrix.version, "reserved": RESERVED_VERSION}
        yield Finding("label.symbol", "info", "", facts | version)


def _bars(matrix: Matrix, box: Box, facts: dict[str, object], module: float) -> Iterator[Finding]:
    limits = MODULES[matrix.kind]
    if not limits[0] <= module <= limits[1]:
        yield _out_of("label.bars_module", facts, limits)
    height = (box[3] - box[1]) / 1000
    least = LEAST_BARS.get(matrix.kind, 0.0)
    if height < least:
        bars = {"kind": matrix.kind, "height": height, "least": least}
        yield Finding("label.bars_low", "warning", "", bars)


def _out_of(code: str, facts: dict[str, object], limits: tuple[float, float]) -> Finding:
    return Finding(code, "error", "", facts | {"least": limits[0], "most": limits[1]})


def _logo(room: Qr) -> Iterator[Finding]:
    most = round(100 * MAX_LOGO_SHARES[room.level])
    if room.logo_share > most:
        facts = {"measured": room.logo_share, "required": most, "level": room.level}
        yield Finding("label.logo_share", "error", "", facts)
