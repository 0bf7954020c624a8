from __future__ import annotations

from dataclasses import replace

import pytest

from ocoptrace.errors import ProofError
from ocoptrace.transparency import ConsistencyProof, LogProof
from village import LOG, Village


@pytest.fixture(scope="module")
def village() -> Village:
    village = Village()
    for number in range(7):
        village.append(b"entry %d" % number)
    return village


def proof_of(village: Village, index: int, size: int) -> LogProof:
    return LogProof(village.checkpoint(size=size), index, village.proof(index, size).path)


def test_every_entry_stands_under_every_later_checkpoint(village: Village) -> None:
    entries = village.entries
    for size in range(1, len(entries) + 1):
        for index in range(size):
            proof_of(village, index, size).verify(entries[index])


def test_no_entry_stands_elsewhere(village: Village) -> None:
    proof = proof_of(village, 3, 8)
    for entry in (village.entries[4], b"", village.entries[3] + b"\x00"):
        with pytest.raises(ProofError):
            proof.verify(entry)
    for other in (replace(proof, index=2), replace(proof, checkpoint=village.checkpoint(size=7))):
        with pytest.raises(ProofError):
            other.verify(village.entries[3])


def test_a_consistency_proof_that_exists_holds(village: Village) -> None:
    count = len(village.entries)
    trees = {size: (LOG.name, size, village.checkpoint(size=size).root) for size in range(1, count)}
    for first in range(1, count):
        for second in range(first, count):
            path = tuple(village.consistency(first, second))
            proof = ConsistencyProof(LOG.name, first, trees[first][2], *trees[second][1:], path)
            assert proof.trees == {trees[first], trees[second]}


def test_trees_of_two_histories_are_never_tied(village: Village) -> None:
    path = tuple(village.consistency(3, 6))
    root = village.checkpoint(size=6).root
    with pytest.raises(ProofError):
        ConsistencyProof(LOG.name, 3, village.checkpoint(size=2).root, 6, root, path)
