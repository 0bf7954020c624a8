"""A workspace's log that grows by statements of no matter what."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from ocoptrace.signing import sign_statement
from village import NOW, PRODUCER

if TYPE_CHECKING:
    from ocoptrace.workspace import Workspace

__all__ = ["grow"]


def grow(ws: Workspace, count: int, *, told: str = "") -> None:
    """Let the log grow by so many statements, and sign a checkpoint."""
    setting = ws._setting  # noqa: SLF001 - as the workspace's own parts do
    with setting.store.writing():
        for _ in range(count):
            number = setting.store.log_size()
            payload = f"{number}{told}".encode()
            statement, salt = sign_statement(
                "event",
                payload,
                issuer=PRODUCER.issuer,
                subject=f"urn:uuid:0190a7c5-8a3e-8f00-8000-{number:012d}",
                signer=PRODUCER.signer,
                now=NOW,
                salt=hashlib.sha256(payload).digest()[:16],
            )
            setting.store.append(statement, payload, salt, hashlib.sha256(payload).digest())
    setting.log.checkpoint(now=setting.clock())
