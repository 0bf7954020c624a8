"""Calibration: a page that one measures with a ruler, and the profile that four readings give.

The page is printed on plain paper at 100 %. It shows where the stickers of a stock are cut,
rulers along both edges, and two crosses; A and B are the distances of the crosses from the
left edge of the paper, C and D those from its top edge.

>>> from ocoptrace.labels.stock.stock import load_stock
>>> stock = load_stock("a4-3x8-70x37")
>>> distances(stock)
Distances(a=20.0, b=190.0, c=20.0, d=277.0)
>>> read = Distances(a=21.2, b=191.2, c=19.0, d=276.0)
>>> profile = calibrate(stock, read, name="office")
>>> profile.dx, profile.dy, profile.scale_x
(-1200, 1000, 1.0)
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from math import isfinite
from typing import TYPE_CHECKING, Final

from ocoptrace.errors import LabelError
from ocoptrace.labels.stock.printer import LARGEST_SCALE, LARGEST_SHIFT, LEAST_SCALE, PrinterProfile

if TYPE_CHECKING:
    from typing import Literal

    from ocoptrace.labels.stock.stock import Stock

__all__ = ["LEAST_BASE", "Distances", "calibrate", "distances"]

LEAST_BASE: Final = 100
"""Millimetres between two crosses from which a scale is believed: a ruler is read to a
quarter of a millimetre, which is one part in 400 of that."""

_INSET: Final = 20
_SHORT_SIDE: Final = 100
_SHARE: Final = 5
_LEAST_INSET: Final = 2
_FURTHEST: Final = 25
_SHIFT: Final = LARGEST_SHIFT / 1000


@dataclass(frozen=True, slots=True)
class Distances:
    """Distances of the two crosses in millimetres, as they should be or as they were read.

    Attributes:
        a: of the upper cross from the left edge.
        b: of the lower cross from the left edge.
        c: of the upper cross from the top edge.
        d: of the lower cross from the top edge.
    """

    a: float
    b: float
    c: float
    d: float


def distances(stock: Stock) -> Distances:
    """Return where the crosses of a stock's calibration page stand."""
    a, b = _crosses(stock.page_width)
    c, d = _crosses(stock.page_height)
    return Distances(a, b, c, d)


def _crosses(side: int) -> tuple[float, float]:
    """Return the whole millimetres at which crosses stand along a side in micrometres."""
    millimetres = side / 1000
    inset = _INSET if millimetres >= _SHORT_SIDE else max(_LEAST_INSET, side // _SHARE // 1000)
    return float(inset), float(int(millimetres - inset))


def calibrate(
    stock: Stock,
    read: Distances,
    *,
    name: str = "default",
    kind: Literal["office", "thermal"] = "office",
    dpi: int = 300,
    printed_with: PrinterProfile | None = None,
) -> PrinterProfile:
    """Return the profile that puts right what was measured on a calibration page.

    Along a side whose crosses stand closer than ``LEAST_BASE`` only the shift is corrected.

    Args:
        stock: the page was made for it.
        read: what was measured on paper, in millimetres.
        name: of the profile.
        kind: of the printer.
        dpi: of the printer.
        printed_with: the profile that the page was printed with, when one is refined.

    Raises:
        LabelError: ``label.reading`` for a distance that no printer gives,
            ``label.beyond_calibration`` for a page that was scaled or moved too much.
    """
    should = distances(stock)
    for letter, distance in asdict(read).items():
        expected = getattr(should, letter)
        if not isfinite(distance) or abs(distance - expected) > _FURTHEST:
            raise LabelError(
                "label.reading",
                place=f"/{letter}",
                reading=letter.upper(),
                value=distance,
                expected=expected,
            )
    before = printed_with or PrinterProfile()
    shift_x, scale_x = _misprint((should.a, should.b), (read.a, read.b))
    shift_y, scale_y = _misprint((should.c, should.d), (read.c, read.d))
    profile = {
        "scale_x": round(before.scale_x / scale_x, 6),
        "scale_y": round(before.scale_y / scale_y, 6),
        "dx": round(before.dx / 1000 - before.scale_x * shift_x / scale_x, 3),
        "dy": round(before.dy / 1000 - before.scale_y * shift_y / scale_y, 3),
    }
    for member, value in profile.items():
        scale = member.startswith("scale")
        least, most = (LEAST_SCALE, LARGEST_SCALE) if scale else (-_SHIFT, _SHIFT)
        if not least <= value <= most:
            raise LabelError(
                "label.beyond_calibration", member=member, value=value, least=least, most=most
            )
    members: dict[str, object] = {"name": name, "kind": kind, "dpi": dpi, **profile}
    if before.head_width:
        members["head_width"] = before.head_width / 1000
    return PrinterProfile.read(members, name=name)


def _misprint(should: tuple[float, float], read: tuple[float, float]) -> tuple[float, float]:
    """Return shift and scale of what a printer did: it put p at shift + scale · p."""
    base = should[1] - should[0]
    scale = (read[1] - read[0]) / base if base >= LEAST_BASE else 1.0
    # Readings in the wrong order would turn the page over.
    scale = max(scale, 0.1)
    shifts = [each - scale * wanted for each, wanted in zip(read, should, strict=True)]
    return sum(shifts) / len(shifts), scale
