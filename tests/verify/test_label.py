from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocoptrace.gs1 import parse_name
from ocoptrace.messages import LANGUAGES
from ocoptrace.signing import PublicKey, Root, Seal, base64url, sign_seal
from ocoptrace.signing.bundle import LabelDuty, Revocation
from ocoptrace.verify import Verdict, verify_label
from village import (
    A_DAY,
    BATCH,
    FOREIGN_BATCH,
    HOST,
    ITEM,
    KEYS,
    NEIGHBOUR,
    NOW,
    OFFICE,
    PRODUCER,
    PRODUCT,
    SEALS_UNTIL,
    STRANGER,
    es256,
    grant,
    key_entry,
    publish,
    root_file,
    sealed,
)

if TYPE_CHECKING:
    from ocoptrace.signing import TrustBundle

TRUST = publish()
PLAIN = f"{PRODUCER.issuer}/MAMTOM/L1/0123456789AB"
SHELF_DATE = date(2028, 9, 14)
LABEL = sealed(shelf_date=SHELF_DATE)
LINK, NUMBER = LABEL.split("#")
ETERNAL_ROOT = root_file(expires=datetime(2099, 1, 1, tzinfo=UTC)).to_bytes()


def verdict_of(text: str, trust: TrustBundle = TRUST, *, now: datetime = NOW) -> Verdict:
    """Return the verdict on a label, having listened to all that it says."""
    verdict = verify_label(text, trust=trust, now=now)
    for language in LANGUAGES:
        for said in (verdict.headline(language), *(c.text(language) for c in verdict.checks)):
            assert not said.startswith("verdict.")
            assert "{" not in said
    return verdict


def overall(text: str, trust: TrustBundle = TRUST, *, now: datetime = NOW) -> str:
    return verify_label(text, trust=trust, now=now).overall


def found(outcome: str, verdict: Verdict) -> set[tuple[str, str]]:
    return {(check.code, check.reason) for check in verdict.checks if check.outcome == outcome}


def with_seal(seal: Seal, name: str = ITEM) -> str:
    return parse_name(name).to_uri(host=HOST, upper=True, fragment=seal.number)


def test_a_sealed_item_is_ok_offline_at_best() -> None:
    verdict = verdict_of(LABEL)
    assert (verdict.about, verdict.overall) == (ITEM, "ok_offline")
    assert found("fail", verdict) == found("warn", verdict) == set()
    assert (verdict.exit_code(), verdict.exit_code(strict=True)) == (0, 1)


@pytest.mark.parametrize("name", [PLAIN, BATCH, PRODUCT, f"{PRODUCT}/21/0123456789AB"])
def test_any_name_of_the_producers_can_be_sealed(name: str) -> None:
    assert overall(sealed(name)) == "ok_offline"


def test_a_seal_by_an_ed25519_key_is_as_good() -> None:
    assert overall(sealed(FOREIGN_BATCH, by=NEIGHBOUR)) == "ok_offline"


def test_every_form_of_a_link_verifies_alike() -> None:
    name = f"{PRODUCT}/10/Lo+7%2F1/21/A"
    number = sealed(name).split("#")[1]
    forms = [
        f"https://id.gs1.org/01/09521234543213/10/Lo+7%2F1/21/A#{number}",
        f"HTTPS://ID.EXAMPLE/01/09521234543213/10/Lo+7%2f1/21/A#{number}",
        f"http://shop.example:8080/a/stem/01/09521234543213/10/%4co%2B7%2F1/21/%41#{number}",
        f"https://192.0.2.7/01/09521234543213/10/Lo%2b7%2F1/21/A#{number}",
    ]
    verdicts = [verdict_of(form) for form in forms]
    assert {(v.about, v.overall) for v in verdicts} == {
        (f"{PRODUCT}/10/Lo%2B7%2F1/21/A", "ok_offline")
    }


