"""Captions: the words a label prints beside its values, in the languages of its markets.

>>> caption("lot", "vi"), caption("lot", "ko"), caption("best_before", "en")
('Lô', '제조번호', 'Best before')
>>> from datetime import date
>>> [written(date(2028, 11, 5), language) for language in ("vi", "en", "de", "ko", "zh-Hant")]
['05/11/2028', '05 NOV 2028', '05.11.2028', '2028.11.05', '2028/11/05']
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import date

__all__ = ["LABEL_LANGUAGES", "caption", "captions", "written"]

LABEL_LANGUAGES: Final = ("vi", "en", "de", "ko", "ru", "zh-Hant")
"""Tags (RFC 5646) of the languages in which labels have captions."""


@cache
def captions(language: str) -> dict[str, str]:
    """Return all captions of a language by field; a field without one is shown alone."""
    source = files("ocoptrace.labels") / "captions" / f"{language}.toml"
    return tomllib.loads(source.read_text(encoding="utf-8"))


def caption(name: str, language: str) -> str | None:
    """Return the caption of a field; None where it has none."""
    return captions(language).get(name)


def written(day: date, language: str) -> str:
    """Return a date in the order that the language's readers cannot mistake."""
    words = captions(language)
    month = words["months"].split()[day.month - 1]
    return words["date"].format(day=day.day, month=month, year=day.year)
