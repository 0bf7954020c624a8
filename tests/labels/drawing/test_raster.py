from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING
from unicodedata import normalize

import numpy as np
import PIL.Image
import pytest
from fontTools.ttLib import TTFont

from ocoptrace.errors import LabelError
from ocoptrace.labels import fonts, images, lay_out, load_template, template_names, write_pdf
from ocoptrace.labels.display import (
    BLACK,
    WHITE,
    Page,
    Picture,
    Polygon,
    Sticker,
    Symbol,
    Text,
    dots,
)
from ocoptrace.labels.drawing.raster import Rasteriser, preview, rgb
from ocoptrace.labels.reading.pixels import grey_pages
from ocoptrace.labels.symbols import Matrix
from whole_labels import own_stock, whole_labels

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from ocoptrace.labels import LabelContent
    from ocoptrace.labels.display import Item

    Dots = NDArray[np.uint8]

YELLOW = (0, 0, 100, 0)
VOWELS = "aăâeêioôơuưy"
TONES = ("", "\u0301", "\u0300", "\u0309", "\u0303", "\u0323")
VIETNAMESE = [
    *(normalize("NFC", vowel + tone) for vowel in VOWELS + VOWELS.upper() for tone in TONES),
    *"dđDĐ",
]


def drawn(*items: Item, dpi: int = 203, side: int = 10_000, pictures: str = "dithered") -> Dots:
    rasteriser = Rasteriser(dpi=dpi, pictures=pictures)  # type: ignore[arg-type]
    return rasteriser.bitmap(Page(side, side, (), marks=items)).to_array()


def grown(dark: Dots) -> Dots:
    """Return the dots that are black or beside a black one."""
    height, width = dark.shape
    padded = np.pad(dark, 1)
    moved = [padded[y : y + height, x : x + width] for y in range(3) for x in range(3)]
    return np.max(moved, axis=0)


@pytest.mark.parametrize("dpi", [203, 300, 600])
@pytest.mark.parametrize("name", template_names())
def test_a_raster_shows_what_the_pdf_shows_to_within_a_dot(
    content: Callable[..., LabelContent], name: str, dpi: int
) -> None:
    template = load_template(name)
    (page,) = whole_labels(content, template, dpi=dpi)
    dark = Rasteriser(dpi=dpi).bitmap(page).to_array()
    height, width = dark.shape
    rendered = next(grey_pages(write_pdf([page], title="x"), dpi=dpi))[:height, :width]
    of_pdf = (rendered < 128).astype(np.uint8)
    for symbol in page.stickers[0].symbols:
        there = dots_of(symbol)
        assert (dark[there] == of_pdf[there]).all()
        dark[there] = of_pdf[there] = 0
    # Half a dot of a baseline's rounding and half a dot of hints may add up to a hair more.
    assert (dark & grown(of_pdf)).sum() / dark.sum() > 0.93
    assert (of_pdf & grown(dark)).sum() / of_pdf.sum() > 0.96


def dots_of(symbol: Symbol) -> tuple[slice, slice]:
    return (
        slice(symbol.y_dots, symbol.y_dots + symbol.height_dots),
        slice(symbol.x_dots, symbol.x_dots + symbol.width_dots),
    )


def near_pairs(font: str, x_height: int, *, dpi: int, dots: int) -> int:
    """Count pairs of Vietnamese letters that differ by no more than some dots."""
    size = x_height * 1000 // fonts.font(font).x_height
    drawings = [
        drawn(Text(1_500, 4_500, size, font, letter), dpi=dpi, side=6_000) for letter in VIETNAMESE
    ]
    return sum(int((one != other).sum()) <= dots for one, other in combinations(drawings, 2))


def test_vietnamese_letters_differ_at_the_least_size() -> None:
    """Of 11,026 pairs; plain sampling at half leaves 46 where two dots or fewer differ."""
    assert len(VIETNAMESE) == 148
    for font in ("BeVietnamPro-Regular", "BeVietnamPro-SemiBold", "NotoSans"):
        assert near_pairs(font, 900, dpi=203, dots=0) == 0
    assert near_pairs("BeVietnamPro-Regular", 900, dpi=203, dots=2) <= 20
    assert near_pairs("BeVietnamPro-SemiBold", 900, dpi=203, dots=2) <= 16
    assert near_pairs("BeVietnamPro-Regular", 1_050, dpi=203, dots=2) <= 2
    assert near_pairs("NotoSans", 900, dpi=300, dots=2) <= 20


