"""Signing and verifying a statement, beside the bare ``cryptography`` calls in the same run.

Printed as ratios: 1.00 would mean that a statement costs nothing beyond its signature.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ocoptrace.signing import SoftwareSigner, Statement, sign_statement
from ocoptrace.signing.cose import Sign1

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS, REPEATS = 400, 5
PAYLOAD = b'{"bizStep":"receiving","quantity":6000,"uom":"KGM"}' * 16
NOW = datetime(2026, 11, 23, tzinfo=UTC)


def rate(work: Callable[[], object]) -> float:
    """Return how often a second the work is done: the best of some repeats."""
    best = 0.0
    for _ in range(REPEATS):
        start = time.perf_counter()
        for _ in range(ROUNDS):
            work()
        best = max(best, ROUNDS / (time.perf_counter() - start))
    return best


def main() -> None:
    """Print one row for each algorithm and direction."""
    print(f"{'statement':<22}{'ours /s':>10}{'bare /s':>10}{'ratio':>8}")
    for algorithm in ("ES256", "Ed25519"):
        signer = SoftwareSigner.generate(algorithm)
        key = signer.public_key

        def sign(signer: SoftwareSigner = signer) -> Statement:
            return sign_statement(
                "event",
                PAYLOAD,
                issuer="https://id.example/ocop/7K3M9QAB",
                subject="urn:uuid:0190a7c5-8a3e-8f00-8000-000000000001",
                signer=signer,
                now=NOW,
            )[0]

        made = sign()
        message = Sign1.decode(made.cose)
        structure = message.sig_structure()

        def verify(cose: bytes = made.cose, key: object = key) -> bool:
            return Statement.decode(cose).is_signed_by(key)

        rows = (
            ("sign", sign, lambda s=signer, m=structure: s.sign(m)),
            ("verify", verify, lambda k=key, m=message, b=structure: k.verifies(m.signature, b)),
        )
        for name, ours, bare in rows:
            our_rate, bare_rate = rate(ours), rate(bare)
            label = f"{name} {algorithm}"
            print(f"{label:<22}{our_rate:>10.0f}{bare_rate:>10.0f}{our_rate / bare_rate:>8.2f}")


if __name__ == "__main__":
    main()
