"""Registration requests: a producer asks an office to list its key, and shows that it holds it."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from ocoptrace import canonical_json
from ocoptrace.signing import base64url
from ocoptrace.signing.registration import RequestedLog, sign_request
from vectors.trust_cases.case import Case, refused
from vectors.trust_cases.forging import P256_ORDER
from vectors.trust_cases.trust_rules import off_curve
from village import ADDRESS, LOG, NEIGHBOUR, NOW, OFFICE, PRODUCER, ROOT, STRANGER, WITNESSES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ocoptrace.signing import Signer

INVALID, FORGED = "signing.request", "signing.request_signature"
FORGED_LOG = "signing.request_log_signature"
CONTEXT = b"ocoptrace-registration/1\n"
NOTHING_ELSE = {"root": None, "bundle": None}
OWN_LOG = RequestedLog(
    origin=LOG.name,
    vkey=str(LOG.verifier_key),
    witnesses=tuple(str(witness.verifier_key) for witness in WITNESSES),
    quorum=2,
)
WHOLE = sign_request(
    signer=PRODUCER.signer,
    name={"vi": "Hợp tác xã Mắm Sóng Trăng", "en": "Song Trang Cooperative"},
    gtin_prefixes=["9521234"],
    gtins=["95200002"],
    log=OWN_LOG,
    log_signer=LOG.signer,
    address=ADDRESS,
    office=hashlib.sha256(ROOT.text().encode()).hexdigest(),
    follows=STRANGER.signer.public_key.thumbprint.hex(),
    now=NOW,
)
PARTS: dict[str, str] = json.loads(WHOLE)
TEXT = PARTS["signed"]
MEMBERS: dict[str, Any] = json.loads(TEXT)
THE_LOG: dict[str, Any] = MEMBERS["log"]


def file_of(text: str, signature: bytes, *, by_log: bytes | None = None) -> bytes:
    """Return a request of a text and signatures; the log's is made where it is left out."""
    by_log = LOG.signer.sign(CONTEXT + text.encode()) if by_log is None else by_log
    file = {"signature": base64url.encode(signature), "signed": text}
    return canonical_json.dumps(file | {"log_signature": base64url.encode(by_log)})


def signed(
    text: str,
    *,
    by: Signer = PRODUCER.signer,
    context: bytes = CONTEXT,
    by_log: bytes | None = None,
) -> bytes:
    """Return a request of any text, signed well."""
    return file_of(text, by.sign(context + text.encode()), by_log=by_log)


def text_of(**members: Any) -> str:
    return canonical_json.dumps(MEMBERS | members).decode()


def cases() -> Iterator[Case]:
    """Yield requests that are good, then those of another form, of other members, or forged."""
    short = sign_request(signer=NEIGHBOUR.signer, name={"vi": "Hộ ông Bình"}, now=NOW)
    good = {
        "whole": ("A request in which every member is used.", WHOLE),
        "short": ("A request of an Ed25519 key, a name and a time.", short),
    }
    for name, (says, data) in good.items():
        yield Case(
            id=f"request-{name}",
            says=says,
            expect={"accepted": True},
            request=data,
            **NOTHING_ELSE,  # type: ignore[arg-type]
        )
    for name, (says, data, error, rule, place) in (forms() | members()).items():
        options = {"rule": rule, "place": place, "request": data, **NOTHING_ELSE}
        yield refused(f"request-{name}", says, error, **options)
    for name, (says, data) in forgeries().items():
        yield refused(f"request-{name}", says, FORGED, request=data, **NOTHING_ELSE)
    for name, (says, data) in forgeries_of_the_log().items():
        yield refused(f"request-log-{name}", says, FORGED_LOG, request=data, **NOTHING_ELSE)


def forms() -> dict[str, tuple[str, bytes, str, str, str]]:
    signature = PARTS["signature"]
    spaced = json.dumps(MEMBERS, ensure_ascii=False)
    filler = {"address": {"detail": "x" * 8192}}
    return {
        "empty": ("An empty file.", b"", INVALID, "json.syntax", ""),
        "array": ("An array.", b"[]", INVALID, "signing.file_members", ""),
        "spaces": (
            "A file with spaces.",
            json.dumps(PARTS).encode(),
            INVALID,
            "signing.file_members",
            "",
        ),
        "log-unsigned": (
            "It names a log, whose signature is missing.",
            canonical_json.dumps({"signature": signature, "signed": TEXT}),
            INVALID,
            "signing.file_members",
            "",
        ),
        "log-signed-unnamed": (
            "A log's signature, and no log.",
            signed(text_of(log=None)),
            INVALID,
            "signing.file_members",
            "",
        ),
        "log-signature-null": (
            "null in the place of a log's signature.",
            canonical_json.dumps(PARTS | {"log_signature": None}),
            INVALID,
            "signing.file_members",
            "",
        ),
        "member-outside": (
            "A member beside the three.",
            canonical_json.dumps(PARTS | {"note": ""}),
            INVALID,
            "signing.file_members",
            "",
        ),
        "unsigned": (
            "No signature.",
            canonical_json.dumps({"signed": TEXT}),
            INVALID,
            "signing.file_members",
            "",
        ),
        "text-as-object": (
            "What is signed as an object, not as its text.",
            canonical_json.dumps(PARTS | {"signed": MEMBERS}),
            INVALID,
            "signing.file_members",
            "",
        ),
        "signature-padded": (
            "Padding behind the signature.",
            canonical_json.dumps(PARTS | {"signature": signature + "=="}),
            "signing.not_base64url",
            "",
            "",
        ),
        "text-spaces": (
            "A text with spaces.",
            signed(spaced),
            INVALID,
            "signing.file_not_canonical",
            "",
        ),
        "too-large": (
            "A file over 8 KiB.",
            signed(text_of(**filler)),
            "signing.too_large",
            "",
            "",
        ),
    }


