"""Every single bit of what is checked counts: no flip of one leaves a good verdict."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from ocoptrace.errors import SigningError
from ocoptrace.signing import Root, TrustBundle
from ocoptrace.verify import verify_label, verify_record

if TYPE_CHECKING:
    from collections.abc import Callable
from village import (
    KEYS,
    NOW,
    ROOT,
    WITNESSES,
    Village,
    bundle_file,
    es256,
    log_entry,
    publish,
    root_file,
    sealed,
)

if TYPE_CHECKING:
    from collections.abc import Callable

GOOD = {"ok", "ok_offline"}
PARTS = 4
"""Into how many tests a file is cut, so that they can run side by side."""

TRUST = publish(logs=(log_entry(witnesses=(str(WITNESSES[0].verifier_key),), quorum=1),))
LABEL = sealed()
ROOT_FILE = root_file(signers=[es256(11)], threshold=1).to_bytes()
TRUST_FILE = bundle_file(keys=KEYS[1:2], logs=()).to_bytes()


def record_file() -> bytes:
    village = Village()
    told = [village.state_batch(), village.state_event()]
    checkpoint = village.checkpoint(witnesses=WITNESSES[:1])
    return village.record(told, TRUST, checkpoint=checkpoint).to_bytes()


RECORD = record_file()


def flips(data: bytes, part: int) -> list[tuple[int, bytes]]:
    """Return a part of all files that differ from one in one bit, with the bit's number."""
    number = int.from_bytes(data)
    bits = range(part, 8 * len(data), PARTS)
    return [(bit, (number ^ (1 << bit)).to_bytes(len(data))) for bit in bits]


def test_what_is_flipped_is_good_as_it_stands() -> None:
    assert verify_record(RECORD, trust=TRUST, now=NOW).overall == "ok"
    assert verify_label(LABEL, trust=TRUST, now=NOW).overall == "ok_offline"
    assert TrustBundle.load(TRUST_FILE, root=ROOT).version == Root.load(ROOT_FILE).version


@pytest.mark.parametrize("part", range(PARTS))
def test_no_flipped_bit_of_a_record_is_good(part: int) -> None:
    good = [
        bit
        for bit, data in flips(RECORD, part)
        if verify_record(data, trust=TRUST, now=NOW).overall in GOOD
    ]
    assert good == []


def is_refused(load: Callable[[bytes], object], data: bytes) -> bool:
    try:
        load(data)
    except SigningError:
        return True
    return False


@pytest.mark.parametrize("part", range(PARTS))
def test_every_flipped_bit_of_a_bundle_is_refused(part: int) -> None:
    load = partial(TrustBundle.load, root=ROOT)
    assert [bit for bit, data in flips(TRUST_FILE, part) if not is_refused(load, data)] == []


@pytest.mark.parametrize("part", range(PARTS))
def test_every_flipped_bit_of_a_root_is_refused(part: int) -> None:
    assert [bit for bit, data in flips(ROOT_FILE, part) if not is_refused(Root.load, data)] == []


def test_no_flipped_bit_of_a_label_is_good() -> None:
    after_host = LABEL.index("/01/")
    good = []
    for at in range(after_host, len(LABEL)):
        for bit in range(8):
            changed = LABEL[:at] + chr(ord(LABEL[at]) ^ (1 << bit)) + LABEL[at + 1 :]
            if verify_label(changed, trust=TRUST, now=NOW).overall in GOOD:
                good.append((at, bit))
    assert good == []


def test_no_other_digit_of_a_seal_is_good() -> None:
    start = LABEL.index("#") + 1
    good = []
    for at in range(start, len(LABEL)):
        for digit in "0123456789":
            changed = LABEL[:at] + digit + LABEL[at + 1 :]
            if changed != LABEL and verify_label(changed, trust=TRUST, now=NOW).overall in GOOD:
                good.append((at, digit))
    assert good == []
