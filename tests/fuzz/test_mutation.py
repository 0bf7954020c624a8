from __future__ import annotations

from random import Random

import pytest
from lxml import etree

from fuzz.epcis_readers import XML_SEEDS
from fuzz.mutation import mutated
from fuzz.trust_readers import TARGETS
from ocoptrace import canonical_json
from ocoptrace.errors import InputError, SigningError
from ocoptrace.signing import cbor


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
