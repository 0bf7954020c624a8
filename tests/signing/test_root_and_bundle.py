from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from ocoptrace import canonical_json
from ocoptrace.errors import SigningError
from ocoptrace.signing import PublicKey, Root, TrustBundle, base64url
from ocoptrace.signing.bundle import LogKey, Revocation
from ocoptrace.signing.note import COSIGNATURE_V1, NoteSigner
from ocoptrace.signing.signed_file import MAX_FILE_BYTES, SignedFile
from village import (
    HOST,
    KEYS,
    LOG,
    NEIGHBOUR,
    NOW,
    OFFICE,
    PRODUCER,
    ROOT,
    ROOT_SIGNERS,
    SEALS_UNTIL,
    STRANGER,
    WITNESSES,
    bundle_file,
    eddsa,
    es256,
    grant,
    key_entry,
    log_entry,
    publish,
    root_file,
)

if TYPE_CHECKING:
    from ocoptrace.signing import SoftwareSigner


def refusal_of_root(file: SignedFile | bytes) -> str:
    data = file if isinstance(file, bytes) else file.to_bytes()
    with pytest.raises(SigningError) as caught:
        Root.load(data)
    return caught.value.code


def refusal_of_bundle(file: SignedFile | bytes, **options: Any) -> str:
    data = file if isinstance(file, bytes) else file.to_bytes()
    with pytest.raises(SigningError) as caught:
        TrustBundle.load(data, **({"root": ROOT} | options))
    return caught.value.code


def resigned(text: str, kind: Any, version: int, *signers: SoftwareSigner) -> SignedFile:
    """Return a text that says anything, signed well."""
    return SignedFile.sign(
        text, kind, version=version, issuer=OFFICE.issuer, signers=signers, now=NOW
    )


def edited(file: SignedFile, **members: Any) -> str:
    return canonical_json.dumps(json.loads(file.signed) | members).decode()


def test_a_root_is_signed_by_its_own_threshold() -> None:
    file = root_file()
    assert Root.load(file.to_bytes()).text() == file.signed
    two = SignedFile(file.signed, file.signatures[1:])
    assert Root.load(two.to_bytes()) == ROOT
    one = SignedFile(file.signed, file.signatures[:1])
    assert refusal_of_root(one) == "signing.threshold"


def test_a_signature_counts_once_however_often_it_stands_there() -> None:
    file = root_file()
    again = SignedFile(file.signed, file.signatures[:1] * 3)
    assert refusal_of_root(again) == "signing.threshold"


def test_a_key_counts_once_however_often_it_is_listed() -> None:
    key = json.loads(root_file().signed)["roles"]["root"]["keys"][0]
    roles = {
        "root": {"keys": [key, key], "threshold": 2},
        "bundle": {"keys": [key], "threshold": 1},
    }
    text = edited(root_file(), roles=roles)
    signer = ROOT_SIGNERS[0]
    assert refusal_of_root(resigned(text, "root", 1, signer, signer)) == "signing.bad_threshold"


def test_keys_of_others_do_not_count() -> None:
    stranger = resigned(root_file().signed, "root", 1, STRANGER.signer, ROOT_SIGNERS[0])
    assert refusal_of_root(stranger) == "signing.threshold"


@pytest.mark.parametrize("threshold", [0, -1])
def test_no_threshold_lets_everybody_sign(threshold: int) -> None:
    roles = json.loads(root_file().signed)["roles"]
    roles["root"]["threshold"] = threshold
    text = edited(root_file(), roles=roles)
    assert refusal_of_root(resigned(text, "root", 1, STRANGER.signer)) == "signing.bad_threshold"


@pytest.mark.parametrize("threshold", [0, 4])
def test_a_root_whose_keys_cannot_reach_its_threshold_is_not_made(threshold: int) -> None:
    with pytest.raises(SigningError):
        root_file(threshold=threshold)


def test_a_signature_is_for_one_version_and_one_kind() -> None:
    text = root_file().signed
    assert refusal_of_root(resigned(text, "root", 2, *ROOT_SIGNERS)) == "signing.threshold"
    assert refusal_of_root(resigned(text, "bundle", 1, *ROOT_SIGNERS)) == "signing.threshold"


