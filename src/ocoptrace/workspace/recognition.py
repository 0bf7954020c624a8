"""Recognising another office: what it vouches for counts here, as far as it is its to vouch for.

What an office says of keys and logs that came here another way counts for nothing: it can
neither take them over nor revoke them. What it says of its own is listed anew each time.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from ocoptrace import canonical_json
from ocoptrace.errors import WorkspaceError
from ocoptrace.signing import Root, TrustBundle
from ocoptrace.signing.signed_file import SignedFile
from ocoptrace.workspace.gate import taken

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ocoptrace.signing.bundle import KeyEntry
    from ocoptrace.store import SqliteStore
    from ocoptrace.workspace.act import Act

__all__ = ["recognise", "recognised_keys", "recognised_until"]

_MEMORY = "recognised"
_NOTHING: dict[str, Any] = {"keys": [], "logs": [], "sha256": "", "version": None}


def recognise(act: Act, data: bytes, *, roots: Iterable[bytes]) -> TrustBundle:
    """List what another office's bundle lists, in place of what its last one listed.

    Args:
        act: what this belongs to.
        data: its bundle file.
        roots: its root files, see ``Office.recognise``.

    Returns:
        Its bundle.

    Raises:
        SigningError: not its root or bundle, or one older than was recognised before.
        WorkspaceError: it lists a name that is another's here, or has expired.
    """
    office, root = _pinned(act, roots)
    store = act.setting.store
    memory = _memory(store)
    before = memory.get(office, _NOTHING)
    trust = TrustBundle.load(
        data,
        root=root,
        previous_version=before["version"],
        previous_sha256=bytes.fromhex(before["sha256"]) or None,
    )
    if trust.expires <= act.now:
        # The own bundle would make old news look fresh.
        raise WorkspaceError("workspace.recognised_ended", office=office, end=trust.expires)
    keys, logs = _list(act, trust, before)
    memory[office] = {
        "expires": trust.expires.isoformat(),
        "keys": keys,
        "logs": logs,
        "sha256": trust.sha256.hex(),
        "version": trust.version,
    }
    store.set_meta(_MEMORY, canonical_json.dumps(memory).decode())
    return trust


def recognised_keys(store: SqliteStore) -> set[str]:
    """Return the thumbprints (hex) of the keys that other offices vouch for."""
    return {thumbprint for office in _memory(store).values() for thumbprint in office["keys"]}


def recognised_until(store: SqliteStore) -> dict[str, datetime]:
    """Return until when the bundle of each recognised office is fresh, by the office's URI."""
    known = _memory(store).items()
    return {office: datetime.fromisoformat(memory["expires"]) for office, memory in known}


def _memory(store: SqliteStore) -> dict[str, Any]:
    memory: dict[str, Any] = canonical_json.loads(store.meta(_MEMORY) or "{}")
    return memory


def _pinned(act: Act, roots: Iterable[bytes]) -> tuple[str, Root]:
    """Return an office's issuer and its newest root, after following it from the one known."""
    found: tuple[str, Root] | None = None
    for data in roots:
        root = Root.load(data)
        office = _office_of(data, root)
        if office == act.issuer:
            raise WorkspaceError("workspace.own_office", issuer=office)
        kind = f"root of {office}"
        known = act.setting.store.trust_file(kind)
        if known is not None and Root.load(known).text() != root.text():
            Root.load(known).follow(data)
        if known is None or Root.load(known).text() != root.text():
            act.setting.store.add_trust_file(kind, root.version, data)
        found = office, root
    if found is None:
        raise WorkspaceError("workspace.no_root")
    return found


def _office_of(data: bytes, root: Root) -> str:
    """Return the issuer of a root's own signatures; those of others prove nothing."""
    keys = root.roles.root.public_keys()
    signed = [s for s in SignedFile.parse(data).signatures if any(map(s.is_signed_by, keys))]
    return min(statement.issuer for statement in signed)


def _list(act: Act, trust: TrustBundle, before: dict[str, Any]) -> tuple[list[str], list[str]]:
    """List the keys, revocations, logs and namespaces that are the other office's own."""
    listed = {entry.thumbprint: entry for entry in act.keys}
    ours = [entry for entry in act.keys if entry.thumbprint not in before["keys"]]
    held = {entry.thumbprint for entry in ours}
    theirs = [entry for entry in trust.keys if entry.thumbprint not in held]
    for entry in theirs:
        _check_free(entry, ours)
    act.keys = [*ours, *(listed[e.thumbprint] for e in theirs if e.thumbprint in listed)]
    for entry in theirs:
        if listed.get(entry.thumbprint) != entry:
            act.list_key(entry)

    by_thumbprint = {entry.thumbprint: entry for entry in theirs}
    for revocation in trust.revocations:
        # A revocation is never taken back: those that they no longer list stay listed here.
        if revocation.key in by_thumbprint and revocation not in act.revocations:
            act.revoke(revocation, by_thumbprint[revocation.key])

    own_logs = [log for log in act.logs if log.origin not in before["logs"]]
    origins = {log.origin for log in own_logs}
    their_logs = [log for log in trust.logs if log.origin not in origins]
    act.logs = [*own_logs, *their_logs]
    act.namespaces += [host for host in trust.namespaces if host not in act.namespaces]
    return sorted(by_thumbprint), sorted(log.origin for log in their_logs)


def _check_free(entry: KeyEntry, ours: Iterable[KeyEntry]) -> None:
    for held in ours:
        if held.issuer == entry.issuer:
            raise WorkspaceError("workspace.name_of_another", what=entry.issuer, holder=held.issuer)
        for claim in entry.grants:
            for grant in held.grants:
                what = taken(claim, grant)
                if what is not None:
                    raise WorkspaceError("workspace.name_of_another", what=what, holder=held.issuer)
