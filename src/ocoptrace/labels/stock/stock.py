r"""Stock: the sheets and rolls of blank stickers that a printer is fed with.

Everything is a regular grid: slot k stands at margin + k × pitch, computed from the margin
each time, so that no rounding adds up along a sheet.

>>> stock = load_stock("a4-3x8-70x37")
>>> stock.slots, stock.corner(1), stock.corner(24)
(24, (0, 500), (140000, 259500))

Three lines make a stock: margins stand alike on both sides, and stickers touch unless a
``gap`` or ``pitch`` is given.

>>> own = Stock.parse('page = "A4"\ngrid = [2, 5]\nlabel = [99, 57]', name="own")
>>> own.corner(1), own.corner(10)
((6000, 6000), (105000, 234000))
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, Self

from pydantic import Field, model_validator

from ocoptrace import messages
from ocoptrace.errors import LabelError
from ocoptrace.labels.plan import Length, Plan, Positive, read_plan_file, read_toml
from ocoptrace.labels.plan_files import own_file, own_names, plan_file
from ocoptrace.labels.stock.terms import expanded

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from ocoptrace.labels.display import Box
    from ocoptrace.messages import Language

__all__ = ["Stock", "find_stock", "load_stock", "stock_names"]

_MAX_SIDE: Final = 100
# Makers' figures are rounded; some grids leave the page by a hair.
_TOLERANCE: Final = 200
_DATA: Final = ("sheets.toml", "rolls.toml")

Source = Literal["glabels", "divided", "several", "one", "trade", "common", "size"]
Watch = Literal[
    "no_side_margin", "last_row", "measure_first", "web_varies", "gap_assumed", "uncut"
]  # fmt: skip


class Stock(Plan):
    """A sheet or roll of blank stickers, in micrometres from the page's top left corner.

    A plan may say it in short terms instead, which ``stock_terms`` explains.

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
        source: where the figures come from, as a key of the messages, or in the owner's words.
        watch: what to watch, as keys of the messages.
        note: what to watch, in the owner's words.
    """

    name: str
    kind: Literal["sheet", "roll"] = "sheet"
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
    certainty: Literal["high", "medium", "low"] = "medium"
    source: Source | str = "own"
    watch: tuple[Watch, ...] = ()
    note: str = ""

    @property
    def slots(self) -> int:
        """Stickers on a page."""
        return self.columns * self.rows

    def corner(self, slot: int) -> tuple[int, int]:
        """Return the top left corner of a slot, counted from 1, row by row."""
        row, column = divmod(slot - 1, self.columns)
        return self.margin_left + column * self.pitch_x, self.margin_top + row * self.pitch_y

    def box(self, slot: int) -> Box:
        """Return the edges of a slot, as it is cut."""
        left, top = self.corner(slot)
        return left, top, left + self.label_width, top + self.label_height

    def source_text(self, language: Language = "en") -> str:
        """Return where the figures come from, in words."""
        if self.source in (*Source.__args__, "own"):  # type: ignore[attr-defined]
            return messages.text(f"stock.source.{self.source}", language)
        return self.source

    def watch_texts(self, language: Language = "en") -> list[str]:
        """Return what to watch, in words."""
        texts = [messages.text(f"stock.watch.{key}", language) for key in self.watch]
        return [*texts, self.note] if self.note else texts

    @classmethod
    def parse(cls, text: str, *, name: str) -> Stock:
        """Read one stock from TOML text.

        Raises:
            LabelError: ``label.plan_syntax``, or ``label.plan_value`` with the place of the
                member that is missing, unknown or out of range.
        """
        return cls.read({"name": name, **read_toml(text, name=name)}, name=name)

    @classmethod
    def read_file(cls, path: Path) -> Stock:
        """Read one stock from a TOML file; its name is the file's, unless it has one.

        Raises:
            LabelError: ``label.plan_file``, and as ``parse``.
        """
        return cls.parse(read_plan_file(path), name=path.stem)

    @model_validator(mode="before")
    @classmethod
    def _spelled_out(cls, members: Any) -> Any:
        return expanded(members) if isinstance(members, dict) else members

    @model_validator(mode="after")
    def _regular(self) -> Self:
        if self.pitch_x < self.label_width and self.columns > 1:
            raise ValueError("stickers overlap: pitch_x is below label_width")
        if self.pitch_y < self.label_height and self.rows > 1:
            raise ValueError("stickers overlap: pitch_y is below label_height")
        if 2 * self.corner_radius > min(self.label_width, self.label_height):
            raise ValueError("corner_radius is above half a side")
        _, _, right, bottom = self.box(self.slots)
        if right > self.page_width + _TOLERANCE or bottom > self.page_height + _TOLERANCE:
            raise ValueError("the last sticker leaves the page")
        return self


@cache
def _built_in() -> dict[str, Stock]:
    stocks: dict[str, Stock] = {}
    for file in _DATA:
        text = (files("ocoptrace.labels.stock") / file).read_text(encoding="utf-8")
        for name, members in read_toml(text, name=file).items():
            stocks[name] = Stock.read({"name": name, **members}, name=name)
    return stocks


def load_stock(name: str, *, folders: Iterable[Path] = ()) -> Stock:
    """Return a stock by its name.

    Args:
        name: of a file ``<name>.toml`` in one of the folders, else of a built-in stock.
        folders: where the user keeps stock of their own.

    Raises:
        LabelError: ``label.unknown_stock``; as ``Stock.read_file`` for a file that is there.
    """
    folders = tuple(folders)
    if (path := own_file(name, folders=folders)) is not None:
        return Stock.read_file(path)
    try:
        return _built_in()[name]
    except KeyError:
        known = ", ".join(stock_names(folders=folders))
        raise LabelError("label.unknown_stock", name=name, known=known) from None


def stock_names(*, folders: Iterable[Path] = ()) -> tuple[str, ...]:
    """Return the names of the built-in stocks and of the files in some folders, sorted."""
    return tuple(sorted(_built_in().keys() | own_names(folders)))


def find_stock(named: str, *, folders: Iterable[Path] = ()) -> Stock:
    """Return a stock by its name, or by the path of its file; see ``plan_files``.

    Raises:
        LabelError: as ``load_stock`` and ``Stock.read_file``.
    """
    folders = tuple(folders)
    path = plan_file(named, folders=folders)
    return load_stock(named, folders=folders) if path is None else Stock.read_file(path)