def test_the_fingerprint_is_that_of_the_text() -> None:
    other = Root.load(root_file(2).to_bytes())
    assert ROOT.fingerprint != other.fingerprint
    assert len(ROOT.fingerprint.split()) == 16


FILES = {
    "nothing": b"",
    "no JSON": b"{",
    "an array": b"[]",
    "no signatures": b'{"signed":"{}"}',
    "a member too many": b'{"more":1,"signatures":[],"signed":"{}"}',
    "a text that is no text": b'{"signatures":[],"signed":{}}',
    "a signature that is no text": b'{"signatures":[1],"signed":"{}"}',
    "a signature that is no base64url": b'{"signatures":["="],"signed":"{}"}',
    "a signature that is no COSE": b'{"signatures":["AAAA"],"signed":"{}"}',
    "a surrogate in the text": b'{"signatures":[],"signed":"\\ud800"}',
    "an empty text": b'{"signatures":[],"signed":""}',
    "a text that is an array": b'{"signatures":[],"signed":"[]"}',
    "a text that is not RFC 8785": b'{"signatures":[],"signed":"{ }"}',
    "a nesting bomb": b'{"signatures":[],"signed":"' + b"[" * 5000 + b'"}',
}


@pytest.mark.parametrize("data", FILES.values(), ids=FILES)
def test_files_of_another_form_are_refused(data: bytes) -> None:
    with pytest.raises(SigningError):
        Root.load(data)
    with pytest.raises(SigningError):
        TrustBundle.load(data, root=ROOT)


def test_a_file_over_4_mib_is_not_read() -> None:
    assert refusal_of_bundle(b" " * (MAX_FILE_BYTES + 1)) == "signing.too_large"


EDITS: dict[str, dict[str, Any]] = {
    "a member nobody knows": {"more": 1},
    "a version that is text": {"version": "1"},
    "version 0": {"version": 0},
    "a time with an offset": {"expires": "2027-02-21T15:00:00+07:00"},
    "a time without a zone": {"expires": "2027-02-21T08:00:00"},
    "a time in seconds": {"expires": 1_803_196_800},
    "a time with a fraction": {"expires": "2027-02-21T08:00:00.5Z"},
    "it expires before it is issued": {"expires": "2026-11-23T08:00:00Z"},
    "keys that are no list": {"keys": {}},
    "a key nobody can read": {"keys": [json.loads(KEYS[0].text()) | {"key": "AAAA"}]},
    "a role nobody knows": {"keys": [json.loads(KEYS[0].text()) | {"role": "king"}]},
}


@pytest.mark.parametrize("members", EDITS.values(), ids=EDITS)
def test_a_bundle_that_is_well_signed_still_has_its_one_form(members: dict[str, Any]) -> None:
    text = edited(bundle_file(), **members)
    assert refusal_of_bundle(resigned(text, "bundle", 1, OFFICE.signer)).startswith("signing.")


def test_a_bundle_is_signed_by_the_pinned_roots_bundle_keys() -> None:
    assert publish().version == 1
    stranger = resigned(bundle_file().signed, "bundle", 1, STRANGER.signer)
    assert refusal_of_bundle(stranger) == "signing.threshold"
    by_root = resigned(bundle_file().signed, "bundle", 1, *ROOT_SIGNERS)
    assert refusal_of_bundle(by_root) == "signing.threshold"
    other_root = Root.load(root_file(bundle_signers=[STRANGER.signer]).to_bytes())
    assert refusal_of_bundle(bundle_file(), root=other_root) == "signing.threshold"


def test_a_bundle_belongs_to_one_version_of_the_root() -> None:
    second = Root.load(root_file(2).to_bytes())
    assert refusal_of_bundle(bundle_file(), root=second) == "signing.root_version"


def test_no_bundle_is_made_under_a_root_that_has_expired() -> None:
    root = Root.load(root_file(expires=NOW).to_bytes())
    with pytest.raises(SigningError) as caught:
        publish(root=root)
    assert caught.value.code == "signing.root_expired"


def test_a_verifier_never_goes_back_to_an_older_bundle() -> None:
    assert refusal_of_bundle(bundle_file(2), previous_version=3) == "signing.rollback"
    same = TrustBundle.load(bundle_file(3).to_bytes(), root=ROOT, previous_version=3)
    newer = TrustBundle.load(bundle_file(4).to_bytes(), root=ROOT, previous_version=3)
    assert (same.version, newer.version) == (3, 4)