@pytest.mark.parametrize(
    ("gtin", "shorter"),
    [
        ("09521234543213", ["9521234543213"]),
        ("00012345600012", ["0012345600012", "012345600012"]),
        ("00000095200002", ["0000095200002", "000095200002", "95200002"]),
    ],
)
def test_a_gtin_of_any_length_is_one_name(gtin: str, shorter: list[str]) -> None:
    right = grant(gtins=(gtin,))
    trust = publish(keys=(KEYS[0], key_entry(PRODUCER, right)))
    name = f"https://id.gs1.org/01/{gtin}/10/L1"
    number = sealed(name).split("#")[1]
    for digits in [gtin, *shorter]:
        for start in ("HTTPS://ID.EXAMPLE", "http://shop.example/a/stem"):
            verdict = verdict_of(f"{start}/01/{digits}/10/L1#{number}", trust)
            assert (verdict.about, verdict.overall) == (name, "ok_offline")
    assert overall(f"https://id.example/01/{gtin[5:]}/10/L1#{number}", trust) == "malformed"


def test_the_attributes_of_a_link_are_sealed_with_it() -> None:
    dated = f"{ITEM}?17=280914&11=260915"
    label = sealed(dated)
    number = label.split("#")[1]
    assert overall(label) == "ok_offline"
    reordered = f"{ITEM}?11=260915&17=280914#{number}"
    assert overall(reordered) == "ok_offline"
    assert overall(f"{ITEM}?11=260915&17=290914#{number}") == "altered"
    assert overall(f"{ITEM}#{number}") == "altered"
    assert overall(f"{ITEM}?17=280914#{NUMBER}") == "altered"


def test_a_plain_name_has_its_own_host() -> None:
    label = sealed(PLAIN)
    assert overall(label.replace("ID.EXAMPLE", "id.example")) == "ok_offline"
    verdict = verdict_of(label.replace("ID.EXAMPLE", "SHOP.EXAMPLE"))
    assert (verdict.overall, found("fail", verdict)) == (
        "unknown_issuer",
        {("issuer", "namespace")},
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Mắm tôm Sóng Trăng",
        "https://id.example/",
        f"ftp://{HOST}/01/09521234543213",
        "https://id.example/01/09521234543214",
        f"{LINK}#{NUMBER[:-1]}",
        f"{LINK}#{NUMBER}0",
        f"{LINK}#{'9' * 172}",
        f"{LINK}#section",
        f"{LINK}#{NUMBER}#{NUMBER}",
        f"{LINK}#{NUMBER[:-1]}\u0661",
        f"{LINK}#{' ' + NUMBER}",
        f"{ITEM}/22/x/10/L1#{NUMBER}",
        "x" * 5000,
        "\ud800",
        "https://id.example/01/09521234543213/10/%ff",
    ],
)
def test_what_is_no_label_is_malformed(text: str) -> None:
    verdict = verdict_of(text)
    assert (verdict.overall, found("fail", verdict)) == ("malformed", {("format", "")})
    assert verdict.exit_code() == 1


def test_what_is_wrong_is_said_in_the_language_asked_for() -> None:
    verdict = verdict_of(f"{LINK}#{NUMBER}0")
    said = {language: verdict.checks[0].text(language) for language in LANGUAGES}
    assert "Dấu niêm có 172 chữ số" in said["vi"]
    assert "A seal has 172 digits" in said["en"]


def test_a_label_without_a_seal_proves_nothing() -> None:
    for text in (LINK, LINK + "#"):
        verdict = verdict_of(text)
        assert (verdict.overall, found("fail", verdict)) == ("unproven", {("seal", "absent")})
        assert found("warn", verdict) == set()


