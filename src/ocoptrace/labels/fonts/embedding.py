"""Making a small TrueType file of just the characters that a document shows.

A PDF writer takes TrueType outlines; fonts with all Han characters have PostScript ones,
and a variable font has one weight in its file. So the characters are drawn into a new font:
cubic curves become quadratic ones that differ by less than a thousandth of the type size.

>>> from ocoptrace.labels import fonts
>>> data = embed(fonts.font("NotoSans-Bold"), "Rau má")
>>> data[:4].hex(), len(data) < 3000
('00010000', True)
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Final

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen

from ocoptrace.errors import LabelError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ocoptrace.labels.fonts.file import Font

__all__ = ["embed"]

_NOTDEF: Final = ".notdef"
_MISSING_WIDTH: Final = 0.5
_FLATNESS: Final = 1000


def embed(font: Font, characters: Iterable[str]) -> bytes:
    """Return a TrueType file with some characters of a font; the same ones, the same bytes.

    Characters that the font does not cover are left out.

    Raises:
        LabelError: ``label.font_unreadable``.
    """
    wanted = sorted({character for character in characters if font.covers(character)})
    empty = TTGlyphPen(None).glyph()
    glyphs = {_NOTDEF: empty}
    advances = {_NOTDEF: round(font.units * _MISSING_WIDTH)}
    for character in wanted:
        name = f"u{ord(character):04X}"
        pen = TTGlyphPen(None)
        # PostScript outlines turn the other way round; what is quadratic passes unchanged.
        quadratic = Cu2QuPen(pen, font.units / _FLATNESS, reverse_direction=font.cubic)
        advances[name] = font.draw(character, quadratic)
        glyphs[name] = pen.glyph()
    try:
        return _file(font, wanted, glyphs, advances)
    except Exception as error:
        raise LabelError(
            "label.font_unreadable", path=font.path.name, reason=f"{type(error).__name__}"
        ) from error


def _file(
    font: Font, wanted: list[str], glyphs: dict[str, object], advances: dict[str, int]
) -> bytes:
    ascent, descent = font.reach
    builder = FontBuilder(font.units, isTTF=True)
    builder.updateHead(created=0, modified=0)
    builder.setupGlyphOrder(list(glyphs))
    builder.setupCharacterMap({ord(each): f"u{ord(each):04X}" for each in wanted})
    builder.setupGlyf(glyphs)
    table = builder.font["glyf"]
    bearings = {name: getattr(table[name], "xMin", 0) for name in glyphs}
    builder.setupHorizontalMetrics({name: (advances[name], bearings[name]) for name in glyphs})
    builder.setupHorizontalHeader(ascent=ascent, descent=descent)
    builder.setupNameTable({"familyName": font.name, "styleName": "Regular", "psName": font.name})
    builder.setupOS2(
        sTypoAscender=ascent,
        sTypoDescender=descent,
        sCapHeight=ascent,
        sxHeight=font.x_height * font.units // 1000,
    )
    builder.setupPost(keepGlyphNames=False)
    out = BytesIO()
    builder.save(out)
    return out.getvalue()
