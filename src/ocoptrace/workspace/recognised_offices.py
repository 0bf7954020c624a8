"""What came here from other offices that are recognised, and until when it is fresh."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from ocoptrace import canonical_json
from ocoptrace.errors import WorkspaceError

if TYPE_CHECKING:
    from ocoptrace.store import SqliteStore

__all__ = [
    "NOTHING",
    "check_fresh",
    "recognised_keys",
    "recognised_until",
    "remember",
    "remembered",
]

_MEMORY = "recognised"

NOTHING: Final[dict[str, Any]] = {
    "keys": [],
    "logs": [],
    "namespaces": [],
    "root_version": None,
    "sha256": "",
    "version": None,
}
"""What is remembered of an office that is not recognised."""


def check_fresh(store: SqliteStore, *, now: datetime) -> None:
    """Refuse to make old news of another office look fresh.

    Raises:
        WorkspaceError: the bundle of a recognised office has expired.
    """
    for office, end in recognised_until(store).items():
        if end <= now:
            raise WorkspaceError("workspace.recognised_expired", office=office, end=end)


def recognised_keys(store: SqliteStore) -> set[str]:
    """Return the thumbprints (hex) of the keys that other offices vouch for."""
    return {thumbprint for office in remembered(store).values() for thumbprint in office["keys"]}


def recognised_until(store: SqliteStore) -> dict[str, datetime]:
    """Return until when the bundle of each recognised office is fresh, by the office's URI."""
    known = remembered(store).items()
    return {office: datetime.fromisoformat(memory["expires"]) for office, memory in known}


def remembered(store: SqliteStore) -> dict[str, Any]:
    """Return what came from each recognised office, by its URI, with the members of ``NOTHING``."""
    memory: dict[str, Any] = canonical_json.loads(store.meta(_MEMORY) or "{}")
    return memory


def remember(store: SqliteStore, memory: dict[str, Any]) -> None:
    """Keep what came from all recognised offices. Call it inside ``store.writing()``."""
    store.set_meta(_MEMORY, canonical_json.dumps(memory).decode())
