"""What every registry entry shares: strict reading, words in two languages, a public form.

>>> from ocoptrace.errors import RegistryError
>>> Bilingual.parse({"vi": "Muối biển", "en": "Sea salt"}).vi
'Muối biển'
>>> try:
...     Bilingual.parse({"vi": "Muối biển"}, place="/materials/MUOI/names")
... except RegistryError as error:
...     error.code, error.place
('fields.missing', '/materials/MUOI/names/en')
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Self
from unicodedata import category, normalize

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    PlainValidator,
    StringConstraints,
    ValidationError,
)
from pydantic.alias_generators import to_camel

from ocoptrace.epcis import units
from ocoptrace.epcis.faults import error_of, faults, findings_of, shown
from ocoptrace.epcis.intake import accept, number
from ocoptrace.epcis.number import double
from ocoptrace.errors import EpcisError, RegistryError
from ocoptrace.gs1 import parse_name

if TYPE_CHECKING:
    from ocoptrace.messages import Language

__all__ = ["Amount", "Bilingual", "CanonicalName", "CivilDate", "Entity", "Number", "Text"]

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_UNSHOWN = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
"""Unicode's control and format characters, private ones, halves, separators of lines."""


def _nfc(value: object) -> object:
    return normalize("NFC", value).strip() if isinstance(value, str) else value


def _without_controls(text: str) -> str:
    """Refuse what no page shows as it stands: it could turn words round, or hide some."""
    for position, character in enumerate(text, start=1):
        if category(character) in _UNSHOWN:
            number = f"U+{ord(character):04X}"
            raise RegistryError("registry.control_character", character=number, position=position)
    return text


def _civil_date(value: object) -> date:
    if type(value) is date:
        return value
    if isinstance(value, str) and _DATE.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise RegistryError("registry.date", value=shown(value))


def _positive(value: float) -> int | float:
    if value <= 0:
        raise RegistryError("registry.not_positive", value=value)
    return value


def _unit(code: str) -> str:
    if meant := units.hint(code):
        raise RegistryError("registry.unit", value=code, expected=meant)
    if not units.is_known(code):
        raise RegistryError("registry.unit_unknown", value=shown(code))
    return code


def _canonical(value: str) -> str:
    canonical = parse_name(value).canonical()
    if canonical != value:
        raise RegistryError("registry.not_canonical", value=value, expected=canonical)
    return value


Text = Annotated[
    str,
    BeforeValidator(_nfc),
    StringConstraints(min_length=1, max_length=2000),
    AfterValidator(_without_controls),
]
"""Words for people on one line: NFC, no blank ends, never empty, no control characters."""

CivilDate = Annotated[date, BeforeValidator(_civil_date)]
"""A day in Asia/Ho_Chi_Minh, written ``YYYY-MM-DD``; a period is good through its last day."""


def _number(value: object) -> int | float:
    return double(number(value))


Number = Annotated[int | float, PlainValidator(_number)]
"""A JSON number of at most 15 digits; neither text nor true or false."""

CanonicalName = Annotated[Text, AfterValidator(_canonical)]
"""The canonical name of a product, batch or place (a GS1 Digital Link or a plain name)."""


class Entity(BaseModel):
    """A registry entry. Frozen; a member it does not know is an error, never ignored."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True
    )

    PERSONAL: ClassVar[frozenset[str]] = frozenset()
    """Fields about a person: read, kept, and left out of the public form."""

    @classmethod
    def parse(cls, data: object, *, place: str = "") -> Self:
        """Return the entry that a JSON object describes.

        Args:
            data: the members, as JSON holds them.
            place: JSON pointer of the object, for messages.

        Raises:
            RegistryError: with every fault as a finding.
        """
        try:
            return cls.model_validate(accept(data, kept=(BaseModel, date)))
        except EpcisError as error:
            found = [replace(one, place=place + one.place) for one in findings_of(error)]
            raise error_of(RegistryError, found) from error
        except ValidationError as error:
            raise error_of(RegistryError, faults(error, place=place)) from error

    def public(self) -> dict[str, Any]:
        """Return the JSON object that is signed and published: no personal data."""
        return self.model_dump(
            mode="json", by_alias=True, exclude_none=True, exclude=set(self.PERSONAL)
        )


class Bilingual(Entity):
    """The same words in Vietnamese and English."""

    vi: Text
    en: Text

    def text(self, language: Language) -> str:
        """Return the words in a language."""
        return self.vi if language == "vi" else self.en


class Amount(Entity):
    """A positive quantity with its unit, a code of UN/ECE Recommendation 20."""

    value: Annotated[Number, AfterValidator(_positive)]
    uom: Annotated[Text, AfterValidator(_unit)]
