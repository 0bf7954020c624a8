"""Questions from published vectors of signatures, with the answers that they want."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ocoptrace.signing import cbor

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["ed25519", "p256"]

HALF_P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551 // 2

Case = dict[str, Any]
Asked = tuple[list[Case], list[bool]]


def wycheproof(vectors: Path, name: str) -> list[tuple[Case, Case]]:
    path = vectors / "trust/wycheproof/testvectors_v1" / f"{name}.json"
    groups = json.loads(path.read_text(encoding="utf-8"))["testGroups"]
    return [(group["publicKey"], case) for group in groups for case in group["tests"]]


def ed25519(vectors: Path, part: str) -> Asked:
    """Return the questions of Wycheproof about Ed25519, to one part of the verifier."""
    cases = wycheproof(vectors, "ed25519_test")
    questions = [
        {"part": part, "key": key["pk"], "signature": case["sig"], "message": case["msg"]}
        for key, case in cases
    ]
    return questions, [case["result"] == "valid" for _, case in cases]


def p256(vectors: Path) -> Asked:
    """Return those about P-256. Wycheproof takes a high s as well, and our formats do not."""
    questions, wanted = [], []
    for key, case in wycheproof(vectors, "ecdsa_secp256r1_sha256_p1363_test"):
        point, signature = bytes.fromhex(key["uncompressed"]), bytes.fromhex(case["sig"])
        cose_key = cbor.encode({1: 2, -1: 1, -2: point[1:33], -3: point[33:]})
        named = {"signature": case["sig"], "message": case["msg"]}
        questions.append({"part": "coseKey", "key": cose_key.hex()} | named)
        is_high = len(signature) == 64 and int.from_bytes(signature[32:]) > HALF_P256_ORDER
        wanted.append(case["result"] == "valid" and not is_high)
    return questions, wanted
