"""An outsider's look at a log: does it continue what was seen, and what is new in it.

Nothing is fetched here: whoever audits reads the checkpoint and hands in what reads a tile. The
memory needed is that of one bundle of entries, and eight bytes for each entry.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from itertools import chain, pairwise
from typing import TYPE_CHECKING, Any, Final

from ocoptrace.errors import InputError, ProofError
from ocoptrace.findings import Finding
from ocoptrace.signing import Statement
from ocoptrace.transparency.compact_range import CompactRange
from ocoptrace.transparency.merkle import leaf_hash, tree_root
from ocoptrace.transparency.tile import (
    ENTRIES,
    decode_entries,
    hashes_of,
    leaf_tile_of,
    node_reader,
    tiles_of,
)
from ocoptrace.verify.office_acts import OfficeActs

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator
    from datetime import datetime

    from ocoptrace.findings import Severity
    from ocoptrace.signing import TrustBundle
    from ocoptrace.signing.note import VerifierKey
    from ocoptrace.transparency import Checkpoint
    from ocoptrace.transparency.tile import ReadTile, Tile

    Spread = Callable[
        [Callable[[list[tuple[int, Statement]]], list[bool | None]], Iterable[Any]],
        Iterable[list[bool | None]],
    ]

__all__ = ["LogAudit", "audit_log", "keys_of_log"]

_MOST_FINDINGS: Final = 1000
_PASSES: Final = 16
_SLICE: Final = 32
"""Statements whose signatures are checked at one go."""


@dataclass
class LogAudit:
    """What an audit saw.

    Attributes:
        before: entries that were seen earlier.
        size: entries that the log shows now.
        holds: whether the log continues what was seen, and its entries lead to its root: then,
            and only then, the checkpoint is kept in place of the last.
        time: by when the quorum had seen the checkpoint; None without a quorum.
        unknown_keys: entries signed by keys that the bundle does not list.
        acts: of the office, seen so far.
        findings: what is wrong, and what was asked to be told. At most 1,000.
    """

    before: int
    size: int
    acts: OfficeActs
    holds: bool = False
    time: datetime | None = None
    unknown_keys: int = 0
    findings: list[Finding] = field(default_factory=list)

    def add(self, code: str, place: str, severity: Severity = "error", **facts: object) -> None:
        """Note a finding, unless there are too many."""
        self.add_all([Finding(code, severity, place, facts)])

    def add_all(self, findings: Collection[Finding]) -> None:
        """Note findings, as many as there is room for."""
        room = _MOST_FINDINGS - len(self.findings)
        self.findings += list(findings)[:room]


def keys_of_log(
    bundle: TrustBundle | None, origin: str, size: int
) -> tuple[tuple[VerifierKey, ...], int] | None:
    """Return the keys that a bundle names for a log, and its quorum; None where it names none."""
    log = None if bundle is None else bundle.log(origin)
    return None if log is None else (log.verifier_keys(size), log.quorum)


def audit_log(
    checkpoint: Checkpoint,
    read: ReadTile,
    *,
    keys: tuple[VerifierKey, ...],
    quorum: int = 0,
    kept: Checkpoint | None = None,
    acts: OfficeActs | None = None,
    bundle: TrustBundle | None = None,
    watch: Collection[bytes] = (),
    on_entries: Callable[[int], object] = lambda _: None,
    spread: Spread = map,
) -> LogAudit:
    """Audit a log.

    Args:
        checkpoint: what it shows now.
        read: reads a tile; raises ProofError where it is missing.
        keys: of the log and its witnesses.
        quorum: how many witnesses are needed.
        kept: the checkpoint of the last audit.
        acts: of the office, as the last audit left them.
        bundle: the office's, to be compared with what the log says it did.
        watch: key ids (8 bytes): each statement under one of them is told.
        on_entries: told how many entries have been looked at.
        spread: does as ``map``, perhaps in threads: most of the time goes into signatures, which
            are checked outside Python.
    """
    seen = acts or OfficeActs(is_whole=kept is None)
    audit = LogAudit(kept.size if kept else 0, checkpoint.size, seen)
    try:
        audit.time = checkpoint.verify(keys, quorum=quorum)
        edge = _continued(audit, checkpoint, kept, read)
        if edge is not None:
            office = "" if bundle is None else _office_of(bundle, checkpoint.origin)
            entries = _Entries(
                audit,
                bundle,
                office=office,
                watch=frozenset(watch),
                on_entries=on_entries,
                spread=spread,
            )
            _read_on(audit, edge, checkpoint, read, entries)
    except ProofError as error:
        audit.add(error.code, error.place or "checkpoint", **error.facts)
        return audit
    if audit.holds and bundle is not None and _office_of(bundle, checkpoint.origin):
        audit.add_all(list(audit.acts.compare(bundle)))
    return audit


def _continued(
    audit: LogAudit, checkpoint: Checkpoint, kept: Checkpoint | None, read: ReadTile
) -> CompactRange | None:
    """Return the edge of the tree seen last, as the log shows it now; None where it is another."""
    if kept is None:
        return CompactRange()
    if kept.origin != checkpoint.origin:
        audit.add("audit.other_log", "checkpoint", origin=checkpoint.origin, kept=kept.origin)
        return None
    if checkpoint.size < kept.size:
        audit.add("proof.rolled_back", "checkpoint", size=checkpoint.size, seen=kept.size)
        return None
    edge = CompactRange.of(kept.size, node_reader(checkpoint.size, read))
    if edge.root() != kept.root:
        audit.add("audit.forked", "checkpoint", size=kept.size)
        return None
    return edge


def _read_on(
    audit: LogAudit,
    edge: CompactRange,
    checkpoint: Checkpoint,
    read: ReadTile,
    entries: _Entries,
) -> None:
    """Read what is new, and see whether it leads to the root that is signed."""
    for tile in tiles_of(checkpoint.size, beyond=edge.size):
        if tile.level != ENTRIES:
            break  # entries come first
        data = read(tile)
        try:
            bundle = decode_entries(data, tile.width)
        except ProofError as error:
            raise ProofError(error.code, place=tile.path, **error.facts) from error
        leaves = [leaf_hash(entry) for entry in bundle]
        _compare_leaves(audit, tile, leaves, read)
        first = edge.size - tile.start
        for leaf in leaves[first:]:
            edge.append(leaf)
        entries.look_at(tile.start + first, bundle[first:])
    entries.tell_repeated()
    if edge.root() != checkpoint.root:
        audit.add("audit.root_differs", "checkpoint", size=checkpoint.size)
        return
    # The entries are those that were signed; what proofs are made of must be as well.
    if tree_root(checkpoint.size, node_reader(checkpoint.size, read)) != checkpoint.root:
        audit.add("audit.tiles_differ", "checkpoint")
    audit.holds = True


def _compare_leaves(audit: LogAudit, tile: Tile, leaves: list[bytes], read: ReadTile) -> None:
    of_leaves = leaf_tile_of(tile)
    published = hashes_of(of_leaves, read(of_leaves))
    if published != leaves:
        at = next(at for at, each in enumerate(leaves) if each != published[at])
        audit.add("audit.leaf_differs", of_leaves.path, index=tile.start + at)


def _office_of(bundle: TrustBundle, origin: str) -> str:
    """Return the issuer of the office that runs a log; empty where no office does."""
    log = bundle.log(origin)
    offices = {entry.issuer for entry in bundle.keys if entry.role == "authority"}
    return log.operator if log is not None and log.operator in offices else ""


class _Entries:
    """The entries that are new, one after the other."""

    def __init__(
        self,
        audit: LogAudit,
        bundle: TrustBundle | None,
        *,
        office: str,
        watch: frozenset[bytes],
        on_entries: Callable[[int], object],
        spread: Spread,
    ) -> None:
        self._audit = audit
        self._bundle = bundle
        self._office = office
        self._watch = watch
        self._on_entries = on_entries
        self._spread = spread
        self._first = audit.before
        if not self._office and audit.size > audit.before:
            # Whose acts to look for is not known.
            audit.acts.is_whole = False
        # Eight bytes of each id: whoever repeats a statement repeats them.
        self._ids = array("Q")

    def look_at(self, start: int, entries: list[bytes]) -> None:
        """Decode entries and check each."""
        statements: list[tuple[int, Statement]] = []
        for index, entry in enumerate(entries, start):
            try:
                statement = Statement.decode(entry)
            except InputError as error:
                self._audit.add("audit.not_a_statement", f"entry {index}", reason=error)
                self._ids.append(index)
                continue
            self._ids.append(int.from_bytes(statement.id[:8]))
            statements.append((index, statement))
        parts = [statements[at : at + _SLICE] for at in range(0, len(statements), _SLICE)]
        signed = chain.from_iterable(self._spread(self._are_signed, parts))
        for (index, statement), is_signed in zip(statements, signed, strict=True):
            self._check(index, statement, is_signed=is_signed)
        self._on_entries(len(entries))

    def _are_signed(self, statements: list[tuple[int, Statement]]) -> list[bool | None]:
        """Tell of each whether the key that it names signed it; None where no such key is known."""
        keys = {} if self._bundle is None else self._bundle.keys_by_kid
        return [
            None if entry is None else each.is_signed_by(entry.public_key)
            for each, entry in ((each, keys.get(each.kid)) for _, each in statements)
        ]

    def _check(self, index: int, statement: Statement, *, is_signed: bool | None) -> None:
        place = f"entry {index}"
        if statement.kid in self._watch:
            self._audit.add(
                "audit.watched",
                place,
                "warning",
                kid=statement.kid.hex(),
                kind=statement.kind,
                subject=statement.subject,
                time=f"{statement.issued_at:%Y-%m-%dT%H:%M:%SZ}",
            )
        if is_signed is None:
            self._audit.unknown_keys += 1
        elif not is_signed:
            self._audit.add("audit.bad_signature", place, kid=statement.kid.hex())
            return
        if statement.issuer != self._office:
            return
        # An act under a key that this bundle does not list yet is one of a newer office's key, and
        # counts as said: whoever else says it in the office's name is to be found as well.
        entry = None if self._bundle is None else self._bundle.by_kid(statement.kid)
        if entry is None or entry.role == "authority":
            self._audit.add_all(list(self._audit.acts.take(index, statement)))

    def tell_repeated(self) -> None:
        """Find statements that stand in the log twice."""
        for index in self._repeated():
            self._audit.add("audit.repeated", f"entry {index}")

    def _repeated(self) -> Iterator[int]:
        """Yield the index of each statement that came before; sorted in parts, to save memory."""
        twice = set[int]()
        for part in range(_PASSES):
            found = sorted(each for each in self._ids if each % _PASSES == part)
            twice.update(each for each, after in pairwise(found) if each == after)
        seen = set[int]()
        for index, each in enumerate(self._ids if twice else (), self._first):
            if each in twice:
                if each in seen:
                    yield index
                seen.add(each)
