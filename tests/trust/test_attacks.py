"""Each attack that The Update Framework names, and some of our own, on every kind of client."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from ocoptrace import canonical_json
from ocoptrace.errors import OcopTraceError
from ocoptrace.origin_record import BundleReference
from ocoptrace.signing import base64url
from ocoptrace.signing.bundle import Revocation
from ocoptrace.signing.note import COSIGNATURE_V1, NoteSigner
from ocoptrace.signing.root import MAX_ROOT_BYTES
from ocoptrace.signing.signed_file import MAX_FILE_BYTES, SignedFile
from ocoptrace.transparency import LogProof
from ocoptrace.verify import verify_label, verify_record, verify_statement
from trust_simulator import Attacker, Producer, key, root_text, signed
from village import A_DAY, BATCH, LOG, NOW, PRODUCER, WITNESSES, Tale, Village, eddsa, sealed

if TYPE_CHECKING:
    from typing import Any

    from trust_simulator import Client, Office

GRACE = timedelta(days=90)
BEYOND = 2**53 - 1
"""The greatest number that these files can have."""

# A machine may have pinned several offices: it says that none of them has signed a root.
NOT_FOLLOWED = {"signing.root_not_followed", "cli.no_root"}
NO_STEP = {"signing.root_step", "cli.no_root"}


def state(client: Client) -> tuple[int, int, str]:
    """Return what a client goes by: root, bundle's root, and the bundle itself."""
    bundle = client.bundle
    return (client.root.version, *((0, "") if bundle is None else _of(bundle)))


def _of(bundle: Any) -> tuple[int, str]:
    return bundle.root_version, bundle.text()


def refusal(client: Client, *files: bytes) -> str:
    """Serve files that must be refused; return why, after a look that nothing has changed."""
    before = state(client)
    with pytest.raises(OcopTraceError) as caught:
        client.update(files)
    assert state(client) == before
    return caught.value.code


def overall(client: Client, label: str, now: Any) -> str:
    assert client.bundle is not None
    return verify_label(label, trust=client.bundle, now=now).overall


# Who may sign


def test_arbitrary_files_signed_with_wrong_keys(office: Office, client: Client) -> None:
    thief = Attacker(office, keys=("thief", "dung"))
    assert refusal(client, thief.bundle(2)) == "signing.threshold"
    forged = thief.root(2)
    assert refusal(client, forged) in NOT_FOLLOWED
    assert refusal(client, forged, thief.bundle(2, root_version=2)) in NOT_FOLLOWED


def test_keys_of_one_role_do_not_sign_for_another(office: Office, client: Client) -> None:
    by_root_keys = Attacker(office, keys=("an", "binh", "chi"))
    assert refusal(client, by_root_keys.bundle(2)) == "signing.threshold"
    by_bundle_key = Attacker(office, keys=("office",))
    assert refusal(client, by_bundle_key.root(2)) in NOT_FOLLOWED


def test_key_compromise_below_the_threshold(office: Office, client: Client) -> None:
    thief = Attacker(office, keys=("an", "thief", "dung"))
    for says in (
        {},
        {"root": ("an", "thief"), "threshold": 2},
        {"root": ("an", "binh", "chi"), "threshold": 1},
    ):
        code = refusal(client, thief.root(2, **says))
        assert code in NOT_FOLLOWED


def test_key_compromise_at_the_threshold_is_the_end_of_a_root(
    office: Office, client: Client
) -> None:
    """Two of the three root keys are the office: what they sign is taken. Hence three hands."""
    thief = Attacker(office, keys=("an", "binh", "thief"))
    usurped = thief.root(2, root=("thief",), threshold=1, bundle=("thief",))
    client.update([usurped, thief.bundle(2, root_version=2)])
    assert client.root.version == 2
    honest = office.rotate()
    assert refusal(client, honest) in NO_STEP


def test_the_threshold_is_not_lowered_by_the_root_that_lowers_it(
    office: Office, client: Client
) -> None:
    lowered = Attacker(office, keys=("an",)).root(2, root=("an", "binh", "chi"), threshold=1)
    assert refusal(client, lowered) in NOT_FOLLOWED
    office.rotate(threshold=1)
    client.update(office.newest)
    assert client.root.roles.root.threshold == 1


