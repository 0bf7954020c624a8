"""Making and checking seals on one core, beside the bare calls of ``cryptography``.

Made: from a label's text to its 172 digits. Checked: from the digits, with the key at hand, to
the answer. The bare call signs and verifies the same bytes, in DER for ES256; it takes turns with
ours, so that whatever else the machine does falls on both alike.
"""

from __future__ import annotations

import time
from datetime import date
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.hashes import SHA256

from ocoptrace.signing import Seal, SoftwareSigner, sign_seal

if TYPE_CHECKING:
    from collections.abc import Callable

TURNS, CALLS = 300, 20
FORM = "https://id.gs1.org/01/09524071001014/10/ST260915/21/0123456789AB"
SHELF_DATE = date(2028, 9, 14)


def turn(work: Callable[[], object]) -> float:
    """Return the seconds that some calls take."""
    start = time.perf_counter()
    for _ in range(CALLS):
        work()
    return time.perf_counter() - start


def row(name: str, ours: Callable[[], object], bare: Callable[[], object]) -> None:
    """Print the best rates of two ways to do a thing, and their ratio."""
    turns = [(turn(bare), turn(ours)) for _ in range(TURNS)]
    best_bare, best_ours = (min(times) for times in zip(*turns, strict=True))
    rates = f"{CALLS / best_ours:>10.0f}{CALLS / best_bare:>10.0f}"
    print(f"{name:<26}{rates}{best_bare / best_ours:>8.2f}")


def measure(private: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey) -> None:
    """Print the rows of one key."""
    signer = SoftwareSigner(private)
    key = signer.public_key
    number = sign_seal(FORM, shelf_date=SHELF_DATE, signer=signer).number
    structure = Seal.parse(number).expand(key, FORM).sig_structure()

    def make() -> str:
        return sign_seal(FORM, shelf_date=SHELF_DATE, signer=signer).number

    def check() -> bool:
        return Seal.parse(number).is_signed_by(key, FORM)

    if isinstance(private, ec.EllipticCurvePrivateKey):
        p256, p256_public = private, private.public_key()
        der = p256.sign(structure, ECDSA(SHA256(), deterministic_signing=True))
        row(
            "made ES256",
            make,
            lambda: p256.sign(structure, ECDSA(SHA256(), deterministic_signing=True)),
        )
        row("checked ES256", check, lambda: p256_public.verify(der, structure, ECDSA(SHA256())))
    else:
        edwards, edwards_public = private, private.public_key()
        signature = edwards.sign(structure)
        row("made Ed25519", make, lambda: edwards.sign(structure))
        row("checked Ed25519", check, lambda: edwards_public.verify(signature, structure))


def main() -> None:
    """Print one row for each algorithm and direction."""
    print(f"{'seals a second':<26}{'ours':>10}{'bare':>10}{'ratio':>8}")
    measure(ec.generate_private_key(ec.SECP256R1()))
    measure(ed25519.Ed25519PrivateKey.generate())


if __name__ == "__main__":
    main()
