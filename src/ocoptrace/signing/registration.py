"""Registration requests: a producer asks an office to list its key, and proves that it holds it.

>>> from datetime import UTC, datetime
>>> from ocoptrace.signing.keys import SoftwareSigner
>>> signer = SoftwareSigner.generate("ES256")
>>> data = sign_request(signer=signer, name={"vi": "Hợp tác xã Mắm Sóng Trăng (ví dụ)"},
...     gtin_prefixes=["9524071"], now=datetime(2026, 11, 23, tzinfo=UTC))
>>> request = RegistrationRequest.parse(data)
>>> request.public_key == signer.public_key, request.gtin_prefixes
(True, ('9524071',))
>>> RegistrationRequest.parse(data.replace(b"9524071", b"9520000"))
Traceback (most recent call last):
ocoptrace.errors.SigningError: The request is not signed by the key that it names. \
Ask whoever wrote it for the file again, as it was made.

The signature says that whoever wrote the request holds the key; who that is, and which
prefixes are theirs, an office finds out in its own way.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Self

from pydantic import model_validator

from ocoptrace import canonical_json
from ocoptrace.epcis.faults import error_of
from ocoptrace.errors import InputError, SigningError
from ocoptrace.signing import base64url
from ocoptrace.signing.bundle_checks import faults_of_log_key, faults_of_witnesses
from ocoptrace.signing.bundle_entries import WitnessedLog
from ocoptrace.signing.keys import PublicKey, signature_of
from ocoptrace.signing.members import GtinPrefix, GtinText, HolderNames, Many, Thumbprint, Time
from ocoptrace.signing.note import VerifierKey
from ocoptrace.signing.signed_file import CoseKeyText, SignedModel

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from ocoptrace.signing.keys import Signer

__all__ = ["MAX_REQUEST_BYTES", "RegistrationRequest", "RequestedLog", "sign_request"]

MAX_REQUEST_BYTES: Final = 8 * 1024
"""A signer is asked to sign no more than that."""

_CONTEXT = b"ocoptrace-registration/1\n"


class RequestedLog(WitnessedLog):
    """The log that a producer runs itself.

    Attributes:
        vkey: its verifier key, which bears the log's origin as its name.
    """

    vkey: str

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        try:
            key = VerifierKey.parse(self.vkey)
        except SigningError as error:
            raise SigningError(error.code, place="/vkey", **error.facts) from error
        faults = [
            *faults_of_log_key(key, self.origin, "/vkey"),
            *faults_of_witnesses(self, [key]),
        ]
        if faults:
            raise error_of(SigningError, faults)
        return self

    @cached_property
    def verifier_key(self) -> VerifierKey:
        """The log's key itself."""
        return VerifierKey.parse(self.vkey)


class RegistrationRequest(SignedModel):
    """A request that the key which it names has signed, and the key of its log.

    Attributes:
        key: the COSE_Key to be listed, base64url.
        name: the holder's name, ``vi`` and perhaps ``en``.
        gtin_prefixes, gtins: GS1 keys that it says are its own.
        log: its own log, if it runs one.
        office: which office it asks: SHA-256 of its root's text in hexadecimal, where known.
        follows: thumbprint of the key that it is to follow, if it is to follow one.
        address: as in a producer's entry; carried, not read here.
        made: when it was written.
    """

    address: dict[str, Any] | None = None
    gtin_prefixes: Many[GtinPrefix] = ()
    gtins: Many[GtinText] = ()
    key: CoseKeyText
    follows: Thumbprint | None = None
    log: RequestedLog | None = None
    made: Time
    name: HolderNames
    office: Thumbprint | None = None

    @model_validator(mode="after")
    def _is_named_in_vietnamese(self) -> Self:
        if not {"vi"} <= self.name.keys() <= {"vi", "en"}:
            raise SigningError(
                "signing.request_languages", place="/name", value=", ".join(sorted(self.name))
            )
        return self

    @classmethod
    def parse(cls, data: bytes) -> RegistrationRequest:
        """Return the request of a file, after its signatures have been verified.

        Raises:
            SigningError: over 8 KiB, not a request, or not signed by its key and its log's.
        """
        text, signature, log_signature = _parts(data)
        try:
            request = cls.of_text(text)
        except SigningError as error:
            reason = error.facts.get("reason", error)
            raise SigningError("signing.request", place=error.place, reason=reason) from error
        if (request.log is None) != (log_signature is None):
            raise _misshapen()
        message = _CONTEXT + text.encode()
        if not request.public_key.verifies(signature, message):
            raise SigningError("signing.request_signature")
        if request.log is not None and log_signature is not None:
            key = request.log.verifier_key
            if not key.public_key.verifies(log_signature, message):
                raise SigningError("signing.request_log_signature", origin=request.log.origin)
        return request

    @cached_property
    def public_key(self) -> PublicKey:
        """The key to be listed."""
        return PublicKey.from_cose_key(base64url.decode(self.key))


