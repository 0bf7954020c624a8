"""Templates: where a sticker's parts stand, as data in millimetres.

A template has one square room for the QR symbol with its quiet zone, and blocks of rows.
Rows flow from the top of their block; an absent field takes its row away.

>>> template = load_template("ocop-50x30")
>>> template.width, template.height
(50000, 30000)
>>> template_names()
('ocop-35x22', 'ocop-38x21', 'ocop-50x30', 'ocop-70x37')
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from ocoptrace.errors import LabelError
from ocoptrace.labels.plan import Length, Plan, Positive, read_toml

__all__ = [
    "LEAST_X_HEIGHT",
    "Block",
    "FieldName",
    "Room",
    "Row",
    "Template",
    "load_template",
    "template_names",
]

FieldName = Literal[
    "product", "stars", "producer", "place", "net_content", "lot", "made", "best_before",
    "serial", "foot", "site",
]  # fmt: skip
"""What a row can show; ``foot`` is the invitation to scan with the site."""

LEAST_X_HEIGHT: Final = 900
"""Least x-height, in micrometres, of what a buyer must be able to read: 0.9 mm on packs whose
largest face is below 80 cm² (Regulation (EU) 1169/2011, article 13(3))."""

_NOT_MANDATORY: Final = frozenset({"stars", "serial", "foot", "site"})


class Room(Plan):
    """The square kept white for a symbol and its quiet zone, in micrometres."""

    x: Length
    y: Length
    side: Positive


class Row(Plan):
    """One field, or several on one line: the first at the left edge, the last at the right.

    Fields that do not fit on one line at the least x-height stand below one another.

    Attributes:
        show: the fields.
        x_height: wanted x-height in micrometres; stars are as high.
        least: x-height below which the text does not shrink.
        lines: most lines of a single field.
        gap: white above, where another row stands above.
        push: this row and those below it stand at the foot of the block.
    """

    show: Annotated[tuple[FieldName, ...], Field(min_length=1)]
    x_height: Positive
    least: Positive = LEAST_X_HEIGHT
    lines: Annotated[int, Field(ge=1, le=6)] = 1
    gap: Length = 0
    push: bool = False

    @model_validator(mode="after")
    def _legible(self) -> Self:
        if self.least > self.x_height:
            raise ValueError("least is above x_height")
        if self.least < LEAST_X_HEIGHT and not _NOT_MANDATORY.issuperset(self.show):
            raise ValueError(f"least is below {LEAST_X_HEIGHT / 1000} mm")
        if "stars" in self.show and len(self.show) > 1:
            raise ValueError("stars stand alone in their row")
        return self


class Block(Plan):
    """A column of rows, in micrometres.

    Attributes:
        align: the edge at which a single field stands.
    """

    x: Length
    y: Length
    width: Positive
    height: Positive
    align: Literal["left", "right"] = "left"
    row: tuple[Row, ...]

    @property
    def has_serial(self) -> bool:
        """Whether the block shows what differs from sticker to sticker."""
        return any("serial" in row.show for row in self.row)


class Template(Plan):
    """A sticker's drawing plan, in micrometres from its top left corner."""

    name: str
    width: Positive
    height: Positive
    symbol: Room
    block: tuple[Block, ...] = ()

    @classmethod
    def parse(cls, text: str, *, name: str) -> Template:
        """Read a template from TOML text.

        Raises:
            LabelError: ``label.plan_syntax``, or ``label.plan_value`` with the place of the
                member that is missing, unknown or out of range.
        """
        return cls.read({"name": name, **read_toml(text, name=name)}, name=name)

    @model_validator(mode="after")
    def _inside(self) -> Self:
        boxes = [(self.symbol.x, self.symbol.y, self.symbol.side, self.symbol.side)]
        boxes += [(block.x, block.y, block.width, block.height) for block in self.block]
        for x, y, width, height in boxes:
            if x + width > self.width or y + height > self.height:
                raise ValueError("a part leaves the sticker")
        return self


@cache
def load_template(name: str) -> Template:
    """Return a built-in template.

    Raises:
        LabelError: ``label.unknown_template``.
    """
    if name not in template_names():
        raise LabelError("label.unknown_template", name=name, known=", ".join(template_names()))
    source = files("ocoptrace.labels") / "templates" / f"{name}.toml"
    return Template.parse(source.read_text(encoding="utf-8"), name=name)


@cache
def template_names() -> tuple[str, ...]:
    """Return the names of the built-in templates, sorted."""
    names = (source.name for source in (files("ocoptrace.labels") / "templates").iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))