def test_a_raised_threshold_counts_at_once(client: Client) -> None:
    text = root_text(2, root=("an", "binh", "chi"), threshold=3)
    by_two = signed(text, "root", 2, ("an", "binh"))
    assert refusal(client, by_two) == "signing.threshold"
    client.update([signed(text, "root", 2, ("an", "binh", "chi"))])
    assert client.root.roles.root.threshold == 3


def test_a_key_is_not_counted_twice(client: Client) -> None:
    text = root_text(2, root=("an", "thief"), threshold=2)
    once = SignedFile.parse(signed(text, "root", 2, ("an", "thief")))
    again = SignedFile.parse(signed(text, "root", 2, ("an",), NOW + A_DAY))
    assert set(once.signatures).isdisjoint(again.signatures)
    twice = SignedFile(text, (*once.signatures, *again.signatures)).to_bytes()
    assert refusal(client, twice) in NOT_FOLLOWED


def test_a_key_has_one_id_and_one_spelling(client: Client) -> None:
    """The same key with its y coordinate as a sign, or with an algorithm, is not another key."""
    listed = json.loads(root_text(2, root=("an", "binh"), threshold=2))
    cose = key("an").public_key.cose_key
    assert cose[:5] == bytes.fromhex("a401022001")  # {1: 2, -1: 1, …: EC2, P-256
    with_algorithm = b"\xa5\x01\x02\x03\x26" + cose[3:]  # 3: -7 put behind 1: 2
    compressed = cose[: 5 + 35] + b"\x22" + (b"\xf5" if cose[-1] % 2 else b"\xf4")
    for other in (with_algorithm, compressed):
        listed["roles"]["root"]["keys"] = [
            base64url.encode(cose),
            base64url.encode(other),
        ]
        text = canonical_json.dumps(listed).decode()
        code = refusal(client, signed(text, "root", 2, ("an", "binh")))
        assert code == "signing.signed_file_invalid"


def test_a_signature_for_another_file_does_not_count(office: Office, client: Client) -> None:
    """Good signatures, each of a key that may sign, moved over from another text or version."""
    honest = SignedFile.parse(office.rotate())
    forged = root_text(2, root=("thief",), threshold=1, bundle=("thief",))
    own = SignedFile.parse(signed(forged, "root", 2, ("thief",)))
    moved = SignedFile(forged, (*honest.signatures, *own.signatures)).to_bytes()
    assert refusal(client, moved) in NOT_FOLLOWED


# Versions


def test_rollback_of_the_bundle(office: Office, client: Client) -> None:
    office.publish()
    office.publish()
    client.update(office.newest)
    for old in office.bundles[:-1]:
        assert refusal(client, old) == "signing.rollback"


def test_two_bundles_of_one_version(office: Office, client: Client) -> None:
    other = Attacker(office, keys=("office",)).bundle(1, namespaces=("id.example", "b.example"))
    assert refusal(client, other) == "signing.bundle_fork"


def test_rollback_of_the_root(office: Office, client: Client) -> None:
    office.rotate(root_keys=("an", "binh", "dung"))
    office.rotate(root_keys=("an", "dung", "em"))
    client.update(office.newest)
    before = state(client)
    client.update(office.roots)  # what was gone by before is passed over
    assert state(client) == before
    thief = Attacker(office, keys=("binh", "chi"))
    says: dict[str, Any] = {"root": ("binh", "chi"), "threshold": 2, "bundle": ("thief",)}
    for version in (1, 2, 3, 4):
        forged = thief.root(version, **says)
        # A value passes over what is older than it knows; what keeps files looks closer.
        with suppress(OcopTraceError):
            client.update([forged])
        assert state(client) == before


def test_a_root_version_that_is_left_out(office: Office, client: Client) -> None:
    office.rotate()
    office.rotate()
    assert refusal(client, office.roots[-1]) in NO_STEP
    client.update(reversed(office.newest))
    assert (client.root.version, client.bundle) == (3, office.bundle)


