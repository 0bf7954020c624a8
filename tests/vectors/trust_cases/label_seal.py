"""The seal: whose key, over which text, for how long, and whether there ought to be one."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import cbor2

from ocoptrace.gs1 import parse_name
from ocoptrace.signing import Root, Seal
from ocoptrace.signing.bundle import LabelDuty
from vectors.trust_cases.case import TRUST, bundle_file, label
from vectors.trust_cases.forging import ED25519_ORDER, P256_ORDER
from vectors.trust_cases.label_form import BATCH_LEVEL, LINK, NUMBER, PLAIN, forged
from vectors.trust_cases.revocation import revocation, revoking
from village import (
    A_DAY,
    BATCH,
    CLOSED,
    FOREIGN_BATCH,
    FOUNDED,
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
    Party,
    es256,
    grant,
    key_entry,
    root_file,
    sealed,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ocoptrace.signing.keys import Algorithm
    from vectors.trust_cases.case import Case

A_SECOND = timedelta(seconds=1)
SEAL = Seal.parse(NUMBER)
ONE_HINT = (Party(PRODUCER.code, es256(8203)), Party(PRODUCER.code, es256(74663)))
"""Two keys whose thumbprints begin with the same 4 bytes, 3fbfd612: found by trying."""
SHELF_DATE = date(2026, 12, 1)
MIDNIGHT = datetime(2026, 12, 1, 17, tzinfo=UTC)
NOT_LOOKED_AT = ("-signature", "-entitlement", "-revocation", "-level")


def with_seal(seal: Seal, name: str = ITEM) -> str:
    return parse_name(name).to_uri(host=HOST, upper=True, fragment=seal.number)


def granted(**changes: Any) -> bytes:
    """Return a second bundle in which the producer's grant is another."""
    return bundle_file(2, keys=[KEYS[0], key_entry(PRODUCER, grant(**changes)), KEYS[2]]).to_bytes()


def due(level: str, since: date = date(2026, 6, 1)) -> bytes:
    """Return a second bundle which says that this product's labels carry a seal."""
    duty = LabelDuty.model_validate({"product": PRODUCT, "due": level, "since": since})
    return granted(labels=(duty,))


def cases() -> Iterator[Case]:
    """Yield seals by key and text, by right, by time, then labels without one."""
    yield from forgeries()
    yield from of_others()
    yield from hints()
    yield from rights()
    yield from periods()
    yield from lost_keys()
    yield from shelf_days()
    yield from dates_in_the_link()
    yield from duties()
    yield from duties_of_several()
    yield from ages()


