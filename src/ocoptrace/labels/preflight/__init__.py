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
[('label.demo_key', 'error', '/0/link'), ('label.past_best_before', 'error', '/0/best_before'),
('label.symbol', 'info', '')]
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from ocoptrace.errors import LabelError
from ocoptrace.findings import Finding
from ocoptrace.labels.compose import Composer
from ocoptrace.labels.layout import lay_out
from ocoptrace.labels.preflight.contents import check_content
from ocoptrace.labels.preflight.drawing import check_head, check_page
from ocoptrace.labels.preflight.symbols import Measured, check_symbols
from ocoptrace.labels.stock.printer import PrinterProfile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from ocoptrace.labels.content import LabelContent
    from ocoptrace.labels.display import Image
    from ocoptrace.labels.stock.stock import Stock
    from ocoptrace.labels.template import Template

__all__ = ["preflight"]

_MAX_FINDINGS = 1000


def preflight(
    contents: Iterable[LabelContent],
    *,
    template: Template,
    stock: Stock,
    dpi: int = 300,
    today: date,
    demo: bool = False,
    images: Mapping[str, Image] | None = None,
    point_of_sale: bool = False,
    face: float | None = None,
    printer: PrinterProfile | None = None,
) -> list[Finding]:
    """Return everything found about a run; an ``error`` means that it should not be printed.

    The same finding on many stickers is told once, with the place of the first:
    ``/<number from 0>/<field>``, or no place where it is about the whole run. What depends
    on the drawing alone is measured on the first page. Contents are taken once, as a stream.

    Args:
        contents: the stickers.
        template: the drawing plan.
        stock: what is printed on.
        dpi: dots per inch of the printer.
        today: the civil date of printing.
        demo: whether GS1 example keys may be printed.
        images: the pictures that the template names.
        point_of_sale: whether the symbols are scanned at a till: GS1's sizes then hold.
        face: largest face of the pack in cm²; None takes the sticker's own.
        printer: the profile of the printer, which may have a narrow head.
    """
    try:
        lay_out((), template=template, stock=stock, dpi=dpi, images=images)
        composer = Composer(template, images)
    except LabelError as error:
        return [Finding(error.code, "error", error.place, error.facts)]
    stream = iter(contents)
    first = list(islice(stream, stock.slots))
    measured = Measured(template, dpi)
    once: dict[object, Finding] = {}

    def note(findings: Iterable[Finding]) -> None:
        for finding in findings:
            if len(once) < _MAX_FINDINGS:
                once.setdefault((finding.code, str(finding.facts)), finding)

    links: set[str] = set()
    for number, content in _numbered(first, stream):
        place = f"/{number}"
        note(check_content(content, place, composer, today, demo=demo, face=face))
        note(measured.take(content, place))
        if content.serial is not None:
            if content.link in links:
                twice = {"serial": content.serial}
                note([Finding("label.serial_twice", "error", f"{place}/serial", twice)])
            links.add(content.link)
    note(check_head(stock, printer or PrinterProfile()))
    note(check_symbols(measured, point_of_sale=point_of_sale))
    try:
        page = next(lay_out(first, template=template, stock=stock, dpi=dpi, images=images), None)
    except LabelError:
        # What a sticker brings about has been told with its place.
        page = None
    if page is not None:
        note(check_page(page, template, stock))
    return list(once.values())


def _numbered(
    first: list[LabelContent], rest: Iterator[LabelContent]
) -> Iterator[tuple[int, LabelContent]]:
    yield from enumerate(first)
    yield from enumerate(rest, start=len(first))
