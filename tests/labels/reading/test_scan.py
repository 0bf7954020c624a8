from __future__ import annotations

from io import BytesIO
from threading import Thread
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from ocoptrace.errors import LabelError
from ocoptrace.gs1 import interpret_scan
from ocoptrace.labels import (
    lay_out,
    load_stock,
    load_template,
    render_pdf,
    scan_file,
    write_pdf,
)
from ocoptrace.labels.reading import pixels as pixels_module
from ocoptrace.labels.reading.pixels import grey_pages, open_pdf, render_page
from ocoptrace.labels.reading.scan import KINDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from ocoptrace.labels import LabelContent


def saved(picture: Image.Image, kind: str) -> bytes:
    out = BytesIO()
    picture.save(out, format=kind)
    return out.getvalue()


@pytest.mark.parametrize("dpi", [203, 300, 600])
def test_every_sticker_of_a_sheet_is_read_in_order(
    sheet: bytes, run: list[LabelContent], dpi: int
) -> None:
    scans = scan_file(sheet, dpi=dpi)
    assert [scan.text for scan in scans] == [content.link for content in run]
    assert {scan.page for scan in scans} == {0}


@pytest.mark.parametrize("dpi", [203, 600])
def test_a_sheet_laid_out_for_a_printer_is_read_at_its_resolution(
    run: list[LabelContent], dpi: int
) -> None:
    template, stock = load_template("ocop-70x37"), load_stock("a4-3x8-70x37")
    sheet = write_pdf(lay_out(run, template=template, stock=stock, dpi=dpi), title="Tem")
    assert [scan.text for scan in scan_file(sheet, dpi=dpi)] == [content.link for content in run]


@pytest.mark.parametrize("sealed", [True, False], ids=["sealed", "not sealed"])
def test_a_second_reader_reads_every_sticker_at_300_dpi(
    content: Callable[..., LabelContent], *, sealed: bool
) -> None:
    contents = [content(number, sealed=sealed) for number in range(24)]
    template, stock = load_template("ocop-70x37"), load_stock("a4-3x8-70x37")
    pages = list(lay_out(contents, template=template, stock=stock))
    picture = np.asarray(Image.open(BytesIO(render_pdf(write_pdf(pages, title="Tem"), dpi=300))))
    # The first of OpenCV's two finders of finder patterns misses one symbol in a hundred.
    readers = (cv2.QRCodeDetector(), cv2.QRCodeDetectorAruco())
    for sticker, expected in zip(pages[0].stickers, contents, strict=True):
        symbol = sticker.symbols[0]
        quiet = 4 * symbol.dots_per_module
        side = symbol.matrix.size * symbol.dots_per_module
        crop = picture[
            symbol.y_dots - quiet : symbol.y_dots + side + quiet,
            symbol.x_dots - quiet : symbol.x_dots + side + quiet,
        ]
        crop = np.ascontiguousarray(crop)
        assert expected.link in {reader.detectAndDecode(crop)[0] for reader in readers}


