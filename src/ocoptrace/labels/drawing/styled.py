r"""A QR code in a producer's own look: colour, shape of the modules, own logo; the home of qrcode.

qrcode draws, the modules are ours. A logo hides modules, which the error correction must make
up for: how much it may hide depends on the level, and it keeps off everything that a reader
needs to find its way. Whatever comes out has been read back first.

>>> from ocoptrace.labels.symbols import encode
>>> symbol = encode("HTTPS://ID.EXAMPLE/01/09521234543213", level="Q")
>>> draw_styled(symbol, style="rounded", dark="#0B5D3B")[:4]
b'\x89PNG'
>>> MAX_LOGO_SHARES
{'L': 0.0, 'M': 0.05, 'Q': 0.1, 'H': 0.15}
"""

from __future__ import annotations

import re
import warnings
from io import BytesIO
from typing import TYPE_CHECKING, Final, Literal

from PIL import Image, UnidentifiedImageError
from qrcode import QRCode
from qrcode.image.styledpil import StyledPilImage
from qrcode.image.styles.moduledrawers import pil as drawers

from ocoptrace.errors import LabelError
from ocoptrace.labels.reading.scan import scan_file
from ocoptrace.labels.symbols.matrix import MAX_LOGO_SHARES, QUIET_ZONES

if TYPE_CHECKING:
    from ocoptrace.labels.symbols.matrix import Level, Matrix

__all__ = [
    "LEAST_CONTRAST",
    "MAX_DOTS",
    "MAX_LOGO_BYTES",
    "MAX_LOGO_PIXELS",
    "MAX_LOGO_SHARES",
    "MAX_PIXELS",
    "MIN_DOTS",
    "Style",
    "draw_styled",
]

Style = Literal["square", "rounded", "dots", "gapped"]
"""The shape of a module; finder patterns stay square unless all corners are rounded."""

MAX_LOGO_BYTES: Final = 8 * 2**20
"""Largest file of a logo."""
MAX_LOGO_PIXELS: Final = 25_000_000
"""Largest logo."""
MIN_DOTS: Final = 4
"""Fewest pixels a side of a module: fewer show no shape."""
MAX_DOTS: Final = 100
"""Most pixels a side of a module."""
MAX_PIXELS: Final = 10_000_000
"""Largest picture."""
LEAST_CONTRAST: Final = 3.0
"""Contrast with white (WCAG 2) below which a colour is refused; readers like 4.5."""

_COLOUR: Final = re.compile(r"#[0-9A-Fa-f]{6}")
# Finder patterns with their separators, and format information, reach this far in.
_MARGIN: Final = 9
# The logo stands clear of the modules around it by this share of one.
_CLEAR: Final = 0.5
_LEAST_ROOM: Final = 3
_DRAWERS: Final = {
    "square": drawers.SquareModuleDrawer,
    "rounded": drawers.RoundedModuleDrawer,
    "dots": drawers.CircleModuleDrawer,
    "gapped": drawers.GappedSquareModuleDrawer,
}
# A telephone at some distance sees about so many pixels a module.
_FAR: Final = 3


