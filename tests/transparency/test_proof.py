from __future__ import annotations

import contextlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

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


def test_a_proof_is_written_as_c2sp_writes_it_and_read_again(village: Village) -> None:
    for size in range(1, len(village.entries) + 1):
        for index in range(size):
            proof = proof_of(village, index, size)
            lines = str(proof).split("\n")
            assert lines[:2] == ["c2sp.org/tlog-proof@v1", f"index {index}"]
            assert lines[2 + len(proof.path)] == ""
            assert str(proof).endswith(f"\n\n{proof.checkpoint}")
            assert LogProof.parse(str(proof)) == proof


def test_extra_data_are_passed_over(village: Village) -> None:
    proof = proof_of(village, 3, 8)
    first, _, rest = str(proof).partition("\n")
    assert LogProof.parse(f"{first}\nextra YWdl\n{rest}") == proof
    with pytest.raises(ProofError):
        LogProof.parse(f"{first}\nextra YW!\n{rest}")
    with pytest.raises(ProofError):
        LogProof.parse(f"{first}\nextra YWdl\nextra YWdl\n{rest}")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("@v1", "@v2"),
        ("index 3", "index 03"),
        ("index 3", "index -3"),
        ("index 3", "index 3 "),
        ("index 3", "index ٣"),
        ("index 3", "index " + "9" * 30),
        ("index 3\n", "index 3\n\n"),
        ("index 3\n", "index 3\nAAAA\n"),
        ("index 3\n", "index 3\n" + 64 * ("A" * 43 + "=\n")),
        ("=\n", "\n"),
        ("\n\n", "\n"),
    ],
)
def test_a_proof_in_another_form_is_none(village: Village, old: str, new: str) -> None:
    text = str(proof_of(village, 3, 8))
    assert old in text
    with pytest.raises(ProofError):
        LogProof.parse(text.replace(old, new, 1))


@given(st.text() | st.text().map(lambda text: f"c2sp.org/tlog-proof@v1\nindex 0\n{text}"))
def test_garbage_is_refused_as_a_proof(text: str) -> None:
    with pytest.raises(ProofError):
        LogProof.parse(text)


@given(data=st.data())
def test_what_is_read_is_written_again_alike_or_refused(
    village: Village, data: st.DataObject
) -> None:
    text = list(str(proof_of(village, 3, 8)))
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(text) - 1))
        text[place] = data.draw(st.sampled_from(["", "\n", "A", "=", "—", text[place] * 2]))
    changed = "".join(text)
    with contextlib.suppress(ProofError):
        assert str(LogProof.parse(changed)) == changed
