"""One office recognises another: as far as what it says is its own."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from ocoptrace.errors import OcopTraceError, SigningError
from ocoptrace.signing import SoftwareSigner, TrustBundle, base64url
from ocoptrace.signing.bundle import Grant, KeyEntry, sign_bundle
from ocoptrace.signing.registration import sign_request
from ocoptrace.signing.root import sign_root
from ocoptrace.workspace import Workspace, recognition

if TYPE_CHECKING:
    from collections.abc import Callable

    from clock import Clock

NAME = {"vi": "HTX Cói Nga Sơn"}


def asked(clock: Clock, **members: Any) -> bytes:
    """Return the request of a producer that has no log of its own."""
    signer = SoftwareSigner.generate("ES256")
    return sign_request(signer=signer, name=NAME, now=clock(), **members)


def code_of(entry: KeyEntry) -> str:
    return entry.issuer.rpartition("/")[2]


def refused(act: Callable[[], object], code: str) -> OcopTraceError:
    with pytest.raises(OcopTraceError) as caught:
        act()
    assert caught.value.code == code
    assert "{" not in caught.value.text("vi") + caught.value.text("en")
    return caught.value


def state_of(ws: Workspace) -> tuple[object, ...]:
    return ws.trust.text(), ws.log_size


def stated_keys(ws: Workspace) -> list[bytes]:
    """Return what the office's log holds of keys, the newest last."""
    return [e.payload or b"" for e in ws._setting.store.statements("key")]  # noqa: SLF001


def texts(entries: object) -> set[str]:
    return {entry.text() for entry in entries}  # type: ignore[attr-defined]


@pytest.fixture
def neighbour(make: Callable[..., Workspace], clock: Clock) -> Workspace:
    ws = make("neighbour", host="id2.example", office_name={"vi": "Tỉnh bên"})
    ws.office.register(asked(clock, gtin_prefixes=["9524072"]))
    return ws


def recognise(ours: Workspace, theirs: Workspace) -> TrustBundle:
    return ours.office.recognise(theirs.trust_file("bundle"), roots=[theirs.trust_file("root")])


def test_what_a_recognised_office_vouches_for_counts_here(
    office: Workspace, neighbour: Workspace
) -> None:
    own = office.trust
    trust = recognise(office, neighbour)
    assert trust.version == 2
    theirs = neighbour.trust.keys
    assert [entry.key for entry in trust.keys] == [entry.key for entry in (*own.keys, *theirs)]
    assert texts(e for e in theirs if e.role != "authority") <= texts(trust.keys)
    assert trust.logs == (*own.logs, *neighbour.trust.logs)
    assert trust.namespaces == (office.host, neighbour.host)
    stated = stated_keys(office)
    assert [entry.text().encode() for entry in trust.keys] == stated
    again = recognise(office, neighbour)
    assert again == trust
    assert stated_keys(office) == stated


def test_what_it_says_later_takes_the_place_of_what_it_said(
    office: Workspace, neighbour: Workspace, clock: Clock
) -> None:
    recognise(office, neighbour)
    old = neighbour.trust_file("bundle")
    code = code_of(neighbour.trust.keys[-1])
    neighbour.office.grant(code, gtin_prefixes=["9524079"])
    neighbour.office.revoke(code, "ceased")
    more = neighbour.office.register(asked(clock))
    trust = recognise(office, neighbour)
    assert texts(e for e in neighbour.trust.keys if e.role == "producer") <= texts(trust.keys)
    assert trust.revocations == neighbour.trust.revocations
    assert trust.by_kid(more.public_key.kid) == more
    refused(
        lambda: office.office.recognise(old, roots=[neighbour.trust_file("root")]),
        "signing.rollback",
    )


def test_a_recognised_office_is_followed_to_its_next_root(
    office: Workspace, neighbour: Workspace
) -> None:
    recognise(office, neighbour)
    neighbour.office.rotate_own()
    recognise(office, neighbour)
    assert {e.key for e in neighbour.trust.keys} <= {e.key for e in office.trust.keys}


def test_a_root_that_does_not_follow_is_no_recognised_offices(
    office: Workspace, neighbour: Workspace, clock: Clock
) -> None:
    recognise(office, neighbour)
    signers = [SoftwareSigner.generate("ES256") for _ in range(3)]
    options: dict[str, Any] = {
        "threshold": 2,
        "expires": clock() + timedelta(days=900),
        "bundle_keys": [signers[0].public_key],
        "issuer": neighbour.office.issuer,
        "now": clock(),
    }
    for version in (1, 2):
        forged = sign_root(version, signers=signers, **options).to_bytes()
        with pytest.raises(SigningError) as caught:
            office.office.recognise(neighbour.trust_file("bundle"), roots=[forged])
        assert caught.value.code in {"signing.root_step", "signing.root_not_followed"}