def test_a_chain_of_roots_of_another_office(office: Office, client: Client) -> None:
    """Each root follows the one before, and none of them the one that is pinned."""
    thief = Attacker(office)
    chain = [thief.root(version) for version in (2, 3, 4)]
    assert refusal(client, *chain) in NOT_FOLLOWED


def test_fast_forward_of_the_bundle_and_recovery_by_a_new_root(
    office: Office, client: Client
) -> None:
    thief = Attacker(office, keys=("office",))
    client.update([thief.bundle(BEYOND)])
    assert refusal(client, office.publish()) == "signing.rollback"
    office.rotate(bundle_keys=("office 2",))
    client.update(office.newest)
    assert client.bundle == office.bundle
    assert client.bundle is not None
    assert (client.bundle.root_version, client.bundle.version) == (2, 3)
    assert refusal(client, thief.bundle(BEYOND, root_version=2)) == "signing.threshold"
    office.publish()
    client.update(office.newest)
    assert refusal(client, office.bundles[-2]) == "signing.rollback"


def test_fast_forward_to_the_very_number_that_the_office_comes_to(
    office: Office, client: Client
) -> None:
    thief = Attacker(office, keys=("office",))
    client.update([thief.bundle(2, namespaces=("id.example", "b.example"))])
    office.publish()
    assert refusal(client, office.bundles[-1]) == "signing.bundle_fork"
    office.rotate(bundle_keys=("office 2",))
    client.update(office.newest)
    assert client.bundle == office.bundle


@pytest.mark.parametrize("version", [2, 9, BEYOND])
def test_numbers_begin_anew_under_a_root_that_keeps_the_keys(
    office: Office, client: Client, version: int
) -> None:
    """An office that has used up its own numbers by mistake needs no new key."""
    mistaken = Attacker(office, keys=("office",)).bundle(version, namespaces=("id.example",) * 2)
    client.update([mistaken])
    office.rotate()
    client.update(office.roots)
    assert client.bundle is not None
    assert client.bundle.version == version
    client.update(office.newest)
    assert client.bundle == office.bundle
    assert refusal(client, mistaken) == "signing.root_version"


def test_fast_forward_of_the_root_cannot_be(office: Office, client: Client) -> None:
    thief = Attacker(office, keys=("an", "binh", "chi"))
    for version in (3, BEYOND):
        forged = thief.root(version, root=("thief",))
        assert refusal(client, forged) in {"signing.root_step", "cli.no_root", "signing.threshold"}


# Time


def test_an_endless_freeze_is_seen(office: Office, client: Client) -> None:
    label = sealed()
    old = client.bundle
    assert old is not None
    for now, word in (
        (NOW, "ok_offline"),
        (old.expires - timedelta(seconds=1), "ok_offline"),
        (old.expires, "warn"),
        (old.expires + GRACE, "unproven"),
    ):
        client.update([office.bundles[0]])  # nothing else is served
        assert overall(client, label, now) == word


def test_a_freeze_at_an_old_root_ends_with_it(office: Office, client: Client) -> None:
    """A key that a later root dropped makes no bundle for those whom that root does not reach."""
    thief = Attacker(office, keys=("office",))
    end = client.root.expires
    for_ever = thief.bundle(2, expires=end + timedelta(seconds=1))
    assert refusal(client, for_ever) == "signing.outlives_root"
    client.update([thief.bundle(2, expires=end)])
    assert overall(client, sealed(), end + GRACE) == "unproven"
    late = thief.bundle(3, issued=end, expires=end + A_DAY)
    assert refusal(client, late) == "signing.root_expired"


def test_a_root_that_has_expired_says_who_follows_and_nothing_else(
    office: Office, client: Client
) -> None:
    office.wait(days=6 * 365)
    late = Attacker(office, keys=("office",)).bundle(2)
    assert refusal(client, late) == "signing.root_expired"
    office.rotate(bundle_keys=("office 2",))
    client.update(office.newest)
    assert client.bundle == office.bundle


# Files that do not belong together


