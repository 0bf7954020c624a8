"""Each rule of docs/spec/trust-bundle.md: a bundle that breaks it, the code, and the place."""

from __future__ import annotations

import json
import re
import unicodedata
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from ocoptrace import canonical_json
from ocoptrace.errors import SigningError
from ocoptrace.signing import TrustBundle, base64url
from ocoptrace.signing.bundle import Grant
from ocoptrace.signing.note import COSIGNATURE_V1, NoteSigner
from ocoptrace.signing.signed_file import MAX_FILE_BYTES, SignedFile
from village import (
    FOREIGN_PRODUCT,
    HOST,
    KEYS,
    LOG,
    NOW,
    OFFICE,
    PRODUCER,
    PRODUCT,
    ROOT,
    SEALS_UNTIL,
    WITNESSES,
    bundle_file,
    grant,
    log_entry,
    publish,
)

SPEC = Path(__file__).parents[2] / "docs" / "spec" / "trust-bundle.md"


def signed_by_office(text: str) -> bytes:
    """Return a text that says anything, signed well."""
    file = SignedFile.sign(
        text, "bundle", version=1, issuer=OFFICE.issuer, signers=[OFFICE.signer], now=NOW
    )
    return file.to_bytes()


def edited(**members: Any) -> str:
    return canonical_json.dumps(json.loads(bundle_file().signed) | members).decode()


def edited_without(name: str) -> str:
    members = json.loads(bundle_file().signed)
    del members[name]
    return canonical_json.dumps(members).decode()


def fault_of_bundle(text: str) -> tuple[str, str]:
    """Return the rule that a text breaks which the office has signed well, and where."""
    with pytest.raises(SigningError) as caught:
        TrustBundle.load(signed_by_office(text), root=ROOT)
    error = caught.value
    reason = error.facts["reason"]
    assert error.code == "signing.signed_file_invalid"
    for language in ("vi", "en"):
        said = error.text(language)  # type: ignore[arg-type]
        assert said.startswith(error.place)
        assert reason.text(language) in said
        assert "{" not in said
        assert reason.remedy(language)
    return reason.code, error.place


OFFICE_KEY, PRODUCER_KEY, NEIGHBOUR_KEY = (json.loads(entry.text()) for entry in KEYS)
GRANT = PRODUCER_KEY["grants"][0]
THE_LOG = json.loads(log_entry().text())
VKEY = THE_LOG["keys"][0]
LATER_WITNESS = NoteSigner("w3.example", WITNESSES[0].signer, COSIGNATURE_V1)
OWN_WITNESS = NoteSigner("w4.example", LOG.signer, COSIGNATURE_V1)
DUTY = {"product": PRODUCT, "due": "item", "since": "2026-06-01"}
LOST = {
    "at": "2026-11-23T08:00:00Z",
    "batches": [],
    "checkpoint": None,
    "key": "ab" * 32,
    "reason": "ceased",
}
SEEN = {"origin": LOG.name, "root": "cd" * 32, "size": 7}


def off_curve(key: str) -> str:
    data = base64url.decode(key)
    return base64url.encode(data[:-1] + bytes((data[-1] ^ 1,)))


def with_key(**changes: Any) -> dict[str, Any]:
    return {"keys": [OFFICE_KEY, PRODUCER_KEY | changes, NEIGHBOUR_KEY]}


def with_grant(**changes: Any) -> dict[str, Any]:
    return with_key(grants=[GRANT | changes])


def with_log(**changes: Any) -> dict[str, Any]:
    return {"logs": [THE_LOG | changes]}


def with_revocation(**changes: Any) -> dict[str, Any]:
    return {"revocations": [LOST | changes]}