def test_rendered_modules_sit_on_the_dots(content: Callable[..., LabelContent]) -> None:
    template, stock = load_template("ocop-50x30"), load_stock("roll-50x30")
    pages = list(lay_out([content()], template=template, stock=stock))
    picture = np.asarray(Image.open(BytesIO(render_pdf(write_pdf(pages, title="Tem"), dpi=300))))
    symbol = pages[0].stickers[0].symbols[0]
    pitch, size = symbol.dots_per_module, symbol.matrix.size
    cut = picture[
        symbol.y_dots : symbol.y_dots + size * pitch, symbol.x_dots : symbol.x_dots + size * pitch
    ]
    modules = np.frombuffer(symbol.matrix.bits, np.uint8).reshape(size, size)
    middles = cut[pitch // 2 :: pitch, pitch // 2 :: pitch]
    assert ((middles < 128) == (modules == 1)).all()
    assert np.isin(cut, [cut.min(), 255]).mean() > 0.95


@pytest.mark.parametrize("template", ["ocop-35x22", "ocop-38x21", "ocop-50x30"])
def test_small_stickers_are_read_too(content: Callable[..., LabelContent], template: str) -> None:
    stock = {"ocop-35x22": "roll-35x22-3up", "ocop-38x21": "tomy-145"}.get(template, "roll-50x30")
    contents = [content(number) for number in range(3)]
    pages = lay_out(contents, template=load_template(template), stock=load_stock(stock))
    scans = scan_file(write_pdf(pages, title="Tem"))
    assert [scan.text for scan in scans] == [content.link for content in contents]


def test_the_position_is_where_the_symbol_stands(content: Callable[..., LabelContent]) -> None:
    template, stock = load_template("ocop-50x30"), load_stock("roll-50x30")
    pages = list(lay_out([content()], template=template, stock=stock))
    (scan,) = scan_file(write_pdf(pages, title="Tem"), dpi=300)
    symbol = pages[0].stickers[0].symbols[0]
    end = symbol.matrix.size * symbol.dots_per_module
    corners = [(0, 0), (end, 0), (end, end), (0, end)]
    for found, (x, y) in zip(scan.position, corners, strict=True):
        assert found == pytest.approx((symbol.x_dots + x, symbol.y_dots + y), abs=4)


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_turned_photo_is_read(sheet: bytes, run: list[LabelContent], kind: str) -> None:
    page = Image.open(BytesIO(render_pdf(sheet, dpi=300)))
    sticker = page.crop((0, 0, page.width // 3, page.height // 8))
    photo = saved(sticker.rotate(12, expand=True, fillcolor=255).convert("RGB"), kind)
    assert [scan.text for scan in scan_file(photo)] == [run[0].link]


@pytest.mark.parametrize("tilt", [0.05, 0.15, 0.25])
def test_a_photo_taken_at_an_angle_is_read(
    sheet: bytes, run: list[LabelContent], tilt: float
) -> None:
    page = np.asarray(Image.open(BytesIO(render_pdf(sheet, dpi=300))))
    sticker = page[: page.shape[0] // 8, : page.shape[1] // 3]
    height, width = sticker.shape
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    pulled = np.array([(1, 2), (-1, 0), (0, -1), (1, -1)], np.float32) * (tilt * height)
    turn = cv2.getPerspectiveTransform(corners, corners + pulled)
    photo = cv2.warpPerspective(sticker, turn, (width, height), borderValue=255.0)
    (scan,) = scan_file(saved(Image.fromarray(photo), "JPEG"))
    assert scan.text == run[0].link
    assert scan.version == 7


def drawn(text: str, form: zxingcpp.BarcodeFormat, **how: Any) -> Image.Image:
    symbol = np.asarray(zxingcpp.create_barcode(text, form, **how).to_image(4))
    return Image.fromarray(np.pad(symbol, 80, constant_values=255))


FORM = zxingcpp.BarcodeFormat
SYMBOLS = [
    ("qr", "HTTPS://ID.EXAMPLE/01/09521234543213", FORM.QRCode, {}, "]Q1"),
    ("micro-qr", "L2026A", FORM.MicroQRCode, {}, "]Q1"),
    ("ean-13", "9521234543213", FORM.EAN13, {}, "]E0"),
    ("ean-8", "95201016", FORM.EAN8, {}, "]E4"),
    ("gs1-datamatrix", "(01)09521234543213(10)A1(21)7", FORM.DataMatrix, {"gs1": True}, "]d2"),
    ("gs1-128", "(00)195212340000000010", FORM.Code128, {"gs1": True}, "]C1"),
]


@pytest.mark.parametrize(
    ("kind", "text", "form", "how", "identifier"), SYMBOLS, ids=[row[0] for row in SYMBOLS]
)
def test_every_symbology_is_read_and_named(
    kind: str, text: str, form: zxingcpp.BarcodeFormat, how: dict[str, Any], identifier: str
) -> None:
    picture = drawn(text, form, **how).rotate(
        7, Image.Resampling.BICUBIC, expand=True, fillcolor=255
    )
    (scan,) = scan_file(saved(picture, "PNG"), kinds=KINDS)
    assert (scan.kind, scan.symbology_identifier) == (kind, identifier)
    (alone,) = scan_file(saved(picture, "PNG"), kinds={kind})
    assert alone == scan
    assert scan_file(saved(picture, "PNG"), kinds=set(KINDS) - {kind}) == []
    if kind.startswith("gs1-"):
        assert len(interpret_scan(identifier + scan.text).elements) == text.count("(")
    else:
        assert scan.text == text


def test_only_qr_codes_are_looked_for_unless_asked() -> None:
    assert scan_file(saved(drawn("9521234543213", FORM.EAN13), "PNG")) == []


@pytest.mark.parametrize("form", [FORM.DataMatrix, FORM.Code128, FORM.RMQRCode])
def test_a_symbol_of_another_trade_is_passed_over(form: zxingcpp.BarcodeFormat) -> None:
    assert scan_file(saved(drawn("PARCEL 7", form), "PNG"), kinds=KINDS) == []


def test_a_symbology_that_nobody_knows_is_refused(sheet: bytes) -> None:
    with pytest.raises(LabelError) as refused:
        scan_file(sheet, kinds={"qr", "pdf417"})
    assert refused.value.code == "label.unknown_kind"
    assert refused.value.facts["kind"] == "pdf417"


def test_a_half_read_file_can_be_dropped_while_a_page_is_drawn(sheet: bytes) -> None:
    pages = grey_pages(sheet, dpi=72)
    next(pages)

    def drop() -> None:
        with pixels_module._PDFIUM:  # noqa: SLF001 - as rendering does
            pages.close()

    dropping = Thread(target=drop, daemon=True)
    dropping.start()
    dropping.join(timeout=60)
    assert not dropping.is_alive()


def test_a_part_of_a_page_is_rendered_as_the_page_shows_it(sheet: bytes) -> None:
    with open_pdf(sheet) as document:
        whole = render_page(document, 0, dpi=254)
        part = render_page(document, 0, dpi=254, box=(70_000, 37_500, 140_000, 74_500))
        again = render_page(document, 0, dpi=254)
    assert part.shape == (370, 700)
    assert abs(part.astype(int) - whole[375:745, 700:1400]).mean() < 8
    assert (again == whole).all()


def test_a_picture_without_a_code_gives_nothing() -> None:
    assert scan_file(saved(Image.new("L", (200, 200), 255), "PNG")) == []


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9, 0.99])
def test_a_torn_pdf_is_an_error(sheet: bytes, share: float) -> None:
    with pytest.raises(LabelError) as refused:
        scan_file(sheet[: int(len(sheet) * share)])
    assert refused.value.code == "label.pdf_truncated"


def test_a_pdf_of_rubbish_is_an_error() -> None:
    with pytest.raises(LabelError) as refused:
        scan_file(b"%PDF-1.6\nrubbish\n%%EOF\n")
    assert refused.value.code == "label.pdf_unreadable"


def test_a_torn_picture_is_an_error(sheet: bytes) -> None:
    picture = render_pdf(sheet, dpi=72)
    with pytest.raises(LabelError) as refused:
        scan_file(picture[: len(picture) // 2])
    assert refused.value.code == "label.picture_unreadable"


def test_other_kinds_of_pictures_are_refused() -> None:
    with pytest.raises(LabelError) as refused:
        scan_file(saved(Image.new("L", (9, 9)), "GIF"))
    assert refused.value.code == "label.not_a_picture"


def test_a_picture_of_too_many_pixels_is_refused_unread() -> None:
    picture = saved(Image.new("1", (20_000, 20_000)), "PNG")
    with pytest.raises(LabelError) as refused:
        scan_file(picture)
    assert refused.value.code == "label.too_many_pixels"


def test_a_page_of_too_many_pixels_is_refused_undrawn(sheet: bytes) -> None:
    with pytest.raises(LabelError) as refused:
        render_pdf(sheet, dpi=2400)
    assert refused.value.code == "label.too_many_pixels"


def test_a_file_too_large_is_refused(monkeypatch: pytest.MonkeyPatch, sheet: bytes) -> None:
    monkeypatch.setattr(pixels_module, "MAX_BYTES", len(sheet) - 1)
    with pytest.raises(LabelError) as refused:
        scan_file(sheet)
    assert refused.value.code == "label.file_too_large"


def test_too_many_pages_are_refused(monkeypatch: pytest.MonkeyPatch, sheet: bytes) -> None:
    monkeypatch.setattr(pixels_module, "MAX_PAGES", 0)
    with pytest.raises(LabelError) as refused:
        scan_file(sheet)
    assert refused.value.code == "label.too_many_pages"


@pytest.mark.parametrize("dpi", [-1, 0, 9, 4801])
def test_a_resolution_that_cannot_be_is_refused(sheet: bytes, dpi: int) -> None:
    for use in (render_pdf, scan_file):
        with pytest.raises(LabelError) as refused:
            use(sheet, dpi=dpi)
        assert refused.value.code == "label.dpi"


@pytest.mark.parametrize("page", [-1, 1])
def test_a_page_that_is_not_there_is_refused(sheet: bytes, page: int) -> None:
    with pytest.raises(LabelError) as refused:
        render_pdf(sheet, dpi=72, page=page)
    assert refused.value.code == "label.no_such_page"


def test_a_preview_has_the_size_of_the_page(sheet: bytes) -> None:
    picture = Image.open(BytesIO(render_pdf(sheet, dpi=100)))
    assert picture.size == pytest.approx((827, 1170), abs=1)


@given(
    st.sampled_from([b"", b"%PDF-1.7\n", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0"]),
    st.binary(max_size=200),
    st.sampled_from([b"", b"%%EOF"]),
)
def test_any_bytes_give_codes_or_a_label_error(head: bytes, body: bytes, tail: bytes) -> None:
    try:
        scans = scan_file(head + body + tail)
    except LabelError as error:
        scans = []
        code = error.code
    else:
        code = "label."
    assert scans == []
    assert code.startswith("label.")
