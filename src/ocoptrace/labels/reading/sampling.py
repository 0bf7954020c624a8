"""The sampling grid of a photographed QR symbol: where its modules are, how light each is.

A homography through the finder and alignment patterns, mended row by row and column by column
from the timing patterns, because a printer's feed is not even. Module coordinates have their
origin at the symbol's corner and one unit a module; pixel coordinates have theirs at the
picture's corner.

>>> from ocoptrace.labels.symbols import encode
>>> symbol = encode("HTTPS://ID.EXAMPLE/01/09521234543213")
>>> bits = np.frombuffer(symbol.bits, np.uint8).reshape(symbol.size, symbol.size)
>>> picture = np.kron(np.pad(1 - bits, 4, constant_values=1), np.ones((5, 5))) * 255.0
>>> corners = ((20, 20), (145, 20), (145, 145), (20, 145))
>>> sampling = sample(picture / 255, corners, version=2)
>>> bool(((sampling.inner() < 0.5) == (bits == 1)).all()), round(sampling.pitch, 2)
(True, 5.0)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from ocoptrace.labels.symbols.qr_structure import alignment_centres

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["MARGIN", "Sampling", "sample"]

Reals = NDArray[np.float64]

MARGIN: Final = 4
"""Modules around the symbol that are sampled too: the quiet zone (ISO/IEC 18004 §6.3.8)."""

_FINDER: Final = 7
_TIMING: Final = 6.5
# The synthetic aperture of ISO/IEC 15415 is 0.8 modules wide.
_APERTURE: Final = 0.4
_STEPS: Final = 16
# A pattern is looked for this far from where it should be, in modules: first far, then close.
_SEARCHES: Final = (1.5, 0.4)
# Steps of that search in a module, and points in which a module's light is measured.
_FINENESS: Final = 12
# Below this share of the finder patterns' clearness, an alignment pattern is hidden.
_CLEAR: Final = 0.6
_CORNERS: Final = 4


@dataclass(frozen=True, slots=True)
class Sampling:
    """What was sampled of one symbol.

    Attributes:
        centres: pixel coordinates (x, y) of each module of the symbol.
        flat: the same in modules, seen from straight above: what is left are the unevenness
            of the print and of the paper.
        light: reflectance of each module and of ``MARGIN`` modules around, 0 to 1; NaN where
            the picture ends.
        growth: how much wider dark modules are than light ones, in modules, across and down;
            NaN where the timing pattern cannot be followed.
    """

    centres: Reals
    flat: Reals
    light: Reals
    growth: tuple[float, float]

    def inner(self) -> Reals:
        """Return the reflectance of the symbol's own modules."""
        return self.light[MARGIN:-MARGIN, MARGIN:-MARGIN]

    @property
    def pitch(self) -> float:
        """Pixels a module, on average (the X-dimension)."""
        _, steps = _even(self.centres)
        return float(np.sqrt(abs(np.linalg.det(steps))))

    @property
    def axial_nonuniformity(self) -> float:
        """How unequal the spacings of the two axes are (ISO/IEC 15415)."""
        across, down = np.linalg.norm(_even(self.centres)[1], axis=1)
        return float(abs(across - down) / ((across + down) / 2))

    def grid_nonuniformity(self, *, flat: bool = False) -> float:
        """Return how far, in modules, a module stands from an even grid (ISO/IEC 15415).

        Args:
            flat: whether the perspective is the camera's, and not counted.
        """
        centres = self.flat if flat else self.centres / self.pitch
        return float(np.linalg.norm(centres - _even(centres)[0], axis=2).max())


def _even(centres: Reals) -> tuple[Reals, Reals]:
    """Return the evenly spaced grid nearest to some centres, and its two steps."""
    row, column = np.indices(centres.shape[:2]).reshape(2, -1)
    terms = np.stack([column, row, np.ones_like(row)], axis=1).astype(np.float64)
    fitted, *_ = np.linalg.lstsq(terms, centres.reshape(-1, 2), rcond=None)
    return np.reshape(terms @ fitted, centres.shape), np.asarray(fitted[:2], np.float64)


