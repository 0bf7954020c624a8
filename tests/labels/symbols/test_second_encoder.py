"""The modules equal those of a second encoder, qrcode, given the same segments and the same mask.

The lengths are those at which a symbol is just full, and at which its bits end with a byte:
there encoders have been known to differ in their pads.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import qrcode
from qrcode import constants, util

from ocoptrace.labels.symbols import batch, encode
from ocoptrace.labels.symbols.batch import encode_many
from ocoptrace.labels.symbols.matrix import LEVELS
from ocoptrace.labels.symbols.qr_structure import capacity
from ocoptrace.labels.symbols.segments import bit_length, characters, cut, segments

if TYPE_CHECKING:
    from ocoptrace.labels.symbols import Level, Matrix
    from ocoptrace.labels.symbols.segments import Mode

CHARACTERS: dict[Mode, str] = {"N": "3810592647", "A": "QRCODE2005-", "B": "https://id.example/"}
MODES = {"N": util.MODE_NUMBER, "A": util.MODE_ALPHA_NUM, "B": util.MODE_8BIT_BYTE}
CORRECTIONS = {
    "L": constants.ERROR_CORRECT_L,
    "M": constants.ERROR_CORRECT_M,
    "Q": constants.ERROR_CORRECT_Q,
    "H": constants.ERROR_CORRECT_H,
}
LINK = "HTTPS://ID.EXAMPLE/01/09521234543213/10/ABC123/21/0123456789AB#" + "9043817526" * 17 + "12"


def second(matrix: Matrix) -> bytes:
    """Return the modules that qrcode makes of a symbol's text, version, level and mask."""
    assert matrix.version is not None
    assert matrix.level is not None
    maker = qrcode.QRCode(
        version=matrix.version,
        error_correction=CORRECTIONS[matrix.level],
        mask_pattern=matrix.mask,
        border=0,
    )
    (modes,) = cut(characters([matrix.text]), version=matrix.version)
    for mode, start, end in segments(modes):
        maker.add_data(util.QRData(matrix.text[start:end].encode(), mode=MODES[mode]))
    maker.make(fit=False)
    return bytes(module for row in maker.get_matrix() for module in row)


def full(mode: Mode, version: int, level: Level) -> int:
    """Return the most characters of a mode that a symbol holds."""
    length = 1
    while bit_length(((mode, 0, length + 1),), version=version) <= capacity(version, level):
        length += 1
    return length


def text_of(mode: Mode, length: int) -> str:
    pattern = CHARACTERS[mode]
    return (pattern * (length // len(pattern) + 1))[:length]


@pytest.mark.parametrize("mode", CHARACTERS)
@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("version", range(1, 12))
def test_the_modules_equal_those_of_a_second_encoder(
    version: int, level: Level, mode: Mode, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "_FEWEST", 1)
    most = full(mode, version, level)
    for length in range(max(most - 2, 1), most + 1):
        matrix = encode(text_of(mode, length), level)
        assert matrix.version == version
        assert encode_many([matrix.text], level) == [matrix]
        assert second(matrix) == matrix.bits


@pytest.mark.parametrize("mode", CHARACTERS)
def test_bits_that_end_with_a_byte_are_padded_alike(mode: Mode) -> None:
    aligned = [
        length
        for length in range(1, 150)
        if (bit_length(((mode, 0, length),), version=9) + 4) % 8 == 0
    ]
    assert len(aligned) >= 8
    for length in aligned:
        matrix = encode(text_of(mode, length))
        assert second(matrix) == matrix.bits


@pytest.mark.parametrize("level", LEVELS)
def test_a_sealed_link_equals_that_of_a_second_encoder(level: Level) -> None:
    matrix = encode(LINK, level)
    assert second(matrix) == matrix.bits
