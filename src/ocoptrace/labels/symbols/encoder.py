"""The one encoder, zxing-cpp: a text in, an array of modules out.

>>> modules("5901234123457", "EAN13").shape
(55, 95)
>>> modules("5901234123458", "EAN13")
Traceback (most recent call last):
ValueError: Error 275: Invalid check digit '8', expecting '7' (retval: 7)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
import zxingcpp

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Symbology", "modules"]

Symbology = Literal["QRCode", "MicroQRCode", "EAN13", "EAN8", "DataMatrix", "Code128"]


def modules(text: str, symbology: Symbology, **options: object) -> NDArray[np.bool_]:
    """Return the modules of the smallest symbol of a text, without quiet zone; True is dark.

    Args:
        text: what to encode.
        symbology: the kind of symbol.
        options: ``ec_level``, ``gs1``, ``force_square``, as zxing-cpp names them.

    Raises:
        ValueError: no such symbol holds the text.
    """
    code = zxingcpp.BarcodeFormat[symbology]
    barcode = zxingcpp.create_barcode(text, code, **options)
    pixels = np.asarray(barcode.to_image(scale=1, add_quiet_zones=False))
    dark: NDArray[np.bool_] = pixels == 0
    return dark
