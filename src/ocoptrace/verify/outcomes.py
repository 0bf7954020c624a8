"""Every way in which a check comes out. Each has a row in docs/spec/verdict.md, and its words.

>>> sorted(OUTCOMES["complete"])
['fail', 'pass', 'unknown']
>>> "warn expired" in OUTCOMES["grade"]
True
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["OUTCOMES"]

OUTCOMES: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "format": frozenset({"pass", "fail", "fail payload"}),
        "bundle": frozenset(
            {
                "pass",
                "warn bundle_expired",
                "fail bundle_too_old",
                "fail bundle_differs",
                "warn bundle_behind",
            }
        ),
        "clock": frozenset({"warn clock_behind", "warn dated_ahead"}),
        "content": frozenset(
            {"pass", "fail", "fail event_id_conflict", "unknown", "unknown withheld"}
        ),
        "issuer": frozenset(
            {"pass", "fail", "unknown", "pass known", "fail no_key", "fail namespace"}
        ),
        "signature": frozenset(
            {"pass", "fail", "unknown", "unknown no_key", "pass seal", "fail forged_seal"}
        ),
        "entitlement": frozenset(
            {
                "pass",
                "unknown",
                "unknown no_key",
                "unknown withheld",
                "unknown original_missing",
                "pass seal",
                "fail role",
                "fail issuer",
                "fail period",
                "fail kind",
                "fail name",
                "fail not_original_issuer",
            }
        ),
        "certificate": frozenset({"pass named"}),
        "attestation": frozenset({"pass attested_by_other"}),
        "revocation": frozenset(
            {
                "pass",
                "fail",
                "unknown",
                "unknown no_key",
                "pass seal",
                "fail seal_revoked",
                "warn seal_key_lost_batch_known",
            }
        ),
        "logged": frozenset({"pass", "fail", "unknown"}),
        "proof": frozenset({"pass", "fail", "unknown"}),
        "witnessed": frozenset(
            {"pass", "fail", "unknown", "unknown no_witness", "warn log_self_operated"}
        ),
        "about": frozenset(
            {
                "pass",
                "fail not_a_name",
                "fail nothing_signed",
                "fail unrelated",
                "warn no_events",
                "warn item_not_named",
                "warn lineage_incomplete",
            }
        ),
        "complete": frozenset({"pass", "fail", "unknown"}),
        "grade": frozenset({"pass", "warn expired", "warn graded_as"}),
        "shelf_life": frozenset({"pass", "warn expired"}),
        "seal": frozenset({"fail absent"}),
        "level": frozenset(
            {
                "pass item",
                "pass seal_batch_level",
                "warn seal_batch_level",
                "warn seal_missing",
            }
        ),
        "period": frozenset({"fail"}),
        "parameters": frozenset({"warn unsigned_parameter"}),
    }
)
"""By check: ``outcome`` or ``outcome reason``."""