@pytest.mark.parametrize(
    ("plain", "good"),
    [
        ("https://id.example/ocop/7K3M9QAB/MAMTOM/L1/0123456789AB", True),
        ("HTTPS://ID.EXAMPLE/OCOP/7K3M9QAB/MAMTOM/L1/0123456789AB", True),
        ("HTTPS://id.Example/ocop/7K3M9QAB/MAMTOM/L1/0123456789AB", True),
        ("https://id.example/ocop/7k3m9qab/MAMTOM/L1/0123456789AB", False),
        ("https://id.example/ocop/7K3M9QAB/MAMTOM/l1/0123456789AB", False),
        ("https://id.example/a/ocop/7K3M9QAB/MAMTOM/L1/0123456789AB", False),
        ("https://id.example/ocop/7K3M9QAB/%4DAMTOM/L1/0123456789AB", False),
    ],
)
def test_a_plain_name_has_one_spelling_but_for_its_literals(plain: str, *, good: bool) -> None:
    number = sealed(PLAIN).split("#")[1]
    assert (overall(f"{plain}#{number}") == "ok_offline") == good


def test_a_seal_under_the_old_plain_name_outlives_an_alias() -> None:
    """The alias is a statement in the log; the name that was sealed stays the label's name."""
    batch = PLAIN.rpartition("/")[0]
    assert verdict_of(sealed(batch)).about == batch
    assert overall(sealed(batch)) == overall(sealed(BATCH)) == "ok_offline"
    # Lots keep their spelling under either name: a seal does not pass from one to the other.
    number = sealed(batch).split("#")[1]
    assert overall(f"{BATCH}#{number}") == "altered"


def with_duty(due: Any, since: date = date(2026, 6, 1)) -> TrustBundle:
    duty = LabelDuty(product=PRODUCT, due=due, since=since)
    return publish(keys=(KEYS[0], key_entry(PRODUCER, grant(labels=(duty,)))))


@pytest.mark.parametrize("due", ["batch", "item"])
def test_a_seal_that_is_due_is_missed(due: str) -> None:
    verdict = verdict_of(LINK, with_duty(due))
    assert found("warn", verdict) == {("level", "seal_missing")}
    assert verdict.overall == "unproven"
    assert overall(LABEL, with_duty(due)) == "ok_offline"


def test_a_seal_is_missed_from_the_day_that_it_is_due() -> None:
    trust = with_duty("item", date(2026, 12, 1))
    midnight = datetime(2026, 11, 30, 17, tzinfo=UTC)
    assert found("warn", verdict_of(LINK, trust, now=midnight - timedelta(seconds=1))) == set()
    assert found("warn", verdict_of(LINK, trust, now=midnight)) == {("level", "seal_missing")}
    assert found("warn", verdict_of(LINK, with_duty("none"))) == set()


def test_of_several_duties_that_have_begun_the_strictest_counts() -> None:
    def duties(*listed: tuple[Any, date]) -> TrustBundle:
        labels = [LabelDuty(product=PRODUCT, due=due, since=since) for due, since in listed]
        first, rest = grant(labels=tuple(labels[:1])), grant(labels=tuple(labels[1:]))
        return publish(keys=(KEYS[0], key_entry(PRODUCER, first, rest)))

    begun, ahead = date(2026, 6, 1), date(2027, 6, 1)
    for listed, outcome in (
        ((("batch", begun), ("item", begun)), "warn"),
        ((("item", begun), ("batch", begun)), "warn"),
        ((("none", begun), ("item", begun)), "warn"),
        ((("batch", begun), ("item", ahead)), "pass"),
        ((("item", ahead), ("none", begun)), "pass"),
    ):
        check = verdict_of(sealed(BATCH), duties(*listed)).check("level")
        assert check is not None
        assert (check.outcome, check.reason) == (outcome, "seal_batch_level")


def test_a_seal_of_a_batch_says_that_every_pack_bears_it() -> None:
    verdict = verdict_of(sealed(BATCH))
    assert ("level", "seal_batch_level") in found("pass", verdict)
    assert verdict.overall == "ok_offline"
    missed = verdict_of(sealed(BATCH), with_duty("item"))
    assert (missed.overall, found("warn", missed)) == ("warn", {("level", "seal_batch_level")})
    assert overall(sealed(BATCH), with_duty("batch")) == "ok_offline"


