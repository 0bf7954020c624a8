"""Stock: the sheets and rolls of blank stickers that a printer is fed with.

Everything is a regular grid: slot k stands at margin + k × pitch, computed from the margin
each time, so that no rounding adds up along a sheet.

>>> stock = load_stock("a4-3x8-70x37")
>>> stock.slots, stock.corner(1), stock.corner(24)
(24, (0, 500), (140000, 259500))
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from ocoptrace.errors import LabelError
from ocoptrace.labels.plan import Length, Plan, Positive, read_toml

__all__ = ["Stock", "load_stock", "stock_names"]

_MAX_SIDE: Final = 100
# Makers' figures are rounded; some grids leave the page by a hair.
_TOLERANCE: Final = 200


class Stock(Plan):
    """A sheet or roll of blank stickers, in micrometres from the page's top left corner.

    Attributes:
        name: how it is asked for.
        kind: ``sheet``, or ``roll`` (a page is then one row across the web).
        page_width: width of the sheet or of the roll's web.
        page_height: height of the sheet, or of one sticker of the roll.
        columns: stickers across.
        rows: stickers down.
        label_width: width of a sticker as cut.
        label_height: height of a sticker as cut.
        margin_left: left edge of the first sticker.
        margin_top: top edge of the first sticker.
        pitch_x: from a sticker's left edge to the next one's.
        pitch_y: from a sticker's top edge to the next one's; along a roll, gap included.
        corner_radius: 0 where square or not known.
        certainty: how sure the figures are: ``high``, ``medium``, ``low``.
        source: where the figures come from.
        note: what to watch.
    """

    name: str
    kind: Literal["sheet", "roll"]
    page_width: Positive
    page_height: Positive
    columns: Annotated[int, Field(ge=1, le=_MAX_SIDE)]
    rows: Annotated[int, Field(ge=1, le=_MAX_SIDE)]
    label_width: Positive
    label_height: Positive
    margin_left: Length
    margin_top: Length
    pitch_x: Positive
    pitch_y: Positive
    corner_radius: Length = 0
    certainty: Literal["high", "medium", "low"]
    source: str
    note: str = ""

    @property
    def slots(self) -> int:
        """Stickers on a page."""
        return self.columns * self.rows

    def corner(self, slot: int) -> tuple[int, int]:
        """Return the top left corner of a slot, counted from 1, row by row."""
        row, column = divmod(slot - 1, self.columns)
        return self.margin_left + column * self.pitch_x, self.margin_top + row * self.pitch_y

    @classmethod
    def parse(cls, text: str, *, name: str) -> Stock:
        """Read one stock from TOML text.

        Raises:
            LabelError: ``label.plan_syntax``, or ``label.plan_value`` with the place of the
                member that is missing, unknown or out of range.
        """
        return cls.read({"name": name, **read_toml(text, name=name)}, name=name)

    @model_validator(mode="after")
    def _regular(self) -> Self:
        if self.pitch_x < self.label_width and self.columns > 1:
            raise ValueError("stickers overlap: pitch_x is below label_width")
        if self.pitch_y < self.label_height and self.rows > 1:
            raise ValueError("stickers overlap: pitch_y is below label_height")
        x, y = self.corner(self.slots)
        if (
            x + self.label_width > self.page_width + _TOLERANCE
            or y + self.label_height > self.page_height + _TOLERANCE
        ):
            raise ValueError("the last sticker leaves the page")
        return self


@cache
def _built_in() -> dict[str, Stock]:
    text = (files("ocoptrace.labels") / "stock.toml").read_text(encoding="utf-8")
    tables = read_toml(text, name="stock.toml")
    return {
        name: Stock.read({"name": name, **members}, name=name) for name, members in tables.items()
    }


def load_stock(name: str) -> Stock:
    """Return a built-in stock.

    Raises:
        LabelError: ``label.unknown_stock``.
    """
    try:
        return _built_in()[name]
    except KeyError:
        known = ", ".join(stock_names())
        raise LabelError("label.unknown_stock", name=name, known=known) from None


def stock_names() -> tuple[str, ...]:
    """Return the names of the built-in stocks, sorted."""
    return tuple(sorted(_built_in()))