def draw_styled(
    matrix: Matrix,
    *,
    style: Style = "square",
    dark: str = "#000000",
    logo: bytes | None = None,
    share: float | None = None,
    dots: int = 10,
) -> bytes:
    """Return a PNG picture of a QR symbol with its quiet zone, on white.

    Args:
        matrix: a QR symbol.
        style: the shape of its modules.
        dark: their colour, as ``#RRGGBB``.
        logo: a PNG or JPEG file, drawn in the middle; it must be the user's to use.
        share: how much of the symbol the logo may cover; the level's limit if not given.
        dots: pixels a side of a module.

    Raises:
        LabelError: ``label.not_styled`` for another kind of symbol, ``label.colour``,
            ``label.colour_too_pale``, ``label.dots``, ``label.too_many_pixels``,
            ``label.logo_share`` where the logo would cover too much, ``label.logo_room``,
            ``label.file_too_large``, ``label.not_a_picture``, ``label.picture_unreadable``,
            and ``label.not_read_back`` where a reader does not find the text again.
    """
    if matrix.kind != "qr" or matrix.level is None:
        raise LabelError("label.not_styled", kind=matrix.kind)
    if not MIN_DOTS <= dots <= MAX_DOTS:
        raise LabelError("label.dots", dots=dots, least=MIN_DOTS, most=MAX_DOTS)
    if (matrix.size_with_quiet_zone * dots) ** 2 > MAX_PIXELS:
        raise LabelError("label.too_many_pixels", limit=MAX_PIXELS // 10**6)
    colour = _colour(dark)
    rows = [
        [module == 1 for module in matrix.bits[start : start + matrix.width]]
        for start in range(0, len(matrix.bits), matrix.width)
    ]
    if logo is None:
        picture = _drawn(rows, style, colour, dots)
    else:
        mark = _opened(logo)
        room = _room(mark, matrix.width, matrix.level, share)
        picture = _drawn(_cleared(rows, room), style, colour, dots)
        _paste(picture, mark, room, dots)
    far = picture.resize((picture.width * _FAR // dots, picture.height * _FAR // dots))
    for seen in (picture, far):
        if [scan.text for scan in scan_file(_png(seen))] != [matrix.text]:
            raise LabelError("label.not_read_back")
    return _png(picture)


def _colour(text: str) -> tuple[int, int, int]:
    """Return red, green and blue of a colour that stands out from white."""
    if not _COLOUR.fullmatch(text):
        raise LabelError("label.colour", value=text)
    red, green, blue = bytes.fromhex(text[1:])
    # Relative luminance and contrast as WCAG 2 defines them.
    parts = [part / 255 for part in (red, green, blue)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]  # noqa: PLR2004
    luminance = sum(
        share * part for share, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True)
    )
    contrast = 1.05 / (luminance + 0.05)
    if contrast < LEAST_CONTRAST:
        measured = round(contrast, 1)
        raise LabelError(
            "label.colour_too_pale", value=text, measured=measured, required=LEAST_CONTRAST
        )
    return red, green, blue


def _drawn(
    rows: list[list[bool]], style: Style, colour: tuple[int, int, int], dots: int
) -> Image.Image:
    # The rounded corners take half a module each, in whole pixels: else they leave gaps.
    finer = 1 + dots % 2
    maker = QRCode(box_size=dots * finer, border=QUIET_ZONES["qr"][0])
    # Modules that are there already, and data that is not asked for, so that it encodes nothing.
    maker.modules, maker.modules_count, maker.data_cache = rows, len(rows), []
    shape = _DRAWERS[style]
    eyes = shape if style == "rounded" else drawers.SquareModuleDrawer
    drawn = maker.make_image(StyledPilImage, module_drawer=shape(), eye_drawer=eyes())
    grey = drawn.get_image().convert("L").reduce(finer)
    return Image.composite(
        Image.new("RGB", grey.size, "white"), Image.new("RGB", grey.size, colour), grey
    )


def _room(mark: Image.Image, size: int, level: Level, share: float | None) -> tuple[int, int]:
    """Return how many modules a logo gets across and down, both odd, so that it is centred."""
    limit = MAX_LOGO_SHARES[level]
    wanted = limit if share is None else share
    # Written so that it refuses NaN too.
    if not 0 < wanted <= limit:
        measured, required = round(100 * wanted, 1), round(100 * limit)
        raise LabelError("label.logo_share", measured=measured, required=required, level=level)
    aspect = mark.width / mark.height
    sides = [(wanted * size * size * ratio) ** 0.5 for ratio in (aspect, 1 / aspect)]
    width, height = (int(min(side, size - 2 * _MARGIN) + 1) // 2 * 2 - 1 for side in sides)
    if min(width, height) < _LEAST_ROOM:
        raise LabelError("label.logo_room", modules=_LEAST_ROOM)
    return width, height


def _cleared(rows: list[list[bool]], room: tuple[int, int]) -> list[list[bool]]:
    """Return the modules with a light room in the middle."""
    width, height = room
    left, top = (len(rows) - width) // 2, (len(rows) - height) // 2
    cleared = [row.copy() for row in rows]
    for row in cleared[top : top + height]:
        row[left : left + width] = [False] * width
    return cleared


def _opened(logo: bytes) -> Image.Image:
    """Return a logo on white."""
    if len(logo) > MAX_LOGO_BYTES:
        raise LabelError("label.file_too_large", size=len(logo), limit=MAX_LOGO_BYTES)
    try:
        with warnings.catch_warnings():
            # The bound below is ours; Pillow's own warning would only repeat it.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(BytesIO(logo), formats=("PNG", "JPEG")) as image:
                _check_pixels(image)
                mark = image.convert("RGBA")
    except LabelError:
        raise
    except UnidentifiedImageError as error:
        raise LabelError("label.not_a_picture") from error
    except Image.DecompressionBombError as error:
        raise LabelError("label.too_many_pixels", limit=MAX_LOGO_PIXELS // 10**6) from error
    except (OSError, SyntaxError, ValueError) as error:
        raise LabelError("label.picture_unreadable", reason=str(error)) from error
    white = Image.new("RGBA", mark.size, "white")
    return Image.alpha_composite(white, mark).convert("RGB")


def _check_pixels(image: Image.Image) -> None:
    if image.width * image.height > MAX_LOGO_PIXELS:
        raise LabelError("label.too_many_pixels", limit=MAX_LOGO_PIXELS // 10**6)


def _paste(picture: Image.Image, mark: Image.Image, room: tuple[int, int], dots: int) -> None:
    """Put a logo into the middle, as large as its room allows."""
    width, height = ((modules - 2 * _CLEAR) * dots for modules in room)
    scale = min(width / mark.width, height / mark.height)
    size = (max(round(mark.width * scale), 1), max(round(mark.height * scale), 1))
    left, top = (picture.width - size[0]) // 2, (picture.height - size[1]) // 2
    picture.paste(mark.resize(size, Image.Resampling.LANCZOS), (left, top))


def _png(picture: Image.Image) -> bytes:
    out = BytesIO()
    picture.save(out, format="PNG", optimize=True)
    return out.getvalue()
