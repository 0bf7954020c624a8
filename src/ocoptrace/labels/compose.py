"""Composing a block: a sticker's content into the rows of a template's block.

Where the rows together are too high, all of them shrink alike, each no further than its
least x-height.

>>> from ocoptrace.labels.template import load_template
>>> content = LabelContent(
...     link="HTTPS://ID.EXAMPLE/01/09521234543213", product="Mắm tôm", producer="HTX",
...     place="Hậu Lộc", lot="L1", serial="0123456789AB",
... )
>>> compose(load_template("ocop-50x30").block[0], content).overflow
()
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from math import cos, pi, sin
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from ocoptrace.labels.content import MAX_STARS, LabelContent
from ocoptrace.labels.display import Polygon
from ocoptrace.labels.typeset import fit
from ocoptrace.labels.words import printed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ocoptrace.labels.display import Item
    from ocoptrace.labels.template import Block, FieldName, Row, Template
    from ocoptrace.labels.typeset import Setting, Span

__all__ = ["Art", "Composer", "Composition", "compose"]

_SCALES: Final = (1000, 960, 920, 880, 840, 800, 760, 720, 680, 640, 600, 560, 520)
# A star's outer corners stand one x-height from its middle; all else is a share of that.
_STAR_STROKE: Final = 100
_STAR_PITCH: Final = 1.12
_STAR_WAIST: Final = 0.382
# The middle of a capital letter, in thousandths of the x-height.
_STAR_MIDDLE: Final = 700
_STAR_GAP: Final = 0.6
# Of a run in which every sticker differs, memory must not keep them all.
_KEPT: Final = 256
_BETWEEN: Final[Span] = ("regular", "  ")
_COMMON: Final = attrgetter(
    *(field.name for field in fields(LabelContent) if field.name not in {"link", "serial"})
)


@dataclass(frozen=True, slots=True)
class Composition:
    """What a block shows.

    Attributes:
        items: in micrometres from the sticker's corner.
        overflow: fields that were cut off, or, where the rows are too high even at their
            least x-heights, the fields of the last row.
    """

    items: tuple[Item, ...]
    overflow: tuple[FieldName, ...]


@dataclass(frozen=True, slots=True)
class _SetRow:
    """One line, or one wrapped field, of a block."""

    fields: tuple[FieldName, ...]
    settings: tuple[Setting, ...]
    gap: int
    push: bool
    x_height: int

    @property
    def height(self) -> int:
        return max(setting.height for setting in self.settings)

    @property
    def overflow(self) -> list[FieldName]:
        pairs = zip(self.fields, self.settings, strict=True)
        return [name for name, setting in pairs if setting.overflow]


@dataclass(frozen=True, slots=True)
class Art:
    """All that a sticker shows beside its symbol.

    Attributes:
        shared: the blocks without a serial, alike on most stickers of a run.
        own: the blocks with one.
    """

    shared: Composition
    own: Composition


class Composer:
    """Composes the stickers of a run, the blocks that they share only once."""

    def __init__(self, template: Template) -> None:
        self.template = template
        self._shared: dict[tuple[object, ...], Composition] = {}

    def art(self, content: LabelContent) -> Art:
        """Return what a sticker shows beside its symbol.

        Raises:
            LabelError: ``label.missing_glyph``.
        """
        blocks = self.template.block
        common = _COMMON(content)
        shared = self._shared.get(common)
        if shared is None:
            if len(self._shared) == _KEPT:
                self._shared.clear()
            shared = _join(compose(block, content) for block in blocks if not block.has_serial)
            self._shared[common] = shared
        return Art(shared, _join(compose(block, content) for block in blocks if block.has_serial))


def _join(parts: Iterable[Composition]) -> Composition:
    parts = tuple(parts)
    return Composition(
        tuple(item for part in parts for item in part.items),
        tuple(name for part in parts for name in part.overflow),
    )


def compose(block: Block, content: LabelContent) -> Composition:
    """Return what a block shows of a content.

    Raises:
        LabelError: ``label.missing_glyph``.
    """
    words = {name: printed(content, name) for row in block.row for name in row.show}
    rows: list[_SetRow] = []
    height = 0
    for scale in _SCALES:
        rows = list(_set_rows(block, words, scale))
        height = sum(row.gap + row.height for row in rows)
        if height <= block.height:
            break
    overflow = [name for row in rows for name in row.overflow]
    if height > block.height and not overflow:
        overflow = list(rows[-1].fields)
    items: list[Item] = []
    y = block.y
    free = max(0, block.height - height)
    for row in rows:
        if row.push:
            y += free
            free = 0
        y += row.gap
        items += _row_items(block, row, y, content.stars or 0)
        y += row.height
    return Composition(tuple(items), tuple(overflow))


def _set_rows(block: Block, words: dict[FieldName, list[Span]], scale: int) -> Iterator[_SetRow]:
    first = True
    for row in block.row:
        fields = tuple(name for name in row.show if words[name])
        x_height = max(row.least, row.x_height * scale // 1000)
        push = row.push
        gap = row.gap * scale // 1000
        for names, settings in _lines(block, row, x_height, [(n, words[n]) for n in fields]):
            yield _SetRow(names, settings, 0 if first else gap, push, x_height)
            first = push = False
            gap = 0


def _lines(
    block: Block, row: Row, x_height: int, fields: Sequence[tuple[FieldName, list[Span]]]
) -> Iterator[tuple[tuple[FieldName, ...], tuple[Setting, ...]]]:
    """Yield the fields of a row on one line where they fit, else each by itself."""
    if len(fields) > 1:
        joined = [span for _, spans in fields for span in (*spans, _BETWEEN)][:-1]
        together = fit(joined, width=block.width, x_height=x_height, least=row.least, lines=1)
        if not together.overflow:
            settings = tuple(together.part(spans) for _, spans in fields)
            yield tuple(name for name, _ in fields), settings
            return
    for name, spans in fields:
        width = block.width - (_stars_width(x_height) if name == "stars" else 0)
        setting = fit(spans, width=width, x_height=x_height, least=row.least, lines=row.lines)
        if setting.overflow and name == "foot":
            # The invitation gives way to the site, its last span.
            setting = fit(
                spans[-1:], width=width, x_height=x_height, least=row.least, lines=row.lines
            )
        yield (name,), (setting,)


def _row_items(block: Block, row: _SetRow, y: int, grade: int) -> Iterator[Item]:
    x = block.x
    if "stars" in row.fields:
        middle = y + row.settings[0].baselines[0] - row.x_height * _STAR_MIDDLE // 1000
        yield from _stars(x, middle, row.x_height, grade)
        x += _stars_width(row.x_height)
    for number, setting in enumerate(row.settings):
        align = "right" if number and setting is row.settings[-1] else block.align
        yield from setting.items(x=x, y=y, width=block.x + block.width - x, align=align)


def _stars_width(x_height: int) -> int:
    return round(2 * x_height * _STAR_PITCH * MAX_STARS + x_height * _STAR_GAP)


def _stars(x: int, middle: int, radius: int, filled: int) -> list[Item]:
    """Return five stars in a line, as many of them filled as the grade has."""
    pitch = 2 * radius * _STAR_PITCH
    return [
        Polygon(
            tuple(
                (
                    round(x + radius + number * pitch + reach * sin(pi * corner / 5)),
                    round(middle - reach * cos(pi * corner / 5)),
                )
                for corner in range(10)
                for reach in [radius * (_STAR_WAIST if corner % 2 else 1)]
            ),
            stroke=_STAR_STROKE,
            filled=number < filled,
        )
        for number in range(MAX_STARS)
    ]
