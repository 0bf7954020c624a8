from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocoptrace.errors import LabelError
from ocoptrace.labels import (
    Template,
    lay_out,
    load_stock,
    load_template,
    scan_file,
    stock_names,
    template_names,
    write_pdf,
)
from ocoptrace.labels.compose import Composer
from ocoptrace.labels.crop import cut_stock
from ocoptrace.labels.display import Image, Picture, Polygon, Text, dots
from ocoptrace.labels.stock.printer import PrinterProfile
from ocoptrace.labels.stock.slots import Filling
from whole_labels import whole_label

if TYPE_CHECKING:
    from collections.abc import Callable

    from ocoptrace.labels import LabelContent, Page, Stock

WITHOUT_TEMPLATE = {"avery-5167", "avery-l4732", "roll-75x10", "tomy-140"}  # low or narrow
FITTING = {
    "a4-3x8-70x37": "ocop-70x37",
    "avery-l7160": "ocop-50x30",
    "avery-l7651": "ocop-38x21",
    "roll-35x22-3up": "ocop-35x22",
    "roll-50x30": "ocop-50x30",
    "tomy-145": "ocop-38x21",
}


def pages_of(
    contents: list[LabelContent], stock: str = "a4-3x8-70x37", **options: Any
) -> list[Page]:
    template = load_template(FITTING[stock])
    return list(lay_out(contents, template=template, stock=load_stock(stock), **options))


def texts_of(page: Page, sticker: int = 0) -> list[str]:
    shown = page.stickers[sticker]
    return [item.text for item in (*shown.shared, *shown.own) if isinstance(item, Text)]


def test_every_stock_has_a_template_that_fits() -> None:
    sizes = [load_template(name).size for name in template_names()]
    without = set()
    for name in stock_names():
        stock = load_stock(name)
        if not any(x <= stock.label_width and y <= stock.label_height for x, y in sizes):
            without.add(name)
    assert without == WITHOUT_TEMPLATE


@pytest.mark.parametrize("name", template_names())
def test_any_random_serial_has_room(content: Callable[..., LabelContent], name: str) -> None:
    template = load_template(name)
    # Of the letters of serials, none is wider than W.
    sticker = whole_label(content).item(link=content().link, serial="W" * 12)
    assert Composer(template, {}).art(sticker).own.overflow == ()


@pytest.mark.parametrize("stock", list(FITTING))
@pytest.mark.parametrize("dpi", [203, 300, 600])
def test_symbols_stand_on_whole_dots_inside_their_room(
    content: Callable[..., LabelContent], stock: str, dpi: int
) -> None:
    slots = load_stock(stock).slots
    template = load_template(FITTING[stock])
    room = template.symbols[0].box(*template.size)
    dot = 25_400 / dpi
    (page,) = pages_of([content(number) for number in range(slots)], stock, dpi=dpi)
    assert len({sticker.symbols[0].dots_per_module for sticker in page.stickers}) == 1
    for sticker in page.stickers:
        symbol = sticker.symbols[0]
        for value in (symbol.x_dots, symbol.y_dots, symbol.dots_per_module):
            assert isinstance(value, int)
        left, top, right, bottom = symbol.white
        assert left >= sticker.x + room[0] - dot
        assert top >= sticker.y + room[1] - dot
        assert right <= sticker.x + room[2] + dot
        assert bottom <= sticker.y + room[3] + dot


@given(st.integers(0, 2_000_000), st.integers(100, 4800))
def test_the_nearest_dot_is_at_most_half_a_dot_away(length: int, dpi: int) -> None:
    assert abs(dots(length, dpi=dpi) * 25_400 / dpi - length) <= 25_400 / dpi / 2 + 1e-6


def test_modules_are_as_large_as_the_largest_symbol_of_the_page_allows(
    content: Callable[..., LabelContent],
) -> None:
    mixed = pages_of([content(0), content(1, sealed=False)])
    plain = pages_of([content(0, sealed=False), content(1, sealed=False)])
    assert {sticker.symbols[0].dots_per_module for sticker in mixed[0].stickers} == {7}
    assert {sticker.symbols[0].dots_per_module for sticker in plain[0].stickers} == {10}


def test_a_run_goes_on_to_a_second_page(content: Callable[..., LabelContent]) -> None:
    pages = pages_of([content(number) for number in range(25)])
    assert [len(page.stickers) for page in pages] == [24, 1]
    assert pages[1].stickers[0].slot == 1
    links = [sticker.symbols[0].matrix for page in pages for sticker in page.stickers]
    assert len(set(links)) == 25


