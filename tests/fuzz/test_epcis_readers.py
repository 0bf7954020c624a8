from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from fuzz.epcis_readers import TARGETS, XML_SEEDS
from fuzz.mutation import mutated
from fuzz.trust_readers import Target, one_input

SEEDS = [
    pytest.param(target, seed, id=f"{target.name}-{number}")
    for target in TARGETS
    for number, seed in enumerate(target.seeds)
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


def test_what_is_changed_inside_xml_stays_well_formed() -> None:
    random = Random("xml")  # noqa: S311 - the same inputs each time
    changed = [mutated(seed, random) for seed in XML_SEEDS for _ in range(100)]
    assert sum(data not in XML_SEEDS and is_xml(data) for data in changed) > len(changed) // 2


def is_xml(data: bytes) -> bool:
    try:
        etree.fromstring(data)
    except etree.XMLSyntaxError:
        return False
    return True
