"""Papers that speak of goods: their hash is stated, they themselves are not kept here."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING
from uuid import uuid4

from ocoptrace import canonical_json
from ocoptrace.epcis import canonical_name
from ocoptrace.errors import RegistryError
from ocoptrace.registry import Evidence
from ocoptrace.workspace.recording import state_once

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ocoptrace.workspace.setting import Setting

__all__ = ["attach_evidence"]


def attach_evidence(
    setting: Setting,
    document: bytes,
    *,
    about: Iterable[str],
    media_type: str,
    title: Mapping[str, str] | None,
    producer: str | None,
) -> bytes:
    """State that a document is about some goods or events; see ``Workspace.attach_evidence``."""
    members = {
        "id": f"urn:uuid:{uuid4()}",
        "about": sorted({canonical_name(name) for name in about}),
        "mediaType": media_type,
        "sha256": hashlib.sha256(document).hexdigest(),
        "size": len(document),
    }
    evidence = Evidence.parse(members | ({"title": dict(title)} if title else {}))
    speaker, now = setting.speaker(producer), setting.clock()
    speaker.check_entitled("evidence", (), at=now, error=RegistryError)
    with setting.store.writing():
        known = _known(setting, evidence, speaker.issuer)
        statement_id = known or state_once(
            setting.store,
            "evidence",
            canonical_json.dumps(evidence.public()),
            issuer=speaker.issuer,
            subject=evidence.id,
            signer=speaker.signer,
            now=now,
        )
    setting.log.checkpoint(now=now)
    return statement_id


def _known(setting: Setting, evidence: Evidence, issuer: str) -> bytes | None:
    """Return the statement that says the same under another id, if there is one."""
    for stored in setting.store.speaking_of("evidence", evidence.about[:1]):
        if stored.statement.issuer == issuer and stored.payload is not None:
            said = Evidence.parse(canonical_json.loads(stored.payload))
            if said.model_copy(update={"id": evidence.id}) == evidence:
                return stored.statement.id
    return None
