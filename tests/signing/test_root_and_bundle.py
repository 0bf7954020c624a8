from __future__ import annotations

import hashlib
import json
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from ocoptrace import canonical_json
from ocoptrace.errors import SigningError
from ocoptrace.signing import PublicKey, Root, TrustBundle, base64url
from ocoptrace.signing.bundle import KeyEntry, LogKey, Revocation, batch_digest
from ocoptrace.signing.bundle_checks import MAX_KEYS_PER_HINT
from ocoptrace.signing.note import NoteSigner
from ocoptrace.signing.root import MAX_ROOT_BYTES, sign_root
from ocoptrace.signing.signed_file import (
    MAX_FILE_BYTES,
    MAX_SIGNATURES,
    PUBLIC_SALT,
    Role,
    SignedFile,
)
from ocoptrace.signing.statement import sign_statement
from village import (
    BATCH,
    FOUNDED,
    HOST,
    KEYS,
    LOG,
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


def reason_of_root(data: bytes) -> tuple[str, str]:
    with pytest.raises(SigningError) as caught:
        Root.load(data)
    return caught.value.facts["reason"].code, caught.value.place


def test_a_signature_stands_in_a_file_once() -> None:
    file = root_file()
    again = SignedFile(file.signed, file.signatures[:1] * 3)
    assert reason_of_root(again.to_bytes())[0] == "signing.signature_twice"
    assert again.count_signers(ROOT.roles.root, "root") == {"root:1": 1}


def test_a_file_has_one_spelling() -> None:
    data = root_file().to_bytes()
    others = {
        data + b"\n",
        data.replace(b'],"signed', b'], "signed'),
        data.replace(b"version", b"\\u0076ersion", 1),
        json.dumps(json.loads(data)).encode(),
    } - {data}
    assert Root.load(data) == ROOT
    assert len(others) == 4
    for other in others:
        assert reason_of_root(other)[0] == "signing.file_spelling"


def test_a_key_counts_once_however_often_it_signs() -> None:
    one = ROOT_SIGNERS[0]
    made = [
        SignedFile.sign(
            ROOT.text(), "root", version=1, issuer=issuer, signers=[one], now=NOW
        ).signatures[0]
        for issuer in (OFFICE.issuer, STRANGER.issuer)
    ]
    assert made[0] != made[1]
    assert refusal_of_root(SignedFile(ROOT.text(), tuple(made))) == "signing.threshold"


def test_a_key_counts_once_however_often_it_is_listed() -> None:
    key = json.loads(root_file().signed)["roles"]["root"]["keys"][0]
    roles = {
        "root": {"keys": [key, key], "threshold": 2},
        "bundle": {"keys": [key], "threshold": 1},
    }
    text = edited(root_file(), roles=roles)
    file = resigned(text, "root", 1, ROOT_SIGNERS[0])
    assert reason_of_root(file.to_bytes()) == ("signing.bad_threshold", "/roles/root")


def test_keys_of_others_do_not_count() -> None:
    stranger = resigned(root_file().signed, "root", 1, STRANGER.signer, ROOT_SIGNERS[0])
    assert refusal_of_root(stranger) == "signing.threshold"


@pytest.mark.parametrize("threshold", [0, -1])
def test_no_threshold_lets_everybody_sign(threshold: int) -> None:
    roles = json.loads(root_file().signed)["roles"]
    roles["root"]["threshold"] = threshold
    text = edited(root_file(), roles=roles)
    file = resigned(text, "root", 1, STRANGER.signer)
    assert reason_of_root(file.to_bytes()) == ("signing.bad_threshold", "/roles/root")


@pytest.mark.parametrize("threshold", [0, 4])
def test_a_root_whose_keys_cannot_reach_its_threshold_is_not_made(threshold: int) -> None:
    with pytest.raises(SigningError):
        root_file(threshold=threshold)


def test_a_role_has_at_most_64_keys() -> None:
    keys = [base64url.encode(eddsa(200 + n).public_key.cose_key) for n in range(65)]
    assert len(Role.of(keys=keys[:64], threshold=64).public_keys()) == 64
    with pytest.raises(SigningError) as caught:
        Role.of(keys=keys, threshold=1)
    assert (caught.value.code, caught.value.place) == ("fields.too_long", "/keys")


def test_a_role_that_nobody_can_fill_is_not_made() -> None:
    key = base64url.encode(eddsa(200).public_key.cose_key)
    for keys, threshold in (([], 0), ([], 1), ([key], 2), ([key, key], 2), ([key], 0)):
        with pytest.raises(SigningError) as caught:
            Role.of(keys=keys, threshold=threshold)
        assert caught.value.code == "signing.bad_threshold"


def test_a_signature_is_for_one_version_and_one_kind() -> None:
    text = root_file().signed
    assert refusal_of_root(resigned(text, "root", 2, *ROOT_SIGNERS)) == "signing.threshold"
    assert refusal_of_root(resigned(text, "bundle", 1, *ROOT_SIGNERS)) == "signing.threshold"


def test_the_fingerprint_is_that_of_the_text() -> None:
    other = Root.load(root_file(2).to_bytes())
    assert ROOT.fingerprint != other.fingerprint
    assert len(ROOT.fingerprint.split()) == 16


FOURTH = es256(14)
OTHERS = (es256(15), es256(16), es256(17))


def next_root(version: int = 2, **changes: Any) -> SignedFile:
    """Return a root that follows the pinned one: its third key was lost, a fourth came."""
    signers = (*ROOT_SIGNERS[:2], FOURTH)
    members: dict[str, Any] = {
        "expires": SEALS_UNTIL,
        "signers": signers,
        "root_keys": [signer.public_key for signer in signers],
        "threshold": 2,
        "bundle_keys": [OFFICE.signer.public_key, STRANGER.signer.public_key],
        "issuer": OFFICE.issuer,
        "now": NOW,
    }
    return sign_root(version, **(members | changes))


def refusal_to_follow(file: SignedFile, pinned: Root = ROOT) -> str:
    with pytest.raises(SigningError) as caught:
        pinned.follow(file.to_bytes())
    for language in ("vi", "en"):
        assert "{" not in caught.value.text(language)  # type: ignore[arg-type]
    return caught.value.code


def test_the_next_root_follows_where_keys_of_both_signed_it() -> None:
    root = ROOT.follow(next_root().to_bytes())
    assert (root.version, root.text()) == (2, next_root().signed)
    by_new = publish(root=root, signers=(STRANGER.signer,))
    assert by_new.root_version == 2


def test_roots_follow_one_another_step_by_step() -> None:
    second = ROOT.follow(next_root().to_bytes())
    third = next_root(3, signers=(FOURTH, ROOT_SIGNERS[0], *OTHERS), root_keys=publics(OTHERS))
    assert refusal_to_follow(third) == "signing.root_step"
    assert second.follow(third.to_bytes()).version == 3


def publics(signers: Any) -> list[PublicKey]:
    return [signer.public_key for signer in signers]


def test_a_root_does_not_follow_itself_or_go_back() -> None:
    assert refusal_to_follow(root_file()) == "signing.root_step"
    second = ROOT.follow(next_root().to_bytes())
    assert refusal_to_follow(next_root(), second) == "signing.root_step"
    assert refusal_to_follow(root_file(), second) == "signing.root_step"


def test_the_keys_of_the_pinned_root_decide_who_follows() -> None:
    usurper = next_root(signers=OTHERS, root_keys=publics(OTHERS))
    assert refusal_to_follow(usurper) == "signing.root_not_followed"
    one_old = next_root(signers=(ROOT_SIGNERS[0], *OTHERS), root_keys=publics(OTHERS))
    assert refusal_to_follow(one_old) == "signing.root_not_followed"
    again = SignedFile.sign(
        one_old.signed,
        "root",
        version=2,
        issuer=STRANGER.issuer,
        signers=ROOT_SIGNERS[:1],
        now=NOW,
    )
    twice = SignedFile(one_old.signed, one_old.signatures + again.signatures)
    assert refusal_to_follow(twice) == "signing.root_not_followed"


def test_the_next_roots_own_keys_must_sign_it_too() -> None:
    two_old = next_root(signers=(*ROOT_SIGNERS, *OTHERS), root_keys=publics(OTHERS))
    only_old = SignedFile(two_old.signed, two_old.signatures[:3])
    assert ROOT.follow(two_old.to_bytes()).version == 2
    assert refusal_to_follow(only_old) == "signing.threshold"


def test_a_signature_under_another_version_does_not_make_a_root_follow() -> None:
    as_third = resigned(next_root().signed, "root", 3, *ROOT_SIGNERS, FOURTH)
    assert refusal_to_follow(as_third) == "signing.threshold"
    mixed = SignedFile(
        next_root(root_keys=publics(OTHERS), signers=OTHERS).signed,
        (
            *next_root(root_keys=publics(OTHERS), signers=OTHERS).signatures,
            *resigned(next_root().signed, "root", 2, *ROOT_SIGNERS).signatures,
        ),
    )
    assert refusal_to_follow(mixed) == "signing.root_not_followed"


def test_a_root_that_has_expired_still_says_who_follows() -> None:
    expired = Root.load(root_file(expires=FOUNDED).to_bytes())
    assert expired.follow(next_root().to_bytes()).version == 2


def test_a_root_that_would_not_follow_is_not_made() -> None:
    with pytest.raises(SigningError) as caught:
        next_root(signers=OTHERS, root_keys=publics(OTHERS), previous=ROOT)
    assert caught.value.code == "signing.root_not_followed"
    assert ROOT.follow(next_root(previous=ROOT).to_bytes()).version == 2


def test_a_root_is_small() -> None:
    assert refusal_of_root(b" " * (MAX_ROOT_BYTES + 1)) == "signing.too_large"


def test_a_bundle_needs_as_many_signatures_as_the_root_asks_for() -> None:
    offices = (OFFICE.signer, STRANGER.signer, FOURTH)
    root = Root.load(next_root(bundle_keys=publics(offices), bundle_threshold=2).to_bytes())
    assert publish(root=root, signers=offices[1:]).version == 1
    with pytest.raises(SigningError) as caught:
        publish(root=root, signers=offices[:1])
    assert caught.value.code == "signing.threshold"
    two_versions = SignedFile(
        bundle_file(root=root, signers=offices[:2]).signed,
        (
            *resigned(
                bundle_file(root=root, signers=offices[:2]).signed, "bundle", 1, OFFICE.signer
            ).signatures,
            *resigned(
                bundle_file(root=root, signers=offices[:2]).signed, "bundle", 2, STRANGER.signer
            ).signatures,
        ),
    )
    assert refusal_of_bundle(two_versions, root=root) == "signing.threshold"


@pytest.mark.parametrize("threshold", [0, 3])
def test_a_bundle_threshold_that_its_keys_cannot_reach_is_not_made(threshold: int) -> None:
    with pytest.raises(SigningError) as caught:
        next_root(bundle_threshold=threshold)
    assert caught.value.code == "signing.bad_threshold"
    assert caught.value.place == "/roles/bundle"


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


def test_nothing_is_read_before_enough_have_signed_it(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    file = resigned(bundle_file().signed, "bundle", 1, STRANGER.signer)
    monkeypatch.setattr(TrustBundle, "of_text", read.append)
    assert refusal_of_bundle(file) == "signing.threshold"
    assert read == []


def test_a_thousand_keys_are_each_loaded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    crowd = [entry_of(es256(1000 + n), f"95{n:05d}") for n in range(300)]
    data = bundle_file(keys=(*KEYS, *crowd)).to_bytes()
    loaded: Counter[bytes] = Counter()
    real = PublicKey.from_cose_key

    def counted(key: bytes) -> PublicKey:
        loaded[key] += 1
        return real(key)

    root = Root.load(root_file().to_bytes())
    monkeypatch.setattr(PublicKey, "from_cose_key", counted)
    trust = TrustBundle.load(data, root=root)
    assert trust.by_kid(crowd[7].public_key.kid) == crowd[7]
    office = OFFICE.signer.public_key.cose_key
    # The root names the office's key as well.
    assert {key: n for key, n in loaded.items() if n != 1} == {office: 2}
    assert len(loaded) == len(KEYS) + len(crowd) + len((LOG, *WITNESSES))


def test_a_text_is_hashed_once_however_many_signatures_there_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sizes: list[int] = []

    class Counting:
        @staticmethod
        def sha256(data: bytes) -> Any:
            sizes.append(len(data))
            return hashlib.sha256(data)

    text = bundle_file().signed
    signatures = [
        SignedFile.sign(
            text,
            "bundle",
            version=1,
            issuer=f"{OFFICE.issuer}/{n}",
            signers=[OFFICE.signer],
            now=NOW,
        ).signatures[0]
        for n in range(MAX_SIGNATURES + 1)
    ]
    file = SignedFile(text, tuple(signatures[:-1]))
    parsed = SignedFile.parse(file.to_bytes())
    monkeypatch.setattr("ocoptrace.signing.signed_file.hashlib", Counting)
    assert parsed.count_signers(ROOT.roles.bundle, "bundle") == {"bundle:1": 1}
    assert len(sizes) == 1
    more = SignedFile(text, tuple(signatures))
    assert refusal_of_bundle(more) == "signing.signed_file"


def test_a_bundle_is_signed_by_the_pinned_roots_bundle_keys() -> None:
    assert publish().version == 1
    stranger = resigned(bundle_file().signed, "bundle", 1, STRANGER.signer)
    assert refusal_of_bundle(stranger) == "signing.threshold"
    by_root = resigned(bundle_file().signed, "bundle", 1, *ROOT_SIGNERS)
    assert refusal_of_bundle(by_root) == "signing.threshold"
    other_root = Root.load(root_file(bundle_signers=[STRANGER.signer]).to_bytes())
    assert refusal_of_bundle(bundle_file(), root=other_root) == "signing.threshold"


def test_a_bundle_is_signed_for_its_own_version() -> None:
    ahead = resigned(bundle_file().signed, "bundle", 2, OFFICE.signer)
    assert refusal_of_bundle(ahead) == "signing.threshold"


@pytest.mark.parametrize("kind", ["event", "policy"])
def test_a_statement_of_another_kind_signs_no_bundle(kind: Any) -> None:
    text = bundle_file().signed
    statement, _ = sign_statement(
        kind,
        text.encode(),
        issuer=OFFICE.issuer,
        subject="bundle:1",
        signer=OFFICE.signer,
        now=NOW,
        salt=PUBLIC_SALT,
    )
    assert refusal_of_bundle(SignedFile(text, (statement,))) == "signing.threshold"


def test_a_bundle_belongs_to_one_version_of_the_root() -> None:
    second = Root.load(root_file(2).to_bytes())
    assert refusal_of_bundle(bundle_file(), root=second) == "signing.root_version"


def test_no_bundle_is_made_under_a_root_that_has_expired() -> None:
    root = Root.load(root_file(expires=NOW).to_bytes())
    with pytest.raises(SigningError) as caught:
        publish(root=root)
    assert caught.value.code == "signing.root_expired"


def test_a_bundle_does_not_outlive_its_root() -> None:
    end = publish().expires
    assert Root.load(root_file(expires=end).to_bytes()).expires == end
    for expires, code in ((end, ""), (end - timedelta(seconds=1), "signing.outlives_root")):
        root = Root.load(root_file(expires=expires).to_bytes())
        if code:
            assert refusal_of_bundle(bundle_file(), root=root) == code
        else:
            assert TrustBundle.load(bundle_file().to_bytes(), root=root).expires == end


def test_a_later_root_begins_the_numbers_anew() -> None:
    second = Root.load(next_root().to_bytes())
    file = bundle_file(2, root=second)
    seen: dict[str, Any] = {"previous_version": 2**53 - 1, "previous_sha256": bytes(32)}
    root: dict[str, Any] = {"root": second, "previous_root_version": 1}
    assert TrustBundle.load(file.to_bytes(), **seen, **root).version == 2
    assert refusal_of_bundle(file, root=second, **seen) == "signing.rollback"
    root["previous_root_version"] = 2
    assert refusal_of_bundle(file, **seen, **root) == "signing.rollback"
    going_back = refusal_of_bundle(bundle_file(9), previous_version=1, previous_root_version=2)
    assert going_back == "signing.root_version"


def test_a_verifier_never_goes_back_to_an_older_bundle() -> None:
    assert refusal_of_bundle(bundle_file(2), previous_version=3) == "signing.rollback"
    same = TrustBundle.load(bundle_file(3).to_bytes(), root=ROOT, previous_version=3)
    newer = TrustBundle.load(bundle_file(4).to_bytes(), root=ROOT, previous_version=3)
    assert (same.version, newer.version) == (3, 4)


def entry_of(signer: SoftwareSigner, prefix: str = "9521234") -> KeyEntry:
    key = base64url.encode(signer.public_key.cose_key)
    return key_entry(PRODUCER, grant(gtin_prefixes=(prefix,)), key=key)


def test_at_most_16_keys_share_a_hint(monkeypatch: pytest.MonkeyPatch) -> None:
    alike = {es256(n).public_key.cose_key for n in range(50, 67)}
    real = PublicKey.hint.fget
    hint = property(lambda key: bytes(4) if key.cose_key in alike else real(key))
    monkeypatch.setattr(PublicKey, "hint", hint)
    sixteen = tuple(entry_of(es256(n)) for n in range(50, 66))
    assert len(publish(keys=(*KEYS, *sixteen)).by_hint(bytes(4))) == MAX_KEYS_PER_HINT == 16
    with pytest.raises(SigningError) as caught:
        publish(keys=(*KEYS, *sixteen, entry_of(es256(66))))
    assert caught.value.code == "signing.hint_shared"


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


def test_log_keys_overlap_while_one_follows_the_other() -> None:
    later = NoteSigner(LOG.name, eddsa(31))
    keys = (
        LogKey(vkey=str(LOG.verifier_key), to_size=12),
        LogKey(vkey=str(later.verifier_key), from_size=10),
    )
    log = log_entry(keys=keys, witnesses=(), quorum=0)
    both = (LOG.verifier_key, later.verifier_key)
    assert [log.verifier_keys(size) for size in (9, 10, 12, 13)] == [
        both[:1],
        both,
        both,
        both[1:],
    ]


def test_a_batch_is_named_by_half_a_hash() -> None:
    assert batch_digest(BATCH) == hashlib.sha256(BATCH.encode()).hexdigest()[:32]


def test_keys_are_found_by_kid_and_hint() -> None:
    trust = publish()
    key = PRODUCER.signer.public_key
    entry = trust.by_kid(key.kid)
    assert entry is not None
    assert entry.issuer == PRODUCER.issuer
    assert trust.by_hint(key.hint) == (entry,)
    assert trust.by_kid(bytes(8)) is None
    assert trust.by_hint(bytes(4)) == ()


def test_all_revocations_of_a_key_are_found() -> None:
    thumbprint = PRODUCER.signer.public_key.thumbprint.hex()
    first = Revocation(key=thumbprint, reason="superseded", at=NOW)
    worse = Revocation(key=thumbprint, reason="compromised", at=NOW + timedelta(days=1))
    trust = publish(revocations=(first, worse))
    entry = trust.by_kid(PRODUCER.signer.public_key.kid)
    assert entry is not None
    assert trust.revocations_of(entry) == (first, worse)
    assert publish().revocations_of(entry) == ()


def test_two_bundles_of_one_version_are_two_offices() -> None:
    seen = publish(3)
    other = bundle_file(3, namespaces=(HOST, "b.example"))
    known = {"previous_version": 3, "previous_sha256": seen.sha256}
    assert refusal_of_bundle(other, **known) == "signing.bundle_fork"
    assert refusal_of_bundle(bundle_file(2), **known) == "signing.rollback"
    assert TrustBundle.load(bundle_file(3).to_bytes(), root=ROOT, **known) == seen  # type: ignore[arg-type]
    assert TrustBundle.load(bundle_file(4).to_bytes(), root=ROOT, **known).version == 4  # type: ignore[arg-type]


def test_a_bundle_says_the_same_in_the_same_bytes() -> None:
    trust = publish()
    assert trust.text() == bundle_file().signed
    assert trust.sha256 == publish().sha256
    assert trust.sha256 != publish(2).sha256
    assert trust.namespaces == (HOST,)
    assert trust.expires < SEALS_UNTIL
