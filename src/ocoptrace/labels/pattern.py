"""Patterns: what a template's text shows of a sticker's content.

``{lot}`` is the field's value, ``{lot.word}`` its caption in the language printed,
``{product:en}`` the value in just that language. ``*…*`` is bold; ``**``, ``{{`` and ``}}``
are the signs themselves.

>>> from ocoptrace.labels.content import LabelContent
>>> content = LabelContent(link="HTTPS://ID.EXAMPLE/01/09521234543213", product="Mắm", lot="L1")
>>> pattern = Pattern.parse("{lot.word} *{lot}*")
>>> pattern.spans(content, "vi")
[('regular', 'Lô '), ('bold', 'L1')]
>>> Pattern.parse("*{lot}* · {place}").spans(content, "vi") is None
True
>>> sorted(Pattern.parse("{gtin} {serial}").fields)
['gtin', 'serial']
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Final, Self

from ocoptrace.labels.captions import caption, written
from ocoptrace.labels.content import LabelContent, is_field_name

if TYPE_CHECKING:
    from ocoptrace.labels.fonts import Face
    from ocoptrace.labels.typeset import Span

__all__ = ["Pattern", "Reference"]

_PIECE: Final = re.compile(r"\*\*|\{\{|\}\}|\*|\{[^{}*]*\}|[^*{}]+|[{}]")
_REFERENCE: Final = re.compile(r"(?P<field>[a-z0-9_]+)(?:\.(?P<word>word)|:(?P<language>[\w-]+))?")
_SERIAL_LENGTH: Final = 12
_SERIAL_GROUP: Final = 4


@dataclass(frozen=True, slots=True)
class Reference:
    """One ``{…}`` of a pattern.

    Attributes:
        field: whose value or caption is meant.
        word: whether the caption is.
        language: the one language asked for; None is the sticker's.
    """

    field: str
    word: bool
    language: str | None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what stands between the braces.

        Raises:
            ValueError: it is no reference.
        """
        match = _REFERENCE.fullmatch(text)
        if match is None or not is_field_name(match["field"]):
            raise ValueError(
                f"{{{text}}} is no field; write {{name}}, {{name.word}} or {{name:en}}"
            )
        return cls(match["field"], match["word"] is not None, match["language"])

    def said(self, content: LabelContent, language: str) -> str | None:
        """Return the text; None where the content lacks it."""
        if self.field == "stars":
            return _stars(content, language, word=self.word)
        if self.word:
            return caption(self.field, language) or self.field
        if self.language is not None:
            return content.text_in(self.field, self.language)
        value = content.value(self.field, language)
        if value is None:
            return None
        if isinstance(value, date):
            return written(value, language)
        return _grouped(value) if self.field == "serial" else str(value)


@dataclass(frozen=True)
class Pattern:
    """A text with references, in one or two faces.

    Attributes:
        source: as it stands in the template.
        parts: (bold or not, a literal or a reference), in order.
    """

    source: str
    parts: tuple[tuple[bool, str | Reference], ...]

    @classmethod
    def parse(cls, source: str) -> Self:
        """Read a pattern.

        Raises:
            ValueError: a brace or star has no partner, or no field stands between braces.
        """
        parts: list[tuple[bool, str | Reference]] = []
        bold = False
        for piece in _PIECE.findall(source):
            if piece == "*":
                bold = not bold
            elif piece in {"**", "{{", "}}"}:
                parts.append((bold, piece[0]))
            elif piece in {"{", "}"}:
                raise ValueError(f"a {piece} has no partner; write {piece}{piece} for the sign")
            elif piece[0] == "{":
                parts.append((bold, Reference.parse(piece[1:-1])))
            else:
                parts.append((bold, piece))
        if bold:
            raise ValueError("a * has no partner; write ** for the sign")
        return cls(source, tuple(parts))

    def __str__(self) -> str:
        return self.source

    @cached_property
    def fields(self) -> frozenset[str]:
        """The fields whose values it needs."""
        return frozenset(
            part.field for _, part in self.parts if isinstance(part, Reference) and not part.word
        )

    def text(self, content: LabelContent, language: str) -> str | None:
        """Return the characters; None where the content lacks a field."""
        said = [
            part.said(content, language) if isinstance(part, Reference) else part
            for _, part in self.parts
        ]
        return None if None in said else "".join(filter(None, said))

    def spans(
        self, content: LabelContent, language: str, faces: tuple[Face, Face] = ("regular", "bold")
    ) -> list[Span] | None:
        """Return the text in its faces; None where the content lacks a field.

        Args:
            content: what is shown.
            language: of captions and dates.
            faces: of what is not bold, and of what is.
        """
        spans: list[Span] = []
        for bold, part in self.parts:
            said = part.said(content, language) if isinstance(part, Reference) else part
            if said is None:
                return None
            chosen = faces[bold]
            if spans and spans[-1][0] == chosen:
                spans[-1] = (chosen, spans[-1][1] + said)
            elif said:
                spans.append((chosen, said))
        return spans


def _stars(content: LabelContent, language: str, *, word: bool) -> str | None:
    if content.stars is None:
        return None
    if not word:
        return str(content.stars)
    return (caption("stars", language) or "{stars}").format(stars=content.stars)


def _grouped(serial: object) -> str:
    """Return a random serial in groups of four; a producer's own serial stays as it is."""
    text = str(serial)
    if len(text) != _SERIAL_LENGTH or not text.isalnum():
        return text
    starts = range(0, _SERIAL_LENGTH, _SERIAL_GROUP)
    return " ".join(text[start : start + _SERIAL_GROUP] for start in starts)
