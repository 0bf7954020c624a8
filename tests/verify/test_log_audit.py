"""What an outsider sees of a log: that it continues, what is new, what contradicts the bundle."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from ocoptrace.errors import ProofError
from ocoptrace.signing import base64url, sign_statement
from ocoptrace.signing.bundle import Revocation
from ocoptrace.signing.signed_file import PUBLIC_SALT
from ocoptrace.transparency.tile import ENTRIES, Tile, encode_entries
from ocoptrace.verify.log_audit import LogAudit, audit_log
from ocoptrace.verify.office_acts import OfficeActs
from village import (
    KEYS,
    LOG,
    NEIGHBOUR,
    NOW,
    OFFICE,
    PRODUCER,
    STRANGER,
    WITNESSES,
    Party,
    Village,
    bundle_file,
    eddsa,
    es256,
    key_entry,
    log_entry,
    publish,
)

if TYPE_CHECKING:
    from ocoptrace.signing import TrustBundle
    from ocoptrace.transparency import Checkpoint

VKEYS = (LOG.verifier_key, *(witness.verifier_key for witness in WITNESSES))


class Town(Village):
    """A log that holds statements only, those of an office's acts first."""

    def __post_init__(self) -> None:
        for entry in KEYS:
            self.state_key(entry)
        self.state_bundle(1)

    def state_key(self, entry: Any) -> None:
        uri = entry.public_key.thumbprint_uri
        self.state("key", entry.text().encode(), subject=uri, by=OFFICE)

    def state_bundle(self, version: int, **changes: Any) -> None:
        for statement in bundle_file(version, **changes).signatures:
            self.append(statement.cose)

    def state_revocation(self, party: Party, **options: Any) -> Revocation:
        key = party.signer.public_key
        revocation = Revocation.of(key=key.thumbprint.hex(), reason="superseded", at=NOW)
        options = {"by": OFFICE, "subject": key.thumbprint_uri} | options
        self.state("revocation", revocation.text().encode(), **options)
        return revocation

    def tile(self, tile: Tile) -> bytes:
        """Read a tile, as a folder of them would."""
        first, end = tile.start, tile.start + tile.width
        if tile.level == ENTRIES:
            return encode_entries(self.entries[first:end])
        return b"".join(self.read(tile.tree_level, at) for at in range(first, end))

    def fill(self, count: int, *, by: Party = PRODUCER) -> None:
        for _ in range(count):
            self.tell_fact(by=by)

    def tell_fact(self, *, by: Party = PRODUCER) -> None:
        number = len(self.entries)
        subject = f"urn:uuid:0190a7c5-8a3e-8f00-8000-{number:012d}"
        self.state("event", f"{number}".encode(), subject=subject, by=by)


def audited(town: Town, kept: Checkpoint | None = None, **options: Any) -> LogAudit:
    given: dict[str, Any] = {"keys": VKEYS, "quorum": 2, "bundle": publish(), "kept": kept}
    checkpoint = options.pop("checkpoint", None) or town.checkpoint()
    read = options.pop("read", town.tile)
    return audit_log(checkpoint, read, **(given | options))


def found(audit: LogAudit) -> list[tuple[str, str]]:
    return [(each.code, each.place) for each in audit.findings]


@pytest.fixture
def town() -> Town:
    return Town()


def test_an_honest_log_has_nothing_to_tell(town: Town) -> None:
    town.fill(600)
    audit = audited(town)
    assert (found(audit), audit.holds, audit.before, audit.size) == ([], True, 0, 604)
    assert audit.time == NOW
    assert audit.unknown_keys == 0


@pytest.mark.parametrize(
    ("first", "then"), [(1, 1), (252, 1), (251, 1), (252, 300), (508, 4), (600, 0)]
)
def test_it_goes_on_from_where_it_ended(town: Town, first: int, then: int) -> None:
    town.fill(first)
    before = audited(town)
    kept = town.checkpoint()
    town.fill(then)
    asked: list[int] = []
    audit = audited(town, kept, acts=before.acts, on_entries=asked.append)
    assert (found(audit), audit.holds, sum(asked)) == ([], True, then)


def test_a_fork_is_seen_whatever_the_log_proves(town: Town) -> None:
    town.fill(300)
    kept = town.checkpoint()
    other = Town()
    other.fill(299)
    other.fill(400, by=NEIGHBOUR)
    audit = audited(other, kept)
    assert found(audit) == [("audit.forked", "checkpoint")]
    assert not audit.holds


