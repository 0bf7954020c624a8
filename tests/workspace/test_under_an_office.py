from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ocoptrace.errors import Gs1Error, OcopTraceError, SigningError, WorkspaceError
from ocoptrace.signing import SoftwareSigner
from ocoptrace.signing.note import COSIGNATURE_V1, NoteSigner
from ocoptrace.signing.registration import RegistrationRequest
from ocoptrace.verify import verify_label, verify_record
from ocoptrace.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable

    from clock import Clock

STORIES = Path(__file__).parents[2] / "examples" / "stories"
STORY = STORIES / "shrimp-paste.json"
PREFIX = "9524071"


def producer_name(story: bytes | None = None) -> dict[str, str]:
    names: dict[str, str] = json.loads(story or STORY.read_bytes())["producer"]["names"]
    return names


def hand_over(office: Workspace, ws: Workspace) -> None:
    ws.update_trust([office.trust_file("bundle"), office.trust_file("root")])


def request_of(ws: Workspace, **members: Any) -> bytes:
    return ws.request_registration(
        **({"name": producer_name(), "gtin_prefixes": [PREFIX]} | members)
    )


@pytest.fixture
def coop(office: Workspace, make: Callable[..., Workspace]) -> Workspace:
    """A workspace that goes by the office and is registered there."""
    ws = make("coop", under=office)
    office.office.register(request_of(ws), trust_witnesses=True)
    hand_over(office, ws)
    return ws


def refused(act: Callable[[], object], code: str) -> OcopTraceError:
    with pytest.raises(OcopTraceError) as caught:
        act()
    assert caught.value.code == code
    return caught.value


def keys_of(ws: Workspace) -> list[str]:
    found = ws.keys()
    return [key.name for key in found]


def code_of(ws: Workspace) -> str:
    return ws.batch_owner(ws.batches()[0].id).id


def test_no_office_is_founded_where_there_is_one(
    office: Workspace, make: Callable[..., Workspace], clock: Clock
) -> None:
    ws = make("coop", under=office)
    assert (ws.host, ws.root, ws.trust) == (office.host, office.root, office.trust)
    assert not ws.has_office
    assert keys_of(ws) == ["log", "witness-1", "witness-2"]
    refused(lambda: ws.office, "workspace.no_office")
    # Its log begins with its own policy and the root that it goes by.
    store = ws._setting.store  # noqa: SLF001 - looked into
    assert [store.statements(kind)[0].position for kind in ("policy", "root")] == [0, 1]
    assert ws.log_size == 1 + 3
    assert ws.log_origin != office.log_origin
    again = Workspace.open(ws.folder, clock=clock)
    assert again.trust == office.trust
    again.close()


def test_root_and_bundle_come_together_and_belong_together(
    office: Workspace, make: Callable[..., Workspace]
) -> None:
    root, bundle = office.trust_file("root"), office.trust_file("bundle")
    refused(lambda: make("a", root=root), "workspace.root_and_bundle")
    refused(lambda: make("a", bundle=bundle), "workspace.root_and_bundle")
    with pytest.raises(SigningError):
        make("a", root=make("other").trust_file("root"), bundle=bundle)
    refused(
        lambda: make("a", root=root, bundle=bundle, host="id.other.example"),
        "workspace.no_namespace",
    )
    with pytest.raises(Gs1Error):
        make("a", root=root, bundle=bundle, host="id other")
    make("a", root=root, bundle=bundle, host=office.host)


def test_nobody_is_imported_before_the_office_knows_them(
    office: Workspace, make: Callable[..., Workspace]
) -> None:
    ws = make("coop", under=office)
    size = ws.log_size
    for _ in range(2):
        refused(lambda: ws.import_registry(STORY), "workspace.not_registered")
        request_of(ws)
    assert (ws.log_size, ws.producers()) == (size, [])


def test_a_request_asks_for_the_same_key_until_it_is_listed(
    office: Workspace, make: Callable[..., Workspace]
) -> None:
    ws = make("coop", under=office)
    first = RegistrationRequest.parse(request_of(ws, name={"vi": "Sai tên"}))
    second = RegistrationRequest.parse(request_of(ws))
    assert first.public_key == second.public_key
    assert second.name == producer_name()
    assert second.log is not None
    assert (second.log.origin, second.log.quorum) == (ws.log_origin, 2)
    assert keys_of(ws) == ["log", "requested", "witness-1", "witness-2"]


def test_a_request_that_cannot_be_leaves_no_key(
    office: Workspace, make: Callable[..., Workspace]
) -> None:
    ws = make("coop", under=office)
    with pytest.raises(SigningError):
        request_of(ws, gtin_prefixes=["1"])
    assert keys_of(ws) == ["log", "witness-1", "witness-2"]


