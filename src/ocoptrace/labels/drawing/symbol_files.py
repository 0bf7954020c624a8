r"""One symbol as a file of its own: SVG, EPS, PNG, or text for a terminal; the home of segno.

segno writes the files; the modules are ours, because its own encoder pads differently. Each
file has its quiet zone and depends on nothing but the symbol and the sizes.

>>> from ocoptrace.labels.symbols import encode
>>> symbol = encode("HTTPS://ID.EXAMPLE")
>>> write_svg(symbol, module=0.5)[:31]
'<svg shape-rendering="crispEdge'
>>> write_png(symbol)[:4], write_eps(symbol, module=0.5).splitlines()[0]
(b'\x89PNG', '%!PS-Adobe-3.0 EPSF-3.0')
"""

from __future__ import annotations

import re
from io import BytesIO, StringIO
from math import ceil
from typing import TYPE_CHECKING, Final

import segno
from segno.encoder import Code

from ocoptrace.errors import LabelError
from ocoptrace.labels.bitmap import MAX_PIXELS

if TYPE_CHECKING:
    from ocoptrace.labels.symbols.matrix import Matrix

__all__ = [
    "MAX_DOTS",
    "MAX_MODULE",
    "MIN_MODULE",
    "write_eps",
    "write_png",
    "write_svg",
    "write_terminal",
]

MIN_MODULE: Final = 0.1
"""Smallest side of a module in millimetres."""
MAX_MODULE: Final = 100.0
"""Largest side of a module in millimetres."""
MAX_DOTS: Final = 1000
"""Most dots a side of a module."""

_MILLIMETRES_PER_INCH: Final = 25.4
_POINTS_PER_MILLIMETRE: Final = 72 / _MILLIMETRES_PER_INCH
# A linear symbol alone is drawn this share of its width high, as an EAN-13 is.
_BAR_SHARE: Final = 0.7
_INVERTED: Final = str.maketrans("█ ▀▄", " █▄▀")
_CREATION_DATE: Final = re.compile(r"^%%CreationDate:.*\n", re.MULTILINE)
_BOUNDING_BOX: Final = re.compile(r"^%%BoundingBox: 0 0 (\S+) (\S+)$", re.MULTILINE)


def write_svg(matrix: Matrix, *, module: float, title: str = "") -> str:
    """Return an SVG document, sized in millimetres.

    It has no ids and no classes, so that any number of them may stand in one page.

    Args:
        matrix: the symbol.
        module: side of a module in millimetres.
        title: what a screen reader says.

    Raises:
        LabelError: ``label.module``.
    """
    _check_module(module)
    out = BytesIO()
    _drawing(matrix).save(
        out,
        kind="svg",
        scale=module,
        unit="mm",
        border=0,
        dark="#000",
        light="#fff",
        title=title or None,
        svgclass=None,
        lineclass=None,
        xmldecl=False,
    )
    # Else a browser softens the edges of the rows, and light seams show between them.
    return out.getvalue().decode().replace("<svg ", '<svg shape-rendering="crispEdges" ', 1)


def write_eps(matrix: Matrix, *, module: float) -> str:
    """Return an Encapsulated PostScript file, for print shops that want no other.

    Args:
        matrix: the symbol.
        module: side of a module in millimetres.

    Raises:
        LabelError: ``label.module``.
    """
    _check_module(module)
    out = StringIO()
    _drawing(matrix).save(out, kind="eps", scale=module * _POINTS_PER_MILLIMETRE, border=0)
    text = _CREATION_DATE.sub("", out.getvalue())
    return _BOUNDING_BOX.sub(_whole_box, text, count=1)


def write_png(matrix: Matrix, *, dots: int = 8, module: float | None = None) -> bytes:
    """Return a picture of black and white pixels.

    Args:
        matrix: the symbol.
        dots: pixels a side of a module.
        module: side of a module in millimetres, for programs that place the picture.

    Raises:
        LabelError: ``label.module``, ``label.dots``, ``label.too_many_pixels``.
    """
    if module is not None:
        _check_module(module)
    if not 1 <= dots <= MAX_DOTS:
        raise LabelError("label.dots", dots=dots, least=1, most=MAX_DOTS)
    drawing = _drawing(matrix)
    width, height = drawing.symbol_size(scale=dots, border=0)
    if width * height > MAX_PIXELS:
        raise LabelError("label.too_many_pixels", limit=MAX_PIXELS // 10**6)
    out = BytesIO()
    dpi = None if module is None else round(dots * _MILLIMETRES_PER_INCH / module)
    drawing.save(out, kind="png", scale=dots, border=0, dpi=dpi)
    return out.getvalue()


def write_terminal(matrix: Matrix, *, dark_ground: bool = True) -> str:
    """Return lines of half blocks, two rows of modules a line.

    Args:
        matrix: the symbol.
        dark_ground: whether the terminal shows light letters on a dark ground; on the wrong
            one the symbol is inverted, and most readers miss it.
    """
    out = StringIO()
    _drawing(matrix, even=True).terminal(out, compact=True, border=0)
    return out.getvalue() if dark_ground else out.getvalue().translate(_INVERTED)


def _drawing(matrix: Matrix, *, even: bool = False) -> segno.QRCode:
    """Return the symbol with its quiet zone as segno's writers take it.

    Args:
        matrix: the symbol.
        even: add a light row where their number is odd.
    """
    left, top, right, bottom = matrix.quiet_zone
    width = left + matrix.width + right
    rows = [
        bytearray(left) + matrix.bits[start : start + matrix.width] + bytearray(right)
        for start in range(0, len(matrix.bits), matrix.width)
    ]
    if matrix.height == 1:
        rows *= round(_BAR_SHARE * matrix.width)
    light = [bytearray(width)]
    rows = top * light + rows + bottom * light
    rows += (even and len(rows) % 2) * light
    code = Code(tuple(rows), None, None, None, ())
    return segno.QRCode(code)  # type: ignore[call-arg] # its stub leaves the constructor out


def _check_module(module: float) -> None:
    # Written so that it refuses NaN too.
    if not MIN_MODULE <= module <= MAX_MODULE:
        raise LabelError("label.module", module=module, least=MIN_MODULE, most=MAX_MODULE)


def _whole_box(box: re.Match[str]) -> str:
    """Return the bounding box in whole points, as programs that place the file expect it."""
    width, height = map(float, box.groups())
    whole = f"%%BoundingBox: 0 0 {ceil(width)} {ceil(height)}"
    return f"{whole}\n%%HiResBoundingBox: 0 0 {width:.4f} {height:.4f}"
