"""Make the pictures of the calibration page: ``python docs/images/calibration.py``."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from PIL import Image

from ocoptrace.labels import load_stock, render_pdf, write_pdf
from ocoptrace.labels.stock.calibration_page import calibration_page

HERE = Path(__file__).parent
STOCK = "avery-l7160"
DPI = 300
WIDTH = 900
GREYS = 16
PICTURES = {"calibration.png": "en", "trang-thu.png": "vi"}


def main() -> None:
    """Draw the page in each language."""
    for name, language in PICTURES.items():
        page = calibration_page(load_stock(STOCK), language=language)
        drawn = Image.open(BytesIO(render_pdf(write_pdf([page], title=name), dpi=DPI)))
        height = drawn.height * WIDTH // drawn.width
        small = drawn.convert("L").resize((WIDTH, height), Image.Resampling.LANCZOS)
        small.quantize(GREYS, dither=Image.Dither.NONE).save(HERE / name, optimize=True)


if __name__ == "__main__":
    main()
