"""A font file: its characters, their measures and outlines.

Lengths are in thousandths of the type size, whatever units the file has.

>>> from ocoptrace.labels import fonts
>>> plain = fonts.font("BeVietnamPro-Regular")
>>> plain.covers("Ắ"), plain.covers("Ж"), plain.glyph("x")
(True, False, Glyph(advance=559, low=0, high=530))
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from hashlib import sha256
from io import BytesIO
from struct import unpack_from
from threading import RLock
from typing import TYPE_CHECKING, Any, Final

from fontTools.pens.boundsPen import BoundsPen
from fontTools.ttLib import TTFont

from ocoptrace.errors import LabelError
from ocoptrace.labels.fonts.character_map import read_character_map
from ocoptrace.labels.fonts.outlines import FlatPen, bound_subroutines

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["MAX_FONT_BYTES", "Font", "Glyph", "OwnFont", "packaged_font", "read_own_font"]

# What a file is refused for is told once, as an error, and not as thousands of log lines.
logging.getLogger("fontTools").addHandler(logging.NullHandler())

MAX_FONT_BYTES: Final = 32 * 2**20
"""Largest font file; those with all Han characters have some 16 MB."""

_KINDS: Final = (b"\x00\x01\x00\x00", b"true", b"OTTO")
_TRUETYPE: Final = ("glyf", "loca")
_NEEDED: Final = ("head", "hhea", "maxp", "hmtx", "cmap", "name", "OS/2")
_UNITS: Final = range(16, 16_384 + 1)
_WEIGHTS: Final = range(1, 1000 + 1)
_MAX_NAME: Final = 60
# OS/2.fsType: restricted licence, no subsetting, bitmaps only.
_NOT_EMBEDDABLE: Final = 0x0002 | 0x0100 | 0x0200
_FAMILY_NAMES: Final = (16, 1)
_RANGES: Final = 3


@dataclass(frozen=True, slots=True)
class Glyph:
    """Measures of one letter: advance, and the lowest and highest ink from the baseline."""

    advance: int
    low: int
    high: int


@dataclass(frozen=True, slots=True, eq=False)
class Font:
    """A font as display lists name it.

    Attributes:
        name: its name in display lists and PDF files.
        path: the file that it is drawn from.
        as_filed: whether the file by itself is this font: TrueType outlines, no weight to
            interpolate, no forms to choose. Else ``fonts.embeddable`` makes a file.
        x_height: height of the small x.
        units: units of the file to one type size.
    """

    name: str
    path: Path
    as_filed: bool
    x_height: int
    units: int
    _tables: Any
    _outlines: Any
    _glyph_names: Mapping[int, str]
    _glyphs: dict[str, Glyph] = field(default_factory=dict)
    # fontTools reads outlines when they are asked for, and is not safe among threads then.
    _lock: RLock = field(default_factory=RLock)

    def covers(self, character: str) -> bool:
        """Tell whether the font draws a character."""
        return ord(character) in self._glyph_names

    @property
    def cubic(self) -> bool:
        """Whether the outlines are PostScript ones."""
        return hasattr(self._outlines, "charStrings")

    @property
    def reach(self) -> tuple[int, int]:
        """Ascent and descent that the file declares, in its units."""
        metrics = self._tables["hhea"]
        return metrics.ascent, metrics.descent

    @property
    def characters(self) -> frozenset[int]:
        """The code points that the font draws."""
        return frozenset(self._glyph_names)

    def glyph(self, character: str) -> Glyph:
        """Return the measures of a character that the font covers.

        Raises:
            LabelError: ``label.font_unreadable``, for a glyph of a broken file.
        """
        glyph = self._glyphs.get(character)
        if glyph is None:
            pen = BoundsPen(None)
            advance = self.draw(character, pen)
            _, low, _, high = pen.bounds or (0, 0, 0, 0)
            scale = 1000 / self.units
            glyph = Glyph(round(advance * scale), round(low * scale), round(high * scale))
            self._glyphs[character] = glyph
        return glyph

    def draw(self, character: str, pen: Any) -> int:
        """Draw a character with a fontTools pen, in the file's units, and return its advance.

        Raises:
            LabelError: ``label.font_unreadable``.
        """
        try:
            with self._lock:
                outline = self._outlines[self._glyph_names[ord(character)]]
                if self.cubic:
                    bound_subroutines(self._outlines.charStrings[outline.name])
                outline.draw(FlatPen(self._outlines, pen))
                advance: int = round(outline.width)
                return advance
        # A broken file makes its reader stumble in every way.
        except Exception as error:
            raise _unreadable(self.path, error) from error


@dataclass(frozen=True, slots=True)
class OwnFont:
    """A font of the user's: how a template asks for it, and the font."""

    family: str
    weight: int
    font: Font


def packaged_font(
    name: str, path: Path, *, weight: int | None = None, script: str = "", language: str = ""
) -> Font:
    """Return a font of an installed package.

    Args:
        name: in display lists.
        path: of the file.
        weight: of a variable font, where it is not the file's own.
        script: OpenType script whose localized forms are taken.
        language: OpenType language system of that script.
    """
    tables = TTFont(BytesIO(path.read_bytes()), lazy=True)
    location = {"wght": weight} if weight else None
    forms = _localized_forms(tables, script, language) if language else {}
    as_filed = "glyf" in tables and not location
    return _font(name, path, tables, as_filed=as_filed, location=location, forms=forms)


