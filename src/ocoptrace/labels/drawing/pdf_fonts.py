"""Fonts in PDF files: registered with reportlab, embedded and subset when a file is saved.

A font whose file is TrueType goes to reportlab as it is. Of any other one reportlab learns
only which characters there are and how wide; their outlines are made when the document is
done, and all that it shows are known.

>>> registered("NotoSansCJKtc-Regular").fontName
'NotoSansCJKtc-Regular'
"""

from __future__ import annotations

from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, Any

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont, TTFontFace

from ocoptrace.labels import fonts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ocoptrace.labels.fonts import Font

__all__ = ["registered"]


@cache
def registered(font_name: str) -> TTFont:
    """Return a font as reportlab has it; from now on it knows it by its name.

    Raises:
        LabelError: ``label.unknown_font``, ``label.family_missing``; when a document is saved
            with a user's own font, ``label.font_unreadable``.
    """
    font = fonts.font(font_name)
    source = str(font.path) if font.as_filed else BytesIO(fonts.embeddable(font_name, " "))
    known = TTFont(font_name, source)
    if not font.as_filed:
        known.face = _DrawnFace(font)
    pdfmetrics.registerFont(known)
    return known


class _DrawnFace(TTFontFace):  # type: ignore[misc] # reportlab ships no types
    """A face that has all characters of a font, and outlines of those asked for."""

    def __init__(self, font: Font) -> None:
        super().__init__(BytesIO(fonts.embeddable(font.name, " ")))
        self._font = font
        # Only asked whether a character is there; glyphs are numbered when they are drawn.
        self.charToGlyph = dict.fromkeys(font.characters, 0)

    def getCharWidth(self, code: int) -> int:  # noqa: N802 - reportlab's name
        """Return the advance of a character."""
        character = chr(code)
        return self._font.glyph(character).advance if self._font.covers(character) else 0

    def makeSubset(self, subset: Sequence[int]) -> Any:  # noqa: N802 - reportlab's name
        """Return the font file of at most 256 characters."""
        drawn = fonts.embeddable(self._font.name, map(chr, subset))
        return TTFontFace(BytesIO(drawn)).makeSubset(subset)
