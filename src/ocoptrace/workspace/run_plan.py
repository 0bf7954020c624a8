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
from typing import TYPE_CHECKING, Any, Final

from ocoptrace import canonical_json
from ocoptrace.errors import WorkspaceError
from ocoptrace.labels import LabelContent
from ocoptrace.workspace.printing import Printing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ocoptrace.labels import Stock, Template

__all__ = ["RunPlan", "digest"]

_MADE: Final = tuple(part for part in fields(LabelContent) if part.init)
_DATES: Final = frozenset(part.name for part in _MADE if "date" in str(part.type))


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
