"""Cutting: the marks and boxes by which a print shop cuts stickers out of a sheet.

>>> from ocoptrace.labels.template import load_template
>>> stock = cut_stock(load_template("ocop-50x30"))
>>> stock.page_width, stock.corner(1)
(70000, (10000, 10000))
>>> len(crop_marks((10_000, 10_000, 60_000, 40_000), bleed=2_000))
8
>>> cut_boxes([(10_000, 10_000, 60_000, 40_000)], bleed=2_000)
((10000, 10000, 60000, 40000), (8000, 8000, 62000, 42000))
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ocoptrace.labels.display import Polygon
from ocoptrace.labels.stock.stock import Stock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ocoptrace.labels.display import Box
    from ocoptrace.labels.template import Template

__all__ = ["MARGIN", "crop_marks", "cut_boxes", "cut_stock", "lone_stock"]

MARGIN: Final = 10_000
"""Micrometres around a sticker that is alone on its page: room for bleed and marks."""
_LENGTH: Final = 5_000
_STROKE: Final = 90
# Marks stand off the bleed, so that none of them is left on the sticker.
_OFFSET: Final = 2_000


def cut_stock(template: Template) -> Stock:
    """Return a stock with one sticker a page, as large as a template, and room for marks."""
    across, down = template.width / 1000, template.height / 1000
    margin = (MARGIN + template.bleed) / 1000
    return Stock.read(
        {
            "name": f"cut-{template.name}",
            "kind": "sheet",
            "page_width": across + 2 * margin,
            "page_height": down + 2 * margin,
            "columns": 1,
            "rows": 1,
            "label_width": across,
            "label_height": down,
            "margin_left": margin,
            "margin_top": margin,
            "pitch_x": across,
            "pitch_y": down,
            "certainty": "high",
            "source": "size",
        },
        name=template.name,
    )


def lone_stock(template: Template) -> Stock:
    """Return a stock with one sticker a page, which is just as large as a template."""
    size = [template.width / 1000, template.height / 1000]
    members = {"name": template.name, "page": size, "label": size, "certainty": "high"}
    return Stock.read(members | {"source": "size"}, name=template.name)


def crop_marks(cut: Box, *, bleed: int) -> tuple[Polygon, ...]:
    """Return two hairlines at each corner of a cut, beyond its bleed.

    Args:
        cut: left, top, right, bottom in micrometres.
        bleed: how far art goes beyond it.
    """
    left, top, right, bottom = cut
    near = max(bleed, _OFFSET)
    far = near + _LENGTH
    lines = [
        ((x, y + side * near), (x, y + side * far))
        for x in (left, right)
        for y, side in ((top, -1), (bottom, 1))
    ]
    lines += [
        ((x + side * near, y), (x + side * far, y))
        for y in (top, bottom)
        for x, side in ((left, -1), (right, 1))
    ]
    return tuple(Polygon(line, _STROKE, filled=False) for line in lines)


def cut_boxes(cuts: Sequence[Box], *, bleed: int) -> tuple[Box, Box]:
    """Return the trim and the bleed box of a page with some cuts on it."""
    lefts, tops, rights, bottoms = zip(*cuts, strict=True)
    left, top, right, bottom = min(lefts), min(tops), max(rights), max(bottoms)
    wide = (left - bleed, top - bleed, right + bleed, bottom + bleed)
    return (left, top, right, bottom), wide
