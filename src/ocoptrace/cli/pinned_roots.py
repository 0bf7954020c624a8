"""Pinned roots: the offices that a person chose to go by, and what was seen of each since.

Each has a folder: ``root.json`` is its newest root, ``root-1.json`` and so on those before,
``bundle.json`` the newest trust bundle seen, whatever way it came. What is older, or another of
the same version, is refused from then on: nobody can show this machine a list from before a
key was withdrawn.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from ocoptrace import canonical_json
from ocoptrace.cli.authority import Authority
from ocoptrace.cli.options import configuration, located, read_file
from ocoptrace.errors import InputError, SigningError, StorageError
from ocoptrace.signing import Root
from ocoptrace.signing.root import office_of
from ocoptrace.signing.signed_file import SignedFile
from ocoptrace.signing.trusted import is_vouched
from ocoptrace.store import write_whole

__all__ = ["PinnedRoot", "following", "is_past", "pinned_as", "pinned_roots"]

_ROOT, _BUNDLE = "root.json", "bundle.json"


@dataclass(frozen=True)
class PinnedRoot:
    """A root that a person vouched for, or that follows one.

    Attributes:
        folder: where it is kept.
        root: the newest.
    """

    folder: Path
    root: Root

    @classmethod
    def new(cls, data: bytes) -> PinnedRoot:
        """Pin a root, and return it as it is pinned.

        Raises:
            StorageError: the disk refuses.
        """
        root = Root.load(data)
        folder = _home() / root.fingerprint.replace(" ", "")[:16]
        write_whole(folder / _ROOT, data)
        return cls(folder, root)

    def follow(self, data: bytes) -> PinnedRoot:
        """Go by the next root from now on: those who made the last one vouch for it.

        Raises:
            SigningError: it does not follow.
            StorageError: the disk refuses.
        """
        root = self.root.follow(data)
        write_whole(self.folder / f"root-{self.root.version}.json", read_file(self.folder / _ROOT))
        write_whole(self.folder / _ROOT, data)
        return replace(self, root=root)

    def authority(self) -> Authority | None:
        """Return the newest bundle seen, under the root that it was made with.

        None where there is none, or where the newest root has dropped the keys that signed it.
        """
        kept = self.folder / _BUNDLE
        if not kept.is_file():
            return None
        data = read_file(kept)
        with located(f"{kept}: "):
            made_under = canonical_json.loads(SignedFile.parse(data).signed)["root_version"]
            root = self.root
            if made_under < root.version:
                # A root came before the first bundle under it.
                root = _root(self.folder / f"root-{made_under}.json")
                if not is_vouched(data, self.root):
                    return None
            return Authority.load(data, root=root)

    def load(self, data: bytes) -> Authority:
        """Return a bundle under this root, and remember it.

        Where nothing can be written, it counts for now and is not remembered.

        Raises:
            SigningError: not a bundle under this root, or one older than, or different from,
                the newest seen.
        """
        seen = self.authority()
        found = Authority.load(data, root=self.root, seen=None if seen is None else seen.bundle)
        if seen is None or found.bundle.text() != seen.bundle.text():
            with suppress(StorageError):
                write_whole(self.folder / _BUNDLE, data)
        return found

    def is_past(self, root: Root) -> bool:
        """Tell whether a root is one that this one followed."""
        past = self.folder / f"root-{root.version}.json"
        return past.is_file() and _root(past).text() == root.text()

    def is_later_than(self, root: Root, office: str) -> bool:
        """Tell whether a root of an office is from before the first that is known of it here."""
        known = self.folder / f"root-{root.version}.json"
        return (
            root.version < self.root.version
            and not known.is_file()
            and office == office_of(read_file(self.folder / _ROOT))
        )


def pinned_roots() -> list[PinnedRoot]:
    """Return all roots that are pinned on this machine."""
    return [PinnedRoot(file.parent, _root(file)) for file in sorted(_home().glob(f"*/{_ROOT}"))]


def pinned_as(root: Root) -> PinnedRoot | None:
    """Return what a root is pinned as; None where it is not.

    Raises:
        InputError: a later root of its office is pinned.
    """
    for pinned in pinned_roots():
        if pinned.root.text() == root.text():
            return pinned
        if pinned.is_past(root):
            raise InputError("cli.root_older", version=root.version, newest=pinned.root.version)
    return None


def is_past(data: bytes) -> bool:
    """Tell whether a root file is one that a pinned root followed, or from before it was pinned.

    Nothing is asked of the latter but whose it says it is: it is passed over.
    """
    root = Root.load(data)
    return any(
        pinned.is_past(root) or pinned.is_later_than(root, office_of(data))
        for pinned in pinned_roots()
    )


def following(data: bytes) -> PinnedRoot | None:
    """Put a root in the place of the pinned one that it follows; None where it follows none.

    Raises:
        StorageError: the disk refuses.
    """
    for pinned in pinned_roots():
        with suppress(SigningError):
            return pinned.follow(data)
    return None


def _root(path: Path) -> Root:
    data = read_file(path)
    with located(f"{path}: "):
        return Root.load(data)


def _home() -> Path:
    return configuration() / "roots"