def entry_of(signer: SoftwareSigner) -> Any:
    return key_entry(PRODUCER, grant(), key=base64url.encode(signer.public_key.cose_key))


def test_two_keys_with_one_kid_are_refused() -> None:
    with pytest.raises(SigningError) as caught:
        publish(keys=(*KEYS, key_entry(NEIGHBOUR, grant(), key=KEYS[1].key)))
    assert caught.value.code == "signing.signed_file_invalid"


def test_at_most_16_keys_share_a_hint(monkeypatch: pytest.MonkeyPatch) -> None:
    kids = {es256(n).public_key.cose_key: bytes(4) + n.to_bytes(4) for n in range(50, 67)}
    real = PublicKey.kid.fget
    monkeypatch.setattr(PublicKey, "kid", property(lambda key: kids.get(key.cose_key) or real(key)))
    sixteen = tuple(entry_of(es256(n)) for n in range(50, 66))
    assert len(publish(keys=(*KEYS, *sixteen)).keys) == len(KEYS) + 16
    with pytest.raises(SigningError) as caught:
        publish(keys=(*KEYS, *sixteen, entry_of(es256(66))))
    assert "share a hint" in str(caught.value)


SAME_KEY = NoteSigner("w3.example", WITNESSES[0].signer, COSIGNATURE_V1)
LOGS: dict[str, Any] = {
    "two logs of one origin": (log_entry(), log_entry()),
    "a key of another name": (log_entry(origin="other.example/log"),),
    "a log key that cosigns": (log_entry(keys=(LogKey(vkey=log_entry().witnesses[0]),)),),
    "a witness that signs as a log": (log_entry(witnesses=(str(LOG.verifier_key),), quorum=1),),
    "fewer witnesses than the quorum": (log_entry(quorum=3),),
    "one witness twice": (log_entry(witnesses=log_entry().witnesses[:1] * 2),),
    "one witness by two names": (
        log_entry(witnesses=(*log_entry().witnesses[:1], str(SAME_KEY.verifier_key))),
    ),
}


@pytest.mark.parametrize("logs", LOGS.values(), ids=LOGS)
def test_logs_that_make_no_sense_are_refused(logs: Any) -> None:
    with pytest.raises(SigningError) as caught:
        publish(logs=logs)
    assert caught.value.code == "signing.signed_file_invalid"


def test_a_logs_keys_have_their_sizes() -> None:
    later = NoteSigner(LOG.name, eddsa(31))
    keys = (
        LogKey(vkey=str(LOG.verifier_key), to_size=9),
        LogKey(vkey=str(later.verifier_key), from_size=10),
    )
    log = publish(logs=(log_entry(keys=keys),)).log(LOG.name)
    assert log is not None
    assert log.verifier_keys(9)[0] == LOG.verifier_key
    assert log.verifier_keys(10)[0] == later.verifier_key
    assert {key.name for key in log.verifier_keys(10)[1:]} == {"w1.example", "w2.example"}


def test_keys_are_found_by_kid_and_hint() -> None:
    trust = publish()
    key = PRODUCER.signer.public_key
    entry = trust.by_kid(key.kid)
    assert entry is not None
    assert entry.issuer == PRODUCER.issuer
    assert trust.by_hint(key.hint) == (entry,)
    assert trust.by_kid(bytes(8)) is None
    assert trust.by_hint(bytes(4)) == ()


def test_the_gravest_revocation_counts() -> None:
    thumbprint = PRODUCER.signer.public_key.thumbprint.hex()
    first = Revocation(key=thumbprint, reason="superseded", at=NOW)
    worse = Revocation(key=thumbprint, reason="compromised", at=NOW + timedelta(days=1))
    trust = publish(revocations=(first, worse))
    entry = trust.by_kid(PRODUCER.signer.public_key.kid)
    assert entry is not None
    assert trust.revocation_of(entry) == worse
    assert publish().revocation_of(entry) is None


def test_a_bundle_says_the_same_in_the_same_bytes() -> None:
    trust = publish()
    assert trust.text() == bundle_file().signed
    assert trust.sha256 == publish().sha256
    assert trust.sha256 != publish(2).sha256
    assert trust.namespaces == (HOST,)
    assert trust.expires < SEALS_UNTIL
