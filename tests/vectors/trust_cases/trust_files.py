"""Roots and bundles: what is loaded, and what is refused before anything is checked with it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from ocoptrace import canonical_json
from ocoptrace.signing import Root, Statement, base64url
from ocoptrace.signing.cose import Sign1
from ocoptrace.signing.root import sign_root
from ocoptrace.signing.signed_file import SignedFile
from ocoptrace.signing.statement import sign_statement
from vectors.trust_cases.case import (
    BUNDLE_FILE,
    ROOT_FILE,
    TRUST,
    accepted,
    bundle_file,
    publish,
    refused,
)
from vectors.trust_cases.forging import P256_ORDER
from village import (
    A_DAY,
    FOUNDED,
    HOST,
    NOW,
    OFFICE,
    ROOT_SIGNERS,
    SEALS_UNTIL,
    STRANGER,
    eddsa,
    es256,
    root_file,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from ocoptrace.signing import Signer
    from vectors.trust_cases.case import Case

INVALID, FORM, THRESHOLD = "signing.signed_file_invalid", "signing.signed_file", "signing.threshold"
TWICE, UNREACHED = "signing.signature_twice", "signing.bad_threshold"
ROOT = root_file()
BUNDLE = bundle_file()
SECOND_OFFICE = eddsa(41)
TWO_OFFICES = root_file(bundle_signers=(OFFICE.signer, SECOND_OFFICE))
NEXT_SIGNERS = (es256(14), eddsa(15), es256(16))
"""Who keeps the root's keys after those of the first root."""


def signed(text: str, kind: Any, *signers: Signer, version: int = 1) -> bytes:
    """Return a text that says anything, signed well."""
    file = SignedFile.sign(
        text, kind, version=version, issuer=OFFICE.issuer, signers=signers, now=NOW
    )
    return file.to_bytes()


def signed_at(text: str, kind: Any, signer: Signer, at: datetime, *, version: int = 1) -> Statement:
    """Return one signature of a text, made at a time."""
    return SignedFile.sign(
        text, kind, version=version, issuer=OFFICE.issuer, signers=[signer], now=at
    ).signatures[0]


def text_of_key(signer: Signer) -> str:
    return base64url.encode(signer.public_key.cose_key)


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
    """Yield roots, thresholds, bundles under roots and of other forms, then the next root."""
    yield from roots()
    yield from thresholds()
    yield from versions()
    yield from forms()
    yield from following()
    yield from under_the_next_root()


