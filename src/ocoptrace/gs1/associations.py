"""Which elements must, and which must not, stand together (req and ex of the dictionary).

They are rules about all that marks one physical thing: an element that is missing here may
stand on another label, so that is a warning; two that exclude each other cannot be mended by
any label, so links and element strings refuse them.

>>> [finding.code for finding in check_associations([("37", "24")])]
['gs1.requisite', 'gs1.requisite']
>>> exclusive_pair(("01", "37"))
('01', '37')
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from ocoptrace.gs1.application_identifiers import application_identifier, identifies

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ocoptrace.findings import Finding

__all__ = ["check_associations", "contradiction", "exclusive_pair"]

_DIGITAL_SIGNATURE = "8030"
_UNSERIALISED_LENGTH = {"253": 13, "255": 13, "8003": 14}
"""Keys whose serial number is optional, and their length without it."""


def contradiction(elements: Iterable[tuple[str, str]]) -> str | None:
    """Return an AI that stands twice with different values, or None."""
    for (ai, value), (next_ai, next_value) in pairwise(sorted(elements)):
        if ai == next_ai and value != next_value:
            return ai
    return None


@lru_cache(maxsize=256)
def exclusive_pair(codes: tuple[str, ...]) -> tuple[str, str] | None:
    """Return two of some AIs that must not stand together, or None."""
    for code in codes:
        ai = application_identifier(code)
        for pattern in ai.excludes if ai else ():
            if pattern in codes:
                return code, pattern
            if "n" in pattern:
                for other in codes:
                    if other != code and identifies(pattern, other):
                        return code, other
    return None


def check_associations(elements: Sequence[tuple[str, str]]) -> tuple[Finding, ...]:
    """Return every association rule that elements break; their values are not looked at.

    Args:
        elements: pairs of AI and value, of one physical thing.
    """
    # Imported here: findings load dataclasses, which a parsed link does not need.
    from ocoptrace.findings import Finding  # noqa: PLC0415

    found = []
    if (twice := contradiction(elements)) is not None:
        found.append(Finding("gs1.contradiction", "error", f"({twice})", {"ai": twice}))
    codes = tuple(dict.fromkeys(code for code, _ in elements))
    if (pair := exclusive_pair(codes)) is not None:
        facts = {"ai": pair[0], "other": pair[1]}
        found.append(Finding("gs1.exclusive", "error", f"({pair[0]})", facts))
    for code in codes:
        found += [
            Finding("gs1.requisite", "warning", f"({code})", {"ai": code, "expected": missing})
            for missing in _missing(code, codes)
        ]
    if _DIGITAL_SIGNATURE in codes:
        found += [
            Finding("gs1.unserialised", "error", f"({code})", {"ai": code})
            for code, value in elements
            if len(value) == _UNSERIALISED_LENGTH.get(code)
        ]
    return tuple(found)


def _missing(code: str, codes: Sequence[str]) -> Iterable[str]:
    """Return the alternatives, as text, of each requirement that is not met."""
    ai = application_identifier(code)
    for alternatives in ai.requires if ai else ():
        met = any(
            all(any(identifies(pattern, other) for other in codes) for pattern in group)
            for group in alternatives
        )
        if not met:
            yield ", ".join("+".join(group) for group in alternatives)
