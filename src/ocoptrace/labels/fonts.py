"""Fonts and their measures: Be Vietnam Pro first, Noto Sans where it lacks a letter.

Lengths are in thousandths of the type size, as both fonts have 1000 units to the em.

>>> [(run.font.name, run.text) for run in runs("Mắm Рыба", "bold")]
[('BeVietnamPro-SemiBold', 'Mắm '), ('NotoSans', 'Рыба')]
>>> font("BeVietnamPro-Regular").x_height, width("Lô", "regular")
(530, 1276)
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal
from unicodedata import name, normalize

import fontpkg
from fontTools.ttLib import TTFont

from ocoptrace.errors import LabelError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["FACES", "Face", "Font", "Run", "extent", "face_x_height", "font", "runs", "width"]

Face = Literal["regular", "bold", "figures"]

_FAMILIES: Final = {
    "BeVietnamPro-Regular": ("Be Vietnam Pro", 400),
    "BeVietnamPro-SemiBold": ("Be Vietnam Pro", 600),
    "NotoSans": ("Noto Sans", 400),
}
FACES: Final[Mapping[Face, tuple[str, ...]]] = {
    "regular": ("BeVietnamPro-Regular", "NotoSans"),
    "bold": ("BeVietnamPro-SemiBold", "NotoSans"),
    # Be Vietnam Pro has figures of unequal width; serials are read in columns.
    "figures": ("NotoSans",),
}
"""Fonts of a face, in the order in which they are asked for a letter."""


@dataclass(frozen=True, slots=True)
class Glyph:
    """Measures of one letter: advance, and the lowest and highest ink from the baseline."""

    advance: int
    low: int
    high: int


@dataclass(frozen=True, slots=True, eq=False)
class Font:
    """A TrueType font file.

    Attributes:
        name: its name in display lists and PDF files.
        path: where the file lies.
        x_height: height of the small x (``OS/2.sxHeight``).
    """

    name: str
    path: Path
    x_height: int
    _tables: Any
    _glyph_names: Mapping[int, str]
    _glyphs: dict[str, Glyph] = field(default_factory=dict)

    def covers(self, character: str) -> bool:
        """Tell whether the font draws a character."""
        return ord(character) in self._glyph_names

    def glyph(self, character: str) -> Glyph:
        """Return the measures of a character that the font covers."""
        glyph = self._glyphs.get(character)
        if glyph is None:
            glyph = self._glyphs[character] = self._measure(self._glyph_names[ord(character)])
        return glyph

    def _measure(self, glyph_name: str) -> Glyph:
        scale = 1000 / self._tables["head"].unitsPerEm
        outline = self._tables["glyf"][glyph_name]
        return Glyph(
            round(self._tables["hmtx"][glyph_name][0] * scale),
            round(getattr(outline, "yMin", 0) * scale),
            round(getattr(outline, "yMax", 0) * scale),
        )


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text that one font draws."""

    font: Font
    text: str


@cache
def font(font_name: str) -> Font:
    """Return a font by the name that display lists use."""
    family, weight = _FAMILIES[font_name]
    path = fontpkg.path(family, weight=weight)
    tables = TTFont(str(path), lazy=True)
    # Read now: a table that is read on demand is not safe among threads.
    for table in ("glyf", "hmtx"):
        tables[table]
    scale = 1000 / tables["head"].unitsPerEm
    x_height = round(tables["OS/2"].sxHeight * scale)
    return Font(font_name, Path(path), x_height, tables, tables.getBestCmap())


@cache
def _font_of(character: str, face: Face) -> Font:
    for font_name in FACES[face]:
        candidate = font(font_name)
        if candidate.covers(character):
            return candidate
    raise LabelError(
        "label.missing_glyph",
        character=character,
        name=f"U+{ord(character):04X} {name(character, '')}".strip(),
        fonts=", ".join(FACES[face]),
    )


def runs(text: str, face: Face) -> list[Run]:
    """Split a text into the fewest runs of one font each; the text is read in NFC.

    Raises:
        LabelError: ``label.missing_glyph`` names the character and the fonts asked.
    """
    characters = normalize("NFC", text)
    return [
        Run(chosen, "".join(group))
        for chosen, group in groupby(characters, lambda character: _font_of(character, face))
    ]


def width(text: str, face: Face) -> int:
    """Return the width of a text in NFC, in thousandths of the type size."""
    return sum(_font_of(character, face).glyph(character).advance for character in text)


def extent(text: str, face: Face) -> tuple[int, int]:
    """Return the lowest and highest ink of a text, in thousandths of the type size."""
    glyphs = [_font_of(character, face).glyph(character) for character in text]
    return (
        min((glyph.low for glyph in glyphs), default=0),
        max((glyph.high for glyph in glyphs), default=0),
    )


def face_x_height(face: Face) -> int:
    """Return the x-height of a face's first font, in thousandths of the type size."""
    return font(FACES[face][0]).x_height
