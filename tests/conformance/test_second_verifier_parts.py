"""The second verifier part by part: signatures, Merkle proofs, GS1 values and places."""

from __future__ import annotations

import base64
import json
from collections import Counter
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from ocoptrace.errors import Gs1Error
from ocoptrace.gs1.application_identifiers import application_identifiers, known
from ocoptrace.gs1.checks import CHARACTER_SETS, check_digit, check_pair
from ocoptrace.gs1.code_lists import (
    COUNTRIES,
    COUNTRIES_ALPHA_2,
    CURRENCIES,
    MEDIA_TYPES,
    PACKAGE_TYPES,
)
from ocoptrace.gs1.link_rules import place_faults
from ocoptrace.gs1.linters import LINTERS
from ocoptrace.gs1.values import check_value
from ocoptrace.signing import cbor
from second_verifier import published
from second_verifier.node import VERIFIER, run_script

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

Case = dict[str, Any]


def asked(questions: Iterable[Case]) -> list[bool | str]:
    """Return what parts of the verifier answer to questions."""
    lines = "".join(f"{json.dumps(question)}\n" for question in questions)
    printed = run_script("primitives_in_node.mjs", VERIFIER.parent / "verify", lines=lines)
    return [json.loads(line) for line in printed.splitlines()]


@pytest.mark.parametrize("part", ["ownEd25519", "ed25519"])
def test_wycheproof_ed25519(vectors: Path, part: str) -> None:
    questions, wanted = published.ed25519(vectors, part)
    assert len(questions) >= 151
    assert asked(questions) == wanted


@pytest.mark.parametrize("part", ["ownEd25519", "ed25519"])
def test_rfc_8032(vectors: Path, part: str) -> None:
    cases = json.loads((vectors / "trust/rfc8032/ed25519.json").read_text(encoding="utf-8"))
    assert len(cases) >= 3
    questions = [
        {"part": part, "key": case["public"], "signature": signature, "message": case["msg"]}
        for case in cases
        for signature in (case["sig"], case["sig"][2:] + case["sig"][:2])
    ]
    assert asked(questions) == [True, False] * len(cases)


def test_points_of_small_order_and_points_that_are_none_are_no_keys() -> None:
    prime = 2**255 - 19
    low = (0, 1, prime - 1, prime, prime + 1, 2, 1 + 2**255)
    keys = [number.to_bytes(32, "little") for number in low]
    question = {"part": "ed25519", "signature": "00" * 64, "message": ""}
    assert asked(question | {"key": key.hex()} for key in keys) == ["refused"] * len(keys)


def test_wycheproof_p256_but_for_signatures_with_a_high_s(vectors: Path) -> None:
    questions, wanted = published.p256(vectors)
    assert len(questions) >= 262
    assert asked(questions) == wanted


def test_a_point_off_its_curve_is_no_key() -> None:
    off = cbor.encode({1: 2, -1: 1, -2: bytes(31) + b"\1", -3: bytes(31) + b"\1"})
    question = {"part": "coseKey", "key": off.hex(), "signature": "00" * 64, "message": ""}
    assert asked([question]) == ["refused"]


def hexadecimal(text: str) -> str:
    return base64.b64decode(text).hex()


def test_merkle_proofs(vectors: Path) -> None:
    folder = vectors / "trust/transparency-dev-merkle"
    inclusion = json.loads((folder / "inclusion.json").read_text(encoding="utf-8"))["vectors"]
    consistency = json.loads((folder / "consistency.json").read_text(encoding="utf-8"))["vectors"]
    assert min(len(inclusion), len(consistency)) >= 59
    questions = [
        {
            "part": "inclusion",
            "leaf": hexadecimal(case["leafHash"]),
            "index": str(case["leafIdx"]),
            "size": str(case["treeSize"]),
            "path": [hexadecimal(node) for node in case["proof"] or []],
            "root": hexadecimal(case["root"]),
        }
        for case in inclusion
    ] + [
        {
            "part": "consistency",
            "sizes": [str(case["size1"]), str(case["size2"])],
            "path": [hexadecimal(node) for node in case["proof"] or []],
            "roots": [hexadecimal(case["root1"]), hexadecimal(case["root2"])],
        }
        for case in consistency
    ]
    differing = [
        case["name"]
        for case, answer in zip([*inclusion, *consistency], asked(questions), strict=True)
        if (answer is True) == case["wantErr"]
    ]
    # Its roots have 12 bytes, and no tree has such roots.
    assert differing == ["additional:sizes-are-equal-one-and-proof-is-empty"]


