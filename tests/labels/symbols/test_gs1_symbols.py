from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st

from ocoptrace.errors import Gs1Error, LabelError
from ocoptrace.gs1 import DigitalLink, ElementString, Gtin, Sscc, interpret_scan
from ocoptrace.labels.symbols.gs1_symbols import (
    ean,
    gs1_128,
    gs1_datamatrix,
    human_readable,
)

if TYPE_CHECKING:
    from ocoptrace.labels.symbols import Matrix

LINK = "https://example.com/01/09520101001115/10/MT-0601?17=271231"
DIGITS = st.text("0123456789", min_size=1, max_size=5)
LOTS = st.text("ABCDEFGHIJ0123456789()-/.", min_size=1, max_size=20)


def picture(matrix: Matrix, scale: int = 3) -> np.ndarray:
    left, top, right, bottom = matrix.quiet_zone
    dark = np.frombuffer(matrix.bits, np.uint8).reshape(matrix.height, matrix.width)
    if matrix.height == 1:
        dark, top, bottom = dark.repeat(40, axis=0), 5, 5
    white = np.pad((1 - dark) * 255, ((top, bottom), (left, right)), constant_values=255)
    return white.astype(np.uint8).repeat(scale, axis=0).repeat(scale, axis=1)


def read(matrix: Matrix) -> tuple[str, str]:
    """Return the symbology identifier and the text that are read back."""
    pixels = picture(matrix)
    (barcode,) = zxingcpp.read_barcodes(pixels, text_mode=zxingcpp.TextMode.HRI)
    return barcode.symbology_identifier, barcode.text


@given(DIGITS, st.sampled_from(["9520101", "95201011", "893520101"]))
def test_an_ean_13_is_read_back(reference: str, prefix: str) -> None:
    gtin = Gtin.of(prefix, reference.rjust(12 - len(prefix), "0")[-(12 - len(prefix)) :])
    matrix = ean(gtin)
    assert (matrix.width, matrix.height, matrix.text) == (95, 1, gtin.short())
    assert read(matrix) == ("]E0", gtin.short())


def test_an_ean_8_is_read_back() -> None:
    matrix = ean("95201016")
    assert (matrix.width, matrix.height) == (67, 1)
    assert read(matrix) == ("]E4", "95201016")


def test_a_gtin_12_is_an_ean_13_with_a_zero() -> None:
    assert ean("614141123452").text == "0614141123452"


def test_a_second_reader_reads_an_ean_13() -> None:
    # OpenCV finds bar codes only with much white around them.
    pixels = np.pad(picture(ean("9520101001115"), 2), 60, constant_values=255)
    assert cv2.barcode.BarcodeDetector().detectAndDecode(pixels)[0] == "9520101001115"


@pytest.mark.parametrize("digits", ["9520101001116", "95201017", "614141123453"])
def test_a_wrong_check_digit_is_refused(digits: str) -> None:
    with pytest.raises(Gs1Error) as refused:
        ean(digits)
    assert refused.value.code == "gs1.check_digit"


def test_a_gtin_14_has_no_ean() -> None:
    with pytest.raises(LabelError) as refused:
        ean("19520101001112")
    assert refused.value.code == "label.no_ean"


@given(st.integers(0, 10**9 - 1), st.integers(0, 9))
def test_the_sscc_of_a_carton_is_read_back(serial: int, lead: int) -> None:
    sscc = Sscc.of("9520101", f"{serial:09}", lead=str(lead))
    matrix = gs1_128(f"(00){sscc.value}")
    assert matrix.height == 1
    assert read(matrix) == ("]C1", f"(00){sscc.value}")
    assert human_readable(matrix) == (f"(00) {sscc.value}",)


@given(LOTS)
def test_a_value_with_brackets_is_read_back(lot: str) -> None:
    said = ElementString((("01", "09520101001115"), ("10", lot), ("17", "271231")))
    for make, identifier in ((gs1_datamatrix, "]d2"), (gs1_128, "]C1")):
        matrix = make(said)
        (barcode,) = zxingcpp.read_barcodes(picture(matrix), text_mode=zxingcpp.TextMode.Plain)
        assert barcode.symbology_identifier == identifier
        assert interpret_scan(identifier + barcode.text).elements == said.elements
        assert ElementString.parse(matrix.text) == said


def test_a_digital_link_and_its_elements_give_one_symbol() -> None:
    link = DigitalLink.parse(LINK)
    matrices = {gs1_datamatrix(each) for each in (LINK, link, link.element_string())}
    assert len(matrices) == 1
    assert matrices.pop().text == "(01)09520101001115(10)MT-0601(17)271231"


def test_a_datamatrix_is_square() -> None:
    text = "(00)395201010000000010(02)09520101001115(37)12(10)ABCDEFGHIJKLMNOPQRST"
    matrix = gs1_datamatrix(text)
    assert matrix.width == matrix.height == 26
    assert read(matrix) == ("]d2", text)


def test_wrong_elements_are_refused() -> None:
    for make in (gs1_128, gs1_datamatrix):
        for text, code in (
            ("(01)09520101001116", "gs1.check_digit"),
            ("9520101", "gs1.element_string"),
            ("", "gs1.element_string"),
        ):
            with pytest.raises(Gs1Error) as refused:
                make(text)
            assert refused.value.code == code


def test_a_gs1_128_holds_48_characters() -> None:
    fits = "(01)09520101001115(10)ABCDEFGHIJKLMNOPQRST(91)123456"
    assert read(gs1_128(fits + "7")) == ("]C1", fits + "7")
    with pytest.raises(LabelError) as refused:
        gs1_128(fits + "78")
    facts = {"length": 49, "symbol": "GS1-128", "limit": 48}
    assert (refused.value.code, refused.value.facts) == ("label.elements_too_long", facts)


def test_more_than_the_largest_datamatrix_holds_is_refused() -> None:
    elements = "(01)09520101001115" + "".join(f"({ai}){'a' * 90}" for ai in range(91, 100))
    with pytest.raises(LabelError) as refused:
        gs1_datamatrix(elements + "".join(f"(8200){'a' * 70}" for _ in range(40)))
    assert refused.value.code == "label.elements_too_long"


def test_the_digits_of_an_ean_stand_in_groups() -> None:
    assert human_readable(ean("9520101001115")) == ("9 520101 001115",)
    assert human_readable(ean("95201016")) == ("9520 1016",)


def test_elements_stand_a_line_each() -> None:
    lines = ("(01) 09520101001115", "(10) MT-0601", "(17) 271231")
    assert human_readable(gs1_datamatrix(LINK)) == lines
