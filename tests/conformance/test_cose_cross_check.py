"""Others agree about our signatures: WebCrypto in Node, and the SCITT library scitt-cose.

Both read the trust vectors. The script for Node shares no code with the library and checks seals,
roots and bundles too; scitt-cose is an implementation of COSE_Sign1 by other people.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from ocoptrace.errors import ProofError
from ocoptrace.gs1 import parse_name
from ocoptrace.origin_record import OriginRecord
from ocoptrace.signing import PublicKey, Root, Seal, TrustBundle
from ocoptrace.signing.cose import Sign1
from ocoptrace.transparency import leaf_hash, verify_inclusion

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ocoptrace.signing import Statement

FOLDER = Path(__file__).parents[1] / "vectors" / "trust"
SCRIPT = Path(__file__).with_name("webcrypto_check.mjs")
NODE = shutil.which("node")
HALF_P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551 // 2
NUMBERS_OF_SCITT_COSE = {-7, -8}
"""It does not know the fully specified -9 and -19 of RFC 9864."""


@pytest.mark.skipif(
    NODE is None and "CI" not in os.environ, reason="no node: WebCrypto is not asked"
)
def test_webcrypto_comes_to_the_same_outcomes() -> None:
    assert NODE is not None, "CI has to have node"
    run = subprocess.run(  # noqa: S603 - our own script, over our own files
        [NODE, SCRIPT, FOLDER], capture_output=True, check=True, text=True, timeout=120
    )
    said = json.loads(run.stdout)
    assert said["differing"] == []
    least = {
        "cases": {"record": 277, "label": 98, "load": 26},
        "verified": {"ES256": 742, "Ed25519": 10},
        "failed": {"ES256": 46, "Ed25519": 4},
    }
    for what, counts in least.items():
        assert all(said[what][kind] >= count for kind, count in counts.items()), said[what]


@cache
def trust_of(root: str, bundle: str) -> TrustBundle:
    pinned = Root.load((FOLDER / root).read_bytes())
    return TrustBundle.load((FOLDER / bundle).read_bytes(), root=pinned)


def cases() -> Iterator[dict[str, Any]]:
    """Yield every case of a record or label that can be read."""
    for path in sorted((FOLDER / "cases").glob("*.json")):
        for case in json.loads(path.read_bytes()):
            if "now" in case and "error" not in case["expect"]:
                yield case


def records() -> Iterator[tuple[OriginRecord, TrustBundle]]:
    for case in cases():
        if "record" in case:
            record = OriginRecord.parse((FOLDER / case["record"]).read_bytes())
            yield record, trust_of(case["root"], case["bundle"])


@cache
def pem(key: PublicKey) -> bytes:
    members = cbor2.loads(key.cose_key)
    public: ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey
    if key.algorithm == "ES256":
        point = b"\x04" + members[-2] + members[-3]
        public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    else:
        public = ed25519.Ed25519PublicKey.from_public_bytes(members[-2])
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def has_high_s(cose: bytes) -> bool:
    return int.from_bytes(cose[-32:]) > HALF_P256_ORDER


@pytest.fixture(scope="module")
def scitt() -> Any:
    return pytest.importorskip("scitt_cose", reason="scitt-cose is not installed")


def test_scitt_cose_verifies_the_same_statements(scitt: Any) -> None:
    asked: dict[Statement, PublicKey] = {}
    for record, trust in records():
        for recorded in record.statements:
            entry = trust.by_kid(recorded.statement.kid)
            if entry is not None and recorded.statement.algorithm in NUMBERS_OF_SCITT_COSE:
                asked[recorded.statement] = entry.public_key
    outcomes = {True: 0, False: 0}
    high = 0
    for statement, key in asked.items():
        read = scitt.parse_signed_statement(statement.cose, public_key_pem=pem(key))
        if key.algorithm == "ES256" and has_high_s(statement.cose):
            # It takes both of the two forms of a signature; our formats take the lower.
            high += read["signature_verified"] is True
            assert not statement.is_signed_by(key)
            continue
        assert read["signature_verified"] is statement.is_signed_by(key)
        outcomes[read["signature_verified"]] += 1
        if read["signature_verified"]:
            said = (read["issuer"], read["subject"], read["payload"])
            assert said == (statement.issuer, statement.subject, statement.digest)
    assert outcomes[True] >= 94
    assert outcomes[False] >= 22
    assert high == 1


def test_scitt_cose_verifies_the_same_seals(scitt: Any) -> None:
    verified = 0
    for case in cases():
        if "label" not in case or not (number := parse_name(case["label"]).fragment):
            continue
        seal = Seal.parse(number)
        for entry in trust_of(case["root"], case["bundle"]).by_hint(seal.hint):
            key, form = entry.public_key, case["signed_form"]
            message = seal.expand(key, form).encode()
            try:
                read = scitt.verify_sign1(message, public_key_pem=pem(key))
            except scitt.CoseError:
                assert not seal.is_signed_by(key, form)
                continue
            assert seal.is_signed_by(key, form) or has_high_s(message)
            assert read.payload == Sign1.decode(message).payload
            verified += 1
    assert verified >= 69


def test_scitt_cose_finds_the_same_proofs_to_hold(scitt: Any) -> None:
    outcomes = {True: 0, False: 0}
    for record, _ in records():
        for recorded in record.statements:
            for proof in recorded.proofs:
                checkpoint = record.checkpoints[proof.checkpoint]
                cose, path = recorded.statement.cose, proof.path
                place = (proof.index, checkpoint.size)
                theirs = scitt.verify_inclusion(
                    cose.hex(), *place, [node.hex() for node in path], checkpoint.root.hex()
                )
                try:
                    verify_inclusion(leaf_hash(cose), *place, path, checkpoint.root)
                except ProofError:
                    ours = False
                else:
                    ours = True
                assert ours == theirs
                outcomes[ours] += 1
    assert outcomes[True] >= 626
    assert outcomes[False] >= 15
