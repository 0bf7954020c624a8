from __future__ import annotations

import random
import re
import zlib
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from ocoptrace.labels.symbols import Matrix, encode
from ocoptrace.labels.symbols import rectangles as rectangles_module
from ocoptrace.labels.symbols.rectangles import rectangles

if TYPE_CHECKING:
    import pytest

OPERATORS = re.compile(r"(?:\d+ \d+ \d+ \d+ re\n)*")
MODULES = arrays(
    np.uint8, array_shapes(min_dims=2, max_dims=2, max_side=20), elements=st.sampled_from([0, 1])
)


def matrix_of(modules: np.ndarray) -> Matrix:
    height, width = modules.shape
    kind = "ean-8" if height == 1 else "gs1-datamatrix"
    return Matrix(kind, width, height, modules.tobytes(), "")


def drawn(operators: str, matrix: Matrix) -> np.ndarray:
    """Return how often each module is painted."""
    assert OPERATORS.fullmatch(operators)
    painted = np.zeros((matrix.height, matrix.width), int)
    for line in operators.splitlines():
        x, y, width, height = map(int, line.removesuffix(" re").split())
        assert 0 < width <= matrix.width - x
        assert 0 < height <= matrix.height - y
        painted[y : y + height, x : x + width] += 1
    return painted


@given(st.lists(MODULES, max_size=4))
def test_the_rectangles_paint_each_dark_module_once(symbols: list[np.ndarray]) -> None:
    matrices = [matrix_of(modules) for modules in symbols]
    found = rectangles(matrices)
    assert len(found) == len(matrices)
    for operators, matrix, modules in zip(found, matrices, symbols, strict=True):
        assert (drawn(operators, matrix) == modules).all()


@given(MODULES)
def test_no_two_rectangles_make_one(modules: np.ndarray) -> None:
    (operators,) = rectangles([matrix_of(modules)])
    boxes = {tuple(map(int, line[:-3].split())) for line in operators.splitlines()}
    assert not {(x, y + height) for x, y, _, height in boxes} & {(x, y) for x, y, _, _ in boxes}
    ends = {(x + width, y, height) for x, y, width, height in boxes}
    assert not ends & {(x, y, height) for x, y, _, height in boxes}


def test_many_symbols_keep_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    matrices = [encode("1" * length) for length in range(1, 200, 3)]
    one_by_one = [rectangles([matrix])[0] for matrix in matrices]
    monkeypatch.setattr(rectangles_module, "CHUNK", 4)
    assert rectangles(matrices[::-1]) == one_by_one[::-1]


def test_the_largest_symbol_is_drawn() -> None:
    matrix = encode("1" * 7089, "L")
    (operators,) = rectangles([matrix])
    assert drawn(operators, matrix).astype(np.uint8).tobytes() == matrix.bits


def test_rectangles_are_smaller_than_the_runs_of_the_rows() -> None:
    chance = random.Random(1)  # noqa: S311 - the same serials in every run
    serials = ["".join(chance.choices("0123456789ABCDEFGHJKMNPQRSTVWXYZ", k=12)) for _ in range(96)]
    links = [f"https://id.example/01/09521234543213/10/ABC123/21/{each}" for each in serials]
    matrices = [encode(link) for link in links]
    rows = [
        "".join(f"{x} {y} {length} 1 re\n" for x, y, length in matrix.runs()) for matrix in matrices
    ]
    packed = [len(zlib.compress("".join(each).encode())) for each in (rectangles(matrices), rows)]
    assert packed[0] < packed[1]
