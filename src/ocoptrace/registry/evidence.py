"""A document that speaks of goods: a test report, a licence, a photo. Only its hash is stated.

>>> evidence = Evidence.parse({
...     "id": "urn:uuid:3f0d5a52-6f0e-4d0a-9a55-0c8a7f6f1a11",
...     "about": ["https://id.gs1.org/01/09521234543213/10/ST260915"],
...     "mediaType": "application/pdf", "size": 48213,
...     "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
...     "title": {"vi": "Phiếu kết quả kiểm nghiệm"},
... })
>>> evidence.describes(b"another document")
False
"""

from __future__ import annotations

import hashlib
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from ocoptrace.epcis import canonical_name
from ocoptrace.epcis.dimensions import Uri
from ocoptrace.epcis.intake import form
from ocoptrace.errors import RegistryError
from ocoptrace.registry.entity import Entity, Text

__all__ = ["MAX_ABOUT", "Evidence", "Title"]

MAX_ABOUT = 64
"""Most names and events that one document is stated to be about."""

_UUID4 = r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
_WORD = r"[a-z0-9][a-z0-9!#$&^_.+-]{0,126}"


def _canonical(value: str) -> str:
    canonical = canonical_name(value)
    if canonical != value:
        raise RegistryError("registry.not_canonical", value=value, expected=canonical)
    return value


def _in_order(value: tuple[str, ...]) -> tuple[str, ...]:
    if list(value) != sorted(set(value)):
        raise RegistryError("registry.not_in_order")
    return value


class Title(Entity):
    """What a document is called: in Vietnamese, and in English where it has such a title."""

    vi: Text
    en: Text | None = None


class Evidence(Entity):
    """A document, by its hash, and what it is about. The document itself travels apart.

    Attributes:
        id: ``urn:uuid:`` of version 4.
        about: canonical names and eventIDs, 1 to 64, sorted, each once.
        media_type: as of RFC 6838, in lower case and without parameters.
        sha256: of the document, 64 lower-case hexadecimal digits.
        size: of the document, in bytes.
        title: what it is called, if anything.
    """

    type: Literal["evidence"] = "evidence"
    id: Annotated[str, form(_UUID4, "urn:uuid:3f0d5a52-6f0e-4d0a-9a55-0c8a7f6f1a11")]
    about: Annotated[
        tuple[Annotated[Uri, AfterValidator(_canonical)], ...],
        Field(min_length=1, max_length=MAX_ABOUT),
        AfterValidator(_in_order),
    ]
    media_type: Annotated[str, form(f"{_WORD}/{_WORD}", "application/pdf")]
    sha256: Annotated[str, form(r"[0-9a-f]{64}", "e3b0c442…, 64 digits")]
    size: Annotated[int, Field(strict=True, ge=1)]
    title: Title | None = None

    def describes(self, document: bytes) -> bool:
        """Tell whether a document is the one that is stated."""
        is_as_long = len(document) == self.size
        return is_as_long and hashlib.sha256(document).hexdigest() == self.sha256
