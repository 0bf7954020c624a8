"""Stickers as files for label printers: bytes and rate, beside drawing each one naively.

The naive way draws every sticker anew with Pillow, a rectangle a module, and sends it as plain
hexadecimal in one ``^GF`` command. Laying out is no part of either. All take turns in one
process, so that whatever else the machine does falls on all alike.

Then every template is drawn on every roll that it fits at 203, 300 and 600 dpi, and on every
sheet at 300 dpi, and every QR symbol is read back from the dots.
"""

from __future__ import annotations

import random
import time
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ocoptrace.labels import (
    LabelContent,
    fonts,
    lay_out,
    load_stock,
    load_template,
    scan_file,
    stock_names,
    template_names,
)
from ocoptrace.labels.display import MICROMETRES_PER_INCH, Polygon, Text, dots
from ocoptrace.labels.drawing.png import bitmap_png, write_png
from ocoptrace.labels.drawing.raster import Rasteriser
from ocoptrace.labels.drawing.tspl import write_tspl
from ocoptrace.labels.drawing.zpl import write_zpl

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ocoptrace.labels import Page, Stock, Template

LABELS, TURNS = 60, 5
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def contents(count: int) -> list[LabelContent]:
    """Return sealed stickers of one batch."""
    chance = random.Random(1)  # noqa: S311 - the same stickers in every run
    made = []
    for _ in range(count):
        serial = "".join(chance.choices(ALPHABET, k=12))
        seal = "".join(chance.choices("0123456789", k=172))
        link = f"HTTPS://ID.EXAMPLE/01/09521234543213/10/ABC123/21/{serial}#{seal}"
        made.append(
            LabelContent(
                link=link,
                product="Nước mắm Ba Làng thượng hạng 40 độ đạm",
                producer="Hợp tác xã chế biến thủy sản Ba Làng",
                place="Phường Hải Bình, tỉnh Thanh Hóa",
                lot="ABC123",
                serial=serial,
                made=date(2026, 11, 15),
                best_before=date(2028, 11, 15),
                stars=4,
                site="id.example",
            )
        )
    return made


@cache
def font(name: str, size: int, dpi: int) -> ImageFont.FreeTypeFont:
    """Return a font, read once."""
    return ImageFont.truetype(str(fonts.font(name).path), size * dpi / MICROMETRES_PER_INCH)


def naive(page: Page, dpi: int) -> bytes:
    """Return a page drawn with Pillow alone, as plain hexadecimal."""
    size = (dots(page.width, dpi=dpi), dots(page.height, dpi=dpi))
    picture = Image.new("1", size, 1)
    pen = ImageDraw.Draw(picture)
    for sticker in page.stickers:
        for item in (*sticker.shared, *sticker.own):
            if isinstance(item, Text):
                place = dots(sticker.x + item.x, dpi=dpi), dots(sticker.y + item.y, dpi=dpi)
                pen.text(
                    place, item.text, font=font(item.font, item.size, dpi), anchor="ls", fill=0
                )
            elif isinstance(item, Polygon):
                corners = [
                    (dots(sticker.x + x, dpi=dpi), dots(sticker.y + y, dpi=dpi))
                    for x, y in item.points
                ]
                pen.polygon(corners, fill=0 if item.filled else None, outline=0)
        for symbol in sticker.symbols:
            pitch = symbol.dots_per_module
            for number, dark in enumerate(symbol.matrix.bits):
                if dark:
                    down, across = divmod(number, symbol.matrix.size)
                    left, top = symbol.x_dots + across * pitch, symbol.y_dots + down * pitch
                    pen.rectangle((left, top, left + pitch - 1, top + pitch - 1), fill=0)
    packed = np.packbits(~np.asarray(picture), axis=1)
    row_bytes = packed.shape[1]
    return (
        f"^XA^FO0,0^GFA,{packed.size},{packed.size},{row_bytes},"
        f"{packed.tobytes().hex().upper()}^FS^XZ\n"
    ).encode()


def png_files(pages: list[Page], dpi: int) -> Iterable[bytes]:
    """Return the pages as PNG files."""
    rasteriser = Rasteriser(dpi=dpi)
    return (bitmap_png(rasteriser.bitmap(page)) for page in pages)


def speed(template: str, stock: str, dpi: int) -> None:
    """Print a row for each file format."""
    plan, paper = load_template(template), load_stock(stock)
    batch = contents(LABELS)
    pages = list(lay_out(batch, template=plan, stock=paper, dpi=dpi))
    ways: dict[str, Callable[[], Iterable[bytes]]] = {
        "naive ^GF": lambda: (naive(page, dpi) for page in pages),
        "ZPL": lambda: write_zpl(pages, dpi=dpi),
        "ZPL, art stored": lambda: write_zpl(pages, dpi=dpi, store_art=True),
        "ZPL, z64": lambda: write_zpl(pages, dpi=dpi, packing="z64"),
        "ZPL, z64, art stored": lambda: write_zpl(pages, dpi=dpi, packing="z64", store_art=True),
        "TSPL": lambda: write_tspl(pages, dpi=dpi),
        "PNG": lambda: png_files(pages, dpi),
    }
    sizes: dict[str, float] = {}
    best = dict.fromkeys(ways, float("inf"))
    for _ in range(TURNS):
        for name, way in ways.items():
            start = time.perf_counter()
            sizes[name] = sum(map(len, way())) / LABELS
            best[name] = min(best[name], (time.perf_counter() - start) / LABELS)
    title = f"{template} on {stock}, {dpi} dpi"
    print(f"\n{title:<40}{'B/label':>9}{'ratio':>7}{'/s':>8}{'ratio':>7}")
    for name in ways:
        smaller, faster = sizes["naive ^GF"] / sizes[name], best["naive ^GF"] / best[name]
        print(f"  {name:<38}{sizes[name]:>9.0f}{smaller:>7.1f}{1 / best[name]:>8.0f}{faster:>7.1f}")


def reading() -> None:
    """Print how many symbols are read from each template on all stock of a kind that it fits."""
    print(f"\n{'symbols read from the dots':<40}{'stocks':>8}{'printed':>9}{'read':>7}")
    for plan in map(load_template, template_names()):
        for kind, resolutions in (("roll", (203, 300, 600)), ("sheet", (300,))):
            stocks = [
                stock
                for stock in map(load_stock, stock_names())
                if stock.kind == kind
                and plan.width <= stock.label_width
                and plan.height <= stock.label_height
            ]
            for dpi in resolutions if stocks else ():
                counts = [read_back(plan, stock, dpi) for stock in stocks]
                printed, read = (sum(column) for column in zip(*counts, strict=True))
                name = f"{plan.name}, {kind}s, {dpi} dpi"
                print(f"  {name:<38}{len(stocks):>8}{printed:>9}{read:>7}")


def read_back(plan: Template, stock: Stock, dpi: int) -> tuple[int, int]:
    """Return how many QR symbols a page of stickers has, and how many of them are read."""
    batch = contents(stock.slots)
    (page,) = lay_out(batch, template=plan, stock=stock, dpi=dpi)
    found = {scan.text for scan in scan_file(write_png(page, dpi=dpi))}
    return len(batch), len(found & {content.link for content in batch})


def main() -> None:
    """Print the rows of a label with text, and of three small ones across."""
    speed("ocop-50x30", "roll-50x30", 203)
    speed("ocop-50x30", "roll-50x30", 300)
    speed("ocop-35x22", "roll-35x22-3up", 203)
    reading()


if __name__ == "__main__":
    main()
