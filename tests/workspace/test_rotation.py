from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ocoptrace.errors import OcopTraceError, WorkspaceError
from ocoptrace.signing import Root, TrustBundle
from ocoptrace.verify import verify_label, verify_record
from ocoptrace.workspace import Workspace

if TYPE_CHECKING:
    from clock import Clock
    from ocoptrace.signing.bundle import KeyEntry

STORIES = Path(__file__).parents[2] / "examples" / "stories"
STORY = STORIES / "shrimp-paste.json"

A_DAY = timedelta(days=1)


def code_of(commune: Workspace) -> str:
    """Return the code of the producer of the first story."""
    return commune.batch_owner(batch_of(commune)).id


def batch_of(commune: Workspace) -> str:
    return next(batch.id for batch in commune.batches() if "09524071" in batch.id)


def keys_of(commune: Workspace, code: str) -> list[KeyEntry]:
    return [entry for entry in commune.trust.keys if entry.issuer.endswith(f"/{code}")]


def record(commune: Workspace, number: int = 0) -> bytes:
    """Record an event of the story, and return its statement's id."""
    event = commune.read_story(STORY).events[number]
    return commune.record([event], producer=code_of(commune))[0]


def signer_of(commune: Workspace, statement_id: bytes) -> bytes:
    return commune._setting.stated(statement_id).statement.kid  # noqa: SLF001 - looked into


def export(commune: Workspace) -> bytes:
    return commune.origin_record(batch_of(commune)).to_bytes()


def label(commune: Workspace) -> str:
    return commune.label_run(batch_of(commune), count=1, demo=True).contents[0].link


def test_the_new_key_signs_and_the_old_one_retires(commune: Workspace, clock: Clock) -> None:
    code = code_of(commune)
    first = record(commune)
    clock.wait(days=30)
    (old,) = keys_of(commune, code)
    entry = commune.office.rotate(code)
    retiring, new = keys_of(commune, code)
    assert new == entry
    assert (retiring.key, retiring.sign_until) == (old.key, clock() + timedelta(days=30))
    assert (retiring.seal_until, retiring.grants) == (old.seal_until, old.grants)
    assert (new.sign_from, new.sign_until - new.sign_from) == (
        clock(),
        old.sign_until - old.sign_from,
    )
    assert new.seal_until - new.sign_until == old.seal_until - old.sign_until
    assert [grant.gtin_prefixes for grant in new.grants] == [g.gtin_prefixes for g in old.grants]
    assert {(grant.from_, grant.until) for grant in new.grants} == {(clock(), new.sign_until)}
    clock.wait(days=1)
    second = record(commune, 1)
    assert [signer_of(commune, each) for each in (first, second)] == [
        old.public_key.kid,
        new.public_key.kid,
    ]
    commune.record(commune.read_story(STORY).events, producer=code)
    assert verify_record(export(commune), trust=commune.trust, now=clock()).overall == "ok"


def test_seals_of_both_keys_are_good_long_after(commune: Workspace, clock: Clock) -> None:
    before = label(commune)
    commune.office.rotate(code_of(commune))
    clock.wait(hours=1)
    after = label(commune)
    clock.wait(days=300)
    commune.office.renew()
    for link in (before, after):
        assert verify_label(link, trust=commune.trust, now=clock()).overall == "ok_offline"
    assert before.rpartition("#")[2] != after.rpartition("#")[2]


def test_another_process_signs_with_the_new_key_at_once(commune: Workspace, clock: Clock) -> None:
    other = Workspace.open(commune.folder, clock=clock)
    record(other)
    entry = commune.office.rotate(code_of(commune))
    assert signer_of(other, record(other, 1)) == entry.public_key.kid
    other.close()


def test_keys_of_a_producer_are_counted(commune: Workspace, clock: Clock) -> None:
    code = code_of(commune)
    for _ in range(2):
        clock.wait(days=1)
        commune.office.rotate(code)
    names = [f"producer-{code}", f"producer-{code}.2", f"producer-{code}.3"]
    for statuses in (["retiring", "retiring", "current"], ["retired", "retired", "current"]):
        found = commune.keys()
        told = [(key.name, key.status) for key in found if key.purpose == "producer"]
        assert [each for each in told if code in each[0]] == list(zip(names, statuses, strict=True))
        clock.wait(days=31)


def test_without_its_newest_key_a_workspace_signs_with_the_one_before(
    commune: Workspace, clock: Clock
) -> None:
    code = code_of(commune)
    (old,) = keys_of(commune, code)
    commune.office.rotate(code)
    commune.close()
    (commune.folder / "keys" / f"producer-{code}.2.pem").unlink()
    again = Workspace.open(commune.folder, clock=clock)
    assert signer_of(again, record(again)) == old.public_key.kid
    clock.wait(days=31)
    with pytest.raises(OcopTraceError) as caught:
        record(again, 1)
    assert caught.value.code == "workspace.not_entitled_period"
    again.close()


