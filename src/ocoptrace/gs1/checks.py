"""Check digits, check pairs and the GS1 character sets.

>>> check_digit("952010100111")
'5'
>>> has_check_digit("9520101001115")
True
>>> char_set_82("MT-0601"), char_set_82("Lô-7")
(True, False)
>>> outside("Lô 7", "X"), slug("Lô 7 đặc biệt")
('ô ', 'Lo-7-dac-biet')
"""

from __future__ import annotations

import re
from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "CHARACTER_CLASSES",
    "CHARACTER_SETS",
    "char_set_39",
    "char_set_64",
    "char_set_82",
    "check_digit",
    "check_pair",
    "has_check_digit",
    "is_digits",
    "outside",
    "slug",
]

CHARACTER_SETS = {
    "N": "0123456789",
    "X": "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz",
    "Y": "#-/0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "Z": "-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz=",
}
"""Characters by component type: N digits, X set 82, Y set 39, Z set 64 (GS1 GenSpecs 7.11)."""

CHARACTER_CLASSES = {
    "N": "[0-9]",
    "X": '[!"%-?A-Z_a-z]',
    "Y": "[#/0-9A-Z-]",
    "Z": "[0-9A-Z_a-z=-]",
}
"""The same sets as regular expressions, written so that JSON schemas can carry them."""

_PAIR_MODULUS = 1021
_PAIR_CHARACTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def is_digits(text: str) -> bool:
    """Tell whether a text is one or more ASCII digits (``str.isdigit`` admits others)."""
    return text.isascii() and text.isdigit()


def check_digit(digits: str) -> str:
    """Return the check digit that belongs behind digits, for GTIN, GLN, SSCC and their kin.

    Args:
        digits: ASCII digits without the check digit (GS1 GenSpecs 7.9.1).
    """
    return str(-_weighted(f"{digits}0") % 10)


def has_check_digit(digits: str) -> bool:
    """Tell whether the last of some ASCII digits is the check digit of the others."""
    return _weighted(digits) % 10 == 0


def _weighted(digits: str) -> int:
    """Return the sum of digits with weights 1 and 3, from the right."""
    codes = digits.encode("ascii")
    # 48 is the code of "0": taking it off once in the sum saves a conversion of each digit.
    return sum(codes) + 2 * sum(codes[-2::-2]) - 48 * (len(codes) + len(codes) // 2 * 2)


def check_pair(text: str) -> str:
    """Return the two check characters that belong behind a text (GS1 GenSpecs 7.9.5).

    Args:
        text: 1 to 97 characters of set 82, without the pair.
    """
    values = CHARACTER_SETS["X"]
    weighted = (
        values.index(character) * prime
        for character, prime in zip(reversed(text), _primes(), strict=False)
    )
    high, low = divmod(sum(weighted) % _PAIR_MODULUS, len(_PAIR_CHARACTERS))
    return _PAIR_CHARACTERS[high] + _PAIR_CHARACTERS[low]


def _primes() -> Iterator[int]:
    """Yield the prime numbers: the weights of a check pair, from the right."""
    return (n for n in count(2) if all(n % divisor for divisor in range(2, n)))


def char_set_82(text: str) -> bool:
    """Tell whether a text is of character set 82, which lots and serials are made of."""
    return not outside(text, "X")


def char_set_39(text: str) -> bool:
    """Tell whether a text is of character set 39, which component numbers are made of."""
    return not outside(text, "Y")


def char_set_64(text: str) -> bool:
    """Tell whether a text is of character set 64 (base64url with padding)."""
    return not outside(text, "Z")


def outside(text: str, kind: str) -> str:
    """Return the characters of a text that a component type does not admit, each once."""
    allowed = CHARACTER_SETS[kind]
    return "".join(dict.fromkeys(character for character in text if character not in allowed))


def slug(text: str) -> str:
    """Return a text like this one that a lot or serial admits: no marks, no blanks.

    It is a proposal for a person to accept; nothing in this library changes a code by itself.
    """
    # Imported here: only a refused value needs it.
    import unicodedata  # noqa: PLC0415

    plain = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    bare = "".join(character for character in plain if not unicodedata.combining(character))
    return re.sub(r"[^A-Za-z0-9._/-]+", "-", bare).strip("-")
