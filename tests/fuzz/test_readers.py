from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuzz import epcis_readers, label_readers, trust_readers
from fuzz.mutation import mutated
from fuzz.trust_readers import Target, one_input

TARGETS = (*trust_readers.TARGETS, *epcis_readers.TARGETS, *label_readers.TARGETS)
SEEDS = [
    pytest.param(target, seed, id=f"{target.name}-{number}")
    for target in TARGETS
    for number, seed in enumerate(target.seeds)
    if target.name != "gs1"  # test_gs1_readers.py tries those with each reader
]
CHANGED = 150
"""How many changed inputs each reader is given here; `make fuzz` tries any number."""


def name_of(target: Target) -> str:
    return target.name


@pytest.mark.parametrize(("target", "seed"), SEEDS)
def test_every_seed_is_taken(target: Target, seed: bytes) -> None:
    assert len(seed) <= target.max_bytes
    target.read(seed)


@pytest.mark.parametrize("target", TARGETS, ids=name_of)
def test_an_input_that_was_changed_is_taken_or_refused(target: Target) -> None:
    random = Random(target.name)  # noqa: S311 - the same inputs each time
    seeds = target.seeds or (random.randbytes(12),)
    for number in range(CHANGED):
        data = seeds[number % len(seeds)]
        for _ in range(1 + number % 3):
            data = mutated(data, random)
        one_input(target, data)


@pytest.mark.parametrize("target", TARGETS, ids=name_of)
def test_an_input_of_any_bytes_is_taken_or_refused(target: Target) -> None:
    @given(st.binary(max_size=100))
    def take(data: bytes) -> None:
        one_input(target, data)

    take()
