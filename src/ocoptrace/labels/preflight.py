"""Preflight: everything worth knowing before a sheet of stickers is wasted.

>>> from datetime import date
>>> from ocoptrace.labels import LabelContent, load_stock, load_template
>>> content = LabelContent(
...     link="HTTPS://ID.EXAMPLE/01/09521234543213/10/L1", product="Mắm tôm",
...     producer="HTX", place="Hậu Lộc", lot="L1", best_before=date(2026, 1, 31),
... )
>>> found = preflight(
...     [content], template=load_template("ocop-50x30"), stock=load_stock("roll-50x30"),
...     today=date(2026, 11, 23),
... )
>>> [(finding.code, finding.severity, finding.place) for finding in found]
[('label.demo_key', 'error', '/0/link'), ('label.past_best_before', 'error', '/0/best_before')]
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ocoptrace.errors import Gs1Error, LabelError
from ocoptrace.findings import Finding
from ocoptrace.gs1 import is_demo_key, parse_name
from ocoptrace.labels import fonts
from ocoptrace.labels.compose import Composer
from ocoptrace.labels.display import MICROMETRES_PER_INCH, Polygon, Text
from ocoptrace.labels.layout import dots_per_module, lay_out
from ocoptrace.labels.symbols import qr
from ocoptrace.labels.words import printed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from ocoptrace.labels.content import LabelContent
    from ocoptrace.labels.display import Item
    from ocoptrace.labels.stock import Stock
    from ocoptrace.labels.template import Room, Template

    Box = tuple[int, int, int, int]

__all__ = [
    "CUT_MARGIN",
    "GOOD_MODULE",
    "LEAST_DOTS",
    "LEAST_MODULE",
    "preflight",
]

GOOD_MODULE: Final = 0.33
"""Module side in millimetres that phones read easily."""
LEAST_MODULE: Final = 0.25
"""Module side in millimetres below which phones fail."""
LEAST_DOTS: Final = 3
"""Printer dots a module needs: of two, one that bleeds fills the gap."""
CUT_MARGIN: Final = 1500
"""Micrometres from the cut that stay blank, because cutting drifts."""


def preflight(
    contents: Sequence[LabelContent],
    *,
    template: Template,
    stock: Stock,
    dpi: int = 300,
    today: date,
    demo: bool = False,
) -> list[Finding]:
    """Return everything found about a run; an ``error`` means that it should not be printed.

    The same finding on many stickers is told once, with the place of the first:
    ``/<number from 0>/<field>``, or no place where it is about the whole run.

    Args:
        contents: the stickers.
        template: the drawing plan.
        stock: what is printed on.
        dpi: dots per inch of the printer.
        today: the civil date of printing.
        demo: whether GS1 example keys may be printed.
    """
    try:
        lay_out((), template=template, stock=stock, dpi=dpi)
    except LabelError as error:
        return [_of_error(error, "")]
    findings = [
        *_stickers(contents, Composer(template), today, demo=demo),
        *_symbols(contents, template.symbol, dpi),
        *_drawing(contents, template, stock, dpi),
    ]
    once: dict[object, Finding] = {}
    for finding in findings:
        once.setdefault((finding.code, str(finding.facts)), finding)
    return list(once.values())


def _stickers(
    contents: Sequence[LabelContent], composer: Composer, today: date, *, demo: bool
) -> Iterator[Finding]:
    serials: set[str] = set()
    for number, content in enumerate(contents):
        yield from _link(content, f"/{number}/link", demo=demo)
        yield from _dates(content, f"/{number}", today)
        yield from _words(content, f"/{number}", composer)
        if content.serial is not None:
            if content.link in serials:
                facts = {"serial": content.serial}
                yield Finding("label.serial_twice", "error", f"/{number}/serial", facts)
            serials.add(content.link)


def _link(content: LabelContent, place: str, *, demo: bool) -> Iterator[Finding]:
    try:
        name = parse_name(content.link)
    except Gs1Error as error:
        yield Finding(error.code, "error", place, error.facts)
        return
    if name.key and not demo and is_demo_key(name):
        yield Finding("label.demo_key", "error", place, {"key": name.key[1]})
    scheme, _, rest = content.link.partition("://")
    host = rest.partition("/")[0]
    upper = f"{scheme}://{host}".upper()
    if not content.link.startswith(upper):
        yield Finding("label.link_case", "warning", place, {"host": host, "upper": upper})


def _dates(content: LabelContent, place: str, today: date) -> Iterator[Finding]:
    if content.best_before and content.best_before < today:
        facts = {"lot": content.lot, "best_before": content.best_before.isoformat()}
        yield Finding("label.past_best_before", "error", f"{place}/best_before", facts)
    if content.stars and content.stars_until and content.stars_until < today:
        grade = {"stars": content.stars, "until": content.stars_until.isoformat()}
        yield Finding("label.grade_expired", "error", f"{place}/stars", grade)


def _words(content: LabelContent, place: str, composer: Composer) -> Iterator[Finding]:
    try:
        art = composer.art(content)
    except LabelError as error:
        yield _of_error(error, place)
        return
    for field in (*art.shared.overflow, *art.own.overflow):
        text = "".join(text for _, text in printed(content, field))
        facts = {"field": field, "text": text}
        yield Finding("label.text_overflow", "error", f"{place}/{field}", facts)


def _symbols(contents: Sequence[LabelContent], room: Room, dpi: int) -> Iterator[Finding]:
    largest = 0
    for number, content in enumerate(contents):
        try:
            largest = max(largest, qr.encode(content.link).size)
        except LabelError as error:
            yield _of_error(error, f"/{number}/link")
    if not largest:
        return
    dots = dots_per_module(largest, room, dpi=dpi)
    module = dots * MICROMETRES_PER_INCH / 1000 / dpi
    facts: dict[str, object] = {"module": round(module, 3), "dots": dots, "dpi": dpi}
    if dots == 0:
        facts = {"modules": largest, "side": room.side / 1000, "dpi": dpi}
        yield Finding("label.symbol_too_large", "error", "", facts)
    elif module < LEAST_MODULE or dots < LEAST_DOTS:
        facts |= {"least": LEAST_MODULE, "least_dots": LEAST_DOTS}
        yield Finding("label.module_too_small", "error", "", facts)
    elif module < GOOD_MODULE:
        yield Finding("label.module_small", "warning", "", facts | {"least": GOOD_MODULE})


def _drawing(
    contents: Sequence[LabelContent], template: Template, stock: Stock, dpi: int
) -> Iterator[Finding]:
    """Measure the first page as it would be drawn."""
    try:
        page = next(lay_out(contents[: stock.slots], template=template, stock=stock, dpi=dpi), None)
    except LabelError:
        # What a sticker brings about has been told with its place.
        return
    for number, sticker in enumerate(page.stickers if page else ()):
        white = sticker.symbol.box(margin=qr.QUIET_ZONE)
        left, top = stock.corner(sticker.slot)
        cut = (left, top, left + stock.label_width, top + stock.label_height)
        for item in (*sticker.shared, *sticker.own):
            box = _box(item, sticker.x, sticker.y)
            name = item.text if isinstance(item, Text) else type(item).__name__.lower()
            if _overlap(box, white):
                facts: dict[str, object] = {"item": name, "modules": qr.QUIET_ZONE}
                yield Finding("label.quiet_zone", "error", f"/{number}", facts)
            distance = min(box[0] - cut[0], box[1] - cut[1], cut[2] - box[2], cut[3] - box[3])
            if distance < CUT_MARGIN:
                facts = {"item": name, "distance": distance / 1000, "least": CUT_MARGIN / 1000}
                yield Finding("label.near_cut", "warning", f"/{number}", facts)


def _box(item: Item, x: int, y: int) -> Box:
    """Return the ink of a sticker's item on the page."""
    match item:
        case Text():
            glyphs = [fonts.font(item.font).glyph(character) for character in item.text]
            width = sum(glyph.advance for glyph in glyphs) * item.size // 1000
            high = max(glyph.high for glyph in glyphs) * item.size // 1000
            low = min(glyph.low for glyph in glyphs) * item.size // 1000
            return x + item.x, y + item.y - high, x + item.x + width, y + item.y - low
        case Polygon():
            across, down = zip(*item.points, strict=True)
            return x + min(across), y + min(down), x + max(across), y + max(down)


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _of_error(error: LabelError, place: str) -> Finding:
    return Finding(error.code, "error", place + error.place, error.facts)
