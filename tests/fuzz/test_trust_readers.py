from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuzz.mutation import mutated
from fuzz.trust_readers import TARGETS, Target, one_input
from ocoptrace import canonical_json
from ocoptrace.errors import InputError, SigningError
from ocoptrace.signing import cbor

SEEDS = [
    pytest.param(target, seed, id=f"{target.name}-{number}")
    for target in TARGETS
    for number, seed in enumerate(target.seeds)
    if target.name != "gs1"  # test_gs1_readers.py tries those with each reader
]
CHANGED = 200
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


@pytest.mark.parametrize("name", ["cbor", "statement", "root", "bundle-text", "record"])
def test_what_is_changed_inside_keeps_its_outer_form(name: str) -> None:
    random = Random(name)  # noqa: S311 - the same inputs each time
    target = next(target for target in TARGETS if target.name == name)
    changed = [mutated(seed, random) for seed in target.seeds for _ in range(100)]
    is_canonical = is_deterministic if name in {"cbor", "statement"} else is_rfc_8785
    assert sum(data not in target.seeds and is_canonical(data) for data in changed) > (
        len(changed) // 2
    )


def is_deterministic(data: bytes) -> bool:
    try:
        cbor.decode(data)
    except SigningError:
        return False
    return True


def is_rfc_8785(data: bytes) -> bool:
    try:
        return canonical_json.is_canonical(data)
    except InputError:
        return False
