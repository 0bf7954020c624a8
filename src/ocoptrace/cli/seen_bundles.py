"""Bundles seen under a root that nobody pinned here: a workspace's, or one given as an argument.

What was seen once is not forgotten, whatever vouched for it: the newest bundle of each root is
kept in the user's folder, and an older one, or another of its version, is refused from then on.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from ocoptrace.cli.authority import Authority
from ocoptrace.cli.options import configuration, located, read_file
from ocoptrace.errors import StorageError
from ocoptrace.store import write_whole

if TYPE_CHECKING:
    from ocoptrace.signing import Root, TrustBundle

__all__ = ["load_newest"]


def load_newest(data: bytes, *, root: Root, seen: TrustBundle | None = None) -> Authority:
    """Return a bundle under a root, and remember it.

    Where nothing can be written, it counts for now and is not remembered.

    Args:
        data: the bundle file.
        root: the root that vouches for it.
        seen: the newest bundle of the office that is known from elsewhere.

    Raises:
        SigningError: not a bundle under this root, or one older than, or different from, the
            newest seen.
    """
    found = Authority.load(data, root=root, seen=seen)
    kept = configuration() / "seen" / f"{root.fingerprint.replace(' ', '')}.json"
    if kept.is_file():
        with located(f"{kept}: "):
            newest = Authority.load(read_file(kept), root=root).bundle
        found.bundle.check_newer(newest.version, newest.sha256)
        if found.bundle.version == newest.version:
            return found
    with suppress(StorageError):
        write_whole(kept, data)
    return found
