from __future__ import annotations

import random

import numpy as np
import pytest
import qrcode.base
import qrcode.constants
import qrcode.util
import segno.consts
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st

from ocoptrace.labels.reading.reference_decode import decode
from ocoptrace.labels.symbols.matrix import LEVELS, Level
from ocoptrace.labels.symbols.qr_structure import (
    MAX_VERSION,
    Bits,
    alignment_centres,
    blocks,
    capacity,
    codeword_modules,
    fixed_patterns,
    function_modules,
)
from ocoptrace.labels.symbols.reed_solomon import correct

QRCODE_LEVELS = {level: getattr(qrcode.constants, f"ERROR_CORRECT_{level}") for level in LEVELS}
VERSIONS = range(1, MAX_VERSION + 1)
SOME_VERSIONS = [1, 2, 3, 6, 7, 8, 14, 22, 32, 40]


def symbol(version: int, level: Level, *, text: str = "OCOP 12") -> Bits:
    """Return what zxing-cpp draws."""
    barcode = zxingcpp.create_barcode(
        text, zxingcpp.BarcodeFormat.QRCode, ec_level=level, version=version
    )
    return np.asarray(barcode.to_image(scale=1, add_quiet_zones=False)) == 0


@pytest.mark.parametrize("version", VERSIONS)
def test_alignment_patterns_stand_where_another_encoder_puts_them(version: int) -> None:
    assert list(alignment_centres(version)) == list(qrcode.util.pattern_position(version))


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("version", VERSIONS)
def test_blocks_are_those_of_two_other_encoders(version: int, level: Level) -> None:
    ours = [(len(b.codewords), len(b.codewords) - b.parity) for b in blocks(version, level)]
    theirs = qrcode.base.rs_blocks(version, QRCODE_LEVELS[level])
    assert ours == [(block.total_count, block.data_count) for block in theirs]
    assert capacity(version, level) == 8 * sum(block.data_count for block in theirs)
    segnos = segno.consts.ECC[version][getattr(segno.consts, f"ERROR_LEVEL_{level}")]
    assert ours == [
        (info.num_total, info.num_data) for info in segnos for _ in range(info.num_blocks)
    ]


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("version", VERSIONS)
def test_every_codeword_is_in_one_block(version: int, level: Level) -> None:
    numbers = [number for block in blocks(version, level) for number in block.codewords]
    assert sorted(numbers) == list(range(len(codeword_modules(version))))


@pytest.mark.parametrize("version", SOME_VERSIONS)
def test_fixed_patterns_are_those_of_another_encoder(version: int) -> None:
    drawn = symbol(version, "L")
    for inside, dark in fixed_patterns(version).values():
        assert (drawn[inside] == dark[inside]).all()
        assert function_modules(version)[inside].all()


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("version", SOME_VERSIONS)
def test_a_whole_symbol_is_its_own_reference(version: int, level: Level) -> None:
    drawn = symbol(version, level)
    decoded = decode(drawn)
    assert decoded is not None
    assert (decoded.version, decoded.level) == (version, level)
    assert (decoded.reference == drawn).all()
    assert not any(decoded.wrong)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("version", SOME_VERSIONS)
def test_as_many_wrong_codewords_as_can_be_are_found(version: int, level: Level) -> None:
    chance = random.Random(f"{version}{level}")  # noqa: S311
    drawn = symbol(version, level)
    torn = drawn.copy()
    modules = codeword_modules(version)
    wrong = set()
    for block in blocks(version, level):
        for number in chance.sample(block.codewords, block.parity // 2):
            wrong.add(number)
            for module in chance.sample(modules[number].tolist(), chance.randint(1, 8)):
                torn.ravel()[module] ^= True
    decoded = decode(torn)
    assert decoded is not None
    assert (decoded.reference == drawn).all()
    assert set(np.flatnonzero(decoded.wrong_codewords).tolist()) == wrong
    assert decoded.wrong == tuple(block.parity // 2 for block in blocks(version, level))


@pytest.mark.parametrize("level", LEVELS)
def test_unused_correction_is_what_another_reader_says(level: Level) -> None:
    drawn = symbol(7, level)
    (first, *_) = blocks(7, level)
    for wrong in range(4):
        torn = drawn.copy()
        for number in first.codewords[:wrong]:
            torn.ravel()[codeword_modules(7)[number][0]] ^= True
        decoded = decode(torn)
        picture = np.kron(np.where(np.pad(torn, 4), 0, 255), np.ones((4, 4))).astype(np.uint8)
        (theirs,) = zxingcpp.read_barcodes(picture)
        assert decoded is not None
        assert first.unused(decoded.wrong[0]) == pytest.approx(theirs.extra["UEC"], abs=0.01)


def test_three_wrong_format_bits_in_both_copies_do_no_harm() -> None:
    drawn = symbol(7, "M")
    torn = drawn.copy()
    torn[8, 0:3] ^= True
    torn[8, 37:40] ^= True
    decoded = decode(torn)
    assert decoded is not None
    assert (decoded.reference == drawn).all()


@pytest.mark.parametrize("size", [1, 20, 22, 25, 181])
def test_noise_is_not_decoded(size: int) -> None:
    noise = np.random.default_rng(size).random((size, size)) < 0.5
    assert decode(noise) is None


@given(
    st.integers(2, 30).flatmap(
        lambda parity: st.tuples(
            st.just(parity),
            st.lists(st.integers(0, 255), min_size=1, max_size=120),
            st.dictionaries(st.integers(0, 119), st.integers(1, 255), max_size=parity // 2),
        )
    )
)
def test_as_many_errors_as_half_the_parity_are_corrected(
    drawn: tuple[int, list[int], dict[int, int]],
) -> None:
    parity, data, errors = drawn
    block = data + qrcode_parity(data, parity)
    torn = block.copy()
    for place, flips in errors.items():
        torn[place % len(block)] ^= flips
    assert correct(torn, parity=parity) == block


def qrcode_parity(data: list[int], parity: int) -> list[int]:
    """Return the parity that the package qrcode computes."""
    generator = qrcode.base.Polynomial([1], 0)
    for power in range(parity):
        generator *= qrcode.base.Polynomial([1, qrcode.base.gexp(power)], 0)
    # Its division wants a leading term; zeros in front do not change the remainder.
    if not any(data):
        return [0] * parity
    rest = qrcode.base.Polynomial(data, len(generator) - 1) % generator
    tail = list(rest)[-parity:]
    return [0] * (parity - len(tail)) + tail
