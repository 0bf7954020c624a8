"""The elements of a template: what may stand on a sticker, and where.

Every element has a place, ``at``, measured from the corner of the sticker that ``anchor``
names to the same corner of the element, and is left out where ``when`` does not hold.

>>> Line.read({"kind": "line", "at": [2, 3], "size": [30, 0], "stroke": 0.2}, name="rule").size
(30000, 0)
>>> sorted(Condition.parse("stars and not serial").fields)
['serial', 'stars']
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, Self

from pydantic import BeforeValidator, Field, PlainSerializer, PlainValidator, model_validator

from ocoptrace.labels import fonts
from ocoptrace.labels.content import OWN_FIELDS, is_field_name
from ocoptrace.labels.display import BLACK, WHITE, Box
from ocoptrace.labels.fonts import FACES
from ocoptrace.labels.pattern import Pattern
from ocoptrace.labels.plan import Length, Plan, Point, Positive

if TYPE_CHECKING:
    from ocoptrace.labels.content import LabelContent
    from ocoptrace.labels.fonts import Face

__all__ = [
    "LEAST_X_HEIGHT",
    "SMALL_FIELDS",
    "Barcode",
    "Condition",
    "Element",
    "Line",
    "PictureBox",
    "Qr",
    "Rectangle",
    "Row",
    "Style",
    "TextBox",
]

LEAST_X_HEIGHT: Final = 900
"""Least x-height, in micrometres, of what a buyer must be able to read: 0.9 mm on packs whose
largest face is below 80 cm² (Regulation (EU) 1169/2011, article 13(3))."""
SMALL_FIELDS: Final = frozenset({"stars", "serial", "site", "link", "gtin", "sscc"})
"""Fields that may be printed smaller."""

Anchor = Literal[
    "top-left", "top", "top-right", "left", "centre", "right",
    "bottom-left", "bottom", "bottom-right",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Condition:
    """Fields that must have a value, and fields that must have none."""

    present: frozenset[str] = frozenset()
    absent: frozenset[str] = frozenset()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``a and not b``.

        Raises:
            ValueError: a name is no field's.
        """
        present: set[str] = set()
        absent: set[str] = set()
        for term in text.split(" and ") if text else ():
            name = term.strip().removeprefix("not ").strip()
            if not is_field_name(name):
                raise ValueError(f"{term!r} is no condition; write a field, or not and a field")
            (absent if term.strip().startswith("not ") else present).add(name)
        return cls(frozenset(present), frozenset(absent))

    def __str__(self) -> str:
        return " and ".join([*sorted(self.present), *(f"not {n}" for n in sorted(self.absent))])

    @property
    def fields(self) -> frozenset[str]:
        """All fields that it asks for."""
        return self.present | self.absent

    def holds(self, content: LabelContent) -> bool:
        """Tell whether it holds for a sticker."""
        return all(content.value(name) is not None for name in self.present) and all(
            content.value(name) is None for name in self.absent
        )


def _condition(value: object) -> Condition:
    if isinstance(value, Condition):
        return value
    if not isinstance(value, str):
        raise ValueError("a condition is a text")  # noqa: TRY004 - pydantic turns it into a fault
    return Condition.parse(value)


def _pattern(value: object) -> Pattern:
    if isinstance(value, Pattern):
        return value
    if not isinstance(value, str):
        raise ValueError("a pattern is a text")  # noqa: TRY004 - pydantic turns it into a fault
    return Pattern.parse(value)


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _ink(value: object) -> object:
    return _INKS.get(value, value) if isinstance(value, str) else value


_INKS: Final = {"black": BLACK, "white": WHITE}
When = Annotated[Condition, PlainValidator(_condition), PlainSerializer(str)]
Text = Annotated[Pattern, PlainValidator(_pattern), PlainSerializer(str)]
_Percent = Annotated[int, Field(ge=0, le=100)]
InkValue = Annotated[tuple[_Percent, _Percent, _Percent, _Percent], BeforeValidator(_ink)]
LanguageTag = Literal["vi", "en", "de", "ko", "ru", "zh-Hant"]


class Style(Plan):
    """How a text is set; a row takes a style by name and may say otherwise member by member.

    Attributes:
        face: ``regular``, ``bold`` or ``figures`` (of equal width).
        family: a font family other than Be Vietnam Pro, a file of one's own included.
        x_height: wanted x-height in micrometres; stars are as high.
        least: x-height below which the text does not shrink.
        lines: most lines.
        align: ``left``, ``centre`` or ``right``.
        wrap: whether lines are ``even``, of alike length, or ``full``, as long as they go.
        gap: white above, where another row stands above.
        ink: cyan, magenta, yellow, black in per cent, or ``black``, ``white``.
    """

    face: Literal["regular", "bold", "figures"] = "regular"
    family: Annotated[str, Field(max_length=100)] = ""
    x_height: Positive = 1_200
    least: Positive = LEAST_X_HEIGHT
    lines: Annotated[int, Field(ge=1, le=40)] = 1
    align: Literal["left", "centre", "right"] = "left"
    wrap: Literal["even", "full"] = "even"
    gap: Length = 0
    ink: InkValue = BLACK

    @property
    def faces(self) -> tuple[Face, Face]:
        """The face of the text, and of what is bold in it."""
        if not self.family:
            return self.face, "bold"
        weight = FACES[self.face].weight
        return fonts.Style(self.family, weight), fonts.Style(self.family, FACES["bold"].weight)

    @model_validator(mode="after")
    def _shrinks(self) -> Self:
        if self.least > self.x_height:
            raise ValueError("least is above x_height")
        return self


