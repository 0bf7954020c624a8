"""Each built-in template looks as it did when a person last looked at it."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from golden_labels import FOLDER, drawn
from ocoptrace.labels import template_names

# Another version of FreeType or of a font may round a few edges otherwise; the smallest digit
# has 40 dots.
TOLERANCE = 20


def dots(png: bytes) -> np.ndarray:
    """Return which dots of a picture are dark."""
    with Image.open(BytesIO(png)) as picture:
        return np.asarray(picture.convert("L")) < 128


def differing(one: np.ndarray, other: np.ndarray) -> int:
    """Return how many dots differ."""
    return int((one != other).sum())


@pytest.mark.parametrize("name", template_names())
def test_a_label_looks_as_it_did(name: str) -> None:
    golden, now = dots((FOLDER / f"{name}.png").read_bytes()), dots(drawn(name))
    assert golden.shape == now.shape
    assert differing(golden, now) <= TOLERANCE, "look: PYTHONPATH=tests python -m golden_labels"


@pytest.mark.parametrize("name", template_names())
def test_the_tolerance_is_less_than_a_change_that_matters(name: str) -> None:
    golden = dots((FOLDER / f"{name}.png").read_bytes())
    assert differing(golden, np.roll(golden, 1, axis=0)) > TOLERANCE
    rows, columns = np.nonzero(golden)
    erased = golden.copy()
    erased[rows[-1] - 12 : rows[-1] + 1, columns[-1] - 60 : columns[-1] + 1] = False
    assert differing(golden, erased) > TOLERANCE


def test_every_golden_image_has_its_template_and_is_small() -> None:
    kept = sorted(FOLDER.iterdir())
    assert [path.stem for path in kept] == list(template_names())
    assert max(path.stat().st_size for path in kept) < 20_000
