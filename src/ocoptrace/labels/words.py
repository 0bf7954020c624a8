"""The printed words: a sticker's content in the language and faces it is printed in.

>>> from ocoptrace.labels.content import LabelContent
>>> content = LabelContent(
...     link="HTTPS://ID.EXAMPLE/01/09521234543213", product="Mắm tôm", producer="HTX",
...     place="Hậu Lộc", lot="L1", serial="0123456789AB", made=date(2026, 11, 15),
... )
>>> printed(content, "made"), printed(content, "best_before")
([('regular', 'NSX '), ('bold', '15/11/2026')], [])
>>> printed(content, "serial")
[('figures', '0123 4567 89AB')]
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from ocoptrace import messages

if TYPE_CHECKING:
    from ocoptrace.labels.content import LabelContent
    from ocoptrace.labels.fonts import Face
    from ocoptrace.labels.template import FieldName
    from ocoptrace.labels.typeset import Span
    from ocoptrace.messages import Language

__all__ = ["printed"]

_CAPTIONED: Final = frozenset({"lot", "made", "best_before"})
_FACES: Final[dict[FieldName, Face]] = {
    "product": "bold",
    "net_content": "bold",
    "site": "bold",
    "serial": "figures",
}
_SERIAL_LENGTH: Final = 12
_SERIAL_GROUP: Final = 4


def printed(content: LabelContent, field: FieldName) -> list[Span]:
    """Return the words that a field is printed as; none where the content lacks it."""
    if field == "foot":
        return _foot(content)
    value = getattr(content, field)
    if not value:
        return []
    if isinstance(value, date):
        value = _date(value, content.language)
    if field in _CAPTIONED:
        return [("regular", _word(field, content.language) + " "), ("bold", value)]
    if field == "stars":
        value = _word(field, content.language, stars=value)
    if field == "serial":
        value = _grouped(value)
    return [(_FACES.get(field, "regular"), value)]


def _foot(content: LabelContent) -> list[Span]:
    invitation = _word("foot", content.language)
    if not content.site:
        return [("regular", invitation)]
    return [("regular", f"{invitation} · "), ("bold", content.site)]


def _word(key: str, language: Language, **facts: object) -> str:
    return messages.text(f"label.word.{key}", language, **facts)


def _date(day: date, language: Language) -> str:
    month = _word("months", language).split()[day.month - 1]
    return _word("date", language, day=day.day, month=month, year=day.year)


def _grouped(serial: str) -> str:
    """Return a random serial in groups of four; a producer's own serial stays as it is."""
    if len(serial) != _SERIAL_LENGTH or not serial.isalnum():
        return serial
    starts = range(0, _SERIAL_LENGTH, _SERIAL_GROUP)
    return " ".join(serial[start : start + _SERIAL_GROUP] for start in starts)