class Row(Style):
    """One text, or several on one line: the first at the left edge, the last at the right.

    Texts that do not fit on one line at the least x-height stand below one another. A text
    whose fields have no value is left out, and a row without texts takes no room.

    Attributes:
        text: the patterns.
        short: what stands there instead where the text does not fit.
        stars: whether five stars stand before the text, as many filled as the grade has.
        when: on what condition the row is there.
        language: of captions and texts, where not the sticker's.
        push: this row and those below it stand at the foot of the element.
    """

    text: Annotated[tuple[Text, ...], BeforeValidator(_listed), Field(min_length=1, max_length=8)]
    short: Text | None = None
    stars: bool = False
    when: When = Condition()
    language: LanguageTag | None = None
    push: bool = False

    @property
    def fields(self) -> frozenset[str]:
        """The fields that it shows or asks for."""
        return self.when.fields | self.shown

    @property
    def shown(self) -> frozenset[str]:
        """The fields that it shows."""
        return frozenset().union(*(pattern.fields for pattern in self.text))

    @model_validator(mode="after")
    def _legible(self) -> Self:
        if self.least < LEAST_X_HEIGHT and not self.shown <= SMALL_FIELDS:
            raise ValueError(f"least is below {LEAST_X_HEIGHT / 1000} mm")
        if (self.stars or self.short) and len(self.text) > 1:
            raise ValueError("stars and short go with one text")
        return self


class _Placed(Plan):
    """What every element has."""

    at: Point
    anchor: Anchor = "top-left"
    when: When = Condition()

    @property
    @abstractmethod
    def extent(self) -> tuple[int, int]:
        """Width and height in micrometres."""

    @property
    def fields(self) -> frozenset[str]:
        """The fields that it shows or asks for."""
        return self.when.fields

    @property
    def is_own(self) -> bool:
        """Whether it differs from sticker to sticker of a run."""
        return not OWN_FIELDS.isdisjoint(self.fields)

    def box(self, width: int, height: int) -> Box:
        """Return its place on a sticker of some size, in micrometres from the top left."""
        (x, y), (wide, high) = self.at, self.extent
        left, top = (width - wide) // 2 + x, (height - high) // 2 + y
        if "left" in self.anchor:
            left = x
        if "right" in self.anchor:
            left = width - wide - x
        if "top" in self.anchor:
            top = y
        if "bottom" in self.anchor:
            top = height - high - y
        return left, top, left + wide, top + high


class _Sized(_Placed):
    """An element whose width and height are written down."""

    size: tuple[Length, Length]

    @property
    def extent(self) -> tuple[int, int]:
        """Width and height in micrometres."""
        return self.size


class TextBox(_Sized):
    """A column of rows; where they are too high together, all shrink alike."""

    kind: Literal["text"]
    row: Annotated[tuple[Row, ...], Field(min_length=1, max_length=64)]

    @property
    def fields(self) -> frozenset[str]:
        """The fields that it shows or asks for."""
        return self.when.fields.union(*(row.fields for row in self.row))


class Qr(_Placed):
    """The square kept white for a QR symbol and its quiet zone.

    Attributes:
        side: of the square.
        data: what it encodes.
        level: error correction: L, M, Q or H.
        logo: name of a picture in its middle; its share of the area is bounded by the level.
        logo_share: the picture's share of the symbol's area, in per cent.
    """

    kind: Literal["qr"]
    side: Positive
    data: Text = Pattern.parse("{link}")
    level: Literal["L", "M", "Q", "H"] = "M"
    logo: str = ""
    logo_share: Annotated[int, Field(ge=1, le=15)] = 5

    @property
    def extent(self) -> tuple[int, int]:
        """Width and height in micrometres."""
        return self.side, self.side

    @property
    def fields(self) -> frozenset[str]:
        """The fields that it shows or asks for."""
        return self.when.fields | self.data.fields


class Barcode(_Sized):
    """Another symbol: its room with quiet zones, the digits below a linear one included.

    Attributes:
        symbology: EAN-13, EAN-8, GS1-128, GS1 DataMatrix or Micro QR.
        data: what it encodes; an element string in brackets for the GS1 symbols.
        digits: whether the human readable text stands below.
    """

    kind: Literal["barcode"]
    symbology: Literal["ean-13", "ean-8", "gs1-128", "gs1-datamatrix", "micro-qr"]
    data: Text
    digits: bool = True

    @property
    def fields(self) -> frozenset[str]:
        """The fields that it shows or asks for."""
        return self.when.fields | self.data.fields


class PictureBox(_Sized):
    """A picture by name, as large as fits, in the middle of its room."""

    kind: Literal["image"]
    image: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}$")]


class Line(_Sized):
    """A straight line from the corner at ``at`` to the corner across."""

    kind: Literal["line"]
    stroke: Positive = 150
    ink: InkValue = BLACK


class Rectangle(_Sized):
    """A rectangle: its outline where ``stroke`` is not 0, its inside where ``fill`` is given."""

    kind: Literal["box"]
    stroke: Length = 150
    ink: InkValue = BLACK
    fill: InkValue | None = None


def _with_row(members: Any) -> Any:
    """Let a text of one row be written without one."""
    if isinstance(members, dict) and members.get("kind") == "text" and "row" not in members:
        row = {key: members[key] for key in members if key in Row.model_fields and key != "when"}
        rest = {key: members[key] for key in members if key not in row}
        return rest | {"row": [row]}
    return members


Element = Annotated[
    Annotated[TextBox | Qr | Barcode | PictureBox | Line | Rectangle, Field(discriminator="kind")],
    BeforeValidator(_with_row),
]
