"""Composing a sticker: the elements of a template, filled with a sticker's content.

What the stickers of a run have in common is composed once.

>>> from ocoptrace.labels.content import LabelContent
>>> from ocoptrace.labels.template import load_template
>>> composer = Composer(load_template("ocop-50x30"))
>>> content = LabelContent(
...     link="HTTPS://ID.EXAMPLE/01/09521234543213/21/1", product="Mắm", lot="L1", serial="1",
... )
>>> art = composer.art(content)
>>> [item.text for item in art.own.items], art.shared.overflow
(['1'], ())
>>> composer.art(content.item(link=content.link[:-1] + "2", serial="2")).shared is art.shared
True
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ocoptrace.errors import LabelError
from ocoptrace.labels.display import Picture, Polygon
from ocoptrace.labels.elements import Barcode, Line, PictureBox, Qr, Rectangle, TextBox
from ocoptrace.labels.flow import Composition, flow

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ocoptrace.labels.content import LabelContent
    from ocoptrace.labels.display import Box, Image, Item
    from ocoptrace.labels.elements import Element
    from ocoptrace.labels.template import Template

__all__ = ["Art", "Composer"]

# Of a run in which every sticker differs, memory must not keep them all.
_KEPT: Final = 256


@dataclass(frozen=True, slots=True)
class Art:
    """All that a sticker shows beside its symbols.

    Attributes:
        shared: the elements that are alike on most stickers of a run.
        own: the elements that show its link or serial.
    """

    shared: Composition
    own: Composition


class Composer:
    """Composes the stickers of a run, what they share only once.

    Args:
        template: the drawing plan.
        images: the pictures that it names.

    Raises:
        LabelError: ``label.no_image`` where one of them is not given.
    """

    def __init__(self, template: Template, images: Mapping[str, Image] | None = None) -> None:
        self.template = template
        self.images = dict(images or {})
        for number, element in enumerate(template.element):
            name = _image_name(element)
            if name and name not in self.images:
                raise LabelError("label.no_image", place=f"/element/{number}", name=name)
        drawn = [e for e in template.element if not isinstance(e, Qr | Barcode)]
        self._shared = [(e, e.box(*template.size), sorted(e.fields)) for e in drawn if not e.is_own]
        self._own = [(e, e.box(*template.size)) for e in drawn if e.is_own]
        self._kept: dict[object, Composition] = {}
        self._common: object = None
        self._last = Composition(())

    def art(self, content: LabelContent) -> Art:
        """Return what a sticker shows beside its symbols.

        Raises:
            LabelError: ``label.missing_glyph``.
        """
        if content.common is not self._common:
            self._last = _join(self._element(*part, content) for part in self._shared)
            self._common = content.common
        return Art(self._last, _join(self._compose(*part, content) for part in self._own))

    def logo(self, element: Element) -> Image | None:
        """Return the picture that stands in the middle of a symbol."""
        name = element.logo if isinstance(element, Qr) else ""
        return self.images[name] if name else None

    def _element(
        self, element: Element, box: Box, fields: list[str], content: LabelContent
    ) -> Composition:
        """Compose an element, or take it from a sticker that says the same there."""
        key = (id(element), content.language, *map(content.said, fields))
        kept = self._kept.get(key)
        if kept is None:
            if len(self._kept) >= _KEPT:
                self._kept.clear()
            kept = self._kept[key] = self._compose(element, box, content)
        return kept

    def _compose(self, element: Element, box: Box, content: LabelContent) -> Composition:
        if not element.when.holds(content):
            return Composition(())
        match element:
            case TextBox():
                return flow(element, box, content)
            case PictureBox():
                return Composition((_fitted(self.images[element.image], box),))
            case Line():
                left, top, right, bottom = box
                ends = ((left, top), (right, bottom))
                return Composition((Polygon(ends, element.stroke, filled=False, ink=element.ink),))
            case Rectangle():
                return Composition(tuple(_rectangle(element, box)))
            case _:
                return Composition(())


def _image_name(element: Element) -> str:
    if isinstance(element, PictureBox):
        return element.image
    return element.logo if isinstance(element, Qr) else ""


def _rectangle(element: Rectangle, box: Box) -> Iterator[Item]:
    if element.fill is not None:
        yield Polygon.rectangle(*box, ink=element.fill)
    if element.stroke:
        yield Polygon.rectangle(*box, stroke=element.stroke, ink=element.ink)


def _fitted(image: Image, box: Box) -> Picture:
    """Return an image as large as a box allows, in its middle."""
    left, top, right, bottom = box
    room_across, room_down = right - left, bottom - top
    scale = min(room_across / image.width, room_down / image.height)
    width, height = round(image.width * scale), round(image.height * scale)
    x, y = left + (room_across - width) // 2, top + (room_down - height) // 2
    return Picture(x, y, width, height, image)


def _join(parts: Iterable[Composition]) -> Composition:
    parts = tuple(parts)
    if len(parts) == 1:
        return parts[0]
    return Composition(
        tuple(item for part in parts for item in part.items),
        tuple(pattern for part in parts for pattern in part.overflow),
        tuple(height for part in parts for height in part.heights),
    )
