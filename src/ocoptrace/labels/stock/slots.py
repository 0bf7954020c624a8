"""Slots: which sticker of a run goes where on which page.

>>> from ocoptrace.labels.stock.stock import load_stock
>>> stock = load_stock("roll-35x22-3up")
>>> filling = Filling(start_slot=2, copies=2)
>>> [list(page) for page in filling.pages("AB", stock)]
[[(2, 'A'), (3, 'A')], [(1, 'B'), (2, 'B')]]
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, islice, repeat
from typing import TYPE_CHECKING, Final, Literal, TypeVar

from ocoptrace.errors import LabelError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ocoptrace.labels.stock.stock import Stock

__all__ = ["MAX_COPIES", "Filling"]

MAX_COPIES: Final = 10_000
"""Most copies of one sticker."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filling:
    """How the slots of pages are filled. Slots are counted from 1, row by row.

    Attributes:
        start_slot: first slot that is used on the first page; those before it in the order
            of filling are left blank.
        used: slots of the first page alone that are left blank: already peeled off.
        skip: slots of every page that are left blank: spoiled, or where a printer cannot print.
        copies: how often each sticker is printed, one behind the other.
        order: whether slots are filled row by row or column by column.

    Raises:
        LabelError: ``label.copies``.
    """

    start_slot: int = 1
    used: frozenset[int] = frozenset()
    skip: frozenset[int] = frozenset()
    copies: int = 1
    order: Literal["rows", "columns"] = "rows"

    def __post_init__(self) -> None:
        """Refuse a number of copies that cannot be."""
        if not 1 <= self.copies <= MAX_COPIES:
            raise LabelError("label.copies", copies=self.copies, limit=MAX_COPIES)

    def check(self, stock: Stock) -> None:
        """Refuse slots that a stock does not have, and a filling that leaves every page blank.

        Raises:
            LabelError: ``label.start_slot``, ``label.no_such_slot``, ``label.no_slot_left``.
        """
        if not 1 <= self.start_slot <= stock.slots:
            raise LabelError("label.start_slot", slot=self.start_slot, slots=stock.slots)
        for slot in sorted(self.used | self.skip):
            if not 1 <= slot <= stock.slots:
                raise LabelError("label.no_such_slot", slot=slot, slots=stock.slots)
        if len(self.skip) == stock.slots:
            raise LabelError("label.no_slot_left", slots=stock.slots)

    def slots(self, stock: Stock, *, first: bool = False) -> tuple[int, ...]:
        """Return the slots of a page in the order in which they are filled.

        Args:
            stock: what is printed on.
            first: whether it is the first page; it may have no slot left.

        Raises:
            LabelError: as ``check``.
        """
        self.check(stock)
        everyone = range(1, stock.slots + 1)
        if self.order == "columns":
            order = [slot for column in everyone[: stock.columns]
                     for slot in everyone[column - 1 :: stock.columns]]  # fmt: skip
        else:
            order = list(everyone)
        blank = self.skip
        if first:
            order = order[order.index(self.start_slot) :]
            blank |= self.used
        return tuple(slot for slot in order if slot not in blank)

    def pages(self, stickers: Iterable[T], stock: Stock) -> Iterator[tuple[tuple[int, T], ...]]:
        """Yield the pages of a run, each as (slot, sticker) in printing order.

        A page without stickers is not yielded.

        Raises:
            LabelError: as ``check``, when the first page is asked for.
        """
        copied = chain.from_iterable(repeat(sticker, self.copies) for sticker in stickers)
        for slots in chain([self.slots(stock, first=True)], repeat(self.slots(stock))):
            page = tuple(zip(slots, islice(copied, len(slots)), strict=False))
            if page:
                yield page
            if len(page) < len(slots):
                return

    def page_count(self, stickers: int, stock: Stock) -> int:
        """Return how many pages so many stickers take.

        Raises:
            LabelError: as ``check``.
        """
        left = stickers * self.copies
        first = len(self.slots(stock, first=True))
        each = len(self.slots(stock))
        return (1 if left and first else 0) + -(-max(0, left - first) // each)
