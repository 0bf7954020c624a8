"""Names read once: a record says the same few names again and again.

>>> named("https://id.gs1.org/01/09521234543213/10/L1").level
'batch'
>>> goods_of("https://id.gs1.org/01/09521234543213/10/L1/21/7")
('https://id.gs1.org/01/09521234543213', 'https://id.gs1.org/01/09521234543213/10/L1')
>>> named("https://shop.example/salt") is None, goods_of("https://shop.example/salt")
(True, ())
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from ocoptrace.errors import Gs1Error
from ocoptrace.gs1 import parse_name

if TYPE_CHECKING:
    from ocoptrace.gs1 import Name

__all__ = ["GOODS", "goods_of", "named"]

GOODS: Final = frozenset({"product", "batch", "item"})
"""Levels of names that belong to a product."""

_KEPT = 4096


@lru_cache(_KEPT)
def named(text: str) -> Name | None:
    """Return the name that a text is; None where it is none of ours, as in many an event."""
    try:
        return parse_name(text)
    except Gs1Error:
        return None


@lru_cache(_KEPT)
def goods_of(text: str) -> tuple[str, ...]:
    """Return the canonical names of the product and, where it has one, the batch of a name.

    Empty where it is no name of goods.
    """
    name = named(text)
    if name is None or name.level not in GOODS:
        return ()
    batch = name.batch()
    product = name.product().canonical()
    return (product,) if batch is None else (product, batch.canonical())
