"""The content rules of element string components, by the names of the GS1 Syntax Dictionary.

A linter looks at the text of one component and returns the first fault it finds, under the
name that the dictionary gives it, or None.

>>> LINTERS["yymmd0"]("271200") is None
True
>>> LINTERS["yymmd0"]("271301")
Fault(error='ILLEGAL_MONTH', start=2, end=4)
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ocoptrace.gs1.checks import CHARACTER_SETS, check_pair, has_check_digit
from ocoptrace.gs1.code_lists import (
    COUNTRIES,
    COUNTRIES_ALPHA_2,
    CURRENCIES,
    MEDIA_TYPES,
    PACKAGE_TYPES,
)
from ocoptrace.gs1.coupons import couponcode, couponposoffer
from ocoptrace.gs1.dates import hh, hhmi, mi, ss, yymmd0, yymmdd, yyyymmd0, yyyymmdd
from ocoptrace.gs1.faults import Fault, csetnumeric, first_outside

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Linter = Callable[[str], Fault | None]

__all__ = ["LINTERS"]


_PAIR_LIMIT = 99
_GCP_MINIMUM = 4
_IBAN_MINIMUM, _IBAN_MAXIMUM = 11, 34


def cset82(text: str) -> Fault | None:
    """Character set 82 only."""
    return first_outside(text, "X", "INVALID_CSET82_CHARACTER")


def cset39(text: str) -> Fault | None:
    """Character set 39 only."""
    return first_outside(text, "Y", "INVALID_CSET39_CHARACTER")


def cset64(text: str) -> Fault | None:
    """Character set 64, padded if at all with one or two ``=`` to a multiple of three."""
    data = text.rstrip("=")
    padding = len(text) - len(data)
    if fault := first_outside(data.replace("=", " "), "Z", "INVALID_CSET64_CHARACTER"):
        return fault
    if padding not in (0, 1, 2) or (padding and len(text) % 3):
        return Fault("INVALID_CSET64_PADDING", len(data), len(text))
    return None


def csum(text: str) -> Fault | None:
    """A number that ends in its check digit."""
    if fault := csetnumeric(text):
        return fault
    if not text or not has_check_digit(text):
        return Fault("INCORRECT_CHECK_DIGIT", max(len(text) - 1, 0), len(text))
    return None


def csumalpha(text: str) -> Fault | None:
    """A text that ends in its check pair."""
    if len(text) < len("XX"):
        return Fault("TOO_SHORT_FOR_CHECK_PAIR", 0, len(text))
    if len(text) > _PAIR_LIMIT:
        return Fault("TOO_LONG_FOR_CHECK_PAIR_IMPLEMENTATION", 0, len(text))
    if fault := cset82(text):
        return fault
    if check_pair(text[:-2]) != text[-2:]:
        return Fault("INCORRECT_CHECK_PAIR", len(text) - 2, len(text))
    return None


def gcppos1(text: str) -> Fault | None:
    """A text that starts with a GS1 Company Prefix: at least four digits."""
    if len(text) < _GCP_MINIMUM:
        return Fault("TOO_SHORT_FOR_GCP", 0, len(text))
    return first_outside(text[:_GCP_MINIMUM], "N", "INVALID_GCP_PREFIX")


def gcppos2(text: str) -> Fault | None:
    """As gcppos1, from the second character on."""
    if not text:
        return Fault("TOO_SHORT_FOR_GCP", 0, 0)
    fault = gcppos1(text[1:])
    return fault and Fault(fault.error, fault.start + 1, fault.end + 1)


def hasnondigit(text: str) -> Fault | None:
    """At least one character that is not a digit."""
    if csetnumeric(text) is None:
        return Fault("REQUIRES_NON_DIGIT_CHARACTER", 0, len(text))
    return None


def hyphen(text: str) -> Fault | None:
    """Hyphens only."""
    return Fault("NOT_HYPHEN", 0, len(text)) if text.strip("-") else None


def zero(text: str) -> Fault | None:
    """Zeros only."""
    return Fault("NOT_ZERO", 0, len(text)) if not text or text.strip("0") else None


def nonzero(text: str) -> Fault | None:
    """A number other than zero."""
    if fault := csetnumeric(text):
        return fault
    return None if text.strip("0") else Fault("ILLEGAL_ZERO_VALUE", 0, len(text))


def nozeroprefix(text: str) -> Fault | None:
    """A number that does not start with zero."""
    fault = csetnumeric(text)
    return fault or (Fault("ILLEGAL_ZERO_PREFIX", 0, 1) if text.startswith("0") else None)


def pcenc(text: str) -> Fault | None:
    """A text in which each ``%`` has two hexadecimal digits behind it."""
    match = re.search(r"%(?![0-9A-Fa-f]{2})", text)
    return match and Fault(
        "INVALID_PERCENT_SEQUENCE", match.start(), min(match.start() + 3, len(text))
    )


def pieceoftotal(text: str) -> Fault | None:
    """A piece number and a count of pieces, of equal length: 0102 is the first of two."""
    length = len(text)
    half = length // 2
    if not text or length % 2:
        return Fault("INVALID_LENGTH_FOR_PIECE_OF_TOTAL", 0, length)
    if fault := csetnumeric(text):
        return fault
    piece, total = int(text[:half]), int(text[half:])
    if not piece:
        return Fault("ZERO_PIECE_NUMBER", 0, half)
    if not total:
        return Fault("ZERO_TOTAL_PIECES", half, length)
    return Fault("PIECE_NUMBER_EXCEEDS_TOTAL", 0, length) if piece > total else None


def posinseqslash(text: str) -> Fault | None:
    """A place in a sequence: 1/3."""
    match = re.fullmatch(r"([0-9]+)/([0-9]+)", text)
    if match is None:
        return Fault("POSITION_IN_SEQUENCE_MALFORMED", 0, len(text))
    for number in (1, 2):
        if match[number].startswith("0"):
            return Fault("ILLEGAL_ZERO_PREFIX", match.start(number), match.end(number))
    # Compared as texts of digits, so that a long number costs nothing to convert.
    position, last = ((len(match[number]), match[number]) for number in (1, 2))
    return Fault("POSITION_EXCEEDS_END", 0, len(text)) if position > last else None


def _coordinate(text: str, name: str, limit: int) -> Fault | None:
    if len(text) != len(str(limit)):
        return Fault(f"{name}_INVALID_LENGTH", 0, len(text))
    fault = csetnumeric(text)
    return fault or (Fault(f"INVALID_{name}", 0, len(text)) if int(text) > limit else None)


def latitude(text: str) -> Fault | None:
    """Degrees north of the south pole, in ten millionths."""
    return _coordinate(text, "LATITUDE", 1_800_000_000)


def longitude(text: str) -> Fault | None:
    """Degrees east of Greenwich, in ten millionths."""
    return _coordinate(text, "LONGITUDE", 3_600_000_000)


def iban(text: str) -> Fault | None:
    """An international bank account number (ISO 13616)."""
    if not _IBAN_MINIMUM <= len(text) <= _IBAN_MAXIMUM:
        error = "IBAN_TOO_SHORT" if len(text) < _IBAN_MINIMUM else "IBAN_TOO_LONG"
        return Fault(error, 0, len(text))
    if iso3166alpha2(text[:2]):
        return Fault("ILLEGAL_IBAN_COUNTRY_CODE", 0, 2)
    if match := re.search(r"[^0-9A-Z]", text):
        return Fault("INVALID_IBAN_CHARACTER", match.start(), match.end())
    number = "".join(str(int(character, 36)) for character in text[4:] + text[:4])
    return Fault("INCORRECT_IBAN_CHECKSUM", 2, 4) if int(number) % 97 != 1 else None


def importeridx(text: str) -> Fault | None:
    """One character of set 64 without padding."""
    if len(text) != 1:
        return Fault("IMPORTER_IDX_MUST_BE_ONE_CHARACTER", 0, len(text))
    admitted = text != "=" and text in CHARACTER_SETS["Z"]
    return None if admitted else Fault("INVALID_IMPORT_IDX_CHARACTER", 0, 1)


def _listed(codes: Iterable[str], error: str) -> Linter:
    """Return a linter that admits the codes of a list."""
    members = frozenset(codes)

    def listed(text: str) -> Fault | None:
        return None if text in members else Fault(error, 0, len(text))

    return listed


iso3166alpha2 = _listed(COUNTRIES_ALPHA_2, "NOT_ISO3166_ALPHA2")

LINTERS: dict[str, Linter] = {
    "couponcode": couponcode,
    "couponposoffer": couponposoffer,
    "cset39": cset39,
    "cset64": cset64,
    "cset82": cset82,
    "csetnumeric": csetnumeric,
    "csum": csum,
    "csumalpha": csumalpha,
    "gcppos1": gcppos1,
    "gcppos2": gcppos2,
    "hasnondigit": hasnondigit,
    "hh": hh,
    "hhmi": hhmi,
    "hyphen": hyphen,
    "iban": iban,
    "importeridx": importeridx,
    "iso3166": _listed(COUNTRIES, "NOT_ISO3166"),
    "iso3166999": _listed(COUNTRIES | {"999"}, "NOT_ISO3166_OR_999"),
    "iso3166alpha2": iso3166alpha2,
    "iso4217": _listed(CURRENCIES, "NOT_ISO4217"),
    "iso5218": _listed("0129", "INVALID_BIOLOGICAL_SEX_CODE"),
    "latitude": latitude,
    "longitude": longitude,
    "mediatype": _listed(MEDIA_TYPES, "INVALID_MEDIA_TYPE"),
    "mi": mi,
    "nonzero": nonzero,
    "nozeroprefix": nozeroprefix,
    "packagetype": _listed(PACKAGE_TYPES, "INVALID_PACKAGE_TYPE"),
    "pcenc": pcenc,
    "pieceoftotal": pieceoftotal,
    "posinseqslash": posinseqslash,
    "ss": ss,
    "winding": _listed("019", "INVALID_WINDING_DIRECTION"),
    "yesno": _listed("01", "NOT_ZERO_OR_ONE"),
    "yymmd0": yymmd0,
    "yymmdd": yymmdd,
    "yyyymmd0": yyyymmd0,
    "yyyymmdd": yyyymmdd,
    "zero": zero,
}
"""Every linter of the dictionary by its name."""
