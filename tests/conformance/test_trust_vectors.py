"""Agreement with published vectors: signatures, COSE, canonical JSON, Merkle proofs, notes."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import cbor2
import pytest

from ocoptrace import canonical_json
from ocoptrace.errors import OcopTraceError, ProofError, SigningError
from ocoptrace.signing import PublicKey, cbor
from ocoptrace.signing.cose import Sign1
from ocoptrace.signing.note import Note, VerifierKey
from ocoptrace.transparency import (
    Checkpoint,
    inclusion_proof,
    leaf_hash,
    tree_root,
    verify_consistency,
    verify_inclusion,
)
from ocoptrace.transparency.merkle import new_nodes
from ocoptrace.transparency.receipt import Consistency, Receipt
from ocoptrace.transparency.tile import ENTRIES, Tile, tiles_of
from ocoptrace.transparency.witness_protocol import AddCheckpoint

if TYPE_CHECKING:
    from pathlib import Path

Case = dict[str, Any]

HALF_P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551 // 2


def p256(x: bytes, y: bytes) -> PublicKey:
    return PublicKey.from_cose_key(cbor.encode({1: 2, -1: 1, -2: x, -3: y}))


def wycheproof(vectors: Path, name: str) -> list[tuple[Case, Case]]:
    """Return (public key, case) of each case of a Wycheproof file."""
    path = vectors / "trust/wycheproof/testvectors_v1" / f"{name}.json"
    groups = json.loads(path.read_text(encoding="utf-8"))["testGroups"]
    return [(group["publicKey"], case) for group in groups for case in group["tests"]]


def test_wycheproof_ed25519(vectors: Path) -> None:
    cases = wycheproof(vectors, "ed25519_test")
    assert len(cases) >= 151
    differing = [
        case["tcId"]
        for key, case in cases
        if PublicKey.from_ed25519(bytes.fromhex(key["pk"])).verifies(
            bytes.fromhex(case["sig"]), bytes.fromhex(case["msg"])
        )
        != (case["result"] == "valid")
    ]
    assert differing == []


def test_wycheproof_p256_but_for_signatures_with_a_high_s(vectors: Path) -> None:
    cases = wycheproof(vectors, "ecdsa_secp256r1_sha256_p1363_test")
    assert len(cases) >= 262
    refused_as_high = 0
    for key, case in cases:
        point = bytes.fromhex(key["uncompressed"])
        signature = bytes.fromhex(case["sig"])
        verified = p256(point[1:33], point[33:]).verifies(signature, bytes.fromhex(case["msg"]))
        # Wycheproof takes both of the two forms of a signature; our formats take the lower.
        is_high = len(signature) == 64 and int.from_bytes(signature[32:]) > HALF_P256_ORDER
        refused_as_high += is_high and case["result"] == "valid"
        assert verified == (case["result"] == "valid" and not is_high), case
    assert 0 < refused_as_high < len(cases) / 2


def test_rfc_8032(vectors: Path) -> None:
    cases = json.loads((vectors / "trust/rfc8032/ed25519.json").read_text(encoding="utf-8"))
    assert len(cases) >= 3
    for case in cases:
        public, message, signature = (bytes.fromhex(case[n]) for n in ("public", "msg", "sig"))
        key = PublicKey.from_ed25519(public)
        assert key.verifies(signature, message)
        assert not key.verifies(signature, message + b"\0")


# COSE examples: their headers are others than ours, so a message is taken apart by hand, and
# its Sig_structure and signature are judged.

COSE = {
    "sign1-tests/sign-pass-01": "protected header a0, which counts as empty",
    "sign1-tests/sign-pass-03": "no tag",
    "sign1-tests/sign-fail-01": "tag 998",
    "sign1-tests/sign-fail-03": "algorithm -999",
    "sign1-tests/sign-fail-04": "algorithm 'unknown'",
    "sign1-tests/sign-fail-07": "content type taken out of the protected header",
    "ecdsa-examples/ecdsa-sig-02": "P-384",
    "ecdsa-examples/ecdsa-sig-03": "P-521",
    "ecdsa-examples/ecdsa-sig-04": "SHA-512",
    "eddsa-examples/eddsa-sig-02": "Ed448",
    "ecdsa-examples/ecdsa-02": "COSE_Sign, P-384",
    "ecdsa-examples/ecdsa-04": "COSE_Sign, SHA-512",
    "eddsa-examples/eddsa-01": "COSE_Sign",
}
"""Every example there is, and what sets it apart from our statements."""

RECOMPUTED = {
    "sign1-tests/sign-pass-03",
    "ecdsa-examples/ecdsa-sig-02",
    "ecdsa-examples/ecdsa-sig-03",
    "ecdsa-examples/ecdsa-sig-04",
    "eddsa-examples/eddsa-sig-02",
}
"""Those whose Sig_structure must come out as published: one signer, nothing tampered with."""

VERIFIED = {
    "sign1-tests/sign-pass-01",
    "sign1-tests/sign-pass-03",
    "sign1-tests/sign-fail-01",
    "sign1-tests/sign-fail-03",
    "sign1-tests/sign-fail-04",
    "sign1-tests/sign-fail-07",
}
"""Those whose key is P-256 and whose published Sig_structure was signed with SHA-256."""


TAMPERED = {
    "sign1-tests/sign-fail-03",
    "sign1-tests/sign-fail-04",
    "sign1-tests/sign-fail-07",
}
"""Those of them whose protected header was changed after signing."""


def cose_example(vectors: Path, name: str) -> Case:
    path = vectors / "trust/cose-wg-examples" / f"{name}.json"
    example: Case = json.loads(path.read_text(encoding="utf-8"))
    return example


def parts(example: Case) -> list[Any]:
    value = cbor2.loads(bytes.fromhex(example["output"]["cbor"]))
    found: list[Any] = value.value if isinstance(value, cbor2.CBORTag) else value
    return list(found)


def base64url(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_every_cose_example_is_judged(vectors: Path) -> None:
    folder = vectors / "trust/cose-wg-examples"
    found = {str(path.relative_to(folder).with_suffix("")) for path in folder.glob("*/*.json")}
    assert found == set(COSE)


@pytest.mark.parametrize("name", COSE)
def test_a_cose_example_is_no_statement_of_ours(vectors: Path, name: str) -> None:
    with pytest.raises(SigningError):
        Sign1.decode(bytes.fromhex(cose_example(vectors, name)["output"]["cbor"]))


@pytest.mark.parametrize("name", sorted(RECOMPUTED))
def test_the_sig_structure_is_as_published(vectors: Path, name: str) -> None:
    example = cose_example(vectors, name)
    protected, _, payload, signature = parts(example)
    message = Sign1(protected, payload, signature)
    assert message.sig_structure().hex().upper() == example["intermediates"]["ToBeSign_hex"]


@pytest.mark.parametrize("name", sorted(VERIFIED))
def test_the_signature_is_over_the_sig_structure_alone(vectors: Path, name: str) -> None:
    example = cose_example(vectors, name)
    protected, _, payload, signature = parts(example)
    key = example["input"]["sign0"]["key"]
    public = p256(base64url(key["x"]), base64url(key["y"]))
    published = bytes.fromhex(example["intermediates"]["ToBeSign_hex"])
    # Each signature is judged in its lower form; whether it was high says nothing here.
    s = int.from_bytes(signature[32:])
    low = signature[:32] + min(s, 2 * HALF_P256_ORDER + 1 - s).to_bytes(32)
    assert public.verifies(low, published)
    # What was tampered with after signing shows in the message's own Sig_structure.
    empty = b"" if protected == b"\xa0" else protected
    own = Sign1(empty, payload, signature).sig_structure()
    assert public.verifies(low, own) == (name not in TAMPERED)


@pytest.mark.parametrize("name", ["arrays", "unicode", "values", "weird"])
def test_canonical_json(vectors: Path, name: str) -> None:
    folder = vectors / "trust/jcs/testdata"
    given = json.loads((folder / f"input/{name}.json").read_text(encoding="utf-8"))
    expected = (folder / f"output/{name}.json").read_bytes()
    written = bytes.fromhex((folder / f"outhex/{name}.txt").read_text(encoding="utf-8"))
    assert canonical_json.dumps(given) == expected == written


def test_canonical_json_vectors_are_all_there(vectors: Path) -> None:
    assert len(list((vectors / "trust/jcs/testdata/input").glob("*.json"))) == 4


def decoded(text: str | None) -> bytes:
    return base64.b64decode(text or "")


def is_proven(verify: Any, *arguments: Any) -> bool:
    try:
        verify(*arguments)
    except ProofError:
        return False
    return True


@pytest.mark.vectors("trust/transparency-dev-merkle/inclusion.json", 59)
def test_inclusion(case: Case) -> None:
    proof = [decoded(node) for node in case["proof"] or []]
    leaf, root = decoded(case["leafHash"]), decoded(case["root"])
    proven = is_proven(verify_inclusion, leaf, case["leafIdx"], case["treeSize"], proof, root)
    assert proven != case["wantErr"]


def roots_that_are_no_hashes(case: Case) -> str | None:
    if case["name"] == "additional:sizes-are-equal-one-and-proof-is-empty":
        return "its roots have 12 bytes, and no tree has such roots"
    return None


@pytest.mark.vectors(
    "trust/transparency-dev-merkle/consistency.json", 59, known=roots_that_are_no_hashes
)
def test_consistency(case: Case) -> None:
    proof = [decoded(node) for node in case["proof"] or []]
    roots = decoded(case["root1"]), decoded(case["root2"])
    proven = is_proven(verify_consistency, case["size1"], case["size2"], proof, *roots)
    assert proven != case["wantErr"]


def test_rfc_6962_roots(vectors: Path) -> None:
    path = vectors / "trust/rfc6962/reference_tree.json"
    tree = json.loads(path.read_text(encoding="utf-8"))
    leaves = [leaf_hash(bytes.fromhex(entry)) for entry in tree["leaves_hex"]]
    nodes: dict[tuple[int, int], bytes] = {}

    def read(level: int, position: int) -> bytes:
        return nodes[level, position]

    for index, leaf in enumerate(leaves):
        nodes.update(new_nodes(index, leaf, read))
    roots = [tree_root(size, read).hex() for size in range(len(leaves) + 1)]
    assert len(roots) == 9
    assert roots == tree["roots_by_size"]
    verify_inclusion(leaves[5], 5, 8, inclusion_proof(5, 8, read), bytes.fromhex(roots[8]))


def c2sp(vectors: Path, name: str) -> str:
    # Every byte matters, line ends included.
    return (vectors / "trust/c2sp" / name).read_bytes().decode()


def test_the_signed_note_of_the_specification(vectors: Path) -> None:
    note = Note.parse(c2sp(vectors, "note-example.txt"))
    key = VerifierKey.parse(c2sp(vectors, "note-example.vkey").strip())
    assert note.text == "This is an example message.\n"
    assert note.signature_times((key,)) == (0,)


@pytest.mark.parametrize("name", ["note-multiline", "checkpoint", "checkpoint-cosigned"])
def test_notes_of_the_specifications_read_back(vectors: Path, name: str) -> None:
    text = c2sp(vectors, f"{name}.txt")
    assert str(Note.parse(text)) == text


@pytest.mark.parametrize("name", ["checkpoint", "checkpoint-cosigned"])
def test_checkpoints_of_the_specifications_are_read(vectors: Path, name: str) -> None:
    checkpoint = Checkpoint.parse(c2sp(vectors, f"{name}.txt"))
    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20852163)


def test_the_cosigned_message_of_the_specification(vectors: Path) -> None:
    note = Note.parse(c2sp(vectors, "checkpoint-cosigned.txt"))
    cosignature = note.signatures[1]
    time = int.from_bytes(cosignature.data[:8])
    assert time == 1679315147
    signed = c2sp(vectors, "cosignature-v1-message.txt")
    assert signed == f"cosignature/v1\ntime {time}\n{note.text}"


@pytest.mark.parametrize(
    "name", ["proof-layout", "policy-layout", "witness-add-checkpoint-request"]
)
def test_other_texts_of_the_specifications_are_no_checkpoints(vectors: Path, name: str) -> None:
    with pytest.raises(OcopTraceError):
        Checkpoint.parse(c2sp(vectors, f"{name}.txt"))


def test_the_tiles_of_the_specification(vectors: Path) -> None:
    told = json.loads(c2sp(vectors, "tiles.json"))
    assert len(told["vectors"]) == 2
    for tree in told["vectors"]:
        tiles = [tile for tile in tiles_of(tree["tree_size"]) if tile.level != ENTRIES]
        found = [
            {
                "level": level,
                "full": sum(tile.is_full for tile in tiles if tile.level == level),
                "partial_width": sum(
                    tile.width for tile in tiles if tile.level == level and not tile.is_full
                ),
            }
            for level in range(max(tile.level for tile in tiles) + 1)
        ]
        assert found == tree["tiles"]
    for path in told["paths"]:
        assert Tile(0, path["index"]).path == f"tile/0/{path['path']}"


def test_the_request_to_a_witness_of_the_specification(vectors: Path) -> None:
    body = c2sp(vectors, "witness-add-checkpoint-request.txt")
    request = AddCheckpoint.parse(body)
    assert (request.old_size, len(request.proof)) == (20852014, 4)
    assert (request.checkpoint.size, str(request)) == (20852163, body)
    answered = c2sp(vectors, "witness-add-checkpoint-response.txt")
    signatures = Note.parse(f"{request.checkpoint.note.text}\n{answered}").signatures
    assert {each.name for each in signatures} == {"witness.example/w1", "witness.example/w2"}


def test_the_receipt_of_consistency_of_rfc_9942(vectors: Path) -> None:
    # No key and no roots are published with it, so its signature cannot be asked for.
    folder = vectors / "trust/cose-receipts-rfc9942/examples"
    assert [path.name for path in folder.glob("*.cbor")] == ["consistency-receipt.cbor"]
    data = (folder / "consistency-receipt.cbor").read_bytes()
    diagnostic = (folder / "consistency-receipt.diag").read_text(encoding="utf-8")
    assert bytes.fromhex(diagnostic.partition("## Hex")[2].strip("`\n ")) == data
    receipt = Receipt.decode(data)
    assert receipt.encode() == data
    assert (receipt.algorithm, receipt.kid) == (-7, b"test-key-1")
    assert receipt.issuer == "https://transparency-service.example.com"
    assert receipt.subject is None
    shown = receipt.shown
    assert isinstance(shown, Consistency)
    assert (shown.first_size, shown.size, len(shown.path)) == (3, 5, 4)
    # Its path has the length that leads from 3 to 5: what is missing is the older root.
    with pytest.raises(ProofError) as caught:
        shown.root(bytes(32))
    assert caught.value.code == "proof.wrong_root"