def test_mix_and_match_of_root_and_bundle(office: Office, client: Client) -> None:
    office.rotate(bundle_keys=("office", "office 2"))
    new_root, new_bundle = office.roots[-1], office.bundles[-1]
    assert refusal(client, new_bundle) in {"signing.threshold", "signing.root_version"}
    client.update([new_root])
    assert client.root.version == 2
    assert refusal(client, office.bundles[0]) == "signing.root_version"
    client.update([new_bundle])
    assert client.bundle == office.bundle


def test_a_bundle_counts_on_under_a_root_that_keeps_its_key(office: Office, client: Client) -> None:
    before = client.bundle
    office.rotate(bundle_keys=("office", "office 2"))
    client.update(office.roots)
    assert (client.root.version, client.bundle) == (2, before)


def test_a_bundle_is_left_behind_by_a_root_that_drops_its_key(
    office: Office, client: Client
) -> None:
    client.update([Attacker(office, keys=("office",)).bundle(2)])
    forged = client.bundle
    office.rotate(bundle_keys=("office 2",))
    with suppress(OcopTraceError):
        client.update(office.roots)
    # A workspace is never without a bundle: it takes both, or none.
    left = (1, forged) if isinstance(client, Producer) else (2, None)
    assert (client.root.version, client.bundle) == left
    client.update(office.newest)
    assert client.bundle == office.bundle != forged


OTHER_LOG = NoteSigner("other.example/ocop-log/1", eddsa(77))
SAME_NAME = NoteSigner(LOG.name, eddsa(77))


@pytest.mark.parametrize(
    ("signers", "word"),
    [
        ({}, "ok"),
        ({"log": OTHER_LOG}, "unproven"),
        ({"log": SAME_NAME}, "altered"),
        ({"witnesses": WITNESSES[:1]}, "unproven"),
        ({"witnesses": (NoteSigner(WITNESSES[0].name, eddsa(77), COSIGNATURE_V1),)}, "unproven"),
    ],
    ids=["its own", "a log of its own", "the name of ours", "no quorum", "a witness of its own"],
)
def test_mix_and_match_of_a_bundle_and_a_log(signers: Any, word: str) -> None:
    """What a record proves rests on the log and the witnesses that the bundle lists."""
    tale = Tale()
    checkpoint = (tale.said, tale.village.checkpoint(**signers))[1]
    record = tale.village.record(tale.said, tale.trust, checkpoint=checkpoint)
    assert verify_record(record, trust=tale.trust, now=NOW).overall == word


def test_mix_and_match_of_a_bundle_and_a_record(office: Office, client: Client) -> None:
    """A record tells which bundle it was made under: another one of its number is found out."""
    tale = Tale()
    trust = client.bundle
    assert trust is not None
    for reference, word in (
        (BundleReference(trust.version, trust.sha256), "ok"),
        (BundleReference(trust.version + 1, bytes(32)), "warn"),
        (BundleReference(trust.version, bytes(32)), "unproven"),
    ):
        made = replace(tale.record(), bundle=reference)
        check = verify_record(made, trust=trust, now=office.now).check("bundle")
        assert check is not None
        assert word == {"pass": "ok", "warn": "warn", "fail": "unproven"}[check.outcome]


def test_a_root_is_no_bundle_and_a_bundle_no_root(office: Office, client: Client) -> None:
    office.rotate()
    for data, kind in ((office.roots[-1], b"bundle"), (office.bundles[0], b"root")):
        text = SignedFile.parse(data).signed
        names = ("an", "binh", "chi", "office")
        swapped = signed(text, kind.decode(), 2, names)
        assert refusal(client, swapped).startswith(("signing.", "cli."))


# Keys that are stolen, and what comes back