def test_a_run_starts_at_the_first_unused_slot(content: Callable[..., LabelContent]) -> None:
    pages = pages_of([content(number) for number in range(20)], start_slot=6)
    assert [sticker.slot for sticker in pages[0].stickers] == list(range(6, 25))
    assert [sticker.slot for sticker in pages[1].stickers] == [1]
    assert (pages[0].stickers[0].x, pages[0].stickers[0].y) == (140_000, 37_500)


def test_contents_are_taken_some_at_a_time(content: Callable[..., LabelContent]) -> None:
    taken: list[int] = []

    def stream() -> Any:
        for number in range(2000):
            taken.append(number)
            yield content(number)

    next(lay_out(stream(), template=load_template("ocop-70x37"), stock=load_stock("a4-3x8-70x37")))
    assert len(taken) < 600


def test_a_small_template_stands_in_the_middle_of_a_large_sticker(
    content: Callable[..., LabelContent],
) -> None:
    (page,) = pages_of([content()], "avery-l7160")
    sticker = page.stickers[0]
    assert (sticker.x, sticker.y) == (7_479 + (63_994 - 50_000) // 2, 15_487 + 4_050)


def test_the_words_of_a_sticker_are_vietnamese_or_english(
    content: Callable[..., LabelContent],
) -> None:
    (page,) = pages_of([content(), content(language="en")])
    vietnamese, english = texts_of(page, 0), texts_of(page, 1)
    assert {"Lô ", "ABC123", "NSX ", "15/11/2026", "HSD ", "15/11/2028"} <= set(vietnamese)
    assert "Quét để xem nguồn gốc · " in vietnamese
    assert {"Lot ", "Best before ", "15 NOV 2028"} <= set(english)


def test_absent_fields_leave_no_words_and_no_stars(content: Callable[..., LabelContent]) -> None:
    (page,) = pages_of(
        [content(stars=None, made=None, best_before=None, serial=None, net_content=None, site="")]
    )
    assert not any(isinstance(item, Polygon) for item in page.stickers[0].shared)
    assert not {"NSX ", "HSD ", "500 ml", "id.example"} & set(texts_of(page))
    assert page.stickers[0].own == ()


def test_as_many_stars_are_filled_as_the_grade_has(content: Callable[..., LabelContent]) -> None:
    (page,) = pages_of([content(stars=3)])
    stars = [item for item in page.stickers[0].shared if isinstance(item, Polygon)]
    assert [star.filled for star in stars] == [True, True, True, False, False]
    assert all(len(star.points) == 10 for star in stars)


def test_a_random_serial_is_grouped_and_an_own_serial_is_not(
    content: Callable[..., LabelContent],
) -> None:
    (page,) = pages_of([content(serial="0123456789AB"), content(serial="SN-2026-0001")])
    assert texts_of(page, 0)[-1] == "0123 4567 89AB"
    assert texts_of(page, 1)[-1] == "SN-2026-0001"


def test_stickers_of_a_run_share_all_but_the_serial(content: Callable[..., LabelContent]) -> None:
    (page,) = pages_of([content(0), content(1)])
    first, second = page.stickers
    assert first.shared == second.shared
    assert first.own != second.own


@pytest.mark.parametrize("start_slot", [0, 25, -1])
def test_a_slot_off_the_page_is_refused_at_once(start_slot: int) -> None:
    with pytest.raises(LabelError) as refused:
        pages_of([], start_slot=start_slot)
    assert refused.value.code == "label.start_slot"


@pytest.mark.parametrize("dpi", [0, 99, 4801])
def test_a_printer_that_cannot_be_is_refused_at_once(dpi: int) -> None:
    with pytest.raises(LabelError) as refused:
        pages_of([], dpi=dpi)
    assert refused.value.code == "label.dpi"


def test_a_template_larger_than_the_sticker_is_refused_at_once() -> None:
    with pytest.raises(LabelError) as refused:
        lay_out([], template=load_template("ocop-70x37"), stock=load_stock("roll-50x30"))
    assert refused.value.code == "label.template_too_large"


def test_a_symbol_that_has_no_room_is_refused(content: Callable[..., LabelContent]) -> None:
    long = content(link="HTTPS://ID.EXAMPLE/" + "a" * 2000)
    with pytest.raises(LabelError) as refused:
        pages_of([long], "roll-35x22-3up", dpi=100)
    assert refused.value.code == "label.symbol_too_large"


def test_a_filling_leaves_slots_blank_and_prints_copies(
    content: Callable[..., LabelContent],
) -> None:
    filling = Filling(start_slot=2, used=frozenset({5}), copies=2, order="columns")
    pages = pages_of([content(number) for number in range(12)], filling=filling)
    slots = [sticker.slot for sticker in pages[0].stickers]
    assert slots[:3] == [2, 8, 11]
    assert 1 not in slots
    assert len(pages[0].stickers) + len(pages[1].stickers) == 24
    first, second, third = (sticker.symbols[0].matrix for sticker in pages[0].stickers[:3])
    assert first == second != third


@pytest.mark.parametrize("dpi", [203, 300, 600])
def test_a_profile_moves_stickers_and_symbols_alike(
    content: Callable[..., LabelContent], dpi: int
) -> None:
    contents = [content(number) for number in range(24)]
    printer = PrinterProfile.parse("dx = 1.2\ndy = -0.7\nscale_y = 1.002", name="office")
    (plain,), (moved,) = pages_of(contents, dpi=dpi), pages_of(contents, dpi=dpi, printer=printer)
    dot = 25_400 / dpi
    for before, after in zip(plain.stickers, moved.stickers, strict=True):
        middle = before.y + 18_500
        shift = (1200, round(-700 + 0.002 * middle))
        assert after.x - before.x == shift[0]
        assert after.y - before.y == pytest.approx(shift[1], abs=1)
        one, other = before.symbols[0], after.symbols[0]
        assert (one.dots_per_module, one.matrix) == (other.dots_per_module, other.matrix)
        assert (other.x_dots - one.x_dots) * dot == pytest.approx(shift[0], abs=dot)
        assert (other.y_dots - one.y_dots) * dot == pytest.approx(shift[1], abs=dot)
        assert after.own == before.own


LOGO = """
format = "ocop-label/1"
size = [40, 40]
[[element]]
kind = "qr"
at = [2, 2]
side = 36
level = "H"
logo = "leaf"
logo_share = 12
"""


def test_a_logo_lies_on_the_middle_of_its_code_and_the_code_still_reads(
    content: Callable[..., LabelContent], own_stock: Callable[[Template], Stock]
) -> None:
    template = Template.parse(LOGO, name="logo")
    leaf = Image(4, 2, 1, bytes(8), "leaf")
    (page,) = lay_out(
        [content()], template=template, stock=own_stock(template), images={"leaf": leaf}
    )
    (sticker,) = page.stickers
    left, top, right, bottom = sticker.symbols[0].box
    white, picture = sticker.over
    assert isinstance(white, Polygon)
    assert isinstance(picture, Picture)
    (x1, y1), _, (x2, y2), _ = white.points
    share = (x2 - x1) * (y2 - y1) / ((right - left) * (bottom - top))
    assert share == pytest.approx(0.12, abs=0.001)
    assert picture.width == pytest.approx(2 * picture.height, abs=1)
    assert x1 < picture.x < picture.x + picture.width < x2
    (scan,) = scan_file(write_pdf([page], title="logo"))
    assert scan.text == content().link


def test_a_logo_that_is_not_given_is_refused_at_once() -> None:
    with pytest.raises(LabelError) as refused:
        lay_out([], template=Template.parse(LOGO, name="logo"), stock=load_stock("roll-50x30"))
    assert refused.value.code in {"label.no_image", "label.template_too_large"}


def test_a_print_shop_is_told_where_to_cut(content: Callable[..., LabelContent]) -> None:
    template = load_template("ocop-50x30")
    stock = cut_stock(template)
    (page,) = lay_out([content()], template=template, stock=stock, crop=True)
    assert page.trim == (10_000, 10_000, 60_000, 40_000)
    assert page.bleed == page.trim
    assert len(page.marks) == 8
    for mark in page.marks:
        assert isinstance(mark, Polygon)
        for x, y in mark.points:
            assert not (10_000 < x < 60_000 and 10_000 < y < 40_000)


def test_bars_have_their_digits_below_and_quiet_zones_beside(
    content: Callable[..., LabelContent], own_stock: Callable[[Template], Stock]
) -> None:
    template = load_template("export-100x70")
    (page,) = lay_out([content()], template=template, stock=own_stock(template), dpi=600)
    (sticker,) = page.stickers
    ean = sticker.symbols[1]
    assert ean.matrix.kind == "ean-13"
    assert ean.module >= 0.264
    (digits,) = [item for item in sticker.own if getattr(item, "text", "") == "9 521234 543213"]
    assert isinstance(digits, Text)
    _, _, _, bottom = ean.box
    left, _, right, _ = ean.white
    room = template.barcodes[0].box(*template.size)
    assert bottom < digits.y - digits.size // 2
    assert room[0] - 50 <= left < right <= room[2] + 50