def test_old_news_of_a_recognised_office_is_not_made_fresh(
    office: Workspace, neighbour: Workspace, clock: Clock
) -> None:
    recognise(office, neighbour)
    clock.wait(days=80)
    office.office.renew()
    assert [finding.code for finding in office.due()] == ["workspace.ends_recognised"]
    clock.wait(days=20)
    refused(lambda: recognise(office, neighbour), "workspace.recognised_ended")
    neighbour.office.renew()
    recognise(office, neighbour)
    assert office.due() == []


def test_a_recognised_offices_producers_are_granted_nothing_here(
    office: Workspace, neighbour: Workspace
) -> None:
    entry = neighbour.trust.keys[-1]
    recognise(office, neighbour)
    for act in (office.office.grant, office.office.rotate):
        refused(lambda act=act: act(code_of(entry)), "workspace.no_producer")
    # Whom this office does not trust, it revokes nonetheless.
    office.office.revoke(entry.thumbprint, "compromised")
    recognise(office, neighbour)
    assert [each.key for each in office.trust.revocations] == [entry.thumbprint]


def test_an_office_on_our_host_is_not_recognised(
    office: Workspace, make: Callable[..., Workspace]
) -> None:
    before = state_of(office)
    same_host = make("same", host=office.host)
    told = refused(lambda: recognise(office, same_host), "workspace.name_of_another")
    assert (told.facts["what"], told.facts["holder"]) == (office.host, office.office.issuer)
    assert state_of(office) == before


def test_an_office_on_the_host_of_another_recognised_one_is_not_recognised(
    office: Workspace, neighbour: Workspace, make: Callable[..., Workspace]
) -> None:
    recognise(office, neighbour)
    before = state_of(office)
    told = refused(
        lambda: recognise(office, make("third", host=neighbour.host)), "workspace.name_of_another"
    )
    assert told.facts["holder"] == neighbour.office.issuer
    assert state_of(office) == before


def forged(theirs: Workspace, **changes: Any) -> list[bytes]:
    """Return a bundle that an office signs, whatever it says, and its root."""
    trust, setting = theirs.trust, theirs._setting  # noqa: SLF001 - an office gone bad
    members = {name: getattr(trust, name) for name in ("namespaces", "keys", "logs")}
    file = sign_bundle(
        trust.version + 1,
        root=theirs.root,
        issuer=theirs.office.issuer,
        signers=[theirs.office.signer],
        now=setting.clock(),
        **(members | changes),
    )
    return [file.to_bytes(), theirs.trust_file("root")]


def key_on(issuer: str, like: KeyEntry, **changes: Any) -> KeyEntry:
    key = base64url.encode(SoftwareSigner.generate("ES256").public_key.cose_key)
    copy = like.model_copy(update={"issuer": issuer, "key": key, "grants": (), **changes})
    return KeyEntry.model_validate_json(copy.text())


@pytest.mark.parametrize("on", ["id.example", "elsewhere.example"])
@pytest.mark.parametrize("role", ["producer", "authority", "log"])
def test_nobody_is_taken_over_who_is_on_no_host_of_that_office(
    office: Workspace, neighbour: Workspace, on: str, role: str
) -> None:
    added = key_on(f"https://{on}/ocop/0FF1CE00", neighbour.trust.keys[0], role=role)
    bundle, root = forged(neighbour, keys=(*neighbour.trust.keys, added))
    before = state_of(office)
    told = refused(lambda: office.office.recognise(bundle, roots=[root]), "workspace.off_namespace")
    assert told.facts["what"] == added.issuer
    assert state_of(office) == before


def test_names_and_logs_on_no_host_of_that_office_are_not_taken_over(
    office: Workspace, neighbour: Workspace
) -> None:
    [log] = neighbour.trust.logs
    astray = log.model_copy(update={"operator": office.office.issuer})
    bundle, root = forged(neighbour, logs=[astray])
    refused(lambda: office.office.recognise(bundle, roots=[root]), "workspace.off_namespace")
    holder = neighbour.trust.keys[-1]
    names = (f"https://{office.host}/ocop/7K3M9QAB/",)
    grant = holder.grants[0].model_copy(update={"name_prefixes": names})
    added = key_on(holder.issuer, holder, grants=(grant,))
    hosts = (neighbour.host, office.host)
    bundle, root = forged(neighbour, namespaces=hosts, keys=(*neighbour.trust.keys, added))
    refused(lambda: office.office.recognise(bundle, roots=[root]), "workspace.name_of_another")


def test_a_recognised_authority_grades_the_goods_of_its_own_producers_alone(
    office: Workspace, neighbour: Workspace, clock: Clock
) -> None:
    trust = recognise(office, neighbour)
    [ours, theirs] = [entry for entry in trust.keys if entry.role == "authority"]
    assert ours.grants == ()
    [scope] = theirs.grants
    [held] = neighbour.trust.keys[-1].grants
    assert scope == Grant.of(
        kinds=("grade", "producer"),
        from_=theirs.sign_from,
        until=theirs.sign_until,
        gtin_prefixes=held.gtin_prefixes,
        name_prefixes=held.name_prefixes,
    )
    neighbour.office.register(asked(clock, gtins=["96385074"]))
    clock.wait(hours=1)
    trust = recognise(office, neighbour)
    [scope] = [entry for entry in trust.keys if entry.role == "authority"][1].grants
    assert scope.gtins == ("96385074",)


