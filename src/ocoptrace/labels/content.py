"""What one sticker says: finished words, dates and the link of its QR symbol.

>>> from datetime import date
>>> content = LabelContent(
...     link="HTTPS://ID.EXAMPLE/01/09521234543213/10/L2026A",
...     product="Nước mắm Ba Làng",
...     producer="HTX Ba Làng",
...     place="Phường Hải Bình, Thanh Hóa",
...     lot="L2026A",
...     best_before=date(2028, 11, 15),
... )
>>> content.lot, content.language
('L2026A', 'vi')
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Final

from ocoptrace.errors import LabelError
from ocoptrace.messages import LANGUAGES

if TYPE_CHECKING:
    from datetime import date

    from ocoptrace.messages import Language

__all__ = ["MAX_LINK", "MAX_STARS", "MAX_TEXT", "LabelContent"]

MAX_LINK: Final = 4096
"""Most characters of a link; a QR symbol at level M ends well below."""
MAX_TEXT: Final = 400
"""Most characters of any other text; no sticker has room for more."""
MAX_STARS: Final = 5
"""The highest OCOP grade."""

_REQUIRED: Final = frozenset({"link", "product", "producer", "place", "lot"})


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelContent:
    """One sticker's content; every text is kept in NFC, without outer spaces.

    Attributes:
        link: exact text of the QR symbol, ASCII without spaces; scheme and host in upper
            case keep the symbol small, the seal follows ``#``.
        product: name of the product.
        producer: who made it.
        place: commune and province.
        lot: batch number.
        serial: number of this item, or None.
        made: production date, a civil date.
        best_before: last good day, a civil date.
        stars: OCOP grade, 1 to 5; None draws no stars.
        stars_until: last day on which the grade holds, if known; preflight looks at it.
        net_content: net quantity with its unit.
        site: short host that a scan leads to, for the eye (``id.example``).
        language: language of the printed words.

    Raises:
        LabelError: ``label.empty``, ``label.too_long``, ``label.control_character``,
            ``label.link_characters``, ``label.stars``, ``label.dates``,
            ``label.unknown_language``; its place is ``/<field>``.
    """

    link: str
    product: str
    producer: str
    place: str
    lot: str
    serial: str | None = None
    made: date | None = None
    best_before: date | None = None
    stars: int | None = None
    stars_until: date | None = None
    net_content: str | None = None
    site: str = ""
    language: Language = "vi"

    def __post_init__(self) -> None:
        """Normalise the texts and refuse what cannot stand on a sticker."""
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, str):
                object.__setattr__(self, field.name, _text(field.name, value))
        if not (self.link.isascii() and " " not in self.link):
            found = "".join(sorted({c for c in self.link if not c.isascii() or c == " "}))
            raise LabelError("label.link_characters", place="/link", found=found)
        if self.stars is not None and self.stars not in range(1, MAX_STARS + 1):
            raise LabelError("label.stars", place="/stars", value=self.stars, limit=MAX_STARS)
        if self.made and self.best_before and self.best_before < self.made:
            raise LabelError(
                "label.dates",
                place="/best_before",
                made=self.made.isoformat(),
                best_before=self.best_before.isoformat(),
            )
        if self.language not in LANGUAGES:
            raise LabelError(
                "label.unknown_language",
                place="/language",
                value=self.language,
                known=", ".join(LANGUAGES),
            )


def _text(name: str, value: str) -> str:
    # NFC, because fonts draw the marks of decomposed Vietnamese beside their letters.
    text = unicodedata.normalize("NFC", value).strip()
    if not text and name in _REQUIRED:
        raise LabelError("label.empty", place=f"/{name}", field=name)
    limit = MAX_LINK if name == "link" else MAX_TEXT
    if len(text) > limit:
        raise LabelError(
            "label.too_long", place=f"/{name}", field=name, length=len(text), limit=limit
        )
    for character in text:
        if unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"}:
            raise LabelError(
                "label.control_character", place=f"/{name}", character=f"U+{ord(character):04X}"
            )
    return text