def forgeries() -> Iterator[Case]:
    signature = SEAL.signature
    r, s = signature[:32], int.from_bytes(signature[32:])
    flipped = bytes((signature[0] ^ 1,)) + signature[1:]
    seals: dict[str, tuple[str, Seal]] = {
        "bit": ("A bit of the signature is flipped.", replace(SEAL, signature=flipped)),
        "high-s": (
            "s is n - s: it verifies, and is not its one form.",
            replace(SEAL, signature=r + (P256_ORDER - s).to_bytes(32)),
        ),
        "zero": ("A signature of zeros.", replace(SEAL, signature=bytes(64))),
        "dated": ("A shelf day was put in.", replace(SEAL, shelf_day=3179)),
        "version": ("Version 2 (Ed25519) for a P-256 key.", replace(SEAL, algorithm="Ed25519")),
        "version-signed": (
            "Version 2, and the P-256 key signed just that.",
            resealed(SEAL, "Ed25519", PRODUCER, ITEM),
        ),
        "of-payload": (
            "The key signed the bare payload.",
            replace(SEAL, signature=PRODUCER.signer.sign(cbor2.dumps([ITEM, 0]))),
        ),
        "of-link": (
            "The key signed the text of the link.",
            replace(SEAL, signature=PRODUCER.signer.sign(LINK.encode())),
        ),
        "of-printed-form": (
            "The key sealed the link as printed, not its canonical name.",
            replace(SEAL, signature=sealed_raw(LINK)),
        ),
        "borrowed-hint": (
            "A stranger's signature under the producer's hint.",
            replace(SEAL, signature=Seal.parse(number(sealed(by=STRANGER))).signature),
        ),
    }
    for name, (says, seal) in seals.items():
        yield forged(f"seal-{name}", says, with_seal(seal))
    moved = {
        "other-item": ("of another item", f"{BATCH}/21/0123456789BA"),
        "batch": ("of the batch", BATCH),
        "other-lot": ("of an item of another lot", ITEM.replace("/L1/", "/L2/")),
        "product": ("of the product", PRODUCT),
        "neighbours": ("of the neighbour's batch", FOREIGN_BATCH),
        "plain": ("of a plain name", PLAIN),
    }
    for name, (what, about) in moved.items():
        says = f"The seal of an item on the label {what}."
        yield forged(f"seal-moved-{name}", says, with_seal(SEAL, about), about=about)
    with_day = Seal.parse(number(sealed(shelf_date=SHELF_DATE)))
    days = {"later": with_day.shelf_day + 180, "none": 0, "first": 1}
    for name, day in days.items():
        says = f"The shelf day was changed from {with_day.shelf_day} to {day}."
        seal = replace(with_day, shelf_day=day)
        yield forged(f"seal-redated-{name}", says, with_seal(seal))
    ed25519 = Seal.parse(number(sealed(FOREIGN_BATCH, by=NEIGHBOUR)))
    s = int.from_bytes(ed25519.signature[32:], "little") + ED25519_ORDER
    twin = replace(ed25519, signature=ed25519.signature[:32] + s.to_bytes(32, "little"))
    says = "The order of the group is added to S of an Ed25519 seal."
    text = with_seal(twin, FOREIGN_BATCH)
    yield forged("seal-ed25519-plus-order", says, text, about=FOREIGN_BATCH)
    says = "Version 1 (ES256) for an Ed25519 key."
    text = with_seal(replace(ed25519, algorithm="ES256"), FOREIGN_BATCH)
    yield forged("seal-ed25519-version", says, text, about=FOREIGN_BATCH)
    says = "Version 1, and the Ed25519 key signed just that."
    text = with_seal(resealed(ed25519, "ES256", NEIGHBOUR, FOREIGN_BATCH), FOREIGN_BATCH)
    yield forged("seal-ed25519-version-signed", says, text, about=FOREIGN_BATCH)


def resealed(seal: Seal, algorithm: Algorithm, party: Party, name: str) -> Seal:
    """Return a seal of the version of another algorithm, signed by the key as it then stands."""
    other = replace(seal, algorithm=algorithm)
    message = other.expand(party.signer.public_key, name)
    return replace(other, signature=party.signer.sign(message.sig_structure()))


def sealed_raw(form: str) -> bytes:
    """Return the producer's signature over a signed form that is not canonical."""
    message = SEAL.expand(PRODUCER.signer.public_key, form)
    return PRODUCER.signer.sign(message.sig_structure())


def number(text: str) -> str:
    return text.partition("#")[2]


def of_others() -> Iterator[Case]:
    says = "A seal of a key that the bundle does not list."
    given = ("unknown_issuer", *NOT_LOOKED_AT, "issuer fail no_key")
    yield label("seal-no-key", says, sealed(by=STRANGER), *given)
    says = "A hint of zeros."
    yield label("seal-hint-zero", says, with_seal(replace(SEAL, hint=bytes(4))), *given)
    says = "The producer's key is no longer listed."
    without = bundle_file(2, keys=[KEYS[0], KEYS[2]]).to_bytes()
    yield label("seal-key-gone", says, sealed(), *given, bundle=without)


