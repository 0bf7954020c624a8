"""``log audit``: for an outsider who kept the last checkpoint, at a terminal or from cron."""

import hashlib
import json
import os
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from ocoptrace.cli.authorities import authorities
from ocoptrace.cli.options import find_workspace, read_file
from ocoptrace.cli.terminal import Terminal
from ocoptrace.errors import InputError, ProofError, RecordError, SigningError, StorageError
from ocoptrace.findings import Finding
from ocoptrace.signing import PublicKey, TrustBundle
from ocoptrace.signing.note import VerifierKey
from ocoptrace.store import read_public_key, write_whole
from ocoptrace.transparency import Checkpoint
from ocoptrace.verify.log_audit import LogAudit, audit_log, keys_of_log
from ocoptrace.verify.office_acts import OfficeActs

__all__ = ["add"]

_FORMAT = "ocop-audit/1"
_BAD = 1
_KEY_ID = re.compile(r"[0-9a-f]{16,64}")


@dataclass(frozen=True)
class _Kept:
    """What the last audit kept: the checkpoint, and which acts of the office it has seen."""

    checkpoint: Checkpoint
    acts: OfficeActs

    @classmethod
    def read(cls, path: Path) -> "_Kept | None":
        """Return what a file keeps, or None where there is none yet.

        Raises:
            InputError: the file cannot be read, or is no such file.
        """
        if not path.exists():
            return None
        try:
            match json.loads(read_file(path)):
                case {"format": str(known), "checkpoint": str(note), "acts": acts} if (
                    known == _FORMAT
                ):
                    return cls(Checkpoint.parse(note), OfficeActs.from_json(acts))
        except (ValueError, RecordError) as error:
            raise InputError("audit.not_a_state", place=str(path)) from error
        raise InputError("audit.not_a_state", place=str(path))

    def write(self, path: Path) -> None:
        """Keep it in place of what was kept.

        Raises:
            StorageError: the disk refuses; then the last one still stands.
        """
        value = {
            "format": _FORMAT,
            "checkpoint": str(self.checkpoint),
            "acts": self.acts.to_json(),
        }
        write_whole(path, json.dumps(value, ensure_ascii=False, indent=1).encode())


def add(log: typer.Typer, terminal: Terminal) -> None:
    """Add the command to the group ``log``."""
    text = terminal.text

    @log.command("audit", help=text("cli.log.audit"))
    def audit(
        source: Annotated[str, typer.Argument(help=text("cli.log.source"))],
        *,
        state: Annotated[Path | None, typer.Option(help=text("cli.log.state"))] = None,
        trust: Annotated[Path | None, typer.Option(help=text("cli.option.trust"))] = None,
        root: Annotated[Path | None, typer.Option(help=text("cli.option.root"))] = None,
        vkey: Annotated[list[str] | None, typer.Option(help=text("cli.log.audit_vkey"))] = None,
        watch: Annotated[list[str] | None, typer.Option(help=text("cli.log.watch"))] = None,
        workspace: Annotated[
            Path | None, typer.Option("--workspace", "-w", help=text("cli.option.workspace"))
        ] = None,
        as_json: Annotated[bool, typer.Option("--json", help=text("cli.option.json"))] = False,
    ) -> int:
        # Commands that need no network do not load what speaks to it.
        from ocoptrace.cli.log_source import source_of

        path = state or _state_of(source)
        kept = _Kept.read(path)
        bundles = _bundles(trust, root, workspace, required=not vkey)
        place = source_of(source)
        done: LogAudit
        checkpoint: Checkpoint | None = None
        try:
            checkpoint = _checkpoint(place.checkpoint(), source)
            bundle = next((each for each in bundles if each.log(checkpoint.origin)), None)
            keys, quorum = _keys(checkpoint, bundle, vkey or [], kept)
            with ThreadPoolExecutor(os.cpu_count()) as threads:
                done = audit_log(
                    checkpoint,
                    place.read,
                    keys=keys,
                    quorum=quorum,
                    kept=kept.checkpoint if kept else None,
                    acts=kept.acts if kept else None,
                    bundle=bundle,
                    watch=_watched(watch or [], bundles),
                    spread=threads.map,
                )
        except ProofError as error:
            fault = Finding(error.code, "error", error.place or "checkpoint", error.facts)
            done = LogAudit(kept.checkpoint.size if kept else 0, 0, OfficeActs())
            done.findings.append(fault)
        if done.holds and checkpoint is not None:
            _Kept(checkpoint, done.acts).write(path)
        _tell(terminal, done, checkpoint, source, as_json=as_json)
        return _BAD if done.findings else 0


