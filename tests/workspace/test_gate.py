from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from ocoptrace.signing.bundle import KeyEntry, Revocation
from ocoptrace.workspace.gate import in_force, key_of, keys_of
from village import CLOSED, FOUNDED, KEYS, NOW, PRODUCER, Party, es256, grant, key_entry, publish

if TYPE_CHECKING:
    from ocoptrace.signing import TrustBundle

A_YEAR = timedelta(days=365)
OLD = key_entry(PRODUCER, grant(), sign_until=NOW + timedelta(days=30))
NEW = key_entry(Party(PRODUCER.code, es256(7)), grant(), sign_from=NOW)
LATER = key_entry(Party(PRODUCER.code, es256(8)), grant(), sign_from=NOW + timedelta(days=60))
OTHERS = tuple(entry for entry in KEYS if entry.issuer != PRODUCER.issuer)


def trust(*entries: KeyEntry, revoked: tuple[KeyEntry, ...] = ()) -> TrustBundle:
    revocations = [Revocation(key=each.thumbprint, reason="ceased", at=NOW) for each in revoked]
    return publish(keys=(*entries, *OTHERS), revocations=revocations)


@pytest.mark.parametrize("order", [(OLD, NEW, LATER), (LATER, NEW, OLD), (NEW, OLD, LATER)])
def test_the_newest_key_is_the_one_that_began_last(order: tuple[KeyEntry, ...]) -> None:
    assert keys_of(trust(*order), PRODUCER.issuer) == [LATER, NEW, OLD]


def test_of_keys_that_began_together_the_last_listed_is_the_newest() -> None:
    twin = key_entry(Party(PRODUCER.code, es256(9)), grant())
    assert keys_of(trust(OLD, twin), PRODUCER.issuer) == [twin, OLD]


def test_a_logs_key_is_no_key_of_its_operator() -> None:
    log = key_entry(Party(PRODUCER.code, es256(9)), role="log")
    assert keys_of(trust(OLD, log), PRODUCER.issuer) == [OLD]


@pytest.mark.parametrize(
    ("options", "chosen"),
    [
        ({}, NEW),
        ({"at": FOUNDED}, OLD),
        ({"at": NOW - timedelta(seconds=1)}, OLD),
        ({"at": NOW + timedelta(days=60)}, LATER),
        ({"held": {OLD.thumbprint}}, OLD),
        ({"held": {OLD.thumbprint}, "at": NOW + A_YEAR}, OLD),
        ({"held": {OLD.thumbprint, NEW.thumbprint}, "at": NOW + timedelta(days=70)}, NEW),
        ({"held": {LATER.thumbprint}}, LATER),
        ({"at": CLOSED}, LATER),
        ({"held": set()}, None),
    ],
)
def test_the_newest_key_in_force_that_is_held_signs(
    options: dict[str, Any], chosen: KeyEntry | None
) -> None:
    found = key_of(trust(OLD, NEW, LATER), PRODUCER.issuer, **({"at": NOW} | options))
    assert found == chosen


def test_a_revoked_key_signs_nothing() -> None:
    bundle = trust(OLD, NEW, revoked=(NEW,))
    assert key_of(bundle, PRODUCER.issuer, at=NOW) == OLD
    assert not in_force(bundle, NEW, at=NOW)
    assert key_of(trust(OLD, revoked=(OLD,)), PRODUCER.issuer, at=FOUNDED) is None
    assert key_of(bundle, "https://id.example/ocop/NOBODY00", at=NOW) is None