def roots() -> Iterator[Case]:
    def case(name: str, says: str, root: bytes, error: str = "", **why: str) -> Case:
        if error:
            return refused(f"root-{name}", says, error, root=root, bundle=None, **why)
        return accepted(f"root-{name}", says, root=root, bundle=None)

    one, two, _ = ROOT_SIGNERS
    keys = json.loads(ROOT.signed)["roles"]["root"]["keys"]
    lines = ROOT.signatures
    yield case("three", "Signed by all three of its keys; two are asked for.", ROOT_FILE)
    yield case("two", "Signed by two of them.", SignedFile(ROOT.signed, lines[1:]).to_bytes())
    yield case("one", "Signed by one.", SignedFile(ROOT.signed, lines[:1]).to_bytes(), THRESHOLD)
    yield case("none", "Not signed.", SignedFile(ROOT.signed, ()).to_bytes(), THRESHOLD)
    says = "One signature three times."
    again = SignedFile(ROOT.signed, lines[:1] * 3).to_bytes()
    yield case("again", says, again, FORM, rule=TWICE)
    says = "One key signed at three times: keys are counted, not signatures."
    times = [signed_at(ROOT.signed, "root", one, NOW + number * A_DAY) for number in range(3)]
    yield case("key-again", says, SignedFile(ROOT.signed, tuple(times)).to_bytes(), THRESHOLD)
    says = "A key is listed twice: it counts once, and two are asked for."
    listed_twice = root_text(roles=roles(2, keys=[keys[0], keys[0]]))
    unreached = {"rule": UNREACHED, "place": "/roles/root"}
    yield case("key-twice", says, signed(listed_twice, "root", one), INVALID, **unreached)
    says = "65 keys."
    many = [keys[0], *(text_of_key(es256(100 + number)) for number in range(64))]
    too_many = signed(root_text(roles=roles(1, keys=many)), "root", one)
    yield case("keys-65", says, too_many, INVALID, place="/roles/root/keys")
    says = "One of its keys and a stranger."
    yield case("stranger", says, signed(ROOT.signed, "root", one, STRANGER.signer), THRESHOLD)
    for threshold in (0, -1):
        says = f"A threshold of {threshold}, signed by a stranger."
        text = root_text(roles=roles(threshold))
        data = signed(text, "root", STRANGER.signer)
        yield case(f"threshold-{threshold}", says, data, INVALID, **unreached)
    says = "A threshold of 4, which its three keys cannot reach."
    text = root_text(roles=roles(4))
    yield case("threshold-4", says, signed(text, "root", *ROOT_SIGNERS), INVALID, **unreached)
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
            "One office signed at two times, and two offices are asked for.",
            two_of_two,
            SignedFile(
                text,
                tuple(signed_at(text, "bundle", OFFICE.signer, at) for at in (NOW, NOW + A_DAY)),
            ).to_bytes(),
            THRESHOLD,
        ),
        "two-versions": (
            "One office signed it as version 1 and one as version 2, and two are asked for.",
            two_of_two,
            SignedFile(
                text,
                tuple(
                    SignedFile.sign(
                        text,
                        "bundle",
                        version=version,
                        issuer=OFFICE.issuer,
                        signers=[signer],
                        now=NOW,
                    ).signatures[0]
                    for version, signer in enumerate(both, start=1)
                ),
            ).to_bytes(),
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
    seen = {"previous_version": TRUST.version}
    says = "The very bundle that was seen before."
    yield accepted("trust-seen-same", says, previous_sha256=TRUST.sha256, **seen)
    other = publish(namespaces=(HOST, "other.example"))
    says = "Another bundle of the version that was seen before: the office says two things."
    options = {"previous_sha256": other.sha256, **seen}
    yield refused("trust-seen-fork", says, "signing.bundle_fork", **options)
    says = "A later version than that other bundle."
    later = bundle_file(2).to_bytes()
    yield accepted("trust-seen-other-before", says, version=2, bundle=later, **options)
    says = "A bundle made under root 1, where root 2 is pinned."
    second = root_file(2).to_bytes()
    yield refused("trust-root-2", says, "signing.root_version", root=second)
    says = "A bundle made under root 2, where root 1 is pinned."
    bundle = by_office(bundle_text(root_version=2))
    yield refused("trust-under-root-2", says, "signing.root_version", bundle=bundle)
    says = "A bundle issued when the root had expired."
    expired = root_file(expires=NOW).to_bytes()
    yield refused("trust-root-expired", says, "signing.root_expired", root=expired)
    end = TRUST.expires
    says = "A bundle that ends when its root does."
    yield accepted("trust-ends-with-root", says, root=root_file(expires=end).to_bytes())
    says = "A bundle that ends a second after its root."
    short = root_file(expires=end - timedelta(seconds=1)).to_bytes()
    yield refused("trust-outlives-root", says, "signing.outlives_root", root=short)


def forms() -> Iterator[Case]:
    data, parts = BUNDLE_FILE, json.loads(BUNDLE_FILE)
    text = BUNDLE.signed
    signature = parts["signatures"][0]
    found: dict[str, tuple[str, bytes, str]] = {
        "empty": ("An empty file.", b"", FORM),
        "array": ("An array.", b"[]", FORM),
        "spaces": ("A file with spaces.", json.dumps(parts).encode(), FORM),
        "signature-twice": (
            "One signature twice.",
            canonical_json.dumps(parts | {"signatures": [signature, signature]}),
            FORM,
        ),
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
        "root": ("A root in the place of a bundle.", ROOT_FILE, THRESHOLD),
    }
    for name, (says, bundle, error) in found.items():
        yield refused(f"trust-form-{name}", says, error, bundle=bundle)


def next_root(
    *signers: Signer,
    keys: Sequence[Signer] = ROOT_SIGNERS,
    version: int = 2,
    threshold: int = 2,
    signed_as: int | None = None,
) -> bytes:
    """Return a root file of these keys, whoever signs it."""
    text = sign_root(
        version,
        expires=SEALS_UNTIL,
        signers=keys,
        threshold=threshold,
        bundle_keys=[OFFICE.signer.public_key],
        issuer=OFFICE.issuer,
        now=FOUNDED,
    ).signed
    return signed(text, "root", *signers, version=version if signed_as is None else signed_as)


def with_more(data: bytes, signer: Signer) -> bytes:
    """Return the file of a second root with a signature that was made a day later."""
    file = SignedFile.parse(data, max_bytes=len(data))
    later = signed_at(file.signed, "root", signer, NOW + A_DAY, version=2)
    return SignedFile(file.signed, (*file.signatures, later)).to_bytes()


def following() -> Iterator[Case]:
    """Yield roots that are to take the place of the pinned one, whose threshold is 2 of 3."""
    one, two, three = ROOT_SIGNERS
    four, five, six = NEXT_SIGNERS
    step, left = "signing.root_step", "signing.root_not_followed"
    found: dict[str, tuple[str, bytes, str]] = {
        "same-keys": ("Version 2, of the same keys.", next_root(one, two), ""),
        "one-replaced": (
            "One of three keys is another, and the two that stay have signed.",
            next_root(two, three, keys=(two, three, four)),
            "",
        ),
        "one-replaced-one-new": (
            "One key that stays, one that goes and the new one have signed: two of each root.",
            next_root(one, two, four, keys=(two, three, four)),
            "",
        ),
        "all-replaced": (
            "All keys are others, and two of the old and two of the new have signed.",
            next_root(one, three, four, five, keys=NEXT_SIGNERS),
            "",
        ),
        "all-replaced-old-missing": (
            "All keys are others, and none of the old has signed.",
            next_root(four, five, six, keys=NEXT_SIGNERS),
            left,
        ),
        "all-replaced-old-one": (
            "All keys are others, and one of the old has signed.",
            next_root(one, four, five, keys=NEXT_SIGNERS),
            left,
        ),
        "old-one-twice": (
            "One of the old keys stands there with one signature twice.",
            next_root(one, one, four, five, keys=NEXT_SIGNERS),
            FORM,
        ),
        "old-one-again": (
            "One of the old keys has signed at two times: keys are counted, not signatures.",
            with_more(next_root(one, four, five, keys=NEXT_SIGNERS), one),
            left,
        ),
        "spaces": (
            "A file with spaces.",
            json.dumps(json.loads(next_root(one, two))).encode(),
            FORM,
        ),
        "all-replaced-new-missing": (
            "All keys are others, and only the old have signed.",
            next_root(one, two, three, keys=NEXT_SIGNERS),
            THRESHOLD,
        ),
        "all-replaced-new-one": (
            "All keys are others, and one of the new has signed.",
            next_root(one, two, four, keys=NEXT_SIGNERS),
            THRESHOLD,
        ),
        "threshold-raised": (
            "Three of three keys are asked for from now on, and two have signed.",
            next_root(one, two, threshold=3),
            THRESHOLD,
        ),
        "threshold-lowered": (
            "One key is enough from now on, and one has signed: two are still asked for.",
            next_root(one, threshold=1),
            left,
        ),
        "same-version": ("The pinned root again.", ROOT_FILE, step),
        "same-version-other": (
            "Another root of the pinned one's version.",
            next_root(one, two, three, keys=(two, three, four), version=1),
            step,
        ),
        "version-3": ("Version 3: a step is left out.", next_root(one, two, version=3), step),
        "signed-as-1": (
            "Version 2, signed as version 1.",
            next_root(one, two, signed_as=1),
            THRESHOLD,
        ),
        "bundle": ("A bundle in the place of a root.", BUNDLE_FILE, INVALID),
    }
    for name, (says, data, error) in found.items():
        files = {"bundle": None, "next_root": data}
        if error:
            yield refused(f"next-root-{name}", says, error, **files)
        else:
            yield accepted(f"next-root-{name}", says, version=2, **files)
    says = "The pinned root has expired: its keys still say who follows."
    expired = root_file(expires=FOUNDED).to_bytes()
    files = {"root": expired, "bundle": None, "next_root": next_root(one, two)}
    yield accepted("next-root-of-expired", says, version=2, **files)
    says = "Root 1 where root 2 is pinned: nobody goes back."
    files = {"root": next_root(one, two), "bundle": None, "next_root": ROOT_FILE}
    yield refused("next-root-back", says, step, **files)


def under_the_next_root() -> Iterator[Case]:
    """Yield bundles that are loaded after the pinned root was followed."""

    def second(*bundle_keys: Signer, signers: Sequence[Signer] = ROOT_SIGNERS) -> bytes:
        """Return a second root that names these bundle keys."""
        return sign_root(
            2,
            expires=SEALS_UNTIL,
            signers=signers,
            threshold=2,
            bundle_keys=[signer.public_key for signer in bundle_keys],
            issuer=OFFICE.issuer,
            now=FOUNDED,
        ).to_bytes()

    old, new = OFFICE.signer, SECOND_OFFICE
    text = bundle_text(root_version=2, version=2)
    by_old, by_new = (signed(text, "bundle", signer, version=2) for signer in (old, new))
    found: dict[str, tuple[str, bytes, bytes, str]] = {
        "new-key": ("Signed by the bundle key that root 2 brought.", second(old, new), by_new, ""),
        "old-key": ("Signed by the old one, named beside the new.", second(old, new), by_old, ""),
        "old-key-gone": (
            "Signed by the old bundle key, which root 2 does not name.",
            second(new),
            by_old,
            THRESHOLD,
        ),
        "old-bundle": (
            "The bundle that was made under root 1.",
            second(old, new),
            BUNDLE_FILE,
            "signing.root_version",
        ),
        "not-followed": (
            "A bundle of root 2, which none of the keys of root 1 has signed.",
            second(new, signers=NEXT_SIGNERS),
            by_new,
            "signing.root_not_followed",
        ),
    }
    for name, (says, root, bundle, error) in found.items():
        files = {"next_root": root, "bundle": bundle}
        if error:
            yield refused(f"trust-next-root-{name}", says, error, **files)
        else:
            yield accepted(f"trust-next-root-{name}", says, version=2, **files)
    says = "Under the next root the numbers begin anew, whatever number was seen under the last."
    used_up = {"previous_version": 2**53 - 1, "previous_sha256": bytes(32)}
    files = {"next_root": second(new), "bundle": by_new}
    seen = used_up | {"previous_root_version": 1}
    yield accepted("trust-next-root-anew", says, version=2, **files, **seen)
    says = "Under the next root as well, nobody goes back."
    seen = used_up | {"previous_root_version": 2}
    yield refused("trust-next-root-seen-3", says, "signing.rollback", **files, **seen)
    says = "A bundle of root 1, where one of root 2 was seen."
    seen = {"previous_version": 1, "previous_root_version": 2}
    yield refused("trust-root-seen-2", says, "signing.root_version", **seen)