def test_parameters_that_nobody_signed_are_named() -> None:
    verdict = verdict_of(f"{LINK}?utm=tet&linkType=all#{NUMBER}")
    assert (verdict.overall, found("warn", verdict)) == (
        "warn",
        {("parameters", "unsigned_parameter")},
    )
    check = verdict.check("parameters")
    assert check is not None
    assert check.facts["names"] == "utm, linkType"


def test_the_shelf_day_is_good_until_midnight_in_vietnam() -> None:
    label = sealed(shelf_date=date(2026, 12, 1))
    midnight = datetime(2026, 12, 1, 17, tzinfo=UTC)
    assert overall(label, now=midnight - timedelta(seconds=1)) == "ok_offline"
    verdict = verdict_of(label, now=midnight)
    assert (verdict.overall, found("warn", verdict)) == ("warn", {("shelf_life", "expired")})


def shelf_life(label: str, *, now: datetime = NOW) -> tuple[str, str]:
    """Return how the check of the shelf life comes out, and the last day."""
    check = verdict_of(label, now=now).check("shelf_life")
    return ("", "") if check is None else (check.outcome, str(check.facts["until"]))


def test_the_shelf_life_is_the_earliest_day_that_is_signed() -> None:
    seal_day = date(2028, 9, 14)
    for query, shelf_date, until in (
        ("?17=280912", None, "2028-09-12"),
        ("?15=280913", None, "2028-09-13"),
        ("?15=280913&17=280912", None, "2028-09-12"),
        ("?17=280912", seal_day, "2028-09-12"),
        ("?17=290101", seal_day, "2028-09-14"),
        ("?17=280900", None, "2028-09-30"),
        ("?11=260915", seal_day, "2028-09-14"),
        ("?17=500101", None, "2050-01-01"),
    ):
        assert shelf_life(sealed(ITEM + query, shelf_date=shelf_date)) == ("pass", until)
    assert shelf_life(sealed(ITEM + "?11=260915")) == ("", "")
    past = sealed(ITEM + "?17=261101", shelf_date=seal_day)
    assert shelf_life(past) == ("warn", "2026-11-01")
    assert overall(past) == "warn"


def test_a_leap_day_of_a_year_that_has_none_says_nothing() -> None:
    label = sealed(ITEM + "?17=000229")
    assert shelf_life(label) == ("warn", "2000-02-29")
    later = publish(2, now=datetime(2051, 11, 23, tzinfo=UTC), root=Root.load(ETERNAL_ROOT))
    verdict = verify_label(label, trust=later, now=datetime(2051, 11, 23, tzinfo=UTC))
    assert verdict.check("shelf_life") is None


def test_without_a_seal_a_date_in_the_link_is_nobodys_word() -> None:
    assert shelf_life(f"{ITEM}?17=261101") == ("", "")


def test_a_seal_does_not_pass_to_another_text() -> None:
    for name in (BATCH, ITEM + "0", f"{PRODUCT}/21/0123456789AB", FOREIGN_BATCH, PLAIN):
        verdict = verdict_of(parse_name(name).to_uri(fragment=NUMBER))
        assert (verdict.overall, found("fail", verdict)) == (
            "altered",
            {("signature", "forged_seal")},
        )


def test_redating_is_noticed() -> None:
    seal = Seal.parse(NUMBER)
    later = Seal(seal.algorithm, seal.hint, seal.shelf_day + 180, seal.signature)
    assert overall(with_seal(later)) == "altered"
    undated = Seal(seal.algorithm, seal.hint, 0, seal.signature)
    assert overall(with_seal(undated)) == "altered"


def test_the_high_twin_of_a_signature_is_altered() -> None:
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    seal = Seal.parse(NUMBER)
    high = (order - int.from_bytes(seal.signature[32:])).to_bytes(32)
    twin = Seal(seal.algorithm, seal.hint, seal.shelf_day, seal.signature[:32] + high)
    assert overall(with_seal(twin)) == "altered"


