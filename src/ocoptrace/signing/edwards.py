"""Points of Ed25519 (RFC 8032 §5.1), as far as a public key needs them: is this one sound?

``cryptography`` takes any 32 bytes for a key. Under a point of small order one signature holds
for many messages, so whoever registers one has bound itself to nothing.

>>> is_sound(bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"))
True
>>> is_sound((1).to_bytes(32, "little"))  # the neutral element
False
"""

from __future__ import annotations

__all__ = ["is_sound"]

_BYTES = 32
_P = 2**255 - 19
_D = -121665 * pow(121666, -1, _P) % _P
_ROOT_OF_MINUS_1 = pow(2, (_P - 1) // 4, _P)
_SIGN_BIT = 2**255
_DOUBLINGS = 3
"""The cofactor is 8: a point whose eightfold is the neutral element has a small order."""


def is_sound(raw: bytes) -> bool:
    """Tell whether 32 bytes are a point in its one encoding, and of no small order."""
    number = int.from_bytes(raw, "little")
    y, has_sign = number % _SIGN_BIT, number >= _SIGN_BIT
    x = _x_of(y) if len(raw) == _BYTES and y < _P else None
    if x is None or (x == 0 and has_sign):
        return False
    # The sign of x says nothing about the order.
    for _ in range(_DOUBLINGS):
        x, y = _doubled(x, y)
    return (x, y) != (0, 1)


def _x_of(y: int) -> int | None:
    """Return an x that stands with y on the curve; None where there is none (§5.1.3)."""
    square = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    for root in (x, x * _ROOT_OF_MINUS_1 % _P):
        if root * root % _P == square:
            return root
    return None


def _doubled(x: int, y: int) -> tuple[int, int]:
    product = _D * x * x * y * y
    twice_x = 2 * x * y * pow(1 + product, -1, _P) % _P
    twice_y = (y * y + x * x) * pow(1 - product, -1, _P) % _P
    return twice_x, twice_y
