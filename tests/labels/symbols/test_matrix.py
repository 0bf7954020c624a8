from __future__ import annotations

from typing import Any

import pytest

from ocoptrace.labels.symbols import Matrix
from ocoptrace.labels.symbols.matrix import QUIET_ZONES


def test_the_quiet_zones_are_those_of_the_standards() -> None:
    assert QUIET_ZONES == {
        "qr": (4, 4, 4, 4),
        "micro-qr": (2, 2, 2, 2),
        "ean-13": (11, 0, 7, 0),
        "ean-8": (7, 0, 7, 0),
        "gs1-datamatrix": (1, 1, 1, 1),
        "gs1-128": (10, 0, 10, 0),
    }


def test_the_width_with_quiet_zone_counts_both_sides() -> None:
    assert Matrix("ean-13", 95, 1, bytes(95), "9520101001115").size_with_quiet_zone == 113


@pytest.mark.parametrize("kind", ["ean-13", "gs1-128", "gs1-datamatrix"])
def test_only_qr_symbols_have_version_and_mask(kind: Any) -> None:
    height = 10 if kind == "gs1-datamatrix" else 1
    matrix = Matrix(kind, 10, height, bytes(10 * height), "")
    assert (matrix.version, matrix.mask) == (None, None)


@pytest.mark.parametrize(
    ("kind", "width", "height", "bits"),
    [
        ("ean-8", 3, 1, bytes(2)),
        ("ean-8", 3, 1, bytes([0, 1, 2])),
        ("ean-8", 3, 1, b"101"),
        ("ean-8", 3, 2, bytes(6)),
        ("qr", 21, 1, bytes(21)),
    ],
    ids=["too few", "a two", "text", "a linear symbol of two rows", "a square of one row"],
)
def test_what_is_no_matrix_is_refused(kind: Any, width: int, height: int, bits: bytes) -> None:
    with pytest.raises(ValueError, match=r"bits|height"):
        Matrix(kind, width, height, bits, "")
