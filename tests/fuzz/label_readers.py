"""What fuzzing does with an input: one reader of ``ocoptrace.labels`` takes it.

Whatever comes in, nothing but ``LabelError`` comes out, in words that can be printed. A template
that is good can be laid out, a profile is written and read back the same, a font can be embedded.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import tempfile
import tomllib
from datetime import date
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import PIL.Image
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.t2CharStringPen import T2CharStringPen

from fuzz.trust_readers import Target, text_of
from ocoptrace.errors import LabelError
from ocoptrace.labels import (
    PrinterProfile,
    Stock,
    Template,
    fonts,
    lay_out,
    load_template,
    preflight,
)
from ocoptrace.labels.crop import lone_stock
from ocoptrace.labels.fonts.embedding import embed
from ocoptrace.labels.fonts.file import read_own_font
from ocoptrace.labels.images import decode_image, pillow
from ocoptrace.labels.reading.pixels import grey_picture
from ocoptrace.labels.reading.scan import scan_pixels
from ocoptrace.labels.rows import read_rows
from ocoptrace.labels.sample import sample_content
from ocoptrace.labels.tables import read_table
from ocoptrace.labels.template import template_text
from ocoptrace.labels.template_check import check_template
from ocoptrace.messages import LANGUAGES

if TYPE_CHECKING:
    from ocoptrace.findings import Finding

TODAY = date(2026, 11, 23)
TEMPLATES = ("ocop-50x30", "export-100x70", "carton-100x150")
PLANS = (
    b'page = "A4"\ngrid = [2, 5]\nlabel = [99, 57]\n',
    b'page = [104, 22]\nkind = "roll"\ngrid = [3, 1]\nlabel = [34, 22]\npitch = [35, 24]\n',
    b'kind = "thermal"\ndpi = 203\ndx = -0.8\nscale_y = 1.003\nhead_width = 104\nnote = "a"\n',
)
ROWS: list[dict[str, object]] = [
    {
        "Tên sản phẩm": "Nước mắm Ba Làng",
        "GTIN": "9524071001014",
        "Lô": "ST260915",
        "HSD": "14/9/2028",
        "Khối lượng tịnh": "500 ml",
        "product (en)": "Fish sauce",
        "số tem": 3,
        "sao": 4,
        "Độ đạm": 18.5,
    },
    {"Tên sản phẩm": "Mắm tôm", "GTIN": 9524071001014, "số sê-ri": "A0001"},
]
LETTERS = "Aắx 1"


def picture(mode: str, kind: str) -> bytes:
    out = BytesIO()
    PIL.Image.new(mode, (9, 7)).save(out, format=kind)
    return out.getvalue()


def csv(separator: str) -> str:
    lines = [list(ROWS[0]), *([str(row.get(name, "")) for name in ROWS[0]] for row in ROWS)]
    return "\n".join(separator.join(line) for line in lines)


def workbook() -> bytes:
    book = openpyxl.Workbook()
    book.active.append(list(ROWS[0]))
    book.active.append(list(ROWS[0].values()))
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def cubic_font() -> bytes:
    """Return a small font with PostScript outlines."""
    builder = FontBuilder(1000, isTTF=False)
    names = [".notdef", "A", "x"]
    pens = {name: T2CharStringPen(500, None) for name in names}
    for pen in pens.values():
        pen.moveTo((0, 0))
        pen.curveTo((0, 300), (200, 500), (500, 500))
        pen.closePath()
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({ord(name): name for name in names[1:]})
    builder.setupCFF("Lang", {}, {name: pen.getCharString() for name, pen in pens.items()}, {})
    builder.setupHorizontalMetrics(dict.fromkeys(names, (500, 0)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": "Lang", "styleName": "Regular"})
    builder.setupOS2(sxHeight=500)
    builder.setupPost()
    out = BytesIO()
    builder.save(out)
    return out.getvalue()


TEMPLATE_SEEDS = tuple(
    seed
    for text in map(template_text, TEMPLATES)
    for seed in (text.encode(), json.dumps(tomllib.loads(text), ensure_ascii=False).encode())
)
TABLE_SEEDS = (
    csv(";").encode(),
    csv("\t").encode("utf-16"),
    json.dumps(ROWS, ensure_ascii=False).encode(),
    "\n".join(json.dumps(row) for row in ROWS).encode(),
    workbook(),
)
PICTURE_SEEDS = tuple(
    picture(mode, kind)
    for mode, kind in (("1", "PNG"), ("P", "PNG"), ("RGBA", "PNG"), ("I;16", "PNG"),
                       ("L", "JPEG"), ("CMYK", "JPEG"))
)  # fmt: skip
FONT_SEEDS = (
    embed(fonts.font("BeVietnamPro-Regular"), LETTERS),
    embed(fonts.font("NotoSans-Bold"), LETTERS),
    cubic_font(),
)


@cache
def font_file() -> Path:
    """Return where an input is put for the reader that takes a path."""
    return Path(tempfile.mkdtemp(prefix="ocoptrace-fuzz-")) / "input.ttf"


def said(findings: list[Finding]) -> None:
    for finding, language in itertools.product(findings, LANGUAGES):
        (finding.text(language) + finding.remedy(language) + finding.place).encode()


def read_template(data: bytes) -> None:
    """Check a template; one without error can be laid out, and is found fit or not."""
    text = text_of(data)
    found = check_template(text, name="mine")
    said(found)
    template = Template.parse(text, name="mine")
    assert Template.parse(text, name="mine").sha256 == template.sha256
    images = {name: decode_image(PICTURE_SEEDS[0]) for name in template.images}
    content = sample_content(template, today=TODAY)
    stock = lone_stock(template)
    said(
        preflight([content], template=template, stock=stock, images=images, today=TODAY, demo=True)
    )
    (page,) = lay_out([content], template=template, stock=stock, images=images)
    assert len(page.stickers) == 1


def read_plan(data: bytes) -> None:
    """Read a stock, and a printer's profile, which is written and read back the same."""
    text = text_of(data)
    try:
        profile = PrinterProfile.parse(text, name="mine")
    except LabelError:
        stock = Stock.parse(text, name="mine")
        assert all(len(stock.box(slot)) == 4 for slot in range(1, min(stock.slots, 50) + 1))
    else:
        assert PrinterProfile.parse(profile.to_toml(), name=profile.name) == profile