IN_KEY, IN_GRANT, IN_LOG = "/keys/1", "/keys/1/grants/0", "/logs/0"
FAULTS: dict[str, tuple[dict[str, Any], str, str]] = {
    "a member nobody knows": ({"more": 1}, "fields.unknown", "/more"),
    "a version that is text": ({"version": "one"}, "fields.invalid", "/version"),
    "version 0": ({"version": 0}, "fields.invalid", "/version"),
    "a time without a zone": (
        {"expires": "2027-02-21T08:00:00"},
        "signing.time",
        "/expires",
    ),
    "a time with a fraction": (
        {"expires": "2027-02-21T08:00:00.5Z"},
        "signing.time",
        "/expires",
    ),
    "a time before 1970": (
        {"issued": "1969-12-31T23:59:59Z"},
        "signing.time",
        "/issued",
    ),
    "a time of the year 9000": (
        with_key(seal_until="9000-01-01T00:00:00Z"),
        "signing.time",
        f"{IN_KEY}/seal_until",
    ),
    "a time that no other zone can tell": (
        with_key(seal_until="9999-12-31T23:59:59-12:00"),
        "signing.time",
        f"{IN_KEY}/seal_until",
    ),
    "it expires as it is issued": (
        {"expires": "2026-11-23T08:00:00Z"},
        "signing.period",
        "/expires",
    ),
    "a namespace in upper case": (
        {"namespaces": [HOST.upper()]},
        "gs1.host",
        "/namespaces/0",
    ),
    "a namespace with a path": ({"namespaces": [f"{HOST}/x"]}, "gs1.host", "/namespaces/0"),
    "keys that are no list": ({"keys": "none"}, "fields.not_list", "/keys"),
    "a key nobody can read": (
        with_key(key="AAAA"),
        "signing.not_deterministic",
        f"{IN_KEY}/key",
    ),
    "a key that is no base64url": (
        with_key(key=PRODUCER_KEY["key"] + "="),
        "signing.not_base64url",
        f"{IN_KEY}/key",
    ),
    "a key off its curve": (
        with_key(key=off_curve(PRODUCER_KEY["key"])),
        "signing.bad_point",
        f"{IN_KEY}/key",
    ),
    "a role nobody knows": (with_key(role="king"), "fields.not_one_of", f"{IN_KEY}/role"),
    "an issuer over http": (
        with_key(issuer="http://id.example/ocop/1"),
        "signing.issuer",
        f"{IN_KEY}/issuer",
    ),
    "an issuer whose host is in upper case": (
        with_key(issuer="https://ID.example/ocop/1"),
        "signing.issuer",
        f"{IN_KEY}/issuer",
    ),
    "an issuer with letters beyond ASCII": (
        with_key(issuer="https://id.example/ocop/mắm"),
        "signing.issuer",
        f"{IN_KEY}/issuer",
    ),
    "an issuer with a space": (
        with_key(issuer="https://id.example/ocop/a b"),
        "signing.issuer",
        f"{IN_KEY}/issuer",
    ),
    "an issuer that is a name": (
        with_key(issuer="Hợp tác xã"),
        "signing.issuer",
        f"{IN_KEY}/issuer",
    ),
    "an issuer longer than any": (
        with_key(issuer="https://id.example/" + "a" * 2048),
        "signing.issuer",
        f"{IN_KEY}/issuer",
    ),
    "a holder without a name": (with_key(name={}), "signing.holder_language", f"{IN_KEY}/name"),
    "a holder named in a language of three letters": (
        with_key(name={"deu": "Mắm"}),
        "signing.holder_language",
        f"{IN_KEY}/name",
    ),
    "a holder whose name breaks the line": (
        with_key(name={"vi": "Mắm\nTôm"}),
        "signing.holder_name",
        f"{IN_KEY}/name",
    ),
    "a holder whose name turns the writing round": (
        with_key(name={"vi": "Mắm \u202etôm"}),
        "signing.holder_name",
        f"{IN_KEY}/name",
    ),
    "a holder whose name is blank": (
        with_key(name={"vi": " "}),
        "signing.holder_name",
        f"{IN_KEY}/name",
    ),
    "a holder whose accents stand beside the letters": (
        with_key(name={"vi": unicodedata.normalize("NFD", "Mắm")}),
        "signing.holder_name",
        f"{IN_KEY}/name",
    ),
    "a holder whose name fills a page": (
        with_key(name={"vi": "m" * 201}),
        "signing.holder_name",
        f"{IN_KEY}/name",
    ),
    "a key whose period is empty": (
        with_key(sign_until=PRODUCER_KEY["sign_from"]),
        "signing.period",
        f"{IN_KEY}/sign_until",
    ),
    "a key whose seals end before it does": (
        with_key(seal_until="2027-12-31T23:59:59Z"),
        "signing.seal_period",
        f"{IN_KEY}/seal_until",
    ),
    "a log that has grants": (with_key(role="log"), "signing.grant_of_role", f"{IN_KEY}/grants"),
    "a grant of a kind nobody knows": (
        with_grant(kinds=["advert"]),
        "fields.not_one_of",
        f"{IN_GRANT}/kinds/0",
    ),
    "a grant that ends as it begins": (
        with_grant(until=GRANT["from"]),
        "signing.period",
        f"{IN_GRANT}/until",
    ),
    "a GTIN prefix of three digits": (
        with_grant(gtin_prefixes=["9521234", "952"]),
        "signing.gtin_prefix",
        f"{IN_GRANT}/gtin_prefixes/1",
    ),
    "a GTIN prefix of 13 digits": (
        with_grant(gtin_prefixes=["9521234543213"]),
        "signing.gtin_prefix",
        f"{IN_GRANT}/gtin_prefixes/0",
    ),
    "a GTIN prefix with a letter": (
        with_grant(gtin_prefixes=["952123A"]),
        "signing.gtin_prefix",
        f"{IN_GRANT}/gtin_prefixes/0",
    ),
    "a GTIN prefix in other digits": (
        with_grant(gtin_prefixes=["٩٥٢١٢٣٤"]),
        "signing.gtin_prefix",
        f"{IN_GRANT}/gtin_prefixes/0",
    ),
    "a GTIN of 10 digits": (
        with_grant(gtins=["9521234543"]),
        "gs1.length",
        f"{IN_GRANT}/gtins/0",
    ),
    "a GTIN with a wrong check digit": (
        with_grant(gtins=["95200002", "9521234543214"]),
        "gs1.check_digit",
        f"{IN_GRANT}/gtins/1",
    ),
    "a GTIN with a letter": (
        with_grant(gtins=["952123454321O"]),
        "gs1.digits",
        f"{IN_GRANT}/gtins/0",
    ),
    "a name prefix without its slash": (
        with_grant(name_prefixes=[PRODUCER.issuer]),
        "signing.name_prefix",
        f"{IN_GRANT}/name_prefixes/0",
    ),
    "a name prefix in the middle of a product": (
        with_grant(name_prefixes=[f"{PRODUCER.issuer}/MAM"]),
        "signing.name_prefix",
        f"{IN_GRANT}/name_prefixes/0",
    ),
    "a name prefix of a whole host": (
        with_grant(name_prefixes=[f"https://{HOST}/ocop/"]),
        "signing.name_prefix",
        f"{IN_GRANT}/name_prefixes/0",
    ),
    "a name prefix in lower case": (
        with_grant(name_prefixes=[f"{PRODUCER.issuer.lower()}/"]),
        "signing.name_prefix",
        f"{IN_GRANT}/name_prefixes/0",
    ),
    "a name prefix in upper case": (
        with_grant(name_prefixes=[f"{PRODUCER.issuer.upper()}/"]),
        "signing.name_prefix",
        f"{IN_GRANT}/name_prefixes/0",
    ),
    "a name prefix over http": (
        with_grant(name_prefixes=[f"http://{HOST}/ocop/{PRODUCER.code}/"]),
        "signing.name_prefix",
        f"{IN_GRANT}/name_prefixes/0",
    ),
    "a name prefix with two slashes": (
        with_grant(name_prefixes=[f"{PRODUCER.issuer}//"]),
        "signing.name_prefix",
        f"{IN_GRANT}/name_prefixes/0",
    ),
    "a name prefix behind a serial": (
        with_grant(name_prefixes=[f"{PRODUCER.issuer}/A/L1/S1/"]),
        "signing.name_prefix",
        f"{IN_GRANT}/name_prefixes/0",
    ),
    "a name prefix that is a GS1 key": (
        with_grant(name_prefixes=[f"https://{HOST}/01/"]),
        "signing.name_prefix",
        f"{IN_GRANT}/name_prefixes/0",
    ),
    "a name prefix on a host that is no namespace": (
        with_grant(name_prefixes=[f"https://other.example/ocop/{PRODUCER.code}/"]),
        "signing.namespace",
        f"{IN_GRANT}/name_prefixes/0",
    ),
    "a label duty of a batch": (
        with_grant(labels=[DUTY | {"product": f"{PRODUCT}/10/L1"}]),
        "signing.label_product",
        f"{IN_GRANT}/labels/0/product",
    ),
    "a label duty of a link on a host of its own": (
        with_grant(labels=[DUTY | {"product": f"https://{HOST}/01/09521234543213"}]),
        "signing.label_product",
        f"{IN_GRANT}/labels/0/product",
    ),
    "a label duty of no name": (
        with_grant(labels=[DUTY | {"product": "mắm tôm"}]),
        "signing.label_product",
        f"{IN_GRANT}/labels/0/product",
    ),
    "a label duty of another's product": (
        with_grant(labels=[DUTY, DUTY | {"product": FOREIGN_PRODUCT}]),
        "signing.label_not_held",
        f"{IN_GRANT}/labels/1/product",
    ),
    "a label duty of another's plain product": (
        with_grant(labels=[DUTY | {"product": f"https://{HOST}/ocop/8N5P2RCD/A"}]),
        "signing.label_not_held",
        f"{IN_GRANT}/labels/0/product",
    ),
    "a label duty that nobody knows": (
        with_grant(labels=[DUTY | {"due": "crate"}]),
        "fields.not_one_of",
        f"{IN_GRANT}/labels/0/due",
    ),
    "one key twice": (
        {"keys": [OFFICE_KEY, PRODUCER_KEY, NEIGHBOUR_KEY | {"key": PRODUCER_KEY["key"]}]},
        "signing.kid_twice",
        "/keys/2/key",
    ),
    "a revocation that names a kid": (
        with_revocation(key="00" * 8),
        "signing.thumbprint",
        "/revocations/0/key",
    ),
    "a revocation in upper case": (
        with_revocation(key="AB" * 32),
        "signing.thumbprint",
        "/revocations/0/key",
    ),
    "a revocation for a reason nobody knows": (
        with_revocation(reason="late"),
        "fields.not_one_of",
        "/revocations/0/reason",
    ),
    "batches of a key that was not lost": (
        with_revocation(batches=["00" * 16]),
        "signing.revocation_facts",
        "/revocations/0",
    ),
    "a checkpoint of a key that was not lost": (
        with_revocation(checkpoint=SEEN),
        "signing.revocation_facts",
        "/revocations/0",
    ),
    "a batch by its name": (
        with_revocation(reason="compromised", batches=["https://id.gs1.org/01/1/10/L1"]),
        "signing.batch_digest",
        "/revocations/0/batches/0",
    ),
    "a checkpoint with half a root": (
        with_revocation(reason="compromised", checkpoint=SEEN | {"root": "cd" * 16}),
        "signing.thumbprint",
        "/revocations/0/checkpoint/root",
    ),
    "two logs of one origin": (
        {"logs": [THE_LOG, THE_LOG]},
        "signing.log_twice",
        "/logs/1/origin",
    ),
    "a log without a key": (with_log(keys=[]), "fields.blank", f"{IN_LOG}/keys"),
    "a log whose key has another name": (
        with_log(origin="other.example/log"),
        "signing.log_key",
        f"{IN_LOG}/keys/0/vkey",
    ),
    "a log key that cosigns": (
        with_log(keys=[VKEY | {"vkey": THE_LOG["witnesses"][0]}]),
        "signing.log_key",
        f"{IN_LOG}/keys/0/vkey",
    ),
    "a log key nobody can read": (
        with_log(keys=[VKEY | {"vkey": "log.example"}]),
        "signing.vkey_syntax",
        f"{IN_LOG}/keys/0/vkey",
    ),
    "a log key that signs nothing": (
        with_log(keys=[VKEY, VKEY | {"from_size": 9, "to_size": 9}]),
        "signing.log_key_sizes",
        f"{IN_LOG}/keys/1/to_size",
    ),
    "a witness that signs as a log": (
        with_log(witnesses=[VKEY["vkey"]], quorum=1),
        "signing.witness_type",
        f"{IN_LOG}/witnesses/0",
    ),
    "a witness nobody can read": (
        with_log(witnesses=[THE_LOG["witnesses"][0], "w2.example"]),
        "signing.vkey_syntax",
        f"{IN_LOG}/witnesses/1",
    ),
    "one witness twice": (
        with_log(witnesses=THE_LOG["witnesses"][:1] * 2),
        "signing.witness_twice",
        f"{IN_LOG}/witnesses/1",
    ),
    "one witness by two names": (
        with_log(witnesses=[THE_LOG["witnesses"][0], str(LATER_WITNESS.verifier_key)]),
        "signing.witness_twice",
        f"{IN_LOG}/witnesses/1",
    ),
    "a log as its own witness": (
        with_log(witnesses=[THE_LOG["witnesses"][0], str(OWN_WITNESS.verifier_key)]),
        "signing.witness_is_log",
        f"{IN_LOG}/witnesses/1",
    ),
    "fewer witnesses than the quorum": (
        with_log(quorum=3),
        "signing.quorum",
        f"{IN_LOG}/quorum",
    ),
    "a quorum below none": (with_log(quorum=-1), "fields.out_of_range", f"{IN_LOG}/quorum"),
    "an operator that is no issuer": (
        with_log(operator="Văn phòng"),
        "signing.issuer",
        f"{IN_LOG}/operator",
    ),
    "the end of another log": (
        with_log(final=SEEN | {"origin": "other.example/log"}),
        "signing.log_final",
        f"{IN_LOG}/final/origin",
    ),
}


