"""Who makes it: the producer that OCOP calls the subject, and the partners it works with.

>>> producer = Producer.parse({
...     "id": "7K3MQ9TB",
...     "names": {"vi": "Hợp tác xã Mắm Sóng Trăng", "en": "Song Trang Cooperative"},
...     "subjectType": "cooperative",
...     "address": {
...         "detail": {"vi": "Thôn 3", "en": "Hamlet 3"}, "communeCode": "16078",
...         "commune": "Xã Vạn Lộc", "provinceCode": "38", "province": "Thanh Hóa",
...         "asOf": "2025-07-01"},
...     "phone": "+84 000 000 000",
... })
>>> producer.address.place_text
'Xã Vạn Lộc, Thanh Hóa'
>>> "phone" in producer.public()
False
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, get_args

from pydantic import AfterValidator

from ocoptrace.epcis.intake import form
from ocoptrace.gs1 import Gln
from ocoptrace.registry.entity import Bilingual, CivilDate, Entity, Text

__all__ = [
    "PARTNER_KINDS",
    "PRODUCER_ID_ALPHABET",
    "Address",
    "Partner",
    "PartnerKind",
    "Producer",
    "SubjectType",
]

PRODUCER_ID_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's Base32: no I, L, O, U."""

SubjectType = Literal["enterprise", "cooperative", "coop_group", "household", "farm"]
PartnerKind = Literal["producer", "supplier", "lab", "port", "carrier", "buyer", "authority"]

PARTNER_KINDS: tuple[PartnerKind, ...] = get_args(PartnerKind)

ProducerId = Annotated[str, form(f"[{PRODUCER_ID_ALPHABET}]{{8}}", "7K3MQ9TB")]


CompanyPrefix = Annotated[str, form(r"[0-9]{4,12}", "8931234")]


def _gln(value: str) -> str:
    return str(Gln.parse(value))


GlnText = Annotated[str, AfterValidator(_gln)]


class Address(Entity):
    """A two-level Vietnamese address: province and commune, since 2025-07-01.

    Attributes:
        detail: hamlet, street, number.
        commune_code: 5 digits, of the administrative table in force at ``as_of``.
        as_of: the day for which commune and province are right.
        legacy_text: the address of older papers, before communes were merged.
    """

    detail: Bilingual
    commune_code: Annotated[str, form(r"[0-9]{5}", "16078")]
    commune: Text
    province_code: Annotated[str, form(r"[0-9]{2}", "38")]
    province: Text
    country: Annotated[str, form(r"[A-Z]{2}", "VN")] = "VN"
    as_of: CivilDate
    legacy_text: Text | None = None

    @property
    def place_text(self) -> str:
        """Commune and province, as printed on a sticker."""
        return f"{self.commune}, {self.province}"


class Producer(Entity):
    """An OCOP subject: enterprise, cooperative, cooperative group, household or farm.

    Attributes:
        id: 8 symbols that the registrar issued at random; says nothing about a person.
        company_prefixes: its GS1 company prefixes (7 to 10 digits, 893… in Vietnam), if any.
        tax_code: 10 digits (and 3 for a branch), or the 12 of a citizen; personal data.
    """

    PERSONAL: ClassVar[frozenset[str]] = frozenset({"tax_code", "representative", "phone", "email"})

    type: Literal["producer"] = "producer"
    id: ProducerId
    names: Bilingual
    subject_type: SubjectType
    gln: GlnText | None = None
    company_prefixes: tuple[CompanyPrefix, ...] = ()
    address: Address
    website: Text | None = None
    story: Bilingual | None = None
    tax_code: Annotated[str, form(r"[0-9]{10}(-?[0-9]{3})?|[0-9]{12}", "2800000000")] | None = None
    representative: Text | None = None
    phone: Text | None = None
    email: Text | None = None


class Partner(Entity):
    """Who did a step: the producer itself, or someone whom its statement names."""

    kind: PartnerKind
    name: Bilingual
