"""An office and those who go by it, in memory, and an attacker between them.

The office makes real files with keys that have names. The attacker holds some of these keys by
name, sees every file that was ever handed out, and decides what a client gets. Clients take files
through the calls that users have: the pure value, the roots that are pinned on a machine, and a
workspace that goes by the office.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

from ocoptrace.cli.authorities import update_pinned
from ocoptrace.cli.pinned_roots import PinnedRoot
from ocoptrace.signing import Root, TrustBundle, base64url
from ocoptrace.signing.signed_file import SignedFile
from village import A_DAY, HOST, KEYS, NOW, OFFICE, bundle_file, es256, log_entry

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from pathlib import Path

    from ocoptrace.signing import SoftwareSigner
    from ocoptrace.signing.bundle import KeyEntry, Revocation
    from ocoptrace.signing.trusted import Trusted
    from ocoptrace.workspace import Workspace

__all__ = ["Attacker", "Client", "Machine", "Office", "Producer", "Verifier", "key"]

A_YEAR = timedelta(days=365)
_NAMES = ("an", "binh", "chi", "dung", "em", "giang", "office", "office 2", "office 3", "thief")


@cache
def key(name: str) -> SoftwareSigner:
    """Return the key of a name, always the same."""
    return OFFICE.signer if name == "office" else es256(900 + _NAMES.index(name))


def root_text(
    version: int,
    *,
    root: Sequence[str],
    threshold: int,
    bundle: Sequence[str] = ("office",),
    bundle_threshold: int = 1,
    expires: datetime = NOW + 5 * A_YEAR,
) -> str:
    """Return what a root would say; nobody has signed it."""

    def role(names: Sequence[str], least: int) -> dict[str, Any]:
        keys = (base64url.encode(key(name).public_key.cose_key) for name in names)
        return {"keys": tuple(keys), "threshold": least}

    roles = {"root": role(root, threshold), "bundle": role(bundle, bundle_threshold)}
    return Root.of(version=version, expires=expires, roles=roles).text()


def signed(text: str, kind: Any, version: int, names: Iterable[str], at: datetime = NOW) -> bytes:
    """Return a text signed with the keys of some names, whether or not that is any good."""
    signers = [key(name) for name in names]
    return SignedFile.sign(
        text, kind, version=version, issuer=OFFICE.issuer, signers=signers, now=at
    ).to_bytes()


@dataclass
class Office:
    """An office with three root keys, two of which must sign.

    Attributes:
        root_keys, threshold: who makes roots.
        bundle_keys, bundle_threshold: who makes bundles.
        now: its clock.
        keys, revocations: what its bundles list.
        roots, bundles: all that it ever handed out.
    """

    root_keys: tuple[str, ...] = ("an", "binh", "chi")
    threshold: int = 2
    bundle_keys: tuple[str, ...] = ("office",)
    bundle_threshold: int = 1
    now: datetime = NOW
    keys: tuple[KeyEntry, ...] = KEYS
    revocations: tuple[Revocation, ...] = ()
    roots: list[bytes] = field(default_factory=list)
    bundles: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._hand_out_root(self.root_keys)
        self.publish()

    @property
    def root(self) -> Root:
        return Root.load(self.roots[-1])

    @property
    def bundle(self) -> TrustBundle:
        return TrustBundle.load(self.bundles[-1], root=self.root)

    @property
    def newest(self) -> list[bytes]:
        """What an honest server gives: every root, and the newest bundle."""
        return [*self.roots, self.bundles[-1]]

    def wait(self, **time: float) -> None:
        self.now += timedelta(**time)

    def publish(self) -> bytes:
        """Hand out the next bundle."""
        self.bundles.append(self.bundle_of(len(self.bundles) + 1))
        return self.bundles[-1]

    def bundle_of(self, version: int, **changes: Any) -> bytes:
        """Return a bundle of a version, made now; it is not handed out."""
        members: dict[str, Any] = {
            "root": self.root,
            "keys": self.keys,
            "revocations": self.revocations,
            "signers": [key(name) for name in self.bundle_keys[: self.bundle_threshold]],
        }
        return bundle_file(version, now=self.now, **(members | changes)).to_bytes()

    def rotate(
        self,
        *,
        root_keys: tuple[str, ...] | None = None,
        threshold: int | None = None,
        bundle_keys: tuple[str, ...] | None = None,
        bundle_threshold: int | None = None,
    ) -> bytes:
        """Hand out the next root, signed by all keys of the last and of its own; and a bundle."""
        before = self.root_keys
        self.root_keys = self.root_keys if root_keys is None else root_keys
        self.threshold = self.threshold if threshold is None else threshold
        self.bundle_keys = self.bundle_keys if bundle_keys is None else bundle_keys
        self.bundle_threshold = (
            self.bundle_threshold if bundle_threshold is None else bundle_threshold
        )
        self._hand_out_root((*before, *self.root_keys))
        self.publish()
        return self.roots[-1]

    def _hand_out_root(self, signers: Iterable[str]) -> None:
        version = len(self.roots) + 1
        text = root_text(
            version,
            root=self.root_keys,
            threshold=self.threshold,
            bundle=self.bundle_keys,
            bundle_threshold=self.bundle_threshold,
            expires=self.now + 5 * A_YEAR,
        )
        self.roots.append(signed(text, "root", version, dict.fromkeys(signers), self.now))


@dataclass
class Attacker:
    """Somebody who holds some keys by name, and stands between an office and its clients."""

    office: Office
    keys: tuple[str, ...] = ("thief",)

    def root(self, version: int, *, signers: Sequence[str] | None = None, **says: Any) -> bytes:
        """Return a root that says what the attacker likes, signed with the keys held."""
        members = {"root": self.keys, "threshold": 1, "bundle": self.keys} | says
        text = root_text(version, **members)
        return signed(text, "root", version, self.keys if signers is None else signers)

    def bundle(self, version: int, **changes: Any) -> bytes:
        """Return a bundle of a version that lists nobody's revocations, signed with the keys held.

        What is left out is as the office has it.
        """
        members: dict[str, Any] = {
            "root_version": self.office.root.version,
            "issued": self.office.now,
            "expires": self.office.now + 90 * A_DAY,
            "namespaces": (HOST,),
            "keys": self.office.keys,
            "revocations": (),
            "logs": (log_entry(),),
        }
        text = TrustBundle.of(version=version, **(members | changes)).text()
        return signed(text, "bundle", version, self.keys, self.office.now)


class Client(Protocol):
    """Somebody who goes by the office, and takes what is served."""

    @property
    def root(self) -> Root: ...

    @property
    def bundle(self) -> TrustBundle | None: ...

    def update(self, files: Iterable[bytes]) -> None: ...


@dataclass
class Verifier:
    """The pure value, as a program would use it."""

    trusted: Trusted

    @property
    def root(self) -> Root:
        return self.trusted.root

    @property
    def bundle(self) -> TrustBundle | None:
        return self.trusted.bundle

    def update(self, files: Iterable[bytes]) -> None:
        self.trusted = self.trusted.update(files)


@dataclass
class Machine:
    """The roots that are pinned on a machine, as the command line keeps them."""

    folder: Path

    @property
    def _pinned(self) -> PinnedRoot:
        return PinnedRoot(self.folder, Root.load((self.folder / "root.json").read_bytes()))

    @property
    def root(self) -> Root:
        return self._pinned.root

    @property
    def bundle(self) -> TrustBundle | None:
        found = self._pinned.authority()
        return None if found is None else found.bundle

    def update(self, files: Iterable[bytes]) -> None:
        update_pinned({self.folder / f"{n}.served": data for n, data in enumerate(files)})


@dataclass
class Producer:
    """A workspace that goes by the office."""

    workspace: Workspace

    @property
    def root(self) -> Root:
        return self.workspace.root

    @property
    def bundle(self) -> TrustBundle | None:
        return self.workspace.trust

    def update(self, files: Iterable[bytes]) -> None:
        self.workspace.update_trust(files)
