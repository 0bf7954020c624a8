"""What a bundle holds: each rule, broken in a bundle that the office has signed well."""

from __future__ import annotations

import json
import unicodedata
from typing import TYPE_CHECKING, Any

from ocoptrace import canonical_json
from ocoptrace.signing import base64url
from ocoptrace.signing.note import COSIGNATURE_V1, NoteSigner
from vectors.trust_cases.case import accepted, refused
from vectors.trust_cases.forging import P256_PRIME
from vectors.trust_cases.trust_files import by_office
from village import (
    HOST,
    KEYS,
    LOG,
    PRODUCER,
    PRODUCT,
    WITNESSES,
    bundle_file,
    eddsa,
    es256,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vectors.trust_cases.case import Case

Members = dict[str, Any]
Rule = tuple[str, Members, str, str]
"""What is wrong, in words; the members that are; the rule's code; the place."""

INVALID, FORM = "signing.signed_file_invalid", "signing.signed_file"
SMALL: Members = json.loads(bundle_file(keys=KEYS[1:2]).signed)
"""A bundle of one key and one log."""
KEY: Members = SMALL["keys"][0]
GRANT: Members = KEY["grants"][0]
THE_LOG: Members = SMALL["logs"][0]
OTHER_KEY = json.loads(KEYS[2].text())
SECOND_LOG_KEY = str(NoteSigner(LOG.name, eddsa(32)).verifier_key)
LOG_AS_WITNESS = str(NoteSigner("w3.example", LOG.signer, COSIGNATURE_V1).verifier_key)
RENAMED = str(NoteSigner("w3.example", WITNESSES[0].signer, COSIGNATURE_V1).verifier_key)
DUTY = {"product": PRODUCT, "due": "item", "since": "2026-06-01"}
SEEN = {"origin": LOG.name, "root": "cd" * 32, "size": 7}
CEASED = {
    "at": "2026-11-23T08:00:00Z",
    "batches": [],
    "checkpoint": None,
    "key": "ab" * 32,
    "reason": "ceased",
}
CERTIFICATE = {
    "checked_at": "2026-11-22T03:00:00Z",
    "issuer": "CN=Example CA (sample), O=Example CA JSC, C=VN",
    "serial": "54aba38f33b6e3c2",
    "subject": "UID=MST:0000000000, CN=Hợp tác xã Mắm Sóng Trăng (ví dụ), C=VN",
}
LOST = CEASED | {"reason": "compromised"}
AT_KEY, AT_GRANT, AT_LOG, AT_REVOCATION = "/keys/0", "/keys/0/grants/0", "/logs/0", "/revocations/0"
SMALL_ORDER = (
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
)
"""Ed25519 keys under which anyone can sign: y of points whose order divides 8 (RFC 8032)."""


def bundle_of(**members: Any) -> bytes:
    return by_office(canonical_json.dumps(SMALL | members).decode())


def with_key(**changes: Any) -> Members:
    return {"keys": [KEY | changes]}


def with_grant(**changes: Any) -> Members:
    return with_key(grants=[GRANT | changes])


def with_log(**changes: Any) -> Members:
    return {"logs": [THE_LOG | changes]}


def with_revocation(**changes: Any) -> Members:
    return {"revocations": [CEASED | changes]}


def off_curve(key: str) -> str:
    """Return a COSE_Key whose y is another: the point is not on the curve."""
    data = base64url.decode(key)
    return base64url.encode(data[:-1] + bytes((data[-1] ^ 1,)))


def ed25519_key(raw: str) -> str:
    return base64url.encode(bytes.fromhex("a3010120062158" + "20" + raw))


def cases() -> Iterator[Case]:
    """Yield what each rule refuses, then what lies just within the rules."""
    for rules in (OF_THE_WHOLE, OF_KEYS, of_key_material(), OF_GRANTS, OF_REVOCATIONS, OF_LOGS):
        for name, (says, members, rule, place) in rules.items():
            bundle = bundle_of(**members)
            yield refused(f"rule-{name}", says, INVALID, rule=rule, place=place, bundle=bundle)
    says = "No namespaces."
    members = {name: value for name, value in SMALL.items() if name != "namespaces"}
    bundle = by_office(canonical_json.dumps(members).decode())
    options = {"rule": "fields.missing", "place": "/namespaces", "bundle": bundle}
    yield refused("rule-member-missing", says, INVALID, **options)
    says = "A certificate that is null: where there is none, there is no member."
    yield refused(
        "rule-certificate-null", says, FORM, bundle=bundle_of(**with_key(certificate=None))
    )
    for name, (says, members) in WITHIN.items():
        yield accepted(f"rule-within-{name}", says, bundle=bundle_of(**members))


OF_THE_WHOLE: dict[str, Rule] = {
    "member-unknown": ("A member that nobody knows.", {"more": 1}, "fields.unknown", "/more"),
    "version-0": ("Version 0.", {"version": 0}, "fields.invalid", "/version"),
    "expires-at-once": (
        "It expires as it is issued.",
        {"expires": "2026-11-23T08:00:00Z"},
        "signing.period",
        "/expires",
    ),
    "time-fraction": (
        "A time with a fraction.",
        {"expires": "2027-02-21T08:00:00.5Z"},
        "signing.time",
        "/expires",
    ),
    "time-no-zone": (
        "A time without a zone.",
        {"expires": "2027-02-21T08:00:00"},
        "signing.time",
        "/expires",
    ),
    "time-before": (
        "A time before 1970.",
        {"issued": "1969-12-31T23:59:59Z"},
        "signing.time",
        "/issued",
    ),
    "time-beyond": (
        "A time in the year 9000.",
        {"expires": "9000-01-01T00:00:00Z"},
        "signing.time",
        "/expires",
    ),
    "time-word": ("A time that is a word.", {"expires": "soon"}, "fields.invalid", "/expires"),
    "namespace-upper": (
        "A namespace in upper case.",
        {"namespaces": [HOST.upper(), HOST]},
        "gs1.host",
        "/namespaces/0",
    ),
    "namespace-path": (
        "A namespace with a path.",
        {"namespaces": [HOST, f"{HOST}/ocop"]},
        "gs1.host",
        "/namespaces/1",
    ),
}

OF_KEYS: dict[str, Rule] = {
    "role": (
        "A role that nobody knows.",
        with_key(role="king"),
        "fields.not_one_of",
        f"{AT_KEY}/role",
    ),
    "issuer-http": (
        "An issuer over http.",
        with_key(issuer="http://id.example/ocop/1"),
        "signing.issuer",
        f"{AT_KEY}/issuer",
    ),
    "issuer-upper": (
        "An issuer whose host is in upper case.",
        with_key(issuer="https://ID.EXAMPLE/ocop/1"),
        "signing.issuer",
        f"{AT_KEY}/issuer",
    ),
    "issuer-letters": (
        "An issuer with letters beyond ASCII, which may look like others.",
        with_key(issuer="https://id.example/ocop/7\N{CYRILLIC CAPITAL LETTER KA}3M9QAB"),
        "signing.issuer",
        f"{AT_KEY}/issuer",
    ),
    "name-none": (
        "A holder without a name.",
        with_key(name={}),
        "signing.holder_language",
        f"{AT_KEY}/name",
    ),
    "name-language": (
        "A holder named in a language of three letters.",
        with_key(name={"eng": "Paste"}),
        "signing.holder_language",
        f"{AT_KEY}/name",
    ),
    "name-lines": (
        "A holder whose name goes over two lines.",
        with_key(name={"vi": "Mắm\ntôm"}),
        "signing.holder_name",
        f"{AT_KEY}/name",
    ),
    "name-direction": (
        "A holder whose name turns the writing round.",
        with_key(name={"vi": "Mắm \u202etôm"}),
        "signing.holder_name",
        f"{AT_KEY}/name",
    ),
    "name-nfd": (
        "A holder whose name is decomposed (NFD).",
        with_key(name={"vi": unicodedata.normalize("NFD", "Mắm")}),
        "signing.holder_name",
        f"{AT_KEY}/name",
    ),
    "key-period": (
        "A key that may sign until the moment it begins.",
        with_key(sign_until=KEY["sign_from"]),
        "signing.period",
        f"{AT_KEY}/sign_until",
    ),
    "seal-period": (
        "A key whose seals end a second before its statements.",
        with_key(seal_until="2027-12-31T23:59:59Z"),
        "signing.seal_period",
        f"{AT_KEY}/seal_until",
    ),
    "grants-of-log": (
        "A log with a producer's grant.",
        with_key(role="log"),
        "signing.grant_of_role",
        f"{AT_KEY}/grants",
    ),
    "certificate-of-log": (
        "A log whose holder a certificate names.",
        with_key(role="log", grants=[], certificate=CERTIFICATE),
        "certificate.of_log",
        f"{AT_KEY}/certificate",
    ),
    "certificate-member": (
        "A certificate with a member that nobody knows.",
        with_key(certificate=CERTIFICATE | {"valid": True}),
        "fields.unknown",
        f"{AT_KEY}/certificate/valid",
    ),
    "certificate-empty": (
        "A certificate that names nobody.",
        with_key(certificate=CERTIFICATE | {"subject": ""}),
        "certificate.name",
        f"{AT_KEY}/certificate/subject",
    ),
    "certificate-lines": (
        "A certificate that names its CA over two lines.",
        with_key(certificate=CERTIFICATE | {"issuer": "CN=CA\nCN=Other"}),
        "certificate.name",
        f"{AT_KEY}/certificate/issuer",
    ),
    "certificate-blank": (
        "A certificate that names someone behind a blank.",
        with_key(certificate=CERTIFICATE | {"subject": " CN=Paste"}),
        "certificate.name",
        f"{AT_KEY}/certificate/subject",
    ),
    "certificate-long": (
        "A certificate that names someone in 401 characters.",
        with_key(certificate=CERTIFICATE | {"subject": "ố" * 401}),
        "certificate.name",
        f"{AT_KEY}/certificate/subject",
    ),
    "certificate-serial": (
        "A certificate's number in upper case.",
        with_key(certificate=CERTIFICATE | {"serial": "54AB"}),
        "certificate.serial",
        f"{AT_KEY}/certificate/serial",
    ),
    "certificate-serial-zero": (
        "A certificate's number with a zero before it.",
        with_key(certificate=CERTIFICATE | {"serial": "0ab"}),
        "certificate.serial",
        f"{AT_KEY}/certificate/serial",
    ),
    "certificate-time": (
        "A certificate that was looked at at no time.",
        with_key(certificate=CERTIFICATE | {"checked_at": "2026-11-22"}),
        "signing.time",
        f"{AT_KEY}/certificate/checked_at",
    ),
    "key-twice": (
        "Two keys with one kid: one key under two issuers.",
        {"keys": [KEY, OTHER_KEY | {"key": KEY["key"]}]},
        "signing.kid_twice",
        "/keys/1/key",
    ),
}


def of_key_material() -> dict[str, Rule]:
    p384 = bytes.fromhex("a401022002215830") + bytes(48) + bytes.fromhex("225830") + bytes(48)
    beyond = bytes.fromhex("a401022001215820") + P256_PRIME.to_bytes(32)
    beyond += bytes.fromhex("225820") + bytes(32)
    alg = base64url.decode(KEY["key"])
    alg = b"\xa5" + alg[1:3] + b"\x03\x26" + alg[3:]
    kinds = {
        "off-curve": ("A point off the curve.", off_curve(KEY["key"]), "signing.bad_point"),
        "beyond-field": (
            "A coordinate that is not below the prime.",
            base64url.encode(beyond),
            "signing.bad_point",
        ),
        "p-384": ("A P-384 key.", base64url.encode(p384), "signing.unknown_key_type"),
        "with-alg": (
            "A key with an optional member: its thumbprint would be another.",
            base64url.encode(alg),
            "signing.unknown_key_type",
        ),
        "no-cose": ("No COSE_Key.", "AAAA", "signing.not_deterministic"),
        "padded": ("Padding behind the key.", KEY["key"] + "=", "signing.not_base64url"),
    }
    for number, raw in enumerate(SMALL_ORDER):
        says = "An Ed25519 key of small order: anyone can sign under it."
        kinds[f"small-order-{number}"] = (says, ed25519_key(raw), "signing.bad_point")
    return {
        f"key-{name}": (says, with_key(key=key), code, f"{AT_KEY}/key")
        for name, (says, key, code) in kinds.items()
    }


OF_GRANTS: dict[str, Rule] = {
    "kind": (
        "A grant of a kind that nobody knows.",
        with_grant(kinds=["batch", "advert"]),
        "fields.not_one_of",
        f"{AT_GRANT}/kinds/1",
    ),
    "grant-period": (
        "A grant that ends as it begins.",
        with_grant(until=GRANT["from"]),
        "signing.period",
        f"{AT_GRANT}/until",
    ),
    "gtin-prefix-short": (
        "A GTIN prefix of three digits.",
        with_grant(gtin_prefixes=["9521234", "952"]),
        "signing.gtin_prefix",
        f"{AT_GRANT}/gtin_prefixes/1",
    ),
    "gtin-prefix-long": (
        "A GTIN prefix of 13 digits.",
        with_grant(gtin_prefixes=["9521234543213"]),
        "signing.gtin_prefix",
        f"{AT_GRANT}/gtin_prefixes/0",
    ),
    "gtin-prefix-empty": (
        "A GTIN prefix of no digit, with which every number begins.",
        with_grant(gtin_prefixes=[""]),
        "signing.gtin_prefix",
        f"{AT_GRANT}/gtin_prefixes/0",
    ),
    "gtin-prefix-letter": (
        "A GTIN prefix with a letter.",
        with_grant(gtin_prefixes=["952123A"]),
        "signing.gtin_prefix",
        f"{AT_GRANT}/gtin_prefixes/0",
    ),
    "gtin-10": (
        "A GTIN of 10 digits.",
        with_grant(gtins=["9521234543"]),
        "gs1.length",
        f"{AT_GRANT}/gtins/0",
    ),
    "gtin-check-digit": (
        "A GTIN with a wrong check digit.",
        with_grant(gtins=["95200002", "9521234543214"]),
        "gs1.check_digit",
        f"{AT_GRANT}/gtins/1",
    ),
    "name-prefix-no-slash": (
        "A prefix of plain names without a slash at its end.",
        with_grant(name_prefixes=[PRODUCER.issuer]),
        "signing.name_prefix",
        f"{AT_GRANT}/name_prefixes/0",
    ),
    "name-prefix-host": (
        "A prefix of plain names that is a host alone.",
        with_grant(name_prefixes=[f"https://{HOST}/"]),
        "signing.name_prefix",
        f"{AT_GRANT}/name_prefixes/0",
    ),
    "name-prefix-all": (
        "A prefix of every producer's plain names.",
        with_grant(name_prefixes=[f"https://{HOST}/ocop/"]),
        "signing.name_prefix",
        f"{AT_GRANT}/name_prefixes/0",
    ),
    "name-prefix-upper": (
        "A prefix of plain names in upper case.",
        with_grant(name_prefixes=[f"{PRODUCER.issuer.upper()}/"]),
        "signing.name_prefix",
        f"{AT_GRANT}/name_prefixes/0",
    ),
    "name-prefix-http": (
        "A prefix of plain names over http.",
        with_grant(name_prefixes=[f"{PRODUCER.issuer.replace('https', 'http')}/"]),
        "signing.name_prefix",
        f"{AT_GRANT}/name_prefixes/0",
    ),
    "name-prefix-serial": (
        "A prefix behind a serial, where no name goes on.",
        with_grant(name_prefixes=[f"{PRODUCER.issuer}/MAMTOM/L1/S1/"]),
        "signing.name_prefix",
        f"{AT_GRANT}/name_prefixes/0",
    ),
    "name-prefix-key": (
        "A prefix whose producer is a GS1 key.",
        with_grant(name_prefixes=[f"https://{HOST}/ocop/01/"]),
        "signing.name_prefix",
        f"{AT_GRANT}/name_prefixes/0",
    ),
    "namespace": (
        "A prefix of plain names on a host that is no namespace.",
        with_grant(name_prefixes=[f"https://other.example/ocop/{PRODUCER.code}/"]),
        "signing.namespace",
        f"{AT_GRANT}/name_prefixes/0",
    ),
    "duty-batch": (
        "A label duty that names a batch.",
        with_grant(labels=[DUTY | {"product": f"{PRODUCT}/10/L1"}]),
        "signing.label_product",
        f"{AT_GRANT}/labels/0/product",
    ),
    "duty-host": (
        "A label duty whose product is named on a host of its own.",
        with_grant(labels=[DUTY, DUTY | {"product": f"https://{HOST}/01/09521234543213"}]),
        "signing.label_product",
        f"{AT_GRANT}/labels/1/product",
    ),
    "duty-not-held": (
        "A label duty of a product that the grant does not cover.",
        with_grant(labels=[DUTY, DUTY | {"product": "https://id.gs1.org/01/09520000000004"}]),
        "signing.label_not_held",
        f"{AT_GRANT}/labels/1/product",
    ),
    "duty-level": (
        "A label duty of a level that nobody knows.",
        with_grant(labels=[DUTY | {"due": "crate"}]),
        "fields.not_one_of",
        f"{AT_GRANT}/labels/0/due",
    ),
}

OF_REVOCATIONS: dict[str, Rule] = {
    "revocation-kid": (
        "A revocation that names a key by its kid.",
        with_revocation(key="00" * 8),
        "signing.thumbprint",
        f"{AT_REVOCATION}/key",
    ),
    "revocation-upper": (
        "A revocation that names a key in upper case.",
        with_revocation(key="AB" * 32),
        "signing.thumbprint",
        f"{AT_REVOCATION}/key",
    ),
    "revocation-reason": (
        "A reason that nobody knows.",
        with_revocation(reason="late"),
        "fields.not_one_of",
        f"{AT_REVOCATION}/reason",
    ),
    "revocation-batches": (
        "Batches listed of a key that was not lost.",
        with_revocation(batches=["00" * 16]),
        "signing.revocation_facts",
        AT_REVOCATION,
    ),
    "revocation-checkpoint": (
        "A checkpoint given of a key that was not lost.",
        with_revocation(checkpoint=SEEN),
        "signing.revocation_facts",
        AT_REVOCATION,
    ),
    "revocation-batch-name": (
        "A batch listed by its name.",
        {"revocations": [LOST | {"batches": [f"{PRODUCT}/10/L1"]}]},
        "signing.batch_digest",
        f"{AT_REVOCATION}/batches/0",
    ),
    "revocation-root": (
        "A checkpoint with half a root.",
        {"revocations": [LOST | {"checkpoint": SEEN | {"root": "cd" * 16}}]},
        "signing.thumbprint",
        f"{AT_REVOCATION}/checkpoint/root",
    ),
}

OF_LOGS: dict[str, Rule] = {
    "log-twice": (
        "Two logs of one origin.",
        {"logs": [THE_LOG, THE_LOG]},
        "signing.log_twice",
        "/logs/1/origin",
    ),
    "log-no-key": (
        "A log without a key.",
        with_log(keys=[]),
        "fields.blank",
        f"{AT_LOG}/keys",
    ),
    "log-key-name": (
        "The key of a log is not named as its origin.",
        with_log(origin="other.example/ocop-log/1"),
        "signing.log_key",
        f"{AT_LOG}/keys/0/vkey",
    ),
    "log-key-type": (
        "The key of a log is a witness's.",
        with_log(keys=[THE_LOG["keys"][0] | {"vkey": THE_LOG["witnesses"][0]}]),
        "signing.log_key",
        f"{AT_LOG}/keys/0/vkey",
    ),
    "log-key-unreadable": (
        "The key of a log is its origin alone.",
        with_log(keys=[THE_LOG["keys"][0] | {"vkey": LOG.name}]),
        "signing.vkey_syntax",
        f"{AT_LOG}/keys/0/vkey",
    ),
    "log-key-sizes": (
        "A key of a log that ends at the size at which it begins.",
        with_log(keys=[THE_LOG["keys"][0] | {"from_size": 9, "to_size": 9}]),
        "signing.log_key_sizes",
        f"{AT_LOG}/keys/0/to_size",
    ),
    "witness-type": (
        "A witness has the key of a log.",
        with_log(witnesses=[THE_LOG["keys"][0]["vkey"]], quorum=1),
        "signing.witness_type",
        f"{AT_LOG}/witnesses/0",
    ),
    "witness-twice": (
        "One witness stands twice.",
        with_log(witnesses=THE_LOG["witnesses"][:1] * 2),
        "signing.witness_twice",
        f"{AT_LOG}/witnesses/1",
    ),
    "witness-renamed": (
        "One witness stands there by two names.",
        with_log(witnesses=[THE_LOG["witnesses"][0], RENAMED]),
        "signing.witness_twice",
        f"{AT_LOG}/witnesses/1",
    ),
    "witness-is-log": (
        "A witness has the log's own key, by another name.",
        with_log(witnesses=[*THE_LOG["witnesses"], LOG_AS_WITNESS]),
        "signing.witness_is_log",
        f"{AT_LOG}/witnesses/2",
    ),
    "quorum": (
        "A quorum of three of two witnesses.",
        with_log(quorum=3),
        "signing.quorum",
        f"{AT_LOG}/quorum",
    ),
    "operator": (
        "A log run by somebody without a URI.",
        with_log(operator="tỉnh"),
        "signing.issuer",
        f"{AT_LOG}/operator",
    ),
    "final-origin": (
        "The end of a log is that of another.",
        with_log(final=SEEN | {"origin": "other.example/ocop-log/1"}),
        "signing.log_final",
        f"{AT_LOG}/final/origin",
    ),
}

WITHIN: dict[str, tuple[str, Members]] = {
    "certificate": (
        "A key whose holder a certificate names.",
        with_key(certificate=CERTIFICATE),
    ),
    "certificate-longest": (
        "A certificate whose names have 400 characters, and its number 20 bytes.",
        with_key(certificate=CERTIFICATE | {"subject": "ố" * 400, "serial": "f" * 40}),
    ),
    "no-keys": ("A bundle without keys, revocations or logs.", {"keys": [], "logs": []}),
    "two-keys": (
        "Two keys of one holder.",
        {
            "keys": [
                KEY,
                KEY | {"key": base64url.encode(es256(42).public_key.cose_key)},
            ]
        },
    ),
    "authority-grants": (
        "An office with grants: they limit what it grades.",
        with_key(role="authority", grants=[GRANT | {"kinds": ["grade"]}]),
    ),
    "last-time": (
        "A key whose seals are good until the last second that can be written.",
        with_key(seal_until="8999-12-31T23:59:59Z"),
    ),
    "shortest-times": (
        "A key and a grant of a second each, whose seals end with it.",
        with_key(
            sign_from="2027-12-31T23:59:59Z",
            sign_until="2028-01-01T00:00:00Z",
            seal_until="2028-01-01T00:00:00Z",
            grants=[GRANT | {"from": "2027-12-31T23:59:59Z"}],
        ),
    ),
    "gtin-prefixes": (
        "GTIN prefixes of 4 and of 12 digits.",
        with_grant(gtin_prefixes=["9521", "952123454321"]),
    ),
    "gtins": (
        "GTINs of 8, 12, 13 and 14 digits.",
        with_grant(gtins=["95200002", "012345678905", "9521234543213", "19521234543210"]),
    ),
    "name-prefixes": (
        "Prefixes of a producer's, a product's and a lot's plain names.",
        with_grant(
            name_prefixes=[f"{PRODUCER.issuer}/{rest}" for rest in ("", "MAMTOM/", "MAMTOM/L1/")]
        ),
    ),
    "duty-plain": (
        "A label duty of a product with a plain name.",
        with_grant(labels=[DUTY | {"product": f"{PRODUCER.issuer}/MAMTOM"}]),
    ),
    "revoked-twice": (
        "A key that was withdrawn twice.",
        {"revocations": [CEASED, LOST | {"checkpoint": SEEN, "batches": ["00" * 16]}]},
    ),
    "log-keys-overlap": (
        "Two keys of a log, and both sign for some sizes.",
        with_log(
            keys=[
                THE_LOG["keys"][0] | {"to_size": 9},
                {"from_size": 7, "to_size": None, "vkey": SECOND_LOG_KEY},
            ]
        ),
    ),
    "log-final": ("A log that has ended.", with_log(final=SEEN)),
}
