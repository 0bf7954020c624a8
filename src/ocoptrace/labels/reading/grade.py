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
from ocoptrace.labels.reading.pixels import grey_pages
from ocoptrace.labels.reading.print_quality import BEST, LETTERS, measure
from ocoptrace.labels.reading.sampling import MARGIN, sample
from ocoptrace.labels.reading.scan import scan_pixels

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ocoptrace.labels.reading.pixels import Pixels
    from ocoptrace.labels.reading.print_quality import Name, Parameter
    from ocoptrace.labels.reading.sampling import Reals, Sampling
    from ocoptrace.labels.reading.scan import Scan
    from ocoptrace.messages import Language

__all__ = ["Grade", "Source", "grade_file", "grade_pixels", "grade_scan"]

Source = Literal["scan", "photo", "drawing"]
"""Where pixels come from: a flat-bed scan, a photo taken at an angle, a rendered page."""

# Below this many pixels a module, edges are guessed rather than measured.
_PIXELS_PER_MODULE: Final = 5
# Dark modules wider or narrower than light ones by more than this are worth a word.
_GROWTH: Final = 0.15
_WHITE: Final = 255


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
        return LETTERS[self.overall]

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
    return [grade_scan(pixels, scan, source=source) for scan in scan_pixels(pixels, page=page)]


def grade_scan(pixels: Pixels, scan: Scan, *, source: Source = "scan") -> Grade:
    """Return an indicative grade of a QR symbol that was read among grey pixels."""
    return _graded(scan, *_light(pixels, scan, source), source)


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
    points = [(x, y) for x, y in corners.tolist()]
    sampling = sample(light, points, version=scan.version)
    parameters, decoded = measure(sampling, flat=source == "photo")
    return Grade(
        scan,
        decoded.level if decoded else "",
        sampling.pitch,
        sampling.growth,
        parameters,
        (*_findings(parameters), *_remarks(sampling)),
    )


def _findings(parameters: Sequence[Parameter]) -> list[Finding]:
    return [
        Finding(
            f"grade.{parameter.name}",
            "error" if parameter.grade == 0 else "warning",
            f"/{parameter.name}",
            {"value": _shown(parameter), "letter": parameter.letter},
        )
        for parameter in parameters
        if parameter.grade < BEST - 1
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
