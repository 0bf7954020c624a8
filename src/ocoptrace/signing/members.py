"""The members that signed texts are made of, each checked as it is read.

Root, bundle and registration request say the same things in the same words: a key, a time, a
holder's name, a prefix. Each has one spelling here, and one error for what is not of it.

>>> from pydantic import TypeAdapter
>>> TypeAdapter(NamePrefix).validate_python("https://id.example/ocop/7K3M9QAB/")
'https://id.example/ocop/7K3M9QAB/'
>>> TypeAdapter(NamePrefix).validate_python("https://id.example/ocop/7K3M9QAB")
Traceback (most recent call last):
pydantic_core._pydantic_core.ValidationError: ...
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime
from typing import Annotated, TypeVar

from pydantic import AfterValidator, FailFast, PlainSerializer

from ocoptrace.epcis.faults import shown
from ocoptrace.errors import Gs1Error, SigningError
from ocoptrace.gs1 import Gtin, PlainName, parse_name
from ocoptrace.gs1.uri import check_host
from ocoptrace.signing.times import is_time

__all__ = [
    "BatchDigest",
    "CertificateSerial",
    "CertifiedName",
    "GtinPrefix",
    "GtinText",
    "HolderNames",
    "Host",
    "IssuerUri",
    "Many",
    "NamePrefix",
    "ProductName",
    "Thumbprint",
    "Time",
]

Member = TypeVar("Member")

Many = Annotated[tuple[Member, ...], FailFast()]
"""A list. It is read as far as its first fault: a hostile list costs no more than a good one."""

_MAX_NAMES, _MAX_NAME = 10, 200
_MAX_CERTIFIED = 400
_MAX_ISSUER = 2048
_ISSUER = re.compile(r"https://[a-z0-9.\[\]:-]+(/[!-~]*)?")


def _time(time: datetime) -> datetime:
    if time.microsecond or not is_time(time):
        raise SigningError("signing.time", value=time.isoformat())
    return time.astimezone(UTC)


def _written(time: datetime) -> str:
    return time.replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def _thumbprint(text: str) -> str:
    if not re.fullmatch(r"[0-9a-f]{64}", text):
        raise SigningError("signing.thumbprint", value=shown(text))
    return text


def _batch_digest(text: str) -> str:
    if not re.fullmatch(r"[0-9a-f]{32}", text):
        raise SigningError("signing.batch_digest", value=shown(text))
    return text


def _issuer(text: str) -> str:
    if len(text) > _MAX_ISSUER or not _ISSUER.fullmatch(text):
        raise SigningError("signing.issuer", value=shown(text))
    return text


def _names(names: dict[str, str]) -> dict[str, str]:
    if not 0 < len(names) <= _MAX_NAMES or not all(re.fullmatch("[a-z]{2}", n) for n in names):
        raise SigningError("signing.holder_language", value=shown(", ".join(names)))
    for name in names.values():
        is_one_line = name.isprintable() and name.strip() and len(name) <= _MAX_NAME
        if not is_one_line or not unicodedata.is_normalized("NFC", name):
            raise SigningError("signing.holder_name", value=shown(name))
    return names


def _certified_name(text: str) -> str:
    is_one_line = text.isprintable() and text == text.strip() and 0 < len(text) <= _MAX_CERTIFIED
    if not is_one_line or not unicodedata.is_normalized("NFC", text):
        raise SigningError("certificate.name", value=shown(text))
    return text


def _certificate_serial(text: str) -> str:
    if not re.fullmatch(r"[1-9a-f][0-9a-f]{0,39}", text):
        raise SigningError("certificate.serial", value=shown(text))
    return text


def _gtin(text: str) -> str:
    Gtin.parse(text)
    return text


def _gtin_prefix(text: str) -> str:
    if not re.fullmatch(r"[0-9]{4,12}", text):
        raise SigningError("signing.gtin_prefix", value=shown(text))
    return text


def _name_prefix(text: str) -> str:
    """Return a prefix if it stays a plain name's whatever segment comes behind it."""
    try:
        is_one = text.endswith("/") and PlainName.parse(f"{text}A").canonical() == f"{text}A"
    except Gs1Error:
        is_one = False
    if not is_one:
        raise SigningError("signing.name_prefix", value=shown(text))
    return text


def _product(text: str) -> str:
    try:
        name = parse_name(text)
        is_one = name.level == "product" and name.canonical() == text
    except Gs1Error:
        is_one = False
    if not is_one:
        raise SigningError("signing.label_product", value=shown(text))
    return text


Time = Annotated[datetime, AfterValidator(_time), PlainSerializer(_written, when_used="json")]
"""A time written ``YYYY-MM-DDThh:mm:ssZ``, from 1970 to 8999 (docs/spec, trust bundle)."""

Thumbprint = Annotated[str, AfterValidator(_thumbprint)]
"""32 bytes in lower-case hexadecimal: a key's thumbprint (RFC 9679), or a Merkle root."""

BatchDigest = Annotated[str, AfterValidator(_batch_digest)]
"""16 bytes in lower-case hexadecimal: how a revocation names a batch."""

IssuerUri = Annotated[str, AfterValidator(_issuer)]
"""An ``iss``: an https URI in printable ASCII, its host in lower case."""

HolderNames = Annotated[dict[str, str], AfterValidator(_names)]
"""A holder's name per language (two letters), each on one line."""

CertifiedName = Annotated[str, AfterValidator(_certified_name)]
"""Whom a certificate names, or who issued it: 1 to 400 printable characters on one line."""

CertificateSerial = Annotated[str, AfterValidator(_certificate_serial)]
"""The serial number of a certificate, at most 20 bytes, in lower-case hexadecimal."""

Host = Annotated[str, AfterValidator(check_host)]
"""A host in lower case, with a port where there is one."""

GtinText = Annotated[str, AfterValidator(_gtin)]
"""A GTIN of 8, 12, 13 or 14 digits with its check digit (GS1 General Specifications 7.9)."""

GtinPrefix = Annotated[str, AfterValidator(_gtin_prefix)]
"""A GS1 Company Prefix, 4 to 12 digits (GS1 General Specifications 1.4.4)."""

NamePrefix = Annotated[str, AfterValidator(_name_prefix)]
"""The beginning of plain names, through a slash: of a producer, a product or a lot."""

ProductName = Annotated[str, AfterValidator(_product)]
"""The canonical name of a product."""
