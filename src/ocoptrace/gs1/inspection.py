"""Everything that is wrong with a text, not only the first: findings where parsing would stop.

>>> [finding.code for finding in inspect_elements([("01", "09520101001119"), ("17", "271331")])]
['gs1.check_digit', 'gs1.date']
>>> from ocoptrace.gs1.link_parts import read_link
>>> parts = read_link("https://example.com/01/09520101001119/21/S/10/L?17=271331")
>>> [finding.code for finding in inspect_link(parts)]
['gs1.path', 'gs1.check_digit', 'gs1.date']
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocoptrace.findings import Finding
from ocoptrace.gs1.associations import check_associations
from ocoptrace.gs1.link_rules import place_faults
from ocoptrace.gs1.values import value_fault

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ocoptrace.errors import Gs1Error
    from ocoptrace.gs1.link_parts import LinkParts
    from ocoptrace.gs1.link_rules import Element

__all__ = ["as_finding", "inspect_elements", "inspect_link"]


def as_finding(error: Gs1Error) -> Finding:
    """Return an error as a finding: same code, place and facts."""
    return Finding(error.code, "error", error.place, error.facts)


def inspect_elements(elements: Sequence[Element]) -> tuple[Finding, ...]:
    """Return what is wrong with the values of elements, and with their standing together.

    Args:
        elements: pairs of AI and value of one physical thing; unknown AIs are findings.
    """
    faults = [fault for element in elements if (fault := value_fault(*element))]
    return (*map(as_finding, faults), *check_associations(elements))


def inspect_link(parts: LinkParts) -> tuple[Finding, ...]:
    """Return what is wrong with a link: where its elements stand, and the elements."""
    codes = (tuple(ai for ai, _ in group) for group in (parts.path, parts.attributes))
    placed = [as_finding(fault) for fault in place_faults(*codes)]
    found = dict.fromkeys((finding.code, finding.place) for finding in placed)
    others = inspect_elements((*parts.path, *parts.attributes))
    return (*placed, *[each for each in others if (each.code, each.place) not in found])
