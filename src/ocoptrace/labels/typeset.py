"""Typesetting: words into lines that fit, shrunk before they are wrapped once too often.

A text is a list of spans, each in one face. It is set at the wanted x-height in at most so
many lines; where that fails it shrinks step by step, and where even the least x-height
fails it is cut with an ellipsis and marked as overflowing.

>>> name = [("bold", "Nước mắm Ba Làng")]
>>> setting = fit(name, width=20_000, x_height=1500, least=900, lines=2)
>>> [line.text for line in setting.lines], setting.overflow
(['Nước mắm', 'Ba Làng'], False)
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Final

from ocoptrace.labels import fonts
from ocoptrace.labels.display import BLACK, Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ocoptrace.labels.display import Ink
    from ocoptrace.labels.fonts import Face

__all__ = ["Line", "Setting", "Span", "fit"]

Span = tuple["Face", str]
"""A stretch of text in one face."""

_STEP: Final = 0.97
# Thousandths of the type size. Baselines stand an ascent and a descent apart; the marks of
# ấ end at the ascent, those of Ấ ask for more.
_ASCENT: Final = 980
_DESCENT: Final = 200
_CLEARANCE: Final = 30
# Chinese breaks between any two signs, but no line begins with a closing one or ends with
# an opening one. Korean breaks at its spaces.
_SIGN: Final = "\u2e80-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef"
_OPENING: Final = "\uff08「『《【〈"
_CLOSING: Final = "、。\uff0c\uff0e\uff1a\uff1b\uff01\uff1f\uff09」』》】〉"
_SIGNS: Final = f"[{_OPENING}]*[{_SIGN}][{_CLOSING}]*"
# A number and its unit stay together.
_UNITS: Final = "%|‰|°C?|[mcd]?l|m?L|[kmµ]?g|[mc]?m|kcal|k?J"
_TIED: Final = rf"(?<=\d) (?=(?:{_UNITS})(?!\w))"
_WORD: Final = re.compile(rf" +|{_SIGNS}|(?:[^ {_SIGN}]|{_TIED})+")
# Where no size helps, a long code or host name may break after its own punctuation.
_PIECE: Final = re.compile(rf" +|{_SIGNS}|[^ ./{_SIGN}-]*[./-]+|(?:[^ ./{_SIGN}-]|{_TIED})+")
_ELLIPSIS: Final = "…"


@dataclass(frozen=True)
class Line:
    """One line of a setting, its width in thousandths of the type size."""

    spans: tuple[Span, ...]

    @property
    def text(self) -> str:
        """The line's characters."""
        return "".join(text for _, text in self.spans)

    @cached_property
    def width(self) -> int:
        """Width in thousandths of the type size."""
        return sum(fonts.width(text, face) for face, text in self.spans)

    @cached_property
    def extent(self) -> tuple[int, int]:
        """Lowest and highest ink in thousandths of the type size."""
        lows, highs = zip(*(fonts.extent(text, face) for face, text in self.spans), strict=True)
        return min(lows), max(highs)


