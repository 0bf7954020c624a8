"""Outlines of characters as SVG path data.

>>> from ocoptrace.labels import fonts
>>> svg_path(fonts.font("BeVietnamPro-Regular"), "l")
'M80 0 81 760H175V0Z'
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.pens.transformPen import TransformPen

if TYPE_CHECKING:
    from ocoptrace.labels.fonts.file import Font

__all__ = ["svg_path"]


def svg_path(font: Font, character: str) -> str:
    """Return a character's outline; empty for a blank.

    Its units are thousandths of the type size, its origin the pen's place on the baseline,
    and y grows upwards. It is filled by the non-zero rule.

    Raises:
        LabelError: ``label.font_unreadable``.
    """
    scale = 1000 / font.units
    path = SVGPathPen(None, ntos=lambda number: f"{number:.6g}")
    font.draw(character, TransformPen(path, (scale, 0, 0, scale, 0, 0)))
    commands: str = path.getCommands()
    return commands
