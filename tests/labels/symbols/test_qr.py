from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st

from ocoptrace.errors import LabelError
from ocoptrace.labels.symbols import Matrix, encode, encode_micro
from ocoptrace.labels.symbols.matrix import LEVELS

if TYPE_CHECKING:
    from ocoptrace.labels.symbols import Level

LINK = "HTTPS://{host}/01/09521234543213/10/ABC123/21/0123456789AB"
PRINTABLE = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=300)


def seal(number: int) -> str:
    chance = random.Random(number)  # noqa: S311 - the same seals in every run
    return "#" + "".join(chance.choices("0123456789", k=172))


def picture(matrix: Matrix, scale: int) -> np.ndarray:
    dark = np.frombuffer(matrix.bits, np.uint8).reshape(matrix.size, matrix.size)
    white = np.pad((1 - dark) * 255, 4, constant_values=255).astype(np.uint8)
    return white.repeat(scale, axis=0).repeat(scale, axis=1)


@pytest.mark.parametrize("number", range(20))
def test_a_sealed_link_stays_at_version_7(number: int) -> None:
    matrix = encode(LINK.format(host="ID.EXAMPLE") + seal(number))
    assert (matrix.version, matrix.size) == (7, 45)


def test_a_host_in_lower_case_costs_a_version() -> None:
    assert encode(LINK.format(host="id.example") + seal(0)).version == 8


def test_a_host_of_twenty_characters_is_version_8() -> None:
    assert encode(LINK.format(host="TRUYXUAT.EXAMPLE.ORG") + seal(0)).version == 8


def test_the_symbol_has_level_m() -> None:
    read = zxingcpp.read_barcodes(picture(encode("HTTPS://ID.EXAMPLE"), 4))
    assert [barcode.ec_level for barcode in read] == ["M"]


@given(PRINTABLE)
def test_what_is_encoded_is_read_back(text: str) -> None:
    read = zxingcpp.read_barcodes(picture(encode(text), 3), text_mode=zxingcpp.TextMode.Plain)
    assert [barcode.text for barcode in read] == [text]


def test_a_second_reader_reads_a_sealed_symbol() -> None:
    link = LINK.format(host="ID.EXAMPLE") + seal(1)
    assert cv2.QRCodeDetector().detectAndDecode(picture(encode(link), 6))[0] == link


@given(PRINTABLE)
def test_the_runs_are_exactly_the_dark_modules(text: str) -> None:
    matrix = encode(text)
    drawn = np.zeros((matrix.size, matrix.size), np.uint8)
    for column, row, length in matrix.runs():
        assert not drawn[row, column : column + length].any()
        drawn[row, column : column + length] = 1
    assert drawn.tobytes() == matrix.bits


def test_a_run_is_as_long_as_its_dark_modules_go() -> None:
    runs = set(encode(LINK.format(host="ID.EXAMPLE")).runs())
    assert not {(x + length, y) for x, y, length in runs} & {(x, y) for x, y, _ in runs}


@pytest.mark.parametrize("level", LEVELS)
def test_the_level_asked_for_is_the_level_read(level: Level) -> None:
    # A short text leaves room for more: it must stay unused.
    matrix = encode("HTTPS://ID.EXAMPLE", level)
    assert matrix.level == level
    assert [barcode.ec_level for barcode in zxingcpp.read_barcodes(picture(matrix, 4))] == [level]


@pytest.mark.parametrize(
    ("kind", "mask"), [*(("qr", mask) for mask in range(8)), *(("micro-qr", m) for m in range(4))]
)
def test_the_mask_is_read_from_the_symbol(kind: Any, mask: int) -> None:
    code = zxingcpp.BarcodeFormat.QRCode if kind == "qr" else zxingcpp.BarcodeFormat.MicroQRCode
    barcode = zxingcpp.create_barcode("95201016", code, ec_level="M", data_mask=mask)
    dark = np.asarray(barcode.to_image(scale=1, add_quiet_zones=False)) == 0
    assert Matrix(kind, *dark.shape, dark.tobytes(), "95201016", "M").mask == mask


@given(st.text("0123456789", min_size=1, max_size=23), st.sampled_from(["L", "M"]))
def test_a_micro_symbol_is_read_back(text: str, level: Level) -> None:
    matrix = encode_micro(text, level)
    pixels = picture(matrix, 4)
    read = zxingcpp.read_barcodes(pixels, zxingcpp.BarcodeFormat.MicroQRCode, is_pure=True)
    assert [barcode.text for barcode in read] == [text]
    assert matrix.version == {11: 1, 13: 2, 15: 3, 17: 4}[matrix.size]


def test_the_smallest_micro_symbol_has_no_level() -> None:
    assert (encode_micro("12345", "L").version, encode_micro("12345", "L").level) == (1, None)


@pytest.mark.parametrize(
    ("text", "level", "code"),
    [
        ("", "M", "label.link_characters"),
        ("Lô 7", "M", "label.link_characters"),
        ("A" * 3392, "M", "label.link_too_long"),
        ("1" * 7090, "L", "label.link_too_long"),
        ("1" * 10**6, "L", "label.link_too_long"),
        ("A", "m", "label.level"),
        ("A", "", "label.level"),
    ],
    ids=["empty", "with marks", "no version", "one too many", "a million", "small", "no level"],
)
def test_what_no_symbol_holds_is_refused(text: str, level: Any, code: str) -> None:
    with pytest.raises(LabelError) as refused:
        encode(text, level)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("text", "level", "code"),
    [
        ("1" * 31, "M", "label.link_too_long"),
        ("1", "H", "label.micro_level"),
        ("Lô", "M", "label.link_characters"),
    ],
)
def test_what_no_micro_symbol_holds_is_refused(text: str, level: Any, code: str) -> None:
    with pytest.raises(LabelError) as refused:
        encode_micro(text, level)
    assert refused.value.code == code


def test_the_fullest_symbol_is_made() -> None:
    assert encode("1" * 7089, "L").version == 40
