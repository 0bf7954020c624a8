"""Whose word counts here: of the files given, of the workspace, of the roots that are pinned."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

from ocoptrace.cli.authority import Authority
from ocoptrace.cli.options import find_workspace, located, open_workspace, read_file
from ocoptrace.cli.pinned_roots import following, is_past, pinned_as, pinned_roots
from ocoptrace.cli.seen_bundles import load_newest
from ocoptrace.errors import InputError, SigningError
from ocoptrace.signing import Root
from ocoptrace.signing.signed_file import SignedFile
from ocoptrace.workspace import Workspace

__all__ = ["authorities", "of_workspace", "update_pinned"]

Loader = Callable[[bytes], Authority]


def authorities(bundle: Path | None, root: Path | None, workspace: Path | None) -> list[Authority]:
    """Return whose word counts: of the file given, the workspace's, or all that are pinned.

    Args:
        bundle: a bundle file, or None.
        root: a root file that the user vouches for, or None for what is pinned.
        workspace: a workspace, or None for the usual places.

    Returns:
        One office or more, never none.

    Raises:
        InputError: no bundle; or one that no root vouches for, or older than one seen before.
    """
    if bundle is not None:
        return [_vouched(bundle, read_file(bundle), _loaders(root, workspace))]
    if root is not None:
        raise InputError("cli.root_without_bundle")
    if find_workspace(workspace) is not None:
        return [of_workspace(open_workspace(workspace))]
    found = [authority for pinned in pinned_roots() if (authority := pinned.authority())]
    if not found:
        raise InputError("cli.no_trust")
    return found


def of_workspace(ws: Workspace) -> Authority:
    """Return the office that a workspace goes by, its own or another's."""
    return Authority(ws.root, ws.trust)


def _vouched(path: Path, data: bytes, loaders: Iterable[Loader]) -> Authority:
    """Return the bundle of a file under the first root that vouches for it."""
    refused: InputError = InputError("cli.no_root", path=path)
    for load in loaders:
        try:
            with located(f"{path}: "):
                return load(data)
        except SigningError as error:
            # That another office did not sign it says less than why its own refuses it.
            if refused.code in {"cli.no_root", "signing.threshold"}:
                refused = error
    raise refused


def _loaders(root: Path | None, workspace: Path | None) -> Iterator[Loader]:
    if root is not None:
        data = read_file(root)
        with located(f"{root}: "):
            given = Root.load(data)
            pinned = pinned_as(given)
        yield partial(load_newest, root=given) if pinned is None else pinned.load
        return
    if find_workspace(workspace) is not None:
        ws = open_workspace(workspace)
        yield partial(load_newest, root=ws.root, seen=ws.trust)
    for pinned in pinned_roots():
        yield pinned.load


def update_pinned(files: dict[Path, bytes]) -> list[Authority]:
    """Take over newer files of offices that are pinned: roots that follow, then bundles.

    Roots that were followed before are passed over.

    Args:
        files: the bytes of each file.

    Returns:
        The office of each bundle.

    Raises:
        InputError: a file that no pinned root vouches for, or older than one seen before.
        StorageError: the disk refuses.
    """
    roots, bundles = {}, {}
    for path, data in files.items():
        with located(f"{path}: "):
            kinds = {statement.kind for statement in SignedFile.parse(data).signatures}
            if "root" in kinds:
                roots[path] = Root.load(data), data
            else:
                bundles[path] = data
    for path, (root, data) in sorted(roots.items(), key=lambda each: each[1][0].version):
        if not is_past(data) and pinned_as(root) is None and following(data) is None:
            raise InputError("cli.no_root", path=path)
    loaders = [pinned.load for pinned in pinned_roots()]
    return [_vouched(path, data, loaders) for path, data in bundles.items()]
