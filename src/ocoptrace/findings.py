"""A finding: one thing that was noticed about some data, as data.

>>> finding = Finding("findings.example", "warning", "/lot", {"lot": "L1"})
>>> finding.text("en")
"findings.example (lot='L1')"
>>> worst([finding])
'warning'
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, get_args

from ocoptrace import messages

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ocoptrace.messages import Language

__all__ = ["SEVERITIES", "Finding", "Severity", "worst"]

Severity = Literal["info", "warning", "error"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
"""From harmless to fatal."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing noticed: a code, how bad it is, where, and the facts its words need.

    Attributes:
        code: ``<catalogue>.<key>`` of the message catalogues.
        severity: ``error`` stops the work, ``warning`` and ``info`` do not.
        place: a JSON pointer, a cell, a row; empty for the whole.
        facts: what the message is filled with.
    """

    code: str
    severity: Severity
    place: str = ""
    facts: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))

    def text(self, language: Language = "en") -> str:
        """Return what was noticed, in a language."""
        return messages.text(self.code, language, **self.facts)

    def remedy(self, language: Language = "en") -> str:
        """Return what to do about it, in a language; empty where nothing is on file."""
        return messages.remedy(self.code, language, **self.facts)

    def to_json(self, language: Language = "en") -> dict[str, object]:
        """Return the finding as JSON members, its words in a language included."""
        return {
            "code": self.code,
            "severity": self.severity,
            "place": self.place,
            "text": self.text(language),
            "remedy": self.remedy(language),
            "facts": {name: str(value) for name, value in self.facts.items()},
        }


def worst(findings: Iterable[Finding]) -> Severity | None:
    """Return the highest severity among findings, or None where there are none."""
    ranks = [SEVERITIES.index(finding.severity) for finding in findings]
    return SEVERITIES[max(ranks)] if ranks else None
