"""How many digits of a key are the GS1 Company Prefix: told by a table, never guessed.

GS1 organisations give out prefixes of different lengths, and a key does not show where its
prefix ends. What is known of the Vietnamese range 893 comes along; a user adds lines, or the
list of prefix lengths that GS1 publishes as JSON.

>>> VIETNAM.length("8938505974000"), VIETNAM.length("4006381333931")
(10, None)
>>> mine = CompanyPrefixes.parse("9520101 7  # as on our certificate")
>>> mine.length("9520101001115")
7
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ocoptrace.errors import Gs1Error
from ocoptrace.gs1._shown import shown
from ocoptrace.gs1.checks import is_digits

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["VIETNAM", "CompanyPrefixes"]

_MAX_LENGTH = 64 * 2**20
_LENGTHS = range(4, 13)
_LONGEST = 12


class CompanyPrefixes:
    """Prefix lengths by the digits that a key starts with; the longest match tells.

    Args:
        lengths: digits that a key starts with, and the length of the prefix, 4 to 12.

    Raises:
        Gs1Error: other than digits, or another length.
    """

    def __init__(self, lengths: Mapping[str, int]) -> None:
        for digits, length in lengths.items():
            if not is_digits(digits) or len(digits) > _LONGEST or length not in _LENGTHS:
                raise Gs1Error("gs1.prefix_line", value=shown(f"{digits} {length}"), at=0)
        self._lengths = dict(lengths)

    @classmethod
    def parse(cls, text: str) -> CompanyPrefixes:
        """Return the table that a text is.

        Args:
            text: lines of digits and length, ``#`` before a remark; or the JSON of GS1's GCP
                length table (``GCPPrefixFormatList``), whose entries of length 0 are left out.

        Raises:
            Gs1Error: neither, with the number of the line that is wrong.
        """
        if len(text) > _MAX_LENGTH:
            raise Gs1Error("gs1.uri_too_long", length=len(text), limit=_MAX_LENGTH)
        if text.lstrip("\ufeff \r\n\t").startswith("{"):
            return cls(dict(_entries(text.lstrip("\ufeff"))))
        return cls(dict(_lines(text)))

    def length(self, digits: str) -> int | None:
        """Return the length of the company prefix that digits start with; None if unknown."""
        for end in range(min(len(digits), _LONGEST), 0, -1):
            if (length := self._lengths.get(digits[:end])) is not None:
                return length
        return None

    def __or__(self, other: CompanyPrefixes) -> CompanyPrefixes:
        """Return both tables as one; where they differ, the other holds."""
        return CompanyPrefixes(self._lengths | other._lengths)


def _lines(text: str) -> Iterator[tuple[str, int]]:
    for number, line in enumerate(text.splitlines(), 1):
        words = line.partition("#")[0].split()
        if not words:
            continue
        if len(words) != 2 or not all(is_digits(word) for word in words):  # noqa: PLR2004 - a pair
            raise Gs1Error("gs1.prefix_line", place=f"line {number}", value=shown(line), at=number)
        yield words[0], int(words[1][:3])


def _entries(text: str) -> Iterator[tuple[str, int]]:
    try:
        entries = json.loads(text)["GCPPrefixFormatList"]["entry"]
        pairs = [(str(entry["prefix"]), int(entry["gcpLength"])) for entry in entries]
    except (ArithmeticError, LookupError, RecursionError, TypeError, ValueError) as error:
        raise Gs1Error("gs1.prefix_list", value=shown(text)) from error
    for prefix, length in pairs:
        if length:
            yield prefix, length


VIETNAM = CompanyPrefixes(
    {
        "8931": 10,
        "89328": 12,
        "8934": 7,
        "8935": 8,
        "89360": 9,
        "89361": 9,
        "89362": 9,
        "89364": 10,
        "89380": 9,
        "89385": 10,
        "89386": 10,
        "89389": 10,
        "8939": 12,
    }
)
"""What is known of the range 893."""
