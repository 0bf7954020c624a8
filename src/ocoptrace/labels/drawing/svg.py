"""SVG: one page or a part of it, for design programs, web pages and laser cutters.

One unit is a micrometre; the size stands in millimetres. Letters are outlines by default, so
that nothing depends on the fonts of whoever opens the file; as text, they bring their fonts
along. A symbol is one path whose units are modules. What is drawn more than once is written
once; its names begin with a digest of the drawing, so that several drawings can stand in one
web page. The bytes depend on nothing but the page and the title.

>>> from ocoptrace.labels.display import Page, Polygon
>>> square = Polygon.rectangle(0, 0, 500, 500)
>>> print(write_svg(Page(50_000, 30_000, (), marks=(square,))).decode())
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="50mm" \
height="30mm" viewBox="0 0 50000 30000">
<path d="M0 0L500 0L500 500L0 500Z"/>
</svg>
"""

from __future__ import annotations

import html
import re
from base64 import b64encode
from hashlib import sha256
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from ocoptrace.labels import fonts
from ocoptrace.labels.display import BLACK, MICROMETRES_PER_INCH, Picture, Polygon, Text
from ocoptrace.labels.drawing.png import pixels_png
from ocoptrace.labels.drawing.raster import rgb
from ocoptrace.labels.fonts.embedding import embed
from ocoptrace.labels.fonts.paths import svg_path

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ocoptrace.labels.display import Box, Image, Ink, Item, Page, Sticker, Symbol

__all__ = ["Letters", "write_svg"]

Letters = Literal["outlines", "text"]
"""How letters are written: as shapes, or as text with the fonts that draw it."""

_LINE: Final = 2
_MITRE_LIMIT: Final = 10
# Stands for the beginning of all names until the drawing is known; no XML has it.
_PREFIX: Final = "\0"
_NO_XML: Final = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_HEAD: Final = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    ' width="{width}mm" height="{height}mm" viewBox="{left} {top} {across} {down}">'
)


def write_svg(
    page: Page, *, title: str = "", box: Box | None = None, letters: Letters = "outlines"
) -> bytes:
    """Return a page as an SVG file.

    Args:
        page: as ``lay_out`` yields it.
        title: what a viewer shows as the drawing's name; none where empty.
        box: the part that is shown, with the stickers that begin in it; the whole page where
            not given.
        letters: how letters are written.

    Raises:
        LabelError: ``label.font_unreadable``, for a user's own font.
    """
    left, top, right, bottom = box or (0, 0, page.width, page.height)
    drawing = _Drawing(letters)
    body = [
        drawing.sticker(sticker)
        for sticker in page.stickers
        if left <= sticker.x < right and top <= sticker.y < bottom
    ]
    body += drawing.items(page.marks)
    size = _HEAD.format(
        width=_number((right - left) / 1000),
        height=_number((bottom - top) / 1000),
        left=left,
        top=top,
        across=right - left,
        down=bottom - top,
    )
    named = [f"<title>{_text(title)}</title>"] if title else []
    parts = [size, *named, *drawing.definitions(), *body, "</svg>\n"]
    text = "\n".join(parts)
    return text.replace(_PREFIX, f"o{sha256(text.encode()).hexdigest()[:10]}").encode()


