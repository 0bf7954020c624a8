"""Which elements a Digital Link may carry, and where: the path, the query, or nowhere.

>>> is_primary_key("01"), is_primary_key("10")
(True, False)
>>> path_order("01", ["10", "17", "21"])
('22', '10', '21')
>>> check_path(("01", "21", "10"))
Traceback (most recent call last):
ocoptrace.errors.Gs1Error: (01): the path has 21 10 behind this key; \
allowed, in this order, are 22 10 21 | 235. Put them in that order, each at most once.
"""

from __future__ import annotations

from functools import cache, lru_cache
from itertools import combinations
from typing import TYPE_CHECKING

from ocoptrace.errors import Gs1Error
from ocoptrace.gs1._shown import shown
from ocoptrace.gs1.application_identifiers import application_identifier, primary_key_codes
from ocoptrace.gs1.associations import exclusive_pair

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = [
    "Element",
    "check_path",
    "check_places",
    "is_primary_key",
    "path_order",
    "place_faults",
    "primary_keys",
]

Element = tuple[str, str]
"""An application identifier and its value."""

_REQUIRED = {"415": "8020"}
"""Keys that name nothing without their qualifier."""


def _orders(key: str) -> tuple[tuple[str, ...], ...]:
    """Return the alternative qualifier orders of a key; empty where it is none."""
    ai = application_identifier(key)
    return (ai.paths or ()) if ai else ()


@cache
def _paths() -> frozenset[tuple[str, ...]]:
    """Return every sequence of AIs that a path may have."""
    paths = {
        (key, *chosen)
        for key in primary_key_codes()
        for order in _orders(key)
        for length in range(len(order) + 1)
        for chosen in combinations(order, length)
    }
    return frozenset(paths - {(key,) for key in _REQUIRED})


@cache
def primary_keys() -> frozenset[str]:
    """Return the AIs of all primary keys."""
    return frozenset(path[0] for path in _paths())


@cache
def _qualifiers(key: str) -> frozenset[str]:
    return frozenset(code for order in _orders(key) for code in order)


def is_primary_key(code: str) -> bool:
    """Tell whether a text is the AI of a primary key."""
    return code in primary_keys()


def path_order(key: str, codes: Sequence[str]) -> tuple[str, ...]:
    """Return the qualifiers of a key in order; of alternatives, the one that fits codes best.

    Args:
        key: AI of a primary key.
        codes: the other AIs at hand.
    """

    def fit(order: tuple[str, ...]) -> tuple[bool, int]:
        left = (application_identifier(code) for code in codes if code not in order)
        attributes_only = all(ai is None or ai.is_attribute for ai in left)
        return attributes_only, sum(code in order for code in codes)

    return max(_orders(key), key=fit)


def check_path(codes: tuple[str, ...]) -> None:
    """Check the AIs of a path: the first is a key, the others its qualifiers in their order.

    Raises:
        Gs1Error: no key, an unknown AI, or another order.
    """
    check_places(codes, ())


@lru_cache(maxsize=256)
def check_places(path: tuple[str, ...], attributes: tuple[str, ...]) -> None:
    """Check where the AIs of a link stand; their values do not matter, so answers are kept.

    Args:
        path: AIs of the key and its qualifiers.
        attributes: AIs of the query.

    Raises:
        Gs1Error: no key, another order, an AI that is unknown, stands twice or elsewhere, or
            two that exclude each other.
    """
    for fault in place_faults(path, attributes):
        raise fault


def place_faults(path: tuple[str, ...], attributes: tuple[str, ...]) -> Iterator[Gs1Error]:
    """Yield everything that ``check_places`` would raise for, the first first."""
    yield from _path_faults(path)
    places = range(1, len(path) + 1)
    seen = set(path)
    for code in attributes:
        ai = application_identifier(code)
        error = ""
        if ai is None:
            yield Gs1Error("gs1.unknown_ai", place=f"({shown(code)})", ai=shown(code))
            continue
        if code in seen:
            error = "gs1.repeated"
        elif not ai.is_attribute:
            error = "gs1.not_attribute"
        elif code in _qualifiers(path[0]) and any(
            (*path[:at], code, *path[at:]) in _paths() for at in places
        ):
            error = "gs1.belongs_in_path"
        if error:
            yield Gs1Error(error, place=f"({code})", ai=code, title=ai.title)
        seen.add(code)
    if attributes and (pair := exclusive_pair((*path, *attributes))):
        yield Gs1Error("gs1.exclusive", place=f"({pair[0]})", ai=pair[0], other=pair[1])


def _path_faults(path: tuple[str, ...]) -> Iterator[Gs1Error]:
    if path in _paths():
        return
    key, *qualifiers = path
    if not is_primary_key(key):
        yield Gs1Error("gs1.no_key", value=f"({shown(key)})")
        return
    unknown = [code for code in qualifiers if application_identifier(code) is None]
    for code in unknown:
        yield Gs1Error("gs1.unknown_ai", place=f"({shown(code)})", ai=shown(code))
    if not unknown:
        yield Gs1Error(
            "gs1.path",
            place=f"({key})",
            found=" ".join(qualifiers) or "-",
            expected=" | ".join(" ".join(order) for order in _orders(key)).strip() or "-",
        )
