"""The names and links of a batch's items, by serial, without taking each one apart.

>>> from ocoptrace.gs1 import parse_name
>>> names = ItemNames.of(parse_name("https://id.gs1.org/01/09521234543213/10/L1"), "id.example")
>>> names.name("A7"), names.link("A7", "123")
('https://id.gs1.org/01/09521234543213/10/L1/21/A7', \
'HTTPS://ID.EXAMPLE/01/09521234543213/10/L1/21/A7#123')
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, overload

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ocoptrace.gs1 import Name
    from ocoptrace.workspace.serials import Serials

__all__ = ["ItemNames", "NamesOf"]

_SAMPLE = "A1"
_AS_IT_IS = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]*", re.ASCII)
"""Serials that stand in a URI without an escape, and are no step in its path."""


@dataclass(frozen=True, slots=True)
class ItemNames:
    """What the items of a batch are called, and linked by.

    Attributes:
        batch: the batch's name.
        host: host of printed links.
        name_stem, link_stem: what stands before a serial that needs no escape.
    """

    batch: Name
    host: str
    name_stem: str
    link_stem: str

    @classmethod
    def of(cls, batch: Name, host: str) -> ItemNames:
        """Return the names of a batch's items.

        Raises:
            Gs1Error: not a batch, or a host that its name does not stand on.
        """
        item = batch.item(_SAMPLE)
        name, link = item.canonical(), item.to_uri(host=host, upper=True)
        return cls(batch, host, name.removesuffix(_SAMPLE), link.removesuffix(_SAMPLE))

    def name(self, serial: str) -> str:
        """Return the canonical name of an item whose serial is a right one."""
        if _AS_IT_IS.fullmatch(serial):
            return self.name_stem + serial
        return self.batch.item(serial).canonical()

    def link(self, serial: str, fragment: str = "") -> str:
        """Return the link that is printed for an item whose serial is a right one."""
        if _AS_IT_IS.fullmatch(serial):
            return f"{self.link_stem}{serial}{fragment and '#' + fragment}"
        return self.batch.item(serial).to_uri(host=self.host, upper=True, fragment=fragment)


class NamesOf(Sequence[str]):
    """The canonical names of a run's items, made as they are asked for."""

    def __init__(self, names: ItemNames, serials: Serials) -> None:
        self._names = names
        self._serials = serials

    def __len__(self) -> int:
        return len(self._serials)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: int | slice) -> str | list[str]:
        if isinstance(index, slice):
            return [self._names.name(serial) for serial in self._serials[index]]
        return self._names.name(self._serials[index])

    def __iter__(self) -> Iterator[str]:
        return map(self._names.name, self._serials)