def read_labels(data: bytes) -> None:
    """Read a table into labels: of a batch, and of none."""
    table = read_table(data)
    shown = load_template("carton-100x150").fields
    base = sample_content(load_template("ocop-50x30"), today=TODAY)
    with contextlib.suppress(LabelError):
        assert all(row.content.gtin == base.gtin for row in read_rows(table, base=base))
    for row in read_rows(table, host="id.example", shown=shown):
        assert row.copies >= 1
        same = row.content.item(link=row.content.link, serial=row.content.serial)
        assert same == row.content


def read_picture(data: bytes) -> None:
    """Read a picture as a logo, and as the photo of a label."""
    logo = decode_image(data)
    assert pillow(logo).size == (logo.width, logo.height)
    pixels, _ = grey_picture(data)
    scan_pixels(pixels)


def read_font(data: bytes) -> None:
    """Read a font, measure some of its letters, and draw a file of them."""
    font_file().write_bytes(data)
    font = read_own_font(font_file()).font
    letters = [chr(code) for code in sorted(font.characters)[:20]]
    for letter in letters:
        font.glyph(letter)
    embed(font, letters)


TARGETS = (
    Target("label-template", read_template, LabelError, TEMPLATE_SEEDS, 8192),
    Target("label-plan", read_plan, LabelError, PLANS),
    Target("label-table", read_labels, LabelError, TABLE_SEEDS, 8192),
    Target("label-picture", read_picture, LabelError, PICTURE_SEEDS),
    Target("label-font", read_font, LabelError, FONT_SEEDS, 8192),
)
"""Readers of templates, of stock and printers, of tables, of pictures, and of fonts."""
