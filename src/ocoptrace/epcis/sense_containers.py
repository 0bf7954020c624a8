"""What is inside what, so that nothing comes out of a container that never went in.

>>> from ocoptrace.epcis.balance import Amount, Movement
>>> jar, carton = "https://example.org/ocop/7K3MQ9TB/MAM/1/7", "https://id.gs1.org/00/1"
>>> into = Movement(jar, "packed", Amount.of(1, None), "/childEPCs/0", True, carton)
>>> out = Movement(jar, "unpacked", Amount.of(1, None), "/childEPCs/0", True, carton)
>>> containers = Containers()
>>> containers.unpack(out), containers.pack(into), containers.unpack(out), containers.unpack(out)
('epcis.never_packed', None, None, 'epcis.not_inside')
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocoptrace.epcis.balance import Amount, Movement, Stock

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Containers"]

_DEEPEST = 64
"""How deep containers are looked through; nobody packs so deep."""


class Containers:
    """Every container that was filled, and what is in it now."""

    def __init__(self) -> None:
        self._contents: dict[str, Stock[str]] = {}
        self._things: dict[str, dict[str, None]] = {}
        self._inside: dict[str, str] = {}
        self._emptied: set[str] = set()

    def pack(self, movement: Movement) -> str | None:
        """Put something in; return the code of what is odd about that."""
        name, parent = movement.name, movement.parent
        contents = self._contents.setdefault(parent, Stock())
        self._emptied.discard(parent)
        if not movement.single:
            contents.make(name, movement.amount)
            return None
        if name != parent and self._is_around(name, parent):
            return "epcis.parent_among_children"
        elsewhere = self._inside.get(name, parent)
        if elsewhere != parent:
            self._things[elsewhere].pop(name, None)
        self._inside[name] = parent
        self._things.setdefault(parent, {})[name] = None
        return None if elsewhere == parent else "epcis.packed_twice"

    def unpack(self, movement: Movement) -> str | None:
        """Take something out; return the code of what is wrong with that."""
        name, parent = movement.name, movement.parent
        contents = self._contents.get(parent)
        if contents is None:
            return "epcis.never_packed"
        if movement.single:
            if self._inside.get(name) != parent:
                return "epcis.not_inside"
            del self._inside[name]
            del self._things[parent][name]
            return None
        if not contents.knows(name):
            return "epcis.not_inside"
        short = None if movement.amount is None else contents.take(name, movement.amount)
        return None if short is None else "epcis.not_inside"

    def _is_around(self, container: str, name: str) -> bool:
        """Tell whether something stands inside a container, however deep."""
        outer: str | None = name
        for _ in range(_DEEPEST):
            outer = self._inside.get(outer) if outer is not None else None
            if outer == container:
                return True
        return False

    def faults_of_emptying(self, parent: str) -> str | None:
        """Return the code of what is odd about taking everything out."""
        if parent not in self._contents:
            return "epcis.never_packed"
        return "epcis.emptied_twice" if parent in self._emptied else None

    def empty(self, parent: str) -> Iterator[tuple[str, Amount]]:
        """Take everything out; yield how much of which lot that was."""
        contents = self._contents.get(parent, Stock())
        self._contents[parent] = Stock()
        self._emptied.add(parent)
        for name in self._things.pop(parent, {}):
            del self._inside[name]
        yield from contents.left()