def sample(light: Reals, corners: Sequence[tuple[float, float]], *, version: int) -> Sampling:
    """Lay the grid on a symbol and sample its modules.

    Args:
        light: reflectance of each pixel, 0 to 1.
        corners: the symbol's corners in pixels: top left, top right, bottom right, bottom
            left; a module's error does no harm.
        version: 1 to 40.
    """
    size = 4 * version + 17
    frame = np.array([(0, 0), (size, 0), (size, size), (0, size)], np.float64)
    outline = np.array(corners, np.float64)
    grid = _homography(frame, outline)
    for reach in _SEARCHES:
        grid = _refined(light, grid, version, reach)
    across, wide = _timing(light, grid, size, down=False)
    down, high = _timing(light, grid, size, down=True)
    places = np.arange(-MARGIN, size + MARGIN) + 0.5
    x, y = np.meshgrid(places + across, places + down)
    modules = np.stack([x, y], axis=-1)
    flat = modules[MARGIN:-MARGIN, MARGIN:-MARGIN]
    return Sampling(
        _applied(grid, flat),
        flat,
        _through_aperture(light, grid, modules),
        (wide, high),
    )


def _homography(modules: Reals, pixels: Reals) -> Reals:
    """Return the projection that maps points best, by least squares."""
    (x, y), (u, v) = modules.T, pixels.T
    zero, one = np.zeros_like(x), np.ones_like(x)
    terms = np.concatenate(
        [
            np.stack([x, y, one, zero, zero, zero, -u * x, -u * y], axis=1),
            np.stack([zero, zero, zero, x, y, one, -v * x, -v * y], axis=1),
        ]
    )
    fitted, *_ = np.linalg.lstsq(terms, np.concatenate([u, v]), rcond=None)
    return np.reshape(np.append(fitted, 1), (3, 3))


def _applied(grid: Reals, modules: Reals) -> Reals:
    """Return pixel coordinates of points given in modules."""
    projected = modules @ grid[:, :2].T + grid[:, 2]
    return np.asarray(projected[..., :2] / projected[..., 2:])


def _at(light: Reals, pixels: Reals) -> Reals:
    """Return the reflectance between pixels; NaN outside the picture."""
    # A pixel's value is that of its middle.
    x, y = pixels[..., 0] - 0.5, pixels[..., 1] - 0.5
    height, width = light.shape
    inside = (x >= -1) & (y >= -1) & (x <= width) & (y <= height)
    x = np.clip(np.where(inside, x, 0), 0, width - 1.001)
    y = np.clip(np.where(inside, y, 0), 0, height - 1.001)
    left, top = x.astype(np.intp), y.astype(np.intp)
    right, low = x - left, y - top
    value = (light[top, left] * (1 - right) + light[top, left + 1] * right) * (1 - low) + (
        light[top + 1, left] * (1 - right) + light[top + 1, left + 1] * right
    ) * low
    return np.asarray(np.where(inside, value, np.nan))


def _through_aperture(light: Reals, grid: Reals, modules: Reals) -> Reals:
    """Return the mean reflectance in a disc about each point."""
    step = np.linspace(-_APERTURE, _APERTURE, 5)
    disc = np.stack(np.meshgrid(step, step), axis=-1).reshape(-1, 2)
    disc = disc[np.hypot(*disc.T) <= _APERTURE]
    values = [_at(light, _applied(grid, modules + offset)) for offset in disc]
    return np.asarray(np.mean(values, axis=0))


def _rings(radius: int) -> Reals:
    """Return a nested square pattern as weights: its light rings positive, dark ones not.

    Either kind weighs 1 in all, so that the weighted sum of a place is its clearness.
    """
    span = np.arange(-radius, radius + 1)
    ring = np.maximum.outer(abs(span), abs(span))
    # A finder pattern's middle is three modules wide, an alignment pattern's one.
    is_light = (ring == radius) | (ring == radius - 2)
    if radius == 2:  # noqa: PLR2004 - of an alignment pattern, no ring around it is certain
        is_light = ring == 1
    return np.asarray(np.where(is_light, 1 / is_light.sum(), -1 / (~is_light).sum()))