@pytest.mark.parametrize(("members", "code", "place"), FAULTS.values(), ids=FAULTS)
def test_a_bundle_that_is_well_signed_still_keeps_its_rules(
    members: dict[str, Any], code: str, place: str
) -> None:
    assert fault_of_bundle(edited(**members)) == (code, place)


GOOD: dict[str, dict[str, Any]] = {
    "GTINs of 8, 12, 13 and 14 digits": with_grant(
        gtins=["95200002", "614141000036", "9521234543213", "19521234543210"]
    ),
    "prefixes of 4 and 12 digits": with_grant(gtin_prefixes=["9521", "952123454321"]),
    "prefixes of a product and of a lot": with_grant(
        name_prefixes=[f"{PRODUCER.issuer}/A/", f"{PRODUCER.issuer}/A/L1/"]
    ),
    "plain names on a second namespace": {"namespaces": [HOST, "b.example:8443"]}
    | with_grant(name_prefixes=[f"https://b.example:8443/ocop/{PRODUCER.code}/"]),
    "an issuer that is just an https URI": with_key(issuer="https://coop.example:8443/did?x=1"),
    "seals that end with the statements": with_key(seal_until=PRODUCER_KEY["sign_until"]),
    "an office that has grants": with_key(role="authority"),
    "seals for as long as there are times": with_key(seal_until="8999-12-31T23:59:59Z"),
    "a label duty of a plain name": with_grant(labels=[DUTY | {"product": f"{PRODUCER.issuer}/A"}]),
    "a lost key with what was seen": with_revocation(
        reason="compromised", checkpoint=SEEN, batches=["00" * 16]
    ),
    "a key revoked twice": {"revocations": [LOST, LOST | {"reason": "compromised"}]},
    "log keys that overlap": with_log(
        keys=[VKEY | {"to_size": 12}, VKEY | {"from_size": 10, "to_size": None}]
    ),
    "a log without witnesses": with_log(witnesses=[], quorum=0),
    "a log that ended": with_log(final=SEEN),
    "a log in nobody's office": with_log(operator="https://log.example"),
}


