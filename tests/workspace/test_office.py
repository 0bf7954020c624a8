from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from ocoptrace.errors import OcopTraceError, SigningError, StorageError
from ocoptrace.signing import Root, SoftwareSigner, TrustBundle
from ocoptrace.signing.bundle import KeyEntry, LabelDuty, Revocation
from ocoptrace.signing.registration import RegistrationRequest, RequestedLog, sign_request
from ocoptrace.workspace import Workspace
from ocoptrace.workspace.act import Act

if TYPE_CHECKING:
    from collections.abc import Callable

    from clock import Clock
    from ocoptrace.store import SqliteStore

NAME = {"vi": "HTX Cói Nga Sơn", "en": "Nga Son Sedge Cooperative"}
PRODUCT = "https://id.gs1.org/01/09524072000009"


def asked(clock: Clock, signer: SoftwareSigner | None = None, **members: Any) -> bytes:
    """Return the request of a producer that has no log of its own."""
    signer = signer or SoftwareSigner.generate("ES256")
    return sign_request(signer=signer, **({"name": NAME, "now": clock()} | members))


def code_of(entry: KeyEntry) -> str:
    return entry.issuer.rpartition("/")[2]


def refused(act: Callable[[], object], code: str) -> OcopTraceError:
    with pytest.raises(OcopTraceError) as caught:
        act()
    assert caught.value.code == code
    return caught.value


def state_of(ws: Workspace) -> tuple[object, ...]:
    keys = sorted(path.name for path in (ws.folder / "keys").iterdir())
    return ws.trust.text(), ws.root.text(), ws.log_size, keys


def logged(ws: Workspace, kind: str) -> list[Any]:
    """Return what the office's log holds of a kind, as JSON, the newest last."""
    stored = ws._setting.store.statements(kind)  # noqa: SLF001 - the log is looked into
    return [json.loads(each.payload or b"null") for each in stored]


def test_a_producer_is_registered_under_a_random_code(office: Workspace, clock: Clock) -> None:
    signer = SoftwareSigner.generate("Ed25519")
    entry = office.office.register(asked(clock, signer, gtin_prefixes=["9524072"]))
    assert office.trust.version == 2
    assert office.trust.by_kid(signer.public_key.kid) == entry
    assert (entry.name, entry.role, entry.issuer) == (
        NAME,
        "producer",
        f"https://{office.host}/ocop/{code_of(entry)}",
    )
    (grant,) = entry.grants
    assert grant.gtin_prefixes == ("9524072",)
    assert grant.name_prefixes == (f"{entry.issuer}/",)
    assert logged(office, "key")[-1] == json.loads(entry.text())
    other = office.office.register(asked(clock))
    assert code_of(other) != code_of(entry)


def test_what_every_act_did_can_be_told(office: Workspace, clock: Clock) -> None:
    before = office.office.acts()
    clock.wait(hours=1)
    entry = office.office.register(asked(clock))
    clock.wait(hours=1)
    office.office.revoke(code_of(entry), "ceased")
    after = office.office.acts()
    assert after[: len(before)] == before
    told = [(act.kind, act.subject, act.holder) for act in after[len(before) :]]
    uri = entry.public_key.thumbprint_uri
    assert told == [
        ("key", uri, entry.issuer),
        ("bundle", "bundle:2", ""),
        ("revocation", uri, ""),
        ("bundle", "bundle:3", ""),
    ]
    assert after[-1].time == clock.now
    assert [office.log_position(act.statement_id) for act in after] == [a.position for a in after]


def test_each_bundle_is_loaded_under_the_root_and_lists_what_was_logged(
    office: Workspace, clock: Clock
) -> None:
    entry = office.office.register(asked(clock))
    office.office.grant(code_of(entry), gtins=["09524072000009"])
    office.office.revoke(code_of(entry), "superseded")
    office.office.renew()
    root = Root.load(office.trust_file("root"))
    bundle = TrustBundle.load(office.trust_file("bundle"), root=root)
    assert bundle.version == 5
    stated = {each["key"]: each for each in logged(office, "key")}
    assert [json.loads(each.text()) for each in bundle.keys] == list(stated.values())
    assert [json.loads(each.text()) for each in bundle.revocations] == logged(office, "revocation")
    assert [each["version"] for each in logged(office, "bundle")] == [1, 2, 3, 4, 5]


