"""The families of installed packages: which font has which weight or language.

>>> font_name("Be Vietnam Pro", 640, ""), font_name("Noto Sans", 400, "")
('BeVietnamPro-SemiBold', 'NotoSans')
>>> font_name("Noto Sans CJK", 700, "ko"), font_name("Noto Sans CJK", 400, "zh-Hant")
('NotoSansCJKkr-Regular', 'NotoSansCJKtc-Regular')
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final
from unicodedata import name

import fontpkg

from ocoptrace.errors import LabelError
from ocoptrace.labels.fonts.file import packaged_font

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ocoptrace.labels.fonts.file import Font

__all__ = ["CJK", "FIRST", "NAMES", "SECOND", "font", "font_name", "has_cjk", "is_cjk"]

FIRST: Final = "Be Vietnam Pro"
"""Drawn for Vietnamese; static files, Latin letters only."""
SECOND: Final = "Noto Sans"
"""Latin, Cyrillic and Greek; one variable file."""
CJK: Final = "Noto Sans CJK"
"""Han, Hangul and Kana, in one weight; with the extra ``cjk``."""
NAMES: Final = frozenset({FIRST, SECOND, CJK})

_WEIGHTS: Final = {
    100: "Thin",
    200: "ExtraLight",
    300: "Light",
    400: "Regular",
    500: "Medium",
    600: "SemiBold",
    700: "Bold",
    800: "ExtraBold",
    900: "Black",
}
_REGULAR: Final = 400
_CJK_OF_LANGUAGE: Final[Mapping[str, str]] = {
    "ja": "jp",
    "ko": "kr",
    "zh-hans": "sc",
    "zh-cn": "sc",
    "zh-hk": "hk",
}
# Language systems whose localized forms replace those of Traditional Chinese (Taiwan).
_SYSTEMS: Final = {"tc": "", "hk": "ZHH ", "jp": "JAN ", "kr": "KOR ", "sc": "ZHS "}
_HAN: Final = "hani"
_CJK_NAMES: Final = ("BOPOMOFO", "CJK", "HANGUL", "HIRAGANA", "IDEOGRAPHIC", "KATAKANA")


@cache
def _names() -> dict[str, tuple[str, int | str]]:
    """Return the family, and weight or form, of each font's name."""
    names: dict[str, tuple[str, int | str]] = {
        f"{family.replace(' ', '')}-{word}": (family, weight)
        for family in (FIRST, SECOND)
        for weight, word in _WEIGHTS.items()
    }
    names["NotoSans"] = names.pop("NotoSans-Regular")
    names |= {f"NotoSansCJK{form}-Regular": (CJK, form) for form in _SYSTEMS}
    return names


def font_name(family: str, weight: int, language: str) -> str:
    """Return the name of a family's font of the nearest weight, or for a language."""
    if family == CJK:
        form = "tc"
        for tag, regional in _CJK_OF_LANGUAGE.items():
            if f"{language.lower()}-".startswith(f"{tag}-"):
                form = regional
        return f"NotoSansCJK{form}-Regular"
    nearest = min(_WEIGHTS, key=lambda each: abs(each - weight))
    return next(name for name, (of, has) in _names().items() if (of, has) == (family, nearest))


@cache
def font(font_name: str) -> Font:
    """Return a font by its name.

    Raises:
        LabelError: ``label.unknown_font``, ``label.family_missing``.
    """
    if font_name not in _names():
        raise LabelError("label.unknown_font", name=font_name)
    family, kind = _names()[font_name]
    if isinstance(kind, str):
        if not has_cjk():
            raise LabelError("label.family_missing", family=family, extra="cjk")
        system = _SYSTEMS[kind]
        return packaged_font(font_name, _cjk_path(), script=_HAN, language=system)
    if family == FIRST:
        return packaged_font(font_name, fontpkg.path(family, weight=kind))
    path = fontpkg.path(family, weight=_REGULAR)
    return packaged_font(font_name, path, weight=None if kind == _REGULAR else kind)


@cache
def has_cjk() -> bool:
    """Tell whether the extra ``cjk`` is installed."""
    try:
        import cvttf_NotoSansCJK_Regular  # noqa: F401, PLC0415 - an extra
    except ImportError:
        return False
    return True


def _cjk_path() -> Path:
    from cvttf_NotoSansCJK_Regular import get_TTF_path  # noqa: PLC0415 - an extra

    return Path(get_TTF_path())


def is_cjk(character: str) -> bool:
    """Tell whether a character is one for which the extra ``cjk`` is there."""
    return name(character, "").startswith(_CJK_NAMES)
