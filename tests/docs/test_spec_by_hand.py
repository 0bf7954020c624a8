"""The pages of docs/spec say enough: the example files verify by hand, without our code."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

import cbor2
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

EXAMPLES = Path(__file__).parents[2] / "docs" / "spec" / "examples"


def unpadded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def signed_text(name: str) -> dict[str, Any]:
    text: dict[str, Any] = json.loads(json.loads((EXAMPLES / name).read_text())["signed"])
    return text


def bundle_keys() -> dict[bytes, dict[int, Any]]:
    """Return the keys of the bundle by their thumbprints."""
    keys = [unpadded(entry["key"]) for entry in signed_text("bundle.json")["keys"]]
    return {hashlib.sha256(key).digest(): cbor2.loads(key) for key in keys}


def verify_es256(key: dict[int, Any], signature: bytes, message: bytes) -> None:
    point = b"\x04" + key[-2] + key[-3]
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
    public.verify(encode_dss_signature(r, s), message, ec.ECDSA(SHA256()))


def statements() -> list[dict[str, Any]]:
    record = json.loads((EXAMPLES / "record.ocop").read_text(encoding="utf-8"))
    listed: list[dict[str, Any]] = record["statements"]
    return listed


@pytest.mark.parametrize("position", range(5))
def test_a_statement_of_the_record(position: int) -> None:
    statement = statements()[position]
    protected, unprotected, digest, signature = cbor2.loads(unpadded(statement["cose"])).value
    sig_structure = cbor2.dumps(["Signature1", protected, b"", digest])
    header = cbor2.loads(protected)
    key = next(key for thumbprint, key in bundle_keys().items() if thumbprint[:8] == header[4])
    verify_es256(key, signature, sig_structure)
    bound = unpadded(statement["salt"]) + statement["payload"].encode()
    assert unprotected == {}
    assert set(header) == {1, 4, 15, 16, 258, 259}
    assert hashlib.sha256(bound).digest() == digest
    assert hashlib.sha256(sig_structure).hexdigest() == statement["id"]


@pytest.mark.parametrize("position", range(5))
def test_its_place_in_the_log(position: int) -> None:
    record = json.loads((EXAMPLES / "record.ocop").read_text(encoding="utf-8"))
    statement = record["statements"][position]
    proof = statement["proofs"][0]
    _, size, root = record["checkpoints"][proof["checkpoint"]].split("\n")[:3]
    path = list(map(unpadded, proof["path"]))
    assert root_over(statement["cose"], proof["index"], int(size), path) == base64.b64decode(root)


def root_over(cose: str, index: int, size: int, path: list[bytes]) -> bytes:
    """Return the root that a path leads to, from an entry at an index."""
    node = hashlib.sha256(b"\x00" + unpadded(cose)).digest()
    last = size - 1
    for sibling in path:
        if index % 2 or index == last:
            node = hashlib.sha256(b"\x01" + sibling + node).digest()
            while index % 2 == 0 and index:
                index, last = index // 2, last // 2
        else:
            node = hashlib.sha256(b"\x01" + node + sibling).digest()
        index, last = index // 2, last // 2
    assert last == 0
    return node


def test_the_proof_of_a_submission() -> None:
    page = (EXAMPLES.parent / "submission.md").read_text(encoding="utf-8")
    block = page.partition("<!-- made: tlog proof -->")[2].split("```")[1].removeprefix("text\n")
    head, note = block.split("\n\n", 1)
    first, index, *path = head.split("\n")
    assert (first, index[:6]) == ("c2sp.org/tlog-proof@v1", "index ")
    _, size, root = note.split("\n")[:3]
    event = next(each for each in statements() if b"vnd.ocoptrace.event" in unpadded(each["cose"]))
    hashes = [base64.b64decode(line) for line in path]
    found = root_over(event["cose"], int(index[6:]), int(size), hashes)
    assert found == base64.b64decode(root)


def test_a_checkpoint_and_its_witnesses() -> None:
    log = signed_text("bundle.json")["logs"][0]
    note = json.loads((EXAMPLES / "record.ocop").read_text(encoding="utf-8"))["checkpoints"][0]
    text, lines = note.split("\n\n")
    times = []
    for line, vkey in zip(
        lines.splitlines(), [log["keys"][0]["vkey"], *log["witnesses"]], strict=True
    ):
        name, _, typed = vkey.split("+", 2)
        kind, key = base64.b64decode(typed)[:1], base64.b64decode(typed)[1:]
        signed = base64.b64decode(line.split(" ")[2])
        assert line.split(" ")[:2] == ["—", name]
        assert signed[:4] == hashlib.sha256(name.encode() + b"\n" + kind + key).digest()[:4]
        message = f"{text}\n".encode()
        if kind == b"\x04":
            times.append(int.from_bytes(signed[4:12]))
            message = f"cosignature/v1\ntime {times[-1]}\n".encode() + message
        ed25519.Ed25519PublicKey.from_public_bytes(key).verify(signed[-64:], message)
    assert len(times) == log["quorum"]


def test_a_receipt_of_the_log() -> None:
    page = (EXAMPLES.parent / "log.md").read_text(encoding="utf-8")
    shown = page.partition("<!-- made: receipt -->\n```text\n")[2].partition("```")[0]
    protected, unprotected, payload, signature = cbor2.loads(bytes.fromhex(shown)).value
    header = cbor2.loads(protected)
    assert (header[395], payload) == (1, None)
    size, index, path = cbor2.loads(unprotected[396][-1][0])
    said = next(
        e
        for e in statements()
        if cbor2.loads(unpadded(e["cose"])).value[0].find(header[15][2].encode()) > 0
    )
    node, last = hashlib.sha256(b"\x00" + unpadded(said["cose"])).digest(), size - 1
    for sibling in path:
        if index % 2 or index == last:
            node = hashlib.sha256(b"\x01" + sibling + node).digest()
            while index % 2 == 0 and index:
                index, last = index // 2, last // 2
        else:
            node = hashlib.sha256(b"\x01" + node + sibling).digest()
        index, last = index // 2, last // 2
    log = signed_text("bundle.json")["logs"][0]
    origin, _, typed = log["keys"][0]["vkey"].split("+", 2)
    assert header[15][1] == f"https://{origin}"
    key = ed25519.Ed25519PublicKey.from_public_bytes(base64.b64decode(typed)[1:])
    key.verify(signature, cbor2.dumps(["Signature1", protected, b"", node]))


def test_a_seal_and_a_changed_shelf_day() -> None:
    link, number = (EXAMPLES / "label.txt").read_text().strip().split("#")
    assert len(number) == 172
    data = int(number).to_bytes(72)
    assert data[:2] == b"\x02\x01"
    thumbprint, key = next((t, k) for t, k in bundle_keys().items() if t[:4] == data[2:6])
    name = "https://id.gs1.org" + link.removeprefix("HTTPS://ID.EXAMPLE")
    header = {1: -7, 4: thumbprint[:8], 16: "application/vnd.ocoptrace.seal+cose"}

    def message(day: int) -> bytes:
        payload = cbor2.dumps([name, day])
        return cbor2.dumps(["Signature1", cbor2.dumps(header), b"", payload])

    day = int.from_bytes(data[6:8])
    verify_es256(key, data[8:], message(day))
    with pytest.raises(InvalidSignature):
        verify_es256(key, data[8:], message(day + 1))


def test_the_bundle_that_the_record_names() -> None:
    record = json.loads((EXAMPLES / "record.ocop").read_text(encoding="utf-8"))
    bundle = json.loads((EXAMPLES / "bundle.json").read_text(encoding="utf-8"))
    assert hashlib.sha256(bundle["signed"].encode()).hexdigest() == record["bundle"]["sha256"]
    salted = bytes(16) + bundle["signed"].encode()
    assert (
        cbor2.loads(unpadded(bundle["signatures"][0])).value[2] == hashlib.sha256(salted).digest()
    )