def hints() -> Iterator[Case]:
    keys = [KEYS[0], *(key_entry(party, grant()) for party in ONE_HINT)]
    both = bundle_file(2, keys=keys).to_bytes()
    for place, party in zip(("first", "second"), ONE_HINT, strict=True):
        says = f"Two keys share the hint, and the {place} of them sealed this."
        yield label(f"seal-hint-shared-{place}", says, sealed(by=party), "ok_offline", bundle=both)
    seal = replace(SEAL, hint=ONE_HINT[0].signer.public_key.hint)
    says = "Two keys share the hint, and neither of them sealed this."
    yield replace(forged("seal-hint-shared-none", says, with_seal(seal)), bundle=both)
    says = "Two keys share the hint; the one that sealed this has no grant for it."
    other = key_entry(ONE_HINT[1], grant(gtin_prefixes=("9520000",)))
    parted = bundle_file(2, keys=[*keys[:2], other]).to_bytes()
    given = ("not_entitled", "entitlement fail name")
    yield label("seal-hint-shared-no-grant", says, sealed(by=ONE_HINT[1]), *given, bundle=parted)


def rights() -> Iterator[Case]:
    name, kind = "entitlement fail name", "entitlement fail kind"
    says = "The producer sealed the neighbour's batch."
    text, foreign = sealed(FOREIGN_BATCH), {"about": FOREIGN_BATCH}
    yield label("seal-of-other", says, text, "not_entitled", name, BATCH_LEVEL, **foreign)
    says = "The neighbour sealed the producer's item."
    yield label("seal-by-other", says, sealed(by=NEIGHBOUR), "not_entitled", name)
    says = "The office sealed an item: offices seal nothing."
    given = ("not_entitled", "entitlement fail role")
    yield label("seal-by-office", says, sealed(by=OFFICE), *given)
    gtin_8 = "https://id.gs1.org/01/00000095200002/10/L1"
    given = ("not_entitled", name, BATCH_LEVEL)
    says = "A GTIN-8, which no prefix covers."
    yield label("seal-gtin-8", says, sealed(gtin_8), *given, about=gtin_8)
    says = "A GTIN-8 that is granted."
    given = ("ok_offline", BATCH_LEVEL)
    bundle = granted(gtins=("95200002",))
    yield label("seal-gtin-8-granted", says, sealed(gtin_8), *given, about=gtin_8, bundle=bundle)
    says = "No seals are granted."
    bundle = granted(kinds=("batch", "event"))
    yield label("seal-kind", says, sealed(), "not_entitled", kind, bundle=bundle)
    says = "Nothing but seals is granted."
    yield label("seal-kind-alone", says, sealed(), "ok_offline", bundle=granted(kinds=("seal",)))
    other = f"{NEIGHBOUR.issuer}/MAMTOM/L1"
    says = "The producer sealed a plain name of the neighbour's."
    given = ("not_entitled", name, BATCH_LEVEL)
    yield label("seal-plain-of-other", says, sealed(other), *given, about=other)
    alike = f"{PRODUCER.issuer}X/MAMTOM/L1"
    says = "The producer sealed a plain name of one whose code begins alike."
    yield label("seal-plain-alike", says, sealed(alike), *given, about=alike)
    elsewhere = PLAIN.replace(HOST, "other.example")
    says = "A plain name on another namespace of the bundle, which is not granted."
    bundle = bundle_file(2, namespaces=(HOST, "other.example")).to_bytes()
    text = sealed(elsewhere, host=None)
    given = ("not_entitled", name)
    yield label("seal-plain-other-host", says, text, *given, about=elsewhere, bundle=bundle)


def periods() -> Iterator[Case]:
    period = ("unproven", "-entitlement", "period fail")
    # No bundle outlives its root, and this one is to be fresh when the seals end.
    root = root_file(expires=SEALS_UNTIL + A_DAY)
    last = bundle_file(2, now=SEALS_UNTIL - A_DAY, root=Root.load(root.to_bytes())).to_bytes()
    files = {"bundle": last, "root": root.to_bytes()}
    says = "Long after the key's last statement, in the last second of its seals."
    now = SEALS_UNTIL - A_SECOND
    yield label("seal-last-second", says, sealed(), "ok_offline", now=now, **files)
    says = "A second later the time of its seals is over."
    yield label("seal-over", says, sealed(), *period, now=SEALS_UNTIL, **files)
    says = "The time of the key's statements is over, and that of its seals is not."
    bundle = bundle_file(2, now=CLOSED).to_bytes()
    yield label("seal-after-statements", says, sealed(), "ok_offline", bundle=bundle, now=CLOSED)
    later = {"sign_from": NOW + A_SECOND}
    says = "A key whose time begins a second later."
    bundle = bundle_file(2, keys=[KEYS[0], key_entry(PRODUCER, grant(), **later)]).to_bytes()
    yield label("seal-key-not-yet", says, sealed(), *period, bundle=bundle)
    says = "A grant that begins a second later."
    bundle = granted(from_=NOW + A_SECOND)
    yield label("seal-grant-not-yet", says, sealed(), *period, bundle=bundle)
    says = "A grant that is over: what was sealed under it stays sealed."
    bundle = granted(until=FOUNDED + A_DAY)
    yield label("seal-grant-over", says, sealed(), "ok_offline", bundle=bundle)
    says = "The device's clock says that the time has not come; the bundle says that it has."
    given = ("warn", "clock warn clock_behind")
    yield label("seal-clock-behind", says, sealed(), *given, now=FOUNDED - A_DAY)


