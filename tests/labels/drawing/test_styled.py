from __future__ import annotations

import contextlib
from io import BytesIO
from typing import Any, get_args

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from ocoptrace.errors import LabelError
from ocoptrace.labels import scan_file
from ocoptrace.labels.drawing import styled
from ocoptrace.labels.drawing.styled import MAX_LOGO_SHARES, Style, draw_styled
from ocoptrace.labels.symbols import Matrix, encode, encode_micro

LINK = "HTTPS://ID.EXAMPLE/01/09521234543213/10/ABC123/21/0123456789AB"
SEALED = LINK + "#" + "9043817526" * 17 + "12"


def saved(picture: Image.Image, kind: str = "PNG") -> bytes:
    out = BytesIO()
    picture.save(out, format=kind)
    return out.getvalue()


def logo(width: int = 300, height: int = 200, kind: str = "PNG") -> bytes:
    picture = Image.new("RGBA", (width, height), (0, 0, 0, 0))
    ImageDraw.Draw(picture).ellipse((0, 0, width - 1, height - 1), fill=(200, 30, 30))
    return saved(picture if kind == "PNG" else picture.convert("RGB"), kind)


def middles(data: bytes, matrix: Matrix, dots: int) -> np.ndarray:
    """Return which modules are dark in their middles, quiet zone included."""
    pixels = np.asarray(Image.open(BytesIO(data)).convert("L"))
    assert pixels.shape == (matrix.size_with_quiet_zone * dots,) * 2
    return (pixels[dots // 2 :: dots, dots // 2 :: dots] < 128).astype(np.uint8)


def covered(data: bytes, matrix: Matrix, dots: int) -> np.ndarray:
    """Return which modules are not what the matrix says."""
    dark = np.frombuffer(matrix.bits, np.uint8).reshape(matrix.height, matrix.width)
    return np.argwhere(middles(data, matrix, dots)[4:-4, 4:-4] != dark)


@pytest.mark.parametrize("dots", [4, 7, 10])
@pytest.mark.parametrize("style", get_args(Style))
def test_every_module_is_drawn_in_any_style(style: Style, dots: int) -> None:
    matrix = encode(LINK)
    data = draw_styled(matrix, style=style, dark="#0B5D3B", dots=dots)
    assert covered(data, matrix, dots).size == 0
    assert [scan.text for scan in scan_file(data)] == [LINK]


@pytest.mark.parametrize("text", [LINK, SEALED], ids=["short", "sealed"])
@pytest.mark.parametrize("level", ["M", "Q", "H"])
@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_logo_keeps_to_its_share_and_its_place(kind: str, level: Any, text: str) -> None:
    matrix = encode(text, level)
    data = draw_styled(matrix, logo=logo(kind=kind))
    hidden = covered(data, matrix, 10)
    assert len(hidden) > 0
    first, last = hidden.min(axis=0), hidden.max(axis=0)
    assert np.prod(last - first + 1) <= MAX_LOGO_SHARES[level] * matrix.size**2
    # Finders, separators and format information end there; timing lies between them.
    assert first.min() >= 9
    assert last.max() < matrix.size - 9
    assert (first + last - (matrix.size - 1)).max() <= 2


@pytest.mark.parametrize("style", get_args(Style))
def test_a_second_reader_reads_a_logo_at_level_h(style: Style) -> None:
    data = draw_styled(encode(LINK, "H"), style=style, logo=logo())
    pixels = np.asarray(Image.open(BytesIO(data)).convert("L"))
    assert cv2.QRCodeDetector().detectAndDecode(pixels)[0] == LINK


def test_the_same_drawing_has_the_same_bytes() -> None:
    first, second = (draw_styled(encode(LINK, "Q"), logo=logo()) for _ in range(2))
    assert first == second


def test_an_elongated_logo_stays_off_the_patterns() -> None:
    matrix = encode(LINK, "H")
    hidden = covered(draw_styled(matrix, logo=logo(600, 100)), matrix, 10)
    assert hidden.min() >= 9
    assert hidden.max() < matrix.size - 9


@pytest.mark.parametrize(
    ("level", "share", "facts"),
    [
        ("L", None, {"measured": 0.0, "required": 0, "level": "L"}),
        ("M", 0.051, {"measured": 5.1, "required": 5, "level": "M"}),
        ("Q", 0.12, {"measured": 12.0, "required": 10, "level": "Q"}),
        ("H", 0.2, {"measured": 20.0, "required": 15, "level": "H"}),
        ("H", -1.0, {"measured": -100.0, "required": 15, "level": "H"}),
    ],
)
def test_a_logo_that_covers_too_much_is_refused(level: Any, share: Any, facts: Any) -> None:
    with pytest.raises(LabelError) as refused:
        draw_styled(encode(LINK, level), logo=logo(), share=share)
    assert (refused.value.code, refused.value.facts) == ("label.logo_share", facts)


def test_what_cannot_be_read_back_is_not_handed_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(styled.MAX_LOGO_SHARES, "M", 0.4)
    with pytest.raises(LabelError) as refused:
        draw_styled(encode(SEALED, "M"), logo=logo())
    assert refused.value.code == "label.not_read_back"


@pytest.mark.parametrize(
    ("dark", "code"),
    [
        ("#FFFFFF", "label.colour_too_pale"),
        ("#FFCC00", "label.colour_too_pale"),
        ("red", "label.colour"),
        ("#12345", "label.colour"),
        ("#0000000", "label.colour"),
        ("#00000g", "label.colour"),
        ("", "label.colour"),
    ],
)
def test_a_colour_that_readers_miss_is_refused(dark: str, code: str) -> None:
    with pytest.raises(LabelError) as refused:
        draw_styled(encode(LINK), dark=dark)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "label.not_a_picture"),
        (b"GIF89a" + bytes(100), "label.not_a_picture"),
        (logo()[:300], "label.picture_unreadable"),
        (saved(Image.new("1", (6000, 6000))), "label.too_many_pixels"),
        (saved(Image.new("1", (20_000, 20_000))), "label.too_many_pixels"),
        (logo() + bytes(8 * 2**20), "label.file_too_large"),
        (logo(2000, 10), "label.logo_room"),
    ],
    ids=["empty", "gif", "torn", "many pixels", "a bomb", "many bytes", "a line"],
)
def test_a_logo_that_cannot_be_used_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(LabelError) as refused:
        draw_styled(encode(LINK, "H"), logo=data)
    assert refused.value.code == code


@given(
    st.sampled_from(
        [b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", logo()[:200], logo(kind="JPEG")]
    ),
    st.binary(max_size=200),
)
def test_any_bytes_as_logo_give_a_code_that_is_read_or_a_label_error(
    head: bytes, rest: bytes
) -> None:
    with contextlib.suppress(LabelError):
        data = draw_styled(encode(LINK, "H"), logo=head + rest)
        assert [scan.text for scan in scan_file(data)] == [LINK]


@pytest.mark.parametrize("dots", [3, 101])
def test_modules_of_no_sensible_size_are_refused(dots: int) -> None:
    with pytest.raises(LabelError) as refused:
        draw_styled(encode(LINK), dots=dots)
    assert refused.value.code == "label.dots"


def test_a_picture_too_large_is_refused() -> None:
    with pytest.raises(LabelError) as refused:
        draw_styled(encode("1" * 7089, "L"), dots=20)
    assert refused.value.code == "label.too_many_pixels"


def test_only_a_qr_code_is_styled() -> None:
    with pytest.raises(LabelError) as refused:
        draw_styled(encode_micro("95201016"))
    assert refused.value.code == "label.not_styled"