def test_a_seal_of_a_stranger_is_of_an_unknown_issuer() -> None:
    verdict = verdict_of(sealed(by=STRANGER))
    assert (verdict.overall, found("fail", verdict)) == ("unknown_issuer", {("issuer", "no_key")})


def test_a_stranger_who_borrows_the_hint_is_a_forger() -> None:
    stolen = Seal.parse(sealed(by=STRANGER).split("#")[1])
    hint = PRODUCER.signer.public_key.hint
    forged = Seal(stolen.algorithm, hint, 0, stolen.signature)
    assert overall(with_seal(forged)) == "altered"


def test_keys_that_share_a_hint_are_all_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    keys = [es256(n).public_key for n in range(60, 76)]
    kids = {key.cose_key: bytes(4) + key.thumbprint[:4] for key in keys}
    real = PublicKey.kid.fget
    monkeypatch.setattr(PublicKey, "kid", property(lambda key: kids.get(key.cose_key) or real(key)))
    monkeypatch.setattr(PublicKey, "hint", property(lambda key: key.kid[:4]))
    entries = [key_entry(PRODUCER, grant(), key=base64url.encode(key.cose_key)) for key in keys]
    trust = publish(keys=(*KEYS, *entries))
    assert len(trust.by_hint(bytes(4))) == 16
    for number in (60, 75):
        seal = sign_seal(ITEM, shelf_date=None, signer=es256(number))
        assert seal.hint == bytes(4)
        assert overall(with_seal(seal), trust) == "ok_offline"
    forged = Seal("ES256", bytes(4), 0, Seal.parse(NUMBER).signature)
    assert overall(with_seal(forged), trust) == "altered"


def test_who_may_not_seal_this_is_not_entitled() -> None:
    for label, why in (
        (sealed(FOREIGN_BATCH, by=PRODUCER), "name"),
        (sealed(by=NEIGHBOUR), "name"),
        (sealed(by=OFFICE), "role"),
    ):
        verdict = verdict_of(label)
        assert (verdict.overall, found("fail", verdict)) == (
            "not_entitled",
            {("entitlement", why)},
        )
    no_seals = publish(keys=(KEYS[0], key_entry(PRODUCER, grant(kinds=("batch",)))))
    assert found("fail", verdict_of(LABEL, no_seals)) == {("entitlement", "kind")}


def test_seals_outlive_the_right_to_state_and_then_end() -> None:
    last = publish(now=SEALS_UNTIL - A_DAY)
    assert overall(sealed(), last, now=SEALS_UNTIL - timedelta(seconds=1)) == "ok_offline"
    verdict = verdict_of(sealed(), last, now=SEALS_UNTIL)
    assert (verdict.overall, found("fail", verdict)) == ("unproven", {("period", "")})


def revoked(reason: str, *batches: str) -> TrustBundle:
    digests = [hashlib.sha256(batch.encode()).hexdigest()[:32] for batch in batches]
    revocation = Revocation.model_validate(
        {
            "key": PRODUCER.signer.public_key.thumbprint.hex(),
            "reason": reason,
            "at": NOW,
            "batches": digests,
        }
    )
    return publish(revocations=(revocation,))


def test_seals_of_a_key_that_retired_stay_good() -> None:
    for reason in ("superseded", "ceased"):
        assert overall(LABEL, revoked(reason)) == "ok_offline"


def test_seals_of_a_key_that_was_lost_are_revoked() -> None:
    for trust in (revoked("compromised"), revoked("compromised", FOREIGN_BATCH, PRODUCT)):
        verdict = verdict_of(LABEL, trust)
        assert (verdict.overall, found("fail", verdict)) == (
            "revoked",
            {("revocation", "seal_revoked")},
        )


def test_batches_that_the_office_knows_outlive_a_lost_key() -> None:
    trust = revoked("compromised", FOREIGN_BATCH, BATCH)
    verdict = verdict_of(LABEL, trust)
    assert (verdict.overall, found("warn", verdict)) == (
        "warn",
        {("revocation", "seal_key_lost_batch_known")},
    )
    assert overall(sealed(PRODUCT), trust) == "revoked"