def test_a_key_is_registered_once(office: Workspace, clock: Clock) -> None:
    signer = SoftwareSigner.generate("ES256")
    request = asked(clock, signer, gtin_prefixes=["9524072"])
    entry = office.office.register(request)
    before = state_of(office)
    told = refused(lambda: office.office.register(request), "workspace.key_registered")
    assert told.facts["holder"] == entry.issuer
    assert state_of(office) == before


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"gtin_prefixes": ["952407"]}, {"gtin_prefixes": ["9524072"]}),
        ({"gtin_prefixes": ["9524072"]}, {"gtin_prefixes": ["952407"]}),
        ({"gtin_prefixes": ["9524072"]}, {"gtins": ["09524072000009"]}),
        ({"gtins": ["09524072000009"]}, {"gtin_prefixes": ["9524072"]}),
        ({"gtins": ["9524072000009"]}, {"gtins": ["09524072000009"]}),
        ({"gtins": ["96385074"]}, {"gtins": ["00000096385074"]}),
    ],
)
def test_what_one_producer_was_granted_no_other_is(
    office: Workspace, clock: Clock, first: dict[str, Any], second: dict[str, Any]
) -> None:
    holder = office.office.register(asked(clock, **first))
    before = state_of(office)
    told = refused(
        lambda: office.office.register(asked(clock, **second)), "workspace.name_of_another"
    )
    assert told.facts["holder"] == holder.issuer
    assert state_of(office) == before


def test_a_request_that_was_changed_registers_nobody(office: Workspace, clock: Clock) -> None:
    before = state_of(office)
    request = asked(clock, gtin_prefixes=["9524072"])
    changed = request.replace(b"9524072", b"9524073")
    refused(lambda: office.office.register(changed), "signing.request_signature")
    with pytest.raises(SigningError):
        office.office.register(b"{}")
    assert state_of(office) == before


def own_log(make: Callable[..., Workspace], office: Workspace) -> tuple[Workspace, bytes]:
    ws = make("coop", under=office)
    return ws, ws.request_registration(name=NAME)


@pytest.mark.parametrize("quorum", [0, 2])
def test_nobody_is_the_witness_of_his_own_log(
    office: Workspace, make: Callable[..., Workspace], quorum: int
) -> None:
    ws, request = own_log(make, office)
    entry = office.office.register(request, trust_witnesses=quorum > 0)
    log = office.trust.log(ws.log_origin)
    assert log is not None
    assert (log.operator, log.quorum, len(log.witnesses)) == (entry.issuer, quorum, quorum)


def test_witnesses_that_the_bundle_lists_already_count(office: Workspace, clock: Clock) -> None:
    (listed,) = office.trust.logs
    signer = SoftwareSigner.generate("Ed25519")
    vkey = str(type(office._setting.log.signer)("coop.example/log", signer).verifier_key)  # noqa: SLF001
    log = RequestedLog(
        origin="coop.example/log", vkey=vkey, witnesses=listed.witnesses[:1], quorum=1
    )
    office.office.register(asked(clock, log=log, log_signer=signer))
    found = office.trust.log("coop.example/log")
    assert found is not None
    assert (found.witnesses, found.quorum) == (listed.witnesses[:1], 1)


def test_a_log_that_is_listed_is_not_listed_anew_by_a_request(
    office: Workspace, make: Callable[..., Workspace], clock: Clock
) -> None:
    ws, request = own_log(make, office)
    office.office.register(request, trust_witnesses=True)
    log = RegistrationRequest.parse(request).log
    log_signer = ws._setting.log.signer.signer  # noqa: SLF001 - as its own requests are signed
    office.office.register(asked(clock, log=log, log_signer=log_signer))
    assert [each.origin for each in office.trust.logs].count(ws.log_origin) == 1


def test_a_log_of_anothers_name_is_not_listed(
    office: Workspace, make: Callable[..., Workspace], clock: Clock
) -> None:
    ws, request = own_log(make, office)
    office.office.register(request)
    before = state_of(office)
    signer = SoftwareSigner.generate("Ed25519")
    vkey = str(type(ws._setting.log.signer)(ws.log_origin, signer).verifier_key)  # noqa: SLF001
    log = RequestedLog(origin=ws.log_origin, vkey=vkey, witnesses=(), quorum=0)
    told = refused(
        lambda: office.office.register(asked(clock, log=log, log_signer=signer)),
        "workspace.log_of_another",
    )
    assert told.facts["origin"] == ws.log_origin
    assert state_of(office) == before


@pytest.mark.parametrize("ago", [timedelta(days=90), timedelta(minutes=-10)])
def test_a_request_counts_for_ninety_days(office: Workspace, clock: Clock, ago: timedelta) -> None:
    office.office.register(asked(clock, now=clock() - ago))
    beyond = timedelta(seconds=1 if ago > timedelta() else -1)
    late = asked(clock, now=clock() - ago - beyond)
    refused(lambda: office.office.register(late), "workspace.request_time")


def test_a_request_for_another_office_registers_nobody(
    office: Workspace, make: Callable[..., Workspace]
) -> None:
    theirs = make("other", under=make("neighbour", host="id2.example"))
    request = theirs.request_registration(name=NAME)
    refused(lambda: office.office.register(request), "workspace.request_of_another")
    _, request = own_log(make, office)
    # Who goes by an earlier root of the office asks that office nonetheless.
    office.office.rotate_own()
    office.office.register(request)


