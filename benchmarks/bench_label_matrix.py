"""Every built-in template on every stock that fits it, at 203, 300 and 600 dots per inch.

24 stickers or a sheet of each, every second one sealed: zxing-cpp reads every symbol from the whole
page; OpenCV reads each from its crop, whose pixels are the printer's dots. What is
not read is named with its size and the reason. Ends with an error where zxing-cpp misses one.

    python benchmarks/bench_label_matrix.py         # all
    python benchmarks/bench_label_matrix.py 300     # at some resolutions only
    python benchmarks/bench_label_matrix.py 300 --tightest  # each template on its tightest stock
"""

from __future__ import annotations

import sys
from math import ceil
from typing import TYPE_CHECKING, Any, Final

import cv2
import numpy as np
from stickers import content

from ocoptrace.errors import LabelError
from ocoptrace.labels import (
    lay_out,
    load_stock,
    load_template,
    stock_names,
    template_names,
    write_pdf,
)
from ocoptrace.labels.reading.printed import printed_pdf
from ocoptrace.labels.reading.scan import scan_pixels

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ocoptrace.labels import Stock, Symbol, Template

RESOLUTIONS: Final = (203, 300, 600)
QUIET: Final = 4
LEAST: Final = 24
"""Stickers of each pair: of a roll, so many pages."""
READERS: Final = (cv2.QRCodeDetector(), cv2.QRCodeDetectorAruco())


def pairs(*, tightest: bool) -> Iterator[tuple[Template, Stock]]:
    """Yield every template with every stock whose stickers hold it, or with the tightest."""
    every = [load_stock(name) for name in stock_names()]
    for template in map(load_template, template_names()):
        width, height = template.size
        fitting = [s for s in every if width <= s.label_width and height <= s.label_height]
        if tightest:
            fitting = [min(fitting, key=lambda stock: stock.label_width * stock.label_height)]
        yield from ((template, stock) for stock in fitting)


def read_by_opencv(pixels: Any, symbol: Symbol, link: str) -> bool:
    """Tell whether either of OpenCV's readers reads a symbol from its dots."""
    quiet = QUIET * symbol.dots_per_module
    side = symbol.matrix.size * symbol.dots_per_module
    top, left = max(0, symbol.y_dots - quiet), max(0, symbol.x_dots - quiet)
    crop = np.ascontiguousarray(
        pixels[top : symbol.y_dots + side + quiet, left : symbol.x_dots + side + quiet]
    )
    return any(reader.detectAndDecode(crop)[0] == link for reader in READERS)


def measure(template: Template, stock: Stock, dpi: int) -> tuple[int, list[str]]:
    """Return how many symbols zxing-cpp missed, and the lines of a row of the table."""
    name = f"{template.name:<16}{stock.name:<24}{dpi:>5}"
    count = stock.slots * ceil(LEAST / stock.slots)
    contents = [content(number, "v5" if number % 2 else "v7") for number in range(count)]
    try:
        pages = list(lay_out(contents, template=template, stock=stock, dpi=dpi))
    except LabelError as error:
        return 0, [f"{name}  not printed: {error.text()}"]
    read = by_opencv = 0
    lines = []
    links = iter([one.link for one in contents])
    with printed_pdf(write_pdf(pages, title="Tem")) as printed:
        for number, page in enumerate(pages):
            pixels, _ = printed.grey(number, dpi=dpi)
            seen = {scan.text for scan in scan_pixels(pixels)}
            for sticker, link in zip(page.stickers, links, strict=False):
                symbol = sticker.symbols[0]
                where = (
                    f"page {number + 1}, sticker {sticker.slot}, {symbol.matrix.size} modules of "
                    f"{symbol.dots_per_module} dots ({symbol.module:.3f} mm)"
                )
                read += link in seen
                if link not in seen:
                    lines.append(f"    zxing-cpp: {where}: not read from the whole page")
                if read_by_opencv(pixels, symbol, link):
                    by_opencv += 1
                else:
                    lines.append(f"    OpenCV: {where}: neither of its readers reads the crop")
    first = pages[0].stickers[0].symbols[0]
    module = f"{first.dots_per_module} dots, {first.module:.3f} mm"
    lines.insert(0, f"{name}{module:>20}{read:>8} of {count:<3}{by_opencv:>8} of {count:<3}")
    return count - read, lines


def main() -> None:
    """Print the matrix."""
    heads = f"{'module':>20}{'zxing-cpp':>14}{'OpenCV':>12}"
    print(f"{'template':<16}{'stock':<24}{'dpi':>5}{heads}")
    faults = 0
    resolutions = tuple(int(dpi) for dpi in sys.argv[1:] if dpi.isdecimal()) or RESOLUTIONS
    for template, stock in pairs(tightest="--tightest" in sys.argv):
        for dpi in resolutions:
            missed, lines = measure(template, stock, dpi)
            faults += missed
            print("\n".join(lines), flush=True)
    if faults:
        raise SystemExit(f"zxing-cpp: {faults} symbols not read")


if __name__ == "__main__":
    main()
