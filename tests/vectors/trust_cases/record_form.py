"""The JSON form of a record: RFC 8785, exactly these members, each in its one spelling."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ocoptrace import canonical_json
from vectors.trust_cases.case import STANDARD, TRUST, malformed, record, short_record
from village import BATCH, PRODUCT, Village

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vectors.trust_cases.case import Case


def short() -> Any:
    """Return the JSON value of a record of one batch statement, to be changed."""
    village = Village()
    return json.loads(village.record([village.state_batch()], TRUST).to_bytes())


def changed(*path: str | int, **members: Any) -> bytes:
    """Return the short record with members of one of its objects set; ABSENT takes one away."""
    value = target = short()
    for step in path:
        target = target[step]
    for member, new in members.items():
        if new is ABSENT:
            del target[member]
        else:
            target[member] = new
    return canonical_json.dumps(value)


def replaced(old: str, new: str) -> bytes:
    """Return the text of the short record with one part of it replaced."""
    text = canonical_json.dumps(short()).decode()
    if text.count(old) != 1:
        raise ValueError(old)
    return text.replace(old, new).encode()


ABSENT = object()
STATEMENT = ("statements", 0)
PROOF = (*STATEMENT, "proofs", 0)
SHORT = canonical_json.dumps(short())
NOTE = short()["checkpoints"][0]
COSE = short()["statements"][0]["cose"]
SHA256 = short()["bundle"]["sha256"]
ID = short()["statements"][0]["id"]
NODE = short()["statements"][0]["proofs"][0]["path"][0]


def note_with(number: int, line: str) -> bytes:
    """Return the short record with one line of its checkpoint put in place of another."""
    lines = NOTE.split("\n")
    lines[number] = line
    return changed(checkpoints=["\n".join(lines)])


TEXT: dict[str, tuple[str, bytes, str]] = {
    "empty": ("An empty file.", b"", "json.syntax"),
    "not-json": ("No JSON.", b"ocop-record/1", "json.syntax"),
    "array": ("An array around the record.", b"[" + SHORT + b"]", "record.not_a_record"),
    "trailing-newline": ("A newline behind it.", SHORT + b"\n", "record.not_canonical"),
    "byte-order-mark": ("A byte order mark before it.", b"\xef\xbb\xbf" + SHORT, "json.syntax"),
    "two-values": ("A second value behind it.", SHORT + b"{}", "json.syntax"),
    "cut-off": ("Its last byte is missing.", SHORT[:-1], "json.syntax"),
    "not-utf-8": (
        "A byte that is no UTF-8.",
        SHORT.replace(b"ocop-record", b"ocop\xff-record"),
        "json.not_utf8",
    ),
    "lone-surrogate": (
        "An escape of half a character.",
        replaced('"payload":"{', '"payload":"\\ud800{'),
        "json.not_unicode",
    ),
    "white-space": (
        "A space behind a colon.",
        replaced('"about":', '"about": '),
        "record.not_canonical",
    ),
    "escaped-letter": (
        "A letter written as an escape.",
        replaced('"format":"ocop', '"format":"\\u006fcop'),
        "record.not_canonical",
    ),
    "members-out-of-order": (
        "The same members in another order.",
        json.dumps(dict(reversed(short().items())), separators=(",", ":")).encode(),
        "record.not_canonical",
    ),
    "member-twice": (
        "A member stands twice.",
        replaced('"about":', f'"about":"{PRODUCT}","about":'),
        "json.duplicate_member",
    ),
    "member-twice-deep": (
        "A member of a proof stands twice.",
        replaced('"index":2', '"index":2,"index":2'),
        "json.duplicate_member",
    ),
    "number-with-fraction": (
        "An index written 2.0.",
        replaced('"index":2', '"index":2.0'),
        "record.bad_member",
    ),
    "number-with-exponent": (
        "An index written 2e0.",
        replaced('"index":2', '"index":2e0'),
        "record.bad_member",
    ),
    "number-not-finite": (
        "A version that is no JSON number.",
        replaced('"version":1', '"version":NaN'),
        "json.not_finite",
    ),
    "number-too-large": (
        "An index that a double does not hold.",
        replaced('"index":2', '"index":9007199254740993'),
        "json.inexact_number",
    ),
    "nested-deep": (
        "Arrays nested 40 deep.",
        replaced('"checkpoints":[', '"checkpoints":[' + "[" * 40 + "]" * 40 + ","),
        "json.too_deep",
    ),
}

MEMBERS: dict[str, tuple[str, bytes, str]] = {
    "unknown-member": ("A member that nobody knows.", changed(more=1), "record.not_a_record"),
    "bundle-inside": (
        "A trust bundle travels inside; trust is never taken from what is checked.",
        changed(trust={"keys": []}),
        "record.not_a_record",
    ),
    "no-about": ("No about.", changed(about=ABSENT), "record.not_a_record"),
    "no-bundle": ("No bundle.", changed(bundle=ABSENT), "record.not_a_record"),
    "no-checkpoints": ("No checkpoints.", changed(checkpoints=ABSENT), "record.not_a_record"),
    "no-statements": ("No statements.", changed(statements=ABSENT), "record.not_a_record"),
    "other-format": (
        "A format of another version.",
        changed(format="ocop-record/2"),
        "record.not_a_record",
    ),
    "about-no-text": ("An about that is a number.", changed(about=7), "record.bad_member"),
    "about-no-name": (
        "An about that names nothing.",
        changed(about="https://example.com/shop"),
        "gs1.no_key",
    ),
    "about-other-host": (
        "The name of the batch on another host than id.gs1.org.",
        changed(about=BATCH.replace("id.gs1.org", "id.example")),
        "record.bad_member",
    ),
    "about-escaped": (
        "A letter of the name is percent-encoded.",
        changed(about=BATCH.replace("L1", "%4C1")),
        "record.bad_member",
    ),
    "about-attributes": (
        "The name carries an attribute.",
        changed(about=BATCH + "?17=280914"),
        "record.bad_member",
    ),
    "about-check-digit": (
        "The check digit of the GTIN is wrong.",
        changed(about=BATCH.replace("3213/", "3214/")),
        "gs1.check_digit",
    ),
    "bundle-version-0": ("Bundle 0.", changed("bundle", version=0), "record.bad_member"),
    "bundle-version-text": (
        "A bundle version that is a text.",
        changed("bundle", version="1"),
        "record.bad_member",
    ),
    "bundle-version-true": (
        "A bundle version that is true.",
        changed("bundle", version=True),
        "record.bad_member",
    ),
    "bundle-member": ("A member too many.", changed("bundle", more=1), "record.bad_member"),
    "bundle-hash-upper": (
        "A hash in upper case.",
        changed("bundle", sha256=SHA256.upper()),
        "record.bad_member",
    ),
    "bundle-hash-short": (
        "A hash of 31 bytes.",
        changed("bundle", sha256=SHA256[2:]),
        "record.bad_member",
    ),
    "checkpoint-no-text": (
        "A checkpoint that is an object.",
        changed(checkpoints=[{}]),
        "record.bad_member",
    ),
    "checkpoint-unused": (
        "A checkpoint that no proof leads to.",
        changed(checkpoints=[NOTE, NOTE]),
        "record.unused_checkpoint",
    ),
    "checkpoint-no-blank-line": (
        "No blank line before the signatures.",
        changed(checkpoints=[NOTE.replace("\n\n", "\n")]),
        "signing.note_syntax",
    ),
    "checkpoint-no-end": (
        "The last newline is missing.",
        changed(checkpoints=[NOTE[:-1]]),
        "signing.note_syntax",
    ),
    "checkpoint-unsigned": (
        "A checkpoint without a signature line.",
        changed(checkpoints=[NOTE[: NOTE.index("\n\n") + 2]]),
        "signing.note_syntax",
    ),
    "checkpoint-hyphen": (
        "A signature line that begins with a hyphen for the dash.",
        changed(checkpoints=[NOTE.replace("\N{EM DASH}", "-")]),
        "signing.note_syntax",
    ),
    "checkpoint-size-zeros": (
        "A size with a leading zero.",
        note_with(1, "03"),
        "proof.not_a_checkpoint",
    ),
    "checkpoint-size-sign": (
        "A size with a sign.",
        note_with(1, "+3"),
        "proof.not_a_checkpoint",
    ),
    "checkpoint-root-short": (
        "A root of 30 bytes.",
        note_with(2, "A" * 40),
        "proof.not_a_checkpoint",
    ),
    "checkpoint-root-unpadded": (
        "A root without the padding of base64.",
        note_with(2, "A" * 43),
        "proof.not_a_checkpoint",
    ),
    "checkpoint-no-origin": ("No origin.", note_with(0, ""), "proof.not_a_checkpoint"),
    "id-upper": ("An id in upper case.", changed(*STATEMENT, id=ID.upper()), "record.wrong_id"),
    "id-other": ("Another id.", changed(*STATEMENT, id="00" * 32), "record.wrong_id"),
    "statement-member": (
        "A member too many in a statement.",
        changed(*STATEMENT, note="…"),
        "record.bad_member",
    ),
    "cose-padded": (
        "Padding behind base64url.",
        changed(*STATEMENT, cose=COSE + "="),
        "signing.not_base64url",
    ),
    "cose-base64": (
        "Base64 with + and / for base64url.",
        changed(*STATEMENT, cose=COSE.replace("-", "+").replace("_", "/")),
        "signing.not_base64url",
    ),
    "salt-tail-bits": (
        "Bits behind the last byte of a salt.",
        changed(*STATEMENT, salt="AAAAAAAAAAAAAAAAAAAAAB"),
        "signing.not_base64url",
    ),
    "salt-absent": (
        "A payload without its salt.",
        changed(*STATEMENT, salt=ABSENT),
        "record.payload_without_salt",
    ),
    "payload-absent": (
        "A salt without its payload.",
        changed(*STATEMENT, payload=ABSENT),
        "record.payload_without_salt",
    ),
    "payload-null": ("A payload of null.", changed(*STATEMENT, payload=None), "record.bad_member"),
    "payload-object": (
        "A payload that is JSON, and not its text.",
        changed(*STATEMENT, payload={"type": "batch"}),
        "record.bad_member",
    ),
    "statement-twice": (
        "A statement stands twice.",
        changed(statements=short()["statements"] * 2),
        "record.not_sorted",
    ),
    "proofs-no-list": (
        "Proofs that are null.",
        changed(*STATEMENT, proofs=None),
        "record.bad_member",
    ),
    "proof-member": ("A member too many in a proof.", changed(*PROOF, size=3), "record.bad_member"),
    "proof-checkpoint-absent": (
        "A proof to a checkpoint that is not there.",
        changed(*PROOF, checkpoint=1),
        "record.bad_member",
    ),
    "proof-checkpoint-negative": (
        "A proof to the last checkpoint, counted from behind.",
        changed(*PROOF, checkpoint=-1),
        "record.bad_member",
    ),
    "proof-index-negative": ("Index -1.", changed(*PROOF, index=-1), "record.bad_member"),
    "proof-index-true": (
        "An index that is true.",
        changed(*PROOF, index=True),
        "record.bad_member",
    ),
    "proof-path-long": (
        "A path of 64 hashes: no tree is that high.",
        changed(*PROOF, path=[NODE] * 64),
        "record.bad_member",
    ),
    "proof-path-padded": (
        "Padding behind a hash of the path.",
        changed(*PROOF, path=[NODE + "="]),
        "signing.not_base64url",
    ),
    "proof-path-number": ("A path of numbers.", changed(*PROOF, path=[0]), "record.bad_member"),
}


def unsorted() -> bytes:
    value = json.loads(STANDARD)
    value["statements"].reverse()
    return canonical_json.dumps(value)


def cases() -> Iterator[Case]:
    """Yield a whole record and a short one, then those that are not in their one form."""
    yield record("record", "A record of four statements that holds.", STANDARD, "ok")
    yield short_record("record-short", "A record of one statement that holds.", SHORT, "ok")
    for name, (says, data, error) in (TEXT | MEMBERS).items():
        yield malformed(f"record-{name}", says, error, record=data)
    says = "The statements stand in another order than (origin, index)."
    yield malformed("record-not-sorted", says, "record.not_sorted", record=unsorted())
