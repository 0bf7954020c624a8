"""What a run prints, and how: kept with its serials, so that it can be printed as it was meant.

>>> plan = RunPlan(Printing(template="ocop-50x30", stock="roll-50x30", copies=2), (
...     (LabelContent(link="HTTPS://ID.EXAMPLE", product="Mắm tôm"), 3),))
>>> RunPlan.parse(plan.text()) == plan, plan.size, plan.row_of(2)
(True, 3, 0)
"""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_right
from dataclasses import dataclass, fields
from datetime import date
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Final, Literal, TypedDict

from ocoptrace import canonical_json
from ocoptrace.errors import WorkspaceError
from ocoptrace.labels import LabelContent, lay_out, load_stock, load_template
from ocoptrace.labels.stock.printer import PrinterProfile
from ocoptrace.labels.stock.slots import Filling

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ocoptrace.labels import Page, Stock, Template

__all__ = ["Printing", "PrintingOptions", "RunPlan", "digest"]

_MADE: Final = tuple(part for part in fields(LabelContent) if part.init)
_DATES: Final = frozenset(part.name for part in _MADE if "date" in str(part.type))


class PrintingOptions(TypedDict, total=False):
    """The members of ``Printing``, as keywords."""

    template: str
    stock: str
    dpi: int
    start_slot: int
    copies: int
    order: Literal["rows", "columns"]
    used: tuple[int, ...]
    skip: tuple[int, ...]
    printer: PrinterProfile | None
    crop: bool
    sealed: int | None
    demo: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Printing:
    """How the stickers of a run are printed.

    Attributes:
        template: what they look like.
        stock: what they are printed on.
        dpi: dots per inch of the printer.
        start_slot: first slot used on the first sheet, from 1.
        copies: how many times each sticker is printed, one after the other: for a jar and its
            box; all of them bear the same serial.
        order: whether sheets are filled by ``rows`` or by ``columns``.
        used: slots of the first sheet that are peeled off already.
        skip: slots of every sheet that are left blank.
        printer: profile that puts right where the printer draws; None changes nothing.
        crop: whether sheets say where to cut, for a print shop.
        sealed: how many of the serials bear a seal, from the first on; None for all.
        demo: whether GS1 example keys (prefix 952) may be printed.
    """

    template: str = "ocop-70x37"
    stock: str = "a4-3x8-70x37"
    dpi: int = 300
    start_slot: int = 1
    copies: int = 1
    order: Literal["rows", "columns"] = "rows"
    used: tuple[int, ...] = ()
    skip: tuple[int, ...] = ()
    printer: PrinterProfile | None = None
    crop: bool = False
    sealed: int | None = None
    demo: bool = False

    def __post_init__(self) -> None:
        """Refuse a number of copies that cannot be."""
        Filling(copies=self.copies)

    def plans(self) -> tuple[Template, Stock]:
        """Return the template and the stock.

        Raises:
            LabelError: one of them is not known.
        """
        return load_template(self.template), load_stock(self.stock)

    def lay_out(self, contents: Iterable[LabelContent], *, before: int = 0) -> Iterator[Page]:
        """Yield the pages of a run's stickers.

        Args:
            contents: the stickers, copies included.
            before: how many stickers of the run stand on earlier pages.

        Raises:
            LabelError: as ``labels.lay_out``.
        """
        template, stock = self.plans()
        return lay_out(
            contents,
            template=template,
            stock=stock,
            dpi=self.dpi,
            filling=Filling(order=self.order, skip=frozenset(self.skip)) if before else self._first,
            printer=self.printer,
            crop=self.crop,
        )

    @property
    def _first(self) -> Filling:
        """How sheets are filled, the first one included; copies are stickers of their own."""
        return Filling(
            start_slot=self.start_slot,
            used=frozenset(self.used),
            skip=frozenset(self.skip),
            order=self.order,
        )

    def page_sizes(self) -> tuple[int, int]:
        """Return how many stickers the first page has, and how many each other one.

        Raises:
            LabelError: the stock is not known, or has no such slots.
        """
        _, stock = self.plans()
        first, each = len(self._first.slots(stock, first=True)), len(self._first.slots(stock))
        # A first sheet without a free slot is no page.
        return first or each, each

    def to_json(self) -> dict[str, Any]:
        """Return the members as JSON has them."""
        members = {part.name: getattr(self, part.name) for part in fields(self)}
        if self.printer is not None:
            members["printer"] = {"name": self.printer.name, "toml": self.printer.to_toml()}
        return members

    @classmethod
    def of_json(cls, members: Mapping[str, Any]) -> Printing:
        """Return the value of members that were written here."""
        given = dict(members)
        given |= {name: tuple(given[name]) for name in ("used", "skip") if name in given}
        if profile := given.get("printer"):
            given["printer"] = PrinterProfile.parse(profile["toml"], name=profile["name"])
        return cls(**given)


@dataclass(frozen=True)
class RunPlan:
    """What is printed, and how.

    Attributes:
        printing: how.
        rows: what stickers say, their own link and serial apart, and for how many of them.
        replaces: code of the run, first and last label, that this one stands in for.
        hashes: digests of template and stock, as they were when the serials were issued.
    """

    printing: Printing
    rows: tuple[tuple[LabelContent, int], ...]
    replaces: tuple[str, int, int] | None = None
    hashes: tuple[str, str] | None = None

    @property
    def size(self) -> int:
        """How many serials it takes."""
        return self._ends[-1] if self.rows else 0

    @cached_property
    def _ends(self) -> tuple[int, ...]:
        return tuple(accumulate(count for _, count in self.rows))

    def row_of(self, position: int) -> int:
        """Return which row a serial's sticker is of, both counted from 0."""
        return bisect_right(self._ends, position)

    def text(self) -> str:
        """Return the plan as JSON."""
        members: dict[str, Any] = {
            "printing": self.printing.to_json(),
            "rows": [[_members(content), count] for content, count in self.rows],
        }
        if self.replaces is not None:
            members["replaces"] = self.replaces
        if self.hashes is not None:
            members["hashes"] = self.hashes
        return json.dumps(members, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def parse(cls, text: str) -> RunPlan:
        """Return the plan of JSON that was written here.

        Raises:
            WorkspaceError: it tells too little: the run is older than version 4 of the store.
        """
        members = json.loads(text)
        if "rows" not in members:
            raise WorkspaceError("workspace.run_without_plan")
        replaces, hashes = members.get("replaces"), members.get("hashes")
        return cls(
            Printing.of_json(members["printing"]),
            tuple((_content(content), count) for content, count in members["rows"]),
            None if replaces is None else (replaces[0], replaces[1], replaces[2]),
            None if hashes is None else (hashes[0], hashes[1]),
        )


def digest(plan: Template | Stock) -> str:
    """Return the SHA-256 of what a template or stock says, however it is written down."""
    return hashlib.sha256(canonical_json.dumps(plan.model_dump(mode="json"))).hexdigest()


def _members(content: LabelContent) -> dict[str, Any]:
    return {
        part.name: _plain(value)
        for part in _MADE
        if (value := getattr(content, part.name)) is not None and value != part.default
    }


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return {name: _plain(each) for name, each in value.items()} if _is_mapping(value) else value


def _is_mapping(value: object) -> bool:
    return hasattr(value, "items")


def _content(members: Mapping[str, Any]) -> LabelContent:
    given: dict[str, Any] = {
        name: date.fromisoformat(value) if name in _DATES else value
        for name, value in members.items()
    }
    return LabelContent(**given)