def digest(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:32]


def lost_keys() -> Iterator[Case]:
    revoked = ("revoked", "revocation fail seal_revoked")
    known = ("warn", "revocation warn seal_key_lost_batch_known")
    for reason in ("superseded", "ceased"):
        says = f"The key was {reason}: its seals stay good."
        bundle = revoking(revocation(reason, at=FOUNDED))
        yield label(f"seal-{reason}", says, sealed(), "ok_offline", bundle=bundle)
    says = "The key was lost."
    none = revoking(revocation("compromised"))
    yield label("seal-lost", says, sealed(), *revoked, bundle=none)
    says = "The key was lost; the office lists other batches."
    others = revoking(revocation("compromised", batches=(digest(FOREIGN_BATCH), digest(PRODUCT))))
    yield label("seal-lost-other-batches", says, sealed(), *revoked, bundle=others)
    says = "The key was lost; the office lists this batch."
    listed = revoking(revocation("compromised", batches=(digest(FOREIGN_BATCH), digest(BATCH))))
    yield label("seal-lost-batch-known", says, sealed(), *known, bundle=listed)
    says = "The same on the label of the whole batch."
    yield label(
        "seal-lost-batch", says, sealed(BATCH), *known, BATCH_LEVEL, about=BATCH, bundle=listed
    )
    says = "The label of the product, which no batch stands for."
    given = (*revoked, BATCH_LEVEL)
    yield label("seal-lost-product", says, sealed(PRODUCT), *given, about=PRODUCT, bundle=listed)
    says = "The neighbour's key was lost."
    other = revoking(revocation("compromised", of=NEIGHBOUR))
    yield label("seal-lost-other-key", says, sealed(), "ok_offline", bundle=other)
    says = "The key was superseded, and later found to be lost."
    both = revoking(revocation("superseded"), revocation("compromised"))
    yield label("seal-superseded-then-lost", says, sealed(), *revoked, bundle=both)


def shelf_days() -> Iterator[Case]:
    over = ("warn", "shelf_life warn expired")
    text = sealed(shelf_date=SHELF_DATE)
    says = "A shelf day, in its last second in Vietnam."
    passed = ("ok_offline", "shelf_life pass")
    yield label("seal-shelf-day", says, text, *passed, now=MIDNIGHT - A_SECOND)
    says = "A second later it is the next day in Vietnam, though not in UTC."
    yield label("seal-shelf-day-over", says, text, *over, now=MIDNIGHT)
    for name, day, found in (
        ("first", date(2020, 1, 2), over),
        ("last", date(2199, 6, 6), passed),
    ):
        says = f"The {name} day that a seal can carry, {day}."
        yield label(f"seal-shelf-day-{name}", says, sealed(shelf_date=day), *found)
    says = "A shelf day beside a date in the link: both are sealed."
    form = f"{ITEM}?17=261201"
    text = sealed(form, shelf_date=SHELF_DATE)
    yield label("seal-shelf-day-and-date", says, text, *passed, signed_form=form)


