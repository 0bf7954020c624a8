"""Recognising another office: what it vouches for counts here, as far as it is its to vouch for.

Its own are the hosts that its bundle names, and what lies on them: producers, plain names, logs.
Its authority may grade the goods of its own producers and of nobody else. What it recognised of
others is not taken over with it: an authority that a bundle limits is another office's, and
its hosts are. What came here another way, it can neither take over nor revoke.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Self

from ocoptrace.errors import WorkspaceError
from ocoptrace.signing import Root, TrustBundle
from ocoptrace.signing.bundle import Grant, KeyEntry, Log
from ocoptrace.signing.root import office_of
from ocoptrace.workspace.gate import taken
from ocoptrace.workspace.recognised_offices import NOTHING, remember, remembered

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ocoptrace.workspace.act import Act

__all__ = [
    "MAX_RECOGNISED",
    "Claim",
    "examine",
    "forget",
    "recognise",
]

MAX_RECOGNISED: Final = 2000
"""So many keys, and so many revocations, one office may bring: all stand in every bundle."""


@dataclass(frozen=True)
class Claim:
    """What an office vouches for as its own.

    Attributes:
        office: its URI.
        namespaces: its hosts.
        keys: its keys and its producers', those of its authority limited to its producers.
        logs: the logs that they run.
    """

    office: str
    namespaces: tuple[str, ...]
    keys: tuple[KeyEntry, ...]
    logs: tuple[Log, ...]

    @classmethod
    def of(cls, trust: TrustBundle, office: str) -> Self:
        """Return what is an office's own in its bundle.

        Raises:
            WorkspaceError: something of it lies on no host of the bundle's, or there is too
                much of it.
        """
        limited = {e.issuer for e in trust.keys if e.role == "authority" and e.grants}
        elsewhere = {_host(issuer) for issuer in limited} - {_host(office)}
        namespaces = tuple(host for host in trust.namespaces if host not in elsewhere)
        keys = [
            entry
            for entry in trust.keys
            if _host(entry.issuer) not in elsewhere
            and not (entry.role == "authority" and entry.grants)
        ]
        logs = tuple(log for log in trust.logs if _host(log.operator) not in elsewhere)
        if len(keys) > MAX_RECOGNISED:
            raise _too_many(office, len(keys))
        for uri in (office, *_uris(keys), *(log.operator for log in logs)):
            if _host(uri) not in namespaces:
                known = ", ".join(namespaces) or "–"
                raise WorkspaceError("workspace.off_namespace", what=uri, known=known)
        held = [grant for entry in keys for grant in entry.grants]
        own = tuple(_limited(e, held) if e.role == "authority" else e for e in keys)
        return cls(office, namespaces, own, logs)

    @property
    def gtins(self) -> tuple[str, ...]:
        """The GS1 prefixes and the single GTINs of its producers, each once, sorted."""
        grants = [grant for entry in self.keys for grant in entry.grants]
        return tuple(sorted({g for grant in grants for g in (*grant.gtin_prefixes, *grant.gtins)}))


def _host(uri: str) -> str:
    return uri.split("/")[2]


def _uris(keys: Iterable[KeyEntry]) -> Iterator[str]:
    for entry in keys:
        yield entry.issuer
        for grant in entry.grants:
            yield from grant.name_prefixes


def _limited(entry: KeyEntry, held: Sequence[Grant]) -> KeyEntry:
    """Return an authority's key with a grant for its own producers' goods, and for no others."""
    scope = Grant.of(
        kinds=("grade", "producer"),
        from_=entry.sign_from,
        until=entry.sign_until,
        gtin_prefixes=tuple(sorted({each for grant in held for each in grant.gtin_prefixes})),
        gtins=tuple(sorted({each for grant in held for each in grant.gtins})),
        name_prefixes=tuple(sorted({each for grant in held for each in grant.name_prefixes})),
    )
    limited = entry.model_copy(update={"grants": (scope,)})
    return KeyEntry.model_validate_json(limited.text())


def _too_many(office: str, count: int) -> WorkspaceError:
    return WorkspaceError(
        "workspace.recognised_many", office=office, count=count, limit=MAX_RECOGNISED
    )


def examine(issuer: str, data: bytes, *, roots: Iterable[bytes]) -> Claim:
    """Return what another office would be recognised for; nothing is recognised.

    Args:
        issuer: the URI of the office that is here.
        data: the bundle file of the other.
        roots: its root files, the newest last.

    Raises:
        SigningError: not its root or bundle.
        WorkspaceError: as for ``Claim.of``; or it is the office that is here.
    """
    given = list(roots)
    if not given:
        raise WorkspaceError("workspace.no_root")
    office = office_of(given[-1])
    if office == issuer:
        raise WorkspaceError("workspace.own_office", issuer=office)
    return Claim.of(TrustBundle.load(data, root=Root.load(given[-1])), office)


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
        WorkspaceError: it lists a host or name that is another's here, or has expired; or as
            for ``Claim.of``.
    """
    office, root = _pinned(act, roots)
    store = act.setting.store
    memory = remembered(store)
    before = NOTHING | memory.get(office, {})
    trust = TrustBundle.load(
        data,
        root=root,
        previous_version=before["version"],
        previous_sha256=bytes.fromhex(before["sha256"]) or None,
        previous_root_version=before["root_version"],
    )
    if trust.expires <= act.now:
        # The own bundle would make old news look fresh.
        raise WorkspaceError("workspace.recognised_ended", office=office, end=trust.expires)
    claim = Claim.of(trust, office)
    _check_hosts(act, claim, memory, before)
    keys, logs = _list(act, trust, claim, before)
    memory[office] = {
        "expires": trust.expires.isoformat(),
        "keys": keys,
        "logs": logs,
        "namespaces": list(claim.namespaces),
        "root_version": trust.root_version,
        "sha256": trust.sha256.hex(),
        "version": trust.version,
    }
    remember(store, memory)
    return trust


