from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ocoptrace.errors import LabelError
from ocoptrace.labels import lay_out, load_stock, load_template
from ocoptrace.labels.bitmap import Bitmap
from ocoptrace.labels.display import WHITE, Page, Polygon, Sticker
from ocoptrace.labels.drawing.raster import Rasteriser
from ocoptrace.labels.drawing.zpl import graphic_fields, write_zpl
from printers import ZplPrinter, graphic

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from ocoptrace.labels import LabelContent
    from ocoptrace.labels.drawing.zpl import Packing

    Dots = NDArray[np.uint8]


def stickers(content: Callable[..., LabelContent], count: int = 7, dpi: int = 203) -> list[Page]:
    template, stock = load_template("ocop-35x22"), load_stock("roll-35x22-3up")
    contents = [content(number) for number in range(count)]
    return list(lay_out(contents, template=template, stock=stock, dpi=dpi))


def printed(parts: list[bytes]) -> ZplPrinter:
    printer = ZplPrinter()
    for part in parts:
        printer.receive(part)
    return printer


def blocks(width: int, height: int) -> st.SearchStrategy[Dots]:
    """Return bitmaps with runs, as drawings have: random dots, each many times."""
    few = arrays(np.uint8, (height, width), elements=st.integers(0, 1))
    times = st.sampled_from([1, 3, 8, 67])
    return st.tuples(few, times, times).map(
        lambda made: made[0].repeat(made[1], 0).repeat(made[2], 1)
    )


@pytest.mark.parametrize("packing", ["repeats", "z64"])
@given(dots=st.tuples(st.integers(1, 9), st.integers(1, 5)).flatmap(lambda size: blocks(*size)))
def test_a_printer_unpacks_what_was_packed(packing: Packing, dots: Dots) -> None:
    bitmap = Bitmap.from_array(dots, dpi=203)
    place, data = graphic_fields(bitmap, packing).split("^GFA,")
    assert place == "^FO0,0"
    _, size, row_bytes, packed = data.removesuffix("^FS\n").split(",", 3)
    unpacked = graphic(packed, int(size), int(row_bytes))
    assert (unpacked[:, : bitmap.width] == dots).all()
    assert not unpacked[:, bitmap.width :].any()


def test_repeat_counts_are_those_of_the_manual() -> None:
    """7 and 40 are M and h; a comma is white to the end of the row, a colon the row above."""
    row = bytes.fromhex("B" * 47 + "C" + "0" * 8)
    bitmap = Bitmap(len(row) * 8, 3, 203, row + row + bytes(len(row)))
    assert graphic_fields(bitmap, "repeats") == "^FO0,0^GFA,84,84,28,hMBC,:,^FS\n"


def test_a_row_of_a_thousand_equal_digits_is_packed_in_pieces() -> None:
    dots = np.tile(np.array([1, 0, 1, 0], np.uint8), (1, 1_000))
    packed = graphic_fields(Bitmap.from_array(dots, dpi=203), "repeats")
    assert packed == "^FO0,0^GFA,500,500,500,zYAzYAnHA^FS\n"
    assert (graphic(packed.split(",")[-1].removesuffix("^FS\n"), 500, 500) == dots).all()


@pytest.mark.parametrize("store_art", [False, True])
@pytest.mark.parametrize("packing", ["repeats", "z64"])
def test_labels_come_out_as_they_were_drawn(
    content: Callable[..., LabelContent], packing: Packing, *, store_art: bool
) -> None:
    pages = stickers(content)
    parts = list(write_zpl(pages, dpi=203, packing=packing, store_art=store_art, copies=3))
    printer = printed(parts)
    rasteriser = Rasteriser(dpi=203)
    assert len(printer.labels) == len(pages) == 3
    for label, page in zip(printer.labels, pages, strict=True):
        assert (label.dots == rasteriser.bitmap(page).to_array()).all()
        assert label.copies == 3
    assert not printer.stored
    assert b"".join(parts) == b"".join(
        write_zpl(pages, dpi=203, packing=packing, store_art=store_art, copies=3)
    )


def test_each_label_can_be_sent_by_itself_unless_art_is_stored(
    content: Callable[..., LabelContent],
) -> None:
    pages = stickers(content)
    for part, page in zip(write_zpl(pages, dpi=203), pages, strict=True):
        (label,) = printed([part]).labels
        assert (label.dots == Rasteriser(dpi=203).bitmap(page).to_array()).all()
    pages = stickers(content, count=9)
    *stored, goodbye = write_zpl(pages, dpi=203, store_art=True)
    assert sum(map(len, stored[1:])) < 0.7 * sum(map(len, list(write_zpl(pages, dpi=203))[1:]))
    with pytest.raises(KeyError):
        printed(stored[1:])
    assert goodbye == b"^XA^IDR:OCOP.GRF^FS^XZ\n"


def test_white_on_shared_art_is_not_lost() -> None:
    box = Polygon.rectangle(0, 0, 9_000, 9_000)
    window = Polygon.rectangle(0, 0, 3_000, 3_000, ink=WHITE)
    page = Page(10_000, 10_000, (Sticker(1, 0, 0, (box,), (window,), ()),))
    (label,) = printed(list(write_zpl([page], dpi=203))).labels
    assert not label.dots[:24, :24].any()
    assert label.dots[24:72, 24:72].all()


def test_a_large_label_is_sent_in_bands() -> None:
    page = Page(
        104_000, 150_000, (), marks=(Polygon(((0, 0), (104_000, 150_000)), 900, filled=False),)
    )
    (part,) = write_zpl([page], dpi=600)
    assert part.count(b"^GFA") == 11
    (label,) = printed([part]).labels
    assert (label.dots == Rasteriser(dpi=600).bitmap(page).to_array()).all()


def test_settings_are_said_once_and_speed_with_every_label(
    content: Callable[..., LabelContent],
) -> None:
    parts = list(write_zpl(stickers(content), dpi=203, darkness=7, speed=4))
    assert [part.count(b"~SD07") for part in parts] == [1, 0, 0]
    assert printed(parts).labels[0].settings == {"~SD": "07", "^PR": "4"}


@pytest.mark.parametrize(
    ("name", "value"),
    [("copies", 0), ("copies", 10_000), ("darkness", 31), ("darkness", -1), ("speed", 0)],
)
def test_settings_out_of_range_are_refused_at_once(name: str, value: int) -> None:
    with pytest.raises(LabelError) as refused:
        write_zpl([], dpi=203, **{name: value})  # type: ignore[arg-type]
    assert refused.value.code == "label.printer_setting"
    assert refused.value.facts["name"] == name
    assert str(value) in refused.value.text("vi")
