"""Stars: five in a line, as many filled as the grade has; drawn, never the programme's mark.

>>> [star.filled for star in stars(0, 0, 1000, 3)]
[True, True, True, False, False]
>>> stars_width(1000)
11800
"""

from __future__ import annotations

from math import cos, pi, sin
from typing import TYPE_CHECKING, Final

from ocoptrace.labels.content import MAX_STARS
from ocoptrace.labels.display import BLACK, Polygon

if TYPE_CHECKING:
    from ocoptrace.labels.display import Ink

__all__ = ["stars", "stars_width"]

# A star's outer corners stand one radius from its middle; all else is a share of that.
_STROKE: Final = 100
_PITCH: Final = 1.12
_WAIST: Final = 0.382
_GAP: Final = 0.6
_CORNERS: Final = 5


def stars_width(radius: int) -> int:
    """Return the width of five stars and the white behind them, in micrometres."""
    return round(2 * radius * _PITCH * MAX_STARS + radius * _GAP)


def stars(x: int, middle: int, radius: int, filled: int, *, ink: Ink = BLACK) -> list[Polygon]:
    """Return five stars; lengths in micrometres.

    Args:
        x: left edge of the first star.
        middle: height of their middles.
        radius: from a middle to an outer corner.
        filled: how many are filled.
        ink: of all of them.
    """
    pitch = 2 * radius * _PITCH
    return [
        Polygon(
            tuple(
                (
                    round(x + radius + number * pitch + reach * sin(pi * corner / _CORNERS)),
                    round(middle - reach * cos(pi * corner / _CORNERS)),
                )
                for corner in range(2 * _CORNERS)
                for reach in [radius * (_WAIST if corner % 2 else 1)]
            ),
            stroke=_STROKE,
            filled=number < filled,
            ink=ink,
        )
        for number in range(MAX_STARS)
    ]
