"""Header and payload speak of the same thing, in the form of the kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocoptrace import canonical_json
from ocoptrace.epcis import canonical_event, parse_event
from ocoptrace.errors import InputError
from ocoptrace.signing import sign_statement
from ocoptrace.signing.bundle import Revocation
from ocoptrace.verify import Verdict, verify_statement
from village import (
    BATCH,
    FOREIGN_PRODUCT,
    KEYS,
    LOG,
    NEIGHBOUR,
    NOW,
    OFFICE,
    PLACE_ENTRY,
    PRODUCER,
    PRODUCT,
    ROOT,
    Party,
    Village,
    publish,
)

if TYPE_CHECKING:
    from ocoptrace.signing.statement import Kind

TRUST = publish()
UUID = "urn:uuid:3f0d5a52-6f0e-4d0a-9a55-0c8a7f6f1a11"
PLAIN = f"{PRODUCER.issuer}/MAMTOM"
KEY_URI = PRODUCER.signer.public_key.thumbprint_uri
OTHER_URI = NEIGHBOUR.signer.public_key.thumbprint_uri
REVOCATION = Revocation.model_validate(
    {"key": PRODUCER.signer.public_key.thumbprint.hex(), "reason": "ceased", "at": NOW}
)
ALIAS = {"type": "alias", "id": PLAIN, "gtin": PRODUCT}
EVIDENCE = {
    "type": "evidence",
    "id": UUID,
    "about": [BATCH],
    "mediaType": "application/pdf",
    "sha256": "0" * 64,
    "size": 48213,
}
POLICY = {"accepts": ["batch", "event"], "origin": LOG.name}


def verdict_on(
    kind: Kind,
    payload: Any,
    subject: str,
    *,
    by: Party = PRODUCER,
    withheld: bool = False,
) -> Verdict:
    village = Village()
    data = payload.encode() if isinstance(payload, str) else payload
    said = village.state(kind, data, subject=subject, by=by)
    if withheld:
        return verify_statement(said.statement, trust=TRUST, now=NOW)
    return verify_statement(
        said.statement, payload=said.payload, salt=said.salt, trust=TRUST, now=NOW
    )


def form_of(verdict: Verdict) -> str:
    check = verdict.check("format")
    assert check is not None
    return f"{check.outcome} {check.reason}".strip()


GOOD: dict[str, tuple[Kind, Any, str]] = {
    "alias": ("alias", ALIAS, PLAIN),
    "evidence": ("evidence", EVIDENCE, UUID),
    "key": ("key", KEYS[1].text(), KEY_URI),
    "revocation": ("revocation", REVOCATION.text(), KEY_URI),
    "policy": ("policy", POLICY, LOG.name),
}


@pytest.mark.parametrize(("kind", "payload", "subject"), GOOD.values(), ids=GOOD)
def test_a_payload_that_agrees_with_its_header_is_well_formed(
    kind: Kind, payload: Any, subject: str
) -> None:
    assert form_of(verdict_on(kind, payload, subject, by=OFFICE)) == "pass"


BAD: dict[str, tuple[Kind, Any, str]] = {
    "an alias of another product": ("alias", ALIAS, f"{PRODUCER.issuer}/MUOI"),
    "an alias under its GTIN": ("alias", ALIAS | {"id": PRODUCT}, PRODUCT),
    "an alias of a lot": ("alias", ALIAS | {"id": f"{PLAIN}/L1"}, f"{PLAIN}/L1"),
    "an alias to a lot": ("alias", ALIAS | {"gtin": BATCH}, PLAIN),
    "an alias to a plain name": ("alias", ALIAS | {"gtin": f"{PLAIN}2"}, PLAIN),
    "an alias to another spelling": (
        "alias",
        ALIAS | {"gtin": PRODUCT.replace("id.gs1.org", "shop.example")},
        PLAIN,
    ),
    "an alias with more": ("alias", ALIAS | {"note": ""}, PLAIN),
    "an alias without its type": ("alias", {"id": PLAIN, "gtin": PRODUCT}, PLAIN),
    "evidence under another id": ("evidence", EVIDENCE, UUID[:-1] + "2"),
    "evidence about nothing": ("evidence", EVIDENCE | {"about": []}, UUID),
    "evidence about a thing twice": ("evidence", EVIDENCE | {"about": [BATCH, BATCH]}, UUID),
    "evidence in no order": ("evidence", EVIDENCE | {"about": [BATCH, PRODUCT]}, UUID),
    "evidence without a size": (
        "evidence",
        {name: value for name, value in EVIDENCE.items() if name != "size"},
        UUID,
    ),
    "a key under another thumbprint": ("key", KEYS[1].text(), OTHER_URI),
    "a key that is none": ("key", {}, KEY_URI),
    "a key written otherwise": ("key", KEYS[1].text().replace(",", ", ", 1), KEY_URI),
    "a revocation of another key": ("revocation", REVOCATION.text(), OTHER_URI),
    "a revocation with no reason": ("revocation", {"key": "0" * 64}, KEY_URI),
    "a policy of another log": ("policy", POLICY | {"origin": "other.example/log"}, LOG.name),
    "a policy of an unknown kind": ("policy", POLICY | {"accepts": ["seal"]}, LOG.name),
    "a policy that says a kind twice": ("policy", POLICY | {"accepts": ["key", "key"]}, LOG.name),
    "a policy of words that are lists": ("policy", POLICY | {"accepts": [["key"]]}, LOG.name),
    "a policy with more": ("policy", POLICY | {"quorum": 2}, LOG.name),
    "a root of another version": ("root", ROOT.text(), "root:2"),
    "a root that is none": ("root", {}, "root:1"),
    "a bundle of another version": ("bundle", TRUST.text(), "bundle:2"),
    "an event that is none": ("event", {"eventID": UUID}, UUID),
}


@pytest.mark.parametrize(("kind", "payload", "subject"), BAD.values(), ids=BAD)
def test_a_payload_that_does_not_is_malformed(kind: Kind, payload: Any, subject: str) -> None:
    verdict = verdict_on(kind, payload, subject, by=OFFICE)
    assert (verdict.overall, form_of(verdict)) == ("malformed", "fail payload")


@pytest.mark.parametrize("kind", ["root", "bundle"])
def test_a_root_or_bundle_has_the_public_salt(kind: Kind) -> None:
    text = {"root": ROOT.text(), "bundle": TRUST.text()}[kind]
    for salt, form in ((bytes(16), "pass"), (b"1" * 16, "fail payload")):
        statement, _ = sign_statement(
            kind,
            text.encode(),
            issuer=OFFICE.issuer,
            subject=f"{kind}:1",
            signer=OFFICE.signer,
            now=NOW,
            salt=salt,
        )
        verdict = verify_statement(statement, payload=text, salt=salt, trust=TRUST, now=NOW)
        assert form_of(verdict) == form


def test_a_payload_has_one_spelling() -> None:
    batch = {"type": "batch", "id": BATCH, "productionDate": "2026-09-15"}
    batch |= {"quantity": {"value": 18456, "uom": "EA"}}  # type: ignore[dict-item]
    one = canonical_json.dumps(batch).decode()
    assert form_of(verdict_on("batch", one, BATCH)) == "pass"
    for other in (one.replace(",", ", ", 1), one + "\n", one.replace("18456", "18456.0")):
        assert form_of(verdict_on("batch", other, BATCH)) == "fail payload"


def test_an_alias_takes_the_right_to_both_names() -> None:
    entitled = verdict_on("alias", ALIAS, PLAIN).check("entitlement")
    foreign_gtin = verdict_on("alias", ALIAS | {"gtin": FOREIGN_PRODUCT}, PLAIN)
    foreign_name = f"{NEIGHBOUR.issuer}/MAMTOM"
    foreign_plain = verdict_on("alias", ALIAS | {"id": foreign_name}, foreign_name)
    assert entitled is not None
    assert entitled.outcome == "pass"
    for verdict, name in ((foreign_gtin, FOREIGN_PRODUCT), (foreign_plain, foreign_name)):
        check = verdict.check("entitlement")
        assert check is not None
        assert (check.reason, check.facts["what"]) == ("name", name)


def test_an_alias_that_is_withheld_hides_what_it_creates() -> None:
    check = verdict_on("alias", ALIAS, PLAIN, withheld=True).check("entitlement")
    assert check is not None
    assert (check.outcome, check.reason) == ("unknown", "withheld")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)
WHOLE: dict[str, tuple[Kind, str]] = {
    "alias": ("alias", PLAIN),
    "evidence": ("evidence", UUID),
    "policy": ("policy", LOG.name),
    "key": ("key", KEY_URI),
    "revocation": ("revocation", KEY_URI),
    "root": ("root", "root:1"),
    "bundle": ("bundle", "bundle:1"),
    "batch": ("batch", BATCH),
    "event": ("event", UUID),
    "record": ("record", BATCH),
}
MEMBERS: dict[str, dict[str, Any]] = {
    "alias": ALIAS,
    "evidence": EVIDENCE,
    "policy": POLICY,
    "key": KEYS[1].model_dump(mode="json", by_alias=True),
    "revocation": REVOCATION.model_dump(mode="json", by_alias=True),
    "root": ROOT.model_dump(mode="json", by_alias=True),
    "bundle": TRUST.model_dump(mode="json", by_alias=True),
    "batch": {"type": "batch", "id": BATCH},
    "event": {"eventID": UUID, "type": "ObjectEvent"},
    "record": {"about": BATCH, "size": 2, "statements": []},
}


@given(st.sampled_from(sorted(WHOLE)), st.data())
def test_any_payload_gets_a_verdict(name: str, data: st.DataObject) -> None:
    kind, subject = WHOLE[name]
    changes = st.dictionaries(st.sampled_from(sorted(MEMBERS[name])), JSON, max_size=2)
    payload = data.draw(JSON | changes.map(MEMBERS[name].__or__))
    try:
        text = canonical_json.dumps(payload).decode()
    except InputError:
        return
    assert verdict_on(kind, text, subject).about == subject


EVENT = {
    "type": "ObjectEvent",
    "action": "OBSERVE",
    "eventTime": "2026-09-15T07:30:00+07:00",
    "eventTimeZoneOffset": "+07:00",
    "eventID": UUID,
    "bizStep": "holding",
    "quantityList": [{"epcClass": BATCH, "quantity": 5, "uom": "EA"}],
    "ocop:description": {"vi": "Để yên"},
}


@pytest.mark.parametrize(
    "changes",
    [
        {"@context": None},
        {"bizStep": "https://ref.gs1.org/cbv/BizStep-holding"},
        {"quantityList": [{"epcClass": BATCH.replace("id.gs1.org", "shop.example")}]},
        {"recordTime": "2026-09-15T07:31:00+07:00"},
        {"ocop:description": {"vi": normalize("NFD", "Để yên")}},
        {"type": "https://ref.gs1.org/epcis/ObjectEvent"},
    ],
    ids=["its context", "a word", "a name", "its record time", "its texts", "its type"],
)
def test_an_event_is_signed_in_its_one_form(changes: dict[str, Any]) -> None:
    canonical = canonical_event(parse_event(EVENT))
    assert form_of(verdict_on("event", canonical, UUID)) == "pass"
    other = {n: v for n, v in (canonical | changes).items() if v is not None}
    assert form_of(verdict_on("event", other, UUID)) == "fail payload"


PRODUCT_ENTRY = {
    "type": "product",
    "id": PRODUCT,
    "names": {"vi": "Mắm tôm", "en": "Shrimp paste"},
    "kind": "food",
}


@pytest.mark.parametrize(
    "changes",
    [
        {"names": {"vi": normalize("NFD", "Mắm tôm"), "en": "Shrimp paste"}},
        {"names": {"vi": "Mắm tôm", "en": "Shrimp paste "}},
        {"standards": ["\u00a0TCVN"]},
        {"id": f" {PRODUCT}"},
    ],
    ids=["not NFC", "a blank end", "in a list", "a blank before a name"],
)
def test_an_entry_is_signed_as_it_is_read(changes: dict[str, Any]) -> None:
    assert form_of(verdict_on("product", PRODUCT_ENTRY, PRODUCT)) == "pass"
    assert form_of(verdict_on("product", PRODUCT_ENTRY | changes, PRODUCT)) == "fail payload"


def test_a_place_under_a_plain_name_takes_the_right_to_it() -> None:
    for name, outcome in (
        (PLACE_ENTRY["id"], "pass"),
        ("https://id.gs1.org/414/9520000000004", "pass"),
        (f"{PRODUCER.issuer}/XUONG", "pass"),
        (f"{NEIGHBOUR.issuer}/XUONG", "fail name"),
    ):
        verdict = verdict_on("place", PLACE_ENTRY | {"id": name}, UUID)
        assert form_of(verdict) == "pass"
        check = verdict.check("entitlement")
        assert check is not None
        assert f"{check.outcome} {check.reason}".strip() == outcome
    hidden = verdict_on("place", PLACE_ENTRY, UUID, withheld=True).check("entitlement")
    assert hidden is not None
    assert (hidden.outcome, hidden.reason) == ("unknown", "withheld")


BASED_ON: dict[str, Any] = {
    "no list": "0" * 64,
    "an empty list": [],
    "no hexadecimal": ["x" * 64],
    "upper case": ["A" * 64],
    "too short": ["0" * 63],
    "numbers": [1],
    "no order": ["1" * 64, "0" * 64],
    "one twice": ["0" * 64] * 2,
    "too many": [f"{number:064x}" for number in range(101)],
}


@pytest.mark.parametrize("based_on", BASED_ON.values(), ids=BASED_ON)
def test_what_an_event_rests_on_is_a_sorted_list_of_ids(based_on: Any) -> None:
    assert form_of(resting_on(based_on)) == "fail payload"


def test_an_event_may_rest_on_a_hundred_statements() -> None:
    assert form_of(resting_on(BASED_ON["too many"][:100])) == "pass"


def resting_on(ids: Any) -> Verdict:
    village = Village()
    said = village.state_event(**{"ocop:basedOn": ids})
    return verify_statement(
        said.statement, payload=said.payload, salt=said.salt, trust=TRUST, now=NOW
    )
