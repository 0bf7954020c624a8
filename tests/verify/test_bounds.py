"""A hostile record costs no more than its size: work is counted, not timed."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import ocoptrace
from ocoptrace.origin_record import MAX_PROOFS, MAX_STATEMENTS, OriginRecord, Proof
from ocoptrace.signing import PublicKey
from ocoptrace.verify import verify_record
from village import (
    BATCH,
    ITEM,
    NEIGHBOUR,
    NOW,
    OFFICE,
    PRODUCER,
    PRODUCT,
    Said,
    Village,
    publish,
    reference,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

TRUST = publish()
SOURCE = str(Path(ocoptrace.__file__).parent)
PLAIN = f"{PRODUCER.issuer}/MAMTOM"
TRANSFORMATION = "urn:uuid:11111111-1111-4111-8111-111111111111"
SOME, MANY = 40, 320


@dataclass
class Work:
    """How many lines of ours were run, each turn of a loop counted."""

    lines: int = 0


@contextmanager
def counted() -> Iterator[Work]:
    work = Work()

    def trace(frame: FrameType, event: str, _: object) -> Any:
        if not frame.f_code.co_filename.startswith(SOURCE):
            return None
        if event == "line":
            work.lines += 1
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        yield work
    finally:
        sys.settrace(before)


def uuid(number: int) -> str:
    return f"urn:uuid:3f0d5a52-6f0e-4d0a-9a55-{number:012d}"


def lists(village: Village, count: int) -> list[Said]:
    """Return lists of everything, each a wrong one, as long as there are."""
    return [village.state_complete([], TRUST) for _ in range(count)]


def lists_beside_events(village: Village, count: int) -> list[Said]:
    """Return half events, and half lists of which none is right."""
    events = [village.state_event() for _ in range(count // 2)]
    return [*events, *lists(village, count // 2)]


def one_flow(village: Village, count: int) -> list[Said]:
    """Return the two sides of one transformation, told in as many events."""
    said = []
    for number in range(count):
        side = "inputQuantityList" if number % 2 else "outputQuantityList"
        event = {
            "type": "TransformationEvent",
            "eventID": uuid(number),
            "eventTime": "2026-09-15T07:30:00+07:00",
            "eventTimeZoneOffset": "+07:00",
            "transformationID": TRANSFORMATION,
            side: [{"epcClass": f"{PRODUCT}/10/N{number}", "quantity": 1, "uom": "KGM"}],
        }
        said.append(village.state("event", event, subject=uuid(number)))
    return said


def chain(village: Village, count: int) -> list[Said]:
    """Return a line of transformations, each of what the one before it made."""
    said = []
    for number in range(count):
        names = [BATCH if number == 0 else f"{PRODUCT}/10/N{n}" for n in (number, number + 1)]
        event = {
            "type": "TransformationEvent",
            "eventID": uuid(number),
            "eventTime": "2026-09-15T07:30:00+07:00",
            "eventTimeZoneOffset": "+07:00",
            "outputQuantityList": [{"epcClass": names[0], "quantity": 1, "uom": "KGM"}],
            "inputQuantityList": [
                {"epcClass": f"{PRODUCT}/10/N{number + 1}", "quantity": 1, "uom": "KGM"}
            ],
        }
        said.append(village.state("event", event, subject=uuid(number)))
    return said


def corrections(village: Village, count: int) -> list[Said]:
    """Return events that declare each other wrong."""
    wrong = {"errorDeclaration": {"declarationTime": "2026-09-16T08:00:00+07:00"}}
    parties = (PRODUCER, NEIGHBOUR)
    return [
        village.state_event(by=parties[n % 2], **(wrong if n % 3 else {}), action="OBSERVE")
        for n in range(count)
    ]


def resting(village: Village, count: int) -> list[Said]:
    """Return events that rest on what is not there."""
    ids = [f"{number:064x}" for number in range(20)]
    return [village.state_event(**{"ocop:basedOn": ids}) for _ in range(count)]


def observed(village: Village, count: int) -> list[Said]:
    """Return events of another that each speak of goods of ours."""
    return [
        village.state_event(by=NEIGHBOUR, action="OBSERVE", quantityList=[], epcList=[ITEM])
        for _ in range(count)
    ]


def grades(village: Village, count: int) -> list[Said]:
    """Return many grades and batches, each newer than the last."""
    return [village.state_grade() if n % 2 else village.state_batch() for n in range(count)]


def aliases(village: Village, count: int) -> list[Said]:
    """Return many names of one product."""
    said = []
    for number in range(count):
        payload = {"type": "alias", "id": f"{PLAIN}{number}", "gtin": PRODUCT}
        said.append(village.state("alias", payload, subject=f"{PLAIN}{number}"))
    return said


def documents(village: Village, count: int) -> list[Said]:
    """Return documents about many things each."""
    about = sorted(f"{PRODUCT}/10/N{number}" for number in range(20))
    said = []
    for number in range(count):
        subject = f"urn:uuid:3f0d5a52-6f0e-4d0a-9a55-{number:012d}"
        payload = {
            "type": "evidence",
            "id": subject,
            "about": about,
            "mediaType": "image/png",
            "sha256": "0" * 64,
            "size": 1,
        }
        said.append(village.state("evidence", payload, subject=subject, by=PRODUCER))
    return said


def policies(village: Village, count: int) -> list[Said]:
    """Return policies that accept one kind again and again."""
    payload = {"accepts": ["key"] * count, "origin": "log.example/ocop-log/1"}
    said = village.state("policy", payload, subject="log.example/ocop-log/1", by=OFFICE)
    return [said]


def record_of(made: Callable[[Village, int], list[Said]], count: int) -> OriginRecord:
    village = Village()
    return village.record([village.state_batch(), *made(village, count)], TRUST)


SHAPES = [
    lists,
    lists_beside_events,
    one_flow,
    chain,
    corrections,
    resting,
    observed,
    grades,
    aliases,
    documents,
    policies,
]


@pytest.mark.parametrize("made", SHAPES)
def test_work_grows_no_faster_than_the_file(
    made: Callable[[Village, int], list[Said]],
) -> None:
    spent, sizes = [], []
    for count in (SOME, MANY):
        data = record_of(made, count).to_bytes()
        # What is read once for all, such as patterns and names, is not counted.
        verify_record(data, trust=TRUST, now=NOW)
        with counted() as work:
            verify_record(data, trust=TRUST, now=NOW)
        spent.append(work.lines)
        sizes.append(len(data))
    assert spent[1] / spent[0] < sizes[1] / sizes[0]


def test_each_key_checkpoint_and_statement_is_verified_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    verified: list[bytes] = []
    real = PublicKey.verifies

    def verifies(key: PublicKey, signature: bytes, message: bytes) -> bool:
        verified.append(signature)
        return real(key, signature, message)

    village = Village()
    told = [village.state_batch(), *(village.state_event() for _ in range(20))]
    record = village.record(told, TRUST)
    # The same proof again and again shows nothing more, and costs no signature.
    proofs = record.statements[0].proofs * MAX_PROOFS
    first = replace(record.statements[0], proofs=proofs)
    record = replace(record, statements=(first, *record.statements[1:]))
    monkeypatch.setattr(PublicKey, "verifies", verifies)
    verify_record(record, trust=TRUST, now=NOW)
    signatures = len(told) + len(record.checkpoints[0].note.signatures)
    assert len(verified) == len(set(verified)) == signatures


def test_each_of_many_checkpoints_is_verified_once(monkeypatch: pytest.MonkeyPatch) -> None:
    counts: list[int] = []
    real = PublicKey.verifies

    def verifies(key: PublicKey, signature: bytes, message: bytes) -> bool:
        counts[-1] += 1
        return real(key, signature, message)

    monkeypatch.setattr(PublicKey, "verifies", verifies)
    for many in (10, 30):
        village = Village()
        said = [village.state_batch(), *(village.state_event() for _ in range(many - 1))]
        checkpoints = [village.checkpoint(size=each.index + 1) for each in said]
        recorded = [
            each.recorded(village.proof(each.index, each.index + 1, checkpoint=number))
            for number, each in enumerate(said)
        ]
        record = OriginRecord.of(BATCH, reference(TRUST), checkpoints, recorded)
        counts.append(0)
        assert verify_record(record, trust=TRUST, now=NOW).overall == "ok"
    signatures = len(record.checkpoints[0].note.signatures)
    assert counts == [many * (1 + signatures) for many in (10, 30)]


def test_a_record_has_a_most_of_statements() -> None:
    village = Village()
    said = village.state_batch()
    proof = Proof(0, said.index, village.proof(said.index).path)
    recorded = said.recorded(proof)
    record = replace(village.record([said], TRUST), statements=(recorded,) * (MAX_STATEMENTS + 1))
    assert verify_record(record.to_bytes(), trust=TRUST, now=NOW).overall == "malformed"
