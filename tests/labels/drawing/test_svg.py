from __future__ import annotations

import re
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np
import PIL.Image
import pytest
import resvg_py
from lxml import etree

from ocoptrace.labels import (
    images,
    lay_out,
    load_stock,
    load_template,
    scan_file,
    template_names,
    write_pdf,
)
from ocoptrace.labels.display import BLACK, WHITE, Page, Picture, Polygon, Sticker, Symbol, Text
from ocoptrace.labels.drawing.raster import preview
from ocoptrace.labels.drawing.svg import write_svg
from ocoptrace.labels.reading.pixels import grey_pages
from ocoptrace.labels.symbols import Matrix
from whole_labels import whole_labels

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from ocoptrace.labels import LabelContent
    from ocoptrace.labels.drawing.svg import Letters

SVG = "{http://www.w3.org/2000/svg}"
HREF = "{http://www.w3.org/1999/xlink}href"


def rendered(svg: bytes, *, dpi: float) -> bytes:
    """Return a drawing as PNG, by a renderer that knows no fonts of this machine."""
    png = resvg_py.svg_to_bytes(
        svg_string=svg.decode(),
        background="white",
        dpi=dpi,
        skip_system_fonts=True,
    )
    return bytes(png)


def pixels(png: bytes) -> NDArray[np.uint8]:
    with PIL.Image.open(BytesIO(png)) as picture:
        return np.asarray(picture.convert("RGB"))


def sheet(content: Callable[..., LabelContent], count: int = 24, **changes: str) -> Page:
    template, stock = load_template("ocop-70x37"), load_stock("a4-3x8-70x37")
    contents = [content(number, **changes) for number in range(count)]
    return next(iter(lay_out(contents, template=template, stock=stock)))


@pytest.mark.parametrize("dpi", [203, 300])
def test_every_symbol_of_a_sheet_is_read(content: Callable[..., LabelContent], dpi: int) -> None:
    png = rendered(write_svg(sheet(content)), dpi=dpi)
    assert [scan.text for scan in scan_file(png)] == [content(n).link for n in range(24)]


@pytest.mark.parametrize("name", template_names())
def test_a_drawing_shows_what_the_pdf_shows(
    content: Callable[..., LabelContent], name: str
) -> None:
    (page,) = whole_labels(content, load_template(name), dpi=300)
    of_pdf = next(grey_pages(write_pdf([page], title="x"), dpi=300))
    seen = pixels(rendered(write_svg(page), dpi=300))[..., 0]
    height, width = np.minimum(of_pdf.shape, seen.shape)
    dark, dark_in_pdf = (each[:height, :width] < 128 for each in (seen, of_pdf))
    assert dark_in_pdf.mean() > 0.05
    assert (dark & ~grown(dark_in_pdf)).sum() < 0.01 * dark.sum()
    assert (dark_in_pdf & ~grown(dark)).sum() < 0.01 * dark.sum()


