"""Roots and bundles: what is loaded, and what is refused before anything is checked with it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ocoptrace import canonical_json
from ocoptrace.signing import Root, Statement, base64url
from ocoptrace.signing.bundle import LogKey
from ocoptrace.signing.cose import Sign1
from ocoptrace.signing.note import COSIGNATURE_V1, NoteSigner
from ocoptrace.signing.signed_file import SignedFile
from ocoptrace.signing.statement import sign_statement
from vectors.trust_cases.case import BUNDLE_FILE, ROOT_FILE, accepted, bundle_file, refused
from vectors.trust_cases.forging import P256_ORDER, P256_PRIME
from village import (
    KEYS,
    LOG,
    NOW,
    OFFICE,
    ROOT_SIGNERS,
    STRANGER,
    WITNESSES,
    eddsa,
    es256,
    log_entry,
    root_file,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ocoptrace.signing import Signer
    from vectors.trust_cases.case import Case

INVALID, FORM, THRESHOLD = "signing.signed_file_invalid", "signing.signed_file", "signing.threshold"
BAD_THRESHOLD = "signing.bad_threshold"
ROOT = root_file()
BUNDLE = bundle_file()
SECOND_OFFICE = eddsa(41)
TWO_OFFICES = root_file(bundle_signers=(OFFICE.signer, SECOND_OFFICE))


def signed(text: str, kind: Any, *signers: Signer, version: int = 1) -> bytes:
    """Return a text that says anything, signed well."""
    file = SignedFile.sign(
        text, kind, version=version, issuer=OFFICE.issuer, signers=signers, now=NOW
    )
    return file.to_bytes()


def root_text(**members: Any) -> str:
    return canonical_json.dumps(json.loads(ROOT.signed) | members).decode()


def roles(threshold: int, *, keys: list[str] | None = None) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(ROOT.signed)["roles"]
    found["root"] = {"keys": keys or found["root"]["keys"], "threshold": threshold}
    return found


def offices(threshold: int) -> bytes:
    """Return a root under which this many of two offices must sign a bundle."""
    members = json.loads(TWO_OFFICES.signed)
    members["roles"]["bundle"]["threshold"] = threshold
    return signed(canonical_json.dumps(members).decode(), "root", *ROOT_SIGNERS)


def bundle_text(**members: Any) -> str:
    return canonical_json.dumps(json.loads(BUNDLE.signed) | members).decode()


def by_office(text: str) -> bytes:
    return signed(text, "bundle", OFFICE.signer)


def with_signatures(*signatures: Statement) -> bytes:
    return SignedFile(BUNDLE.signed, signatures).to_bytes()


def cases() -> Iterator[Case]:
    """Yield roots, thresholds, bundles under roots, then bundles of another form."""
    yield from roots()
    yield from thresholds()
    yield from versions()
    yield from forms()
    yield from members()


def roots() -> Iterator[Case]:
    def case(name: str, says: str, root: bytes, error: str = "") -> Case:
        if error:
            return refused(f"root-{name}", says, error, root=root, bundle=None)
        return accepted(f"root-{name}", says, root=root, bundle=None)

    one, two, _ = ROOT_SIGNERS
    keys = json.loads(ROOT.signed)["roles"]["root"]["keys"]
    lines = ROOT.signatures
    yield case("three", "Signed by all three of its keys; two are asked for.", ROOT_FILE)
    yield case("two", "Signed by two of them.", SignedFile(ROOT.signed, lines[1:]).to_bytes())
    yield case("one", "Signed by one.", SignedFile(ROOT.signed, lines[:1]).to_bytes(), THRESHOLD)
    yield case("none", "Not signed.", SignedFile(ROOT.signed, ()).to_bytes(), THRESHOLD)
    says = "One signature three times: keys are counted, not signatures."
    yield case("again", says, SignedFile(ROOT.signed, lines[:1] * 3).to_bytes(), THRESHOLD)
    says = "A key is listed twice: it counts once, and two are asked for."
    listed_twice = root_text(roles=roles(2, keys=[keys[0], keys[0]]))
    yield case("key-twice", says, signed(listed_twice, "root", one, one), BAD_THRESHOLD)
    says = "One of its keys and a stranger."
    yield case("stranger", says, signed(ROOT.signed, "root", one, STRANGER.signer), THRESHOLD)
    for threshold in (0, -1):
        says = f"A threshold of {threshold}, signed by a stranger."
        text = root_text(roles=roles(threshold))
        yield case(
            f"threshold-{threshold}", says, signed(text, "root", STRANGER.signer), BAD_THRESHOLD
        )
    says = "A threshold of 4, which its three keys cannot reach."
    text = root_text(roles=roles(4))
    yield case("threshold-4", says, signed(text, "root", *ROOT_SIGNERS), BAD_THRESHOLD)
    says = "Signed as version 2."
    yield case("as-version-2", says, signed(ROOT.signed, "root", one, two, version=2), THRESHOLD)
    says = "Signed as a bundle."
    yield case("as-bundle", says, signed(ROOT.signed, "bundle", one, two), THRESHOLD)
    says = "Its text was changed after it was signed."
    forged = SignedFile(root_text(expires="2041-01-01T00:00:00Z"), lines).to_bytes()
    yield case("changed", says, forged, THRESHOLD)
    says = "A bundle in the place of a root."
    yield case("bundle", says, BUNDLE_FILE, INVALID)
    says = "A member that nobody knows."
    yield case("member", says, signed(root_text(more=1), "root", *ROOT_SIGNERS), INVALID)
    says = "Version 0."
    yield case(
        "version-0", says, signed(root_text(version=0), "root", one, two, version=1), INVALID
    )


def thresholds() -> Iterator[Case]:
    one_of_two, two_of_two = offices(1), offices(2)
    pinned = Root.load(two_of_two)
    text = bundle_text(root_version=pinned.version)
    first, both = (OFFICE.signer,), (OFFICE.signer, SECOND_OFFICE)
    found: dict[str, tuple[str, bytes, bytes, str]] = {
        "one-of-two": (
            "One office of two signed, and one is enough.",
            one_of_two,
            signed(text, "bundle", *first),
            "",
        ),
        "two-of-two": (
            "Both offices signed, P-256 and Ed25519.",
            two_of_two,
            signed(text, "bundle", *both),
            "",
        ),
        "one-missing": (
            "One office signed, and two are asked for.",
            two_of_two,
            signed(text, "bundle", *first),
            THRESHOLD,
        ),
        "same-twice": (
            "One office signed twice, and two are asked for.",
            two_of_two,
            signed(text, "bundle", *first, *first),
            THRESHOLD,
        ),
        "other-root": (
            "Under a root that names another office.",
            root_file(bundle_signers=[STRANGER.signer]).to_bytes(),
            BUNDLE_FILE,
            THRESHOLD,
        ),
    }
    for name, (says, root, bundle, error) in found.items():
        if error:
            yield refused(f"trust-{name}", says, error, root=root, bundle=bundle)
        else:
            yield accepted(f"trust-{name}", says, root=root, bundle=bundle)
    signature = BUNDLE.signatures[0]
    message = Sign1.decode(signature.cose)
    s = int.from_bytes(message.signature[32:])
    high = replace(message, signature=message.signature[:32] + (P256_ORDER - s).to_bytes(32))
    salted, _ = sign_statement(
        "bundle",
        BUNDLE.signed.encode(),
        issuer=OFFICE.issuer,
        subject="bundle:1",
        signer=OFFICE.signer,
        now=NOW,
        salt=b"\x01" * 16,
    )
    files: dict[str, tuple[str, bytes]] = {
        "unsigned": ("No signature.", with_signatures()),
        "by-stranger": ("A stranger signed it.", signed(BUNDLE.signed, "bundle", STRANGER.signer)),
        "by-root-keys": (
            "The root's own keys signed it, which make no bundles.",
            signed(BUNDLE.signed, "bundle", *ROOT_SIGNERS),
        ),
        "as-root": ("It is signed as a root.", signed(BUNDLE.signed, "root", OFFICE.signer)),
        "as-version-2": (
            "It is signed as version 2.",
            signed(BUNDLE.signed, "bundle", OFFICE.signer, version=2),
        ),
        "changed": (
            "A grant was widened after it was signed.",
            SignedFile(BUNDLE.signed.replace('"9521234"', '"952"'), BUNDLE.signatures).to_bytes(),
        ),
        "high-s": ("s is n - s.", with_signatures(Statement.decode(high.encode()))),
        "salted": ("It is signed over another salt than zeros.", with_signatures(salted)),
    }
    for name, (says, bundle) in files.items():
        yield refused(f"trust-{name}", says, THRESHOLD, bundle=bundle)
    says = "A stranger's signature beside the office's."
    bundle = signed(BUNDLE.signed, "bundle", STRANGER.signer, OFFICE.signer)
    yield accepted("trust-stranger-beside", says, bundle=bundle)


def versions() -> Iterator[Case]:
    third = bundle_file(3).to_bytes()
    for seen, error in ((2, ""), (3, ""), (4, "signing.rollback")):
        says = f"Bundle 3, where bundle {seen} was seen before."
        options = {"bundle": third, "previous_version": seen}
        if error:
            yield refused(f"trust-seen-{seen}", says, error, **options)
        else:
            yield accepted(f"trust-seen-{seen}", says, version=3, **options)
    says = "A bundle made under root 1, where root 2 is pinned."
    second = root_file(2).to_bytes()
    yield refused("trust-root-2", says, "signing.root_version", root=second)
    says = "A bundle made under root 2, where root 1 is pinned."
    bundle = by_office(bundle_text(root_version=2))
    yield refused("trust-under-root-2", says, "signing.root_version", bundle=bundle)
    says = "A bundle issued when the root had expired."
    expired = root_file(expires=NOW).to_bytes()
    yield refused("trust-root-expired", says, "signing.root_expired", root=expired)


def forms() -> Iterator[Case]:
    data, parts = BUNDLE_FILE, json.loads(BUNDLE_FILE)
    text = BUNDLE.signed
    signature = parts["signatures"][0]
    found: dict[str, tuple[str, bytes, str]] = {
        "empty": ("An empty file.", b"", FORM),
        "array": ("An array.", b"[]", FORM),
        "text-as-object": (
            "What is signed as an object, not as its text.",
            canonical_json.dumps(parts | {"signed": json.loads(text)}),
            FORM,
        ),
        "member-outside": (
            "A member beside signed and signatures.",
            canonical_json.dumps(parts | {"root": "…"}),
            FORM,
        ),
        "member-twice": (
            "signatures stand twice.",
            data.replace(b'{"signatures":', b'{"signatures":[],"signatures":', 1),
            FORM,
        ),
        "signature-padded": (
            "Padding behind a signature.",
            canonical_json.dumps(parts | {"signatures": [signature + "="]}),
            "signing.not_base64url",
        ),
        "signature-no-cose": (
            "A signature that is no COSE.",
            canonical_json.dumps(parts | {"signatures": ["AAAA"]}),
            "signing.not_deterministic",
        ),
        "signature-null": (
            "A signature that is null.",
            canonical_json.dumps(parts | {"signatures": [None]}),
            FORM,
        ),
        "not-canonical": ("A text with spaces.", by_office(json.dumps(json.loads(text))), FORM),
        "not-json": ("A text that is no JSON.", by_office("bundle"), "json.syntax"),
        "root": ("A root in the place of a bundle.", ROOT_FILE, INVALID),
    }
    for name, (says, bundle, error) in found.items():
        yield refused(f"trust-form-{name}", says, error, bundle=bundle)


def off_curve(key: str) -> str:
    """Return a COSE_Key whose y is another: the point is not on the curve."""
    data = base64url.decode(key)
    return base64url.encode(data[:-1] + bytes((data[-1] ^ 1,)))


def members() -> Iterator[Case]:
    entries = [json.loads(entry.text()) for entry in KEYS]
    office, producer, neighbour = entries

    def with_key(**changes: Any) -> bytes:
        return by_office(bundle_text(keys=[office, producer | changes, neighbour]))

    def with_grant(**changes: Any) -> bytes:
        return with_key(grants=[producer["grants"][0] | changes])

    def with_log(*logs: Any) -> bytes:
        return by_office(bundle_text(logs=[json.loads(log.text()) for log in logs]))

    witnesses = log_entry().witnesses
    renamed = NoteSigner("w3.example", WITNESSES[0].signer, COSIGNATURE_V1)
    p384 = bytes.fromhex("a401022002215830") + bytes(48) + bytes.fromhex("225830") + bytes(48)
    beyond = bytes.fromhex("a40102200121 5820".replace(" ", "")) + P256_PRIME.to_bytes(32)
    beyond += bytes.fromhex("225820") + bytes(32)
    alg = base64url.decode(producer["key"])
    alg = b"\xa5" + alg[1:3] + b"\x03\x26" + alg[3:]
    found: dict[str, tuple[str, bytes]] = {
        "unknown": ("A member that nobody knows.", by_office(bundle_text(more=1))),
        "missing": (
            "No namespaces.",
            by_office(
                canonical_json.dumps(
                    {k: v for k, v in json.loads(BUNDLE.signed).items() if k != "namespaces"}
                ).decode()
            ),
        ),
        "version-0": ("Version 0.", by_office(bundle_text(version=0))),
        "expires-at-once": (
            "It expires as it is issued.",
            by_office(bundle_text(expires="2026-11-23T08:00:00Z")),
        ),
        "time-fraction": (
            "A time with a fraction.",
            by_office(bundle_text(expires="2027-02-21T08:00:00.5Z")),
        ),
        "time-no-zone": (
            "A time without a zone.",
            by_office(bundle_text(expires="2027-02-21T08:00:00")),
        ),
        "time-number": ("A time that is a number.", by_office(bundle_text(expires="soon"))),
        "role": ("A role that nobody knows.", with_key(role="king")),
        "kind": ("A grant of a kind that nobody knows.", with_grant(kinds=["advert"])),
        "prefix-no-slash": (
            "A prefix of plain names without a slash at its end.",
            with_grant(name_prefixes=[producer["issuer"]]),
        ),
        "prefix-host-alone": (
            "A prefix of plain names that is a host alone.",
            with_grant(name_prefixes=["https://id.example/"]),
        ),
        "gtin-letters": ("A GTIN prefix with a letter.", with_grant(gtin_prefixes=["952123A"])),
        "gtin-short": ("A GTIN prefix of two digits.", with_grant(gtin_prefixes=["95"])),
        "key-twice": (
            "Two keys with one kid: one key under two issuers.",
            with_key(key=office["key"]),
        ),
        "thumbprint": (
            "A revocation that names a key by its kid.",
            by_office(
                bundle_text(
                    revocations=[
                        {
                            "at": "2026-11-23T08:00:00Z",
                            "batches": [],
                            "checkpoint": None,
                            "key": "00" * 8,
                            "reason": "ceased",
                        }
                    ]
                )
            ),
        ),
        "log-twice": ("Two logs of one origin.", with_log(log_entry(), log_entry())),
        "log-key-name": (
            "The key of a log is not named as its origin.",
            with_log(log_entry(origin="other.example/ocop-log/1")),
        ),
        "log-key-type": (
            "The key of a log is a witness's.",
            with_log(log_entry(keys=(LogKey(vkey=witnesses[0]),))),
        ),
        "witness-type": (
            "A witness has the key of a log.",
            with_log(log_entry(witnesses=(str(LOG.verifier_key),), quorum=1)),
        ),
        "witness-twice": (
            "One witness stands twice.",
            with_log(log_entry(witnesses=witnesses[:1] * 2)),
        ),
        "witness-renamed": (
            "One witness stands there by two names.",
            with_log(log_entry(witnesses=(witnesses[0], str(renamed.verifier_key)))),
        ),
        "quorum": ("A quorum of three of two witnesses.", with_log(log_entry(quorum=3))),
    }
    for name, (says, bundle) in found.items():
        yield refused(f"trust-{name}", says, INVALID, bundle=bundle)
    keys: dict[str, tuple[str, str]] = {
        "off-curve": ("A point off the curve.", off_curve(producer["key"])),
        "beyond-field": ("A coordinate that is not below the prime.", base64url.encode(beyond)),
        "p-384": ("A P-384 key.", base64url.encode(p384)),
        "with-alg": (
            "A key with an optional member: its thumbprint would be another.",
            base64url.encode(alg),
        ),
        "no-cose": ("No COSE_Key.", "AAAA"),
    }
    for name, (says, key) in keys.items():
        yield refused(f"trust-key-{name}", says, INVALID, bundle=with_key(key=key))
    says = "A second key of the office, beside its first."
    another = office | {"key": base64url.encode(es256(42).public_key.cose_key)}
    bundle = by_office(bundle_text(keys=[*entries, another]))
    yield accepted("trust-two-keys", says, bundle=bundle)