def _state_of(source: str) -> Path:
    """Return where the last checkpoint is kept: by address, so that no other log can take over."""
    home = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    place = source if "://" in source else str(Path(source).resolve())
    name = hashlib.sha256(place.rstrip("/").encode()).hexdigest()[:16]
    return home / "ocoptrace" / "audits" / f"{name}.json"


def _bundles(
    trust: Path | None, root: Path | None, workspace: Path | None, *, required: bool
) -> list[TrustBundle]:
    if trust is root is None and not required and find_workspace(workspace) is None:
        return []
    return [authority.bundle for authority in authorities(trust, root, workspace)]


def _checkpoint(note: str | None, source: str) -> Checkpoint:
    if note is None:
        raise StorageError("cli.log.no_checkpoint", where=source)
    return Checkpoint.parse(note)


def _keys(
    checkpoint: Checkpoint, bundle: TrustBundle | None, vkeys: Sequence[str], kept: _Kept | None
) -> tuple[tuple[VerifierKey, ...], int]:
    """Return the keys of the log, from the bundle or as they were given, and its quorum."""
    if vkeys:
        return tuple(VerifierKey.parse(vkey) for vkey in vkeys), 0
    found = keys_of_log(bundle, checkpoint.origin, checkpoint.size)
    if found is not None:
        return found
    if kept is not None and kept.checkpoint.origin != checkpoint.origin:
        facts = {"origin": checkpoint.origin, "kept": kept.checkpoint.origin}
        raise ProofError("audit.other_log", **facts)
    raise InputError("cli.log.unknown_log", origin=checkpoint.origin)


def _watched(words: Sequence[str], bundles: Sequence[TrustBundle]) -> frozenset[bytes]:
    """Return the key ids of the keys that are meant: of a file, a thumbprint, a producer's code.

    Raises:
        InputError: no such key.
    """
    return frozenset(kid for word in words for kid in _kids(word, bundles))


def _kids(word: str, bundles: Sequence[TrustBundle]) -> list[bytes]:
    if _KEY_ID.fullmatch(word.lower()):
        return [bytes.fromhex(word[:16])]
    if Path(word).is_file():
        return [_key_in(Path(word)).kid]
    kids = [
        entry.public_key.kid
        for bundle in bundles
        for entry in bundle.keys
        if entry.issuer == word or entry.issuer.rpartition("/")[2] == word.upper()
    ]
    if not kids:
        raise InputError("cli.log.no_such_key", value=word)
    return kids


def _key_in(path: Path) -> PublicKey:
    try:
        return PublicKey.from_pem(read_file(path))
    except SigningError:
        if (key := read_public_key(path)) is not None:
            return key
        raise


def _tell(
    terminal: Terminal,
    done: LogAudit,
    checkpoint: Checkpoint | None,
    source: str,
    *,
    as_json: bool,
) -> None:
    facts: dict[str, Any] = {
        "origin": checkpoint.origin if checkpoint else source,
        "size": done.size,
        "before": done.before,
        "new": max(done.size - done.before, 0),
        "unknown": done.unknown_keys,
    }
    if as_json:
        time = None if done.time is None else f"{done.time:%Y-%m-%dT%H:%M:%SZ}"
        findings = [each.to_json(terminal.language) for each in done.findings]
        terminal.json(facts | {"holds": done.holds, "seen_by": time, "findings": findings})
        return
    terminal.findings(done.findings)
    if done.findings:
        terminal.say(terminal.text("cli.log.audit_bad", count=len(done.findings), **facts))
    else:
        terminal.done(terminal.text("cli.log.audit_good", **facts))
    if done.findings and not done.holds:
        terminal.say(terminal.text("cli.log.audit_not_kept"))
