"""Human readable interpretation: the lines below a bar code.

>>> hri([("01", "09520101001115"), ("10", "MT-0601")])
('(01) 09520101001115', '(10) MT-0601')
>>> hri([("10", "MT-0601")], titles=True)
('BATCH/LOT (10) MT-0601',)

Source: GS1 General Specifications, clause 4.15. Brackets are for people; no symbol holds them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocoptrace.gs1.application_identifiers import application_identifier

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ocoptrace.gs1.link_rules import Element

__all__ = ["hri"]


def hri(elements: Iterable[Element], *, titles: bool = False) -> tuple[str, ...]:
    """Return one line for each element: its AI in brackets, a blank, its value.

    Args:
        elements: pairs of AI and value.
        titles: put the data title in front, where the AI has one.
    """
    lines = []
    for code, value in elements:
        ai = application_identifier(code) if titles else None
        title = f"{ai.title} " if ai and ai.title else ""
        lines.append(f"{title}({code}) {value}")
    return tuple(lines)