def test_a_registered_producer_records_seals_and_exports(
    coop: Workspace, office: Workspace, clock: Clock
) -> None:
    coop.import_registry(STORY)
    code = code_of(coop)
    assert keys_of(coop) == ["log", f"producer-{code}", "witness-1", "witness-2"]
    assert office.trust.keys[-1].issuer.endswith(f"/{code}")
    coop.record(coop.read_story(STORY).events)
    batch = coop.batches()[0].id
    record = coop.origin_record(batch).to_bytes()
    verdict = verify_record(record, trust=office.trust, now=clock())
    assert verdict.overall == "ok", [c for c in verdict.checks if c.outcome != "pass"]
    link = coop.label_run(batch, count=1, demo=True).contents[0].link
    assert verify_label(link, trust=office.trust, now=clock()).overall == "ok_offline"


def test_a_request_names_outside_witnesses_and_the_office_lists_those_that_it_knows(
    office: Workspace, make: Callable[..., Workspace]
) -> None:
    known, unknown = (
        NoteSigner(name, SoftwareSigner.generate("Ed25519"), COSIGNATURE_V1)
        for name in ("known.example", "unknown.example")
    )
    office.add_witness(str(known.verifier_key), "https://known.example")
    ws = make("coop", under=office)
    for witness in (known, unknown):
        ws.add_witness(str(witness.verifier_key), f"https://{witness.name}")
    asked = RegistrationRequest.parse(request_of(ws)).log
    assert asked is not None
    own = tuple(str(key) for key in ws.log_keys()[1:])
    outside = (str(known.verifier_key), str(unknown.verifier_key))
    assert (asked.witnesses, asked.quorum) == ((*own, *outside), 2)
    office.office.register(request_of(ws))
    listed = office.trust.log(ws.log_origin)
    assert listed is not None
    assert (listed.witnesses, listed.quorum) == ((str(known.verifier_key),), 1)


def test_without_witnesses_of_others_a_record_says_that_its_log_is_its_own(
    office: Workspace, make: Callable[..., Workspace], clock: Clock
) -> None:
    ws = make("coop", under=office)
    office.office.register(request_of(ws))
    hand_over(office, ws)
    ws.import_registry(STORY)
    ws.record(ws.read_story(STORY).events)
    record = ws.origin_record(ws.batches()[0].id).to_bytes()
    verdict = verify_record(record, trust=office.trust, now=clock())
    assert verdict.overall == "warn"
    assert "log_self_operated" in {check.reason for check in verdict.checks}


def test_what_is_the_offices_to_say_is_said_by_the_office_alone(coop: Workspace) -> None:
    registry = coop.import_registry(STORY)
    places = [f.place for f in registry.findings if f.code == "workspace.not_stated_by_office"]
    assert places == ["/producer", *(f"/grades/{n}" for n in range(len(registry.grades)))]
    store = coop._setting.store  # noqa: SLF001 - looked into
    assert store.statements("grade") == store.statements("producer") == []
    # A label bears the producer's name and no stars.
    assert coop.producers()[0].names.vi == producer_name()["vi"]
    run = coop.label_run(coop.batches()[0].id, count=1, demo=True)
    assert run.contents[0].stars is None


def test_what_the_office_confirmed_is_taken_over(
    coop: Workspace, office: Workspace, clock: Clock
) -> None:
    coop.import_registry(STORY)
    coop.record(coop.read_story(STORY).events)
    code, batch = code_of(coop), coop.batches()[0].id
    office.accept(coop.origin_record(batch).to_bytes())
    assert office.office.confirm(STORY.read_bytes(), code) == []
    assert [act.kind for act in office.office.acts()][-2:] == ["producer", "grade"]
    coop.accept(office.origin_record(batch).to_bytes())
    registry = coop.import_registry(STORY)
    assert registry.findings == ()
    assert [producer.id for producer in coop.producers()] == [code]
    run = coop.label_run(batch, count=1, demo=True)
    assert run.contents[0].stars == registry.grades[0].stars
    record = coop.origin_record(batch)
    assert {"grade", "producer"} <= {each.statement.kind for each in record.statements}
    verdict = verify_record(record.to_bytes(), trust=office.trust, now=clock())
    assert verdict.overall == "ok", [c for c in verdict.checks if c.outcome != "pass"]


def test_the_office_confirms_only_what_is_the_producers(coop: Workspace, office: Workspace) -> None:
    size = office.log_size
    foreign = STORY.read_text(encoding="utf-8").replace(PREFIX, "9524074")
    with pytest.raises(OcopTraceError):
        office.office.confirm(foreign.encode(), office.trust.keys[-1].issuer[-8:])
    refused(lambda: office.office.confirm(STORY.read_bytes(), "NOBODY00"), "workspace.no_producer")
    assert office.log_size == size
    assert not coop.has_office


def test_importing_again_changes_nothing(coop: Workspace) -> None:
    first = coop.import_registry(STORY)
    before = (coop.log_size, coop.producers(), coop.batches(), keys_of(coop))
    assert coop.import_registry(STORY) == first
    assert (coop.log_size, coop.producers(), coop.batches(), keys_of(coop)) == before