def test_a_request_to_follow_a_key_does_that_and_nothing_else(
    office: Workspace, clock: Clock
) -> None:
    first = office.office.register(asked(clock))
    other = office.office.register(asked(clock))
    request = asked(clock, follows=first.thumbprint)
    refused(lambda: office.office.register(request), "workspace.request_follows")
    refused(
        lambda: office.office.rotate(code_of(other), request), "workspace.request_follows_another"
    )
    assert office.office.rotate(code_of(first), request).issuer == first.issuer
    late = asked(clock, follows=first.thumbprint)
    refused(lambda: office.office.rotate(code_of(first), late), "workspace.request_follows_another")


def test_a_grant_adds_what_was_not_granted(office: Workspace, clock: Clock) -> None:
    entry = office.office.register(asked(clock, gtin_prefixes=["9524072"]))
    clock.wait(days=100)
    duty = LabelDuty(product=PRODUCT, due="item", since=clock().date())
    wider = office.office.grant(
        code_of(entry),
        gtin_prefixes=["9524073", "95240721"],
        labels=[duty],
        shelf_life=timedelta(days=10 * 365),
    )
    assert [grant.gtin_prefixes for grant in wider.grants] == [("9524072",), ("9524073",)]
    assert wider.grants[1].labels == (duty,)
    assert wider.grants[1].gtins == (PRODUCT.rpartition("/")[2],)
    assert wider.grants[1].from_ == clock()
    assert wider.grants[1].until == wider.sign_until == entry.sign_until
    assert wider.seal_until > entry.seal_until
    version = office.trust.version
    again = office.office.grant(code_of(entry), gtin_prefixes=["9524073"])
    assert (again, office.trust.version) == (wider, version)


def test_labels_of_others_goods_are_no_producers_duty(office: Workspace, clock: Clock) -> None:
    entry = office.office.register(asked(clock, gtin_prefixes=["9524073"]))
    before = state_of(office)
    duty = LabelDuty(product=PRODUCT, due="item", since=clock().date())
    refused(
        lambda: office.office.grant(code_of(entry), labels=[duty]), "workspace.not_entitled_name"
    )
    assert state_of(office) == before
    plain = LabelDuty(product=f"{entry.issuer}/COI", due="batch", since=clock().date())
    assert office.office.grant(code_of(entry), labels=[plain]).grants[-1].labels == (plain,)


@pytest.mark.parametrize("bad", [{"gtins": ["123"]}, {"gtin_prefixes": ["12"]}])
def test_what_is_no_gs1_key_is_not_granted(
    office: Workspace, clock: Clock, bad: dict[str, Any]
) -> None:
    entry = office.office.register(asked(clock))
    before = state_of(office)
    with pytest.raises(SigningError):
        office.office.grant(code_of(entry), **bad)
    refused(lambda: office.office.grant("NOBODY00"), "workspace.no_producer")
    assert state_of(office) == before


def test_a_key_that_ended_or_was_revoked_is_granted_nothing(
    office: Workspace, clock: Clock
) -> None:
    entry = office.office.register(asked(clock))
    other = office.office.register(asked(clock))
    office.office.revoke(code_of(other), "ceased")
    refused(
        lambda: office.office.grant(code_of(other), gtin_prefixes=["9524072"]),
        "workspace.key_revoked",
    )
    clock.wait(days=360)
    office.office.rotate_own()
    clock.wait(days=400)
    refused(
        lambda: office.office.grant(code_of(entry), gtin_prefixes=["9524072"]),
        "workspace.key_ended",
    )


def test_a_key_is_revoked_once_for_a_reason(office: Workspace, clock: Clock) -> None:
    entry = office.office.register(asked(clock))
    made = office.office.revoke(entry.thumbprint[:8], "ceased")
    assert office.trust.revocations == (made,)
    assert made == Revocation(key=entry.thumbprint, reason="ceased", at=clock())
    before = state_of(office)
    for reason in ("ceased", "superseded"):
        refused(
            lambda reason=reason: office.office.revoke(entry.thumbprint, reason),
            "workspace.already_revoked",
        )
    assert state_of(office) == before
    worse = office.office.revoke(entry.thumbprint, "compromised")
    assert office.trust.revocations == (made, worse)
    refused(
        lambda: office.office.revoke(entry.thumbprint, "compromised"), "workspace.already_revoked"
    )