def members() -> dict[str, tuple[str, bytes, str, str, str]]:
    witness = THE_LOG["witnesses"][0]
    found: dict[str, tuple[str, dict[str, Any], str, str]] = {
        "member-unknown": (
            "A member that nobody knows.",
            {"role": "authority"},
            *at_unknown("role"),
        ),
        "key-off-curve": (
            "A point off the curve.",
            {"key": off_curve(MEMBERS["key"])},
            "signing.bad_point",
            "/key",
        ),
        "name-not-vietnamese": (
            "No Vietnamese name.",
            {"name": {"en": "Cooperative"}},
            "signing.request_languages",
            "/name",
        ),
        "name-third-language": (
            "A name in a third language.",
            {"name": {"vi": "Hợp tác xã", "fr": "Coopérative"}},
            "signing.request_languages",
            "/name",
        ),
        "name-blank": ("A blank name.", {"name": {"vi": " "}}, "signing.holder_name", "/name"),
        "gtin-prefix": (
            "A GTIN prefix of three digits.",
            {"gtin_prefixes": ["952"]},
            "signing.gtin_prefix",
            "/gtin_prefixes/0",
        ),
        "gtin": (
            "A GTIN with a wrong check digit.",
            {"gtins": ["95200003"]},
            "gs1.check_digit",
            "/gtins/0",
        ),
        "made": (
            "A time without a zone.",
            {"made": "2026-11-23T08:00:00"},
            "signing.time",
            "/made",
        ),
        "office": (
            "The office that is asked, by its URI.",
            {"office": OFFICE.issuer},
            "signing.thumbprint",
            "/office",
        ),
        "follows": (
            "The key that it is to follow, by its kid.",
            {"follows": "00" * 8},
            "signing.thumbprint",
            "/follows",
        ),
        "made-1969": (
            "A time before 1970.",
            {"made": "1969-12-31T23:59:59Z"},
            "signing.time",
            "/made",
        ),
        "log-name": (
            "The key of its log is not named as the origin.",
            {"log": THE_LOG | {"origin": "other.example/ocop-log/1"}},
            "signing.log_key",
            "/log/vkey",
        ),
        "log-cosigns": (
            "The key of its log is a witness's.",
            {"log": THE_LOG | {"vkey": witness}},
            "signing.log_key",
            "/log/vkey",
        ),
        "log-witness-twice": (
            "One witness of its log stands twice.",
            {"log": THE_LOG | {"witnesses": [witness, witness]}},
            "signing.witness_twice",
            "/log/witnesses/1",
        ),
        "log-quorum": (
            "Its log asks for three of two witnesses.",
            {"log": THE_LOG | {"quorum": 3}},
            "signing.quorum",
            "/log/quorum",
        ),
    }
    return {
        name: (says, signed(text_of(**changes)), INVALID, rule, place)
        for name, (says, changes, rule, place) in found.items()
    }


def at_unknown(member: str) -> tuple[str, str]:
    return "fields.unknown", f"/{member}"


def forgeries() -> dict[str, tuple[str, bytes]]:
    signature = base64url.decode(PARTS["signature"])
    s = int.from_bytes(signature[32:])
    flipped = bytes((signature[0] ^ 1,)) + signature[1:]
    sign = PRODUCER.signer.sign
    return {
        "text-changed": (
            "A prefix was changed after it was signed.",
            file_of(TEXT.replace("9521234", "9520000"), signature),
        ),
        "by-stranger": ("A stranger signed it.", signed(TEXT, by=STRANGER.signer)),
        "key-exchanged": (
            "A stranger put its own key into what the producer signed.",
            file_of(text_of(key=base64url.encode(STRANGER.signer.public_key.cose_key)), signature),
        ),
        "bit": ("A bit of the signature is flipped.", file_of(TEXT, flipped)),
        "high-s": (
            "s is n - s: it verifies, and is not its one form.",
            file_of(TEXT, signature[:32] + (P256_ORDER - s).to_bytes(32)),
        ),
        "short-signature": ("A signature of 63 bytes.", file_of(TEXT, signature[:-1])),
        "no-context": ("Signed is the text alone.", file_of(TEXT, sign(TEXT.encode()))),
        "other-context": (
            "Signed under another first line.",
            signed(TEXT, context=b"ocoptrace-key-binding/1\n"),
        ),
        "no-newline": (
            "Signed without the newline behind the first line.",
            signed(TEXT, context=CONTEXT.strip()),
        ),
    }


def forgeries_of_the_log() -> dict[str, tuple[str, bytes]]:
    message = CONTEXT + TEXT.encode()
    witness = WITNESSES[0].signer
    good = LOG.signer.sign(message)
    return {
        "by-witness": ("A witness signed for the log.", signed(TEXT, by_log=witness.sign(message))),
        "by-producer": (
            "The producer's key signed for the log: the same bytes twice.",
            signed(TEXT, by_log=PRODUCER.signer.sign(message)),
        ),
        "bit": (
            "A bit of the log's signature is flipped.",
            signed(TEXT, by_log=bytes((good[0] ^ 1,)) + good[1:]),
        ),
        "no-context": (
            "The log signed the text alone.",
            signed(TEXT, by_log=LOG.signer.sign(TEXT.encode())),
        ),
        "of-other": (
            "The log signed another request.",
            signed(TEXT, by_log=LOG.signer.sign(CONTEXT + text_of(gtins=[]).encode())),
        ),
    }
