"""Fonts and their measures: the wanted family first, others where it lacks a letter.

Lengths are in thousandths of the type size. The families are Be Vietnam Pro and Noto Sans,
with the extra ``cjk`` Noto Sans CJK for Chinese, Korean and Japanese, and font files of the
user's own.

>>> [(run.font.name, run.text) for run in runs("Mắm Рыба", "bold")]
[('BeVietnamPro-SemiBold', 'Mắm '), ('NotoSans-SemiBold', 'Рыба')]
>>> font("BeVietnamPro-Regular").x_height, width("Lô", "regular")
(530, 1276)
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Final, Literal
from unicodedata import name, normalize

from ocoptrace.errors import LabelError
from ocoptrace.labels.fonts import families
from ocoptrace.labels.fonts.embedding import embed
from ocoptrace.labels.fonts.families import CJK, FIRST, SECOND
from ocoptrace.labels.fonts.file import Font, Glyph, read_own_font

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = [
    "FACES",
    "MAX_OWN_FONTS",
    "Face",
    "Font",
    "Glyph",
    "Run",
    "Style",
    "add_font",
    "embeddable",
    "extent",
    "face_x_height",
    "family_names",
    "font",
    "fonts_of",
    "forget_fonts",
    "in_language",
    "runs",
    "width",
]

MAX_OWN_FONTS: Final = 16
"""Most font files of the user's own in one process."""

_REGULAR: Final = 400
_SEMIBOLD: Final = 600


@dataclass(frozen=True, slots=True)
class Style:
    """How a text is set.

    Attributes:
        family: the font family that is asked first.
        weight: 100 (thin) to 900 (black), 400 being regular and 700 bold; the nearest that
            the family has is taken.
        language: BCP 47 tag, which chooses among the forms of Han characters; empty gives
            those of Traditional Chinese.
    """

    family: str = FIRST
    weight: int = _REGULAR
    language: str = ""


FaceName = Literal["regular", "bold", "figures"]
Face = FaceName | Style
"""A style, or the name of one."""
FACES: Final[Mapping[FaceName, Style]] = {
    "regular": Style(),
    "bold": Style(weight=_SEMIBOLD),
    # Be Vietnam Pro has figures of unequal width; serials are read in columns.
    "figures": Style(family=SECOND),
}
"""The styles that have a name."""


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text that one font draws."""

    font: Font
    text: str


# Files of the user's own, by family and weight; they are there as long as the process is.
_own: dict[str, dict[int, Font]] = {}
_own_lock: Final = Lock()


def add_font(path: str | Path) -> Style:
    """Read a font file of the user's, and return the style that asks for it.

    To be called before anything is laid out. The family's name is the file's own; it can be
    used in templates from now on. The same file may be added again.

    Raises:
        LabelError: as ``read_own_font``; ``label.font_taken`` where another file already has
            that family and weight, ``label.too_many_fonts``.
    """
    own = read_own_font(Path(path))
    with _own_lock:
        weights = _own.get(own.family, {})
        there = weights.get(own.weight)
        if own.family in families.NAMES or (there and there.name != own.font.name):
            raise LabelError("label.font_taken", family=own.family, weight=own.weight)
        if there is None:
            if sum(map(len, _own.values())) >= MAX_OWN_FONTS:
                raise LabelError("label.too_many_fonts", limit=MAX_OWN_FONTS)
            _own[own.family] = {**weights, own.weight: own.font}
            _fonts_of.cache_clear()
            _letters.cache_clear()
    return Style(family=own.family, weight=own.weight)


def forget_fonts() -> None:
    """Forget the fonts of the user's own, and which font had which character."""
    with _own_lock:
        _own.clear()
        _fonts_of.cache_clear()
        _letters.cache_clear()


def family_names() -> tuple[str, ...]:
    """Return the names of the families at hand, sorted."""
    return tuple(sorted({FIRST, SECOND, *([CJK] if families.has_cjk() else []), *_own}))


