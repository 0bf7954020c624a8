"""A verdict: checks with their outcomes and facts, and one word that sums them up.

>>> verdict = Verdict("https://id.gs1.org/01/09521234543213/10/L1", (
...     Check("signature", "pass", facts={"count": 17}),
...     Check("content", "fail", facts={"count": 17, "failed": 1})), best="ok")
>>> verdict.overall, verdict.exit_code()
('altered', 1)
>>> Check("signature", "fail", "no_such_reason")
Traceback (most recent call last):
ValueError: no check comes out as signature fail no_such_reason
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal, get_args

from ocoptrace import messages
from ocoptrace.messages import Term
from ocoptrace.verify.outcomes import OUTCOMES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ocoptrace.errors import OcopTraceError
    from ocoptrace.messages import Language
    from ocoptrace.signing.statement import Kind

__all__ = [
    "IMPLIES",
    "OVERALL",
    "Check",
    "Outcome",
    "Overall",
    "Verdict",
    "kind_term",
]

Outcome = Literal["pass", "warn", "fail", "unknown"]
Overall = Literal[
    "malformed", "altered", "revoked", "not_entitled", "unknown_issuer",
    "unproven", "warn", "ok_offline", "ok",
]  # fmt: skip
OVERALL: Final[tuple[Overall, ...]] = get_args(Overall)
"""Worst first (formats, section 10)."""

IMPLIES: Final[Mapping[str, Overall]] = MappingProxyType(
    {
        "format": "malformed",
        "content": "altered",
        "signature": "altered",
        "proof": "altered",
        "revocation": "revoked",
        "entitlement": "not_entitled",
        "issuer": "unknown_issuer",
        "bundle": "unproven",
        "about": "unproven",
        "logged": "unproven",
        "witnessed": "unproven",
        "period": "unproven",
        "seal": "unproven",
        "complete": "altered",
    }
)
"""What a failing check makes of the whole."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was checked; only what ``OUTCOMES`` lists can be built.

    Attributes:
        code: what was checked; a page of docs/spec/verdict.md.
        outcome: how it came out; ``unknown`` where nothing could be said.
        reason: why, where there is more than one way to this outcome.
        facts: what its words need, and what a program may want to know.
    """

    code: str
    outcome: Outcome
    reason: str = ""
    facts: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))

    def __post_init__(self) -> None:
        way = f"{self.outcome} {self.reason}" if self.reason else self.outcome
        if way not in OUTCOMES.get(self.code, ()):
            raise ValueError(f"no check comes out as {self.code} {way}")

    @property
    def key(self) -> str:
        """The message code of its words."""
        return f"verdict.{self.code}.{self.reason or self.outcome}"

    def text(self, language: Language = "en") -> str:
        """Return what came out, in a language."""
        return messages.text(self.key, language, **self.facts)

    def remedy(self, language: Language = "en") -> str:
        """Return what to do about it, in a language; empty where nothing is to be done."""
        if self.outcome == "pass":
            # Words that warn elsewhere may stand here for what is well.
            return ""
        return messages.remedy(self.key, language, **self.facts)

    @property
    def implies(self) -> Overall:
        """The best overall word that this check still allows."""
        if self.outcome == "fail":
            return IMPLIES[self.code]
        return "warn" if self.outcome == "warn" else "ok"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of checking something.

    Attributes:
        about: canonical name of what was checked; empty where it could not be read.
        checks: all of them, in the order in which a reader asks.
        best: the best word there can be: ``ok`` if a quorum of witnesses has seen all of it
            and the trust bundle is fresh, else ``ok_offline``.
    """

    about: str
    checks: tuple[Check, ...]
    best: Literal["ok_offline", "ok"] = "ok_offline"

    @classmethod
    def malformed(cls, error: OcopTraceError) -> Verdict:
        """Return the verdict on what cannot be read."""
        facts = {"reason": error, "place": error.place, "error": error.code}
        return cls("", (Check("format", "fail", facts=facts),))

    @property
    def overall(self) -> Overall:
        """The worst word that applies."""
        return min((self.best, *(check.implies for check in self.checks)), key=OVERALL.index)

    def check(self, code: str) -> Check | None:
        """Return a check by its code; the gravest, where there are several."""
        found = [check for check in self.checks if check.code == code]
        return min(found, key=lambda check: OVERALL.index(check.implies), default=None)

    def failures(self) -> Verdict:
        """Return the verdict with only the checks that failed, for a short answer."""
        failed = tuple(check for check in self.checks if check.outcome == "fail")
        return Verdict(self.about, failed, self.best)

    def exit_code(self, *, strict: bool = False) -> int:
        """Return the exit code of ``verify``: 0 good, 1 every other verdict."""
        good = {"ok"} if strict else {"ok", "ok_offline", "warn"}
        return 0 if self.overall in good else 1

    def headline(self, language: Language = "en") -> str:
        """Return the overall word as a sentence, in a language."""
        return messages.text(f"verdict.overall.{self.overall}", language)

    def to_json(self, language: Language = "en") -> dict[str, object]:
        """Return the verdict as JSON members, its words in a language included."""
        return {
            "about": self.about,
            "overall": self.overall,
            "headline": self.headline(language),
            "checks": [
                {
                    "code": check.code,
                    "outcome": check.outcome,
                    "reason": check.reason,
                    "text": check.text(language),
                    "remedy": check.remedy(language),
                    "facts": {name: str(value) for name, value in check.facts.items()},
                }
                for check in self.checks
            ],
        }


def kind_term(kind: Kind | str) -> Term:
    """Return a kind of statement as a word of its own in each language."""
    return Term(kind, f"verdict.kind.{kind}")
