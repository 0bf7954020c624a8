"""The form of a statement: one COSE_Sign1 in deterministic CBOR, exactly these headers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cbor2

from vectors.trust_cases.case import malformed
from vectors.trust_cases.forging import BATCH_SAID, HEADERS, changed, message, ordered, record_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vectors.trust_cases.case import Case

KID, CLAIMS, TYP, HASH, PREIMAGE = 4, 15, 16, 258, 259
CLAIM = HEADERS[CLAIMS]
PROTECTED = cbor2.dumps(ordered(HEADERS))
WHOLE = BATCH_SAID.statement.cose
DIGEST = BATCH_SAID.statement.digest
UUID4 = "urn:uuid:3f0d5a52-6f0e-4d0a-9a55-0c8a7f6f1a11"


def of_kind(kind: str, subject: str) -> bytes:
    """Return a statement of another kind with this sub."""
    return changed(
        {
            CLAIMS: CLAIM | {2: subject},
            TYP: f"application/vnd.ocoptrace.{kind}+cose",
            PREIMAGE: f"application/vnd.ocoptrace.salted+{kind}",
        }
    )


def claims(changes: dict[Any, Any], *, without: int | None = None) -> bytes:
    """Return a statement with some CWT claims set, and one taken away."""
    return changed({CLAIMS: ordered({k: v for k, v in (CLAIM | changes).items() if k != without})})


def put(old: bytes, new: bytes) -> bytes:
    """Return a statement whose protected header has bytes replaced, signed as it then stands."""
    if PROTECTED.count(old) != 1:
        raise ValueError(old.hex())
    return message(PROTECTED.replace(old, new))


MESSAGE: dict[str, tuple[str, bytes, str]] = {
    "no-tag": ("No tag 18.", message(tag=None), "signing.not_sign1"),
    "other-tag": ("Tag 98 (COSE_Sign) for 18.", message(tag=98), "signing.cbor_type"),
    "tag-in-tag": (
        "Tag 55799 (self-described CBOR) around it.",
        cbor2.dumps(cbor2.CBORTag(55799, cbor2.loads(WHOLE))),
        "signing.not_cbor",
    ),
    "tag-long": ("Tag 18 in two bytes.", b"\xd8\x12" + WHOLE[1:], "signing.not_deterministic"),
    "three-parts": (
        "Three parts.",
        message(parts=lambda parts: parts[:3]),
        "signing.not_sign1",
    ),
    "five-parts": (
        "Five parts.",
        message(parts=lambda parts: [*parts, b""]),
        "signing.not_sign1",
    ),
    "parts-in-map": (
        "The four parts in a map.",
        message(parts=lambda parts: dict(enumerate(parts))),
        "signing.not_sign1",
    ),
    "indefinite-array": (
        "An array of indefinite length.",
        b"\xd2\x9f" + WHOLE[2:] + b"\xff",
        "signing.not_cbor",
    ),
    "long-array": (
        "The number of parts in two bytes.",
        b"\xd2\x98\x04" + WHOLE[2:],
        "signing.not_deterministic",
    ),
    "trailing-byte": ("A byte behind it.", WHOLE + b"\x00", "signing.not_deterministic"),
    "cut-off": ("Its last byte is missing.", WHOLE[:-1], "signing.not_cbor"),
    "empty": ("No bytes.", b"", "signing.not_cbor"),
    "unprotected-kid": (
        "The kid in the unprotected map as well.",
        message(unprotected={KID: HEADERS[KID]}),
        "signing.not_sign1",
    ),
    "unprotected-only": (
        "The kid in the unprotected map alone.",
        message(
            {label: value for label, value in HEADERS.items() if label != KID},
            unprotected={KID: HEADERS[KID]},
        ),
        "signing.not_sign1",
    ),
    "unprotected-receipt": (
        "A receipt (394) in the unprotected map.",
        message(unprotected={394: [b"\x00"]}),
        "signing.not_sign1",
    ),
    "unprotected-null": ("null for the map.", message(unprotected=None), "signing.cbor_type"),
    "unprotected-array": ("An array for it.", message(unprotected=[]), "signing.not_sign1"),
    "payload-detached": ("A detached payload.", message(payload=None), "signing.cbor_type"),
    "payload-text": ("A payload that is text.", message(payload="0" * 32), "signing.not_sign1"),
    "payload-attached": (
        "The payload itself for its hash.",
        message(payload=BATCH_SAID.payload.encode()),
        "signing.bad_header",
    ),
    "payload-31-bytes": ("A hash of 31 bytes.", message(payload=DIGEST[1:]), "signing.bad_header"),
    "payload-64-bytes": ("A hash of 64 bytes.", message(payload=DIGEST * 2), "signing.bad_header"),
    "signature-63-bytes": (
        "A signature of 63 bytes.",
        message(signature=bytes(63)),
        "signing.not_sign1",
    ),
    "signature-der": (
        "A signature of 70 bytes, as DER would have.",
        message(signature=bytes(70)),
        "signing.not_sign1",
    ),
    "signature-empty": ("An empty signature.", message(signature=b""), "signing.not_sign1"),
    "protected-empty": ("An empty protected header.", message(b""), "signing.not_cbor"),
    "protected-empty-map": ("An empty map for it.", message({}), "signing.header_labels"),
    "protected-array": ("An array for it.", message(b"\x80"), "signing.not_sign1"),
    "protected-map": (
        "The map itself, not the bytes of it.",
        message(parts=lambda parts: [ordered(HEADERS), *parts[1:]]),
        "signing.not_sign1",
    ),
    "protected-trailing": (
        "A byte behind the protected map.",
        message(PROTECTED + b"\x00"),
        "signing.not_deterministic",
    ),
    "protected-indefinite": (
        "A protected map of indefinite length.",
        message(b"\xbf" + PROTECTED[1:] + b"\xff"),
        "signing.not_cbor",
    ),
    "over-8-kib": (
        "A statement of more than 8 KiB.",
        claims({2: "https://id.gs1.org/01/" + "0" * 8192}),
        "signing.too_large",
    ),
    "nested-deep": (
        "Arrays nested 40 deep in a header.",
        message(b"\xa1\x01" + b"\x81" * 40 + b"\x00"),
        "signing.not_cbor",
    ),
}

HEADER: dict[str, tuple[str, bytes, str]] = {
    "label-twice": (
        "alg stands twice.",
        message(b"\xa7\x01\x26" + PROTECTED[1:]),
        "signing.not_cbor",
    ),
    "labels-out-of-order": (
        "kid stands before alg.",
        message(cbor2.dumps({KID: HEADERS[KID]} | HEADERS)),
        "signing.not_deterministic",
    ),
    "label-long": (
        "The label 1 in two bytes.",
        put(b"\xa6\x01", b"\xa6\x18\x01"),
        "signing.not_deterministic",
    ),
    "length-long": (
        "The length of the kid in two bytes.",
        put(b"\x04\x48", b"\x04\x58\x08"),
        "signing.not_deterministic",
    ),
    "kid-in-pieces": (
        "The kid as a byte string of indefinite length.",
        put(b"\x04\x48" + HEADERS[KID], b"\x04\x5f\x48" + HEADERS[KID] + b"\xff"),
        "signing.not_cbor",
    ),
    "text-not-utf-8": (
        "A typ with a byte that is no UTF-8.",
        put(b".batch+cose", b".batch+cos\xff"),
        "signing.not_cbor",
    ),
    "alg-absent": ("No alg.", changed({}, without=1), "signing.header_labels"),
    "kid-absent": ("No kid.", changed({}, without=KID), "signing.header_labels"),
    "claims-absent": ("No CWT claims.", changed({}, without=CLAIMS), "signing.header_labels"),
    "typ-absent": ("No typ.", changed({}, without=TYP), "signing.header_labels"),
    "hash-absent": ("No label 258.", changed({}, without=HASH), "signing.header_labels"),
    "preimage-absent": ("No label 259.", changed({}, without=PREIMAGE), "signing.header_labels"),
    "crit": ("A crit header (2).", changed({2: [1]}), "signing.header_labels"),
    "content-type": (
        "A content type (3).",
        changed({3: "application/json"}),
        "signing.header_labels",
    ),
    "x5chain": ("A certificate (33).", changed({33: b"\x30\x00"}), "signing.header_labels"),
    "payload-location": (
        "A payload location (260), which RFC 9995 allows and we do not.",
        changed({260: "https://id.example/p"}),
        "signing.header_labels",
    ),
    "private-label": ("A label of one's own.", changed({-70000: 1}), "signing.header_labels"),
    "text-label": ("A label that is text.", changed({"alg": -7}), "signing.header_labels"),
    "bool-label": (
        "The label true for 1.",
        put(b"\xa6\x01\x26", b"\xa6\xf5\x26"),
        "signing.cbor_type",
    ),
    "float-label": (
        "The label 1.0 for 1.",
        put(b"\xa6\x01\x26", b"\xa6\xf9\x3c\x00\x26"),
        "signing.cbor_type",
    ),
    "alg-es384": ("alg ES384 (-35).", changed({1: -35}), "signing.unknown_algorithm"),
    "alg-hmac": ("alg HMAC 256 (5).", changed({1: 5}), "signing.unknown_algorithm"),
    "alg-reserved": ("alg 0.", changed({1: 0}), "signing.unknown_algorithm"),
    "alg-text": ("alg as text.", changed({1: "ES256"}), "signing.unknown_algorithm"),
    "alg-null": ("alg null.", changed({1: None}), "signing.cbor_type"),
    "alg-float": ("alg -7.0.", changed({1: -7.0}), "signing.cbor_type"),
    "kid-7-bytes": ("A kid of 7 bytes.", changed({KID: bytes(7)}), "signing.bad_header"),
    "kid-32-bytes": (
        "The whole thumbprint for the kid.",
        changed({KID: bytes(32)}),
        "signing.bad_header",
    ),
    "kid-text": ("A kid that is text.", changed({KID: "00000000"}), "signing.bad_header"),
    "typ-seal": (
        "The typ of a seal: a seal is no statement.",
        of_kind("seal", BATCH_SAID.statement.subject),
        "signing.unknown_kind",
    ),
    "typ-unknown": (
        "A kind that nobody knows.",
        of_kind("advert", BATCH_SAID.statement.subject),
        "signing.unknown_kind",
    ),
    "typ-upper": (
        "A typ in upper case.",
        changed({TYP: HEADERS[TYP].upper()}),
        "signing.unknown_kind",
    ),
    "typ-number": ("A typ that is a number.", changed({TYP: 60}), "signing.unknown_kind"),
    "typ-other-than-preimage": (
        "typ says event, 259 says batch.",
        changed({TYP: "application/vnd.ocoptrace.event+cose"}),
        "signing.bad_header",
    ),
    "preimage-other-than-typ": (
        "typ says batch, 259 says event.",
        changed({PREIMAGE: "application/vnd.ocoptrace.salted+event"}),
        "signing.bad_header",
    ),
    "preimage-unsalted": (
        "259 says that the hash is not salted.",
        changed({PREIMAGE: "application/json"}),
        "signing.bad_header",
    ),
    "hash-sha-512": ("258 says SHA-512 (-44).", changed({HASH: -44}), "signing.bad_header"),
    "claims-array": ("CWT claims in an array.", changed({CLAIMS: [1]}), "signing.bad_header"),
    "claims-exp": ("A claim too many: exp.", claims({4: 2**31}), "signing.bad_header"),
    "claims-cti": ("A claim too many: cti.", claims({7: b"\x00"}), "signing.bad_header"),
    "iss-absent": ("No iss.", claims({}, without=1), "signing.bad_header"),
    "iss-empty": ("An empty iss.", claims({1: ""}), "signing.bad_header"),
    "iss-bytes": ("An iss of bytes.", claims({1: b"x"}), "signing.bad_header"),
    "sub-absent": ("No sub.", claims({}, without=2), "signing.bad_header"),
    "iat-absent": ("No iat.", claims({}, without=6), "signing.bad_header"),
    "iat-float": ("An iat with a fraction.", claims({6: CLAIM[6] + 0.5}), "signing.cbor_type"),
    "iat-text": ("An iat that is text.", claims({6: "2026-11-23T08:00:00Z"}), "signing.bad_header"),
    "iat-tagged": (
        "An iat under tag 1.",
        claims({6: cbor2.CBORTag(1, CLAIM[6])}),
        "signing.not_cbor",
    ),
    "iat-before-1970": (
        "An iat before 1970.",
        claims({6: -1}),
        "signing.bad_header",
    ),
    "iat-year-9000": (
        "An iat in the year 9000.",
        claims({6: 221845392000}),
        "signing.bad_header",
    ),
    "iat-year-10000": (
        "An iat that no calendar holds.",
        claims({6: 2**60}),
        "signing.bad_header",
    ),
    "sub-fragment": (
        "A sub with a fragment.",
        claims({2: BATCH_SAID.statement.subject + "#1"}),
        "signing.bad_subject",
    ),
    "sub-no-uri": ("A batch with a sub that is no URI.", claims({2: "L1"}), "signing.bad_subject"),
    "sub-place": (
        "A place whose sub is no urn:uuid: of version 4.",
        of_kind("place", UUID4.replace("-4d0a-", "-1d0a-")),
        "signing.bad_subject",
    ),
    "sub-producer": (
        "A producer whose sub is a name.",
        of_kind("producer", "Nguyễn Thị Lan"),
        "signing.bad_subject",
    ),
    "sub-evidence": (
        "A document whose sub is a urn:uuid: in upper case.",
        of_kind("evidence", UUID4.upper()),
        "signing.bad_subject",
    ),
    "sub-key": (
        "A key whose sub is its thumbprint, and no URI.",
        of_kind("key", "00" * 32),
        "signing.bad_subject",
    ),
    "sub-bundle": (
        "A bundle whose sub has no version.",
        of_kind("bundle", "bundle:"),
        "signing.bad_subject",
    ),
    "sub-event-space": (
        "An event whose sub holds a space.",
        of_kind("event", "urn:uuid:0190a7c5 8a3e"),
        "signing.bad_subject",
    ),
}


def cases() -> Iterator[Case]:
    """Yield records of one statement, logged and signed well, that has another form."""
    for name, (says, cose, error) in (MESSAGE | HEADER).items():
        yield malformed(f"statement-{name}", says, error, record=record_of(cose))