class _Drawing:
    """One drawing under way: what it has defined, in the order in which that was needed."""

    def __init__(self, letters: Letters) -> None:
        self._letters: Letters = letters
        self._defined: list[str] = []
        self._names: dict[object, str] = {}
        self._shown: dict[str, set[str]] = {}

    def definitions(self) -> list[str]:
        """Return the parts that the drawing refers to."""
        faces = [
            f"@font-face{{font-family:{self._family(name)};"
            f"src:url(data:font/ttf;base64,{_base64(embed(fonts.font(name), characters))})}}"
            for name, characters in self._shown.items()
        ]
        style = [f"<style>{''.join(faces)}</style>"] if faces else []
        return [*style, "<defs>", *self._defined, "</defs>"] if self._defined else style

    def sticker(self, sticker: Sticker) -> str:
        parts = []
        if sticker.shared:
            name = self._names.get(sticker.shared)
            if name is None:
                inside = "\n".join(self.items(sticker.shared))
                name = self._define(sticker.shared, "g", "", f">{inside}</g>")
            parts.append(f'<use xlink:href="#{name}"/>')
        parts += self.items(sticker.own)
        drawn = [_placed(sticker, parts), *map(_symbol, sticker.symbols)]
        if sticker.over:
            drawn.append(_placed(sticker, self.items(sticker.over)))
        return "\n".join(drawn)

    def items(self, items: Iterable[Item]) -> list[str]:
        """Return the elements that draw items."""
        return [self._item(item) for item in items]

    def _item(self, item: Item) -> str:
        match item:
            case Picture(image=image):
                scale = f"matrix({item.width} 0 0 {item.height} {item.x} {item.y})"
                return f'<use xlink:href="#{self._image(image)}" transform="{scale}"/>'
            case Polygon():
                return _polygon(item)
            case Text():
                return self._run(item) if self._letters == "text" else self._outlined(item)

    def _outlined(self, item: Text) -> str:
        """Return a group whose units are thousandths of the type size, y upwards."""
        font = fonts.font(item.font)
        advance = 0
        letters = []
        for character in item.text:
            name = self._names.get((item.font, character))
            if name is None:
                path = f' d="{svg_path(font, character)}"/>'
                name = self._define((item.font, character), "path", "", path)
            letters.append(f'<use xlink:href="#{name}" x="{advance}"/>')
            advance += font.glyph(character).advance
        scale = _number(item.size / 1000)
        place = f"matrix({scale} 0 0 -{scale} {item.x} {item.y})"
        return f'<g transform="{place}"{_fill(item.ink)}>{"".join(letters)}</g>'

    def _run(self, item: Text) -> str:
        self._shown.setdefault(item.font, set()).update(item.text)
        style = "white-space:pre;font-kerning:none;font-variant-ligatures:none"
        return (
            f'<text x="{item.x}" y="{item.y}" font-family="{self._family(item.font)}"'
            f' font-size="{item.size}" style="{style}"{_fill(item.ink)}>{_text(item.text)}</text>'
        )

    def _family(self, font_name: str) -> str:
        """Return a name under which no other drawing of a web page has another font."""
        return f"{_PREFIX}-f{list(self._shown).index(font_name)}"

    def _image(self, image: Image) -> str:
        name = self._names.get(image)
        if name is None:
            shape = (image.height, image.width, image.channels)[: 2 if image.channels == 1 else 3]
            pixels = np.frombuffer(image.pixels, np.uint8).reshape(shape)
            size = ' width="1" height="1" preserveAspectRatio="none"'
            data = f"data:image/png;base64,{_base64(pixels_png(pixels))}"
            name = self._define(image, "image", size, f' xlink:href="{data}"/>')
        return name

    def _define(self, key: object, element: str, attributes: str, rest: str) -> str:
        name = self._names[key] = f"{_PREFIX}-{len(self._names)}"
        self._defined.append(f'<{element} id="{name}"{attributes}{rest}')
        return name


def _polygon(item: Polygon) -> str:
    corners = "L".join(f"{x} {y}" for x, y in item.points)
    # A line has ends, and no corner where it would turn back.
    path = f'<path d="M{corners}{"Z" if len(item.points) > _LINE else ""}"'
    fill = _fill(item.ink) if item.filled else ' fill="none"'
    if not item.stroke:
        return f"{path}{fill}/>"
    stroke = f' stroke="{_colour(item.ink)}" stroke-width="{item.stroke}"'
    return f'{path}{fill}{stroke} stroke-miterlimit="{_MITRE_LIMIT}"/>'


def _placed(sticker: Sticker, parts: list[str]) -> str:
    return f'<g transform="translate({sticker.x} {sticker.y})">' + "\n".join(parts) + "</g>"


def _symbol(symbol: Symbol) -> str:
    """Return one path: a unit across is a module, a unit down a row."""
    dot = MICROMETRES_PER_INCH / symbol.dpi
    across = symbol.dots_per_module * dot
    down = symbol.bar_dots * dot or across
    matrix = " ".join(map(_number, (across, 0, 0, down, symbol.x_dots * dot, symbol.y_dots * dot)))
    runs = "".join(f"M{x} {y}h{length}v1h-{length}z" for x, y, length in symbol.matrix.runs())
    return f'<path transform="matrix({matrix})" shape-rendering="crispEdges" d="{runs}"/>'


def _fill(ink: Ink) -> str:
    return "" if ink == BLACK else f' fill="{_colour(ink)}"'


def _colour(ink: Ink) -> str:
    red, green, blue = rgb(ink)
    return f"#{red:02x}{green:02x}{blue:02x}"


def _number(value: float) -> str:
    return f"{value:.9g}"


def _base64(data: bytes) -> str:
    return b64encode(data).decode()


def _text(text: str) -> str:
    # The standard library's own escape brings in its network code.
    return html.escape(_NO_XML.sub("\ufffd", text), quote=False)
