from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuzz.label_readers import TARGETS
from fuzz.mutation import mutated
from fuzz.trust_readers import Target, one_input

SEEDS = [
    pytest.param(target, seed, id=f"{target.name}-{number}")
    for target in TARGETS
    for number, seed in enumerate(target.seeds)
]
CHANGED = 100
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
    for number in range(CHANGED):
        data = target.seeds[number % len(target.seeds)]
        for _ in range(1 + number % 3):
            data = mutated(data, random)
        one_input(target, data)


@pytest.mark.parametrize("target", TARGETS, ids=name_of)
def test_an_input_of_any_bytes_is_taken_or_refused(target: Target) -> None:
    @given(st.binary(max_size=100))
    def take(data: bytes) -> None:
        one_input(target, data)

    take()
