from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuzz.gs1_readers import SEEDS, elements, link, one_input, plain, urn
from ocoptrace.gs1 import CompanyPrefixes, Gs1Error, interpret_scan


@pytest.mark.parametrize("seed", SEEDS)
def test_every_seed_gets_past_some_door(seed: str) -> None:
    taken = bool(interpret_scan(seed).elements)
    for reader in (link, elements, plain, urn, CompanyPrefixes.parse):
        with suppress(Gs1Error):
            reader(seed)
            taken = True
    assert taken


@given(st.binary(max_size=120))
def test_an_input_of_any_bytes_is_taken(data: bytes) -> None:
    one_input(data)