@pytest.mark.parametrize("members", GOOD.values(), ids=GOOD)
def test_a_bundle_within_its_rules_is_loaded(members: dict[str, Any]) -> None:
    text = edited(**members)
    assert TrustBundle.load(signed_by_office(text), root=ROOT).text() == text


UNFORMED: dict[str, str] = {
    "a version that is text": edited(version="1"),
    "a time with an offset": edited(expires="2027-02-21T15:00:00+07:00"),
    "a time in seconds": edited(expires=1_803_196_800),
    "a member left to its default": edited_without("revocations"),
    "spaces": json.dumps(json.loads(bundle_file().signed)),
    "a member twice": bundle_file().signed.replace('"version":1}', '"version":1,"version":1}'),
}


@pytest.mark.parametrize("text", UNFORMED.values(), ids=UNFORMED)
def test_a_text_has_one_form_alone(text: str) -> None:
    with pytest.raises(SigningError) as caught:
        TrustBundle.load(signed_by_office(text), root=ROOT)
    assert caught.value.code in {"signing.signed_file", "json.duplicate_member"}


def test_every_fault_of_a_bundle_is_a_finding() -> None:
    text = edited(logs=[THE_LOG | {"quorum": 3}, THE_LOG])
    with pytest.raises(SigningError) as caught:
        TrustBundle.load(signed_by_office(text), root=ROOT)
    places = [finding.place for finding in caught.value.findings]  # type: ignore[attr-defined]
    assert places == ["/logs/0/quorum", "/logs/1/origin"]


