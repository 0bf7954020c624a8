"""A product that has got a GTIN: it keeps its plain name, and bears the other beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocoptrace import canonical_json
from ocoptrace.errors import RegistryError
from ocoptrace.gs1 import DigitalLink, Gtin, parse_name
from ocoptrace.registry import Alias
from ocoptrace.workspace.recording import state_once

if TYPE_CHECKING:
    from ocoptrace.workspace.setting import Setting

__all__ = ["state_alias"]


def state_alias(setting: Setting, plain: str, gtin: str, *, producer: str | None) -> bytes:
    """State that two names mean one product; see ``Workspace.state_alias``."""
    link = parse_name(gtin) if "/" in gtin else DigitalLink.of(("01", str(Gtin.parse(gtin))))
    alias = Alias.parse({"id": parse_name(plain).canonical(), "gtin": link.canonical()})
    speaker, now = setting.speaker(producer), setting.clock()
    speaker.check_entitled("alias", alias.names, at=now, error=RegistryError)
    with setting.store.writing():
        statement_id = state_once(
            setting.store,
            "alias",
            canonical_json.dumps(alias.public()),
            issuer=speaker.issuer,
            subject=alias.id,
            signer=speaker.signer,
            now=now,
        )
    setting.log.checkpoint(now=now)
    return statement_id
