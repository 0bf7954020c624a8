from __future__ import annotations

import functools
import math
import re
from io import BytesIO
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest
import zxingcpp
from PIL import Image

from ocoptrace.errors import LabelError
from ocoptrace.labels.drawing.symbol_files import write_eps, write_png, write_svg, write_terminal
from ocoptrace.labels.symbols import Matrix, encode, encode_micro
from ocoptrace.labels.symbols.gs1_symbols import ean, gs1_128, gs1_datamatrix

if TYPE_CHECKING:
    from collections.abc import Callable

SYMBOLS = {
    "qr": encode("HTTPS://ID.EXAMPLE/01/09521234543213/10/ABC123/21/0123456789AB"),
    "micro-qr": encode_micro("95201016"),
    "ean-13": ean("9520101001115"),
    "ean-8": ean("95201016"),
    "gs1-128": gs1_128("(00)395201010000000010"),
    "gs1-datamatrix": gs1_datamatrix("(01)09520101001115(10)MT-0601"),
}
SVG = "{http://www.w3.org/2000/svg}"


def whole(matrix: Matrix) -> np.ndarray:
    """Return the modules with their quiet zone, one row of a linear symbol."""
    left, top, right, bottom = matrix.quiet_zone
    dark = np.frombuffer(matrix.bits, np.uint8).reshape(matrix.height, matrix.width)
    return np.pad(dark, ((top, bottom), (left, right)))


def rows_of(drawn: np.ndarray, matrix: Matrix) -> np.ndarray:
    """Return a drawing's rows, one of a linear symbol, whose rows must be alike."""
    if matrix.height == 1:
        assert len(drawn) > 20
        assert (drawn == drawn[0]).all()
        return drawn[:1]
    return drawn


def strokes(path: str, size: tuple[int, int], numbers: str) -> np.ndarray:
    """Return the modules that relative strokes of one module's height cross."""
    drawn = np.zeros(size, np.uint8)
    x = y = 0.0
    for across, down, length in re.findall(numbers, path):
        x, y = x + float(across), y + float(down)
        drawn[math.floor(y), int(x) : int(x) + int(length)] = 1
        x += int(length)
    return drawn


@pytest.mark.parametrize("matrix", SYMBOLS.values(), ids=SYMBOLS)
def test_a_png_has_the_modules_and_is_read(matrix: Matrix) -> None:
    pixels = np.asarray(Image.open(BytesIO(write_png(matrix, dots=4))).convert("L"))
    assert (rows_of((pixels[::4, ::4] == 0).astype(np.uint8), matrix) == whole(matrix)).all()
    mode = zxingcpp.TextMode.HRI
    assert [barcode.text for barcode in zxingcpp.read_barcodes(pixels, text_mode=mode)] == [
        matrix.text
    ]


@pytest.mark.parametrize("matrix", SYMBOLS.values(), ids=SYMBOLS)
def test_an_svg_has_the_modules_in_millimetres(matrix: Matrix) -> None:
    root = ET.fromstring(write_svg(matrix, module=0.5))  # noqa: S314 - our own
    modules = whole(matrix)
    assert float(root.attrib["width"].removesuffix("mm")) == 0.5 * modules.shape[1]
    height = 2 * float(root.attrib["height"].removesuffix("mm"))
    (path,) = (each for each in root.iter(SVG + "path") if "stroke" in each.attrib)
    number = r"(-?[\d.]+)"
    drawn = strokes(
        path.attrib["d"], (round(height), modules.shape[1]), rf"{number} {number}h(\d+)"
    )
    assert (rows_of(drawn, matrix) == modules).all()


@pytest.mark.parametrize("matrix", SYMBOLS.values(), ids=SYMBOLS)
def test_an_eps_has_the_modules_from_the_bottom(matrix: Matrix) -> None:
    text = write_eps(matrix, module=25.4 / 72)
    modules = whole(matrix)
    found = re.search(r"%%BoundingBox: 0 0 (\d+) (\d+)\n%%HiRes", text)
    assert found
    width, height = map(int, found.groups())
    assert width == modules.shape[1]
    path = " ".join(text[text.index("newpath") :].split())
    number = r"(-?[\d.]+)"
    drawn = strokes(path, (height, width), rf"{number} {number} m(?:oveto)? (\d+) 0 l")
    assert (rows_of(drawn[::-1], matrix) == modules).all()


@pytest.mark.parametrize("dark_ground", [True, False], ids=["dark ground", "light ground"])
@pytest.mark.parametrize("matrix", SYMBOLS.values(), ids=SYMBOLS)
def test_a_terminal_shows_the_modules(matrix: Matrix, *, dark_ground: bool) -> None:
    lines = write_terminal(matrix, dark_ground=dark_ground).splitlines()
    upper = np.array([[character in "█▀" for character in line] for line in lines])
    lower = np.array([[character in "█▄" for character in line] for line in lines])
    drawn = np.stack([upper, lower], axis=1).reshape(-1, upper.shape[1]) != dark_ground
    modules = whole(matrix)
    # A light row makes up the number where it is odd.
    rows = len(modules) if matrix.height > 1 else round(0.7 * matrix.width)
    assert len(drawn) == rows + rows % 2
    assert not drawn[rows:].any()
    assert (rows_of(drawn[:rows].astype(np.uint8), matrix) == modules).all()


def test_an_svg_clashes_with_no_other_in_a_page() -> None:
    text = write_svg(SYMBOLS["qr"], module=0.5, title="<Mắm tôm>")
    assert not re.search(r"\b(id|class)=", text)
    assert "<title>&lt;Mắm tôm&gt;</title>" in text


@pytest.mark.parametrize(
    "write",
    [
        write_png,
        functools.partial(write_svg, module=0.33, title="Tem"),
        functools.partial(write_eps, module=0.33),
    ],
    ids=["png", "svg", "eps"],
)
def test_the_same_symbol_gives_the_same_file(
    write: Callable[[Matrix], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = write(SYMBOLS["qr"])
    monkeypatch.setattr("time.strftime", lambda _: "another day")
    assert write(SYMBOLS["qr"]) == first


def test_a_png_tells_its_size() -> None:
    picture = Image.open(BytesIO(write_png(SYMBOLS["qr"], dots=4, module=25.4 / 75)))
    assert picture.info["dpi"] == pytest.approx((300, 300), abs=0.1)


@pytest.mark.parametrize("module", [0, -1, 0.09, 101, math.nan, math.inf])
def test_a_module_of_no_sensible_size_is_refused(module: float) -> None:
    for write in (write_svg, write_eps, write_png):
        with pytest.raises(LabelError) as refused:
            write(SYMBOLS["qr"], module=module)
        assert refused.value.code == "label.module"


@pytest.mark.parametrize(
    ("dots", "code"), [(0, "label.dots"), (1001, "label.dots"), (1000, "label.too_many_pixels")]
)
def test_a_picture_too_large_is_refused(dots: Any, code: str) -> None:
    with pytest.raises(LabelError) as refused:
        write_png(SYMBOLS["qr"], dots=dots)
    assert refused.value.code == code
