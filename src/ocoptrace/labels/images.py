"""A producer's own pictures: a file in, bounded pixels on white paper out.

>>> from io import BytesIO
>>> from PIL import Image as Pillow
>>> file = BytesIO()
>>> Pillow.new("RGBA", (40, 20), (0, 0, 0, 0)).save(file, format="PNG")
>>> logo = decode_image(file.getvalue())
>>> (logo.width, logo.height, logo.channels), set(logo.pixels)
((40, 20, 3), {255})
"""

from __future__ import annotations

import warnings
from hashlib import sha256
from io import BytesIO
from typing import Final

import PIL.Image

from ocoptrace.errors import LabelError
from ocoptrace.labels.display import Image

__all__ = ["MAX_IMAGE_BYTES", "MAX_IMAGE_PIXELS", "decode_image", "pillow", "read_picture"]

MAX_IMAGE_BYTES: Final = 8 * 2**20
"""Largest file of a picture."""
MAX_IMAGE_PIXELS: Final = 16_000_000
"""Most pixels: 100 x 150 mm at 600 dpi has 8.4 million."""

_GREY_MODES: Final = frozenset({"1", "L", "I;16"})


def decode_image(data: bytes) -> Image:
    """Return the picture of a PNG or JPEG file; transparency lies on white.

    Raises:
        LabelError: as ``read_picture``.
    """
    flat = read_picture(data, max_bytes=MAX_IMAGE_BYTES, max_pixels=MAX_IMAGE_PIXELS)
    channels = len(flat.getbands())
    return Image(flat.width, flat.height, channels, flat.tobytes(), sha256(data).hexdigest())


def read_picture(data: bytes, *, max_bytes: int, max_pixels: int) -> PIL.Image.Image:
    """Return the picture of a PNG or JPEG file on white, in grey or RGB.

    Raises:
        LabelError: ``label.file_too_large``, ``label.too_many_pixels``,
            ``label.not_a_picture``, ``label.picture_unreadable``.
    """
    if len(data) > max_bytes:
        raise LabelError("label.file_too_large", size=len(data), limit=max_bytes)
    try:
        with warnings.catch_warnings():
            # The bound is the caller's; Pillow's own warning would only repeat it.
            warnings.simplefilter("ignore", PIL.Image.DecompressionBombWarning)
            with PIL.Image.open(BytesIO(data), formats=("PNG", "JPEG")) as picture:
                # A larger one is not decoded: its header alone says so.
                if picture.width * picture.height <= max_pixels:
                    return _on_white(picture)
    except PIL.UnidentifiedImageError as error:
        raise LabelError("label.not_a_picture") from error
    except PIL.Image.DecompressionBombError as error:
        raise LabelError("label.too_many_pixels", limit=max_pixels // 10**6) from error
    # A broken file makes its reader stumble in every way.
    except Exception as error:
        reason = str(error) or type(error).__name__
        raise LabelError("label.picture_unreadable", reason=reason) from error
    raise LabelError("label.too_many_pixels", limit=max_pixels // 10**6)


def _on_white(picture: PIL.Image.Image) -> PIL.Image.Image:
    if picture.has_transparency_data:
        clear = picture.convert("RGBA")
        paper = PIL.Image.new("RGBA", clear.size, "white")
        return PIL.Image.alpha_composite(paper, clear).convert("RGB")
    return picture.convert("L" if picture.mode in _GREY_MODES else "RGB")


def pillow(image: Image) -> PIL.Image.Image:
    """Return an image as Pillow's own."""
    mode = "L" if image.channels == 1 else "RGB"
    return PIL.Image.frombytes(mode, (image.width, image.height), image.pixels)
