"""Two workspaces on disk whose goods cross: small shrimps of B's go into the paste of A's."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ocoptrace.epcis import parse_event
from ocoptrace.workspace import Workspace

if TYPE_CHECKING:
    from ocoptrace.epcis import Event

__all__ = ["LOT", "NOW", "PASTE", "Crossing", "found", "made", "mixed", "seen"]

STORIES = Path(__file__).parents[1] / "examples" / "stories"
NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
GTIN = "9524072000016"
LOT = "https://id.gs1.org/01/09524072000016/10/T1"
"""B's lot of small shrimps."""

PASTE = "https://id.gs1.org/01/09524071001014/10/ST260915"
"""A's batch of paste."""


def found(folder: Path) -> None:
    """Make both workspaces; A's office recognises B's."""
    a = Workspace.create(folder / "a", host="a.example", clock=lambda: NOW)
    b = Workspace.create(folder / "b", host="b.example", clock=lambda: NOW)
    a.import_registry(STORIES / "shrimp-paste.json")
    b.import_registry(json.dumps(_neighbour()).encode())
    a.office.recognise(b.trust_file("bundle"), roots=[b.trust_file("root")])
    a.close()
    b.close()


def _neighbour() -> dict[str, Any]:
    story: dict[str, Any] = json.loads((STORIES / "neighbour.json").read_text(encoding="utf-8"))
    names = {"vi": "Tép tươi (ví dụ)", "en": "Fresh small shrimps (example)"}
    story["products"]["TEP"] = {"gtin": GTIN, "names": names, "kind": "food"}
    quantity = {"value": 100, "uom": "KGM"}
    batch = {"product": "TEP", "lot": "T1", "productionDate": "2026-09-01", "quantity": quantity}
    story["batches"].append(batch)
    place = {"names": names, "kind": "warehouse", "address": story["producer"]["address"]}
    story["places"]["KHO"] = place
    return story


@dataclass
class Crossing:
    """Both workspaces, opened."""

    a: Workspace
    b: Workspace

    @classmethod
    def open(cls, folder: Path) -> Crossing:
        return cls(*(Workspace.open(folder / name, clock=lambda: NOW) for name in "ab"))

    def close(self) -> None:
        self.a.close()
        self.b.close()

    @property
    def place(self) -> str:
        """B's warehouse."""
        return f"https://b.example/ocop/{self.b.producers()[0].id}/KHO"

    def tell(self) -> list[bytes]:
        """Let B record how its lot came to be and where it was kept."""
        kept = seen(LOT, bizStep="storing", readPoint={"id": self.place})
        return self.b.record([made(LOT), kept])


def _event(kind: str, members: dict[str, Any]) -> Event:
    always = {
        "type": kind,
        "bizStep": "commissioning",
        "eventTime": "2026-09-15T07:30:00+07:00",
        "eventTimeZoneOffset": "+07:00",
    }
    return parse_event(always | members)


def _quantity(name: str) -> list[dict[str, Any]]:
    return [{"epcClass": name, "quantity": 10, "uom": "KGM"}]


def made(name: str, **members: Any) -> Event:
    """Return the event that goods of a name were made."""
    return _event("ObjectEvent", {"action": "ADD", "quantityList": _quantity(name)} | members)


def seen(name: str, **members: Any) -> Event:
    """Return the event that goods of a name were there."""
    given = {"action": "OBSERVE", "quantityList": _quantity(name), "bizStep": "receiving"}
    return _event("ObjectEvent", given | members)


def mixed(source: str, into: str, **members: Any) -> Event:
    """Return the event that goods of one name went into goods of another."""
    lists = {"inputQuantityList": _quantity(source), "outputQuantityList": _quantity(into)}
    return _event("TransformationEvent", lists | members)