@pytest.mark.parametrize("size", [1700, 2300, 4000])
def test_no_rounding_adds_up_along_a_text(size: int) -> None:
    """The last of many letters stands where one alone would, at the sum of the advances."""
    text = "Nước mắm Ba Làng thượng hạng" * 4
    font = fonts.font("BeVietnamPro-Regular")
    advance = sum(font.glyph(character).advance for character in text) * size / 1000
    long = drawn(Text(500, 50_000, size, font.name, text + "|"), side=400_000)
    alone = drawn(Text(500 + round(advance), 50_000, size, font.name, "|"), side=400_000)
    last = np.flatnonzero(long.any(axis=0))[-1]
    assert abs(last - np.flatnonzero(alone.any(axis=0))[-1]) <= 1


@pytest.mark.parametrize("dpi", [203, 300, 600])
def test_letters_of_one_text_stand_on_one_row(dpi: int) -> None:
    """Hints put flat feet on the same row of dots, wherever the baseline is."""
    for down in range(5_000, 5_130, 17):
        feet = {
            int(np.flatnonzero(dark.any(axis=1))[-1])
            for letter in "HEnmix"
            for dark in [drawn(Text(1_000, down, 2_000, "BeVietnamPro-Regular", letter), dpi=dpi)]
        }
        assert feet == {dots(down, dpi=dpi) - 1}


def test_a_weight_of_a_variable_font_and_han_characters_are_drawn() -> None:
    thin, thick = (
        drawn(Text(1_000, 8_000, 8_000, name, "l")).sum() for name in ("NotoSans", "NotoSans-Black")
    )
    assert thick > 1.5 * thin
    han = drawn(Text(1_000, 8_000, 8_000, "NotoSansCJKtc-Regular", "魚"))
    assert 400 < han.sum() < 2_000


def test_a_thin_line_has_a_dot_and_equal_lines_are_equally_thick() -> None:
    for y in range(1_000, 1_125, 5):
        assert drawn(Polygon.rectangle(0, y, 10_000, y + 20)).sum() == 80
        thick = drawn(Polygon(((0, y), (10_000, y)), 250, filled=False))
        assert thick.any(axis=1).sum() == 2
        assert thick.sum() == 160


def test_boxes_that_meet_leave_no_gap_and_an_outline_is_hollow() -> None:
    dark = drawn(*(Polygon.rectangle(x, 0, x + 1_111, 10_000) for x in range(0, 9_999, 1_111)))
    assert dark.all()
    outline = drawn(Polygon.rectangle(1_000, 1_000, 9_000, 9_000, stroke=125))
    assert (outline.sum(axis=0) == 2).sum() == 63
    assert outline.sum() == 65 * 65 - 63 * 63


def test_a_slanted_shape_covers_its_area_and_a_slanted_line_does_not_break() -> None:
    triangle = drawn(Polygon(((0, 0), (10_000, 0), (0, 10_000)), 0, filled=True))
    assert triangle.sum() == pytest.approx(80 * 80 / 2, rel=0.03)
    for slope in range(0, 10_000, 700):
        line = drawn(Polygon(((0, 0), (9_999, slope)), 60, filled=False))
        assert line.any(axis=0).all()


def test_ink_is_black_or_white_by_its_lightness_and_white_lies_on_black() -> None:
    box = Polygon.rectangle(0, 0, 10_000, 10_000)
    assert drawn(Polygon.rectangle(0, 0, 10_000, 10_000, ink=YELLOW)).sum() == 0
    assert drawn(Polygon.rectangle(0, 0, 10_000, 10_000, ink=(100, 80, 0, 0))).all()
    on_black = drawn(box, Text(1_000, 8_000, 8_000, "NotoSans", "H", ink=WHITE))
    on_white = drawn(Text(1_000, 8_000, 8_000, "NotoSans", "H"))
    assert (on_black == 1 - on_white).all()
    assert rgb(BLACK) == (0, 0, 0)
    assert rgb(YELLOW) == (255, 255, 0)


def picture_of(value: int) -> Picture:
    picture = PIL.Image.new("L", (50, 50), value)
    image = images.Image(50, 50, 1, picture.tobytes(), f"{value}")
    return Picture(0, 0, 10_000, 10_000, image)


def test_a_picture_is_dithered_or_cut_at_half() -> None:
    assert drawn(picture_of(64)).mean() == pytest.approx(0.75, abs=0.02)
    assert drawn(picture_of(64), pictures="threshold").all()
    assert not drawn(picture_of(192), pictures="threshold").any()
    covered = drawn(Polygon.rectangle(0, 0, 10_000, 10_000), picture_of(255))
    assert not covered.any()


def test_a_picture_larger_than_any_page_is_refused() -> None:
    with pytest.raises(LabelError) as refused:
        drawn(replace(picture_of(0), width=1_200_000, height=1_200_000))
    assert refused.value.code == "label.too_many_pixels"