def sign_request(
    *,
    signer: Signer,
    name: Mapping[str, str],
    gtin_prefixes: Iterable[str] = (),
    gtins: Iterable[str] = (),
    log: RequestedLog | None = None,
    log_signer: Signer | None = None,
    address: Mapping[str, Any] | None = None,
    office: str | None = None,
    follows: str | None = None,
    now: datetime,
) -> bytes:
    """Return the file of a request, signed by the key that it asks to list.

    Args:
        signer: the producer's key.
        name: the holder's name, ``vi`` and perhaps ``en``.
        gtin_prefixes: GS1 company prefixes that are the producer's own.
        gtins: single GTINs that are.
        log: the log that it runs itself, if it does.
        log_signer: the key of that log, present exactly when ``log`` is.
        address: as in a producer's entry.
        office: SHA-256 of the root's text of the office that is asked, hexadecimal.
        follows: thumbprint of the key that it is to follow, hexadecimal.
        now: when it is written, aware; kept in whole seconds.

    Raises:
        SigningError: a member that cannot be, over 8 KiB, a signer that fails, or another
            than the log's.
    """
    request = RegistrationRequest.of(
        address=None if address is None else dict(address),
        gtin_prefixes=tuple(gtin_prefixes),
        gtins=tuple(gtins),
        key=base64url.encode(signer.public_key.cose_key),
        follows=follows,
        log=log,
        made=now.replace(microsecond=0),
        name=dict(name),
        office=office,
    )
    text = request.text()
    file = {"signature": _signature(signer, text), "signed": text}
    if log_signer is not None:
        file["log_signature"] = _signature(log_signer, text)
    data = canonical_json.dumps(file)
    RegistrationRequest.parse(data)
    return data


def _signature(signer: Signer, text: str) -> str:
    return base64url.encode(signature_of(signer, _CONTEXT + text.encode()))


def _parts(data: bytes) -> tuple[str, bytes, bytes | None]:
    """Return text and signatures of a file in its one spelling."""
    if len(data) > MAX_REQUEST_BYTES:
        raise SigningError("signing.too_large", size=len(data), limit=MAX_REQUEST_BYTES)
    try:
        value = canonical_json.loads(data)
        is_one = canonical_json.dumps(value) == data
    except InputError as error:
        raise SigningError("signing.request", reason=error) from error
    match value:
        case {"signature": str(signature), "signed": str(text), **rest} if is_one:
            pass
        case _:
            raise _misshapen()
    match rest:
        case {"log_signature": str(log_signature)} if len(rest) == 1:
            return text, base64url.decode(signature), base64url.decode(log_signature)
        case {} if not rest:
            return text, base64url.decode(signature), None
        case _:
            raise _misshapen()


def _misshapen() -> SigningError:
    return SigningError("signing.request", reason=SigningError("signing.file_members"))
