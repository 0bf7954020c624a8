"""Others agree about our signatures: WebCrypto in Node, and the COSE libraries scitt-cose and cwt.

All read the trust vectors. The script for Node shares no code with the library and checks seals,
roots, bundles and requests too; scitt-cose and cwt are implementations of COSE_Sign1 by other
people. cwt asks for an older cbor2 than the project does, so it has an environment of its own.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)

from ocoptrace.errors import ProofError
from ocoptrace.origin_record import OriginRecord
from ocoptrace.signing import (
    PublicKey,
    Root,
    Seal,
    Statement,
    TrustBundle,
    base64url,
    sign_statement,
)
from ocoptrace.signing.cose import Sign1
from ocoptrace.transparency import LogProof, leaf_hash, verify_inclusion
from ocoptrace.transparency.receipt import Receipt, sign_receipt
from ocoptrace.transparency.transparent_statement import TransparentStatement
from village import LOG, NEIGHBOUR, NOW, PRODUCER, Party, Village

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FOLDER = Path(__file__).parents[1] / "vectors" / "trust"
SCRIPT = Path(__file__).with_name("webcrypto_check.mjs")
NODE = shutil.which("node") or shutil.which("node", path=Path(sys.executable).parent)
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
NUMBERS_OF_SCITT_COSE = {-7, -8}
"""It does not know the fully specified -9 and -19 of RFC 9864."""
CWT_SCRIPT = Path(__file__).with_name("cwt_check.py")
CWT_PYTHON = Path(__file__).parents[2] / ".venv" / "cwt" / "bin" / "python"


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
        "cases": {"record": 385, "statement": 123, "label": 123, "load": 73},
        "verified": {"ES256": 1338, "Ed25519": 73},
        "failed": {"ES256": 56, "Ed25519": 4},
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


def statements() -> Iterator[tuple[Statement, PublicKey]]:
    """Yield every statement, in a record or by itself, with the key that it names."""
    for case in cases():
        if "label" in case:
            continue
        trust = trust_of(case["root"], case["bundle"])
        if "record" in case:
            record = OriginRecord.parse((FOLDER / case["record"]).read_bytes())
            found = [recorded.statement for recorded in record.statements]
        else:
            found = [Statement.decode(base64url.decode(case["statement"]["cose"]))]
        for statement in found:
            entry = trust.by_kid(statement.kid)
            if entry is not None:
                yield statement, entry.public_key


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
    return int.from_bytes(cose[-32:]) > P256_ORDER // 2


@pytest.fixture(scope="module")
def scitt() -> Any:
    return pytest.importorskip("scitt_cose", reason="scitt-cose is not installed")


def test_scitt_cose_verifies_the_same_statements(scitt: Any) -> None:
    asked = {s: key for s, key in statements() if s.algorithm in NUMBERS_OF_SCITT_COSE}
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
    assert outcomes[True] >= 219
    assert outcomes[False] >= 24
    assert high == 1


def test_scitt_cose_verifies_the_same_seals(scitt: Any) -> None:
    verified = 0
    for case in cases():
        if "signed_form" not in case:
            continue  # there is no seal
        seal = Seal.parse(case["label"].partition("#")[2])
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
    assert verified >= 94


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
    assert outcomes[True] >= 962
    assert outcomes[False] >= 21


def village_of_events() -> Village:
    village = Village()
    for _ in range(12):
        village.state_event()
    return village


def test_scitt_cose_verifies_our_receipts(scitt: Any) -> None:
    village = village_of_events()
    key = pem(LOG.signer.public_key)
    for size in range(4, len(village.entries) + 1):
        for index in range(2, size):
            proof = LogProof(village.checkpoint(size=size), index, village.proof(index, size).path)
            receipt = sign_receipt(village.entries[index], proof, log=LOG)
            transparent = TransparentStatement(village.entries[index], (receipt,)).encode()
            (data,) = scitt.extract_receipts(transparent)
            assert data == receipt.encode()
            entry = village.entries[index].hex()
            read = scitt.verify_receipt(data, leaf_entry_hex=entry, log_public_key_pem=key)
            assert read.ok, read.errors
            assert (read.tree_size, read.leaf_index) == (size, index)
            assert (read.issuer, read.subject) == (receipt.issuer, receipt.subject)
            other = village.entries[2 if index > 2 else 3].hex()
            false = scitt.verify_receipt(data, leaf_entry_hex=other, log_public_key_pem=key)
            assert not false.ok


def test_we_verify_the_receipts_of_scitt_cose(scitt: Any) -> None:
    village = village_of_events()
    entries = [entry.hex() for entry in village.entries]
    for index in range(2, len(entries)):
        subject = Statement.decode(village.entries[index]).subject
        data = scitt.build_receipt(
            leaf_entry_hex=entries[index],
            leaf_index=index,
            tree_entries_hex=entries,
            alg="EdDSA",
            log_private_key_pem=LOG.signer.to_pem(),  # type: ignore[attr-defined]
            iss=f"https://{LOG.name}",
            sub=subject,
            kid=LOG.signer.public_key.kid,
        )
        receipt = Receipt.decode(data)
        root = village.checkpoint().root
        tree = receipt.verify(village.entries[index], [LOG.verifier_key])
        assert tree == (LOG.name, len(entries), root)
        transparent = scitt.attach_receipts(village.entries[index], [data])
        assert TransparentStatement.decode(transparent).receipts == (receipt,)


def asked_of_cwt(**asked: Any) -> dict[str, Any]:
    run = subprocess.run(  # noqa: S603 - our own script
        [CWT_PYTHON, CWT_SCRIPT],
        input=json.dumps({"verify": [], "sign": []} | asked),
        capture_output=True,
        check=True,
        text=True,
        timeout=120,
    )
    answers: dict[str, Any] = json.loads(run.stdout)
    return answers


@pytest.fixture(scope="module")
def cwt() -> None:
    """Skip where `make test` has not installed cwt; in CI it has."""
    if not CWT_PYTHON.exists():
        assert "CI" not in os.environ, "CI has to have cwt"
        pytest.skip("no cwt: make .venv/cwt/ready installs it")


@pytest.mark.usefixtures("cwt")
def test_cwt_verifies_the_same_statements_and_seals() -> None:
    asked = {(said.cose, key): said.is_signed_by(key) for said, key in statements()}
    for case in cases():
        if "signed_form" in case:
            seal = Seal.parse(case["label"].partition("#")[2])
            for entry in trust_of(case["root"], case["bundle"]).by_hint(seal.hint):
                key, form = entry.public_key, case["signed_form"]
                asked[seal.expand(key, form).encode(), key] = seal.is_signed_by(key, form)
    pairs = [(cose.hex(), key.cose_key.hex()) for cose, key in asked]
    answers = asked_of_cwt(verify=pairs)["verified"]
    high = 0
    for (cose, key), ours, theirs in zip(asked, asked.values(), answers, strict=True):
        if key.algorithm == "ES256" and has_high_s(cose):
            # It takes both of the two forms of a signature; our formats take the lower.
            high += theirs is not None
            assert not ours
            continue
        assert (theirs is not None) == ours, cose.hex()
        assert theirs is None or bytes.fromhex(theirs) == Sign1.decode(cose).payload
    assert high == 2
    outcomes = Counter(asked.values())
    assert outcomes[True] >= 262
    assert outcomes[False] >= 61


KINDS_FOR_CWT: dict[str, str] = {
    "batch": "https://id.gs1.org/01/09521234543213/10/L1",
    "event": "urn:uuid:0190a7c5-8a3e-8f00-8000-000000000001",
    "evidence": "urn:uuid:3f0d5a52-6f0e-4d0a-9a55-0c8a7f6f1a11",
    "bundle": "bundle:7",
}


@pytest.mark.usefixtures("cwt")
@pytest.mark.parametrize("party", [PRODUCER, NEIGHBOUR], ids=["ES256", "Ed25519"])
def test_we_verify_what_cwt_signs(party: Party) -> None:
    key = party.signer.public_key
    asked = []
    for kind, subject in KINDS_FOR_CWT.items():
        statement, _ = sign_statement(
            kind,  # type: ignore[arg-type]
            b"{}",
            issuer=party.issuer,
            subject=subject,
            signer=party.signer,
            now=NOW,
        )
        message = Sign1.decode(statement.cose)
        asked.append(
            {
                "key": private_cose_key(party).hex(),
                "protected": in_pairs(message.headers),
                "payload": message.payload.hex(),
            }
        )
    answers = asked_of_cwt(sign=asked)["signed"]
    for given, answer, (kind, subject) in zip(asked, answers, KINDS_FOR_CWT.items(), strict=True):
        statement = Statement.decode(bytes.fromhex(answer))
        assert (statement.kind, statement.subject) == (kind, subject)
        assert (statement.issuer, statement.issued_at) == (party.issuer, NOW)
        assert statement.digest.hex() == given["payload"]
        # Half of the ES256 signatures that cwt makes have a high s, which is not our form.
        is_high = key.algorithm == "ES256" and has_high_s(statement.cose)
        assert statement.is_signed_by(key) is not is_high
        assert Statement.decode(
            lowered(statement.cose) if is_high else statement.cose
        ).is_signed_by(key)


def private_cose_key(party: Party) -> bytes:
    """Return a party's private key as a COSE_Key (RFC 9053 §7)."""
    private: Any = load_pem_private_key(party.signer.to_pem(), None)
    members = cbor2.loads(party.signer.public_key.cose_key)
    if party.signer.public_key.algorithm == "ES256":
        return cbor2.dumps(members | {-4: private.private_numbers().private_value.to_bytes(32)})
    return cbor2.dumps(members | {-4: private.private_bytes_raw()})


def in_pairs(headers: Mapping[Any, Any]) -> list[Any]:
    """Return a map as JSON carries it to cwt: members as pairs, bytes in hexadecimal."""
    return [[label, in_json(value)] for label, value in headers.items()]


def in_json(value: Any) -> Any:
    if isinstance(value, bytes):
        return {"hex": value.hex()}
    return in_pairs(value) if isinstance(value, dict) else value


def lowered(cose: bytes) -> bytes:
    """Return a message with the other s of its signature, which holds as well."""
    message = Sign1.decode(cose)
    s = P256_ORDER - int.from_bytes(message.signature[32:])
    return replace(message, signature=message.signature[:32] + s.to_bytes(32)).encode()
