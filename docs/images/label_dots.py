"""Make the picture of the guide to thermal printers: ``python docs/images/label_dots.py``."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np

from ocoptrace.labels import LabelContent, lay_out, load_stock, load_template
from ocoptrace.labels.bitmap import Bitmap
from ocoptrace.labels.drawing.png import bitmap_png
from ocoptrace.labels.drawing.raster import Rasteriser

HERE = Path(__file__).parent
DPI, ENLARGED = 203, 3


def main() -> None:
    """Draw one label for a printer of 203 dpi, and enlarge its dots."""
    content = LabelContent(
        link="HTTPS://ID.EXAMPLE/01/09524071001014/10/ST260915/21/4VR8FEMS30TD",
        product="Mắm tôm Diêm Phố",
        producer="HTX Mắm Diêm Phố",
        place="Xã Hậu Lộc, tỉnh Thanh Hóa",
        lot="ST260915",
        serial="4VR8FEMS30TD",
        made=date(2026, 9, 15),
        best_before=date(2028, 9, 14),
        stars=4,
        net_content="200 g",
        site="id.example",
    )
    template, stock = load_template("ocop-50x30"), load_stock("roll-50x30")
    (page,) = lay_out([content], template=template, stock=stock, dpi=DPI)
    dots = Rasteriser(dpi=DPI).bitmap(page).to_array()
    framed = np.pad(dots, 1, constant_values=1)
    large = framed.repeat(ENLARGED, axis=0).repeat(ENLARGED, axis=1)
    (HERE / "label-dots.png").write_bytes(bitmap_png(Bitmap.from_array(large, dpi=DPI)))


if __name__ == "__main__":
    main()
