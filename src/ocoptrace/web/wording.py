"""How a page writes things for its reader: language, dates, numbers, amounts.

>>> from datetime import UTC
>>> vi, en = Wording("vi"), Wording("en")
>>> vi.date(date(2027, 12, 31)), en.date(date(2027, 12, 31))
('31/12/2027', '31 Dec 2027')
>>> vi.amount(3200.5, "KGM"), en.amount(3200.5, "KGM")
('3.200,5 kg', '3,200.5 kg')
>>> vi.moment(datetime(2026, 11, 23, 18, 5, tzinfo=UTC).astimezone(VIETNAM))
'01:05 ngày 24/11/2026'
>>> reader_language(None, "ko, en-GB;q=0.8, vi;q=0.3"), reader_language("vi", "en")
('en', 'vi')
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from ocoptrace import messages
from ocoptrace.messages import LANGUAGES
from ocoptrace.verify.policy import VIETNAM

if TYPE_CHECKING:
    from ocoptrace.messages import Language

__all__ = ["Wording", "reader_language"]

_MAX_HEADER = 500
_SWAPPED_MARKS = str.maketrans(",.", ".,")


def reader_language(asked: str | None, accepted: str) -> Language:
    """Return the language of a reader: what was asked for, what the browser prefers, Vietnamese.

    Args:
        asked: the value of ``?lang=``, or None.
        accepted: the header Accept-Language (RFC 9110, section 12.5.4); may be empty.
    """
    for language in LANGUAGES:
        if asked == language:
            return language
    weights = dict(_weighted(part) for part in reversed(accepted[:_MAX_HEADER].split(",")))
    known = [(weights[language], language) for language in LANGUAGES if weights.get(language)]
    return max(known, default=(0.0, LANGUAGES[0]), key=lambda choice: choice[0])[1]


def _weighted(part: str) -> tuple[str, float]:
    """Return the primary language of one entry and its weight; 0 where that is no number."""
    tag, _, parameter = part.partition(";")
    name, _, value = parameter.strip().partition("=")
    try:
        weight = float(value) if name.strip() == "q" else 1.0
    except ValueError:
        weight = 0.0
    return tag.strip().lower().partition("-")[0], weight


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of one language."""

    language: Language

    def word(self, key: str, **facts: object) -> str:
        """Return a text of the catalogue ``page``."""
        return messages.text(f"page.{key}", self.language, **facts)

    def remedy(self, key: str, **facts: object) -> str:
        """Return what to do about a text of the catalogue ``page``."""
        return messages.remedy(f"page.{key}", self.language, **facts)

    def known(self, catalogue: str, *words: str) -> str:
        """Return the text of the first word that a catalogue has, else the last as it is."""
        for word in words:
            if messages.has(f"{catalogue}.{word}", self.language):
                return messages.text(f"{catalogue}.{word}", self.language)
        return words[-1]

    def date(self, day: date) -> str:
        """Return a day in a form that nobody takes for another."""
        return messages.written_date(day, self.language)

    def moment(self, at: datetime) -> str:
        """Return time and day where it happened, and the offset where that is not Vietnam's."""
        text = self.word("moment", time=f"{at:%H:%M}", date=self.date(at.date()))
        return text if at.utcoffset() == VIETNAM.utcoffset(None) else f"{text} ({at.tzname()})"

    def number(self, value: float) -> str:
        """Return a number with the language's marks for thousands and decimals."""
        text = f"{value:,}"
        return text.translate(_SWAPPED_MARKS) if self.language == "vi" else text

    def amount(self, value: float, unit: str) -> str:
        """Return a number and its unit, a code of UN/ECE Recommendation 20; none if empty."""
        return f"{self.number(value)} {self.known('units', unit)}" if unit else self.number(value)
