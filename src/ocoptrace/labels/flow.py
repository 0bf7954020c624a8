"""Flowing text: the rows of a template's text element, filled, shrunk and stacked.

Where the rows together are too high, all of them shrink alike, each no further than its
least x-height.

>>> from ocoptrace.labels.content import LabelContent
>>> from ocoptrace.labels.template import load_template
>>> content = LabelContent(link="HTTPS://ID.EXAMPLE/01/09521234543213", product="Mắm", lot="L1")
>>> text = next(e for e in load_template("ocop-50x30").element if e.kind == "text")
>>> flow(text, (25_600, 1_900, 48_300, 25_300), content).overflow
()
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ocoptrace.labels.elements import SMALL_FIELDS
from ocoptrace.labels.stars import stars, stars_width
from ocoptrace.labels.typeset import fit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ocoptrace.labels.content import LabelContent
    from ocoptrace.labels.display import Box, Item
    from ocoptrace.labels.elements import Row, TextBox
    from ocoptrace.labels.pattern import Pattern
    from ocoptrace.labels.typeset import Setting, Span

__all__ = ["Composition", "flow"]

_SCALES: Final = (1000, 960, 920, 880, 840, 800, 760, 720, 680, 640, 600, 560, 520)
# The middle of a capital letter, in thousandths of the x-height.
_STAR_MIDDLE: Final = 700
_BETWEEN: Final[Span] = ("regular", "  ")

_Filled = tuple["Row", list[tuple["Pattern", "list[Span]"]], "list[Span] | None"]


@dataclass(frozen=True, slots=True)
class Composition:
    """What an element shows.

    Attributes:
        items: in micrometres from the sticker's corner.
        overflow: patterns that were cut off, or, where the rows are too high even at their
            least x-heights, those of the last row.
        heights: pattern and x-height, in micrometres, of every text that may not be small.
    """

    items: tuple[Item, ...]
    overflow: tuple[Pattern, ...] = ()
    heights: tuple[tuple[Pattern, int], ...] = ()


@dataclass(frozen=True, slots=True)
class _SetRow:
    """One line, or one wrapped text, of an element."""

    row: Row
    patterns: tuple[Pattern, ...]
    settings: tuple[Setting, ...]
    gap: int
    push: bool
    x_height: int

    @property
    def height(self) -> int:
        return max(setting.height for setting in self.settings)


def flow(element: TextBox, box: Box, content: LabelContent) -> Composition:
    """Return what a text element shows of a sticker in a box.

    Raises:
        LabelError: ``label.missing_glyph``.
    """
    left, top, right, bottom = box
    filled = list(_filled(element, content))
    rows: list[_SetRow] = []
    height = 0
    for scale in _SCALES:
        rows = list(_set_rows(filled, right - left, scale))
        height = sum(row.gap + row.height for row in rows)
        if height <= bottom - top:
            break
    set_texts = [
        (pattern, setting)
        for row in rows
        for pattern, setting in zip(row.patterns, row.settings, strict=True)
    ]
    overflow = [pattern for pattern, setting in set_texts if setting.overflow]
    if height > bottom - top and not overflow:
        overflow = list(rows[-1].patterns)
    heights = [
        (pattern, setting.x_height)
        for pattern, setting in set_texts
        if not pattern.fields <= SMALL_FIELDS
    ]
    items: list[Item] = []
    y = top
    free = max(0, bottom - top - height)
    for row in rows:
        if row.push:
            y += free
            free = 0
        y += row.gap
        items += _items(row, left, y, right, content.stars or 0)
        y += row.height
    return Composition(tuple(items), tuple(overflow), tuple(heights))


def _filled(element: TextBox, content: LabelContent) -> Iterator[_Filled]:
    """Yield the rows that have something to say, with their texts."""
    for row in element.row:
        if row.when.holds(content):
            language = row.language or content.language
            texts = [
                (pattern, spans)
                for pattern in row.text
                if (spans := pattern.spans(content, language, row.faces))
            ]
            if texts:
                short = row.short.spans(content, language, row.faces) if row.short else None
                yield row, texts, short


def _set_rows(filled: Sequence[_Filled], width: int, scale: int) -> Iterator[_SetRow]:
    first = True
    for row, texts, short in filled:
        x_height = max(row.least, row.x_height * scale // 1000)
        push = row.push
        gap = row.gap * scale // 1000
        for patterns, settings in _lines(row, texts, short, width, x_height):
            yield _SetRow(row, patterns, settings, 0 if first else gap, push, x_height)
            first = push = False
            gap = 0


def _lines(
    row: Row,
    texts: Sequence[tuple[Pattern, list[Span]]],
    short: list[Span] | None,
    width: int,
    x_height: int,
) -> Iterator[tuple[tuple[Pattern, ...], tuple[Setting, ...]]]:
    """Yield the texts of a row on one line where they fit, else each by itself."""
    if len(texts) > 1:
        joined = [span for _, spans in texts for span in (*spans, _BETWEEN)][:-1]
        together = fit(joined, width=width, x_height=x_height, least=row.least, lines=1)
        if not together.overflow:
            settings = tuple(together.part(spans) for _, spans in texts)
            yield tuple(pattern for pattern, _ in texts), settings
            return
    room = width - (stars_width(x_height) if row.stars else 0)
    even = row.wrap == "even"
    how = {"width": room, "x_height": x_height, "least": row.least, "lines": row.lines}
    for pattern, spans in texts:
        setting = fit(spans, **how, even=even)
        if setting.overflow and short:
            setting = fit(short, **how, even=even)
        yield (pattern,), (setting,)


def _items(row: _SetRow, left: int, y: int, right: int, grade: int) -> Iterator[Item]:
    ink = row.row.ink
    if row.row.stars:
        middle = y + row.settings[0].baselines[0] - row.x_height * _STAR_MIDDLE // 1000
        yield from stars(left, middle, row.x_height, grade, ink=ink)
        left += stars_width(row.x_height)
    for number, setting in enumerate(row.settings):
        align = "right" if number and setting is row.settings[-1] else row.row.align
        yield from setting.items(x=left, y=y, width=right - left, align=align, ink=ink)
