"""Signed origin records and QR stickers for OCOP products.

The front door; everything else is imported from its own package.

>>> from ocoptrace import Workspace, verify_label, verify_record, verify_statement
>>> sorted(__all__)
['DigitalLink', 'TrustBundle', 'Workspace', 'verify_label', 'verify_record', 'verify_statement']
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ocoptrace.gs1 import DigitalLink
    from ocoptrace.signing import TrustBundle
    from ocoptrace.verify import verify_label, verify_record, verify_statement
    from ocoptrace.workspace import Workspace

__all__ = [
    "DigitalLink",
    "TrustBundle",
    "Workspace",
    "verify_label",
    "verify_record",
    "verify_statement",
]

_HOMES = {
    "DigitalLink": "ocoptrace.gs1",
    "TrustBundle": "ocoptrace.signing",
    "Workspace": "ocoptrace.workspace",
    "verify_label": "ocoptrace.verify",
    "verify_record": "ocoptrace.verify",
    "verify_statement": "ocoptrace.verify",
}


def __getattr__(name: str) -> Any:
    # Lazy, so that ``import ocoptrace.gs1`` does not load signing, drawing and the database.
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415

    return getattr(import_module(_HOMES[name]), name)
