from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocoptrace import canonical_json
from ocoptrace.epcis import parse_event
from ocoptrace.gs1 import parse_name
from ocoptrace.signing import sign_statement
from ocoptrace.verify import verify_record
from ocoptrace.verify.policy import civil_date
from ocoptrace.verify.record import examine
from ocoptrace.web.contents import contents
from ocoptrace.web.origin_page import OriginPage, origin_page
from ocoptrace.web.telling import Telling
from ocoptrace.web.timeline import timeline
from ocoptrace.web.wording import Wording
from ocoptrace.workspace import Workspace
from village import (
    ADDRESS,
    DOCUMENT,
    OFFICE,
    PLACE_ENTRY,
    PRODUCER,
    Said,
    Village,
    publish,
)
from village import BATCH as VILLAGE_BATCH
from village import NEIGHBOUR as VILLAGE_NEIGHBOUR

if TYPE_CHECKING:
    from collections.abc import Callable

    from ocoptrace.messages import Language
    from ocoptrace.origin_record import OriginRecord, RecordedStatement
    from ocoptrace.signing import TrustBundle

BATCH = "https://id.gs1.org/01/09524071001014/10/ST260915"
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
NEIGHBOUR = Path(__file__).parents[2] / "examples" / "stories" / "neighbour.json"
EVENT = {
    "type": "ObjectEvent",
    "action": "OBSERVE",
    "eventTime": "2026-10-20T08:00:00+07:00",
    "eventTimeZoneOffset": "+07:00",
    "bizStep": "holding",
    "quantityList": [{"epcClass": BATCH, "quantity": 100, "uom": "EA"}],
}
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-999, 999)
    | st.sampled_from([0.5, -2.25])
    | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["vi", "en", "name", "value", "uom", "limit", "quantity", "country"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


def page_of(
    record: OriginRecord,
    trust: TrustBundle,
    *,
    now: datetime = NOW,
    language: Language = "en",
    name: str = BATCH,
    issued: bool = True,
) -> OriginPage:
    return origin_page(
        parse_name(name),
        record,
        examine(record, trust),
        verify_record(record, trust=trust, now=now),
        issued=issued,
        host="id.example",
        today=civil_date(now),
        wording=Wording(language),
    )


def changed(
    record: OriginRecord, kind: str, change: Callable[[RecordedStatement], RecordedStatement]
) -> OriginRecord:
    """Return a record in which the first statement of a kind is another."""
    statements = list(record.statements)
    place = next(i for i, each in enumerate(statements) if each.statement.kind == kind)
    statements[place] = change(statements[place])
    return replace(record, statements=tuple(statements))


@pytest.fixture(scope="session")
def record(demo: Workspace) -> OriginRecord:
    return demo.origin_record(BATCH, state_complete=False)


@pytest.fixture(scope="session")
def trust(demo: Workspace) -> TrustBundle:
    return demo.trust


def test_a_good_record_says_so_in_one_sentence(record: OriginRecord, trust: TrustBundle) -> None:
    page = page_of(record, trust)
    assert page.troubles == ()
    assert page.state == (
        "Issued by Song Trang Shrimp Paste Cooperative (example) for lot ST260915. "
        "17 of 17 steps are signed and publicly logged."
    )
    assert len(page.limits) == 3
    assert all(check.mark == "pass" for check in page.checks)
    assert [(log.first, log.last) for log in page.logs] == [(9, 45)]


def test_steps_stand_in_the_order_of_time(record: OriginRecord, trust: TrustBundle) -> None:
    steps = page_of(record, trust).steps
    assert [step.at for step in steps] == sorted(step.at for step in steps)
    assert (steps[0].told.verb, steps[-1].told.verb) == ("Salt harvested", "Entered the port")
    assert steps[0].told.actor == "Hai Binh salt makers' group (example)"
    packing = next(step for step in steps if len(step.entries) > 1)
    assert len(packing.entries) == 6
    assert packing.told.made == (
        "6 logistic units, each with 3,072 pieces Song Trang shrimp paste",
    )


def test_a_step_shows_the_log_time_beside_the_claimed_one(
    record: OriginRecord, trust: TrustBundle
) -> None:
    step = page_of(record, trust).steps[0]
    assert (step.claimed, step.logged_by) == ("16:30, 12 May 2025", "16:00, 23 Nov 2026")


def test_stars_are_there_while_the_grade_is_valid(record: OriginRecord, trust: TrustBundle) -> None:
    last = datetime(2029, 5, 17, 16, 59, tzinfo=UTC)
    stars = page_of(record, trust, now=last).stars
    assert stars is not None
    assert (stars.count, stars.until) == (4, "17 May 2029")
    over = page_of(record, trust, now=datetime(2029, 5, 17, 17, tzinfo=UTC))
    assert over.stars is None
    assert any("valid until 17 May 2029" in trouble.text for trouble in over.troubles)


def test_an_altered_step_leads_the_page(record: OriginRecord, trust: TrustBundle) -> None:
    def alter(recorded: RecordedStatement) -> RecordedStatement:
        return replace(recorded, payload=(recorded.payload or "").replace("2000", "9000"))

    page = page_of(changed(record, "event", alter), trust)
    assert page.verdict == ""
    assert page.troubles[0].mark == "fail"
    assert page.troubles[0].text == "Something was changed after it was signed."
    assert (page.proven, len(page.steps)) == (16, 17)
    assert [step.signed for step in page.steps].count(False) == 1


def test_stars_of_an_altered_grade_are_not_drawn(record: OriginRecord, trust: TrustBundle) -> None:
    def alter(recorded: RecordedStatement) -> RecordedStatement:
        payload = (recorded.payload or "").replace('"stars":4', '"stars":3')
        return replace(recorded, payload=payload.replace("82.4", "60"))

    assert page_of(changed(record, "grade", alter), trust).stars is None


def test_a_withheld_step_is_shown_as_such(record: OriginRecord, trust: TrustBundle) -> None:
    def withhold(recorded: RecordedStatement) -> RecordedStatement:
        return replace(recorded, payload=None, salt=None)

    page = page_of(changed(record, "event", withhold), trust)
    (step,) = [step for step in page.steps if step.withheld]
    assert step.told.verb == "A step whose content is not public"
    assert (step.signed, step.logged, step.told.made) == (True, True, ())
    assert [trouble.mark for trouble in page.troubles] == ["warn"]


def test_an_issuer_that_nobody_vouches_for_leads_the_page(
    record: OriginRecord, tmp_path: Path
) -> None:
    other = Workspace.create(tmp_path / "other", clock=lambda: NOW)
    page = page_of(record, other.trust)
    other.close()
    assert page.troubles[0].mark == "fail"
    assert any("not on the trust list" in trouble.text for trouble in page.troubles)
    assert page.proven == 0
    assert page.stars is None


def test_an_old_bundle_is_said(record: OriginRecord, trust: TrustBundle) -> None:
    expired = page_of(record, trust, now=datetime(2027, 3, 1, tzinfo=UTC))
    assert [trouble.mark for trouble in expired.troubles] == ["warn"]
    too_old = page_of(record, trust, now=datetime(2027, 9, 1, tzinfo=UTC))
    assert too_old.troubles[0].text == "Not everything here is proven."
    not_fresh = page_of(record, trust, now=datetime(2027, 1, 15, tzinfo=UTC))
    assert not_fresh.troubles == ()
    assert "the trust list is old" in not_fresh.verdict


def test_a_pack_without_a_sticker_on_record_is_a_warning(
    record: OriginRecord, trust: TrustBundle
) -> None:
    page = page_of(record, trust, name=f"{BATCH}/21/A-17", issued=False)
    assert [trouble.mark for trouble in page.troubles] == ["warn"]
    assert "A-17" in page.troubles[0].text
    assert page.item == ""
    good = page_of(record, trust, name=f"{BATCH}/21/0123456789AB")
    assert good.troubles == ()
    assert "0123 4567 89AB" in good.item


@pytest.fixture
def with_events(
    told: Callable[..., Workspace], story: dict[str, Any]
) -> Callable[..., tuple[OriginRecord, TrustBundle]]:
    """What makes the record of the demo's batch with events added."""

    def add(*events: dict[str, Any]) -> tuple[OriginRecord, TrustBundle]:
        workspace = told(story)
        workspace.record([parse_event(event) for event in events])
        return workspace.origin_record(BATCH, state_complete=False), workspace.trust

    return add


def test_a_recall_comes_before_all_else(
    with_events: Callable[..., tuple[OriginRecord, TrustBundle]],
) -> None:
    page = page_of(*with_events(EVENT | {"disposition": "recalled"}))
    assert page.troubles[0].mark == "fail"
    assert page.troubles[0].text.startswith("Lot ST260915")
    assert page.troubles[0].remedy.startswith("Do not use it.")


def test_a_stranger_cannot_call_a_batch_back(
    told: Callable[..., Workspace], story: dict[str, Any]
) -> None:
    workspace = told(story)
    stranger = workspace.import_registry(NEIGHBOUR).producer.id
    recall = parse_event(EVENT | {"disposition": "recalled"})
    workspace.record([recall], producer=stranger)
    page = page_of(workspace.origin_record(BATCH, state_complete=False), workspace.trust)
    assert [step.recalled for step in page.steps if step.issuer.endswith(stranger)] == [True]
    assert not any("Do not use it." in trouble.remedy for trouble in page.troubles)


def test_a_step_declared_wrong_is_marked_and_calls_nothing_back(
    with_events: Callable[..., tuple[OriginRecord, TrustBundle]],
) -> None:
    wrong = EVENT | {"disposition": "recalled"}
    wrong |= {"eventID": "urn:uuid:1b4e28ba-2fa1-8d11-883f-b9a761bde3fb"}
    declaration = {
        "declarationTime": "2026-10-21T08:00:00+07:00",
        "reason": "did_not_occur",
    }
    page = page_of(*with_events(wrong, wrong | {"errorDeclaration": declaration}))
    assert [step.told.verb for step in page.steps if step.retracted] == ["Put on hold"]
    assert len(page.steps) == 18
    assert page.troubles == ()


@given(
    st.dictionaries(
        st.sampled_from(
            [
                f"ocop:{n}"
                for n in ("step", "description", "actor", "loss", "results", "destination")
            ]
        ),
        # No event takes in the character U+0000.
        json_values.filter(lambda value: value is not None and "\\u0000" not in json.dumps(value)),
        max_size=6,
    )
)
def test_strange_extensions_never_stop_a_page(extensions: dict[str, Any]) -> None:
    told = Telling({}, {}, Wording("vi")).tell(parse_event(EVENT | extensions), issuer="")
    assert told.made == (f"100 cái {BATCH.rpartition('/10/')[0]}",)
    assert all(isinstance(label, str) and value for label, value in told.facts)


def test_the_place_of_an_event_is_what_its_own_issuer_says_of_it() -> None:
    village, trust = Village(), publish()
    here = {"readPoint": {"id": PLACE_ENTRY["id"]}}
    own = village.state_event(**here)
    seen = village.state_event(by=VILLAGE_NEIGHBOUR, action="OBSERVE", **here)
    other = PLACE_ENTRY | {"names": {"vi": "Kho khác", "en": "Other store"}}
    batch = village.state_batch(VILLAGE_BATCH)
    told = [
        batch,
        own,
        seen,
        village.state("place", PLACE_ENTRY, subject=DOCUMENT),
        village.state("place", other, subject=DOCUMENT, by=VILLAGE_NEIGHBOUR),
    ]
    for said, places in (
        (told[:4], ["Paste workshop, Xã Vạn Lộc, Thanh Hóa", ""]),
        (told, ["Paste workshop, Xã Vạn Lộc, Thanh Hóa", "Other store, Xã Vạn Lộc, Thanh Hóa"]),
    ):
        record = village.record(said, trust, about=VILLAGE_BATCH)
        shown = contents(examine(record, trust), about=VILLAGE_BATCH)
        telling = Telling(shown.products, shown.places, Wording("en"))
        steps = timeline(examine(record, trust), telling=telling)
        assert [step.told.place for step in steps] == places


def test_the_producer_is_the_one_of_the_offices_own_host() -> None:
    village, trust = Village(), publish()
    entry = {
        "type": "producer",
        "id": PRODUCER.code,
        "names": {"vi": "Hợp tác xã", "en": "Cooperative"},
        "subjectType": "cooperative",
        "address": ADDRESS,
    }
    elsewhere = f"https://elsewhere.example/ocop/{OFFICE.code}"
    batch = village.state_batch(VILLAGE_BATCH)
    for issuer, found in ((OFFICE.issuer, True), (elsewhere, False)):
        statement, salt = sign_statement(
            "producer",
            canonical_json.dumps(entry),
            issuer=issuer,
            subject=DOCUMENT,
            signer=OFFICE.signer,
            now=NOW,
        )
        index = village.append(statement.cose)
        said = Said(statement, canonical_json.dumps(entry).decode(), salt, index)
        record = village.record([batch, said], trust, about=VILLAGE_BATCH)
        shown = contents(examine(record, trust), about=VILLAGE_BATCH)
        assert (shown.producer is not None) == found


def test_a_vietnamese_page_tells_every_step_in_vietnamese(
    record: OriginRecord, trust: TrustBundle, story: dict[str, Any]
) -> None:
    page = page_of(record, trust, language="vi")
    assert [step.told.note for step in page.steps] == [
        event["description"]["vi"] for event in story["events"]
    ]
    assert page.vietnamese == ""
    assert dict(page.facts)["Thành phần"] == story["products"]["MAMTOM"]["ingredients"]["vi"]