def test_a_retired_key_is_not_made_to_live_longer(commune: Workspace, clock: Clock) -> None:
    code = code_of(commune)
    commune.office.rotate(code, overlap=timedelta(0))
    (first, _) = keys_of(commune, code)
    assert first.sign_until <= clock() + timedelta(seconds=1)
    clock.wait(days=10)
    commune.office.rotate(code, overlap=timedelta(days=365))
    assert keys_of(commune, code)[0] == first


def test_a_producer_whose_key_was_destroyed_goes_on_with_another(
    commune: Workspace, clock: Clock
) -> None:
    code = code_of(commune)
    record(commune)
    sealed = label(commune)
    clock.wait(days=1)
    commune.office.revoke(code, "ceased")
    with pytest.raises(WorkspaceError) as caught:
        record(commune, 1)
    assert caught.value.code == "workspace.key_revoked"
    entry = commune.office.rotate(code)
    clock.wait(hours=1)
    assert signer_of(commune, record(commune, 1)) == entry.public_key.kid
    assert verify_record(export(commune), trust=commune.trust, now=clock()).overall in {
        "ok",
        "warn",
    }
    verdict = verify_label(sealed, trust=commune.trust, now=clock())
    assert verdict.overall in {"ok_offline", "warn"}


def test_the_next_root_names_the_next_office_key(commune: Workspace, clock: Clock) -> None:
    first, old_bundle = commune.root, commune.trust_file("bundle")
    clock.wait(days=300)
    root = commune.office.rotate_own()
    assert (commune.root, root.version, commune.trust.root_version) == (root, 2, 2)
    assert first.follow(commune.trust_file("root")) == root
    assert root.roles.root == first.roles.root
    assert set(first.roles.bundle.keys) < set(root.roles.bundle.keys)
    bundle = TrustBundle.load(commune.trust_file("bundle"), root=root)
    offices = [entry for entry in bundle.keys if entry.role == "authority"]
    assert [entry.sign_until for entry in offices] == [
        clock() + timedelta(days=30),
        clock() + timedelta(days=365),
    ]
    with pytest.raises(OcopTraceError):
        TrustBundle.load(old_bundle, root=root)
    clock.wait(days=1)
    newest = commune.office.renew()
    (act,) = [a for a in commune.office.acts() if a.subject == f"bundle:{newest.version}"]
    assert signer_of(commune, act.statement_id) == offices[1].public_key.kid


def test_an_office_key_that_others_have_is_dropped(commune: Workspace, clock: Clock) -> None:
    (old,) = [entry for entry in commune.trust.keys if entry.role == "authority"]
    size = commune.log_size
    lost = clock.wait(days=2) + A_DAY
    root = commune.office.rotate_own(overlap=timedelta(0), keep_old=False)
    assert [key.thumbprint.hex() for key in root.roles.bundle.public_keys()] != [old.thumbprint]
    assert old.public_key not in root.roles.bundle.public_keys()
    clock.wait(minutes=1)
    made = commune.office.revoke(old.thumbprint, "compromised", seen_before=lost)
    assert made.checkpoint is not None
    assert made.checkpoint.size == size
    commune.office.renew()


def test_two_of_the_three_root_keys_are_enough_for_the_next_root(commune: Workspace) -> None:
    first, keys = commune.root, commune.folder / "keys"
    (keys / "root-2.pem").rename(commune.folder / "root-2.pem")
    second = commune.office.rotate_own()
    assert second.roles.root == first.roles.root
    (keys / "root-1.pem").rename(commune.folder / "root-1.pem")
    names = sorted(path.name for path in keys.iterdir())
    with pytest.raises(WorkspaceError) as caught:
        commune.office.rotate_own()
    assert caught.value.code == "workspace.root_keys"
    assert commune.root == second
    assert sorted(path.name for path in keys.iterdir()) == names


def test_roots_are_followed_one_by_one(commune: Workspace, clock: Clock) -> None:
    roots = [commune.trust_file("root")]
    for _ in range(2):
        clock.wait(days=1)
        commune.office.rotate_own()
        roots.append(commune.trust_file("root"))
    newest = Root.load(roots[0]).follow(roots[1]).follow(roots[2])
    assert newest == commune.root
    # The key before the last still makes bundles, the one before that no longer does.
    assert len(newest.roles.bundle.keys) == 2
    with pytest.raises(OcopTraceError):
        Root.load(roots[0]).follow(roots[2])
