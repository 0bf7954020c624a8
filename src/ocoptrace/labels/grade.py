"""An indicative grade of a printed QR symbol, from a photo or a scan of it.

The parameters of ISO/IEC 15415 that pixels alone can give, each from 4 (A) to 0 (F); the
lowest is the grade. It is **indicative**: a verifier has a calibrated light, lens and
aperture, a scanner or a telephone has none. It tells which of two prints is better, and what
is wrong with the worse one; it is no certificate.

>>> from ocoptrace.labels.symbols import encode
>>> symbol = encode("HTTPS://ID.EXAMPLE/01/09521234543213")
>>> bits = np.frombuffer(symbol.bits, np.uint8).reshape(symbol.size, symbol.size)
>>> picture = np.kron(np.pad(1 - bits, 4, constant_values=1), np.ones((5, 5), np.uint8)) * 255
>>> (grade,) = grade_pixels(picture)
>>> grade.letter, grade.overall, grade.scan.text
('A', 4, 'HTTPS://ID.EXAMPLE/01/09521234543213')
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from ocoptrace import messages
from ocoptrace.findings import Finding
from ocoptrace.labels.pixels import grey_pages
from ocoptrace.labels.qr_layout import blocks, codeword_modules, segments
from ocoptrace.labels.reference_decode import decode
from ocoptrace.labels.sampling import MARGIN, sample
from ocoptrace.labels.scan import scan_pixels

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ocoptrace.labels.pixels import Pixels
    from ocoptrace.labels.qr_layout import Bits
    from ocoptrace.labels.reference_decode import Decoded
    from ocoptrace.labels.sampling import Reals, Sampling
    from ocoptrace.labels.scan import Scan
    from ocoptrace.messages import Language

__all__ = ["PARAMETERS", "Grade", "Name", "Parameter", "Source", "grade_file", "grade_pixels"]

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
Source = Literal["scan", "photo", "drawing"]
"""Where pixels come from: a flat-bed scan, a photo taken at an angle, a rendered page."""

_LETTERS: Final = "FDCBA"
_BEST: Final = 4
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
# Below this many pixels a module, edges are guessed rather than measured.
_PIXELS_PER_MODULE: Final = 5
# Dark modules wider or narrower than light ones by more than this are worth a word.
_GROWTH: Final = 0.15
_WHITE: Final = 255

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
        return _LETTERS[self.grade]


@dataclass(frozen=True, slots=True)
class Grade:
    """An indicative grade of one symbol.

    Attributes:
        scan: the symbol, and where it stands in the picture.
        level: its error correction, empty where the reference decode fails.
        pitch: pixels a module.
        growth: by how many modules dark modules are too wide, across and down; not graded.
        parameters: what was measured. From a photo, not the axial nonuniformity; without a
            reference decode, not what rests on it.
        findings: what is less than good, and what to do; the place is ``/<name>``.
    """

    scan: Scan
    level: str
    pitch: float
    growth: tuple[float, float]
    parameters: tuple[Parameter, ...]
    findings: tuple[Finding, ...]

    @property
    def overall(self) -> int:
        """The lowest grade of all parameters, 4 (A) to 0 (F)."""
        return min(parameter.grade for parameter in self.parameters)

    @property
    def letter(self) -> str:
        """The overall grade as A, B, C, D or F."""
        return _LETTERS[self.overall]

    def parameter(self, name: Name) -> Parameter:
        """Return one of the parameters.

        Raises:
            KeyError: it was not measured.
        """
        for parameter in self.parameters:
            if parameter.name == name:
                return parameter
        raise KeyError(name)

    def to_json(self, language: Language = "en") -> dict[str, object]:
        """Return the grade as JSON members, names and findings in a language."""
        return {
            "indicative": True,
            "text": self.scan.text,
            "page": self.scan.page,
            "position": [list(point) for point in self.scan.position],
            "version": self.scan.version,
            "level": self.level,
            "pixels_per_module": round(self.pitch, 2),
            "print_growth": [None if np.isnan(g) else round(g, 3) for g in self.growth],
            "overall": self.overall,
            "letter": self.letter,
            "parameters": [
                {
                    "name": parameter.name,
                    "label": messages.text(f"grade.name.{parameter.name}", language),
                    "value": round(parameter.value, 3),
                    "grade": parameter.grade,
                    "letter": parameter.letter,
                }
                for parameter in self.parameters
            ],
            "findings": [finding.to_json(language) for finding in self.findings],
        }


def grade_file(data: bytes, *, dpi: int = 600, source: Source = "scan") -> list[Grade]:
    """Return an indicative grade of every QR symbol in a PNG, JPEG or PDF file.

    Args:
        data: the file.
        dpi: pixels per inch at which a PDF is rendered.
        source: where the pixels come from, as in ``grade_pixels``.

    Raises:
        LabelError: as ``scan_file``.
    """
    return [
        grade
        for number, pixels in enumerate(grey_pages(data, dpi=dpi))
        for grade in grade_pixels(pixels, page=number, source=source)
    ]


def grade_pixels(pixels: Pixels, *, page: int = 0, source: Source = "scan") -> list[Grade]:
    """Return an indicative grade of every QR symbol among grey pixels, in reading order.

    A pixel of 255 is taken for a reflectance of 100 %: a dim photo has a low contrast.

    Args:
        pixels: one byte a pixel, 0 is black.
        page: what ``Grade.scan.page`` says.
        source: the bytes of a ``scan`` or a ``photo`` stand for light as sRGB says, those of a
            ``drawing`` for light itself; the perspective of a ``photo`` is the camera's.
    """
    return [
        _graded(scan, *_light(pixels, scan, source), source)
        for scan in scan_pixels(pixels, page=page)
    ]


def _light(pixels: Pixels, scan: Scan, source: Source) -> tuple[Reals, Reals]:
    """Return the reflectances around a symbol, and its corners among them."""
    corners = np.array(scan.position, np.float64)
    reach = np.ptp(corners, axis=0).max() * (MARGIN + 2) / (4 * scan.version + 17) + 4
    left, top = np.maximum(corners.min(axis=0) - reach, 0).astype(int)
    right, bottom = (corners.max(axis=0) + reach).astype(int)
    values = np.arange(_WHITE + 1) / _WHITE
    if source != "drawing":
        # The transfer function of sRGB, IEC 61966-2-1.
        values = np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)  # noqa: PLR2004
    return values[pixels[top:bottom, left:right]], corners - (left, top)


def _graded(scan: Scan, light: Reals, corners: Reals, source: Source) -> Grade:
    sampling = sample(light, [(x, y) for x, y in corners.tolist()], version=scan.version)
    brightest, darkest = float(np.nanmax(sampling.light)), float(np.nanmin(sampling.light))
    contrast = brightest - darkest
    threshold = (brightest + darkest) / 2
    inner = np.nan_to_num(sampling.inner(), nan=brightest)
    dark = inner < threshold
    clearness = 2 * abs(inner - threshold) / max(contrast, 1e-9)
    decoded = decode(dark)
    flat = source == "photo"
    measured: dict[Name, float] = {
        "decode": float(decoded is not None),
        "symbol_contrast": contrast,
        "grid_nonuniformity": sampling.grid_nonuniformity(flat=flat),
        "quiet_zone": _quiet_zone(sampling.light > threshold),
    }
    if not flat:
        measured["axial_nonuniformity"] = sampling.axial_nonuniformity
    parameters = [Parameter(name, value, _grade(name, value)) for name, value in measured.items()]
    parameters.append(_fixed_pattern_damage(scan.version, dark, clearness))
    if decoded is not None:
        parameters += _of_codewords(decoded, clearness)
    parameters.sort(key=lambda parameter: PARAMETERS.index(parameter.name))
    return Grade(
        scan,
        decoded.level if decoded else "",
        sampling.pitch,
        sampling.growth,
        tuple(parameters),
        (*_findings(parameters), *_remarks(sampling)),
    )


def _grade(name: Name, value: float) -> int:
    """Return the grade of a value: how many of the limits it keeps."""
    limits = _LIMITS[name]
    if name in _FALLING:
        return sum(value <= limit for limit in limits)
    return sum(value >= limit for limit in limits)


def _of_codewords(decoded: Decoded, clearness: Reals) -> list[Parameter]:
    """Return the parameters that look at whole codewords."""
    lowest = clearness.ravel()[codeword_modules(decoded.version)].min(axis=1)
    margin = np.where(decoded.wrong_codewords, 0, lowest)
    unused = _unused(decoded, decoded.wrong_codewords)
    grade = _grade("unused_error_correction", unused)
    return [
        Parameter("modulation", float(lowest.min()), _overlaid(decoded, lowest)),
        Parameter("reflectance_margin", float(margin.min()), _overlaid(decoded, margin)),
        Parameter("unused_error_correction", unused, grade),
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
        min(level, _grade("unused_error_correction", _unused(decoded, levels < level)))
        for level in range(_BEST + 1)
    )


def _fixed_pattern_damage(version: int, dark: Bits, clearness: Reals) -> Parameter:
    """Return the worst grade of the finder, timing and alignment patterns (§7.8.5)."""
    levels = _levels(clearness)
    grades = []
    wrong = 0
    for name, (inside, expected) in segments(version).items():
        if not inside.any():
            continue
        torn = (dark != expected)[inside]
        own = levels[inside]
        wrong += int(torn.sum())
        grades.append(
            max(min(level, _damage(name, torn | (own < level))) for level in range(_BEST + 1))
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


def _findings(parameters: Sequence[Parameter]) -> list[Finding]:
    return [
        Finding(
            f"grade.{parameter.name}",
            "error" if parameter.grade == 0 else "warning",
            f"/{parameter.name}",
            {"value": _shown(parameter), "letter": parameter.letter},
        )
        for parameter in parameters
        if parameter.grade < _BEST - 1
    ]


def _shown(parameter: Parameter) -> str:
    if parameter.name in {"quiet_zone", "fixed_pattern_damage", "decode"}:
        return f"{parameter.value:.0f}"
    if parameter.name == "grid_nonuniformity":
        return f"{parameter.value:.2f}"
    return f"{100 * parameter.value:.0f}"


def _remarks(sampling: Sampling) -> list[Finding]:
    """Return what is not graded but worth knowing."""
    found = []
    if sampling.pitch < _PIXELS_PER_MODULE:
        facts = {"pixels": f"{sampling.pitch:.1f}", "least": _PIXELS_PER_MODULE}
        found.append(Finding("grade.coarse", "warning", "", facts))
    growth = [share for share in sampling.growth if abs(share) > _GROWTH]
    if growth:
        most = max(growth, key=abs)
        code = "grade.growth" if most > 0 else "grade.shrinkage"
        found.append(Finding(code, "warning", "", {"value": f"{100 * abs(most):.0f}"}))
    return [*found, Finding("grade.indicative", "info")]
