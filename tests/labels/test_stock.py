from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from ocoptrace.errors import LabelError
from ocoptrace.labels import Stock, load_stock, stock_names

PROJECT = Path(__file__).parents[2]
PLAIN = """
kind = "sheet"
page_width = 210.0
page_height = 297.0
columns = 2
rows = 3
label_width = 100.0
label_height = 90.0
margin_left = 5.0
margin_top = 10.0
pitch_x = 100.0
pitch_y = 90.0
certainty = "low"
source = "made up"
"""
SAME_STOCK = ["avery-l7160", "avery-l7651", "roll-35x22-3up", "roll-50x30", "tomy-145"]


def published(name: str) -> dict[str, Any]:
    folder = Path(os.environ.get("OCOPTRACE_VECTORS", PROJECT / "../shared/vectors"))
    path = folder / "sheets" / "templates.json"
    if not path.exists() and "CI" not in os.environ:
        pytest.skip(f"no sheet geometry at {path}")
    rows = json.loads(path.read_text(encoding="utf-8"))["templates"]
    return next(row for row in rows if row["id"] == name)


@pytest.mark.parametrize("name", SAME_STOCK)
def test_slots_stand_where_published_geometry_has_them(name: str) -> None:
    stock, other = load_stock(name), published(name)
    assert (stock.columns, stock.rows) == (other["cols"], other["rows"])
    for slot in (1, stock.columns, stock.slots):
        column, row = (slot - 1) % stock.columns, (slot - 1) // stock.columns
        x, y = stock.corner(slot)
        centre = (x + stock.label_width / 2, y + stock.label_height / 2)
        expected = (
            other["margin_left_mm"] + column * other["pitch_x_mm"] + other["label_w_mm"] / 2,
            other["margin_top_mm"] + row * other["pitch_y_mm"] + other["label_h_mm"] / 2,
        )
        assert centre == pytest.approx([1000 * value for value in expected], abs=600)


@pytest.mark.parametrize("name", stock_names())
def test_every_stock_says_where_its_figures_come_from(name: str) -> None:
    stock = load_stock(name)
    assert stock.source
    assert stock.note


def test_the_last_row_has_not_drifted() -> None:
    stock = load_stock("avery-l7160")
    assert stock.corner(21) == (7_250 + 2 * 66_000, 15_150 + 6 * 38_100)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("pitch_x = 100.0", "pitch_x = 99.0"),
        ("pitch_y = 90.0", "pitch_y = 89.9"),
        ("margin_left = 5.0", "margin_left = 11.0"),
        ("margin_top = 10.0", "margin_top = 28.0"),
        ("columns = 2", "columns = 0"),
        ('kind = "sheet"', 'kind = "disc"'),
    ],
)
def test_a_grid_that_cannot_be_is_refused(old: str, new: str) -> None:
    Stock.parse(PLAIN, name="plain")
    with pytest.raises(LabelError) as refused:
        Stock.parse(PLAIN.replace(old, new), name="plain")
    assert refused.value.code == "label.plan_value"


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(LabelError) as unknown:
        load_stock("a4-3x8")
    assert unknown.value.code == "label.unknown_stock"
    assert "a4-3x8-70x37" in unknown.value.remedy("vi")