def test_what_leaves_the_page_is_cut_off() -> None:
    beyond = [
        Polygon.rectangle(-5_000, -5_000, 2_500, 2_500),
        Polygon.rectangle(20_000, 20_000, 30_000, 30_000),
        Polygon(((9_000, 9_000), (12_000, 10_000), (9_000, 14_000)), 0, filled=True),
        Text(-1_000, 500, 3_000, "NotoSans", "Ba Làng"),
    ]
    dark = drawn(*beyond)
    assert dark.shape == (80, 80)
    assert dark[:20, :20].all()
    assert dark[-3:, -3:].any()


def test_a_bar_is_as_high_as_it_is_told() -> None:
    bars = Matrix("ean-8", 3, 1, bytes([1, 0, 1]), text="")
    symbol = Symbol(10, 20, 2, 203, bars, bar_dots=30)
    page = Page(10_000, 10_000, (Sticker(1, 0, 0, (), (), (symbol,)),))
    dark = Rasteriser(dpi=203).bitmap(page).to_array()
    assert dark[20:50, 10:12].all()
    assert dark[20:50, 14:16].all()
    assert dark.sum() == 30 * 4


def test_shared_art_is_drawn_anew_only_when_it_changes(
    content: Callable[..., LabelContent],
) -> None:
    template = load_template("ocop-50x30")
    contents = [content(0), content(1), content(2, product="Chè lam"), content(3)]
    pages = list(lay_out(contents, template=template, stock=own_stock(template), dpi=203))
    together = Rasteriser(dpi=203)
    art = [together.art(page) for page in pages]
    assert art[0] is art[1]
    assert art[1] != art[2]
    assert art[0] == art[3]
    apart = [Rasteriser(dpi=203).bitmap(page) for page in pages]
    assert [together.bitmap(page) for page in pages] == apart
    assert len(set(apart)) == 4


def test_a_symbol_laid_out_for_another_printer_is_refused(
    content: Callable[..., LabelContent],
) -> None:
    template = load_template("ocop-50x30")
    (page,) = lay_out([content()], template=template, stock=own_stock(template), dpi=300)
    with pytest.raises(LabelError) as refused:
        Rasteriser(dpi=203).bitmap(page)
    assert refused.value.code == "label.other_dpi"
    assert preview(page, dpi=203).shape == (240, 400, 3)


def test_an_own_font_is_drawn(tmp_path: Path) -> None:
    file = tmp_path / "own.ttf"
    with TTFont(fonts.font("BeVietnamPro-Regular").path) as own:
        for number in (1, 16):
            own["name"].setName("Quán Làng", number, 3, 1, 0x409)
        own.save(file)
    try:
        name = fonts.fonts_of(fonts.add_font(file))[0]
        dark, as_packaged = (
            drawn(Text(1_000, 8_000, 4_000, each, "mắm")) for each in (name, "BeVietnamPro-Regular")
        )
    finally:
        fonts.forget_fonts()
    assert (dark & ~grown(as_packaged)).sum() == 0
    assert dark.sum() > 0.7 * as_packaged.sum()


def test_a_letter_larger_than_any_page_is_refused() -> None:
    assert drawn(Text(0, 9_000, 200_000, "NotoSans", "m")).shape == (80, 80)
    for size in (1_100_000, 10**9):
        with pytest.raises(LabelError) as refused:
            drawn(Text(0, 9_000, size, "NotoSans", "m"))
        assert refused.value.code == "label.too_many_pixels"


@pytest.mark.parametrize("dpi", [0, 99, 4801])
def test_resolutions_out_of_range_are_refused(dpi: int) -> None:
    with pytest.raises(LabelError) as refused:
        Rasteriser(dpi=dpi)
    assert refused.value.code == "label.dpi"
    if dpi != 99:
        with pytest.raises(LabelError):
            preview(Page(1_000, 1_000, ()), dpi=dpi)


def test_a_page_of_too_many_dots_is_refused() -> None:
    with pytest.raises(LabelError) as refused:
        Rasteriser(dpi=4800).bitmap(Page(210_000, 297_000, ()))
    assert refused.value.code == "label.too_many_pixels"


def test_a_preview_is_in_colour_and_smooth() -> None:
    items = (
        Polygon.rectangle(0, 0, 5_000, 10_000, ink=YELLOW),
        Text(1_000, 8_000, 5_000, "NotoSans", "O", ink=(0, 100, 100, 0)),
    )
    pixels = preview(Page(10_000, 10_000, (), marks=items), dpi=150)
    colours = {tuple(map(int, colour)) for colour in pixels.reshape(-1, 3)}
    assert {(255, 255, 0), (255, 255, 255), (255, 0, 0)} <= colours
    assert len(colours) > 8
