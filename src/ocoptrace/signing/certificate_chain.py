"""Whether a licensed CA stands behind a certificate: its chain (RFC 5280 §6) and its status (§5).

Nothing is fetched: the CAs that are trusted, those between, and revocation lists are given.

>>> read_revocation_lists(b"no list")
Traceback (most recent call last):
ocoptrace.errors.SigningError: This is no revocation list (CRL) that is read here: it cannot be \
read, or does not stand by itself. Fetch the CA's full list from the address that the certificate \
names.
"""

from __future__ import annotations

from datetime import UTC
from itertools import pairwise
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509 import verification

from ocoptrace.errors import SigningError
from ocoptrace.signing.certificate import (
    STRONG_HASHES,
    UNREADABLE,
    Certificate,
    pem_blocks,
    reading,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

__all__ = ["RevocationList", "check_chain", "read_revocation_lists"]

_MAX_LIST_BYTES = 16 * 2**20
_MAX_DEPTH = 4


class RevocationList:
    """A CA's list of certificates that are good no longer (CRL, RFC 5280 §5)."""

    def __init__(self, der: bytes) -> None:
        """Read one.

        Raises:
            SigningError: not one, over 16 MiB, or one that is not whole by itself.
        """
        with reading(_no_list):
            if len(der) > _MAX_LIST_BYTES:
                raise _no_list()
            crl = x509.load_der_x509_crl(der)
            # As with certificates: what is looked at later is read now.
            self._issuer = crl.issuer
            self._begins, self._ends = crl.last_update_utc, crl.next_update_utc
            known = (x509.AuthorityKeyIdentifier, x509.CRLNumber, x509.FreshestCRL)
            # A list for some reasons, some kinds or some changes only does not show what it lacks.
            if any(each.critical and not isinstance(each.value, known) for each in crl.extensions):
                raise _no_list()
        self._crl = crl

    def speaks_of(self, certificate: Certificate, ca: Certificate) -> bool:
        """Tell whether it is the list of the CA that issued a certificate."""
        subject, key = ca.parsed.subject, ca.key
        if self._issuer != subject or certificate.parsed.issuer != subject:
            return False
        if not isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
            return False
        try:
            is_strong = isinstance(self._crl.signature_hash_algorithm, STRONG_HASHES)
            return is_strong and self._crl.is_signature_valid(key)
        except UNREADABLE:
            return False

    def is_current(self, now: datetime) -> bool:
        """Tell whether it is of these days: its CA says when the next one comes."""
        return self._begins <= now and self._ends is not None and now < self._ends

    def has(self, certificate: Certificate) -> bool:
        """Tell whether a certificate stands on it.

        Raises:
            SigningError: an entry of it cannot be read.
        """
        serial = certificate.parsed.serial_number
        with reading(_no_list):
            return self._crl.get_revoked_certificate_by_serial_number(serial) is not None


def read_revocation_lists(data: bytes) -> tuple[RevocationList, ...]:
    """Return the revocation lists of a file, PEM or DER.

    Raises:
        SigningError: none, or one that cannot be read.
    """
    return tuple(map(RevocationList, pem_blocks(data, b"X509 CRL", 2 * _MAX_LIST_BYTES, _no_list)))


def check_chain(
    chain: Sequence[Certificate],
    *,
    anchors: Iterable[Certificate],
    lists: Iterable[RevocationList] = (),
    status_seen: bool = False,
    now: datetime,
) -> None:
    """Check that a CA which is trusted has issued a certificate, and has not taken it back.

    Args:
        chain: the holder's certificate, then those of CAs between, in any order.
        anchors: CAs that are trusted for this.
        lists: revocation lists; of the holder's CA there must be one.
        status_seen: a person has seen the certificate's status at its CA; no list is needed.
        now: the time, aware.

    Raises:
        SigningError: no chain leads to a trusted CA, a certificate is not of these days, too
            weak, not for signing, or revoked; or its status is not shown.
    """
    leaf = chain[0]
    leaf.check_signs()
    found = _chain_to(leaf, chain[1:], tuple(anchors), now)
    known = tuple(lists)
    for place, (certificate, ca) in enumerate(pairwise(found)):
        its = [each for each in known if each.speaks_of(certificate, ca)]
        if any(each.has(certificate) for each in its):
            facts = {"subject": certificate.subject, "issuer": certificate.issuer}
            raise SigningError("certificate.revoked", **facts)
        if place == 0 and not status_seen and not any(each.is_current(now) for each in its):
            raise SigningError("certificate.status", issuer=leaf.issuer)


def _chain_to(
    leaf: Certificate,
    between: Sequence[Certificate],
    anchors: Sequence[Certificate],
    now: datetime,
) -> list[Certificate]:
    """Return the chain from a certificate to one of the CAs, which come last.

    Raises:
        SigningError: there is none that holds.
    """
    facts = {"subject": leaf.subject, "issuer": leaf.issuer}
    if not leaf.starts <= now <= leaf.ends:
        raise SigningError("certificate.period", **facts, start=leaf.starts, end=leaf.ends)
    if not anchors:
        raise SigningError("certificate.no_ca", **facts)
    policies = verification.ExtensionPolicy
    any_use = (x509.ExtendedKeyUsage, verification.Criticality.AGNOSTIC, None)
    builder = verification.PolicyBuilder().time(now.astimezone(UTC)).max_chain_depth(_MAX_DEPTH)
    verifier = (
        builder.store(verification.Store([ca.parsed for ca in anchors]))
        .extension_policies(
            ca_policy=policies.webpki_defaults_ca().may_be_present(*any_use),
            ee_policy=policies.permit_all(),
        )
        .build_client_verifier()
    )
    try:
        verified = verifier.verify(leaf.parsed, [ca.parsed for ca in between])
    except verification.VerificationError as error:
        raise SigningError("certificate.chain", **facts, reason=error) from error
    known = {each.parsed: each for each in (leaf, *between, *anchors)}
    chain = [known[each] for each in verified.chain]
    if len(chain) == 1:
        # The holder's certificate was given as a CA: nobody vouches for it but itself.
        raise SigningError("certificate.no_ca", **facts)
    return chain


def _no_list() -> SigningError:
    return SigningError("certificate.no_list")