def test_what_that_office_recognised_is_not_taken_over_with_it(
    office: Workspace, neighbour: Workspace, make: Callable[..., Workspace], clock: Clock
) -> None:
    third = make("third", host="id3.example")
    third.office.register(asked(clock, gtin_prefixes=["9524079"]))
    recognise(neighbour, third)
    trust = recognise(office, neighbour)
    assert trust.namespaces == (office.host, neighbour.host)
    assert not {entry.key for entry in third.trust.keys} & {entry.key for entry in trust.keys}
    assert trust.log(third.log_origin) is None
    assert {e.key for e in third.trust.keys} <= {e.key for e in recognise(office, third).keys}


def test_an_office_brings_no_more_than_a_bundle_bears(
    office: Workspace, neighbour: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recognition, "MAX_RECOGNISED", 2)
    before = state_of(office)
    told = refused(lambda: recognise(office, neighbour), "workspace.recognised_many")
    assert told.facts["count"] == 3
    assert state_of(office) == before


def test_what_an_office_claims_is_shown_before_it_is_recognised(
    office: Workspace, neighbour: Workspace, clock: Clock
) -> None:
    neighbour.office.register(asked(clock, gtins=["96385074"]))
    before = state_of(office)
    root, bundle = (neighbour.trust_file(kind) for kind in ("root", "bundle"))
    claim = office.office.examine(bundle, roots=[root])
    assert claim.office == neighbour.office.issuer
    assert claim.namespaces == (neighbour.host,)
    assert claim.gtins == ("9524072", "96385074")
    assert [log.origin for log in claim.logs] == [neighbour.log_origin]
    assert state_of(office) == before


# Forgetting it again


def test_a_forgotten_office_leaves_nothing_but_revocations(
    office: Workspace, neighbour: Workspace
) -> None:
    before = office.trust
    neighbour.office.revoke(code_of(neighbour.trust.keys[-1]), "compromised")
    recognise(office, neighbour)
    trust = office.office.forget(neighbour.office.issuer)
    assert trust.version == before.version + 2
    assert (trust.keys, trust.logs, trust.namespaces) == (
        before.keys,
        before.logs,
        before.namespaces,
    )
    assert trust.revocations == neighbour.trust.revocations
    assert office.due() == []
    told = refused(
        lambda: office.office.forget(neighbour.office.issuer), "workspace.not_recognised"
    )
    assert told.facts["known"] == "–"
    again = recognise(office, neighbour)
    assert again.by_kid(neighbour.trust.keys[-1].public_key.kid) is not None
    assert again.revocations == neighbour.trust.revocations


def test_old_news_of_one_office_stops_what_can_wait(
    office: Workspace, neighbour: Workspace, clock: Clock
) -> None:
    entry = office.office.register(asked(clock))
    recognise(office, neighbour)
    clock.wait(days=91)
    for act in (
        office.office.renew,
        lambda: office.office.register(asked(clock)),
        lambda: office.office.grant(code_of(entry), gtin_prefixes=["9524075"]),
    ):
        told = refused(act, "workspace.recognised_expired")
        assert told.facts["office"] == neighbour.office.issuer
    # A thief does not wait.
    office.office.revoke(entry.thumbprint, "compromised")
    office.office.rotate_own()
    office.office.forget(neighbour.office.issuer)
    office.office.renew()


def test_a_name_of_ours_is_not_taken_over(
    office: Workspace, neighbour: Workspace, clock: Clock
) -> None:
    office.office.register(asked(clock, gtin_prefixes=["952407"]))
    before = state_of(office)
    refused(lambda: recognise(office, neighbour), "workspace.name_of_another")
    assert state_of(office) == before


def test_offices_that_recognise_each_other_keep_what_is_their_own(
    office: Workspace, neighbour: Workspace, clock: Clock
) -> None:
    ours = office.office.register(asked(clock))
    recognise(neighbour, office)
    neighbour.office.revoke(ours.thumbprint, "compromised")
    wider = office.office.grant(code_of(ours), gtin_prefixes=["9524075"])
    trust = recognise(office, neighbour)
    assert trust.by_kid(ours.public_key.kid) == wider
    assert trust.revocations_of(wider) == ()
    assert [log.origin for log in trust.logs] == [office.log_origin, neighbour.log_origin]


def test_an_office_does_not_recognise_itself(office: Workspace) -> None:
    refused(lambda: recognise(office, office), "workspace.own_office")
    refused(
        lambda: office.office.recognise(office.trust_file("bundle"), roots=[]), "workspace.no_root"
    )
