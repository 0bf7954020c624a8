"""What one sticker says: its link, and fields that a template names.

A text may be given in several languages, by their tags (RFC 5646). Fields that this page
does not list go into ``texts``: a template shows whatever name it asks for.

>>> from datetime import date
>>> content = LabelContent(
...     link="HTTPS://ID.EXAMPLE/01/09521234543213/10/L2026A",
...     product={"vi": "Nước mắm Ba Làng", "en": "Ba Lang fish sauce"},
...     lot="L2026A", best_before=date(2028, 11, 15), texts={"storage": {"en": "Keep cool"}},
... )
>>> content.value("product"), content.value("product", "en"), content.value("storage")
('Nước mắm Ba Làng', 'Ba Lang fish sauce', 'Keep cool')
>>> content.value("producer") is None
True
>>> content.item(link=content.link + "/21/0001", serial="0001").serial
'0001'
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from ocoptrace.errors import Gs1Error, LabelError
from ocoptrace.gs1 import Gtin, Sscc
from ocoptrace.labels.captions import LABEL_LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

__all__ = [
    "FIELDS",
    "MAX_FIELDS",
    "MAX_LINK",
    "MAX_STARS",
    "MAX_TEXT",
    "OWN_FIELDS",
    "LabelContent",
    "Words",
    "is_field_name",
]

Words = str | MappingProxyType[str, str]
"""One text, or one for each language by its tag."""

MAX_LINK: Final = 4096
"""Most characters of a link; a QR symbol at level M ends well below."""
MAX_TEXT: Final = 2000
"""Most characters of any other text; no sticker has room for more."""
MAX_FIELDS: Final = 64
"""Most fields beside those with names of their own."""
MAX_STARS: Final = 5
"""The highest OCOP grade."""
OWN_FIELDS: Final = frozenset({"link", "serial"})
"""What differs from sticker to sticker of a run; all else is common to it."""

_FIELD_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,31}")
_LANGUAGE_TAG: Final = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,3}")
_REQUIRED: Final = frozenset({"link", "product"})
_UNPRINTABLE: Final = frozenset({"Cc", "Cs", "Zl", "Zp"})
_FALLBACK: Final = ("en", "vi")


def is_field_name(name: str) -> bool:
    """Tell whether a name can be a field's: small letters, digits and ``_``, 32 at most."""
    return _FIELD_NAME.fullmatch(name) is not None


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
        gtin: for an EAN or GS1 symbol; 8, 12, 13 or 14 digits are kept as 14.
        sscc: serial shipping container code of a carton, 18 digits.
        texts: further fields by name, each a text or a mapping of language tag to text.
        language: language of the printed words, one of ``LABEL_LANGUAGES``.

    Raises:
        LabelError: ``label.empty``, ``label.too_long``, ``label.control_character``,
            ``label.link_characters``, ``label.stars``, ``label.dates``,
            ``label.unknown_language``, ``label.field_name``, ``label.language_tag``,
            ``label.too_many_fields``, or the code of a ``Gs1Error``; its place is
            ``/<field>``.
    """

    link: str
    product: str | Mapping[str, str]
    producer: str | Mapping[str, str] = ""
    place: str | Mapping[str, str] = ""
    lot: str = ""
    serial: str | None = None
    made: date | None = None
    best_before: date | None = None
    stars: int | None = None
    stars_until: date | None = None
    net_content: str | Mapping[str, str] | None = None
    site: str = ""
    gtin: str | None = None
    sscc: str | None = None
    texts: Mapping[str, str | Mapping[str, str]] = field(default_factory=dict)
    language: str = "vi"
    common: object = field(init=False, repr=False, compare=False)
    """The same object on all stickers made from one another by ``item``."""

    def __post_init__(self) -> None:
        """Normalise the texts and refuse what cannot stand on a sticker."""
        for part in fields(self):
            if part.init and part.name != "texts":
                value = getattr(self, part.name)
                if isinstance(value, str) or hasattr(value, "items"):
                    object.__setattr__(self, part.name, _words(part.name, value))
        object.__setattr__(self, "texts", self._free_texts())
        object.__setattr__(self, "common", object())
        _check_link(self.link)
        self._check_codes()
        if self.stars is not None and self.stars not in range(1, MAX_STARS + 1):
            raise LabelError("label.stars", place="/stars", value=self.stars, limit=MAX_STARS)
        if self.made and self.best_before and self.best_before < self.made:
            raise LabelError(
                "label.dates", place="/best_before", made=self.made, best_before=self.best_before
            )
        if self.language not in LABEL_LANGUAGES:
            raise LabelError(
                "label.unknown_language",
                place="/language",
                value=self.language,
                known=", ".join(LABEL_LANGUAGES),
            )

    def _free_texts(self) -> Mapping[str, Words]:
        own = {part.name for part in fields(self)}
        if len(self.texts) > MAX_FIELDS:
            raise LabelError(
                "label.too_many_fields", place="/texts", count=len(self.texts), limit=MAX_FIELDS
            )
        kept = {}
        for name, value in self.texts.items():
            if not is_field_name(name) or name in own:
                raise LabelError("label.field_name", place=f"/texts/{name}", name=name)
            kept[name] = _words(name, value)
        return MappingProxyType(kept)

    def _check_codes(self) -> None:
        for name, parse in (("gtin", Gtin.parse), ("sscc", Sscc.parse)):
            value = getattr(self, name)
            if value:
                try:
                    object.__setattr__(self, name, str(parse(value)))
                except Gs1Error as error:
                    raise LabelError(error.code, place=f"/{name}", **error.facts) from error

    def item(self, *, link: str, serial: str | None) -> LabelContent:
        """Return the same content for another item; only link and serial are looked at.

        Raises:
            LabelError: as for the whole content, about these two.
        """
        other = object.__new__(LabelContent)
        for name in _NAMES:
            object.__setattr__(other, name, getattr(self, name))
        link = _text("link", link)
        _check_link(link)
        object.__setattr__(other, "link", link)
        object.__setattr__(other, "serial", serial and _text("serial", serial))
        return other

    def saying(self, members: Mapping[str, Any]) -> LabelContent:
        """Return the same content with some fields said otherwise.

        Args:
            members: by field; those without a name of their own are free texts. A text in some
                languages leaves the others as they are.

        Raises:
            LabelError: as for the whole content.
        """
        own = {name: getattr(self, name) for name in _NAMES if name not in {"common", "texts"}}
        free = dict(self.texts)
        for name, value in members.items():
            into = own if name in own else free
            held = into.get(name)
            if hasattr(value, "items") and held:
                into[name] = ({"vi": held} if isinstance(held, str) else dict(held)) | dict(value)
            else:
                into[name] = value
        return LabelContent(**own, texts=free)

    def value(self, name: str, language: str | None = None) -> str | date | int | None:
        """Return a field as it is printed in a language; None where it has no value.

        Where the language is not there: the sticker's own, English, Vietnamese, any other.

        Args:
            name: of the field.
            language: tag of the language; None is the sticker's own.
        """
        found = self._raw(name)
        if isinstance(found, MappingProxyType):
            for tag in (language or self.language, self.language, *_FALLBACK):
                if tag in found:
                    return found[tag]
            return next(iter(found.values()), None)
        return found or None

    def text_in(self, name: str, language: str) -> str | None:
        """Return a text in just this language; None where it is not given in it."""
        found = self._raw(name)
        return found.get(language) if isinstance(found, MappingProxyType) else None

    def said(self, name: str) -> object:
        """Return a field in all its languages, as a value that equals and hashes."""
        found = self._raw(name)
        return tuple(found.items()) if isinstance(found, MappingProxyType) else found

    def _raw(self, name: str) -> Words | date | int | None:
        if name in FIELDS:
            found: Words | date | int | None = getattr(self, name)
            return found
        return self.texts.get(name)  # type: ignore[return-value] # frozen by __post_init__


_NAMES: Final = tuple(part.name for part in fields(LabelContent))
FIELDS: Final = frozenset(_NAMES) - {"texts", "common", "language"}
"""The fields that have a name of their own."""


def _words(name: str, value: str | Mapping[str, str]) -> Words:
    if isinstance(value, str):
        return _text(name, value)
    if not value and name in _REQUIRED:
        raise LabelError("label.empty", place=f"/{name}", field=name)
    kept = {}
    for tag, text in value.items():
        if not _LANGUAGE_TAG.fullmatch(tag):
            raise LabelError("label.language_tag", place=f"/{name}", tag=tag)
        if said := _text(name, text):
            kept[tag] = said
    return MappingProxyType(kept)


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
    if not text.isprintable():
        for character in text:
            if unicodedata.category(character) in _UNPRINTABLE:
                raise LabelError(
                    "label.control_character",
                    place=f"/{name}",
                    character=f"U+{ord(character):04X}",
                )
    return text


def _check_link(link: str) -> None:
    if not (link.isascii() and " " not in link):
        found = "".join(sorted({c for c in link if not c.isascii() or c == " "}))
        raise LabelError("label.link_characters", place="/link", found=found)
