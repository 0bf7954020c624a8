"""What a linter answers: the first fault in the text of a component, or None.

>>> csetnumeric("12A4")
Fault(error='NON_DIGIT_CHARACTER', start=2, end=3)
"""

from __future__ import annotations

from typing import NamedTuple

from ocoptrace.gs1.checks import CHARACTER_SETS

__all__ = ["Fault", "csetnumeric", "first_outside"]


class Fault(NamedTuple):
    """What is wrong with a component, and where in its text.

    Attributes:
        error: the dictionary's name of the fault.
        start: where the faulty part starts.
        end: behind its last character.
    """

    error: str
    start: int
    end: int


def first_outside(text: str, kind: str, error: str) -> Fault | None:
    """Return a fault at the first character that a component type does not admit."""
    allowed = CHARACTER_SETS[kind]
    if not text.strip(allowed):
        return None
    for place, character in enumerate(text):
        if character not in allowed:
            return Fault(error, place, place + 1)
    return None


def csetnumeric(text: str) -> Fault | None:
    """Digits only."""
    return first_outside(text, "N", "NON_DIGIT_CHARACTER")