def test_a_key_that_was_lost_twice_has_its_batch_in_both_lists() -> None:
    once = revoked("compromised", BATCH).revocations
    without = revoked("compromised", FOREIGN_BATCH).revocations
    for revocations, outcome in (
        ((*once, *once), "warn"),
        ((*once, *without), "fail"),
        ((*without, *once), "fail"),
        ((*once, *revoked("ceased").revocations), "warn"),
    ):
        check = verdict_of(LABEL, publish(revocations=revocations)).check("revocation")
        assert check is not None
        assert check.outcome == outcome


def test_a_lost_key_of_things_without_batches_is_revoked() -> None:
    """An ITIP has a lot, and is no product: it has no batch that an office could list."""
    trust = revoked("compromised", BATCH)
    for key in ("00/095212345432100010", "8006/095212345432130102/10/L1"):
        assert overall(sealed(f"https://id.gs1.org/{key}"), trust) == "revoked"


def test_a_bundle_expires_and_is_too_old() -> None:
    expiry = TRUST.expires
    assert found("warn", verdict_of(LABEL, now=expiry)) == {("bundle", "bundle_expired")}
    late = expiry + timedelta(days=90)
    assert overall(LABEL, now=late - timedelta(seconds=1)) == "warn"
    verdict = verdict_of(LABEL, now=late)
    assert (verdict.overall, found("fail", verdict)) == ("unproven", {("bundle", "bundle_too_old")})


def test_a_clock_that_is_behind_is_noted() -> None:
    verdict = verdict_of(LABEL, now=datetime(1970, 1, 1, tzinfo=UTC))
    assert (verdict.overall, found("warn", verdict)) == ("warn", {("clock", "clock_behind")})


@pytest.mark.parametrize("key", ["00/095212345432100010", "414/9521234000006"])
def test_things_that_are_no_goods_are_judged_too(key: str) -> None:
    name = f"https://id.gs1.org/{key}"
    assert overall(name) == "unproven"
    assert overall(sealed(name)) == "ok_offline"


GOOD = {"ok", "ok_offline"}
AFTER_HOST = LABEL.index("/01/")
PLAIN_LABEL = sealed(PLAIN)
CHARACTERS = st.characters(codec="ascii", exclude_categories=["Cc"])


@given(at=st.integers(AFTER_HOST, len(LABEL) - 1), character=CHARACTERS)
def test_no_changed_character_of_a_sealed_link_is_good(at: int, character: str) -> None:
    changed = LABEL[:at] + character + LABEL[at + 1 :]
    assert (overall(changed) in GOOD) == (changed == LABEL)


@given(at=st.integers(AFTER_HOST, len(LABEL) - 1), more=st.text(CHARACTERS, max_size=3))
def test_nothing_put_in_or_taken_out_is_good(at: int, more: str) -> None:
    end = at + 1 if not more else at
    changed = LABEL[:at] + more + LABEL[end:]
    verdict = verify_label(changed, trust=TRUST, now=NOW)
    assert verdict.overall not in GOOD or verdict.about == ITEM
    assert verdict.overall not in GOOD or "?" not in more


@given(at=st.integers(0, len(PLAIN_LABEL) - 1), character=CHARACTERS)
def test_no_changed_character_of_a_plain_name_is_good(at: int, character: str) -> None:
    changed = PLAIN_LABEL[:at] + character + PLAIN_LABEL[at + 1 :]
    if overall(changed) in GOOD:
        assert changed.partition("#")[0].upper() == PLAIN_LABEL.partition("#")[0]
        assert changed.partition("#")[2] == PLAIN_LABEL.partition("#")[2]


@given(st.text(max_size=60) | st.from_regex(r"https://[a-z.]{1,9}/[01/A-Z#?=]{0,40}"))
def test_any_text_gets_a_verdict(text: str) -> None:
    assert overall(text) not in GOOD