def test_an_online_key_is_stolen_and_the_office_recovers(office: Office, client: Client) -> None:
    thief = Attacker(office, keys=("office",))
    stolen = PRODUCER.signer.public_key.thumbprint.hex()
    office.wait(days=1)
    office.revocations = (Revocation.of(key=stolen, reason="ceased", at=office.now),)
    office.publish()
    client.update(office.newest)
    # The thief, who has the office's key, takes a revocation back.
    client.update([thief.bundle(3)])
    assert client.bundle is not None
    assert client.bundle.revocations == ()
    office.wait(days=1)
    office.rotate(bundle_keys=("office 2",))
    client.update(office.newest)
    assert client.bundle.revocations == office.revocations
    assert refusal(client, thief.bundle(9, root_version=2)) == "signing.threshold"


def test_with_two_bundle_keys_one_of_them_is_not_enough(office: Office, client: Client) -> None:
    office.rotate(bundle_keys=("office", "office 2"), bundle_threshold=2)
    client.update(office.newest)
    thief = Attacker(office, keys=("office",))
    assert refusal(client, thief.bundle(9, root_version=2)) == "signing.threshold"
    both = Attacker(office, keys=("office", "office 2"))
    client.update([both.bundle(9, root_version=2)])


def test_a_root_key_is_stolen_and_replaced_in_time(office: Office, client: Client) -> None:
    office.rotate(root_keys=("an", "binh", "dung"))
    client.update(office.newest)
    thief = Attacker(office, keys=("chi", "an", "thief"))
    forged = thief.root(3, root=("thief",), bundle=("thief",))
    assert refusal(client, forged) in NOT_FOLLOWED


def test_a_back_dated_statement_under_a_revoked_producer_key(
    office: Office, client: Client
) -> None:
    village = Village()
    known = village.state_batch(at=NOW)
    size = len(village.entries)
    seen = {"origin": LOG.name, "size": size, "root": village.checkpoint().root.hex()}
    forged = village.state_batch(f"{BATCH[:-1]}2", at=NOW - 30 * A_DAY)  # the thief's date
    office.wait(days=2)
    lost = PRODUCER.signer.public_key.thumbprint.hex()
    office.revocations = (
        Revocation.of(key=lost, reason="compromised", at=office.now, checkpoint=seen),
    )
    office.publish()
    client.update(office.newest)
    trust = client.bundle
    assert trust is not None
    before, now = village.checkpoint(size=size), village.checkpoint(at=office.now)
    for said, checkpoint, word in ((known, before, "ok"), (forged, now, "revoked")):
        path = village.proof(said.index, checkpoint.size).path
        verdict = verify_statement(
            said.statement,
            payload=said.payload,
            salt=said.salt,
            proofs=[LogProof(checkpoint, said.index, path)],
            trust=trust,
            now=office.now,
        )
        assert verdict.overall == word


# Size


@pytest.mark.parametrize(
    "data",
    [
        b" " * (MAX_FILE_BYTES + 1),
        b'{"signatures":[],"signed":"' + b"[" * 100_000 + b'"}',
        b'{"signatures":[' + b'"",' * 100_000 + b'""],"signed":"{}"}',
    ],
    ids=["endless", "deep", "many signatures"],
)
def test_endless_data_is_not_read(client: Client, data: bytes) -> None:
    assert refusal(client, data).startswith("signing.")


def test_a_root_is_bounded_closer_than_a_bundle(office: Office, client: Client) -> None:
    padded = {**json.loads(SignedFile.parse(office.rotate()).signed)}
    text = json.dumps(padded) + " " * MAX_ROOT_BYTES
    assert refusal(client, signed(text, "root", 2, ("an", "binh"))).startswith("signing.")


def test_a_text_that_nobody_vouches_for_is_not_read(client: Client) -> None:
    """It is refused for its signatures, whatever stands in it."""
    bomb = "[" * (MAX_FILE_BYTES - 2000)
    assert refusal(client, signed(bomb, "bundle", 2, ("thief",))) == "signing.threshold"


def test_an_honest_server_is_followed_for_years(office: Office, client: Client) -> None:
    for year in range(4):
        for _ in range(3):
            office.wait(days=80)
            office.publish()
            client.update(office.newest)
            assert client.bundle == office.bundle
        office.rotate(bundle_keys=(office.bundle_keys[-1], f"office {year % 2 + 2}"))
        client.update(office.newest)
        assert client.root.version == year + 2
