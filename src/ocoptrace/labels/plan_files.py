"""Plan files: where a template, a stock or a printer stands that is asked for by name or path.

A name is looked up in the user's folders, before what is built in. What ends as a file does
is a path; where nothing is there, a file of that name in the folders.

>>> from pathlib import Path
>>> plan_file("office", folders=[Path("nowhere")]) is None
True
>>> plan_file("mine/office.toml").as_posix()
'mine/office.toml'
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["is_plan_name", "own_file", "own_names", "plan_file"]

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_TOML: Final = (".toml",)


def plan_file(
    named: str, *, folders: Iterable[Path] = (), endings: tuple[str, ...] = _TOML
) -> Path | None:
    """Return the file that a name or path means; None where it may only be built in.

    A path is returned also where nothing is there: whoever reads it says so.

    Args:
        named: a name, or a path with one of the endings.
        folders: where the user keeps plans, the first one first.
        endings: of plan files.
    """
    path = Path(named)
    if path.suffix.lower() not in endings:
        return own_file(named, folders=folders, endings=endings)
    try:
        there = path.exists()
    except OSError:
        there = True  # whoever reads it says what is wrong with it
    if there or path.name != named:
        return path
    inside = (folder / named for folder in folders)
    return next((file for file in inside if file.is_file()), path)


def is_plan_name(name: str) -> bool:
    """Tell whether a plan can have a name: letters, digits and ``. _ -``, 64 at most."""
    return _NAME.fullmatch(name) is not None


def own_file(
    name: str, *, folders: Iterable[Path], endings: tuple[str, ...] = _TOML
) -> Path | None:
    """Return the file of a plan in the first folder that has one; None where none has."""
    if not is_plan_name(name):
        return None
    files = (folder / f"{name}{ending}" for folder in folders for ending in endings)
    return next((file for file in files if file.is_file()), None)


def own_names(folders: Iterable[Path], *, endings: tuple[str, ...] = _TOML) -> set[str]:
    """Return the names of the plans in some folders."""
    found = (file for folder in folders for ending in endings for file in folder.glob(f"*{ending}"))
    return {file.stem for file in found if is_plan_name(file.stem)}