def test_a_rollback_is_seen(town: Town) -> None:
    town.fill(10)
    kept = town.checkpoint()
    audit = audited(town, kept, checkpoint=town.checkpoint(size=12))
    assert found(audit) == [("proof.rolled_back", "checkpoint")]
    assert not audit.holds


def test_another_tree_of_the_same_size_is_a_fork(town: Town) -> None:
    town.fill(10)
    other = Town()
    other.fill(10, by=NEIGHBOUR)
    audit = audited(other, town.checkpoint())
    assert found(audit) == [("audit.forked", "checkpoint")]


def test_a_checkpoint_without_its_quorum_is_refused(town: Town) -> None:
    audit = audited(town, checkpoint=town.checkpoint(witnesses=WITNESSES[:1]))
    assert found(audit) == [("proof.no_quorum", "checkpoint")]
    thief = type(LOG)(LOG.name, eddsa(99))
    audit = audited(town, checkpoint=town.checkpoint(log=thief))
    assert found(audit) == [("proof.not_signed_by_log", "checkpoint")]
    assert not audit.holds


def test_entries_other_than_those_signed_are_seen(town: Town) -> None:
    town.fill(300)
    signed = town.checkpoint()
    other = Town()
    other.fill(299)
    other.fill(1, by=NEIGHBOUR)
    audit = audited(other, checkpoint=signed)
    assert ("audit.root_differs", "checkpoint") in found(audit)
    assert not audit.holds


def test_an_altered_tile_of_hashes_is_seen_and_the_entries_still_hold(town: Town) -> None:
    town.fill(300)

    def altered(tile: Tile) -> bytes:
        data = town.tile(tile)
        return data[:-1] + b"\0" if tile == Tile(0, 1, 48) else data

    audit = audited(town, read=altered)
    assert found(audit) == [
        ("audit.leaf_differs", "tile/0/001.p/48"),
        ("audit.tiles_differ", "checkpoint"),
    ]
    assert audit.holds


def test_a_missing_tile_is_named(town: Town) -> None:
    town.fill(300)

    def partly(tile: Tile) -> bytes:
        if tile.level == ENTRIES and tile.index == 1:
            raise ProofError("proof.tile_missing", place=tile.path)
        return town.tile(tile)

    audit = audited(town, read=partly)
    assert found(audit) == [("proof.tile_missing", "tile/entries/001.p/48")]
    assert not audit.holds


def test_what_is_no_statement_is_named(town: Town) -> None:
    town.append(b"anything")
    town.append(b"")
    assert found(audited(town)) == [
        ("audit.not_a_statement", "entry 4"),
        ("audit.not_a_statement", "entry 5"),
    ]


def test_a_statement_that_stands_there_twice_is_named(town: Town) -> None:
    town.fill(300)
    for index in (7, 4, 7):
        town.append(town.entries[index])
    assert found(audited(town)) == [
        ("audit.repeated", "entry 304"),
        ("audit.repeated", "entry 305"),
        ("audit.repeated", "entry 306"),
    ]


def test_a_signature_that_is_not_its_keys_is_named(town: Town) -> None:
    town.fill(1)
    town.append(town.entries[-1][:-1] + bytes([town.entries[-1][-1] ^ 1]))
    assert ("audit.bad_signature", "entry 5") in found(audited(town))


def test_a_key_that_is_watched_is_told_of(town: Town) -> None:
    town.fill(3)
    town.fill(1, by=NEIGHBOUR)
    town.fill(2)
    audit = audited(town, watch={NEIGHBOUR.signer.public_key.kid})
    assert found(audit) == [("audit.watched", "entry 7")]
    assert audit.findings[0].severity == "warning"
    town.fill(1, by=STRANGER)
    audit = audited(town, watch={STRANGER.signer.public_key.kid})
    assert found(audit) == [("audit.watched", "entry 10")]
    assert audit.unknown_keys == 1


# What the office does, and what its bundle says


def test_a_bundle_that_was_not_stated_is_told_of(town: Town) -> None:
    assert found(audited(town, bundle=publish(2))) == [("audit.bundle_not_logged", "bundle:2")]


def test_another_bundle_of_the_same_version_is_told_of(town: Town) -> None:
    other = publish(1, now=NOW + timedelta(hours=1))
    assert found(audited(town, bundle=other)) == [("audit.bundle_differs", "bundle:1")]


