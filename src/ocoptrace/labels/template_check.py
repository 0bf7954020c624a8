"""Checking a template before anything is printed with it: every fault, with its line.

>>> text = '''
... format = "ocop-label/1"
... size = [40, 20]
... [[element]]
... kind = "qr"
... at = [1, 1]
... side = "18"
... '''
>>> [(finding.place, finding.facts["line"]) for finding in check_template(text, name="mine")]
[('/element/0/side', 7)]
"""

from __future__ import annotations

import re
from itertools import combinations
from typing import TYPE_CHECKING, Final

from ocoptrace.errors import LabelError
from ocoptrace.findings import Finding
from ocoptrace.labels.captions import captions
from ocoptrace.labels.codes import whole_dots
from ocoptrace.labels.content import FIELDS
from ocoptrace.labels.display import MICROMETRES_PER_INCH, overlap
from ocoptrace.labels.elements import Barcode, Line, PictureBox, Qr, TextBox
from ocoptrace.labels.preflight.symbols import LEAST_DOTS, LEAST_MODULE, RESERVED_VERSION
from ocoptrace.labels.symbols import Matrix
from ocoptrace.labels.template import Template

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ocoptrace.labels.display import Box
    from ocoptrace.labels.elements import Element

__all__ = ["check_template", "line_of"]

_COMMON_DPI: Final = (203, 300, 600)
_RESERVED_SIZE: Final = 17 + 4 * RESERVED_VERSION
_HEADER: Final = re.compile(r"\s*\[(\[)?\s*([\w.-]+)\s*\]\]?\s*(#.*)?")
_MEMBER: Final = re.compile(r"\s*([\w-]+)\s*=")
_TOML_LINE: Final = re.compile(r"at line (\d+)")


def check_template(text: str, *, name: str) -> list[Finding]:
    """Return everything found about a template; an ``error`` means that it cannot be used.

    Each finding's facts have the ``line`` in the text, where it is known.

    Args:
        text: the template, in TOML or JSON.
        name: how messages call it.
    """
    try:
        template = Template.parse(text, name=name)
    except LabelError as error:
        found = [f for f in error.findings if isinstance(f, Finding)]
        return [
            _with_line(finding, text)
            for finding in found or [Finding(error.code, "error", error.place, error.facts)]
        ]
    return [
        _with_line(finding, text)
        for finding in (*_overlaps(template), *_fields(template), *_rooms(template))
    ]


def _with_line(finding: Finding, text: str) -> Finding:
    told = _TOML_LINE.search(str(finding.facts.get("reason", "")))
    line = int(told[1]) if told else line_of(text, finding.place)
    return Finding(finding.code, finding.severity, finding.place, {**finding.facts, "line": line})


def line_of(text: str, place: str) -> int | None:
    """Return the line, from 1, of a place in a TOML text; None where it is not found.

    Args:
        text: of the template.
        place: a JSON pointer; of what stands inline, its line is that of what holds it.
    """
    wanted = place.split("/")[1:]
    tables: dict[str, int] = {}
    here: list[str] = []
    best: tuple[int, int] | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.fullmatch(line):
            here = header[2].split(".")
            if header[1]:
                index = tables[header[2]] = tables.get(header[2], -1) + 1
                here.append(str(index))
            path = here
        elif member := _MEMBER.match(line):
            path = [*here, member[1]]
        else:
            continue
        if wanted[: len(path)] == path and (best is None or len(path) > best[0]):
            best = (len(path), number)
    return best[1] if best else None


def _overlaps(template: Template) -> Iterator[Finding]:
    """Find elements that stand on one another; boxes and lines may lie below anything."""
    placed = [
        (number, element, element.box(*template.size))
        for number, element in enumerate(template.element)
        if isinstance(element, Qr | Barcode | TextBox | PictureBox)
    ]
    for (one, first, box), (other, second, other_box) in combinations(placed, 2):
        if overlap(box, other_box) and not _exclusive(first, second):
            symbol = isinstance(first, Qr | Barcode) or isinstance(second, Qr | Barcode)
            yield Finding(
                "label.elements_overlap",
                "error" if symbol else "warning",
                f"/element/{other}",
                {"one": f"/element/{one}", "other": f"/element/{other}"},
            )
    for number, element in enumerate(template.element):
        if isinstance(element, Line):
            box = element.box(*template.size)
            for one, room, room_box in placed:
                if isinstance(room, Qr | Barcode) and overlap(_widened(box), room_box):
                    facts = {"one": f"/element/{one}", "other": f"/element/{number}"}
                    yield Finding("label.elements_overlap", "error", f"/element/{number}", facts)


def _exclusive(one: Element, other: Element) -> bool:
    """Tell whether two elements never stand on one sticker."""
    return bool(one.when.present & other.when.absent or one.when.absent & other.when.present)


def _widened(box: Box) -> Box:
    left, top, right, bottom = box
    return left, top, max(right, left + 1), max(bottom, top + 1)


def _fields(template: Template) -> Iterator[Finding]:
    """Find fields that are asked for but nowhere shown, and names that may be slips."""
    for name in template.require:
        if name not in template.fields:
            yield Finding("label.required_not_shown", "warning", "/require", {"field": name})
    known = FIELDS | captions("vi").keys()
    for number, element in enumerate(template.element):
        for name in sorted(element.fields - known):
            yield Finding("label.own_field", "info", f"/element/{number}", {"field": name})


def _rooms(template: Template) -> Iterator[Finding]:
    """Tell which printers leave a symbol of the reserved version readable."""
    reserved = Matrix("qr", _RESERVED_SIZE, _RESERVED_SIZE, bytes(_RESERVED_SIZE**2), "")
    for number, element in enumerate(template.element):
        if not isinstance(element, Qr):
            continue
        box = element.box(*template.size)
        for dpi in _COMMON_DPI:
            dots = whole_dots(reserved, box, dpi=dpi)
            module = dots * MICROMETRES_PER_INCH / 1000 / dpi
            facts: dict[str, object] = {"version": RESERVED_VERSION, "dpi": dpi, "dots": dots}
            facts |= {"module": round(module, 3), "side": element.side / 1000}
            good = module >= LEAST_MODULE and dots >= LEAST_DOTS
            code = "label.room" if good else "label.room_small"
            yield Finding(code, "info" if good else "warning", f"/element/{number}", facts)
