"""Our stock against the published geometry of sheets and rolls, label by label."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from ocoptrace.labels import load_stock, stock_names

if TYPE_CHECKING:
    from pathlib import Path

LAYOUTS = 43
NAMES = {"jewelry-75x10": "roll-75x10"}
LEFT_OUT = {
    "tomy-135": "sources give different grids",
    "tomy-138": "sources give different grids",
    "tomy-146": "sources give different grids",
    "tomy-149": "sources give different grids",
}
MENDED = {("avery-l7161", "pitch_y"): "published rows overlap; they stand a label's height apart"}
MEMBERS = {
    "page_width": "page_w_mm",
    "page_height": "page_h_mm",
    "label_width": "label_w_mm",
    "label_height": "label_h_mm",
    "margin_left": "margin_left_mm",
    "margin_top": "margin_top_mm",
    "pitch_x": "pitch_x_mm",
    "pitch_y": "pitch_y_mm",
}


@pytest.fixture(scope="module")
def layouts(vectors: Path) -> dict[str, dict[str, Any]]:
    text = (vectors / "sheets" / "templates.json").read_text(encoding="utf-8")
    rows = json.loads(text)["templates"]
    assert len(rows) >= LAYOUTS
    return {NAMES.get(row["id"], row["id"]): row for row in rows}


def differences(name: str, row: dict[str, Any]) -> list[tuple[str, str, float, float]]:
    """Return where a stock of ours is not as published: (name, member, ours, published)."""
    stock = load_stock(name)
    exact = row["confidence"] == "high"
    pairs = {member: 1000 * row[published] for member, published in MEMBERS.items()}
    pairs |= {"columns": row["cols"], "rows": row["rows"], "slots": row["per_page"]}
    if exact:
        pairs["corner_radius"] = 1000 * row["corner_radius_mm"]
    # Figures of one source are exact; where margins are centred, both sides are rounded.
    tolerance = 1 if exact else 10
    return [
        (name, member, getattr(stock, member), published)
        for member, published in pairs.items()
        if abs(getattr(stock, member) - published) > tolerance
    ]


def test_every_published_layout_is_ours(layouts: dict[str, dict[str, Any]]) -> None:
    wanted = {name: row for name, row in layouts.items() if name not in LEFT_OUT}
    assert wanted.keys() <= set(stock_names())
    found = [each for name, row in wanted.items() for each in differences(name, row)]
    assert {(name, member) for name, member, _, _ in found} == MENDED.keys(), found
    for name, row in wanted.items():
        stock = load_stock(name)
        assert (stock.kind, stock.certainty) == (row["kind"], row["confidence"])


def test_what_is_left_out_is_published_and_not_ours(layouts: dict[str, dict[str, Any]]) -> None:
    assert layouts.keys() >= LEFT_OUT.keys()
    assert not LEFT_OUT.keys() & set(stock_names())


def test_the_rows_of_the_mended_sheet_touch() -> None:
    stock = load_stock("avery-l7161")
    assert stock.pitch_y == stock.label_height
