"""The seal: a signature over a label's link, as 172 digits behind its ``#``.

>>> from datetime import date
>>> from ocoptrace.signing.keys import SoftwareSigner
>>> signer = SoftwareSigner.generate("ES256")
>>> form = "https://id.gs1.org/01/09521234543213/10/L1/21/0123456789AB"
>>> seal = sign_seal(form, shelf_date=date(2028, 9, 7), signer=signer)
>>> len(seal.number), Seal.parse(seal.number) == seal, seal.shelf_date
(172, True, datetime.date(2028, 9, 7))
>>> seal.is_signed_by(signer.public_key, form), seal.is_signed_by(signer.public_key, form + "C")
(True, False)
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from ocoptrace.errors import SigningError
from ocoptrace.signing import cbor
from ocoptrace.signing.cose import ALG, KID, SIGNATURE_BYTES, TYP, Sign1, sig_structure
from ocoptrace.signing.keys import EMITTED_ALGORITHM, signature_of

if TYPE_CHECKING:
    from ocoptrace.signing.keys import Algorithm, PublicKey, Signer

__all__ = ["DIGITS", "SEAL_TYP", "Seal", "sign_seal"]

DIGITS: Final = 172
"""Length of every seal: the guard byte makes the number's length constant."""

SEAL_TYP: Final = "application/vnd.ocoptrace.seal+cose"

_GUARD = 0x02
_VERSIONS: Final[dict[int, Algorithm]] = {1: "ES256", 2: "Ed25519"}
_VERSION_OF: Final = {algorithm: version for version, algorithm in _VERSIONS.items()}
_HINT_BYTES, _DAY_BYTES = 4, 2
_SEAL_BYTES = 1 + 1 + _HINT_BYTES + _DAY_BYTES + SIGNATURE_BYTES
_ARRAY_OF_2 = b"\x82"
_DAY_ZERO = date(2020, 1, 1)
_LAST_DAY = 2**16 - 1


@dataclass(frozen=True, slots=True)
class Seal:
    """A seal in its one form.

    Attributes:
        algorithm: ``ES256`` (version 1) or ``Ed25519`` (version 2).
        hint: first 4 bytes of the signing key's thumbprint; keys may share one.
        shelf_day: days since 2020-01-01 on which the goods are best before, 0 for none.
        signature: 64 bytes.

    Raises:
        SigningError: a part of another kind or size.
    """

    algorithm: Algorithm
    hint: bytes
    shelf_day: int
    signature: bytes

    def __post_init__(self) -> None:
        if (
            self.algorithm not in _VERSION_OF
            or len(self.hint) != _HINT_BYTES
            or not 0 <= self.shelf_day <= _LAST_DAY
            or len(self.signature) != SIGNATURE_BYTES
        ):
            raise SigningError("signing.seal_parts")

    @classmethod
    def parse(cls, number: str) -> Seal:
        """Return the seal of 172 digits.

        Raises:
            SigningError: another length, a non-digit, no guard, or an unknown version.
        """
        if len(number) != DIGITS or not (number.isascii() and number.isdigit()):
            raise SigningError("signing.seal_digits", length=len(number), expected=DIGITS)
        value = int(number)
        if value >> (8 * (_SEAL_BYTES - 1)) != _GUARD:
            raise SigningError("signing.seal_guard")
        data = value.to_bytes(_SEAL_BYTES)
        version, hint, day = data[1], data[2:6], int.from_bytes(data[6:8])
        if version not in _VERSIONS:
            raise SigningError("signing.seal_version", version=version)
        return cls(_VERSIONS[version], hint, day, data[8:])

    @property
    def number(self) -> str:
        """The 172 digits that are printed."""
        head = bytes((_GUARD, _VERSION_OF[self.algorithm]))
        data = head + self.hint + self.shelf_day.to_bytes(_DAY_BYTES) + self.signature
        return str(int.from_bytes(data))

    @property
    def shelf_date(self) -> date | None:
        """The best-before date, or None."""
        return _DAY_ZERO + timedelta(days=self.shelf_day) if self.shelf_day else None

    def expand(self, key: PublicKey, signed_form: str) -> Sign1:
        """Return the ordinary COSE_Sign1 that the seal stands for, under a candidate key."""
        protected = _protected(self.algorithm, key.kid)
        return Sign1(protected, _payload(signed_form, self.shelf_day), self.signature)

    def is_signed_by(self, key: PublicKey, signed_form: str) -> bool:
        """Tell whether a key sealed this text with this shelf day.

        Args:
            key: a candidate; another hint or algorithm never matches.
            signed_form: canonical name, then every GS1 attribute sorted by AI.
        """
        if key.hint != self.hint or key.algorithm != self.algorithm:
            return False
        return key.verifies(self.signature, _signed_bytes(key, signed_form, self.shelf_day))


def sign_seal(signed_form: str, *, shelf_date: date | None, signer: Signer) -> Seal:
    """Return the seal of a label's text.

    Args:
        signed_form: canonical name, then every GS1 attribute sorted by AI.
        shelf_date: best-before date, from 2020-01-02 to 2199-06-06, or None.
        signer: whose key seals.

    Raises:
        SigningError: a date out of range, or a signature that does not verify.
    """
    day = (shelf_date - _DAY_ZERO).days if shelf_date else 0
    if not (0 < day <= _LAST_DAY or shelf_date is None):
        raise SigningError("signing.seal_date", date=shelf_date)
    key = signer.public_key
    signature = signature_of(signer, _signed_bytes(key, signed_form, day))
    return Seal(key.algorithm, key.hint, day, signature)


def _signed_bytes(key: PublicKey, signed_form: str, shelf_day: int) -> bytes:
    return sig_structure(_protected(key.algorithm, key.kid), _payload(signed_form, shelf_day))


@lru_cache(maxsize=256)
def _protected(algorithm: Algorithm, kid: bytes) -> bytes:
    """Return the protected header, which is the same for every seal of a key."""
    return cbor.encode({ALG: EMITTED_ALGORITHM[algorithm], KID: kid, TYP: SEAL_TYP})


def _payload(signed_form: str, shelf_day: int) -> bytes:
    return _ARRAY_OF_2 + cbor.encode_text(signed_form) + cbor.encode_int(shelf_day)