def _font(
    name: str,
    path: Path,
    tables: Any,
    *,
    as_filed: bool = False,
    location: Mapping[str, float] | None = None,
    forms: Mapping[str, str] | None = None,
) -> Font:
    order = tables.getGlyphOrder()
    numbers = read_character_map(tables.reader["cmap"])
    glyph_names = {code: order[number] for code, number in numbers.items() if number < len(order)}
    if forms:
        glyph_names = {code: forms.get(glyph, glyph) for code, glyph in glyph_names.items()}
    units = tables["head"].unitsPerEm
    if units not in _UNITS:
        raise ValueError(f"unitsPerEm is {units}")
    outlines = tables.getGlyphSet(location=location)
    x_height = round(getattr(tables["OS/2"], "sxHeight", 0) * 1000 / units)
    font = Font(name, path, as_filed, x_height, units, tables, outlines, glyph_names)
    if location or x_height <= 0:
        x_height = font.glyph("x").high if font.covers("x") else 500
        font = Font(name, path, as_filed, x_height, units, tables, outlines, glyph_names)
    return font


def _localized_forms(tables: Any, script: str, language: str) -> dict[str, str]:
    """Return the glyphs that the feature ``locl`` puts in the place of others."""
    substitution = tables["GSUB"].table
    forms: dict[str, str] = {}
    for record in substitution.ScriptList.ScriptRecord:
        systems = record.Script.LangSysRecord if record.ScriptTag == script else ()
        for system in (each.LangSys for each in systems if each.LangSysTag == language):
            features = (substitution.FeatureList.FeatureRecord[i] for i in system.FeatureIndex)
            for feature in (each.Feature for each in features if each.FeatureTag == "locl"):
                for number in feature.LookupListIndex:
                    for table in substitution.LookupList.Lookup[number].SubTable:
                        forms.update(getattr(table, "ExtSubTable", table).mapping)
    return forms


def read_own_font(path: Path) -> OwnFont:
    """Read a TrueType or OpenType font file of the user's, once.

    Raises:
        LabelError: ``label.no_font_file``, ``label.font_too_large``, ``label.not_a_font``,
            ``label.font_unreadable``, ``label.font_not_embeddable``.
    """
    data = _bytes(path)
    if data[:4] not in _KINDS:
        raise LabelError("label.not_a_font", path=path.name)
    try:
        tables = TTFont(BytesIO(data), lazy=True)
        own = _own_font(path, data, tables)
        licence = tables["OS/2"].fsType
    # A broken file makes its reader stumble in every way.
    except Exception as error:
        raise _unreadable(path, error) from error
    if licence & _NOT_EMBEDDABLE:
        raise LabelError("label.font_not_embeddable", path=path.name, bits=f"{licence:#06x}")
    return own


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FONT_BYTES + 1)
    except OSError as error:
        raise LabelError("label.no_font_file", path=str(path), reason=error.strerror) from error
    if len(data) > MAX_FONT_BYTES:
        raise LabelError("label.font_too_large", path=path.name, limit=MAX_FONT_BYTES // 2**20)
    return data


def _own_font(path: Path, data: bytes, tables: Any) -> OwnFont:
    missing = [tag for tag in _NEEDED if tag not in tables]
    if missing:
        raise ValueError(f"no table {', '.join(missing)}")
    if all(tag in tables for tag in _TRUETYPE):
        # The names of glyphs do not matter, and reading them is one risk more.
        count = tables["maxp"].numGlyphs
        tables.setGlyphOrder([f"glyph{number:05d}" for number in range(count)])
    elif "CFF " in tables:
        _check_font_dict_select(tables)
    else:
        raise ValueError("there are no outlines")
    family = next(filter(None, map(tables["name"].getDebugName, _FAMILY_NAMES)), path.stem)
    family = "".join(filter(str.isprintable, family)).strip()[:_MAX_NAME] or path.stem
    weight = tables["OS/2"].usWeightClass
    letters = "".join(filter(lambda each: each.isascii() and each.isalnum(), family))
    name = f"{letters or 'Own'}-{sha256(data).hexdigest()[:12]}"
    font = _font(name, path, tables)
    if not font.characters:
        raise ValueError("it has no characters")
    return OwnFont(family, weight if weight in _WEIGHTS else 400, font)


def _check_font_dict_select(tables: Any) -> None:
    """Refuse ranges of glyphs that do not rise; fontTools would expand whatever they claim."""
    table = tables["CFF "]
    top = table.cff.topDictIndex[0]
    offset = top.rawDict.get("FDSelect")
    data = tables.reader["CFF "]
    if not isinstance(offset, int) or data[offset] != _RANGES:
        return
    (count,) = unpack_from(">H", data, offset + 1)
    firsts = [unpack_from(">H", data, offset + 3 + 3 * each)[0] for each in range(count + 1)]
    if firsts != sorted(set(firsts)):
        raise ValueError("the ranges of FDSelect do not rise")


def _unreadable(path: Path, error: Exception) -> LabelError:
    reason = f"{type(error).__name__}: {error}"[:200]
    return LabelError("label.font_unreadable", path=path.name, reason=reason)