def test_two_bundles_of_one_version_in_the_log_are_told_of(town: Town) -> None:
    town.state_bundle(1, now=NOW + timedelta(hours=1))
    assert found(audited(town)) == [("audit.bundle_forked", "entry 4")]


def test_an_old_bundle_is_told_of_without_alarm(town: Town) -> None:
    town.state_bundle(2, now=NOW + timedelta(hours=1))
    audit = audited(town)
    assert found(audit) == [("audit.bundle_is_older", "bundle:1")]
    assert audit.findings[0].severity == "warning"


def test_a_key_that_the_office_never_stated_is_told_of(town: Town) -> None:
    stranger = KEYS[1].model_copy(
        update={"key": key_of(STRANGER), "issuer": STRANGER.issuer, "grants": ()}
    )
    secret = publish(2, keys=(*KEYS, type(stranger).model_validate(stranger.model_dump())))
    town.state_bundle(2, keys=secret.keys)
    uri = STRANGER.signer.public_key.thumbprint_uri
    assert found(audited(town, bundle=secret)) == [("audit.key_not_logged", uri)]


def key_of(party: Party) -> str:
    return base64url.encode(party.signer.public_key.cose_key)


def test_a_revocation_that_the_bundle_hides_is_told_of(town: Town) -> None:
    town.state_revocation(NEIGHBOUR)
    later = NOW + timedelta(hours=1)
    town.state_bundle(2, now=later)
    uri = NEIGHBOUR.signer.public_key.thumbprint_uri
    audit = audited(town, bundle=publish(2, now=later))
    assert found(audit) == [("audit.revocation_hidden", uri)]


def test_a_revocation_in_both_is_right_and_in_the_bundle_alone_is_told_of(town: Town) -> None:
    revocation = town.state_revocation(NEIGHBOUR)
    town.state_bundle(2, revocations=(revocation,))
    honest = publish(2, revocations=(revocation,))
    assert found(audited(town, bundle=honest)) == []
    silent = Town()
    silent.state_bundle(2, revocations=(revocation,))
    uri = NEIGHBOUR.signer.public_key.thumbprint_uri
    assert found(audited(silent, bundle=honest)) == [("audit.revocation_not_logged", uri)]


def test_others_state_no_acts_of_the_office(town: Town) -> None:
    town.state_revocation(NEIGHBOUR, by=PRODUCER)
    assert found(audited(town, bundle=publish(1))) == []


def test_acts_seen_before_are_not_asked_for_again(town: Town) -> None:
    first = audited(town)
    kept = town.checkpoint()
    town.fill(5)
    acts = OfficeActs.from_json(first.acts.to_json())
    assert found(audited(town, kept, acts=acts)) == []


def test_a_log_of_somebody_else_is_not_asked_for_acts(town: Town) -> None:
    other: TrustBundle = publish(5, logs=(log_entry(operator=PRODUCER.issuer),))
    assert found(audited(town, bundle=other)) == []


def test_who_looked_without_a_bundle_asks_for_no_act_of_before(town: Town) -> None:
    first = audited(town, bundle=None)
    assert (first.holds, first.acts.is_whole) == (True, False)
    kept = town.checkpoint()
    town.fill(2)
    assert found(audited(town, kept, acts=first.acts)) == []


def test_acts_under_a_new_key_of_the_office_are_known_when_the_bundle_comes(town: Town) -> None:
    next_key = Party(OFFICE.code, es256(77))
    keys = (*KEYS, key_entry(next_key))
    town.state_key(keys[-1])
    before = audited(town)
    assert found(before) == []
    kept = town.checkpoint()
    newer = bundle_file(2, keys=keys)
    for statement in newer.signatures:
        # As if its new key had signed.
        said = sign_statement(
            "bundle",
            newer.signed.encode(),
            issuer=OFFICE.issuer,
            subject=statement.subject,
            signer=next_key.signer,
            now=NOW,
            salt=PUBLIC_SALT,
        )[0]
        town.append(said.cose)
    with_old = audited(town, kept, acts=before.acts)
    assert found(with_old) == [("audit.bundle_is_older", "bundle:1")]
    assert (
        found(audited(town, town.checkpoint(), acts=with_old.acts, bundle=publish(2, keys=keys)))
        == []
    )
