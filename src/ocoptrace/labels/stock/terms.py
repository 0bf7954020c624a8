"""The short terms in which a stock can be told, and what they stand for.

All lengths are millimetres, pairs are across and down::

    page = "A4"        a name (A3 to A6, Letter), or a pair
    web = 110          of a roll, in place of ``page``: its width; a page is one row
    grid = [3, 8]      stickers; one, where not given
    label = [70, 37]   size as cut
    pitch = [70, 37]   from corner to corner; the label's size, where not given
    gap = [2, 0]       in place of ``pitch``: white between stickers
    margin = [0, 0.5]  corner of the first sticker; in the middle, where not given

>>> sorted(expanded({"web": 52, "label": [50, 30], "gap": [0, 2]}).items())
[('columns', 1), ('label_height', 30), ('label_width', 50), ('margin_left', 1.0),
 ('margin_top', 0.0), ('page_height', 30), ('page_width', 52), ('pitch_x', 50),
 ('pitch_y', 32), ('rows', 1)]
"""

from __future__ import annotations

from typing import Any, Final

__all__ = ["PAGES", "expanded"]

PAGES: Final = {
    "A3": (297, 420),
    "A4": (210, 297),
    "A5": (148, 210),
    "A6": (105, 148),
    "Letter": (215.9, 279.4),
}
"""Sizes of pages in millimetres."""

_PAIRS: Final = {
    "page": ("page_width", "page_height"),
    "grid": ("columns", "rows"),
    "label": ("label_width", "label_height"),
    "pitch": ("pitch_x", "pitch_y"),
    "margin": ("margin_left", "margin_top"),
}
_TERMS: Final = frozenset({*_PAIRS, "web", "gap"})
_LARGEST: Final = 10_000

Number = int | float


def expanded(members: dict[str, Any]) -> dict[str, Any]:
    """Return the members of a stock with its short terms spelled out.

    What is spelled out already stays; a stock without ``label`` is in full terms.

    Raises:
        ValueError: a term is not what it should be, or is said twice.
    """
    terms = {key: value for key, value in members.items() if key in _TERMS}
    if not terms:
        return members
    full = {key: value for key, value in members.items() if key not in _TERMS}
    if "label" not in terms:
        raise ValueError("label is missing: the size of a sticker")
    label = _pair("label", terms["label"])
    grid = terms.get("grid", (1, 1))
    columns, rows = _pair("grid", grid)
    if "web" in terms and "page" not in terms:
        (web,) = _numbers("web", [terms["web"]])
        page: tuple[Number, Number] = (web, label[1])
    else:
        page = _page(terms)
    pitch = _pitch(terms, label)
    if "margin" in terms:
        margin = _pair("margin", terms["margin"])
    else:
        # Makers' figures are rounded: a grid wider than the page by a hair begins at its edge.
        margin = (
            max(0.0, (page[0] - label[0] - (columns - 1) * pitch[0]) / 2),
            max(0.0, (page[1] - label[1] - (rows - 1) * pitch[1]) / 2),
        )
    pairs = {"page": page, "grid": grid, "label": label, "pitch": pitch, "margin": margin}
    for term, values in pairs.items():
        for name, value in zip(_PAIRS[term], values, strict=True):
            if name in full:
                raise ValueError(f"{term} and {name} say the same")
            full[name] = value
    return full


def _page(terms: dict[str, Any]) -> tuple[Number, Number]:
    page = terms.get("page")
    if "web" in terms:
        raise ValueError("page and web say the same")
    if isinstance(page, str) and page in PAGES:
        return PAGES[page]
    if not isinstance(page, list):
        names = ", ".join(PAGES)
        raise ValueError(f"page is one of {names}, or its width and height")  # noqa: TRY004
    return _pair("page", page)


def _pitch(terms: dict[str, Any], label: tuple[Number, Number]) -> tuple[Number, Number]:
    if "pitch" in terms and "gap" in terms:
        raise ValueError("pitch and gap say the same")
    if "pitch" in terms:
        return _pair("pitch", terms["pitch"])
    across, down = _pair("gap", terms.get("gap", (0, 0)))
    return label[0] + across, label[1] + down


def _pair(term: str, value: object) -> tuple[Number, Number]:
    if not isinstance(value, list | tuple) or len(value) != 2:  # noqa: PLR2004 - a pair
        raise ValueError(f"{term} is two numbers: across and down")
    across, down = _numbers(term, value)
    return across, down


def _numbers(term: str, values: Any) -> list[Number]:
    for value in values:
        plain = isinstance(value, int | float) and not isinstance(value, bool)
        # Also refuses what is not a number at all (nan).
        if not plain or not 0 <= value < _LARGEST:
            raise ValueError(f"{term} is two numbers: across and down")
    return list(values)
