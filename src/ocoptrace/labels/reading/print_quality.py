"""What ISO/IEC 15415 measures on a matrix symbol, as far as sampled modules can tell.

>>> graded("symbol_contrast", 0.56).letter, graded("grid_nonuniformity", 0.2).letter
('B', 'A')
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from ocoptrace.labels.reading.reference_decode import decode
from ocoptrace.labels.reading.sampling import MARGIN
from ocoptrace.labels.symbols.qr_structure import blocks, codeword_modules, fixed_patterns

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ocoptrace.labels.reading.reference_decode import Decoded
    from ocoptrace.labels.reading.sampling import Reals, Sampling
    from ocoptrace.labels.symbols.qr_structure import Bits

__all__ = ["BEST", "LETTERS", "PARAMETERS", "Name", "Parameter", "graded", "measure"]

Name = Literal[
    "decode",
    "symbol_contrast",
    "modulation",
    "reflectance_margin",
    "fixed_pattern_damage",
    "axial_nonuniformity",
    "grid_nonuniformity",
    "unused_error_correction",
    "quiet_zone",
]
"""What is graded."""

LETTERS: Final = "FDCBA"
"""The letters of the grades 0 to 4."""
BEST: Final = 4
"""The best grade."""

# Least values for the grades A to D (ISO/IEC 15415 §7.8); of the last two, most values.
_LIMITS: Final[dict[str, tuple[float, ...]]] = {
    "decode": (1, 1, 1, 1),
    "symbol_contrast": (0.70, 0.55, 0.40, 0.20),
    "modulation": (0.50, 0.40, 0.30, 0.20),
    "reflectance_margin": (0.50, 0.40, 0.30, 0.20),
    "unused_error_correction": (0.62, 0.50, 0.37, 0.25),
    # Ours: the standard counts the quiet zone among the fixed patterns.
    "quiet_zone": (4, 3, 2, 1),
    "axial_nonuniformity": (0.06, 0.08, 0.10, 0.12),
    "grid_nonuniformity": (0.38, 0.50, 0.63, 0.75),
}
_FALLING: Final = frozenset({"axial_nonuniformity", "grid_nonuniformity"})
# Damaged modules of a corner, and shares of a timing pattern and of all alignment patterns,
# that leave it the grades A to D (ISO/IEC 18004, print quality).
_DAMAGE: Final = {"a": (0, 1, 2, 3), "b": (0, 0.07, 0.11, 0.14), "c": (0, 0.10, 0.20, 0.30)}
# Of five neighbours in a timing pattern, more than two damaged ones lose the count.
_NEIGHBOURS: Final = 5
_NEIGHBOURS_LOST: Final = 2

PARAMETERS: Final[tuple[Name, ...]] = (
    "decode",
    "symbol_contrast",
    "modulation",
    "reflectance_margin",
    "fixed_pattern_damage",
    "axial_nonuniformity",
    "grid_nonuniformity",
    "unused_error_correction",
    "quiet_zone",
)
"""What is graded, in the order in which it is shown."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a symbol.

    Attributes:
        name: which.
        value: what was measured: a share, modules (quiet zone, grid), or damaged modules.
        grade: 4 (A) to 0 (F).
    """

    name: Name
    value: float
    grade: int

    @property
    def letter(self) -> str:
        """The grade as A, B, C, D or F."""
        return LETTERS[self.grade]


def graded(name: Name, value: float) -> Parameter:
    """Return a value with its grade: how many of the limits it keeps."""
    limits = _LIMITS[name]
    if name in _FALLING:
        return Parameter(name, value, sum(value <= limit for limit in limits))
    return Parameter(name, value, sum(value >= limit for limit in limits))


def measure(sampling: Sampling, *, flat: bool) -> tuple[tuple[Parameter, ...], Decoded | None]:
    """Return the parameters of a sampled symbol in their order, and its reference decode.

    Args:
        sampling: the symbol.
        flat: whether the perspective is the camera's: then the axial nonuniformity cannot be
            known, and the grid's is measured as seen from straight above.
    """
    brightest, darkest = float(np.nanmax(sampling.light)), float(np.nanmin(sampling.light))
    contrast = brightest - darkest
    threshold = (brightest + darkest) / 2
    inner = np.nan_to_num(sampling.inner(), nan=brightest)
    dark = inner < threshold
    clearness = 2 * abs(inner - threshold) / max(contrast, 1e-9)
    decoded = decode(dark)
    parameters = [
        graded("decode", float(decoded is not None)),
        graded("symbol_contrast", contrast),
        graded("grid_nonuniformity", sampling.grid_nonuniformity(flat=flat)),
        graded("quiet_zone", _quiet_zone(sampling.light > threshold)),
        _fixed_pattern_damage(dark, clearness),
    ]
    if not flat:
        parameters.append(graded("axial_nonuniformity", sampling.axial_nonuniformity))
    if decoded is not None:
        parameters += _of_codewords(decoded, clearness)
    return tuple(sorted(parameters, key=lambda one: PARAMETERS.index(one.name))), decoded


def _of_codewords(decoded: Decoded, clearness: Reals) -> list[Parameter]:
    """Return the parameters that look at whole codewords."""
    lowest = clearness.ravel()[codeword_modules(decoded.version)].min(axis=1)
    margin = np.where(decoded.wrong_codewords, 0, lowest)
    return [
        Parameter("modulation", float(lowest.min()), _overlaid(decoded, lowest)),
        Parameter("reflectance_margin", float(margin.min()), _overlaid(decoded, margin)),
        graded("unused_error_correction", _unused(decoded, decoded.wrong_codewords)),
    ]


def _unused(decoded: Decoded, wrong: Bits) -> float:
    """Return which share of the correction is left in the worst block, 0 where none."""
    shares = [
        block.unused(int(wrong[list(block.codewords)].sum()))
        for block in blocks(decoded.version, decoded.level)
    ]
    return max(0.0, min(shares))


def _levels(values: Reals) -> NDArray[np.int_]:
    """Return the grade of each modulation."""
    return np.asarray(sum((values >= limit).astype(int) for limit in _LIMITS["modulation"]))


def _overlaid(decoded: Decoded, values: Reals) -> int:
    """Return the grade of codewords: those below a grade count as wrong at that grade.

    The highest grade that its own unused error correction still bears (§7.8.4).
    """
    levels = _levels(values)
    return max(
        min(level, graded("unused_error_correction", _unused(decoded, levels < level)).grade)
        for level in range(BEST + 1)
    )


def _fixed_pattern_damage(dark: Bits, clearness: Reals) -> Parameter:
    """Return the worst grade of the finder, timing and alignment patterns (§7.8.5)."""
    levels = _levels(clearness)
    grades = []
    wrong = 0
    for name, (inside, expected) in fixed_patterns((len(dark) - 17) // 4).items():
        if not inside.any():
            continue
        torn = (dark != expected)[inside]
        own = levels[inside]
        wrong += int(torn.sum())
        grades.append(
            max(min(level, _damage(name, torn | (own < level))) for level in range(BEST + 1))
        )
    return Parameter("fixed_pattern_damage", wrong, min(grades))


def _damage(name: str, torn: Bits) -> int:
    kind = name[0]
    amount = float(torn.sum()) if kind == "a" else float(torn.mean())
    if kind == "b":
        near = np.convolve(torn, np.ones(_NEIGHBOURS), "same")
        if near.max() > _NEIGHBOURS_LOST:
            return 0
    return sum(amount <= limit for limit in _DAMAGE[kind])


def _quiet_zone(light: Bits) -> int:
    """Return how many modules stay light on each side, up to four; a cut picture has less."""
    clean = 0
    for width in range(1, MARGIN + 1):
        inner = slice(MARGIN - width, len(light) - MARGIN + width)
        ring = light[inner, inner]
        if not (ring[0].all() and ring[-1].all() and ring[:, 0].all() and ring[:, -1].all()):
            break
        clean = width
    return clean