def forget(act: Act, office: str) -> None:
    """List no longer what a recognised office brought; revocations stay.

    Its root stays pinned: should it be recognised again, that root or one that follows counts.

    Args:
        act: what this belongs to.
        office: its URI.

    Raises:
        WorkspaceError: it is not recognised.
    """
    memory = remembered(act.setting.store)
    if office not in memory:
        known = ", ".join(sorted(memory)) or "–"
        raise WorkspaceError("workspace.not_recognised", office=office, known=known)
    before = NOTHING | memory.pop(office)
    act.keys = [entry for entry in act.keys if entry.thumbprint not in before["keys"]]
    act.logs = [log for log in act.logs if log.origin not in before["logs"]]
    act.namespaces = [host for host in act.namespaces if host not in before["namespaces"]]
    remember(act.setting.store, memory)


def _pinned(act: Act, roots: Iterable[bytes]) -> tuple[str, Root]:
    """Return an office's issuer and its newest root, after following it from the one known."""
    found: tuple[str, Root] | None = None
    for data in roots:
        root = Root.load(data)
        office = office_of(data)
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


def _check_hosts(act: Act, claim: Claim, memory: dict[str, Any], before: dict[str, Any]) -> None:
    """Refuse hosts that are this office's, or another's that is recognised."""
    held = [host for host in act.namespaces if host not in before["namespaces"]]
    for host in claim.namespaces:
        if host in held:
            holders = (o for o, known in memory.items() if host in known.get("namespaces", ()))
            holder = next(holders, act.issuer)
            raise WorkspaceError("workspace.name_of_another", what=host, holder=holder)


def _list(
    act: Act, trust: TrustBundle, claim: Claim, before: dict[str, Any]
) -> tuple[list[str], list[str]]:
    """List the keys, revocations, logs and namespaces that are the other office's own."""
    listed = {entry.thumbprint: entry for entry in act.keys}
    ours = [entry for entry in act.keys if entry.thumbprint not in before["keys"]]
    held = {entry.thumbprint for entry in ours}
    theirs = [entry for entry in claim.keys if entry.thumbprint not in held]
    for entry in theirs:
        _check_free(entry, ours)
    act.keys = [*ours, *(listed[e.thumbprint] for e in theirs if e.thumbprint in listed)]
    for entry in theirs:
        if listed.get(entry.thumbprint) != entry:
            act.list_key(entry)

    by_thumbprint = {entry.thumbprint: entry for entry in theirs}
    known = [revocation for revocation in act.revocations if revocation.key in by_thumbprint]
    # A revocation is never taken back: those that they no longer list stay listed here.
    new = [r for r in trust.revocations if r.key in by_thumbprint and r not in known]
    if len(known) + len(new) > MAX_RECOGNISED:
        raise _too_many(claim.office, len(known) + len(new))
    for revocation in new:
        act.revoke(revocation, by_thumbprint[revocation.key])

    own_logs = [log for log in act.logs if log.origin not in before["logs"]]
    origins = {log.origin for log in own_logs}
    their_logs = [log for log in claim.logs if log.origin not in origins]
    act.logs = [*own_logs, *their_logs]
    own_hosts = [host for host in act.namespaces if host not in before["namespaces"]]
    act.namespaces = [*own_hosts, *claim.namespaces]
    return sorted(by_thumbprint), sorted(log.origin for log in their_logs)


def _check_free(entry: KeyEntry, ours: Iterable[KeyEntry]) -> None:
    for held in ours:
        for wanted in entry.grants:
            for grant in held.grants:
                what = taken(wanted, grant)
                if what is not None:
                    raise WorkspaceError("workspace.name_of_another", what=what, holder=held.issuer)
