"""What the drawing brings about: quiet zones, contrast, the distance from the cut.

>>> contrast((0, 0, 0, 100), (0, 0, 0, 0)) > 20, contrast((0, 0, 100, 0), (0, 0, 0, 0)) < 1.2
(True, True)
>>> red_reflectance((0, 100, 100, 0)), red_reflectance((100, 0, 0, 0))
(1.0, 0.0)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ocoptrace.findings import Finding
from ocoptrace.labels import fonts
from ocoptrace.labels.display import BLACK, WHITE, Picture, Polygon, Text, overlap

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ocoptrace.labels.display import Box, Ink, Item, Page, Sticker
    from ocoptrace.labels.stock.printer import PrinterProfile
    from ocoptrace.labels.stock.stock import Stock
    from ocoptrace.labels.template import Template

__all__ = ["CUT_MARGIN", "check_head", "check_page", "contrast", "red_reflectance"]

CUT_MARGIN: Final = 1500
"""Micrometres from the cut that stay blank, because cutting drifts."""
_GOOD_CONTRAST: Final = 4.5
_LEAST_CONTRAST: Final = 3.0
_LEAST_RED_CONTRAST: Final = 0.5


def check_page(page: Page, template: Template, stock: Stock) -> Iterator[Finding]:
    """Yield what is wrong with a page as it would be drawn.

    Args:
        page: the first of a run.
        template: its drawing plan.
        stock: what it is printed on.
    """
    for number, sticker in enumerate(page.stickers):
        place = f"/{number}"
        left, top = stock.corner(sticker.slot)
        cut = (left, top, left + stock.label_width, top + stock.label_height)
        items = [(item, _box(item, sticker.x, sticker.y)) for item in _items(sticker)]
        yield from _quiet_zones(sticker, items, place)
        yield from _near_cut(items, cut, template.bleed, place)


def check_head(stock: Stock, printer: PrinterProfile) -> Iterator[Finding]:
    """Yield whether stickers stand farther apart than a printer's head is wide."""
    width = stock.pitch_x * (stock.columns - 1) + stock.label_width
    if printer.head is not None and width > printer.head:
        facts = {"width": width / 1000, "most": printer.head / 1000, "dpi": printer.dpi}
        yield Finding("label.head_width", "warning", "", facts)


def _items(sticker: Sticker) -> tuple[Item, ...]:
    return (*sticker.shared, *sticker.own)


def _quiet_zones(sticker: Sticker, items: list[tuple[Item, Box]], place: str) -> Iterator[Finding]:
    for symbol in sticker.symbols:
        white = symbol.white
        paper: Ink = WHITE
        for item, box in items:
            if not overlap(box, white):
                continue
            if _covers(item, box, white):
                # A filled box below the whole symbol is its paper.
                paper = item.ink if isinstance(item, Polygon) else WHITE
            else:
                facts: dict[str, object] = {
                    "item": _name(item),
                    "modules": max(symbol.matrix.quiet_zone),
                }
                yield Finding("label.quiet_zone", "error", place, facts)
        yield from _contrast(paper, place)


def _contrast(paper: Ink, place: str) -> Iterator[Finding]:
    """Judge black modules on some paper."""
    ratio = contrast(BLACK, paper)
    red = red_reflectance(paper) - red_reflectance(BLACK)
    facts: dict[str, object] = {"ratio": round(ratio, 1), "least": _GOOD_CONTRAST}
    if ratio < _LEAST_CONTRAST:
        facts["least"] = _LEAST_CONTRAST
        yield Finding("label.contrast", "error", place, facts)
        return
    if ratio < _GOOD_CONTRAST:
        yield Finding("label.contrast", "warning", place, facts)
    if red < _LEAST_RED_CONTRAST:
        facts = {"red": round(red, 2), "least": _LEAST_RED_CONTRAST}
        yield Finding("label.red_contrast", "warning", place, facts)


def _near_cut(items: list[tuple[Item, Box]], cut: Box, bleed: int, place: str) -> Iterator[Finding]:
    for item, box in items:
        distance = min(box[0] - cut[0], box[1] - cut[1], cut[2] - box[2], cut[3] - box[3])
        # Art that goes well beyond the cut is meant to be cut.
        if distance < CUT_MARGIN and not (bleed and distance <= -bleed):
            facts = {"item": _name(item), "distance": distance / 1000, "least": CUT_MARGIN / 1000}
            yield Finding("label.near_cut", "warning", place, facts)


def contrast(one: Ink, other: Ink) -> float:
    """Return the contrast ratio of two inks on white paper, 1 to 21 (WCAG 2, relative)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def red_reflectance(ink: Ink) -> float:
    """Return how much red light (660 nm) an ink throws back, 0 to 1: scanners see by it."""
    cyan, _, _, black = ink
    return (1 - cyan / 100) * (1 - black / 100)


def _luminance(ink: Ink) -> float:
    cyan, magenta, yellow, black = (part / 100 for part in ink)
    red, green, blue = ((1 - part) * (1 - black) for part in (cyan, magenta, yellow))
    light: float = 0.2126 * red**2.2 + 0.7152 * green**2.2 + 0.0722 * blue**2.2
    return light


def _name(item: Item) -> str:
    return item.text if isinstance(item, Text) else type(item).__name__.lower()


def _covers(item: Item, box: Box, white: Box) -> bool:
    filled = isinstance(item, Polygon) and item.filled
    inside = box[0] <= white[0] and box[1] <= white[1] and white[2] <= box[2] and white[3] <= box[3]
    return filled and inside


def _box(item: Item, x: int, y: int) -> Box:
    """Return the ink of a sticker's item on the page."""
    match item:
        case Text():
            glyphs = [fonts.font(item.font).glyph(character) for character in item.text]
            width = sum(glyph.advance for glyph in glyphs) * item.size // 1000
            high = max(glyph.high for glyph in glyphs) * item.size // 1000
            low = min(glyph.low for glyph in glyphs) * item.size // 1000
            return x + item.x, y + item.y - high, x + item.x + width, y + item.y - low
        case Picture():
            left, top = x + item.x, y + item.y
            return left, top, left + item.width, top + item.height
        case Polygon():
            across, down = zip(*item.points, strict=True)
            return x + min(across), y + min(down), x + max(across), y + max(down)
