"""Every sentence a person reads, in Vietnamese and English, as data.

A message has a code, ``<catalogue>.<key>``, and is filled with facts. The catalogues are
the TOML files of this package, one for each language and subject.

>>> text("findings.error", "vi"), text("findings.error", "en")
('lỗi', 'error')
>>> text("no.such_code", "en", lot="A1")
"no.such_code (lot='A1')"
>>> choose_language(None, {"LANG": "en_US.UTF-8"}), choose_language(None, {"LANG": "C"})
('en', 'vi')
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Literal, get_args

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from typing import Self

__all__ = [
    "LANGUAGES",
    "Language",
    "Term",
    "choose_language",
    "has",
    "remedy",
    "text",
    "written_date",
]

Language = Literal["vi", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

_ENGLISH_MONTHS = (
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
)  # fmt: skip


class Term(str):
    """A word of ours among the facts: itself to a program, said in the reader's language.

    >>> text("findings.warning", "vi"), f"{Term('warning', 'findings.warning')}"
    ('cảnh báo', 'warning')
    """

    __slots__ = ("code",)

    code: str

    def __new__(cls, word: str, code: str) -> Self:
        """Return a word that a catalogue can say."""
        term = super().__new__(cls, word)
        term.code = code
        return term


class _Facts(dict[str, Any]):
    """Facts for a template; one that is missing shows its name instead of failing."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


def _shown(facts: Mapping[str, object], language: Language) -> _Facts:
    return _Facts({name: _said(fact, language) for name, fact in facts.items()})


def _said(fact: object, language: Language) -> object:
    """Return a fact as people write it: a date in no ambiguous order, an error in words."""
    # Imported here: see _catalogue.
    from datetime import date  # noqa: PLC0415

    if isinstance(fact, date):
        return written_date(fact, language)
    if isinstance(fact, Term):
        return text(fact.code, language)
    if isinstance(fact, Exception) and hasattr(fact, "text"):
        return fact.text(language)
    return fact


def written_date(day: date, language: Language = "en") -> str:
    """Return a day as a language writes it.

    >>> from datetime import date
    >>> written_date(date(2028, 9, 4), "vi"), written_date(date(2028, 9, 4), "en")
    ('04/09/2028', '4 Sep 2028')
    """
    if language == "vi":
        return f"{day:%d/%m/%Y}"
    return f"{day.day} {_ENGLISH_MONTHS[day.month - 1]} {day.year}"


@cache
def _catalogue(language: str, name: str) -> dict[str, Any]:
    # Imported here: reading an identifier must not pay for catalogues it never shows.
    import tomllib  # noqa: PLC0415
    from importlib.resources import files  # noqa: PLC0415

    source = files(__name__) / language / f"{name}.toml"
    if not source.is_file():
        return {}
    return tomllib.loads(source.read_text(encoding="utf-8"))


def _entry(code: str, language: str) -> tuple[str, str] | None:
    """Return (text, remedy) of a code, or None where the catalogue has no such entry."""
    name, _, key = code.partition(".")
    entry: Any = _catalogue(language, name)
    for part in key.split("."):
        entry = entry.get(part) if isinstance(entry, dict) else None
    if isinstance(entry, str):
        return entry, ""
    if isinstance(entry, dict) and "text" in entry:
        return entry["text"], entry.get("remedy", "")
    return None


def has(code: str, language: Language) -> bool:
    """Tell whether a code has a text in a language."""
    return _entry(code, language) is not None


def text(code: str, language: Language = "en", /, **facts: object) -> str:
    """Return what a code says, filled with its facts.

    A code without an entry is shown as itself with its facts: a message is never lost.
    """
    entry = _entry(code, language)
    if entry is None:
        shown = ", ".join(f"{name}={value!r}" for name, value in facts.items())
        return f"{code} ({shown})" if shown else code
    return entry[0].format_map(_shown(facts, language))


def remedy(code: str, language: Language = "en", /, **facts: object) -> str:
    """Return what to do about a code, or an empty string where nothing is on file."""
    entry = _entry(code, language)
    return entry[1].format_map(_shown(facts, language)) if entry else ""


def choose_language(choice: str | None, environ: Mapping[str, str]) -> Language:
    """Return the language to speak: the choice, OCOPTRACE_LANG, the locale, else Vietnamese.

    Args:
        choice: what the user asked for (``--lang``), or None.
        environ: the environment variables.
    """
    candidates = (
        choice,
        environ.get("OCOPTRACE_LANG"),
        environ.get("LC_ALL"),
        environ.get("LC_MESSAGES"),
        environ.get("LANG"),
    )
    for candidate in candidates:
        short = (candidate or "")[:2].lower()
        for language in LANGUAGES:
            if short == language:
                return language
    return "vi"
