"""What fuzzing does with an input: one reader of the trust core takes it.

Whatever comes in, nothing but the error that the reader documents comes out, in words that can be
printed; what is read is written back byte for byte; and nothing that nobody signed is ever good.
"""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from fuzz.gs1_readers import SEEDS as GS1_SEEDS
from fuzz.gs1_readers import one_input as read_gs1
from fuzz.trust_seeds import (
    BUNDLES,
    CHECKPOINTS,
    LABELS,
    PAYLOADS,
    PROBLEMS,
    PROOFS,
    PUBLIC_KEYS,
    RECORDS,
    REQUESTS,
    ROOTS,
    SAID,
    SIGNED_FORMS,
    SIGNERS,
    STATED,
    TEXTS_OF_BUNDLES,
    TEXTS_OF_REQUESTS,
    TEXTS_OF_ROOTS,
    TRUST,
    VILLAGE,
)
from ocoptrace import canonical_json
from ocoptrace.errors import (
    Gs1Error,
    InputError,
    OcopTraceError,
    ProofError,
    RecordError,
    SigningError,
)
from ocoptrace.gs1 import parse_name
from ocoptrace.messages import LANGUAGES
from ocoptrace.origin_record import OriginRecord
from ocoptrace.signing import (
    PublicKey,
    Root,
    Seal,
    SoftwareSigner,
    Statement,
    TrustBundle,
    base64url,
    cbor,
    sign_seal,
)
from ocoptrace.signing.cose import Sign1
from ocoptrace.signing.note import VerifierKey
from ocoptrace.signing.registration import RegistrationRequest
from ocoptrace.signing.signed_file import SignedFile
from ocoptrace.transparency import (
    Checkpoint,
    LogProof,
    tree_root,
    verify_consistency,
    verify_inclusion,
)
from ocoptrace.transparency.merkle import leaf_hash
from ocoptrace.transparency.receipt import Receipt, sign_receipt
from ocoptrace.transparency.submission import Problem, Refused, Reply, read_reply
from ocoptrace.transparency.tile import Tile, decode_entries, encode_entries, tiles_of
from ocoptrace.transparency.transparent_statement import TransparentStatement
from ocoptrace.transparency.witness_protocol import NOTHING_SEEN, AddCheckpoint, answer
from ocoptrace.verify import verify_label, verify_record, verify_statement
from village import (
    BATCH,
    HOST,
    LOG,
    NOW,
    OFFICE,
    PRODUCER,
    ROOT,
    ROOT_SIGNERS,
    WITNESSES,
    Village,
    log_entry,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from ocoptrace.signing.signed_file import SignedKind
    from ocoptrace.verify import Verdict

GOOD = {"ok", "ok_offline"}
OK = 200
IDS = {said.statement.id for said in STATED}
SHOWN = {(said.statement.id, said.payload) for said in STATED}
ABOUT = {BATCH, *(record.about for record in RECORDS)}
NOTES = {checkpoint.note.text for checkpoint in CHECKPOINTS}
KEYS_OF_LOG = log_entry().verifier_keys(1)
REQUESTED = b"ocoptrace-registration/1\n"
NODES = [VILLAGE.nodes[place] for place in sorted(VILLAGE.nodes)]
SIZES = len(VILLAGE.entries) + 1


def text_of(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def speak(verdict: Verdict) -> None:
    """Say a verdict in each language, as a page or a file would."""
    for language in LANGUAGES:
        verdict.headline(language)
        json.dumps(verdict.to_json(language), ensure_ascii=False).encode()


# CBOR, COSE and what is made of them


def read_cbor(data: bytes) -> None:
    assert cbor.encode(cbor.decode(data)) == data


def read_sign1(data: bytes) -> None:
    message = Sign1.decode(data)
    assert message.encode() == data
    assert cbor.decode(data).value == [message.protected, {}, message.payload, message.signature]
    assert cbor.encode(dict(message.headers)) == message.protected


def read_statement(data: bytes) -> None:
    statement = Statement.decode(data)
    assert Sign1.decode(data).encode() == statement.cose == data
    assert statement.issued_at.tzinfo is not None
    for key in PUBLIC_KEYS:
        assert not statement.is_signed_by(key) or statement.id in IDS
    verdict = verify_statement(data, trust=TRUST, now=NOW)
    assert verdict.overall not in GOOD or statement.id in IDS
    speak(verdict)


def read_header(data: bytes) -> None:
    """Read bytes as the protected header of a statement that is else in order."""
    statement = Statement.decode(Sign1(data, bytes(32), bytes(64)).encode())
    assert cbor.encode(dict(Sign1.decode(statement.cose).headers)) == data
    assert not statement.is_signed_by(PRODUCER.signer.public_key)
    speak(verify_statement(statement, trust=TRUST, now=NOW))


def read_seal(data: bytes) -> None:
    text = text_of(data)
    seal = Seal.parse(text)
    assert seal.number == text
    assert seal.shelf_date is None or seal.shelf_date.year >= 2020
    for key in PUBLIC_KEYS:
        assert Sign1.decode(seal.expand(key, BATCH).encode()).signature == seal.signature


def read_base64url(data: bytes) -> None:
    text = text_of(data)
    assert base64url.encode(base64url.decode(text)) == text


# Keys


def read_cose_key(data: bytes) -> None:
    key = PublicKey.from_cose_key(data)
    assert key.cose_key == data
    assert PublicKey.from_jwk(key.to_jwk()) == PublicKey.from_pem(key.to_pem()) == key
    assert not key.verifies(bytes(64), b"")


def read_jwk(data: bytes) -> None:
    members = canonical_json.loads(data)
    if isinstance(members, dict):
        assert PublicKey.from_jwk(members).to_jwk() == members


def read_pem(data: bytes) -> None:
    key = PublicKey.from_pem(data)
    assert PublicKey.from_pem(key.to_pem()) == key


def read_private_pem(data: bytes) -> None:
    signer = SoftwareSigner.from_pem(data)
    again = SoftwareSigner.from_pem(signer.to_pem())
    assert again.public_key == signer.public_key
    assert signer.public_key.verifies(signer.sign(data), data)


def read_verifier_key(data: bytes) -> None:
    text = text_of(data)
    assert str(VerifierKey.parse(text)) == text


# The log


def read_checkpoint(data: bytes) -> None:
    text = text_of(data)
    checkpoint = Checkpoint.parse(text)
    assert str(checkpoint) == text
    assert Checkpoint.parse(str(checkpoint)) == checkpoint
    checkpoint.verify(KEYS_OF_LOG)
    assert checkpoint.note.text in NOTES


def read_tile_path(data: bytes) -> None:
    text = text_of(data)
    assert Tile.parse(text).path == text


def read_entries(data: bytes) -> None:
    """Read a bundle of entries behind the width that it is said to have."""
    width = data[0] + 1 if data else 1
    assert encode_entries(decode_entries(data[1:], width)) == data[1:]


def read_witness_request(data: bytes) -> None:
    text = text_of(data)
    request = AddCheckpoint.parse(text)
    assert str(request) == text
    given = answer(request, NOTHING_SEEN, log=KEYS_OF_LOG[:1], witness=WITNESSES[0], time=1)
    assert given.status != OK or request.checkpoint.note.text in NOTES


def read_receipt(data: bytes) -> None:
    receipt = Receipt.decode(data)
    assert receipt.encode() == data
    is_signed = any(
        is_shown(receipt, entry) for entry in (*VILLAGE.entries, *(c.root for c in CHECKPOINTS))
    )
    assert is_signed <= (receipt.protected in {each.protected for each in RECEIPTS})


def is_shown(receipt: Receipt, of: bytes) -> bool:
    try:
        return bool(receipt.verify(of, KEYS_OF_LOG))
    except ProofError:
        return False


def read_transparent(data: bytes) -> None:
    transparent = TransparentStatement.decode(data)
    assert transparent.encode() == data
    assert Sign1.decode(transparent.statement).encode() == transparent.statement


def read_proof(data: bytes) -> None:
    """Read a proof: it is written alike but for extra data, and shows the one entry it can."""
    text = text_of(data)
    proof = LogProof.parse(text)
    first, _, rest = text.partition("\n")
    written = rest.partition("\n")[2] if rest.startswith("extra ") else rest
    assert str(proof) == f"{first}\n{written}"
    size = proof.checkpoint.size
    if 0 < size < SIZES and proof.checkpoint.root == tree_root(size, VILLAGE.read):
        for place, entry in enumerate(VILLAGE.entries):
            with suppress(ProofError):
                proof.verify(entry)
                assert place == proof.index


def read_submission_answer(data: bytes) -> None:
    """Read what a log answers behind the status that it is said to have."""
    status, body = 100 + 2 * data[0] if data else 0, data[1:]
    outcome = read_reply(Reply(status, body, 1.0))
    if isinstance(outcome, Refused):
        assert 400 <= status < 500
        assert Problem.parse(outcome.problem.to_json("vi")) == outcome.problem
        assert outcome.problem.text("vi")


def read_path(data: bytes) -> None:
    """Read numbers: two sizes, an index, and which nodes of the real log make a path."""
    kind, size, other, index, *chosen = (*data[:256], 0, 0, 0, 0)
    path = [NODES[number % len(NODES)] for number in chosen[:-4]]
    first, second = sorted((size % SIZES, other % SIZES))
    if not first:
        return
    roots = tree_root(first, VILLAGE.read), tree_root(second, VILLAGE.read)
    if kind % 2:
        claimed = NODES[kind % len(NODES)] if kind % 3 else roots[0]
        verify_consistency(first, second, path, claimed, roots[1])
        assert claimed == roots[0]
    else:
        entry = VILLAGE.entries[kind // 2 % len(VILLAGE.entries)]
        verify_inclusion(leaf_hash(entry), index, second, path, roots[1])
        assert VILLAGE.entries[index] == entry


# Signed files


def signed(text: str, kind: SignedKind) -> bytes:
    """Return a text signed well by those who may, whatever it says."""
    signers = ROOT_SIGNERS if kind == "root" else [OFFICE.signer]
    return SignedFile.sign(
        text, kind, version=version_of(text), issuer=OFFICE.issuer, signers=signers, now=NOW
    ).to_bytes()


def version_of(text: str) -> int:
    try:
        version = json.loads(text)["version"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return 1
    return version if type(version) is int and 0 < version < 10**6 else 1


def read_root(data: bytes) -> None:
    assert Root.load(data).text() in TEXTS_OF_ROOTS
    file = SignedFile.parse(data)
    assert SignedFile.parse(file.to_bytes()) == file
    ROOT.follow(data)


def read_root_text(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    root = Root.load(signed(text, "root"))
    assert root.text() == text
    assert len(root.fingerprint) == 79
    assert ROOT.follow(signed(text, "root")) == root


def read_bundle(data: bytes) -> None:
    assert TrustBundle.load(data, root=ROOT).text() in TEXTS_OF_BUNDLES
    file = SignedFile.parse(data)
    assert SignedFile.parse(file.to_bytes()) == file


def read_bundle_text(data: bytes) -> None:
    """Read a text that the office signed, and check something under it."""
    text = data.decode("utf-8", "replace")
    trust = TrustBundle.load(signed(text, "bundle"), root=ROOT)
    assert trust.text() == text
    speak(verify_record(RECORDS[1], trust=trust, now=NOW))
    speak(verify_label(LABELS[0], trust=trust, now=NOW))


def read_request(data: bytes) -> None:
    assert RegistrationRequest.parse(data).text() in TEXTS_OF_REQUESTS


def read_request_text(data: bytes) -> None:
    """Read a text that the producer signed, and its log where the text has members for one."""
    text = data.decode("utf-8", "replace")
    message = REQUESTED + text.encode()
    file = {"signature": base64url.encode(PRODUCER.signer.sign(message)), "signed": text}
    if '"vkey"' in text:
        file["log_signature"] = base64url.encode(LOG.signer.sign(message))
    assert RegistrationRequest.parse(canonical_json.dumps(file)).text() == text


# What is verified


def read_record(data: bytes) -> None:
    verdict = verify_record(data, trust=TRUST, now=NOW)
    speak(verdict)
    judge(data, verdict)
    record = OriginRecord.parse(data)
    assert record.to_bytes() == data
    hidden = record.redact(each.statement.id for each in record.statements)
    assert OriginRecord.parse(hidden.to_bytes()) == hidden


def read_repaired_record(data: bytes) -> None:
    """Read a record whose ids were put right, so that more of it is looked at."""
    value = canonical_json.loads(data)
    try:
        for said in value["statements"]:
            said["id"] = Statement.decode(base64url.decode(said["cose"])).id.hex()
    except (TypeError, KeyError, AttributeError, OcopTraceError):
        pass
    read_record(canonical_json.dumps(value))


def judge(data: bytes, verdict: Verdict) -> None:
    """Hold that a good record shows nothing but what was stated."""
    if verdict.overall in GOOD:
        record = OriginRecord.parse(data)
        shown = {(e.statement.id, e.payload) for e in record.statements if e.payload is not None}
        assert record.about in ABOUT
        assert shown <= SHOWN
        assert {each.statement.id for each in record.statements} <= IDS


def read_payload(data: bytes) -> None:
    """Read a kind, a subject and a payload as one who may state it signed and logged them."""
    kind, subject, payload = (*data.decode("utf-8", "replace").split("\n", 2), "", "")[:3]
    village = Village()
    by = SIGNERS.get(kind, PRODUCER)
    said = village.state(kind, payload.encode(), subject=subject, by=by)  # type: ignore[arg-type]
    told = [said, village.state_batch(), village.state_event()]
    verdict = verify_record(village.record(told, TRUST), trust=TRUST, now=NOW)
    speak(verdict)
    alone = verify_statement(
        said.statement, payload=said.payload, salt=said.salt, trust=TRUST, now=NOW
    )
    check = alone.check("format")
    assert check is not None
    assert (check.outcome == "fail") == (verdict.overall == "malformed")
    if check.outcome == "pass" and payload:
        value = canonical_json.loads(payload)
        assert canonical_json.dumps(value) == payload.encode()


def read_label(data: bytes) -> None:
    text = text_of(data)
    verdict = verify_label(text, trust=TRUST, now=NOW)
    speak(verdict)
    if verdict.overall in GOOD | {"warn"}:
        assert parse_name(text).canonical_with_attributes() in SIGNED_FORMS


def read_sealed_label(data: bytes) -> None:
    """Seal whatever has a name, as its maker would, and read the label."""
    name = parse_name(text_of(data))
    form = name.canonical_with_attributes()
    seal = sign_seal(form, shelf_date=None, signer=PRODUCER.signer)
    label = name.to_uri(host=HOST, upper=True, fragment=seal.number)
    verdict = verify_label(label, trust=TRUST, now=NOW)
    speak(verdict)
    assert verdict.about == name.canonical()
    check = verdict.check("signature")
    assert check is None or check.outcome == "pass"


class Target(NamedTuple):
    """A reader, what it may raise, and good inputs to begin from.

    Attributes:
        name: what it is called in the folder of what was found.
        read: takes an input.
        raises: the only errors that may leave it.
        seeds: inputs that it takes.
        max_bytes: no longer input is tried.
    """

    name: str
    read: Callable[[bytes], None]
    raises: type[OcopTraceError]
    seeds: tuple[bytes, ...]
    max_bytes: int = 4096


COSES = tuple(said.statement.cose for said in STATED)
RECEIPTS = tuple(
    sign_receipt(
        said.statement.cose,
        LogProof(VILLAGE.checkpoint(), said.index, VILLAGE.proof(said.index).path),
        log=LOG,
    )
    for said in SAID[:3]
)
TARGETS = tuple(
    Target(*each)
    for each in (
        ("gs1", read_gs1, Gs1Error, tuple(b"\0\0" + seed.encode() for seed in GS1_SEEDS), 256),
        ("cbor", read_cbor, SigningError, (*COSES[:3], PUBLIC_KEYS[0].cose_key), 512),
        ("sign1", read_sign1, SigningError, COSES, 1024),
        ("statement", read_statement, SigningError, COSES, 1024),
        ("receipt", read_receipt, ProofError, tuple(r.encode() for r in RECEIPTS), 1024),
        (
            "transparent",
            read_transparent,
            ProofError,
            tuple(
                TransparentStatement(said.statement.cose, RECEIPTS[place : place + 1]).encode()
                for place, said in enumerate(SAID[:3])
            ),
            2048,
        ),
        ("header", read_header, SigningError, tuple(Sign1.decode(c).protected for c in COSES), 512),
        (
            "seal",
            read_seal,
            SigningError,
            tuple(label.split("#")[1].encode() for label in LABELS),
            256,
        ),
        (
            "base64url",
            read_base64url,
            SigningError,
            tuple(base64url.encode(bytes(range(n))).encode() for n in (0, 1, 2, 3, 64)),
            256,
        ),
        ("cose-key", read_cose_key, SigningError, tuple(k.cose_key for k in PUBLIC_KEYS), 256),
        (
            "jwk",
            read_jwk,
            InputError,
            tuple(canonical_json.dumps(key.to_jwk()) for key in PUBLIC_KEYS),
            256,
        ),
        ("pem", read_pem, SigningError, tuple(key.to_pem() for key in PUBLIC_KEYS), 512),
        (
            "private-pem",
            read_private_pem,
            SigningError,
            tuple(s.to_pem() for s in (PRODUCER.signer, ROOT_SIGNERS[0], LOG.signer)),
            512,
        ),
        (
            "verifier-key",
            read_verifier_key,
            SigningError,
            tuple(str(s.verifier_key).encode() for s in (LOG, *WITNESSES)),
            256,
        ),
        (
            "checkpoint",
            read_checkpoint,
            ProofError,
            tuple(str(checkpoint).encode() for checkpoint in CHECKPOINTS),
            2048,
        ),
        (
            "tile-path",
            read_tile_path,
            ProofError,
            tuple(tile.path.encode() for tile in (*tiles_of(70_000), Tile(0, 1_234_067))[-6:]),
            64,
        ),
        ("entries", read_entries, ProofError, (b"\1\0\3moi\0\4muoi", b"\0\0\0"), 256),
        (
            "witness-request",
            read_witness_request,
            ProofError,
            tuple(str(AddCheckpoint(0, (), each)).encode() for each in CHECKPOINTS),
            2048,
        ),
        ("proof", read_proof, ProofError, PROOFS, 2048),
        (
            "submission-answer",
            read_submission_answer,
            ProofError,
            (
                *(bytes([50]) + proof for proof in PROOFS),
                *(bytes([151]) + problem.to_json("en") for problem in PROBLEMS),
                bytes([51]) + b'{"id":"00","index":1,"origin":"log.example/log"}',
            ),
            2048,
        ),
        ("path", read_path, ProofError, (), 32),
        ("root", read_root, SigningError, tuple(file.to_bytes() for file in ROOTS[1:2])),
        ("root-text", read_root_text, SigningError, (TEXTS_OF_ROOTS[1].encode(),)),
        ("bundle", read_bundle, SigningError, BUNDLES, 16384),
        (
            "bundle-text",
            read_bundle_text,
            SigningError,
            tuple(text.encode() for text in TEXTS_OF_BUNDLES),
            8192,
        ),
        ("request", read_request, SigningError, REQUESTS),
        (
            "request-text",
            read_request_text,
            SigningError,
            (TEXTS_OF_REQUESTS[0].encode(),),
        ),
        ("record", read_record, RecordError, tuple(r.to_bytes() for r in RECORDS), 32768),
        (
            "repaired-record",
            read_repaired_record,
            InputError,
            tuple(record.to_bytes() for record in RECORDS),
            32768,
        ),
        ("payload", read_payload, SigningError, PAYLOADS, 8192),
        ("label", read_label, InputError, tuple(label.encode() for label in LABELS), 512),
        (
            "sealed-label",
            read_sealed_label,
            Gs1Error,
            tuple(label.split("#")[0].encode() for label in LABELS),
            512,
        ),
    )
)


def one_input(target: Target, data: bytes) -> None:
    """Give one input to a reader, and say the error that comes out, if one does."""
    try:
        target.read(data)
    except target.raises as error:
        for language in LANGUAGES:
            (error.text(language) + error.remedy(language)).encode()
