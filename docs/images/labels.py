"""Make the pictures of the guides to stickers: ``python docs/images/labels.py``.

A sheet as ``label preview`` shows it, and every built-in template once, in each language.
"""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import fontpkg
from PIL import Image, ImageDraw, ImageFont

from ocoptrace.labels import lay_out, load_template, write_preview
from ocoptrace.labels.crop import lone_stock
from ocoptrace.labels.sample import sample_content

if TYPE_CHECKING:
    from ocoptrace.messages import Language

HERE = Path(__file__).parent
OCOPTRACE = str(Path(sys.executable).with_name("ocoptrace"))
DPI, SHRINK = 300, 3
# None is the first language of each template: English for export, else Vietnamese.
TEMPLATES: dict[str, Language | None] = {"templates.png": "en", "mau-tem.png": None}
# Left and top edge of each template in millimetres, on a page of this size.
PAGE = (323, 166)
PLACES = {
    "ocop-70x37": (5, 4),
    "ocop-50x30": (5, 51),
    "ocop-38x21": (5, 91),
    "ocop-35x22": (60, 51),
    "seal-25x25": (60, 83),
    "ocop-100x70": (110, 4),
    "export-100x70": (110, 84),
    "carton-100x150": (216, 4),
}
PAPER, RULE, INK = "#efeee9", "#b9b4a7", "#1c1b18"
SHEET_WIDTH, ROWS, ROWS_SHOWN = 900, 8, 3
COLOURS = 32
TABLE = """Tên sản phẩm;GTIN;Lô;NSX;HSD;Cơ sở;Địa chỉ;Khối lượng tịnh;Số tem
Mắm tôm Hậu Lộc;9524071001014;ST260915;15/9/2026;14/9/2099;HTX Diêm Phố;Hậu Lộc, Thanh Hóa;500 g;4
Mắm tép Hậu Lộc;9524071001021;TP260920;20/9/2026;19/9/2099;HTX Diêm Phố;Hậu Lộc, Thanh Hóa;300 g;5
"""


def main() -> None:
    """Make all pictures."""
    with TemporaryDirectory() as folder:
        make_sheet(Path(folder))
    for name, language in TEMPLATES.items():
        make_templates(name, language)


def make_sheet(folder: Path) -> None:
    """Show the top of the first sheet of a table."""
    (folder / "tem.csv").write_text(TABLE, encoding="utf-8")
    command = [OCOPTRACE, "label", "preview", "ocop-70x37", "--stock", "a4-3x8-70x37"]
    options = ["--data", "tem.csv", "--host", "id.example", "--demo", "-o", "sheet.png"]
    subprocess.run([*command, *options], cwd=folder, check=True)  # noqa: S603 - our own
    with Image.open(folder / "sheet.png") as sheet:
        top = sheet.crop((0, 0, sheet.width, sheet.height * ROWS_SHOWN // ROWS + 12))
        size = (SHEET_WIDTH, top.height * SHEET_WIDTH // top.width)
        save(top.resize(size, Image.Resampling.LANCZOS), "sheet-preview.png")


def make_templates(name: str, language: Language | None) -> None:
    """Show every template filled with the sample, its name above it."""
    page = Image.new("RGB", (pixels(PAGE[0]), pixels(PAGE[1])), PAPER)
    draw = ImageDraw.Draw(page)
    font = ImageFont.truetype(fontpkg.path("Be Vietnam Pro", weight=500), pixels(3.2))
    for template, (left, top) in PLACES.items():
        picture = drawn(template, language)
        x, y = pixels(left), pixels(top + 5)
        draw.text((x, pixels(top)), template, fill=INK, font=font)
        page.paste(picture, (x, y))
        draw.rectangle((x, y, x + picture.width, y + picture.height), outline=RULE, width=2)
    size = (page.width // SHRINK, page.height // SHRINK)
    save(page.resize(size, Image.Resampling.LANCZOS), name)


def drawn(name: str, language: Language | None) -> Image.Image:
    """Return a template with the sample."""
    template = load_template(name)
    content = sample_content(template, today=date(2026, 11, 23), language=language)
    page = next(lay_out([content], template=template, stock=lone_stock(template), dpi=DPI))
    return Image.open(BytesIO(write_preview(page, dpi=DPI)))


def pixels(millimetres: float) -> int:
    """Return a length at the resolution of the drawing."""
    return round(millimetres * DPI / 25.4)


def save(picture: Image.Image, name: str) -> None:
    """Write a picture with few colours, which it has anyway."""
    few = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    few.save(HERE / name, optimize=True)


if __name__ == "__main__":
    main()
