"""Whose word a verdict goes by: an office's trust bundle, and the root that vouches for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ocoptrace.signing import TrustBundle
from ocoptrace.verify.verdict import OVERALL

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ocoptrace.messages import Language
    from ocoptrace.signing import Root
    from ocoptrace.signing.bundle import KeyEntry
    from ocoptrace.verify import Verdict

__all__ = ["Authority", "judged"]

_GROUPS_SHOWN = 4


@dataclass(frozen=True)
class Authority:
    """An office, as far as this machine goes by it.

    Attributes:
        root: its pinned root, or the one that was given.
        bundle: its trust bundle, loaded under that root.
    """

    root: Root
    bundle: TrustBundle

    @classmethod
    def load(cls, data: bytes, *, root: Root, seen: TrustBundle | None = None) -> Authority:
        """Return the office of a bundle file.

        Args:
            data: the file.
            root: the root that was pinned.
            seen: the newest bundle of the office that was seen before, if any.

        Raises:
            SigningError: not a bundle under this root; or one older than, or another of the
                version of, the one seen before.
        """
        bundle = TrustBundle.load(
            data,
            root=root,
            previous_version=None if seen is None else seen.version,
            previous_sha256=None if seen is None else seen.sha256,
            previous_root_version=None if seen is None else seen.root_version,
        )
        return cls(root, bundle)

    @property
    def entry(self) -> KeyEntry | None:
        """The office's own key; those of offices that it recognises make no bundles of its own."""
        own = self.root.roles.bundle.public_keys()
        return next((e for e in reversed(self.bundle.keys) if e.public_key in own), None)

    def name(self, language: Language) -> str:
        """Return the office's name in a language."""
        entry = self.entry
        if entry is None:
            return ", ".join(self.bundle.namespaces)
        return entry.name.get(language) or entry.name.get("vi") or entry.issuer

    @property
    def short_fingerprint(self) -> str:
        """The first 16 characters of the root's fingerprint: enough to tell offices apart."""
        return " ".join(self.root.fingerprint.split()[:_GROUPS_SHOWN])

    def facts(self, language: Language) -> dict[str, object]:
        """Return what a line about the office is filled with."""
        return {
            "name": self.name(language),
            "root": self.short_fingerprint,
            "version": self.bundle.version,
            "issued": self.bundle.issued.date(),
            "expires": self.bundle.expires.date(),
        }

    def to_json(self, language: Language) -> dict[str, object]:
        """Return who states it, for programs."""
        return {
            "office": self.name(language),
            "issuer": self.entry.issuer if self.entry else "",
            "bundle": self.bundle.version,
            "root": self.root.fingerprint.replace(" ", ""),
        }


def judged(
    check: Callable[[TrustBundle], Verdict], authorities: Sequence[Authority]
) -> tuple[Verdict, Authority]:
    """Return the verdict of the office that knows the issuer, and that office.

    Where several know it, the gravest word counts: one may have heard of a loss before the
    others. Where none does, the first that was asked says so.
    """
    verdicts = [(check(authority.bundle), authority) for authority in authorities]
    knowing = [pair for pair in verdicts if _knows_issuer(pair[0])] or verdicts[:1]
    return min(knowing, key=lambda pair: OVERALL.index(pair[0].overall))


def _knows_issuer(verdict: Verdict) -> bool:
    issuer = verdict.check("issuer")
    return issuer is None or issuer.outcome != "fail"