def dates_in_the_link() -> Iterator[Case]:
    """Yield best-before (15) and expiry dates (17) that are signed as part of the link."""
    fresh, over = ("ok_offline", "shelf_life pass"), ("warn", "shelf_life warn expired")
    none = ("ok_offline",)
    dates: dict[str, tuple[str, str, tuple[str, ...]]] = {
        "17": ("An expiry date of today.", "17=261123", fresh),
        "17-over": ("An expiry date of yesterday.", "17=261122", over),
        "15": ("A best-before date of today.", "15=261123", fresh),
        "15-over": ("A best-before date of yesterday.", "15=261122", over),
        "15-before-17": ("Best before yesterday, expiry in a year.", "15=261122&17=271122", over),
        "17-before-15": ("Best before in a year, expiry yesterday.", "15=271122&17=261122", over),
        "month": ("Day 00: the last of the month.", "17=261100", fresh),
        "month-over": ("Day 00 of the month before.", "17=261000", over),
        "february": ("The last of February in a leap year.", "17=280229", fresh),
        "far": ("Year 76: 50 years from now, not 50 years ago.", "17=761123", fresh),
        "past": ("Year 77: 49 years ago, not 51 years from now.", "17=771123", over),
        "other-dates": (
            "Production and packaging dates, which are no end of anything.",
            "11=250101&13=250102",
            none,
        ),
    }
    for name, (says, written, found) in dates.items():
        form = f"{ITEM}?{written}"
        yield label(f"date-{name}", says, sealed(form), *found, signed_form=form)
    form = f"{ITEM}?17=261123"
    last_second = datetime(2026, 11, 23, 16, 59, 59, tzinfo=UTC)
    says = "An expiry date, in its last second in Vietnam."
    yield label("date-17-last", says, sealed(form), *fresh, signed_form=form, now=last_second)
    says = "A second later."
    now = last_second + A_SECOND
    yield label("date-17-next", says, sealed(form), *over, signed_form=form, now=now)
    form, today = f"{ITEM}?17=271122", NOW.date()
    says = "An expiry date in a year, and a seal whose shelf day was yesterday: the earlier counts."
    text = sealed(form, shelf_date=today - A_DAY)
    yield label("date-17-later-than-seal", says, text, *over, signed_form=form)
    form = f"{ITEM}?17=261122"
    says = "An expiry date of yesterday, and a seal whose shelf day is in a year."
    text = sealed(form, shelf_date=date(2027, 11, 22))
    yield label("date-17-earlier-than-seal", says, text, *over, signed_form=form)
    says = "A date in the link of a batch."
    form = f"{BATCH}?17=261122"
    changes = (*over, BATCH_LEVEL)
    yield label("date-batch", says, sealed(form), *changes, about=BATCH, signed_form=form)
    says = "A label without a seal: its date is nobody's, and is not told."
    bare = ("unproven", "-issuer", *NOT_LOOKED_AT, "seal fail absent")
    yield unsealed("date-unsealed", says, f"{LINK}?17=261122", *bare)


def duties() -> Iterator[Case]:
    bare = ("unproven", "-issuer", *NOT_LOOKED_AT, "seal fail absent")
    missing = (*bare, "level warn seal_missing")
    for name, text in {"none": LINK, "empty": LINK + "#"}.items():
        says = "A label without a seal." if name == "none" else "A # with nothing behind it."
        yield unsealed(f"seal-{name}", says, text, *bare)
    for level in ("batch", "item"):
        says = f"A seal is due on each {level}, and there is none."
        yield unsealed(f"seal-due-{level}", says, LINK, *missing, bundle=due(level))
    says = "No seal is due."
    yield unsealed("seal-due-none", says, LINK, *bare, bundle=due("none"))
    says = "A seal is due from tomorrow, and there is none."
    later = due("item", SHELF_DATE)
    eve = MIDNIGHT - A_DAY - A_SECOND
    yield unsealed("seal-due-tomorrow", says, LINK, *bare, bundle=later, now=eve)
    says = "A second later it is that day in Vietnam."
    yield unsealed("seal-due-today", says, LINK, *missing, bundle=later, now=MIDNIGHT - A_DAY)
    says = "A seal is due on each item, and it is there."
    yield label("seal-due-there", says, sealed(), "ok_offline", bundle=due("item"))
    batch = {"about": BATCH}
    says = "A seal is due on each item, and this is one for the whole batch."
    text, missed = sealed(BATCH), "level warn seal_batch_level"
    yield label("seal-due-item-batch", says, text, "warn", missed, **batch, bundle=due("item"))
    says = "A seal is due for each batch, and it is there."
    given = ("ok_offline", BATCH_LEVEL)
    yield label("seal-due-batch-there", says, text, *given, **batch, bundle=due("batch"))