def grown(dark: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the pixels that are dark or beside a dark one."""
    height, width = dark.shape
    padded = np.pad(dark, 1)
    moved = [padded[y : y + height, x : x + width] for y in range(3) for x in range(3)]
    return np.any(moved, axis=0)


def test_letters_as_outlines_need_no_font(content: Callable[..., LabelContent]) -> None:
    svg = write_svg(sheet(content, 1))
    assert b"<text" not in svg
    assert b"font" not in svg
    as_text = write_svg(sheet(content, 1), letters="text")
    assert as_text.count(b"@font-face") == 3
    assert "Nước mắm Ba Làng".encode() in as_text


def test_what_is_drawn_twice_is_written_once(content: Callable[..., LabelContent]) -> None:
    root = etree.fromstring(write_svg(sheet(content)))
    names = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(names) == len(set(names))
    used = [element.get(HREF) for element in root.iter(f"{SVG}use")]
    assert {name.removeprefix("#") for name in used} == set(names)
    groups = [name for element in root.iter(f"{SVG}g") if (name := element.get("id"))]
    assert len(groups) == 1
    assert used.count(f"#{groups[0]}") == 24


def test_drawings_in_one_web_page_have_names_of_their_own(
    content: Callable[..., LabelContent],
) -> None:
    one, other = (
        set(re.findall(rb'id="([^"]*)"', write_svg(sheet(content, 1, product=product))))
        for product in ("Mắm tôm", "Mắm tép")
    )
    assert one
    assert other
    assert not one & other
    assert all(re.fullmatch(rb"[a-z][a-z0-9-]+", name) for name in one)


@pytest.mark.parametrize("letters", ["outlines", "text"])
def test_the_same_page_gives_the_same_bytes(
    content: Callable[..., LabelContent], letters: Letters
) -> None:
    assert write_svg(sheet(content), letters=letters) == write_svg(sheet(content), letters=letters)
    assert write_svg(sheet(content, 1)) != write_svg(sheet(content, 2))


def test_a_symbol_is_one_path_of_whole_modules(content: Callable[..., LabelContent]) -> None:
    root = etree.fromstring(write_svg(sheet(content, 1)))
    (path,) = [each for each in root.iter(f"{SVG}path") if each.get("shape-rendering")]
    assert re.fullmatch(r"(M\d+ \d+h\d+v1h-\d+z)+", path.get("d"))
    across, skew, _, down, x, y = map(float, re.findall(r"[\d.]+", path.get("transform")))
    assert (across, skew) == (down, 0)
    for length in (across, x, y):
        in_dots = length * 300 / 25_400
        assert in_dots == pytest.approx(round(in_dots), abs=1e-4)


def test_part_of_a_page_has_its_size_and_its_stickers_alone(
    content: Callable[..., LabelContent],
) -> None:
    left, top = load_stock("a4-3x8-70x37").corner(5)
    svg = write_svg(sheet(content), box=(left, top, left + 70_000, top + 37_000))
    root = etree.fromstring(svg)
    assert (root.get("width"), root.get("height")) == ("70mm", "37mm")
    assert root.get("viewBox") == "70000 37500 70000 37000"
    assert [scan.text for scan in scan_file(rendered(svg, dpi=300))] == [content(4).link]


def test_a_linear_symbol_has_its_bars() -> None:
    bars = Matrix("ean-8", 3, 1, bytes([1, 0, 1]), text="")
    symbol = Symbol(10, 20, 2, 254, bars, bar_dots=30)
    page = Page(10_000, 10_000, (Sticker(1, 0, 0, (), (), (symbol,)),))
    dark = pixels(rendered(write_svg(page), dpi=254))[..., 0] == 0
    assert dark[20:50, 10:12].all()
    assert dark[20:50, 14:16].all()
    assert dark.sum() == 30 * 4


def test_inks_and_pictures_are_those_of_the_preview() -> None:
    colours = np.random.default_rng(5).integers(0, 256, (8, 8, 3), np.uint8)
    image = images.Image(8, 8, 3, colours.tobytes(), "x")
    items = (
        Picture(1_000, 1_000, 8_000, 8_000, image),
        Polygon.rectangle(10_000, 1_000, 20_000, 9_000, ink=(100, 40, 0, 10)),
        Polygon(((2_000, 10_000), (9_000, 19_000), (1_000, 18_000)), 500, True, (0, 80, 100, 0)),  # noqa: FBT003 - the display list's own order
        Polygon(((10_000, 10_000), (20_000, 19_000)), 300, False),  # noqa: FBT003
        Polygon.rectangle(12_000, 11_000, 20_000, 13_000, stroke=200, ink=BLACK),
        Text(11_000, 6_000, 5_000, "BeVietnamPro-Bold", "Mắm", ink=WHITE),
        Text(1_000, 24_000, 4_000, "NotoSansCJKtc-Regular", "正宗魚露"),
    )
    page = Page(25_000, 25_000, (), marks=items)
    seen = pixels(rendered(write_svg(page), dpi=254)).astype(int)
    differences = np.abs(seen - preview(page, dpi=254))
    # A renderer smooths eight pixels enlarged to eighty in its own way.
    differences[10:90, 10:90] = 0
    assert (differences.max(axis=2) > 90).mean() < 0.01
    assert np.abs(seen[15:95:10, 15:95:10] - colours).mean() < 15


def test_words_cannot_break_out_of_the_drawing() -> None:
    page = Page(20_000, 10_000, (), marks=(Text(0, 5_000, 2_000, "NotoSans", '</text>&"<b>'),))
    svg = write_svg(page, title="</title>\x00\ud800<script>", letters="text")
    root = etree.fromstring(svg)
    assert root.findtext(f"{SVG}title") == "</title>\ufffd\ufffd<script>"
    assert root.findtext(f"{SVG}text") == '</text>&"<b>'
