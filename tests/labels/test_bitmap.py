from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocoptrace.labels.bitmap import Bitmap, dots_per_metre


@given(st.integers(1, 40), st.integers(1, 9), st.randoms(use_true_random=False))
def test_dots_survive_packing(width: int, height: int, chance: object) -> None:
    dots = np.array([[chance.getrandbits(1) for _ in range(width)] for _ in range(height)])  # type: ignore[attr-defined]
    bitmap = Bitmap.from_array(dots.astype(np.uint8), dpi=203)
    assert (bitmap.to_array() == dots).all()
    assert len(bitmap.rows) == height * ((width + 7) // 8)


def test_rows_of_another_size_are_refused() -> None:
    with pytest.raises(ValueError, match="rows"):
        Bitmap(9, 2, 203, b"\0\0\0")
    with pytest.raises(ValueError, match="rows"):
        Bitmap(0, 0, 203, b"")


def test_what_one_has_beyond_another() -> None:
    one, other = Bitmap(8, 2, 203, b"\xf0\x81"), Bitmap(8, 2, 203, b"\x90\x81")
    assert one.without(other).rows == b"\x60\0"
    assert other.without(one).is_blank
    with pytest.raises(ValueError, match="other"):
        one.without(Bitmap(8, 1, 203, b"\0"))


def test_203_dpi_means_8_dots_a_millimetre() -> None:
    assert [dots_per_metre(dpi) for dpi in (203, 300, 600)] == [8000, 11_811, 23_622]