def test_a_file_that_claims_more_than_was_granted_is_refused(coop: Workspace) -> None:
    story = STORY.read_text(encoding="utf-8").replace(PREFIX, "9524074")
    size = coop.log_size
    with pytest.raises(OcopTraceError):
        coop.import_registry(story.encode())
    assert coop.log_size == size


def test_only_newer_bundles_of_the_same_office_are_taken(
    coop: Workspace, office: Workspace, make: Callable[..., Workspace]
) -> None:
    old = office.trust_file("bundle")
    office.office.renew()
    hand_over(office, coop)
    assert coop.trust == office.trust
    hand_over(office, coop)
    refused(lambda: coop.update_trust([old]), "signing.rollback")
    refused(lambda: office.update_trust([old]), "workspace.own_office")
    other = make("other")
    with pytest.raises(SigningError):
        coop.update_trust([other.trust_file("bundle")])
    with pytest.raises(SigningError):
        coop.update_trust([other.trust_file("root")])
    with pytest.raises(SigningError):
        coop.update_trust([b"{}"])
    assert coop.trust == office.trust


def test_two_bundles_of_one_version_are_two_offices(
    coop: Workspace, office: Workspace, clock: Clock
) -> None:
    office.close()
    fork = office.folder.with_name("fork")
    shutil.copytree(office.folder, fork)
    first, second = (Workspace.open(each, clock=clock) for each in (office.folder, fork))
    first.office.renew()
    clock.wait(seconds=1)
    second.office.renew()
    hand_over(first, coop)
    refused(lambda: hand_over(second, coop), "signing.bundle_fork")
    first.close()
    second.close()


def test_the_next_root_is_followed_with_its_bundle(
    coop: Workspace, office: Workspace, clock: Clock
) -> None:
    files = []
    for _ in range(2):
        clock.wait(days=1)
        office.office.rotate_own()
        files += [office.trust_file("bundle"), office.trust_file("root")]
    # The last root alone does not follow, and nothing is taken.
    before = (coop.root, coop.trust)
    with pytest.raises(SigningError):
        coop.update_trust(files[2:])
    assert (coop.root, coop.trust) == before
    coop.update_trust([files[1]])
    assert (coop.root.version, coop.trust.root_version) == (2, 1)
    # Until a bundle under the new root comes, the last one counts.
    assert coop.import_registry(STORY)
    coop.update_trust([files[3], files[2]])
    assert (coop.root, coop.trust) == (office.root, office.trust)


def test_a_producers_next_key_is_asked_for_and_taken_into_use(
    coop: Workspace, office: Workspace, clock: Clock
) -> None:
    coop.import_registry(STORY)
    code = code_of(coop)
    events = coop.read_story(STORY).events
    coop.record(events[:1])
    clock.wait(days=300)
    office.office.renew()
    hand_over(office, coop)
    request = coop.request_next_key()
    asked = RegistrationRequest.parse(request)
    assert (asked.name, asked.gtin_prefixes) == (producer_name(), (PREFIX,))
    entry = office.office.rotate(code, request)
    assert entry.public_key == asked.public_key
    hand_over(office, coop)
    assert keys_of(coop)[1:3] == [f"producer-{code}", f"producer-{code}.2"]
    clock.wait(minutes=1)
    last = coop.record(events[1:])[-1]
    stated = coop._setting.stated(last).statement  # noqa: SLF001 - looked into
    assert stated.kid == entry.public_key.kid
    record = coop.origin_record(coop.batches()[0].id).to_bytes()
    assert verify_record(record, trust=coop.trust, now=clock()).overall == "ok"
    with pytest.raises(WorkspaceError):
        office.office.rotate(code, request)


def test_two_producers_of_one_workspace_are_told_apart_by_their_names(
    coop: Workspace, office: Workspace
) -> None:
    neighbour = STORIES / "neighbour.json"
    story = json.loads(neighbour.read_bytes())["producer"]
    coop.import_registry(STORY)
    office.office.register(
        coop.request_registration(name=story["names"], gtin_prefixes=story["companyPrefixes"])
    )
    hand_over(office, coop)
    coop.import_registry(neighbour)
    assert {p.names.vi for p in coop.producers()} == {story["names"]["vi"], producer_name()["vi"]}
    coop.import_registry(STORY)
    renamed = json.loads(STORY.read_bytes())
    renamed["producer"]["names"]["vi"] = "Ai đó khác"
    refused(lambda: coop.import_registry(json.dumps(renamed).encode()), "workspace.not_registered")


def test_what_ends_is_told_to_those_who_go_by_an_office(coop: Workspace, clock: Clock) -> None:
    coop.import_registry(STORY)
    clock.wait(days=85)
    assert [finding.code for finding in coop.due()] == ["workspace.ends_bundle_other"]
    clock.wait(days=630)
    assert [finding.code for finding in coop.due()] == [
        "workspace.ended_bundle_other",
        "workspace.ends_key_other",
    ]