def duties_of_several() -> Iterator[Case]:
    """Yield products that several duties name: of those that have begun, the strictest counts."""
    begun, later = date(2026, 6, 1), date(2026, 12, 1)

    def duty(level: str, since: date = begun, product: str = PRODUCT) -> LabelDuty:
        return LabelDuty.model_validate({"product": product, "due": level, "since": since})

    def of(*levels: LabelDuty, neighbour: tuple[LabelDuty, ...] = ()) -> bytes:
        """Return a bundle with duties in the grants of the producer and of the neighbour."""
        held = grant(gtin_prefixes=("9520000",), gtins=("09521234543213",), labels=neighbour)
        theirs = key_entry(NEIGHBOUR, held)
        keys = [KEYS[0], key_entry(PRODUCER, grant(labels=levels)), theirs]
        return bundle_file(2, keys=keys).to_bytes()

    batch_only, none = ("ok_offline", BATCH_LEVEL), "level warn seal_batch_level"
    missed = ("warn", none)
    bundles: dict[str, tuple[str, bytes, tuple[str, ...]]] = {
        "item-and-batch": (
            "Due on each item, and for each batch.",
            of(duty("item"), duty("batch")),
            missed,
        ),
        "batch-and-item": (
            "The same in the other order.",
            of(duty("batch"), duty("item")),
            missed,
        ),
        "none-and-item": (
            "Due on each item, though another grant says that nothing is.",
            of(duty("none"), duty("item")),
            missed,
        ),
        "of-neighbour": (
            "Due on each item by a grant of the neighbour's, who may name the product too.",
            of(duty("batch"), neighbour=(duty("item"),)),
            missed,
        ),
        "item-later": (
            "Due for each batch, and on each item from December.",
            of(duty("batch"), duty("item", later)),
            batch_only,
        ),
        "of-other-product": (
            "Due on each item of another product.",
            of(duty("item", product="https://id.gs1.org/01/09521234543220")),
            batch_only,
        ),
    }
    for name, (says, bundle, found) in bundles.items():
        text = sealed(BATCH)
        yield label(f"duty-{name}", says, text, *found, about=BATCH, bundle=bundle)
    plain, product = f"{PRODUCER.issuer}/MAMTOM/L1", f"{PRODUCER.issuer}/MAMTOM"
    says = "Due on each item of a product with a plain name, and this is one for the batch."
    bundle = of(duty("item", product=product))
    yield label("duty-plain", says, sealed(plain), *missed, about=plain, bundle=bundle)
    says = "The same, and there is none."
    found = ("unproven", "-issuer", *NOT_LOOKED_AT, "seal fail absent", "level warn seal_missing")
    yield unsealed("duty-plain-missing", says, plain, *found, about=plain, bundle=bundle)


def unsealed(name: str, says: str, text: str, *changes: Any, **options: Any) -> Case:
    """Return the case of a label without a seal: there is no signed form."""
    return replace(label(name, says, text, *changes, **options), signed_form=None)


def ages() -> Iterator[Case]:
    expired, too_old = "bundle warn bundle_expired", "bundle fail bundle_too_old"
    end = TRUST.expires
    says = "A bundle older than any policy allows, and not expired: a label asks for no more."
    yield label("label-bundle-old", says, sealed(), "ok_offline", now=end - A_SECOND)
    says = "An expired bundle."
    yield label("label-bundle-expired", says, sealed(), "warn", expired, now=end)
    says = "A bundle 90 days past its expiry."
    yield label("label-bundle-too-old", says, sealed(), "unproven", too_old, now=end + 90 * A_DAY)