@pytest.mark.parametrize(
    ("reason", "options", "code"),
    [
        ("ceased", {"key": "NOBODY00"}, "workspace.which_key"),
        ("ceased", {"key": ""}, "workspace.which_key"),
        ("lost", {}, "workspace.revocation_reason"),
        ("ceased", {"batches": [f"{PRODUCT}/10/L1"]}, "workspace.revocation_facts"),
        ("compromised", {"batches": ["L1"]}, "gs1.scheme"),
        ("compromised", {"checkpoint": "none"}, "signing.note_syntax"),
    ],
)
def test_a_revocation_that_cannot_be_changes_nothing(
    office: Workspace, clock: Clock, reason: str, options: dict[str, Any], code: str
) -> None:
    entry = office.office.register(asked(clock))
    before = state_of(office)
    chosen = {"key": code_of(entry)} | options
    refused(lambda: office.office.revoke(reason=reason, **chosen), code)
    assert state_of(office) == before


def test_the_office_does_not_revoke_the_key_that_it_signs_with(office: Workspace) -> None:
    own = next(entry for entry in office.trust.keys if entry.role == "authority")
    refused(lambda: office.office.revoke(own.thumbprint, "compromised"), "workspace.key_in_use")


def test_the_checkpoint_is_the_newest_from_before_the_loss(office: Workspace, clock: Clock) -> None:
    entry = office.office.register(asked(clock))
    size = office.log_size
    clock.wait(days=1)
    lost = clock.wait(days=1)
    office.office.renew()
    made = office.office.revoke(code_of(entry), "compromised", seen_before=lost)
    assert made.checkpoint is not None
    assert (made.checkpoint.origin, made.checkpoint.size) == (office.log_origin, size)
    refused(
        lambda: office.office.revoke(
            entry.thumbprint, "compromised", seen_before=lost - timedelta(days=365)
        ),
        "workspace.nothing_seen",
    )


def test_a_checkpoint_counts_only_if_its_log_and_its_witnesses_signed(
    office: Workspace, make: Callable[..., Workspace]
) -> None:
    ws, request = own_log(make, office)
    entry = office.office.register(request, trust_witnesses=True)
    note = ws._setting.store.newest_checkpoint() or ""  # noqa: SLF001 - as it was kept
    text, _, signatures = note.partition("\n\n")
    unwitnessed = f"{text}\n\n{signatures.splitlines()[0]}\n"
    refused(
        lambda: office.office.revoke(code_of(entry), "compromised", checkpoint=unwitnessed),
        "proof.no_quorum",
    )
    stranger = make("stranger")._setting.store.newest_checkpoint()  # noqa: SLF001
    refused(
        lambda: office.office.revoke(code_of(entry), "compromised", checkpoint=stranger),
        "workspace.unknown_log",
    )
    made = office.office.revoke(code_of(entry), "compromised", checkpoint=note)
    assert made.checkpoint is not None
    assert (made.checkpoint.origin, made.checkpoint.size) == (ws.log_origin, ws.log_size)


def test_renewing_changes_nothing_but_the_dates(office: Workspace, clock: Clock) -> None:
    before = office.trust
    clock.wait(days=60)
    after = office.office.renew()
    assert (after.version, after.issued) == (before.version + 1, clock())
    same = {"version": before.version, "issued": before.issued, "expires": before.expires}
    assert after.model_copy(update=same).text() == before.text()


class PowerCut(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("step", ["publish", "keep_file"])
@pytest.mark.parametrize("kind", [PowerCut, StorageError])
def test_an_act_that_fails_leaves_nothing(
    office: Workspace,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
    kind: type[BaseException],
) -> None:
    entry = office.office.register(asked(clock))

    def fail(*_args: object, **_options: object) -> None:
        raise kind("store.failed", reason="", name="") if kind is StorageError else kind

    acts: list[Callable[[], object]] = [
        lambda: office.office.register(asked(clock)),
        lambda: office.office.grant(code_of(entry), gtin_prefixes=["9524072"]),
        lambda: office.office.revoke(code_of(entry), "ceased"),
        lambda: office.office.rotate(code_of(entry)),
        office.office.rotate_own,
        office.office.renew,
    ]
    before = state_of(office)
    for act in acts:
        with monkeypatch.context() as patch:
            patch.setattr(Act, step, fail)
            with pytest.raises(kind):
                act()
        assert state_of(office) == before
    for act in acts:
        act()
    assert office.trust.version > len(acts)


def test_two_processes_that_act_make_two_versions(office: Workspace, clock: Clock) -> None:
    with_office_key = Workspace.open(office.folder, clock=clock)
    first = office.office.register(asked(clock))
    second = with_office_key.office.register(asked(clock))
    assert office.trust.version == with_office_key.trust.version == 3
    assert office.trust.keys[-2:] == (first, second)
    with_office_key.close()


def test_the_store_keeps_the_files_of_every_version(office: Workspace) -> None:
    office.office.renew()
    store: SqliteStore = office._setting.store  # noqa: SLF001 - looked into
    assert store.trust_file("bundle", 1) is not None
    assert store.trust_file("bundle", 1) != store.trust_file("bundle", 2)