def font(font_name: str) -> Font:
    """Return a font by the name that display lists use.

    Raises:
        LabelError: ``label.unknown_font``, ``label.family_missing``.
    """
    for weights in list(_own.values()):
        for each in weights.values():
            if each.name == font_name:
                return each
    return families.font(font_name)


def in_language(face: Face, language: str) -> Style:
    """Return a style for text in a language."""
    style = _style(face)
    return Style(style.family, style.weight, language)


def fonts_of(face: Face) -> tuple[str, ...]:
    """Return the names of a style's fonts, in the order in which they are asked for a letter.

    Raises:
        LabelError: ``label.unknown_family``.
    """
    return _fonts_of(_style(face))


def _style(face: Face) -> Style:
    return face if isinstance(face, Style) else FACES[face]


@cache
def _fonts_of(style: Style) -> tuple[str, ...]:
    order = dict.fromkeys((style.family, *((FIRST, SECOND) if style.family in _own else (SECOND,))))
    names = []
    for family in order:
        if family in _own:
            weights = _own[family]
            nearest = min(weights, key=lambda weight: abs(weight - style.weight))
            names.append(weights[nearest].name)
        elif family in families.NAMES:
            names.append(families.font_name(family, style.weight, style.language))
        else:
            known = ", ".join(family_names())
            raise LabelError("label.unknown_family", family=family, known=known)
    if families.has_cjk() and CJK not in order:
        names.append(families.font_name(CJK, style.weight, style.language))
    return tuple(names)


class _Letters(dict[str, tuple[Font, Glyph]]):
    """Each letter of a style, with the font that draws it; looked up when first asked for."""

    def __init__(self, face: Face) -> None:
        self._names = fonts_of(face)

    def __missing__(self, character: str) -> tuple[Font, Glyph]:
        chosen = _font_of(character, self._names)
        letter = self[character] = (chosen, chosen.glyph(character))
        return letter


_letters = cache(_Letters)


def _font_of(character: str, names: Iterable[str]) -> Font:
    for font_name in names:
        candidate = font(font_name)
        if candidate.covers(character):
            return candidate
    named = f"U+{ord(character):04X} {name(character, '')}".strip()
    asked = ", ".join(names)
    if families.is_cjk(character) and not families.has_cjk():
        raise LabelError(
            "label.glyph_in_extra", character=character, name=named, fonts=asked, extra="cjk"
        )
    raise LabelError("label.missing_glyph", character=character, name=named, fonts=asked)


def runs(text: str, face: Face) -> list[Run]:
    """Split a text into the fewest runs of one font each; the text is read in NFC.

    Raises:
        LabelError: ``label.missing_glyph`` names the character and the fonts asked,
            ``label.glyph_in_extra`` the extra that has it; ``label.unknown_family``.
    """
    letters = _letters(face)
    return [
        Run(chosen, "".join(group))
        for chosen, group in groupby(normalize("NFC", text), lambda each: letters[each][0])
    ]


def width(text: str, face: Face) -> int:
    """Return the width of a text in NFC, in thousandths of the type size."""
    letters = _letters(face)
    return sum([letters[character][1].advance for character in text])


def extent(text: str, face: Face) -> tuple[int, int]:
    """Return the lowest and highest ink of a text, in thousandths of the type size."""
    letters = _letters(face)
    glyphs = [letters[character][1] for character in set(text)]
    return (
        min([glyph.low for glyph in glyphs], default=0),
        max([glyph.high for glyph in glyphs], default=0),
    )


def face_x_height(face: Face) -> int:
    """Return the x-height of a style's first font, in thousandths of the type size."""
    return font(fonts_of(face)[0]).x_height


def embeddable(font_name: str, characters: Iterable[str]) -> bytes:
    """Return a TrueType file that draws at least some characters of a font.

    It is the font's own file where that is such a file (``Font.as_filed``), else one of just
    these characters: for fonts with PostScript outlines, chosen Han forms, or a weight that
    the file does not have by itself.

    Raises:
        LabelError: ``label.unknown_font``, ``label.font_unreadable``.
    """
    chosen = font(font_name)
    return chosen.path.read_bytes() if chosen.as_filed else embed(chosen, characters)
