"""Outlines of glyphs, drawn within bounds.

A glyph may be made of other glyphs, and a PostScript outline calls subroutines. Both can be
nested so that a few bytes keep a reader busy for years; here a glyph ends with an error
after as many steps as no real glyph takes.

>>> from fontTools.pens.recordingPen import RecordingPen
>>> pen = RecordingPen()
>>> flat = FlatPen({}, pen)
>>> flat.moveTo((0, 0)); flat.lineTo((10, 0)); flat.closePath()
>>> pen.value
[('moveTo', ((0, 0),)), ('lineTo', ((10, 0),)), ('closePath', ())]
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from fontTools.misc.psCharStrings import T2OutlineExtractor
from fontTools.pens.basePen import DecomposingPen

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["MAX_STEPS", "FlatPen", "bound_subroutines"]

MAX_STEPS: Final = 20_000
"""Most segments, components or subroutine calls of one glyph; a busy Han glyph has 300."""
_MAX_OPERATIONS: Final = 400_000


class FlatPen(DecomposingPen):  # type: ignore[misc] # fontTools ships no types
    """Passes an outline on to a pen, components as the outlines that they stand for.

    Raises:
        ValueError: more than ``MAX_STEPS``.
    """

    def __init__(self, glyphs: Mapping[str, Any], pen: Any) -> None:
        super().__init__(glyphs, skipMissingComponents=False)
        self._pen = pen
        self._steps = 0

    def _step(self) -> Any:
        self._steps += 1
        if self._steps > MAX_STEPS:
            raise ValueError("a glyph has too many parts")
        return self._pen

    def moveTo(self, point: Any) -> None:  # noqa: N802 - names of fontTools' pens
        """Begin a contour."""
        self._step().moveTo(point)

    def lineTo(self, point: Any) -> None:  # noqa: N802
        """Draw a line."""
        self._step().lineTo(point)

    def curveTo(self, *points: Any) -> None:  # noqa: N802
        """Draw a cubic curve."""
        self._step().curveTo(*points)

    def qCurveTo(self, *points: Any) -> None:  # noqa: N802
        """Draw quadratic curves."""
        self._step().qCurveTo(*points)

    def closePath(self) -> None:  # noqa: N802
        """Close a contour."""
        self._step().closePath()

    def endPath(self) -> None:  # noqa: N802
        """End an open contour."""
        self._step().endPath()

    def addComponent(self, glyphName: str, transformation: Any) -> None:  # noqa: N802, N803
        """Draw another glyph in place."""
        self._step()
        super().addComponent(glyphName, transformation)


class _BoundedExtractor(T2OutlineExtractor):  # type: ignore[misc] # fontTools ships no types
    """Runs a Type 2 charstring, each of its subroutines at the cost of its length."""

    _spent = 0

    def execute(self, charString: Any, **options: Any) -> None:  # noqa: N803 - as above it
        length = len(charString.bytecode or charString.program)
        self._spent += max(length, _MAX_OPERATIONS // MAX_STEPS)
        if self._spent > _MAX_OPERATIONS:
            raise ValueError("a glyph calls too many subroutines")
        super().execute(charString, **options)


def bound_subroutines(char_string: Any) -> None:
    """Make a charstring stop when it runs too long."""
    char_string.outlineExtractor = _BoundedExtractor