@dataclass(frozen=True)
class Setting:
    """Lines at one size.

    Attributes:
        lines: the lines, top first.
        size: type size in micrometres.
        overflow: whether text was cut off.
    """

    lines: tuple[Line, ...]
    size: int
    overflow: bool

    @property
    def x_height(self) -> int:
        """X-height in micrometres."""
        face, _ = self.lines[0].spans[-1]
        return self.size * fonts.face_x_height(face) // 1000

    @property
    def width(self) -> int:
        """Width of the widest line in micrometres."""
        return max(line.width for line in self.lines) * self.size // 1000

    @cached_property
    def baselines(self) -> tuple[int, ...]:
        """Distance of each baseline from the top of the setting, in micrometres."""
        depths = []
        depth = 0
        below = 0
        for number, line in enumerate(self.lines):
            low, high = line.extent
            if number == 0:
                depth = max(_ASCENT, high)
            else:
                # Capitals with two marks must not touch a dot or tail of the line above.
                depth += max(_ASCENT + _DESCENT, below + high + _CLEARANCE)
            below = -low
            depths.append(depth * self.size // 1000)
        return tuple(depths)

    @property
    def height(self) -> int:
        """Height from the top to below the last line's tails, in micrometres."""
        return self.baselines[-1] + _DESCENT * self.size // 1000

    def part(self, spans: list[Span]) -> Setting:
        """Return some spans on one line at the size of this setting."""
        return Setting((Line(tuple(spans)),), self.size, overflow=False)

    def items(
        self, *, x: int, y: int, width: int, align: str = "left", ink: Ink = BLACK
    ) -> Iterator[Text]:
        """Yield the texts, with x and y as the top left corner of a column of some width."""
        for line, baseline in zip(self.lines, self.baselines, strict=True):
            room = width - line.width * self.size // 1000
            left = x + {"left": 0, "centre": room // 2, "right": room}[align]
            advance = 0
            for face, text in line.spans:
                for run in fonts.runs(text, face):
                    start = left + advance * self.size // 1000
                    yield Text(start, y + baseline, self.size, run.font.name, run.text, ink)
                    advance += fonts.width(run.text, face)


# The texts that stickers share are set once a run; of others, few come again.
@lru_cache(maxsize=256)
def _fit(
    spans: tuple[Span, ...], width: int, heights: tuple[int, int], lines: int, *, even: bool
) -> Setting:
    ratio = fonts.face_x_height(spans[-1][0])
    size = -(-heights[0] * 1000 // ratio)
    whole = Line(spans)
    if (
        len(spans) == 1
        and spans[0][1] == spans[0][1].strip()
        and whole.width <= width * 1000 // size
    ):
        # Most texts of a sticker's own are one short line.
        return Setting((whole,), size, overflow=False)
    for pattern in (_WORD, _PIECE):
        words = _words(spans, pattern)
        for height in _heights(*heights):
            # Rounded up: the x-height is never below what was asked for.
            size = -(-height * 1000 // ratio)
            broken = _break(words, width * 1000 // size)
            if broken is not None and len(broken) <= lines:
                chosen = _balance(words, broken) if even else tuple(broken)
                return Setting(chosen, size, overflow=False)
    return Setting(_cut(spans, width * 1000 // size, lines), size, overflow=True)


def _heights(x_height: int, least: int) -> Iterator[int]:
    height = x_height
    while height > least:
        yield height
        height = int(height * _STEP)
    yield least


def fit(
    spans: list[Span], *, width: int, x_height: int, least: int, lines: int, even: bool = True
) -> Setting:
    """Set spans into a column; lengths in micrometres.

    Args:
        spans: at least one, not all empty.
        width: of the column.
        x_height: wanted.
        least: x-height that is not gone below.
        lines: most lines.
        even: whether lines are of alike length, rather than as full as they go.

    Raises:
        LabelError: ``label.missing_glyph``.
    """
    return _fit(tuple(spans), width, (x_height, least), lines, even=even)


def _words(spans: tuple[Span, ...], pattern: re.Pattern[str]) -> list[Span]:
    return [(face, word) for face, text in spans for word in pattern.findall(text)]


def _line(words: Sequence[Span]) -> Line:
    """Return words as a line: outer spaces dropped, neighbours of one face joined."""
    spans: list[Span] = []
    for face, word in words:
        if spans and spans[-1][0] == face:
            spans[-1] = (face, spans[-1][1] + word)
        elif spans or not word.isspace():
            spans.append((face, word))
    while spans and not spans[-1][1].rstrip():
        spans.pop()
    if spans:
        spans[-1] = (spans[-1][0], spans[-1][1].rstrip())
    return Line(tuple(spans))


def _break(words: Sequence[Span], room: int) -> list[Line] | None:
    """Fill lines greedily; None where one word alone is too wide."""
    lines: list[Line] = []
    started: list[Span] = []
    filled = blank = 0
    for face, word in words:
        width = fonts.width(word, face)
        if word.isspace():
            # White at a line's end takes no room.
            if started:
                started.append((face, word))
                blank += width
            continue
        if width > room:
            return None
        if started and filled + blank + width > room:
            lines.append(_line(started))
            started, filled, blank = [], 0, 0
        started.append((face, word))
        filled, blank = filled + blank + width, 0
    return [*lines, _line(started)] if started else lines


def _balance(words: Sequence[Span], broken: list[Line]) -> tuple[Line, ...]:
    """Return as many lines, of lengths as equal as greedy filling of a narrower room makes."""
    best = broken
    if len(broken) > 1:
        while (tighter := _break(words, max(line.width for line in best) - 1)) is not None:
            if len(tighter) > len(broken):
                break
            best = tighter
    return tuple(best)


def _cut(spans: tuple[Span, ...], room: int, lines: int) -> tuple[Line, ...]:
    """Return the most text that fits, an ellipsis at its end."""
    characters = [(face, character) for face, text in spans for character in text]
    kept: list[Line] = []
    low, high = 0, len(characters)
    while low < high:
        middle = (low + high + 1) // 2
        face = characters[middle - 1][0]
        start = _line([*characters[:middle], (face, _ELLIPSIS)])
        broken = _break(_words(start.spans, _PIECE), room)
        if broken is not None and len(broken) <= lines:
            low, kept = middle, broken
        else:
            high = middle - 1
    return tuple(kept) or (Line((("regular", _ELLIPSIS),)),)