CHARACTERS = {"N": "0123456789", "X": CHARACTER_SETS["X"] + "#é", "Y": CHARACTER_SETS["Y"]}
LISTED = sorted(COUNTRIES | COUNTRIES_ALPHA_2 | CURRENCIES | PACKAGE_TYPES | MEDIA_TYPES)
MADE = (
    *(
        "261231",
        "260200",
        "20260229",
        "2359",
        "0102",
        "1/3",
        "3/1",
        "0",
        "1",
        "9",
        "-",
        "00",
        "A%2",
    ),
    *("GB82WEST12345698765432", "0900000000", "1800000001", "987654Ad8X4bBTTwfjPCkkSp2UvkQ2=="),
    *("1987654Ad8X4bBTTwfjPCk", "012345612345611110123", "001234561234560123456"),
)


def candidate(code: str, random: Random) -> str:
    """Return a text that may be a value of an identifier, its parts more often right than wrong."""
    parts = []
    for component in known(code).components:
        length = random.randint(component.minimum, component.maximum)
        for _ in range(12):
            characters = CHARACTERS.get(component.kind, CHARACTER_SETS["Z"])
            part = "".join(random.choices(characters, k=length))
            if random.random() < 0.4:
                part = random.choice((random.choice(LISTED), *MADE))
            if "csum" in component.linters:
                part = part[:-1] + check_digit(part[:-1]) if part[:-1].isdigit() else part
            if "csumalpha" in component.linters and len(part) > 3:
                stem = part[:-2].replace("#", "").replace("é", "")
                part = stem + check_pair(stem)
            if all(LINTERS[name](part) is None for name in component.linters):
                break
        parts.append(part)
        if component.optional and random.random() < 0.3:
            parts.pop()
    text = "".join(parts)
    return text + random.choice(("", "", "", "", "0", " ", "\n"))


def is_value(code: str, value: str) -> bool:
    try:
        check_value(code, value)
    except Gs1Error:
        return False
    return True


def test_every_identifier_admits_the_same_values() -> None:
    random = Random("values")  # noqa: S311 - the same each time
    given = [
        (code, candidate(code, random)) for code in application_identifiers() for _ in range(40)
    ]
    wanted = [is_value(code, value) for code, value in given]
    answers = asked({"part": "accepts", "code": code, "value": value} for code, value in given)
    differing = [(given[at], want) for at, want in enumerate(wanted) if answers[at] != want]
    assert differing == []
    admitted = Counter(code for (code, _), want in zip(given, wanted, strict=True) if want)
    never = set(application_identifiers()) - admitted.keys()
    assert never == set()
    assert len(given) - admitted.total() > 2000


def test_elements_may_stand_at_the_same_places() -> None:
    random = Random("places")  # noqa: S311 - the same each time
    codes = application_identifiers()
    given = []
    for key in codes:
        orders = known(key).paths or ((),)
        for _ in range(30):
            order = random.choice(orders)
            path = [key, *(code for code in order if random.random() < 0.5)]
            if random.random() < 0.2:
                path.append(random.choice(codes))
            given.append((path, random.choices(codes, k=random.randrange(3))))
    wanted = [not [*place_faults(tuple(path), tuple(behind))] for path, behind in given]
    questions = ({"part": "arePlaced", "path": path, "attributes": at} for path, at in given)
    answers = asked(questions)
    assert [given[at] for at, want in enumerate(wanted) if answers[at] != want] == []
    assert min(Counter(wanted).values()) > 100