def _refined(light: Reals, grid: Reals, version: int, reach: float) -> Reals:
    """Return the projection through the patterns that are found near to where it has them."""
    size = 4 * version + 17
    finders = [(3.5, 3.5), (size - 3.5, 3.5), (3.5, size - 3.5)]
    found = [_found(light, grid, centre, _rings(4), reach) for centre in finders]
    clear = min(clearness for _, clearness in found) * _CLEAR
    centres = alignment_centres(version)
    for y in centres:
        for x in centres:
            if (x, y) not in {(6, 6), (6, size - 7), (size - 7, 6)}:
                one = _found(light, grid, (x + 0.5, y + 0.5), _rings(2), reach)
                if one[1] > clear:
                    found.append(one)
                    finders.append((x + 0.5, y + 0.5))
    pixels = [pixel for pixel, _ in found]
    if len(found) < _CORNERS:
        finders.append((size, size))
        pixels.append(_applied(grid, np.array([size, size], np.float64)))
    return _homography(np.array(finders), np.array(pixels))


def _found(
    light: Reals, grid: Reals, centre: tuple[float, float], rings: Reals, reach: float
) -> tuple[Reals, float]:
    """Return where a pattern is clearest, in pixels, and how clear it is there."""
    steps = round(reach * _FINENESS)
    side = len(rings) * _FINENESS + 2 * steps
    points = (np.arange(side) - (side - 1) / 2) / _FINENESS
    patch = np.stack(np.meshgrid(points, points), axis=-1) + np.array(centre)
    # What the picture cuts off is taken for paper.
    values = np.nan_to_num(_at(light, _applied(grid, patch)), nan=1)
    sums = np.pad(values, ((1, 0), (1, 0))).cumsum(axis=0).cumsum(axis=1)
    n = _FINENESS
    means = (sums[n:, n:] - sums[:-n, n:] - sums[n:, :-n] + sums[:-n, :-n]) / n**2
    width = 2 * steps + 1
    scores = np.zeros((width, width))
    for (row, column), weight in np.ndenumerate(rings):
        scores += weight * means[row * n : row * n + width, column * n : column * n + width]
    best = float(scores.max())
    # Finer than the steps: the middle of all that is nearly as clear.
    weights = np.clip(scores - 0.9 * best, 0, None)
    if not weights.any():
        return _applied(grid, np.array(centre)), 0.0
    shifts = np.arange(-steps, steps + 1) / n
    x, y = np.meshgrid(shifts, shifts)
    shift = np.array([(x * weights).sum(), (y * weights).sum()]) / weights.sum()
    return _applied(grid, np.array(centre) + shift), best


def _timing(light: Reals, grid: Reals, size: int, *, down: bool) -> tuple[Reals, float]:
    """Return how far each row or column is from its place, and the growth of dark modules.

    Both in modules; the places are those of the quiet zone too. All zeros where the timing
    pattern is torn.
    """
    first, last = _FINDER, size - _FINDER
    along = np.arange((first - 0.5) * _STEPS, (last + 0.5) * _STEPS + 1) / _STEPS
    lines = []
    for across in (_TIMING - 0.2, _TIMING, _TIMING + 0.2):
        points = np.stack([along, np.full_like(along, across)], axis=-1)
        lines.append(_at(light, _applied(grid, points[:, ::-1] if down else points)))
    profile = np.mean(lines, axis=0)
    level = (profile.max() + profile.min()) / 2
    dark = profile < level
    turns = np.flatnonzero(dark[1:] != dark[:-1])
    places = np.arange(-MARGIN, size + MARGIN) + 0.5
    # The pattern starts and ends with the light module beside a finder pattern.
    expected = np.arange(first, last + 1)
    if len(turns) != len(expected):
        return np.zeros_like(places), float("nan")
    rise = profile[turns + 1] - profile[turns]
    edges = along[turns] + (level - profile[turns]) / rise / _STEPS
    off = edges - expected
    if abs(off).max() > 1:
        return np.zeros_like(places), float("nan")
    middles = (off[1:] + off[:-1]) / 2
    widths = np.diff(edges)
    growth = float((widths[1::2].mean() - widths[::2].mean()) / 2)
    known = np.concatenate([[0, 3.5], expected[:-1] + 0.5, [size - 3.5, size]])
    return np.interp(places, known, np.concatenate([[0, 0], middles, [0, 0]])), growth