HOSTILE: dict[str, tuple[dict[str, Any], str]] = {
    "a list of what are no keys": ({"keys": [1] * 5000}, "fields.not_object"),
    "a list of keys without members": ({"keys": [{}] * 5000}, "fields.missing"),
    "a list of kinds nobody knows": (with_grant(kinds=["advert"] * 5000), "fields.not_one_of"),
    "a crowd of unknown members": (
        {f"m{n}": n for n in range(5000)},
        "signing.too_many_faults",
    ),
    "a holder of five thousand names": (
        with_key(name={f"n{n}": "Mắm" for n in range(5000)}),
        "signing.holder_language",
    ),
}


@pytest.mark.parametrize(("members", "code"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_bundle_has_few_faults(members: dict[str, Any], code: str) -> None:
    with pytest.raises(SigningError) as caught:
        TrustBundle.of_text(edited(**members))
    assert caught.value.facts["reason"].code == code
    assert len(caught.value.findings) <= len(json.loads(KEYS[0].text()))


def test_a_text_over_4_mib_is_not_read() -> None:
    with pytest.raises(SigningError) as caught:
        TrustBundle.of_text(" " * (MAX_FILE_BYTES + 1))
    assert caught.value.code == "signing.too_large"


def test_whoever_makes_a_bundle_is_told_the_rule_itself() -> None:
    with pytest.raises(SigningError) as caught:
        publish(logs=(log_entry(quorum=3),))
    assert (caught.value.code, caught.value.place) == ("signing.quorum", "/logs/0/quorum")


@pytest.mark.parametrize(
    ("now", "lifetime", "place"),
    [
        (datetime.max.replace(tzinfo=UTC), timedelta(days=90), "/issued"),
        (datetime.max.replace(tzinfo=timezone(timedelta(hours=-12))), timedelta(1), "/issued"),
    ],
)
def test_no_bundle_is_made_beyond_the_years(now: datetime, lifetime: timedelta, place: str) -> None:
    with pytest.raises(SigningError) as caught:
        bundle_file(now=now, lifetime=lifetime)
    assert (caught.value.code, caught.value.place) == ("signing.time", place)


@pytest.mark.parametrize("lifetime", [SEALS_UNTIL - NOW, timedelta.max], ids=["just", "longer"])
def test_a_bundle_is_made_to_end_with_its_root_at_the_latest(lifetime: timedelta) -> None:
    assert publish(lifetime=lifetime).expires == SEALS_UNTIL


def test_whoever_makes_a_grant_is_told_the_rule_itself() -> None:
    with pytest.raises(SigningError) as caught:
        Grant.of(**grant().model_dump() | {"gtin_prefixes": ("952",)})
    assert (caught.value.code, caught.value.place) == ("signing.gtin_prefix", "/gtin_prefixes/0")


def test_each_rule_of_the_page_has_a_case() -> None:
    page = SPEC.read_text(encoding="utf-8")
    table = page[page.index("## What a bundle holds") : page.index("## To load a bundle")]
    codes = set(re.findall(r"`(signing\.[a-z_]+)`", table))
    # More than 16 keys of one hint cannot be made: tests/signing/test_root_and_bundle.py.
    assert codes - {"signing.hint_shared"} == {
        code for _, code, _ in FAULTS.values() if code in codes
    }
    unnamed = {code for _, code, _ in FAULTS.values() if code.startswith("signing.")} - codes
    # What a key itself breaks stands with statements.
    assert unnamed == {
        "signing.bad_point",
        "signing.not_base64url",
        "signing.not_deterministic",
    }
