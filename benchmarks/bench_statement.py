"""Signing and verifying a statement, beside the bare calls of ``cryptography``.

The bare call signs and verifies the same Sig_structure, in DER where the library speaks DER, and
nothing of ours takes part in it. Both take turns, some calls each, so that whatever else the
machine does falls on both alike. 1.00 would mean that a statement costs nothing beyond its
signature; ours hashes its payload as well.

    best     rates of the fastest turn
    ratio    ours by bare: of the fastest turns, and the median over all pairs of turns
"""

from __future__ import annotations

import statistics
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.hashes import SHA256

from ocoptrace.signing import SoftwareSigner, Statement, sign_statement
from ocoptrace.signing.cose import Sign1

if TYPE_CHECKING:
    from collections.abc import Callable

TURNS, CALLS = 400, 20
PAYLOAD = b'{"bizStep":"receiving","quantity":6000,"uom":"KGM"}'
NOW = datetime(2026, 11, 23, tzinfo=UTC)


def turn(work: Callable[[], object]) -> float:
    """Return the seconds that some calls take."""
    start = time.perf_counter()
    for _ in range(CALLS):
        work()
    return time.perf_counter() - start


def row(name: str, ours: Callable[[], object], bare: Callable[[], object]) -> None:
    """Print the rates of two ways to do a thing, and their ratio."""
    turns = [(turn(bare), turn(ours)) for _ in range(TURNS)]
    best_bare, best_ours = (min(times) for times in zip(*turns, strict=True))
    median = statistics.median(bare / ours for bare, ours in turns)
    rates = f"{CALLS / best_ours:>10.0f}{CALLS / best_bare:>10.0f}"
    print(f"{name:<26}{rates}{best_bare / best_ours:>8.2f}{median:>8.2f}")


def state(signer: SoftwareSigner) -> Statement:
    """Return a statement as a workspace makes it, with a new salt."""
    statement, _ = sign_statement(
        "event",
        PAYLOAD,
        issuer="https://id.example/ocop/7K3M9QAB",
        subject="urn:uuid:0190a7c5-8a3e-8f00-8000-000000000001",
        signer=signer,
        now=NOW,
    )
    return statement


def measure(private: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey) -> None:
    """Print the rows of one key."""
    signer = SoftwareSigner(private)
    key, statement = signer.public_key, state(signer)
    structure = Sign1.decode(statement.cose).sig_structure()

    def sign() -> Statement:
        return state(signer)

    def verify() -> bool:
        return Statement.decode(statement.cose).is_signed_by(key)

    if isinstance(private, ec.EllipticCurvePrivateKey):
        p256, p256_public = private, private.public_key()
        der = p256.sign(structure, ECDSA(SHA256(), deterministic_signing=True))
        row(
            "sign ES256",
            sign,
            lambda: p256.sign(structure, ECDSA(SHA256(), deterministic_signing=True)),
        )
        row("verify ES256", verify, lambda: p256_public.verify(der, structure, ECDSA(SHA256())))
    else:
        edwards, edwards_public = private, private.public_key()
        signature = edwards.sign(structure)
        row("sign Ed25519", sign, lambda: edwards.sign(structure))
        row("verify Ed25519", verify, lambda: edwards_public.verify(signature, structure))


def main() -> None:
    """Print one row for each algorithm and direction."""
    print(f"{'':<26}{'best per second':^20}{'ratio':^16}")
    print(f"{'statement':<26}{'ours':>10}{'bare':>10}{'best':>8}{'median':>8}")
    measure(ec.generate_private_key(ec.SECP256R1()))
    measure(ed25519.Ed25519PrivateKey.generate())


if __name__ == "__main__":
    main()
